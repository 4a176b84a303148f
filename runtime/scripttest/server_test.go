package scripttest

import (
	"reflect"
	"testing"
)

func TestParseServer(t *testing.T) {
	const text = `
# two listeners
conn
read
read head
read 5
read eof
send "a\{PORT}" 3 * "b"
drip "c"
close
conn
tls localhost
cut
listener
conn
mark here
await there
ignore
reset
`
	s, err := ParseServer(text)
	if err != nil {
		t.Fatalf("ParseServer: %v", err)
	}
	want := [][]connScript{
		{
			{
				{op: stepReadRequest}, {op: stepReadHead}, {op: stepReadN, n: 5}, {op: stepReadEOF},
				{op: stepSend, text: `"a\{PORT}" 3 * "b"`}, {op: stepDrip, text: `"c"`}, {op: stepClose},
			},
			{{op: stepTLS, text: "localhost"}, {op: stepCut}},
		},
		{{{op: stepMark, text: "here"}, {op: stepAwait, text: "there"}, {op: stepIgnore}, {op: stepReset}}},
	}
	if !reflect.DeepEqual(s.listeners, want) {
		t.Errorf("ParseServer = %+v; want %+v", s.listeners, want)
	}
}

func TestParseServerErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"read", "server:1: read: step outside a connection"},
		{"conn\nread -1", "server:2: read -1: want a count, head or eof"},
		{"conn\nread soon", "server:2: read soon: want a count, head or eof"},
		{"conn\nsend", "server:2: send: want an argument"},
		{"conn\nsend abc", `server:2: send abc: not in the escaped form: "abc"`},
		{"conn\nclose now", "server:2: close now: unknown step"},
		{"conn\nsleep 5", "server:2: sleep 5: unknown step"},
	}
	for _, test := range tests {
		_, err := ParseServer(test.text)
		if err == nil || err.Error() != test.want {
			t.Errorf("ParseServer(%q) error = %v; want %s", test.text, err, test.want)
		}
	}
}
