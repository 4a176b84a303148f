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
	code := command.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, false)
	stop()
	os.Exit(code)
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
