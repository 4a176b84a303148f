//go:build linux || darwin

package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"go.uber.org/goleak"

	"starwire/runtime"
)

// childEnv makes the test binary a REPL on the terminal that it is started on.
const childEnv = "STARWIRE_REPL_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// child is the command's REPL, with a built-in that heeds nothing.
func child() int {
	r := New(Options{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		History: HistoryFile(), Colors: os.Getenv("COLORS") != "", File: os.Getenv("FILE"),
	})
	config := runtime.Config{
		Permissions: runtime.Everything(),
		Limits:      runtime.NoLimits(),
		Predeclared: starlark.StringDict{
			"stuck": starlark.NewBuiltin("stuck", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
				fmt.Println("now stuck")
				select {}
			}),
		},
	}
	r.Configure(&config)
	rt, err := runtime.New(config)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	s := rt.NewSession()
	defer s.Close()
	err = r.Run(context.Background(), s)
	var exit *runtime.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Println(err)
	}
	return runtime.ExitCode(err)
}

// A console is a person at a terminal in which the REPL runs.
type console struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	exited chan struct{}

	mu     sync.Mutex
	change *sync.Cond
	vt     *vt
	closed bool
}

// newConsole starts the REPL in a terminal of that many columns and 24 rows.
func newConsole(t *testing.T, columns int, env ...string) *console {
	t.Helper()
	master, slave, err := openPTY()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	defer slave.Close()
	size := &unix.Winsize{Col: uint16(columns), Row: 24}
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, size); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, master: master, vt: newVT(columns, 24), exited: make(chan struct{})}
	c.change = sync.NewCond(&c.mu)
	c.cmd = exec.Command(exe)
	c.cmd.Dir = t.TempDir()
	c.cmd.Env = append(os.Environ(), childEnv+"=1", "TERM=xterm", "STARWIRE_HISTORY="+filepath.Join(c.cmd.Dir, "history"))
	c.cmd.Env = append(c.cmd.Env, env...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = slave, slave, slave
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	readerDone := make(chan struct{})
	go c.show(readerDone)
	go func() {
		c.cmd.Wait()
		close(c.exited)
	}()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		<-c.exited
		master.Close()
		<-readerDone
		for _, s := range c.vt.unknown {
			t.Errorf("the terminal does not know %q", s)
		}
	})
	c.expect(">>> ")
	return c
}

