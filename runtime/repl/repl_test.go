package repl

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		rest       string
	}{
		{"statements", "a = 1\nb = 2\n", []string{"a = 1", "b = 2"}, ""},
		{"the last line is not ended", "a = 1\nb = 2", []string{"a = 1"}, "b = 2"},
		{"a def with blank lines", "def f():\n    x\n\n    y\n\nf()\n", []string{"def f():\n    x\n\n    y", "f()"}, ""},
		{"comments", "# one\na\n\n# two\n\nb\n", []string{"# one\na", "# two\n\nb"}, ""},
		{"a comment at the margin of a block", "def f():\n    x\n# why\n    y\nz\n", []string{"def f():\n    x\n# why\n    y", "z"}, ""},
		{"else", "if a:\n    b\nelse:\n    c\n", []string{"if a:\n    b\nelse:\n    c"}, ""},
		{"try", "try:\n    b\nexcept E:\n    c\nfinally:\n    d\ne\n", []string{"try:\n    b\nexcept E:\n    c\nfinally:\n    d", "e"}, ""},
		{"brackets", "a = [\n1,\n2]\nb\n", []string{"a = [\n1,\n2]", "b"}, ""},
		{"a closing bracket at the margin", "f(\n    1,\n)\nb\n", []string{"f(\n    1,\n)", "b"}, ""},
		{"a text in three quotes", "a = '''x\ny = 1\n# '''\nb\n", []string{"a = '''x\ny = 1\n# '''", "b"}, ""},
		{"a backslash", "a = 1 + \\\n2\nb\n", []string{"a = 1 + \\\n2", "b"}, ""},
		{"all indented", "    a = 1\n    if a:\n        b\n", []string{"a = 1", "if a:\n    b"}, ""},
		{"a block without end", "def f():\n", nil, "def f():"},
		{"an open bracket", "a = [1,\n", nil, "a = [1,"},
		{"prompts", ">>> a = 1\n>>> a\n1\n", []string{"a = 1", "a"}, ""},
		{"prompts, indented", "   >>> if a:\n   ...     b\n   ...\n   c\n", []string{"if a:\n    b\n"}, ""},
		{"prompts, a traceback", ">>> a\nTraceback (most recent call last):\n  ...\nE: x\n>>> b\n", []string{"a", "b"}, ""},
		{"prompts, the first one not selected", "import x\n>>> a\n1\n", []string{"import x", "a"}, ""},
		{"prompts, the last line not ended", ">>> a\n>>> b", []string{"a"}, "b"},
		{"prompts, output at the end", ">>> a\n1", []string{"a"}, ""},
		{"nothing", "\n\n", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, rest := split(tt.text)
			if !reflect.DeepEqual(got, tt.want) && len(got)+len(tt.want) > 0 || rest != tt.rest {
				t.Errorf("split(%q) = %q, %q; want %q, %q", tt.text, got, rest, tt.want, tt.rest)
			}
		})
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("def f():\n  x\n\n  y\n")
	f.Add(">>> a\n... b\nc")
	f.Add("'''\n(\\\n#")
	f.Fuzz(func(t *testing.T, text string) {
		statements, rest := split(text)
		n := len(rest)
		for _, s := range statements {
			if strings.TrimSpace(s) == "" && !strings.Contains(text, ">>>") {
				t.Errorf("split(%q): an empty statement in %q", text, statements)
			}
			n += len(s)
		}
		if n > len(text) {
			t.Errorf("split(%q) = %q, %q: more than there was", text, statements, rest)
		}
	})
}

func TestNextIndent(t *testing.T) {
	for text, want := range map[string]string{
		"x":                                  "",
		"if x:":                              "    ",
		"if x:  # why":                       "    ",
		"if x:\n    y":                       "    ",
		"if x:\n    return":                  "",
		"def f():\n    if x:\n        break": "    ",
		"f(":                                 "    ",
		"f(a,":                               "",
		"x = {\n    1: 2,":                   "    ",
		"x = '''":                            "",
		"if x:\n    f(1,\n      2)":          "    ",
		"'a:'":                               "",
	} {
		if got := nextIndent(strings.Split(text, "\n")); got != want {
			t.Errorf("nextIndent(%q) = %q; want %q", text, got, want)
		}
	}
}

