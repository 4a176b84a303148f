package command

import (
	"context"
	"fmt"
	"io"

	"starwire/runtime/isolate"
)

// defaultIsolatedMemory is what the address space of an isolated process may grow
// by if --max-memory does not say, in bytes.
const defaultIsolatedMemory = 512 << 20

// isolated runs the same command line in a process of its own.
func (o *options) isolated(ctx context.Context, stderr io.Writer) int {
	limits := isolate.Options{Memory: defaultIsolatedMemory}
	if o.Config.Limits.Memory > 0 {
		limits.Memory = o.Config.Limits.Memory
	}
	if o.Config.Limits.Wall > 0 {
		limits.Wall = o.Config.Limits.Wall
	}
	code, err := isolate.Run(ctx, limits)
	if err != nil {
		o.report(stderr, err)
		if o.Audit {
			fmt.Fprintln(stderr, "starwire: audit: the process died before it could tell what it needed")
		}
	}
	return code
}
