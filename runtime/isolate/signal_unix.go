//go:build unix

package isolate

import (
	"os"
	"syscall"
)

func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }

func closeOnExec(fd int) { syscall.CloseOnExec(fd) }
