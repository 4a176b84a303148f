package filemod

import (
	"errors"
	"io/fs"
	"os"
	goruntime "runtime"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// The numbers of Linux, for errors that have none of their own.
const (
	eIO     = 5
	eBadF   = 9
	eInval  = 22
	eSPipe  = 29
	eNoEnt  = 2
	eAccess = 13
	eExist  = 17
	eIsDir  = 21
)

// Error returns what a script sees of a file's error: an IOError with errno and
// strerror, and the filename unless name is "". A refusal is a PermissionError.
// Exceptions, and errors that end the run, stay what they are.
func Error(err error, name string) error {
	var x *py.Exception
	var uncatchable py.Uncatchable
	var refused *host.PermissionError
	switch {
	case err == nil, errors.As(err, &x), errors.As(err, &uncatchable), errors.Is(err, host.ErrEnded):
		return err
	case errors.As(err, &refused):
		return py.PermissionError.Errorf("%w", err)
	case errors.Is(err, os.ErrClosed):
		return errClosed()
	}
	errno, text := Number(err)
	args := []starlark.Value{starlark.MakeInt(errno), starlark.String(text)}
	if name != "" {
		args = append(args, starlark.String(name))
	}
	return py.IOError.New(err, args...)
}

// StrError returns the text of an errno: "No such file or directory".
func StrError(errno int) string {
	if goruntime.GOOS == "windows" {
		return "Unknown error"
	}
	s := syscall.Errno(errno).Error()
	if strings.HasPrefix(s, "errno ") {
		return "Unknown error " + s[len("errno "):]
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Number returns the errno and the strerror of a file's error.
func Number(err error) (errno int, text string) {
	var e syscall.Errno
	if errors.As(err, &e) && goruntime.GOOS != "windows" {
		return int(e), StrError(int(e))
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return eNoEnt, "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		return eAccess, "Permission denied"
	case errors.Is(err, fs.ErrExist):
		return eExist, "File exists"
	case errors.Is(err, fs.ErrInvalid):
		return eInval, "Invalid argument"
	}
	return eIO, err.Error()
}

// sysError is the IOError of an errno without a file's name.
func sysError(errno int, text string) error {
	return py.IOError.New(nil, starlark.MakeInt(errno), starlark.String(text))
}

func errClosed() error { return py.ValueError.Errorf("I/O operation on closed file") }
