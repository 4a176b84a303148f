package command

import (
	"os"
	goruntime "runtime"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// alone is how long a script runs before it is kept to one processor: the
	// switch costs what a tenth of the shortest run does.
	alone = 20 * time.Millisecond
	// concurrentGC is the collector's GOGC once scripts run beside each other. What
	// it then costs to stop them all is more than twice the memory is worth.
	concurrentGC = 200
	// aloneGC is GOGC before, for a script that reads a large body by the piece:
	// it collects every 6 MiB rather than every 4, for 2 to 4 MiB more memory.
	aloneGC = 150
)

// onOneProcessor keeps a script that runs alone on one processor: that a
// connection's data wakes a thread elsewhere, and that the collector works beside
// it, costs more than it gains; and the collector works less often. It has all
// processors, and a collector that works half as often as Go's, from its first
// second thread on. GOMAXPROCS and GOGC in the environment have the last word. The
// caller calls stop when the script is over.
//
// A script with a limit of memory keeps them all: on one, it would take three times
// its limit while what watches it waits for its turns.
func (o *options) onOneProcessor() (stop func()) {
	if o.Config.Limits.Memory > 0 {
		return func() {}
	}
	var mu sync.Mutex
	var concurrent bool
	timer := time.AfterFunc(alone, func() {
		mu.Lock()
		defer mu.Unlock()
		if concurrent {
			return
		}
		if os.Getenv("GOMAXPROCS") == "" {
			goruntime.GOMAXPROCS(1)
		}
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(aloneGC)
		}
	})
	o.Config.OnConcurrent = sync.OnceFunc(func() {
		mu.Lock()
		defer mu.Unlock()
		concurrent = true
		if !timer.Stop() && os.Getenv("GOMAXPROCS") == "" {
			goruntime.SetDefaultGOMAXPROCS()
		}
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(concurrentGC)
		}
	})
	return func() { timer.Stop() }
}
