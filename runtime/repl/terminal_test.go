package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"starwire/runtime/tty/ttytest"
)

func TestTerminal(t *testing.T) {
	tests := []struct {
		name  string
		steps []any // what to send, then a []string to expect; in turns
	}{
		{"a value", []any{"1 + 1\r", []string{">>> 1 + 1", "2", ">>> "}}},
		{"the last value", []any{"7\r", []string{"7", ">>> "}, "_ * 6\r", []string{"42", ">>> "}}},
		{"Python's quotes", []any{`"it's"` + "\r", []string{`"it's"`, ">>> "}, `["a", None]` + "\r", []string{"['a', None]", ">>> "}}},
		{"print, the statement", []any{"print 1, 'a'\r", []string{"1 a", ">>> "}}},
		{"a line left open is not wiped out", []any{"print 'abc',\r", []string{">>> print 'abc',", "abc", ">>> "}}},
		{"a block, with its indentation", []any{
			"def f(x):\r", []string{">>> def f(x):", "... "},
			"return x\r", []string{"...     return x", "... "},
			"\r", []string{"... ", ">>> "},
			"f('y')\r", []string{"'y'", ">>> "}}},
		{"indentation grows and shrinks", []any{
			"def f():\rif 1:\rpass\r", []string{">>> def f():", "...     if 1:", "...         pass", "... "},
			"return 2\r\rf()\r", []string{"...     return 2", "...", ">>> f()", "2", ">>> "}}},
		{"an open bracket goes on", []any{"[1,\r", []string{">>> [1,", "... "}, "2]\r", []string{"[1, 2]", ">>> "}}},
		{"backspace takes a level of indentation", []any{
			"if 1:\rif 2:\r3\r", []string{"...         3", "... "},
			"\x7f4\r\r", []string{"...     4", "...", "3", "4", ">>> "}}},
		{"a Tab at the front is four spaces", []any{"if 1:\r\x7f\t5\r\r", []string{"...     5", "...", "5", ">>> "}}},
		{"late binding", []any{
			"def f(): return g()\r\r", []string{">>> "}, "def g(): return 1\r\r", []string{">>> "}, "f()\r", []string{"1", ">>> "},
			"def g(): return 2\r\r", []string{">>> "}, "f()\r", []string{"2", ">>> "}}},
		{"x += 1", []any{"x = 1\r", []string{">>> x = 1", ">>> "}, "x += 1; x\r", []string{"2", ">>> "}}},
		{"an error, and on", []any{"{}['k']\r", []string{"KeyError: 'k'", ">>> "}, "3\r", []string{"3", ">>> "}}},
		{"history, back and forth", []any{
			"11\r22\r", []string{"22", ">>> "}, up, []string{">>> 22"}, up, []string{">>> 11"}, down, []string{">>> 22"},
			down, []string{"22", ">>> "}, up + up + "\r", []string{">>> 11", "11", ">>> "}}},
		{"history keeps statements whole", []any{
			"def f():\rreturn 9\r\r", []string{"...     return 9", "...", ">>> "}, up, []string{">>> def f():", "...     return 9"},
			up + "\x7f\x7f\x7f\x7fg():", []string{">>> def g():"}, "\r", []string{">>> def g():", "...     return 9"},
			"\r\rg()\r", []string{"9", ">>> "}}},
		{"search", []any{
			"alpha = 1\rbeta = 2\ralpha2 = 3\r", []string{">>> alpha2 = 3", ">>> "},
			ctrlR + "alp", []string{"[alpha2 = 3] search: alp"}, ctrlR, []string{"[alpha = 1] search: alp"},
			"\r", []string{">>> alpha = 1"}, "0\r", []string{">>> alpha = 10", ">>> "}, "alpha\r", []string{"10", ">>> "}}},
		{"a search that finds nothing", []any{ctrlR + "zzz", []string{"nothing found: zzz"}, ctrlC, []string{">>> "}, "5\r", []string{"5", ">>> "}}},
		{"completion", []any{
			"import httpl\t", []string{">>> import httplib"}, "\rhttplib.HTTPSC\t", []string{">>> httplib.HTTPSConnection"},
			ctrlC + "httplib.NOT_F\t\r", []string{"404", ">>> "}}},
		{"completion lists what there is", []any{"httplib.NOT_\t", []string{"NOT_ACCEPTABLE   NOT_EXTENDED     NOT_FOUND        NOT_IMPLEMENTED  NOT_MODIFIED", ">>> httplib.NOT_"}}},
		{"completion of keyword arguments", []any{"def fetch(url, tries=3): return tries\r\r", []string{">>> "}, "fetch(1, tri\t4)\r", []string{">>> fetch(1, tries=4)", "4", ">>> "}}},
		{"Ctrl-C drops a line", []any{"abc" + ctrlC, []string{">>> abc^C", ">>> "}}},
		{"Ctrl-C behind a list of candidates", []any{"httplib.NOT_\t" + ctrlC, []string{">>> httplib.NOT_^C", ">>> "}, "4\r", []string{"4", ">>> "}}},
		{"Ctrl-C drops a search", []any{"alpha = 1\r", []string{">>> "}, ctrlR + "alp" + ctrlC, []string{">>> "}, "4\r", []string{"4", ">>> "}}},
		{"Ctrl-C drops a block", []any{"def f():\rx = 1" + ctrlC, []string{"...     x = 1^C", ">>> "}, "8\r", []string{"8", ">>> "}}},
		{"Ctrl-D ends a block", []any{
			"if 1:\r6\r" + ctrlD, []string{">>> if 1:", "...     6", "...", "6", ">>> "},
			"if 1:\r7\r\x7f" + ctrlD, []string{">>> if 1:", "...     7", "...", "7", ">>> "}}},
		{"Ctrl-D ends a block that has not begun", []any{"if 1:\r" + ctrlD + "8\r", []string{"8", ">>> "}}},
		{"Ctrl-D takes what is behind the cursor", []any{"6x" + left + ctrlD + "\r", []string{">>> 6", "6", ">>> "}}},
		{"Delete on an empty line does not leave", []any{del + del + "6\r", []string{">>> 6", "6", ">>> "}}},
		{"Delete takes what is behind the cursor", []any{"6x" + left + del + "\r", []string{">>> 6", "6", ">>> "}}},
		{"a paste with blank lines in a def", []any{
			pasted("def f(x):\n    y = x\n\n    return y + 1\n\nf(41)\n"),
			[]string{">>> def f(x):", "...     y = x", "...", "...     return y + 1", ">>> f(41)", "42", ">>> "}}},
		{"a paste of documentation", []any{
			pasted(">>> import httplib\n>>> httplib.responses[404]\n'Something else'\n>>> for i in range(2):\n...     print i\n...\n0\n1\n"),
			[]string{">>> import httplib", ">>> httplib.responses[404]", "'Not Found'", ">>> for i in range(2):", "...     print i", "...", "0", "1", ">>> "}}},
		{"a paste without its last newline waits for Enter", []any{
			pasted("a = 1\na + 1"), []string{">>> a = 1", ">>> a + 1"}, "0\r", []string{"11", ">>> "}}},
		{"a paste of one line is like typing", []any{"1 + " + pasted("\t2"), []string{">>> 1 +     2"}, "\r", []string{"3", ">>> "}}},
		{"a paste into a block", []any{
			"def f():\r" + pasted("x = 1\nreturn x\n") + "f()\r", []string{">>> f()", "1", ">>> "}}},
		{"a paste presses no keys", []any{pasted("'a\x03\x04b'") + "\r", []string{"'ab'", ">>> "}}},
		{"a value of a function is shown once, None never", []any{"None\r", []string{">>> None", ">>> "}, "def f(): 1; 2\r\rf()\r", []string{">>> f()", ">>> "}}},
		{"dir", []any{"'getheader' in dir(httplib.HTTPResponse), dir(urllib)[-1]\r", []string{"(True, 'urlretrieve')", ">>> "}}},
		{"an unknown command", []any{"%nonsense\r", []string{"there is no command %nonsense; %help lists them", ">>> "}}},
		{"wide characters", []any{"'日本語'" + left + left + "x" + "\r", []string{">>> '日本x語'", `'\xe6\x97\xa5\xe6\x9c\xacx\xe8\xaa\x9e'`, ">>> "}}},
		{"Ctrl-L clears the screen", []any{"1\r", []string{"1", ">>> "}, ctrlL + "2\r", []string{">>> 2", "2", ">>> "}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			converse(t, tt.steps)
		})
	}
}

