package socketmod

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// The exception classes of module socket. SSLError is module ssl's and lives
// here because socket.sslerror is the same class.
var (
	ErrorClass = py.NewClass("socket", "error", py.Spec{
		Doc: "A network operation went wrong: errno and strerror say how.",
	}, py.IOError)
	TimeoutClass = py.NewClass("socket", "timeout", py.Spec{
		Doc: "A network operation did not finish within the socket's timeout.",
	}, ErrorClass)
	GAIError = py.NewClass("socket", "gaierror", py.Spec{
		Doc: "A host name or service name could not be resolved.",
	}, ErrorClass)
	HError = py.NewClass("socket", "herror", py.Spec{
		Doc: "An error of the old address functions. Nothing here raises it.",
	}, ErrorClass)
	SSLError = py.NewClass("ssl", "SSLError", py.Spec{
		Str: strSSL, Fields: []string{"library", "reason"},
		Doc: "An error of the TLS layer: library and reason say which.",
	}, ErrorClass)
)

// strSSL is SSLError.__str__: the text of two arguments, else the tuple.
// Modules/_ssl.c, SSLError_str.
func strSSL(e *py.Exception) string {
	if s := e.Fields["strerror"]; s != nil && s != starlark.None {
		return py.Str(s)
	}
	return py.Repr(e.Args)
}

// getaddrinfo's errors: the numbers and texts of glibc, on every system.
const (
	eaiNoName  = -2
	eaiAgain   = -3
	eaiService = -8
)

func eaiText() map[int]string {
	return eaiTextTable.Get(func() map[int]string {
		return map[int]string{
			eaiNoName:  "Name or service not known",
			eaiAgain:   "Temporary failure in name resolution",
			eaiService: "Servname not supported for ai_socktype",
		}
	})
}

var eaiTextTable lazy.Value[map[int]string]

func gaiError(code int, cause error) *py.Exception {
	return GAIError.New(cause, starlark.MakeInt(code), starlark.String(eaiText()[code]))
}

// Errno returns socket.error(number, text) for a system error, with C's text.
// cause is the Go error behind it, or nil for n itself.
func Errno(n syscall.Errno, cause error) *py.Exception {
	if cause == nil {
		cause = n
	}
	number, text := errnoOf(n)
	return ErrorClass.New(cause, starlark.MakeInt(number), starlark.String(text))
}

// capital returns Go's text of an errno the way C's strerror writes it.
func capital(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

// timedOut is the expiry of the socket's own timeout: one argument, no errno.
func timedOut(cause error) *py.Exception {
	return TimeoutClass.New(cause, starlark.String("timed out"))
}

// netError turns an error of package net into Python's exception. Refused
// permissions, exhausted limits and exceptions pass as they are, and so do
// io.EOF and io.ErrUnexpectedEOF, which are no errors of the socket's.
func netError(err error) error {
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
		return err
	}
	var (
		exception *py.Exception
		refused   *host.PermissionError
		final     py.Uncatchable
		dns       *net.DNSError
		number    syscall.Errno
	)
	switch {
	case errors.As(err, &exception), errors.As(err, &refused), errors.As(err, &final):
		return err
	case errors.As(err, &dns):
		return dnsError(dns, err)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return timedOut(err)
	case errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return Errno(errBadFile, err)
	case errors.As(err, &number):
		return Errno(number, err)
	}
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		return timedOut(err)
	}
	return ErrorClass.New(err, starlark.String(err.Error()))
}

// dnsError is the exception for a failed resolution. The resolver's own timeout
// is CPython's "temporary failure": the socket's does not cover it.
func dnsError(dns *net.DNSError, err error) error {
	switch {
	case dns.Err == "unknown port":
		return gaiError(eaiService, err)
	case dns.IsNotFound:
		return gaiError(eaiNoName, err)
	case dns.IsTimeout, dns.IsTemporary:
		return gaiError(eaiAgain, err)
	}
	return gaiError(eaiNoName, err)
}

// BadFile returns socket.error(EBADF, 'Bad file descriptor'), what a closed
// socket answers.
func BadFile() *py.Exception { return Errno(errBadFile, nil) }

// Strerror returns the number and text of a system error as Python shows them.
func Strerror(n syscall.Errno) (number int, text string) { return errnoOf(n) }
