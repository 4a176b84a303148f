package scripttest

import (
	"strings"
	"testing"
)

const goodCase = `httplib.py, HTTPResponse.close: an unfinished body
differs: H3, D5: closing an unfinished response closes the socket
prose
-- script.star --
show(1)
-- server --
conn
-- files/a.txt --
"a"
-- sent --
conn 1
-- stdout --
1
-- stdout.quoted.starwire --
"1\r\n"
`

func TestParseCase(t *testing.T) {
	c, err := ParseCase([]byte(goodCase))
	if err != nil {
		t.Fatal(err)
	}
	if c.Source != "httplib.py, HTTPResponse.close: an unfinished body" || c.Script != "show(1)\n" ||
		c.Server != "conn\n" || !c.HasServer || c.Files["a.txt"] != "\"a\"\n" || c.Uncaught {
		t.Errorf("ParseCase = %+v", c)
	}
	if d := c.Differences; len(d) != 1 || strings.Join(d[0].IDs, " ") != "H3 D5" ||
		d[0].Reason != "closing an unfinished response closes the socket" {
		t.Errorf("Differences = %+v", d)
	}
	if want := (Outcome{Sent: "conn 1\n", Stdout: "1\n"}); c.CPython != want {
		t.Errorf("CPython = %+v; want %+v", c.CPython, want)
	}
	if want := (Outcome{Sent: "conn 1\n", Stdout: "\"1\\r\\n\"\n", Quoted: true}); c.Starwire != want {
		t.Errorf("Starwire = %+v; want %+v", c.Starwire, want)
	}
}

func TestParseCaseErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no comment", "-- script.star --\nx\n", "no comment"},
		{"no script", "source\n-- stdout --\n", "no script.star"},
		{"unknown file", "source\n-- script.star --\nx\n-- stdotu --\n", "stdotu: no such file"},
		{"folder", "source\n-- script.star --\nx\n-- files/a/b --\n", "files/a/b: no such file"},
		{"file twice", "source\n-- script.star --\nx\n-- script.star --\ny\n", "script.star: twice"},
		{"difference unexplained", "source\n-- script.star --\nx\n-- stdout.starwire --\ny\n", "without a line `differs:"},
		{"difference without outcome", "source\ndiffers: D1: why\n-- script.star --\nx\n", "without *.starwire"},
		{"difference unnamed", "source\ndiffers: why\n-- script.star --\nx\n", "want `differs: D1, H2: reason`"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseCase([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("ParseCase error = %v; want one with %q", err, test.want)
			}
		})
	}
}

func TestNewOutcome(t *testing.T) {
	ports := Ports{"PORT": 40123}
	tests := []struct {
		stdout string
		want   Outcome
	}{
		{"at 40123\n", Outcome{Stdout: "at {PORT}\n"}},
		{"at 40123\r\n", Outcome{Stdout: `"at \{PORT}\r\n"` + "\n", Quoted: true}},
	}
	for _, test := range tests {
		if got := NewOutcome("", test.stdout, "", ports); got != test.want {
			t.Errorf("NewOutcome(%q) = %+v; want %+v", test.stdout, got, test.want)
		}
	}
}

func TestOutcomeDiff(t *testing.T) {
	a := Outcome{Sent: "conn 1\n", Stdout: "1\n"}
	if d := a.Diff(a); d != "" {
		t.Errorf("Diff with itself = %q; want none", d)
	}
	want := "stdout (- want, + got):\n- 1\n+ 2\n"
	if d := a.Diff(Outcome{Sent: "conn 1\n", Stdout: "2\n"}); d != want {
		t.Errorf("Diff = %q; want %q", d, want)
	}
}
