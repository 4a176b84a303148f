package httplibmod

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
	"starwire/runtime/racetest"
	"starwire/wire"
)

// stringIO is as much of Python's module as messages are read from.
var stringIO = &starlarkstruct.Module{Name: "StringIO", Members: starlark.StringDict{
	"StringIO": starlark.NewBuiltin("StringIO", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		text, pos := string(args[0].(starlark.String)), 0
		take := func(n int) starlark.Value {
			s := text[pos : pos+n]
			pos += n
			return starlark.String(s)
		}
		return file(map[string]func(args starlark.Tuple) (starlark.Value, error){
			"read": func(starlark.Tuple) (starlark.Value, error) { return take(len(text) - pos), nil },
			"readline": func(args starlark.Tuple) (starlark.Value, error) {
				n := strings.IndexByte(text[pos:], '\n') + 1
				if n == 0 {
					n = len(text) - pos
				}
				if len(args) > 0 {
					limit, err := starlark.AsInt32(args[0])
					if err != nil {
						return nil, err
					}
					n = min(n, limit)
				}
				return take(n), nil
			},
			"seek": func(args starlark.Tuple) (_ starlark.Value, err error) {
				pos, err = starlark.AsInt32(args[0])
				return starlark.None, err
			},
			"tell": func(starlark.Tuple) (starlark.Value, error) { return starlark.MakeInt(pos), nil },
		}), nil
	}),
}}

// file returns an object with the given methods.
func file(methods map[string]func(args starlark.Tuple) (starlark.Value, error)) starlark.Value {
	members := make(starlark.StringDict)
	for name, f := range methods {
		members[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return f(args)
		})
	}
	return starlarkstruct.FromStringDict(starlark.String("file"), members)
}

func TestMessageSession(t *testing.T) {
	libtest.Run(t, "testdata/message.session", Module(), RFC822(), Mimetools(), stringIO)
}

// messages are what the tests below look at.
const messages = `
plain = httplib.HTTPMessage("A: 1\r\nB: 2\r\na: 3\r\nContent-Type: x/y; z=1\r\n\r\nbody")
mime = mimetools.Message("A: 1\n\nbody")
mail = rfc822.Message("A: 1\n\nbody")
`

func messageModules() starlark.StringDict {
	return starlark.StringDict{"rfc822": RFC822(), "mimetools": Mimetools(), "StringIO": stringIO}
}

// A string, or bytes, may stand for a file.
func TestMessageFromString(t *testing.T) {
	got := mustRun(t, messages+`
for m, text in [(plain, ""), (mime, "A: 1\n\nbody"), (mail, "A: 1\n\nbody")]:
    show(m.fp, m.seekable, m.startofheaders, m.startofbody, m["a"])
    show(attempt(m.rewindbody), attempt(m.readheaders))
    show(m.items(), m.headers)
m = httplib.HTTPMessage(b"A: \xff\n\n")
show(m["a"], m.startofbody)
m = rfc822.Message("A: 1\nno field\nbody")
show(m.items(), m.status, m.startofbody)
show(rfc822.Message("no field\n").status)
show(httplib.HTTPMessage("").status, httplib.HTTPMessage("").startofbody)
`, messageModules())
	want := `None 0 0 44 '1, 3'
'IOError: unseekable file' "AttributeError: 'NoneType' object has no attribute 'readline'"
[] []
None 0 0 6 '1'
'IOError: unseekable file' "AttributeError: 'NoneType' object has no attribute 'readline'"
[] []
None 0 0 6 '1'
'IOError: unseekable file' "AttributeError: 'NoneType' object has no attribute 'readline'"
[] []
'\xff' 6
[('a', '1')] 'Non-header line where header expected' 5
'No headers'
'EOF in headers' 0
`
	if got != want {
		t.Errorf("messages over strings:\n%s\nwant:\n%s", got, want)
	}
}

