// Command starwire runs Starlark and Python-style scripts that talk HTTP through
// Python's httplib.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"starwire/runtime/command"
	"starwire/runtime/isolate"
)

func main() {
	growStack(nil)
	inner, err := isolate.Enter()
	if err != nil {
		fmt.Fprintf(os.Stderr, "starwire: %v\n", err)
		os.Exit(1)
	}
	ctx, stop := untilInterrupted()
	if inner != nil { // the process that --isolate started
		code := command.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, inner.Stderr, true)
		stop()
		inner.Exit(code)
	}
	// The process ends: what stop would undo needs no undoing.
	os.Exit(command.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, false))
}

// growStack gives the goroutine a stack of 32 KiB at once: its prologue asks for
// room for text. A script and its first request need that much, and to come there
// by doubling means to walk, and so to read from the file of the program, what is
// known of each function in a stack of dozens; here there are two.
//
//go:noinline
func growStack(text []byte) byte {
	if len(text) > 0 { // never: room that is used would be cleared first
		var room [24 << 10]byte
		copy(room[:], text)
		return room[len(text)%len(room)]
	}
	return 0
}

// untilInterrupted returns a context that the first Ctrl-C ends. A second one
// ends the process, should the first not be enough.
func untilInterrupted() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		select {
		case <-signals:
			cancel(command.ErrInterrupt)
			signal.Stop(signals)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}