// TestDefectsOfReadline has what chzyer/readline v1.5.1 gets wrong, each as a
// person meets it.
func TestDefectsOfReadline(t *testing.T) {
	for name, steps := range map[string][]any{
		"it knows no bracketed paste":                  {pasted("def f():\n\n    return 1\n\nf()\n"), []string{">>> f()", "1", ">>> "}},
		"a Tab at the front goes to the completer":     {"for x in [1]:\r" + strings.Repeat("\x7f", 4) + "\tx\r\r", []string{"...     x", "...", "1", ">>> "}},
		"its history is one of lines":                  {"def f():\rreturn 7\r\r", []string{"...     return 7", "...", ">>> "}, up + "\r\r", []string{">>> def f():", "...     return 7", "...", ">>> "}, "f()\r", []string{"7", ">>> "}},
		"wide characters misplace the cursor":          {"'日本'" + left + left + "\x7f語\r", []string{">>> '語本'", `'\xe8\xaa\x9e\xe6\x9c\xac'`, ">>> "}},
		"completion behind wide characters":            {"'日本'.isdig\t\r", []string{">>> '日本'.isdigit(", "... "}, ")\r", []string{"False", ">>> "}},
		"Delete on an empty line is Ctrl-D":            {del + "8\r", []string{">>> 8", "8", ">>> "}},
		"Ctrl-L clears nothing":                        {"1\r", []string{"1", ">>> "}, ctrlL, []string{">>> "}, "2\r", []string{"2", ">>> "}},
		"a line begun is lost when a list is shown":    {"x = httplib.NOT_\t", []string{"NOT_MODIFIED", ">>> x = httplib.NOT_"}, "FOUND; x\r", []string{"404", ">>> "}},
		"what is typed ahead goes into the wrong line": {"a = 1\rb = 2\rdef f():\rreturn a + b\r\rf()\r", []string{">>> f()", "3", ">>> "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(name, "a line begun") {
				c := newConsole(t, 100)
				c.Send(steps[0].(string))
				c.Contains(`NOT_MODIFIED\n>>> x = httplib\.NOT_\n`)
				c.Send(steps[2].(string))
				c.Contains(`\n404\n>>> *\n`)
				return
			}
			converse(t, steps)
		})
	}
	t.Run("a candidate wider than the screen is a division by zero", TestNarrowScreen)
	t.Run("everybody can read its history file", TestHistoryFile)
	t.Run("Close hangs while a read is pending", func(t *testing.T) {
		c := newConsole(t, 80)
		c.Send("import sys\r")
		c.Expect(">>> ")
		c.Send("sys.exit(3)\r")
		if code := c.Exit(); code != 3 {
			t.Errorf("exit status %d; want 3", code)
		}
	})
}

