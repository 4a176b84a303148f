package httplibmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// requestBuffer holds the lines of the request being built, as they will be
// sent: httplib.py's _buffer, joined already.
type requestBuffer struct {
	out  []byte
	ends []int // where in out each line ends, its CRLF included
	// seen is a list that a script put in place of _buffer, to see the lines.
	seen *starlark.List
}

// reset empties the buffer, a script's list in place.
func (b *requestBuffer) reset() {
	b.out, b.ends = b.out[:0], b.ends[:0]
	if b.seen != nil {
		b.seen.Clear() // a frozen list is past being seen
	}
}

// endLine ends the line that was appended to out.
func (b *requestBuffer) endLine() {
	if b.seen != nil {
		start := 0
		if len(b.ends) > 0 {
			start = b.ends[len(b.ends)-1]
		}
		b.seen.Append(starlark.String(b.out[start:]))
	}
	b.out = append(b.out, '\r', '\n')
	b.ends = append(b.ends, len(b.out))
}

// list returns the lines without their ends, as Python programs see _buffer.
func (b *requestBuffer) list() *starlark.List {
	if b.seen != nil {
		return b.seen
	}
	lines := make([]starlark.Value, len(b.ends))
	start := 0
	for i, end := range b.ends {
		lines[i] = starlark.String(b.out[start : end-2])
		start = end
	}
	return starlark.NewList(lines)
}

// set replaces the lines by a list of strings, which sees those to come.
func (b *requestBuffer) set(v starlark.Value) error {
	l, ok := v.(*starlark.List)
	if !ok {
		return py.TypeError.Errorf("_buffer is a list, not %s", py.TypeName(v))
	}
	b.seen = nil
	b.reset()
	for i := range l.Len() {
		s, ok := py.AsBytes(l.Index(i))
		if !ok {
			return notJoined(i, l.Index(i))
		}
		b.out = append(b.out, s...)
		b.endLine()
	}
	b.seen = l
	return nil
}