// What a message reads from may be any object, and may break its promises.
func TestMessageFile(t *testing.T) {
	type methods = map[string]func(args starlark.Tuple) (starlark.Value, error)
	lines := func(text string) func(starlark.Tuple) (starlark.Value, error) {
		r := &stringLines{text}
		return func(starlark.Tuple) (starlark.Value, error) {
			line, _ := r.headLine()
			return starlark.String(line), nil
		}
	}
	value := func(v starlark.Value) func(starlark.Tuple) (starlark.Value, error) {
		return func(starlark.Tuple) (starlark.Value, error) { return v, nil }
	}
	fails := func(after int, err error) func(starlark.Tuple) (starlark.Value, error) {
		return func(starlark.Tuple) (starlark.Value, error) {
			if after--; after < 0 {
				return nil, err
			}
			return starlark.MakeInt(7), nil
		}
	}
	ioError := py.IOError.Errorf("no tell")
	valueError := py.ValueError.Errorf("closed")
	var pushed []string
	unread := func(args starlark.Tuple) (starlark.Value, error) {
		pushed = append(pushed, string(args[0].(starlark.String)))
		return starlark.None, nil
	}
	const head = "A: 1\nB: 2\nbad\nC: 3\n\n"
	show := "show(m.items(), m.status, m.seekable, m.startofheaders, m.startofbody)"
	for _, tt := range []struct {
		name, source string
		file         methods
		want         string
	}{
		{"no tell", "m = httplib.HTTPMessage(f)", methods{"readline": lines(head)},
			"[('a', '1'), ('b', '2'), ('c', '3')] 'Non-header line where header expected' 0 None None"},
		{"tell raises IOError", "m = httplib.HTTPMessage(f)", methods{"readline": lines(head), "tell": fails(0, ioError)},
			"[('a', '1'), ('b', '2'), ('c', '3')] 'Non-header line where header expected' 0 None None"},
		{"tell raises IOError at the second call", "m = httplib.HTTPMessage(f)", methods{"readline": lines(head), "tell": fails(1, ioError)},
			"[('a', '1'), ('b', '2'), ('c', '3')] 'Non-header line where header expected' 0 None None"},
		{"tell raises IOError between lines", "m = httplib.HTTPMessage(f)", methods{"readline": lines(head), "tell": fails(3, ioError)},
			"[('a', '1'), ('b', '2'), ('c', '3')] 'Non-header line where header expected' 0 7 None"},
		{"tell raises IOError between lines of mail", "m = rfc822.Message(f)", methods{"readline": lines(head), "tell": fails(3, ioError)},
			"[('a', '1'), ('b', '2')] 'Non-header line where header expected; bad seek' 0 7 None"},
		{"tell raises ValueError", "m = httplib.HTTPMessage(f)", methods{"readline": lines(head), "tell": fails(0, valueError)}, "ValueError: closed"},
		{"tell raises ValueError at the second call", "m = httplib.HTTPMessage(f)", methods{"readline": lines(head), "tell": fails(1, valueError)}, "ValueError: closed"},
		{"tell raises ValueError between lines", "m = httplib.HTTPMessage(f)", methods{"readline": lines(head), "tell": fails(3, valueError)}, "ValueError: closed"},
		{"tell raises ValueError at the end", "m = httplib.HTTPMessage(f)", methods{"readline": lines("\n"), "tell": fails(3, valueError)}, "ValueError: closed"},
		{"said to be seekable without tell", "m = httplib.HTTPMessage(f, 2)", methods{"readline": lines(head)}, "AttributeError: 'struct' object has no attribute 'tell'"},
		{"True is 1", "m = httplib.HTTPMessage(f, True)", methods{"readline": lines("A: 1\n\n")}, "[('a', '1')] '' 0 None None"},
		{"unread", "m = rfc822.Message(f, 0)", methods{"readline": lines(head), "unread": unread},
			"[('a', '1'), ('b', '2')] 'Non-header line where header expected' 0 None None"},
		{"unread fails", "m = rfc822.Message(f, 0)", methods{"readline": lines(head), "unread": fails(0, valueError)}, "ValueError: closed"},
		{"seek fails", "m = rfc822.Message(f)", methods{"readline": lines(head), "tell": value(starlark.MakeInt(3)), "seek": fails(0, valueError)}, "ValueError: closed"},
		{"no readline", "m = rfc822.Message(f)", methods{}, "AttributeError: 'struct' object has no attribute 'readline'"},
		{"readline returns no string", "m = httplib.HTTPMessage(f)", methods{"readline": value(starlark.None)},
			"TypeError: readline() should have returned a string, not NoneType"},
		{"readline returns bytes", "m = httplib.HTTPMessage(f)", methods{"readline": value(starlark.Bytes(""))}, "[] 'EOF in headers' 0 None None"},
		{"readline raises", "m = mimetools.Message(f)", methods{"readline": fails(0, valueError)}, "ValueError: closed"},
		{"a line beyond the limit", "m = httplib.HTTPMessage(f)", methods{"readline": value(starlark.String(strings.Repeat("x", 65537)))},
			"httplib.LineTooLong: got more than 65536 bytes when reading header line"},
		{"no end of lines", "m = httplib.HTTPMessage(f)", methods{"readline": value(starlark.String("no field\n"))},
			"httplib.HTTPException: got more than 100 headers"},
	} {
		env := messageModules()
		env["f"] = file(tt.file)
		got, err := run(t, tt.source+"\n"+show, env)
		got = strings.TrimSuffix(got, "\n")
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: %s = %s; want %s", tt.name, tt.source, got, tt.want)
		}
	}
	if len(pushed) != 1 || pushed[0] != "bad\n" {
		t.Errorf("unread got %q; want one line, %q", pushed, "bad\n")
	}
}