// TestLeavingByKey: Ctrl-D leaves at an empty line, and where a blank line would not
// end the statement, whatever stands there of indentation.
func TestLeavingByKey(t *testing.T) {
	for _, typed := range []string{"", "  ", "f(1,\r", "f(\r", "if f(\r\x7f", "'''a\r"} {
		c := newConsole(t, 80)
		c.Send(typed + ctrlD)
		if code := c.Exit(); code != 0 {
			t.Errorf("%q and Ctrl-D: exit status %d; want 0", typed, code)
		}
	}
}

// TestDefectsOfStarlarkREPL has what go.starlark.net/repl gets wrong. That piped
// input loses its last block, and errors their exit status, is TestPipedBlock of
// the command.
func TestDefectsOfStarlarkREPL(t *testing.T) {
	for name, steps := range map[string][]any{
		"late binding is lost":                      {"def f(): return g()\r\rdef g(): return 1\r\rf()\r", []string{"1", ">>> "}, "def g(): return 2\r\rf()\r", []string{"2", ">>> "}},
		"a function does not see a new global":      {"def f(): return n\r\rn = 5\rf()\r", []string{"5", ">>> "}, "n = 6\rf()\r", []string{"6", ">>> "}},
		"a chunk cannot rebind a name it reads":     {"x = 1\rx += 1\rx\r", []string{"2", ">>> "}, "x = x * 10; x\r", []string{"20", ">>> "}},
		"what a chunk bound before its error stays": {"y = 3; 1//0\r", []string{"ZeroDivisionError: floored division by zero", ">>> "}, "y\r", []string{"3", ">>> "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			converse(t, steps)
		})
	}
	t.Run("Ctrl-C stops no loop", func(t *testing.T) {
		c := newConsole(t, 80)
		c.Send("print 'go' + 'ing'; [x for x in range(1 << 40)]\r")
		c.Contains(`\ngoing\n`)
		c.Send(ctrlC)
		c.Contains(`KeyboardInterrupt\n>>> *\n`)
		c.Send("print 'a' + 'gain'\r")
		c.Expect("again", ">>> ")
	})
}

