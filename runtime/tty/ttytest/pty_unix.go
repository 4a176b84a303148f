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

// ofItsOwn makes the terminal on standard input that of the process.
func ofItsOwn() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true, Setctty: true} }