// dir() names every attribute, and only those.
func TestMessageAttrNames(t *testing.T) {
	globals := messageGlobals(t)
	for name, want := range map[string]struct{ has, hasNot string }{
		"plain": {"addheader addcontinue getparam plist getdate_tz pop startofbody", ""},
		"mime":  {"getparam plist typeheader getdate_tz", "addheader addcontinue"},
		"mail":  {"getdate_tz headers dict", "addheader addcontinue getparam plist type parsetype"},
	} {
		m := globals[name].(*HTTPMessage)
		names := m.AttrNames()
		if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("%s.AttrNames() = %q; want sorted, each once", name, names)
		}
		for _, n := range names {
			if v, err := m.Attr(n); v == nil || err != nil {
				t.Errorf("%s.%s = %v, %v; want a value, for dir() names it", name, n, v, err)
			}
		}
		for _, n := range strings.Fields(want.has) {
			if !slices.Contains(names, n) {
				t.Errorf("dir(%s) lacks %s", name, n)
			}
		}
		for _, n := range strings.Fields(want.hasNot) {
			if v, _ := m.Attr(n); v != nil || slices.Contains(names, n) {
				t.Errorf("%s.%s = %v; want none", name, n, v)
			}
		}
	}
}

// messageGlobals runs messages and returns its globals, which are not frozen.
func messageGlobals(t *testing.T) starlark.StringDict {
	t.Helper()
	env := messageModules()
	env["httplib"] = Module()
	file, err := options.Parse("messages", messages, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := starlark.ExecREPLChunk(file, new(starlark.Thread), env); err != nil {
		t.Fatal(err)
	}
	return env
}

// A frozen message answers every question and takes no change.
func TestMessageFrozen(t *testing.T) {
	for _, name := range []string{"plain", "mime", "mail"} {
		env := messageGlobals(t)
		m := env[name].(*HTTPMessage)
		env["m"] = m
		before := m.String()
		m.Freeze()
		for source, want := range map[string]string{
			`m["x"] = "y"`:         "! cannot change frozen " + m.Type() + "\n",
			`m["a"] = "y"`:         "! cannot change frozen " + m.Type() + "\n",
			`m.pop("a")`:           "! cannot change frozen " + m.Type() + "\n",
			`m.pop("x")`:           "! cannot change frozen " + m.Type() + "\n",
			`m.setdefault("x")`:    "! cannot change frozen " + m.Type() + "\n",
			`m.readheaders()`:      "! cannot change frozen " + m.Type() + "\n",
			`m.status = "x"`:       "! cannot set .status of frozen " + m.Type() + "\n",
			`m.headers.append("")`: "! append: cannot append to frozen list\n",
			`m.dict.clear()`:       "! cannot clear frozen hash table\n",
			`m.setdefault("A")`:    "'1'\n",
			`m.getheaders("a")[0]`: "'1'\n",
		} {
			if name == "plain" && source == `m.setdefault("A")` {
				want = "'1, 3'\n"
			}
			if got := libtest.Eval(new(starlark.Thread), env, source); got != want {
				t.Errorf("%s: %s = %s; want %s", name, source, got, want)
			}
		}
		if after := m.String(); after != before {
			t.Errorf("%s changed from %q to %q", name, before, after)
		}
	}
}

// Threads may share a frozen message: nothing of it is left to be filled in.
func TestMessageFrozenIsShared(t *testing.T) {
	m := newMessage("A: 1\r\nContent-Type: x/y; z=1\r\n")
	m.Freeze()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, name := range m.AttrNames() {
				if _, err := m.Attr(name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			m.get("a")
			m.matching("a", false)
			_ = m.String() + m.mimePart().encoding()
		})
	}
	wg.Wait()
}

// A message in its own list of lines freezes, and shows.
func TestMessageInItself(t *testing.T) {
	got := mustRun(t, messages+"plain.headers.append(plain)\nplain.dict['x'] = plain\nshow(len(str(plain)), plain['x'] == plain)", messageModules())
	if want := "42 True\n"; got != want {
		t.Errorf("a message in itself: %s; want %s", got, want)
	}
	m := newMessage("A: 1\r\n")
	m.parse()
	m.headers.Append(m)
	m.Freeze()
}