func TestInterrupts(t *testing.T) {
	t.Run("a loop", func(t *testing.T) {
		c := newConsole(t, 80)
		c.Send("for i in [1]:\rprint 'go' + 'ing'\rwhile True: pass\r\r")
		c.Contains(`\ngoing\n`)
		c.Send(ctrlC)
		c.Contains(`KeyboardInterrupt\n>>> *\n`)
		c.Send("1\r")
		c.Expect("1", ">>> ")
	})
	t.Run("a blocked read", func(t *testing.T) {
		c := newConsole(t, 100)
		c.Send("srv = testserver.start({'/': testserver.delay(3600, 'late')}); c = httplib.HTTPConnection(srv.host, srv.port)\r")
		c.Expect(">>> ")
		c.Send("c.request('GET', '/')\r")
		c.Contains(`GET', '/'\)\n>>> *\n`)
		c.Send("print 'waiting'; c.getresponse()\r")
		c.Contains(`\nwaiting\n`)
		c.Send(ctrlC)
		c.Contains(`KeyboardInterrupt\n>>> *\n`)
	})
	t.Run("sys.stdin takes nothing from the next prompt", func(t *testing.T) {
		c := newConsole(t, 80)
		c.Send("import sys\r")
		c.Expect(">>> ")
		c.Send("print 'name?'; sys.stdin.readline()\r")
		c.Contains(`\nname\?\n`)
		c.Send("Ann\r")
		c.Expect(`'Ann\n'`, ">>> ")
		c.Send("print 'again?'; sys.stdin.readline()\r")
		c.Contains(`\nagain\?\n`)
		c.Send(ctrlC)
		c.Contains(`KeyboardInterrupt\n>>> *\n`)
		c.Send("12\r")
		c.Expect("12", ">>> ")
	})
	t.Run("a command", func(t *testing.T) {
		c := newConsole(t, 80)
		c.Send("def f():\rprint 'f' + 'f'\rtime.sleep(3600)\r\r%time f()\r")
		c.Contains(`\nff\n`)
		c.Send(ctrlC)
		c.Contains(`took .*s\n(.*\n)*KeyboardInterrupt\n>>> *\n`)
	})
	t.Run("what is stuck, twice", func(t *testing.T) {
		c := newConsole(t, 80)
		c.Send("stuck()\r")
		c.Contains(`\nnow stuck\n`)
		c.Send(ctrlC)
		c.Contains("still stopping it")
		c.Send(ctrlC)
		c.Contains("what runs does not heed Ctrl-C; leaving")
		if code := c.Exit(); code != 130 {
			t.Errorf("exit status %d; want 130", code)
		}
	})
	t.Run("a paste that runs", func(t *testing.T) {
		c := newConsole(t, 80)
		c.Send(pasted("print 'on'\nwhile True: pass\nprint 'not' + 'reached'\n"))
		c.Contains(`\non\n`)
		c.Send(ctrlC)
		c.Contains(`KeyboardInterrupt\n>>> *\n`)
		c.Send("2\r")
		c.Expect("2", ">>> ")
	})
}

