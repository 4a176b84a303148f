package host

import (
	"fmt"
	"os"

	"starwire/runtime/panics"
	"starwire/runtime/py"
)

// A PermissionError says that the run was not granted what it tried to do. It
// is nobody's network or file error: scripts see their own class PermissionError.
type PermissionError struct {
	Action string // what was tried: "connect to", "read file"
	Target string // on what: "example.com:443"
	Grant  string // the flag that would allow it: "--allow-net=example.com:443"
}

// Error names the action, the target and the grant.
func (e *PermissionError) Error() string {
	const most = 1000 // bytes of a name that anybody reads
	target := e.Target
	if len(target) > most {
		target = target[:most] + "..."
	}
	grant := e.Grant
	if len(grant) > most {
		grant = grant[:most] + "..."
	}
	return fmt.Sprintf("not allowed to %s %s (to allow it: %s)", e.Action, target, grant)
}

// RefuseOpen is the refusal to open the named file as flag says.
func RefuseOpen(name string, flag int) *PermissionError {
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		return &PermissionError{Action: "write file", Target: name, Grant: "--allow-write=DIR"}
	}
	return &PermissionError{Action: "read file", Target: name, Grant: "--allow-read=DIR"}
}

// A LimitError ends a run that used up one of its limits. No script can catch it.
type LimitError struct {
	Limit string // what ran out: "steps", "time", "bytes read"
	Value string // how much was allowed, with its unit
	Flag  string // the flag that sets it: "--max-steps", or ""
}

// Error names the limit, its value and the flag that raises it.
func (e *LimitError) Error() string {
	s := fmt.Sprintf("limit exceeded: %s (%s)", e.Limit, e.Value)
	if e.Flag != "" {
		s += "; " + e.Flag + " sets it"
	}
	return s
}

// Uncatchable marks the error as one that catch lets pass.
func (e *LimitError) Uncatchable() {}

// An ExitError ends the run because the script called sys.exit. catch lets it
// pass; to the try statement of the Python dialect it is SystemExit.
type ExitError struct {
	Code    int    // the exit status asked for
	Message string // what sys.exit("text") prints on standard error, or ""

	// Raised is what the try statement catches, whose code is what sys.exit was
	// given. If it is nil, nothing catches the error.
	Raised *py.Exception
}

// Error returns the message, or the status in words.
func (e *ExitError) Error() string {
	if e.Message != "" {
		return e.Message
	}
	return fmt.Sprintf("exit status %d", e.Code)
}

// Uncatchable marks the error as one that catch lets pass.
func (e *ExitError) Uncatchable() {}

// A PanicError is a panic that a run survives: a defect of the program that embeds
// the runtime, or of ours.
type PanicError = panics.Error

// Panicked returns the error of a panic, whose value recover returned to the
// deferred function that calls it. A *PanicError is a panic that went on from
// another goroutine: it stays what it is.
func Panicked(v any) *PanicError { return panics.Of(v) }

// Recover makes a panic an error; it must be deferred. A goroutine that a script
// waits for hands the error over, for the waiting one to panic with: a panic that
// nobody recovers from would end the process.
func Recover(err *error) {
	if v := recover(); v != nil {
		*err = Panicked(v)
	}
}
