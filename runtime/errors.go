package runtime

import (
	"context"
	"errors"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A LimitError ends a run that used up one of its limits. No script can catch it.
type LimitError = host.LimitError

// An ExitError ends a run because the script called sys.exit. No script can
// catch it but by the try statement of the Python dialect.
type ExitError = host.ExitError

// An Error is why a script failed: an exception nobody caught, a limit,
// cancellation or sys.exit. errors.As and errors.Is find what is behind it.
type Error struct {
	// Exception is what was raised, or nil if no exception stands for the error.
	Exception *py.Exception
	// Frames is the call stack, outermost first; functions of scripts only.
	Frames []Frame

	err  error
	hint string
}

// Error returns the last line of the traceback: "httplib.BadStatusLine: ”", or
// the text of a limit.
func (e *Error) Error() string {
	if e.Exception != nil {
		return e.Exception.Error()
	}
	return e.err.Error()
}

// Unwrap returns the exception and the error from which it was made.
func (e *Error) Unwrap() []error {
	if e.Exception != nil {
		return []error{e.Exception, e.err}
	}
	return []error{e.err}
}

// ExitCode returns the exit status that says how a run ended: 0 for nil, what
// sys.exit asked for, 3 for a limit or a refused permission, 130 for a cancelled
// run, and 1 for every other error.
func ExitCode(err error) int {
	var exit *ExitError
	var limit *LimitError
	var refused *host.PermissionError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.Code
	case errors.As(err, &limit), errors.As(err, &refused), errors.Is(err, context.DeadlineExceeded) && isStop(err):
		return 3
	case errors.Is(err, context.Canceled) && isStop(err):
		return 130
	}
	return 1
}

// isStop reports whether the run's end came from outside: an exception may wrap
// the context error of a single operation.
func isStop(err error) bool {
	var stop *stopError
	return errors.As(err, &stop)
}
