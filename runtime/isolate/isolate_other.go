//go:build !linux

package isolate

import "runtime/debug"

// limitMemory asks the collector to work harder; there is no limit to the address
// space here.
func limitMemory(memory int64) error {
	debug.SetMemoryLimit(memory)
	return nil
}
