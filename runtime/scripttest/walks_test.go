package scripttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// All sequences are there, each once, and begin as anyone who knows httplib
// expects.
func TestLoadWalks(t *testing.T) {
	all, err := LoadWalks("../../testdata/httplib/walks.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 4 {
		t.Errorf("LoadWalks: %d answers; want 4 at least", len(all))
	}
	total := 1
	for range WalkLength {
		total *= len(WalkOps)
	}
	for _, w := range all {
		seen := map[string]bool{}
		for ops, steps := range w.Longest() {
			if len(ops) != WalkLength || len(steps) != WalkLength || seen[ops] {
				t.Fatalf("%s: walk %s with %d steps, seen before: %t", w.Name, ops, len(steps), seen[ops])
			}
			seen[ops] = true
			first := map[byte]string{
				'q': "None Request-sent", 'p': "None Request-started", 'e': "!CannotSendHeader() Idle", 's': "None Idle",
				'g': "!ResponseNotReady() Idle", 'r': "no response Idle", 'c': "None Idle",
			}[ops[0]]
			if got := steps[0].Result + " " + steps[0].State; got != first {
				t.Fatalf("%s: walk %s begins with %s; want %s", w.Name, ops, got, first)
			}
			if sent := steps[0].Sent; ops[0] == 'q' && (len(sent) != 1 || sent[0].Conn != 1 ||
				sent[0].Data != "GET /q HTTP/1.1\r\nHost: example.com\r\nAccept-Encoding: identity\r\n\r\n") {
				t.Fatalf("%s: walk %s sent %+v first", w.Name, ops, sent)
			}
		}
		if len(seen) != total {
			t.Errorf("%s: %d walks; want %d", w.Name, len(seen), total)
		}
		if !strings.HasPrefix(string(w.Answer), "HTTP/1.1 ") || !strings.Contains(string(w.Answer), "\r\n\r\n") {
			t.Errorf("%s: answer %q; want a response", w.Name, w.Answer)
		}
	}
}

func TestLoadWalksErrors(t *testing.T) {
	const outcome = "outcome 1 None Idle none none\n"
	tests := []struct{ text, want string }{
		{"outcome 1 None\n", "unknown line"},
		{"outcome 1 None Idle none none x\n", "bad write x"},
		{"outcome 1 None Idle none none 1:x\n", "not in the escaped form"},
		{"1 1>0 1>0 1>0 1>0 1>0 1>0 1>0\n", "bad move 1>0"},
		{outcome + "2 1>0 1>0 1>0 1>0 1>0 1>0 1>0\n", "unknown line"},
		{outcome + "1 1>0 1>0 1>0 1>0 1>0 1>0 1>7\n", "no node 7"},
		{"peer a 3 \"x\"\n", "no node 3"},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), "walks.txt")
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadWalks(path); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("LoadWalks(%q) error = %v; want one with %q", test.text, err, test.want)
		}
	}
}
