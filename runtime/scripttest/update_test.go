package scripttest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSaveStarwire(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a-case.txtar")
	if err := os.WriteFile(path, []byte(goodCase), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []Outcome{
		{Sent: "conn 1\n", Stdout: "2\n"},
		{Sent: "conn 1\n\"a\"\n", Stdout: "1\n"},
		{Sent: "conn 1\n\"a\"\n", Stdout: "\"\\x00\\n\"\n", Quoted: true, Error: "Error: x\n"},
	}
	for _, want := range tests {
		cases, err := LoadCases(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		if err := cases[0].SaveStarwire(want); err != nil {
			t.Fatal(err)
		}
		cases, err = LoadCases(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		if got := cases[0].Starwire; got != want {
			t.Errorf("after SaveStarwire: %+v; want %+v", got, want)
		}
		if got := cases[0].CPython; got != (Outcome{Sent: "conn 1\n", Stdout: "1\n"}) {
			t.Errorf("after SaveStarwire CPython is %+v", got)
		}
	}
}
