package httplibmod

import (
	"io"
	"strings"
	"sync/atomic"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// The debug output of httplib.py, to the letter, on the run's standard output.
// It shows credentials (Authorization, tunnel headers, bodies) and is off
// unless asked for (D21).

// debugging reports whether the debuglevel is above zero, as Python 2 orders
// values: None is below the numbers, everything else above them.
func debugging(level starlark.Value) bool {
	switch n := level.(type) {
	case starlark.NoneType:
		return false
	case starlark.Bool:
		return bool(n)
	case starlark.Int:
		return n.Sign() > 0
	case starlark.Float:
		return n > 0
	}
	return true
}

func (c *HTTPConnection) debugging() bool { return debugging(c.debuglevel) }

// debugSend prints what is about to be written.
func (c *HTTPConnection) debugSend(thread *starlark.Thread, data string) {
	debugPrint(thread, "send: "+py.Quote(data)+"\n")
}

// debugSendFile prints that a readable object is about to be sent.
func (c *HTTPConnection) debugSendFile(thread *starlark.Thread, v starlark.Value) {
	debugPrint(thread, "send: "+py.Repr(v)+"\nsendIng a read()able\n")
}

// softspaceKey is the key of the run's softspace: whether the debug output's
// last line lacks its end. Python's "print x," then makes the next print write a
// space first; it happens when the end of input cuts the last line of a head.
type softspaceKey struct{}

// debugPrint writes one or more lines.
func debugPrint(thread *starlark.Thread, text string) {
	h := host.From(thread)
	soft := host.State(h, softspaceKey{}, func() *atomic.Bool { return new(atomic.Bool) })
	if soft.Swap(!strings.HasSuffix(text, "\n")) {
		text = " " + text
	}
	if h.Budget.Print(int64(len(text))) == nil {
		io.WriteString(h.Stdout, text)
	}
}
