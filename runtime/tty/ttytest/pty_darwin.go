package ttytest

import (
	"bytes"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The requests for a terminal's modes.
const getTermios, setTermios = unix.TIOCGETA, unix.TIOCSETA

// openPTY returns the two ends of a pseudo-terminal.
func openPTY() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	var name [128]byte
	for _, request := range []struct {
		code uintptr
		arg  uintptr
	}{
		{unix.TIOCPTYGRANT, 0},
		{unix.TIOCPTYUNLK, 0},
		{unix.TIOCPTYGNAME, uintptr(unsafe.Pointer(&name))},
	} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request.code, request.arg); errno != 0 {
			return nil, nil, errno
		}
	}
	path, _, _ := bytes.Cut(name[:], []byte{0})
	slave, err = os.OpenFile(string(path), os.O_RDWR|unix.O_NOCTTY, 0)
	return master, slave, err
}
