//go:build linux || darwin

package ttytest

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// setSize tells the terminal that it has so many columns, and 24 rows.
func setSize(master *os.File, columns int) error {
	return unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(columns), Row: rows})
}

// keepOutput makes the terminal keep what it has yet to show when Ctrl-C comes.
// Otherwise the system drops that just after it has sent the signal, and with it
// what a quick program already answers.
func keepOutput(slave *os.File) error {
	mode, err := unix.IoctlGetTermios(int(slave.Fd()), getTermios)
	if err != nil {
		return err
	}
	mode.Lflag |= unix.NOFLSH
	return unix.IoctlSetTermios(int(slave.Fd()), setTermios, mode)
}

// ofItsOwn makes the terminal on standard input that of the process.
func ofItsOwn() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true, Setctty: true} }
