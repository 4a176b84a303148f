package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"starwire/runtime"
	"starwire/runtime/flags"
	"starwire/runtime/py"
	"starwire/runtime/tty"
)

// ErrInterrupt is the cause of the context that Ctrl-C cancels.
var ErrInterrupt = errors.New("KeyboardInterrupt")

// report tells why a run ended, unless it did so by itself, and returns the
// exit status.
func (o *options) report(stderr io.Writer, err error) int {
	var exit *runtime.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.Message == "") {
		text := runtime.FormatError(err)
		if o.Color.Colors(stderr) {
			text = tty.Error(text)
		}
		io.WriteString(stderr, text)
	}
	return runtime.ExitCode(err)
}

// reportAudit tells what was refused, and the flags that grant what was needed.
func reportAudit(stderr io.Writer, audit *runtime.Audit) {
	for _, refused := range audit.Refused() {
		fmt.Fprintf(stderr, "starwire: audit: %s\n", py.Escape(refused.Error()))
	}
	if n := audit.Dropped(); n > 0 {
		fmt.Fprintf(stderr, "starwire: audit: %d more than can be told\n", n)
	}
	fmt.Fprintf(stderr, "starwire: audit: this run needs %s\n", strings.Join(flags.Format(audit.Permissions()), " "))
}

// fail reports an error of our own: a file that is not there.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "starwire: %v\n", err)
	if err == ErrInterrupt {
		return 130
	}
	return 1
}

// usageError reports a command line that makes no sense.
func usageError(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "starwire: %v\nTry: starwire --help\n", err)
	return 2
}
