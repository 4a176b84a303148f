package socketmod

import (
	"strings"
	"syscall"
)

// Winsock's numbers, which CPython shows on Windows.
const (
	errBadFile      syscall.Errno = 9 // CPython's own EBADF: a closed socket never reaches Winsock
	errNotConnected syscall.Errno = 10057
	errInProgress   syscall.Errno = 10035
	errWouldBlock   syscall.Errno = 10035
	errInvalid      syscall.Errno = 10022
	errNoOption     syscall.Errno = 10042
	errIsConnected  syscall.Errno = 10056
	errNoFamily     syscall.Errno = 10047
	errNoProtocol   syscall.Errno = 10043
)

// errnoOf returns the number and the system's text of an error.
func errnoOf(n syscall.Errno) (int, string) {
	if n == errBadFile {
		return int(n), "Bad file descriptor"
	}
	return int(n), capital(strings.TrimSpace(n.Error()))
}