func TestPasteFilter(t *testing.T) {
	for in, want := range map[string]string{
		"abc":                                 "abc",
		"\x1b[A":                              "\x1b[A",
		"\x1b[200~one\x1b[201~":               "one",
		"x\x1b[200~a\tb\x03\x1b[201~y":        "xa    by",
		"\x1b[200~a\r\nb\x1b[201~z":           string(pasteKey) + "z",
		"\x1b[3~":                             string(deleteKey),
		"\x1b[200~a\x1b[3~b\x1b[201~":         "a[3~b",
		"\x1b[200~a" + string(pasteKey) + "b": "",
		"\x1b":                                "", // it may be the beginning of more
		"\x1b[20":                             "",
		"日\x1b[B":                             "日\x1b[B",
	} {
		whole, pieces := new(pasteFilter), new(pasteFilter)
		whole.feed([]byte(in))
		for _, b := range []byte(in) {
			pieces.feed([]byte{b})
		}
		if string(whole.out) != want || string(pieces.out) != want {
			t.Errorf("%q becomes %q, and in pieces %q; want %q", in, whole.out, pieces.out, want)
		}
		if w, p := whole.take(), pieces.take(); w != p || strings.Contains(in, "\r") && w != "a\nb" {
			t.Errorf("%q puts aside %q, and in pieces %q", in, w, p)
		}
	}
}

func TestPlace(t *testing.T) {
	for _, tt := range []struct {
		text      string
		at, width int
		want      string
	}{
		{">>> abc", 7, 80, ">>> abc"},
		{">>> abc", 5, 80, ">>> abc\r\x1b[5C"},
		{">>> 日本", 5, 80, ">>> 日本\r\x1b[6C"},
		{"0123456789", 10, 10, "0123456789 \b"},
		{"0123456789ab", 1, 10, "0123456789ab\x1b[1A\r\x1b[1C"},
		{"012345678日", 9, 10, "012345678日\x1b[1A\r\x1b[9C"},
		{"abc\n", 4, 80, "abc\n"},
	} {
		if got := place([]rune(tt.text), tt.at, tt.width); got != tt.want {
			t.Errorf("place(%q, %d, %d) = %q; want %q", tt.text, tt.at, tt.width, got, tt.want)
		}
	}
}

func TestKeyboard(t *testing.T) {
	r, w := io.Pipe()
	k := newKeyboard(r)
	k.give(prompt)
	type result struct {
		who  reader
		text string
	}
	results := make(chan result)
	read := func(who reader) {
		p := make([]byte, 100)
		n, _ := k.read(who, p)
		results <- result{who, string(p[:n])}
	}
	go read(script) // it waits: it is not its turn
	go read(prompt)
	w.Write([]byte("one"))
	if got := <-results; got != (result{prompt, "one"}) {
		t.Errorf("first %+v; want the prompt's", got)
	}
	k.give(script)
	w.Write([]byte("two"))
	if got := <-results; got != (result{script, "two"}) {
		t.Errorf("then %+v; want the script's", got)
	}
	go read(script)
	k.close()
	if got := <-results; got.text != "" {
		t.Errorf("after close %+v", got)
	}
	w.Close()
}

