//go:build !windows

package repl

import (
	"io"
	"os"
)

// source returns what the keyboard reads from.
func source(in *os.File) io.Reader { return in }
