package host

import (
	"io"

	"go.starlark.net/starlark"
)

// A FileValue is a script value that stands for an open file. Modules that send
// a file's content take it from here, past the script's read method.
type FileValue interface {
	starlark.Value
	// Content returns the file from its current position on. It is the
	// *os.File itself where there is one, so that the kernel can send it; the
	// caller reads it to where it wants and the position moves along. The
	// error is a closed file's ValueError.
	Content() (io.Reader, error)
	// Remaining returns the bytes from the current position to the end of a
	// regular file; ok is false for a pipe or a device.
	Remaining() (n int64, ok bool)
}

// A FileSink is a script value that stands for a file, perhaps one open for
// writing. Modules that write content to it take it from here, past the script's
// write method.
type FileSink interface {
	starlark.Value
	// Sink returns what writes at the file's current position: the *os.File itself
	// where there is one, so that the kernel can fill it. What is written is the
	// caller's to charge. The error is Python's, for a file that is closed, frozen or
	// not open for writing.
	Sink(thread *starlark.Thread) (io.Writer, error)
}