func TestHistory(t *testing.T) {
	racetest.OneGoroutine(t)
	name := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(name, []byte("old\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	h := openHistory(name)
	for _, e := range []string{"a = '\\n'", "def f():\n    x\n", "same", "same", " secret", ""} {
		h.add(e)
	}
	want := []string{"old", "a = '\\n'", "def f():\n    x", "same"}
	if got := openHistory(name).entries; !reflect.DeepEqual(got, want) {
		t.Errorf("history %q; want %q", got, want)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	// A full file becomes the old one, and is read still.
	if err := os.WriteFile(name, []byte(strings.Repeat("x = 1\ny = 2\n", maxHistoryFile/12+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	h = openHistory(name)
	h.add("new")
	h = openHistory(name)
	if n := len(h.entries); n != maxEntries || h.entries[n-1] != "new" || h.entries[n-2] != "y = 2" {
		t.Errorf("%d entries, the last %q; want %d, and new", n, h.entries[max(n-2, 0):], maxEntries)
	}
	if info, err := os.Stat(name); err != nil || info.Size() > 100 {
		t.Errorf("the file is %v, %v; want one begun anew", info, err)
	}
	if h := openHistory(filepath.Join(t.TempDir(), "no", "such", "folder")); len(h.entries) > 0 {
		t.Errorf("no file: %q", h.entries)
	} else {
		h.add("x") // must not fail
	}
}

// TestHistoryIsShared: sessions that write at the same time cut no entry in two.
func TestHistoryIsShared(t *testing.T) {
	name := filepath.Join(t.TempDir(), "history")
	const sessions, each = 4, 100
	var wg sync.WaitGroup
	for i := range sessions {
		h := openHistory(name)
		wg.Go(func() {
			for j := range each {
				h.add(fmt.Sprintf("def f%d_%d():\n    %s", i, j, strings.Repeat("x", 500)))
			}
		})
	}
	wg.Wait()
	seen := make(map[string]bool)
	for _, e := range openHistory(name).entries {
		if !strings.HasPrefix(e, "def f") || !strings.HasSuffix(e, "():\n    "+strings.Repeat("x", 500)) {
			t.Errorf("a torn entry: %.40q", e)
		}
		seen[e] = true
	}
	if len(seen) != sessions*each {
		t.Errorf("%d entries; want %d", len(seen), sessions*each)
	}
}

func TestShown(t *testing.T) {
	big := make([]starlark.Value, 5000)
	for i := range big {
		big[i] = starlark.MakeInt(i)
	}
	for _, tt := range []struct {
		v    starlark.Value
		hint string
	}{
		{starlark.String("short"), ""},
		{starlark.String(strings.Repeat("x", 1<<20)), "1048576 bytes"},
		{starlark.NewList(big), "5000 items"},
		{starlark.Tuple(big), "5000 items"},
		{starlark.NewList([]starlark.Value{starlark.String(strings.Repeat("x", 9000))}), "9004 characters"},
	} {
		text, hint := shown(tt.v)
		if !strings.Contains(hint, tt.hint) || (hint == "") != (tt.hint == "") || len(text) > maxDisplay+10 {
			t.Errorf("shown(%.20s…) = %d bytes, %q; want %q", tt.v, len(text), hint, tt.hint)
		}
	}
	d := starlark.NewDict(0)
	for _, v := range big {
		d.SetKey(v, v)
	}
	if text, hint := shown(d); !strings.HasPrefix(text, "{0: 0, 1: 1, ") || !strings.Contains(hint, "5000 items") {
		t.Errorf("a dict: %.40s, %s", text, hint)
	}
	kind := &py.DictKind{Module: "m", Class: "Sub", Parts: func(d *py.SubDict) []starlark.Value { return []starlark.Value{d.Dict()} }}
	if text, hint := shown(kind.New(new(starlark.Thread), d)); !strings.HasPrefix(text, "Sub({0: 0, 1: 1, ") || !strings.Contains(hint, "5000 items") {
		t.Errorf("a dict of a class: %.40s, %s", text, hint)
	}
}

func TestCurlCommand(t *testing.T) {
	for _, tt := range []struct {
		r    host.Request
		want string
	}{
		{host.Request{Host: "h", Port: "80", Head: "GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept-Encoding: identity\r\n\r\n"},
			"curl --header 'Accept-Encoding: identity' --header Accept: --header User-Agent: 'http://h/a?b=c'"},
		{host.Request{Secure: true, Host: "h", Port: "8443", Head: "POST / HTTP/1.1\r\nHost: h:8443\r\nContent-Length: 4\r\nAccept: a\r\nUser-Agent: u\r\n\r\n", Body: "it's"},
			`curl --header 'Accept: a' --header 'User-Agent: u' --header Content-Type: --data-binary 'it'\''s' https://h:8443/`},
		{host.Request{Host: "::1", Port: "80", Head: "PUT /x HTTP/1.0\r\nX: \r\nAccept: a\r\nUser-Agent: u\r\nContent-Type: t\r\n\r\n", Streamed: true},
			"curl --request PUT --http1.0 --header 'X;' --header 'Accept: a' --header 'User-Agent: u' --header 'Content-Type: t' --data-binary @FILE 'http://[::1]/x'"},
		{host.Request{Host: "h", Port: "80", Head: "HEAD / HTTP/1.1\r\nHost: other\r\nAccept: a\r\nUser-Agent: u\r\nX: \x01\r\n\r\n"},
			`curl --head --header 'Host: other' --header 'Accept: a' --header 'User-Agent: u' --header $'X: \x01' http://h/`},
	} {
		if got := strings.ReplaceAll(curlCommand(tt.r), " \\\n  ", " "); got != tt.want {
			t.Errorf("curlCommand(%q)\n got %s\nwant %s", tt.r.Head, got, tt.want)
		}
	}
}

func TestAsked(t *testing.T) {
	for line, want := range map[string]string{
		"x?": "x", "x??": "x", "?x": "x", "httplib.OK ?": "httplib.OK", "f()?": "f", "?": "", "x": "-", "a + b?": "-", "'a?'": "-",
	} {
		name, ok := asked(line)
		if !ok {
			name = "-"
		}
		if name != want {
			t.Errorf("asked(%q) = %q; want %q", line, name, want)
		}
	}
}
