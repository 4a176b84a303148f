//go:build unix

package socketmod

import "syscall"

const (
	errBadFile      = syscall.EBADF
	errNotConnected = syscall.ENOTCONN
	errInProgress   = syscall.EINPROGRESS
	errWouldBlock   = syscall.EAGAIN
	errInvalid      = syscall.EINVAL
	errNoOption     = syscall.ENOPROTOOPT
	errIsConnected  = syscall.EISCONN
	errNoFamily     = syscall.EAFNOSUPPORT
	errNoProtocol   = syscall.EPROTONOSUPPORT
)

// errnoOf returns the number and C's text of a system error.
func errnoOf(n syscall.Errno) (int, string) { return int(n), capital(n.Error()) }
