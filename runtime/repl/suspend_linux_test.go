package repl

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSuspend: Ctrl-Z stops the REPL, not whoever started it, and it goes on where
// it was. (readline stops its parent, and leaves the terminal as it is.)
func TestSuspend(t *testing.T) {
	c := newConsole(t, 80)
	c.Send("1 + ")
	c.Expect(">>> 1 +")
	c.Send("\x1a")
	p, err := os.FindProcess(c.Pid())
	if err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Minute, func() { p.Kill() })
	defer timer.Stop()
	var info unix.Siginfo
	if err := unix.Waitid(unix.P_PID, c.Pid(), &info, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	const stopped = 5 // CLD_STOPPED
	if info.Code != stopped {
		t.Fatalf("Ctrl-Z: the process ended in state %d; want %d, stopped", info.Code, stopped)
	}
	if err := p.Signal(unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	c.Send("2\r")
	c.Expect(">>> 1 + 2", "3", ">>> ")
}