func TestHelp(t *testing.T) {
	for keys, pattern := range map[string]string{
		"httplib.OK?\r":   `>>> httplib\.OK\?\nhttplib\.OK = 200\n(.*\n)*>>> *\n`,
		"?urllib.quote\r": `\nurllib\.quote\(s, safe="/"\) -> str\n(.*\n)*>>> *\n`,
		"help(httplib.HTTPConnection.putheader)\r":       `\nhttplib\.HTTPConnection\.putheader\(header, /, \*values\)\n`,
		"help('errors')\r":                               `(?i)exception(.*\n)*>>> *\n`,
		"c = httplib.HTTPConnection('h')\rc.request??\r": `\nhttplib\.HTTPConnection\.request\(method, url, `,
		"def f(a, b=2):\r'Adds.'\rreturn a + b\r\rf?\r":  `\nf\(a, b=2\)\n\n    Adds\.\n`,
		"nowhere?\r":    `there is no help on 'nowhere'`,
		"%help\r":       `%curl +shows the last request as a curl command\n`,
		"%time 2 + 2\r": `>>> %time 2 \+ 2\n4\ntook [\d.]+.?s\n>>> *\n`,
	} {
		t.Run(strings.TrimSpace(keys), func(t *testing.T) {
			t.Parallel()
			c := newConsole(t, 100)
			c.Send(keys)
			c.Contains(pattern)
		})
	}
}

func TestLeaving(t *testing.T) {
	for keys, want := range map[string]int{
		ctrlD: 0, "exit\r": 0, "quit()\r": 0, "import sys\rsys.exit(4)\r": 4, "sys.exit('no')\r": 1,
	} {
		t.Run(fmt.Sprintf("%q", keys), func(t *testing.T) {
			t.Parallel()
			c := newConsole(t, 80)
			c.Send(keys)
			if code := c.Exit(); code != want {
				t.Errorf("exit status %d; want %d", code, want)
			}
		})
	}
}

func TestLargePaste(t *testing.T) {
	var b strings.Builder
	b.WriteString("total = 0\n")
	for i := range 2499 {
		fmt.Fprintf(&b, "total += %d\n\n", i)
	}
	b.WriteString("print total\n")
	c := newConsole(t, 80)
	c.Send(pasted(b.String()))
	c.Expect("[5000 pasted lines]", "3121251", ">>> ")
}

func TestWrappedLines(t *testing.T) {
	c := newConsole(t, 20)
	c.Send("'0123456789012345678'")
	c.Expect(">>> '012345678901234", "5678'")
	c.Send(strings.Repeat(left, 5) + "X")
	c.Expect(">>> '012345678901234", "X5678'")
	c.Cursor(1)
	c.Send("\x01\x7f0 or \x05")
	c.Expect(">>> 0 or '0123456789", "01234X5678'")
	c.Send(ctrlC + "'日本語日本語日本語'" + left + left + "x")
	c.Contains(`>>> '日本語日本語日\n本x語'\n`)
	c.Cursor(3)
}

func TestNarrowScreen(t *testing.T) {
	c := newConsole(t, 12) // narrower than most candidates
	c.Send("httplib.\t\t")
	c.Contains("HTTPConnecti\non")
	c.Send(ctrlC + "1\r")
	c.Contains(`\n1\n>>> *\n`)
}

func TestResize(t *testing.T) {
	c := newConsole(t, 80)
	c.Resize(30)
	c.Send("'0123456789012345678901234567'" + left + "x")
	c.Expect(">>> '0123456789012345678901234", "567x'")
}

func TestColors(t *testing.T) {
	for env, want := range map[string]bool{"COLORS=1": true, "COLORS=": false} {
		c := newConsole(t, 80, env)
		c.Send("{}['k']\r")
		c.Contains(`KeyError: 'k'\n>>> *\n`)
		if got := c.Look(func(s *ttytest.Screen) bool { return s.Styled }); got != want {
			t.Errorf("%s: colours %v; want %v", env, got, want)
		}
	}
}

