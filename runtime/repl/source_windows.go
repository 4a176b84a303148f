package repl

import (
	"io"
	"os"

	"github.com/chzyer/readline"
)

// source returns what the keyboard reads from: of the console readline's reader,
// which turns its key events into the bytes that terminals send.
func source(in *os.File) io.Reader {
	if in == os.Stdin {
		return readline.Stdin
	}
	return in
}