// What a script may assign keeps its type.
func TestMessageSetField(t *testing.T) {
	env := messageGlobals(t)
	for _, tt := range []struct{ source, want string }{
		{`plain.headers = ()`, "! TypeError: 'HTTPMessage.headers cannot be tuple'\n"},
		{`plain.dict = []`, "! TypeError: 'HTTPMessage.dict cannot be list'\n"},
		{`mail.status = 1`, "! TypeError: 'Message.status cannot be int'\n"},
		{`plain.typeheader = 1`, "! TypeError: 'HTTPMessage.typeheader cannot be int'\n"},
		{`plain.getheader = 1`, "! can't assign to .getheader field of HTTPMessage"},
		{`mail.typeheader = "x"`, "! can't assign to .typeheader field of Message"},
		{`mail.nope = 1`, "! can't assign to .nope field of Message"},
		{`mail.startofbody = 5`, ""},
		{`mail.startofbody`, "5\n"},
	} {
		// A suggestion may follow.
		if got := libtest.Eval(new(starlark.Thread), env, tt.source); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s = %s; want %s", tt.source, got, tt.want)
		}
	}
}

func TestMessageClasses(t *testing.T) {
	env := messageGlobals(t)
	for _, tt := range []struct {
		class *messageClass
		text  string
		has   string
	}{
		{httpMessageClass, "<class httplib.HTTPMessage>", "plain"},
		{mimeMessageClass, "<class mimetools.Message>", "plain mime"},
		{mailMessageClass, "<class rfc822.Message>", "plain mime mail"},
	} {
		if got := tt.class.String(); got != tt.text {
			t.Errorf("String() = %q; want %q", got, tt.text)
		}
		for _, name := range []string{"plain", "mime", "mail"} {
			if got, want := tt.class.HasInstance(env[name]), strings.Contains(tt.has, name); got != want {
				t.Errorf("%v.HasInstance(%s) = %v; want %v", tt.class, name, got, want)
			}
		}
		if tt.class.HasInstance(starlark.None) {
			t.Errorf("%v.HasInstance(None) = true", tt.class)
		}
	}
	if got := py.Repr(env["plain"]) + py.Repr(env["mime"]) + py.Repr(newMessage("")); got != "<httplib.HTTPMessage instance><mimetools.Message instance><httplib.HTTPMessage instance>" {
		t.Errorf("repr = %s", got)
	}
}

// However many lines a value has, it is put together once.
func TestMessageIsLinear(t *testing.T) {
	lines := 200_000
	if racetest.Enabled { // which makes this a matter of the machine's other work
		lines = 20_000
	}
	text := "A: 1\n" + strings.Repeat(" x\n", lines)
	start := time.Now()
	mustRun(t, `
for m in [rfc822.Message(text + "\n"), mimetools.Message(text + text)]:
    show(len(m["a"]), len(m.getheaders("a")), len(m.getrawheader("a")), len(m.getaddrlist("a")), len(str(m)))
    m["a"] = "1"
`, starlark.StringDict{"rfc822": RFC822(), "mimetools": Mimetools(), "text": starlark.String(text)})
	if elapsed := time.Since(start); elapsed > 30*time.Second {
		t.Errorf("%d lines took %v", lines, elapsed)
	}
}

// What the strict parser took, a message answers without taking it apart, and
// as it would after.
func FuzzMessageScan(f *testing.F) {
	f.Add("A: 1\r\nB: 2\r\na: 3\r\n", "A")
	f.Add("A:1\nAA: 2\n:\n", "a")
	f.Add("A: \x0b1 \r\nX-Y: \xff\r\n", "x-y")
	f.Add("[: 1\n{: 2\n", "{")
	f.Fuzz(func(t *testing.T, raw, name string) {
		for line := range strings.SplitAfterSeq(raw, "\n") {
			if line != "" && (!strings.HasSuffix(line, "\n") || !wire.IsToken(line[:max(strings.IndexByte(line, ':'), 0)])) {
				return // not a head the strict parser takes
			}
		}
		if !wire.IsToken(name) {
			return
		}
		lazy, full := newMessage(raw), newMessage(raw)
		full.parse()
		got, ok := lazy.get(name)
		want, wantOK := full.get(name)
		if got != want || ok != wantOK {
			t.Errorf("get(%q) of %q = %q, %v; want %q, %v", name, raw, got, ok, want, wantOK)
		}
		if lazy.String() != full.String() {
			t.Errorf("String() of %q = %q, then %q", raw, lazy.String(), full.String())
		}
	})
}