// show keeps the screen up to date.
func (c *console) show(done chan struct{}) {
	defer close(done)
	buf := make([]byte, 4096)
	for {
		n, err := c.master.Read(buf)
		c.mu.Lock()
		c.vt.write(string(buf[:n]))
		c.closed = err != nil
		c.change.Broadcast()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (c *console) send(keys string) {
	if _, err := io.WriteString(c.master, keys); err != nil {
		c.t.Helper()
		c.t.Fatalf("sending %q: %v", keys, err)
	}
}

// until waits for the screen to look as ok wants.
func (c *console) until(what string, ok func(v *vt) bool) {
	c.t.Helper()
	expired := false
	timer := time.AfterFunc(20*time.Second, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		expired = true
		c.change.Broadcast()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !ok(c.vt) {
		if expired || c.closed {
			c.t.Fatalf("the screen never showed %s; it shows\n%s", what, c.vt.text())
		}
		c.change.Wait()
	}
}

// expect waits until the last lines of the screen are these, with the cursor
// behind them.
func (c *console) expect(lines ...string) {
	c.t.Helper()
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	want := strings.Join(lines, "\n")
	c.until(fmt.Sprintf("at its end %q", want), func(v *vt) bool {
		return strings.HasSuffix(strings.TrimRight(v.text(), "\n "), want) && v.row == len(v.cells)-1
	})
}

// contains waits until a text is on the screen.
func (c *console) contains(pattern string) {
	c.t.Helper()
	re := regexp.MustCompile(pattern)
	c.until("a match of "+pattern, func(v *vt) bool { return re.MatchString(v.text()) })
}

// cursor waits until the cursor is in that column of the last row.
func (c *console) cursor(col int) {
	c.t.Helper()
	c.until(fmt.Sprintf("the cursor in column %d", col), func(v *vt) bool { return v.col == col })
}

// exit waits for the end and returns the status.
func (c *console) exit() int {
	c.t.Helper()
	select {
	case <-c.exited:
	case <-time.After(20 * time.Second):
		c.mu.Lock()
		defer c.mu.Unlock()
		c.t.Fatalf("the REPL goes on\n%s", c.vt.text())
	}
	return c.cmd.ProcessState.ExitCode()
}

const (
	up    = "\x1b[A"
	down  = "\x1b[B"
	left  = "\x1b[D"
	del   = "\x1b[3~"
	ctrlA = "\x01"
	ctrlC = "\x03"
	ctrlD = "\x04"
	ctrlL = "\x0c"
	ctrlR = "\x12"
)

// pasted is a text as a terminal sends it when it is pasted.
func pasted(text string) string {
	return "\x1b[200~" + strings.ReplaceAll(text, "\n", "\r") + "\x1b[201~"
}

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
			"def f():\rreturn 9\r\r", []string{">>> "}, up, []string{">>> def f():", "...     return 9"},
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
		{"Ctrl-C drops a block", []any{"def f():\rx = 1" + ctrlC, []string{"...     x = 1^C", ">>> "}, "8\r", []string{"8", ">>> "}}},
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
		{"help", []any{"httplib.OK?\r", []string{">>> "}}},
		{"%time", []any{"%time 2 + 2\r", []string{">>> "}}},
		{"an unknown command", []any{"%nonsense\r", []string{"there is no command %nonsense; %help lists them", ">>> "}}},
		{"wide characters", []any{"'日本語'" + left + left + "x" + "\r", []string{">>> '日本x語'", `'\xe6\x97\xa5\xe6\x9c\xacx\xe8\xaa\x9e'`, ">>> "}}},
		{"Ctrl-L clears the screen", []any{"1\r", []string{"1", ">>> "}, ctrlL + "2\r", []string{">>> 2", "2", ">>> "}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newConsole(t, 100)
			for _, step := range tt.steps {
				switch step := step.(type) {
				case string:
					c.send(step)
				case []string:
					c.expect(step...)
				}
			}
			c.send(ctrlC + ctrlD)
			if code := c.exit(); code != 0 {
				t.Errorf("exit status %d; want 0", code)
			}
			c.until("bracketed paste switched off", func(v *vt) bool { return !v.paste })
		})
	}
}

func TestInterrupts(t *testing.T) {
	t.Run("a loop", func(t *testing.T) {
		c := newConsole(t, 80)
		c.send("for i in [1]:\rprint 'go' + 'ing'\rwhile True: pass\r\r")
		c.contains(`\ngoing\n`)
		c.send(ctrlC)
		c.contains(`KeyboardInterrupt\n>>> *\n`)
		c.send("1\r")
		c.expect("1", ">>> ")
	})
	t.Run("a blocked read", func(t *testing.T) {
		c := newConsole(t, 100)
		c.send("srv = testserver.start({'/': testserver.delay(3600, 'late')}); c = httplib.HTTPConnection(srv.host, srv.port)\r")
		c.expect(">>> ")
		c.send("c.request('GET', '/')\r")
		c.contains(`GET', '/'\)\n>>> *\n`)
		c.send("print 'waiting'; c.getresponse()\r")
		c.contains(`\nwaiting\n`)
		c.send(ctrlC)
		c.contains(`KeyboardInterrupt\n>>> *\n`)
	})
	t.Run("sys.stdin takes nothing from the next prompt", func(t *testing.T) {
		c := newConsole(t, 80)
		c.send("import sys\r")
		c.expect(">>> ")
		c.send("print 'name?'; sys.stdin.readline()\r")
		c.contains(`\nname\?\n`)
		c.send("Ann\r")
		c.expect(`'Ann\n'`, ">>> ")
		c.send("print 'again?'; sys.stdin.readline()\r")
		c.contains(`\nagain\?\n`)
		c.send(ctrlC)
		c.contains(`KeyboardInterrupt\n>>> *\n`)
		c.send("12\r")
		c.expect("12", ">>> ")
	})
	t.Run("what is stuck, twice", func(t *testing.T) {
		c := newConsole(t, 80)
		c.send("stuck()\r")
		c.contains(`\nnow stuck\n`)
		c.send(ctrlC)
		c.contains("still stopping it")
		c.send(ctrlC)
		c.contains("what runs does not heed Ctrl-C; leaving")
		if code := c.exit(); code != 130 {
			t.Errorf("exit status %d; want 130", code)
		}
	})
	t.Run("a paste that runs", func(t *testing.T) {
		c := newConsole(t, 80)
		c.send(pasted("print 'on'\nwhile True: pass\nprint 'not' + 'reached'\n"))
		c.contains(`\non\n`)
		c.send(ctrlC)
		c.contains(`KeyboardInterrupt\n>>> *\n`)
		c.send("2\r")
		c.expect("2", ">>> ")
	})
}

func TestLeaving(t *testing.T) {
	for keys, want := range map[string]int{
		ctrlD: 0, "exit\r": 0, "quit()\r": 0, "import sys\rsys.exit(4)\r": 4, "sys.exit('no')\r": 1,
	} {
		t.Run(fmt.Sprintf("%q", keys), func(t *testing.T) {
			t.Parallel()
			c := newConsole(t, 80)
			c.send(keys)
			if code := c.exit(); code != want {
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
	c.send(pasted(b.String()))
	c.expect("[5000 pasted lines]", "3121251", ">>> ")
}

func TestWrappedLines(t *testing.T) {
	c := newConsole(t, 20)
	c.send("'0123456789012345678'")
	c.expect(">>> '012345678901234", "5678'")
	c.send(strings.Repeat(left, 5) + "X")
	c.expect(">>> '012345678901234", "X5678'")
	c.cursor(1)
	c.send("\x01\x7f0 or \x05")
	c.expect(">>> 0 or '0123456789", "01234X5678'")
	c.send(ctrlC + "'日本語日本語日本語'" + left + left + "x")
	c.contains(`>>> '日本語日本語日\n本x語'\n`)
	c.cursor(3)
}

func TestNarrowScreen(t *testing.T) {
	c := newConsole(t, 12) // narrower than most candidates
	c.send("httplib.\t\t")
	c.contains("HTTPConnecti\non")
	c.send(ctrlC + "1\r")
	c.contains(`\n1\n>>> *\n`)
}

func TestResize(t *testing.T) {
	c := newConsole(t, 80)
	size := &unix.Winsize{Col: 30, Row: 24}
	if err := unix.IoctlSetWinsize(int(c.master.Fd()), unix.TIOCSWINSZ, size); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.vt.columns = 30
	c.mu.Unlock()
	c.send("'0123456789012345678901234567'" + left + "x")
	c.expect(">>> '0123456789012345678901234", "567x'")
}

func TestColors(t *testing.T) {
	for env, want := range map[string]bool{"COLORS=1": true, "COLORS=": false} {
		c := newConsole(t, 80, env)
		c.send("{}['k']\r")
		c.contains(`KeyError: 'k'\n>>> *\n`)
		c.mu.Lock()
		if got := c.vt.styled; got != want {
			t.Errorf("%s: colours %v; want %v", env, got, want)
		}
		c.mu.Unlock()
	}
}

func TestReload(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lib.py")
	if err := os.WriteFile(name, []byte("version = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newConsole(t, 80, "FILE="+name)
	c.send("%reload\rversion\r")
	c.expect("7", ">>> ")
	if err := os.WriteFile(name, []byte("version = 8\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.send("%reload\rversion\r")
	c.expect("8", ">>> ")
}

func TestSave(t *testing.T) {
	c := newConsole(t, 80)
	c.send("def f():\rreturn 3\r\rf()\r%time 1\r%save it.py\r")
	c.contains("2 statements written to it.py")
	text, err := os.ReadFile(filepath.Join(c.cmd.Dir, "it.py"))
	if want := "def f():\n    return 3\n\nf()\n"; err != nil || string(text) != want {
		t.Errorf("it.py is %q, %v; want %q", text, err, want)
	}
	c.send("%save it.py\r")
	c.contains("it.py is there already")
}

func TestTraceAndCurl(t *testing.T) {
	c := newConsole(t, 120)
	c.send("%curl\r")
	c.contains("no request was sent yet")
	c.send("srv = testserver.start({'/': 'hi'}); c = httplib.HTTPConnection(srv.host, srv.port)\r")
	c.contains(`srv.port\)\n>>> *\n`)
	c.send("%trace on\rc.request('POST', '/a b'.replace(' ', '+'), \"it's\", {'X-A': '1'})\r")
	c.contains(`send: "POST /a\+b`)
	c.send("%trace off\rc.debuglevel\r")
	c.expect("0", ">>> ")
	c.send("%curl\r")
	c.contains(`--header 'X-A: 1'`)
	c.contains(`--data-binary 'it'\\''s' \\\n  http://127.0.0.1:\d+/a\+b\n`)
}

func TestHistoryFile(t *testing.T) {
	c := newConsole(t, 80)
	c.send("def f():\rreturn 1\r\r hidden = 1\r")
	c.expect(">>>  hidden = 1", ">>> ")
	name := filepath.Join(c.cmd.Dir, "history")
	text, err := os.ReadFile(name)
	if want := `def f():\n    return 1` + "\n"; err != nil || string(text) != want {
		t.Errorf("history %q, %v; want %q", text, err, want)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("history file %v, %v; want mode 0600", info.Mode(), err)
	}
	// A second session finds it, and both go on writing.
	d := newConsole(t, 80, "STARWIRE_HISTORY="+name)
	d.send(up)
	d.expect(">>> def f():", "...     return 1")
	d.send(ctrlC + "second = 2\r")
	d.expect(">>> second = 2", ">>> ")
	c.send("first = 1\r")
	c.expect(">>> first = 1", ">>> ")
	text, _ = os.ReadFile(name)
	if !strings.HasSuffix(string(text), "\nsecond = 2\nfirst = 1\n") {
		t.Errorf("history %q; want both sessions' statements", text)
	}
}
