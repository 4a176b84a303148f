package isolate

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
)

// limitMemory bounds the address space to what is mapped now and memory more, and
// asks the collector to work harder before that.
//
// proc(5), statm; getrlimit(2), RLIMIT_AS.
func limitMemory(memory int64) error {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	var pages int64
	if _, err := fmt.Sscan(string(text), &pages); err != nil {
		return err
	}
	debug.SetMemoryLimit(memory)
	// The collector's own tables, the stacks and the arenas' granularity need room.
	const overhead = 128 << 20
	n := uint64(pages*int64(os.Getpagesize()) + memory + overhead)
	return syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: n, Max: n})
}
