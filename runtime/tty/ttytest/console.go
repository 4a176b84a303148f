package ttytest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"starwire/runtime/racetest"
)

// Keys, as terminals send them.
const (
	Up, Down, Left = "\x1b[A", "\x1b[B", "\x1b[D"
	Delete         = "\x1b[3~"

	CtrlA, CtrlC, CtrlD, CtrlL, CtrlR = "\x01", "\x03", "\x04", "\x0c", "\x12"
)

// Pasted returns a text as a terminal sends it when it is pasted (bracketed paste).
func Pasted(text string) string {
	return "\x1b[200~" + strings.ReplaceAll(text, "\n", "\r") + "\x1b[201~"
}

const (
	rows = 24
	// patience bounds each wait. It is long: the machine may be busy.
	patience = time.Minute
)

// A Console is a person at a terminal in which a command runs.
type Console struct {
	t      testing.TB
	master *os.File
	cmd    *exec.Cmd
	exited chan struct{}

	mu     sync.Mutex
	change *sync.Cond
	screen *Screen
	closed bool
	shown  int // bytes of output so far
	before int // what had been shown when keys were sent last
}

// Start starts a command on a terminal of so many columns and 24 rows, which is
// its standard input, output and error, as far as it has none. The test is
// skipped where there are no terminals. The command is killed when the test ends.
func Start(t testing.TB, columns int, cmd *exec.Cmd) *Console {
	t.Helper()
	master, slave, err := openPTY()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	defer slave.Close()
	if err := setSize(master, columns); err != nil {
		t.Fatal(err)
	}
	if err := keepOutput(slave); err != nil {
		t.Fatal(err)
	}
	c := &Console{t: t, master: master, cmd: cmd, screen: NewScreen(columns, rows), exited: make(chan struct{})}
	c.change = sync.NewCond(&c.mu)
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append([]string{"TERM=xterm", racetest.Environment}, cmd.Env...)
	if cmd.Stdin == nil {
		cmd.Stdin = slave
	}
	if cmd.Stdout == nil {
		cmd.Stdout = slave
	}
	if cmd.Stderr == nil {
		cmd.Stderr = slave
	}
	cmd.SysProcAttr = ofItsOwn()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	shown := make(chan struct{})
	go c.show(shown)
	go func() {
		cmd.Wait()
		close(c.exited)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-c.exited
		master.Close()
		<-shown
		for _, s := range c.screen.Unknown {
			t.Errorf("the terminal does not know %q", s)
		}
	})
	return c
}

// show keeps the screen up to date.
func (c *Console) show(done chan struct{}) {
	defer close(done)
	buf := make([]byte, 4096)
	for {
		n, err := c.master.Read(buf)
		c.mu.Lock()
		c.screen.Write(string(buf[:n]))
		c.shown += n
		c.closed = err != nil
		c.change.Broadcast()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Send types.
func (c *Console) Send(keys string) {
	c.t.Helper()
	c.mu.Lock()
	c.before = c.shown
	c.mu.Unlock()
	if _, err := io.WriteString(c.master, keys); err != nil {
		c.t.Fatalf("sending %q: %v", keys, err)
	}
}

// Until waits for the screen to look as ok wants.
func (c *Console) Until(what string, ok func(s *Screen) bool) {
	c.t.Helper()
	expired := false
	timer := time.AfterFunc(patience, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		expired = true
		c.change.Broadcast()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !ok(c.screen) {
		if expired || c.closed {
			c.t.Fatalf("the screen never showed %s; it shows\n%s", what, c.screen.Text())
		}
		c.change.Wait()
	}
}

// Expect waits until the last lines of the screen are these, with the cursor in
// the last one, and something has been shown since keys were sent: a prompt from
// before them is no answer to them.
func (c *Console) Expect(lines ...string) {
	c.t.Helper()
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	want := strings.Join(lines, "\n")
	c.Until(fmt.Sprintf("at its end %q", want), func(s *Screen) bool {
		return c.shown > c.before && strings.HasSuffix(strings.TrimRight(s.Text(), "\n "), want) && s.AtEnd()
	})
}

// Contains waits until a match of the pattern is on the screen.
func (c *Console) Contains(pattern string) {
	c.t.Helper()
	re := regexp.MustCompile(pattern)
	c.Until("a match of "+pattern, func(s *Screen) bool { return re.MatchString(s.Text()) })
}

// Cursor waits until the cursor is in that column, counted from 0.
func (c *Console) Cursor(column int) {
	c.t.Helper()
	c.Until(fmt.Sprintf("the cursor in column %d", column), func(s *Screen) bool { return s.Column() == column })
}

// Look returns what f finds on the screen as it is.
func (c *Console) Look(f func(s *Screen) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return f(c.screen)
}

// Resize makes the terminal one of so many columns.
func (c *Console) Resize(columns int) {
	c.t.Helper()
	if err := setSize(c.master, columns); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen.columns = columns
}

// Exit waits for the end of the command and returns its exit status.
func (c *Console) Exit() int {
	c.t.Helper()
	select {
	case <-c.exited:
	case <-time.After(patience):
		c.mu.Lock()
		defer c.mu.Unlock()
		c.t.Fatalf("the command goes on\n%s", c.screen.Text())
	}
	return c.cmd.ProcessState.ExitCode()
}

// Pid returns the command's process id.
func (c *Console) Pid() int { return c.cmd.Process.Pid }

// Dir returns the command's folder.
func (c *Console) Dir() string { return c.cmd.Dir }