func TestReload(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lib.py")
	if err := os.WriteFile(name, []byte("version = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newConsole(t, 80, "FILE="+name)
	c.Send("%reload\rversion\r")
	c.Expect("7", ">>> ")
	if err := os.WriteFile(name, []byte("version = 8\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Send("%reload\rversion\r")
	c.Expect("8", ">>> ")
}

func TestSave(t *testing.T) {
	c := newConsole(t, 80)
	c.Send("def f():\rreturn 3\r\rf()\r%time 1\r%save it.py\r")
	c.Contains("2 statements written to it.py")
	text, err := os.ReadFile(filepath.Join(c.Dir(), "it.py"))
	if want := "def f():\n    return 3\n\nf()\n"; err != nil || string(text) != want {
		t.Errorf("it.py is %q, %v; want %q", text, err, want)
	}
	c.Send("%save it.py\r")
	c.Contains("it.py is there already")
}

func TestTraceAndCurl(t *testing.T) {
	c := newConsole(t, 120)
	c.Send("%curl\r")
	c.Contains("no request was sent yet")
	c.Send("srv = testserver.start({'/': 'hi'}); c = httplib.HTTPConnection(srv.host, srv.port)\r")
	c.Contains(`srv.port\)\n>>> *\n`)
	c.Send("%trace on\rc.request('POST', '/a b'.replace(' ', '+'), \"it's\", {'X-A': '1'})\r")
	c.Contains(`send: "POST /a\+b`)
	c.Send("%trace off\rc.debuglevel\r")
	c.Expect("0", ">>> ")
	c.Send("%curl\r")
	c.Contains(`--header 'X-A: 1'`)
	c.Contains(`--data-binary 'it'\\''s' \\\n  http://127.0.0.1:\d+/a\+b\n`)
}

func TestHistoryFile(t *testing.T) {
	c := newConsole(t, 80)
	c.Send("def f():\rreturn 1\r\r hidden = 1\r")
	c.Expect(">>>  hidden = 1", ">>> ")
	name := filepath.Join(c.Dir(), "history")
	text, err := os.ReadFile(name)
	if want := `def f():\n    return 1` + "\n"; err != nil || string(text) != want {
		t.Errorf("history %q, %v; want %q", text, err, want)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("history file %v, %v; want mode 0600", info.Mode(), err)
	}
	// A second session finds it, and both go on writing.
	d := newConsole(t, 80, "STARWIRE_HISTORY="+name)
	d.Send(up)
	d.Expect(">>> def f():", "...     return 1")
	d.Send(ctrlC + "second = 2\r")
	d.Expect(">>> second = 2", ">>> ")
	c.Send("first = 1\r")
	c.Expect(">>> first = 1", ">>> ")
	text, _ = os.ReadFile(name)
	if !strings.HasSuffix(string(text), "\nsecond = 2\nfirst = 1\n") {
		t.Errorf("history %q; want both sessions' statements", text)
	}
}

// TestBar: a transfer that lasts shows a bar, which is gone when it ends or is
// interrupted.
func TestBar(t *testing.T) {
	c := newConsole(t, 80)
	c.Send("srv = testserver.start({'/': testserver.drip('x' * 3000000, 1000000, 3600)})\r")
	c.Expect(">>> ")
	c.Send("c = httplib.HTTPConnection(srv.host, srv.port); c.request('GET', '/'); r = c.getresponse()\r")
	c.Contains(`getresponse\(\)\n>>> *\n`)
	c.Send("print 'saving',; r.save('it', progress=True)\r")
	c.Contains(`\nsaving\nit  \[#*\.+\] +\d+%  [\d.]+ k?M?B of 3\.0 MB`)
	c.Send(ctrlC)
	c.Contains(`\nsaving\n(\n|Traceback[^>]*)?KeyboardInterrupt\n>>> *\n`)
	c.Until("no bar", func(s *ttytest.Screen) bool { return !strings.Contains(s.Text(), " of 3.0 MB") })
	c.Send("1\r")
	c.Expect("1", ">>> ")
}
