package httplibmod

import (
	"io"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// The debug output of httplib.py, to the letter, on the run's standard output.
// It shows credentials (Authorization, tunnel headers, bodies) and is off
// unless asked for (D21).

// debugging reports whether the debuglevel is above zero.
func debugging(level starlark.Value) bool {
	n, err := starlark.AsInt32(level)
	if err == nil {
		return n > 0
	}
	return bool(level.Truth())
}

func (c *HTTPConnection) debugging() bool { return debugging(c.debuglevel) }

// debugSend prints what is about to be written.
func (c *HTTPConnection) debugSend(thread *starlark.Thread, data string) {
	debugPrint(thread, &c.softspace, "send: "+py.Quote(data)+"\n")
}

// debugSendFile prints that a readable object is about to be sent.
func (c *HTTPConnection) debugSendFile(thread *starlark.Thread, v starlark.Value) {
	debugPrint(thread, &c.softspace, "send: "+py.Repr(v)+"\nsendIng a read()able\n")
}

// debugPrint writes one or more whole lines. Python's print puts a space before
// what follows a "print x," that did not end its line, which happens when the
// last line of a head was cut by the end of input.
func debugPrint(thread *starlark.Thread, softspace *bool, text string) {
	if *softspace {
		text = " " + text
	}
	*softspace = !strings.HasSuffix(text, "\n")
	h := host.From(thread)
	if h.Budget.Print(int64(len(text))) == nil {
		io.WriteString(h.Stdout, text)
	}
}
