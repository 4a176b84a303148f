package host

import (
	"strconv"
	"sync/atomic"
)

// A Budget counts what a run has used of its limits. Its threads share it. A
// limit of 0 or less means none; set the limits before the run starts.
type Budget struct {
	ReadLimit  int64 // bytes received from the network and from files
	WriteLimit int64 // bytes sent
	PrintLimit int64 // bytes printed
	ConnLimit  int64 // connections opened

	// JSONDepth bounds how many lists and dicts are in each other in JSON that is read
	// or written. It is no limit of the kind above: 0 leaves it to the built-ins.
	JSONDepth int

	read, written, printed, conns atomic.Int64
}

// Read charges n bytes received and returns a *LimitError once they are too many.
func (b *Budget) Read(n int64) error {
	return charge(&b.read, n, b.ReadLimit, "bytes read", "--max-read")
}

// Write charges n bytes sent.
func (b *Budget) Write(n int64) error {
	return charge(&b.written, n, b.WriteLimit, "bytes written", "--max-write")
}

// Print charges n bytes printed.
func (b *Budget) Print(n int64) error {
	return charge(&b.printed, n, b.PrintLimit, "bytes printed", "--max-print")
}

// Conn charges one connection opened.
func (b *Budget) Conn() error {
	return charge(&b.conns, 1, b.ConnLimit, "connections", "--max-conns")
}

// JSON returns a *LimitError if depth is more than JSONDepth.
func (b *Budget) JSON(depth int) error {
	if b.JSONDepth > 0 && depth > b.JSONDepth {
		return &LimitError{Limit: "JSON depth", Value: strconv.Itoa(b.JSONDepth) + " levels", Flag: "--max-json-depth"}
	}
	return nil
}

func charge(used *atomic.Int64, n, limit int64, name, flag string) error {
	if limit <= 0 {
		return nil // nothing to compare with: threads beside each other need not meet at the counter
	}
	if used.Add(n) > limit {
		return &LimitError{Limit: name, Value: strconv.FormatInt(limit, 10), Flag: flag}
	}
	return nil
}
