//go:build !unix

package repl

// suspend does nothing: there is no job control.
func suspend() {}
