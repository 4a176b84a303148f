//go:build unix

package repl

import "syscall"

// suspend stops the process, as Ctrl-Z does, and returns when it goes on.
func suspend() { syscall.Kill(0, syscall.SIGSTOP) }
