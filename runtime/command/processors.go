package command

import (
	"os"
	"runtime/debug"
	"sync"
	"time"

	"starwire/runtime/oneproc"
)

const (
	// alone is how long a script runs before the collector is told that it is alone:
	// that stops all threads, which a short run need not wait for.
	alone = 20 * time.Millisecond
	// concurrentGC is the collector's GOGC once scripts run beside each other. What
	// it then costs to stop them all is more than twice the memory is worth.
	concurrentGC = 200
	// aloneGC is GOGC before: it collects every 2 MiB, so a script of small exchanges
	// needs 3 MiB less memory than with Go's own 100, and no more time.
	aloneGC = 50
	// busyGC is GOGC once aloneGC collects all the time, as for a script that reads a
	// large body by the piece: every 6 MiB, which saves it an eighth of its time.
	busyGC = 150
)

// onOneProcessor leaves a script that runs alone on the one processor that package
// oneproc keeps it to: that a connection's data wakes a thread elsewhere, and that the
// collector works beside it, costs more than it gains; and the heap is kept as small as
// it can be without the collector working all the time. It has all processors, and a
// collector that works half as often as Go's, from its first second thread on.
// GOMAXPROCS and GOGC in the environment have the last word. The caller calls stop when
// the script is over.
//
// A script with a limit of memory has them all: on one, it would take three times
// its limit while what watches it waits for its turns.
func (o *options) onOneProcessor() (stop func()) {
	if o.Config.Limits.Memory > 0 {
		allProcessors()
		return func() {}
	}
	var mu sync.Mutex
	var concurrent, over bool
	var look *time.Timer
	timer := time.AfterFunc(alone, func() {
		mu.Lock()
		defer mu.Unlock()
		if concurrent {
			return
		}
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(aloneGC)
			c := newCollections()
			look = time.AfterFunc(c.next, func() {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case concurrent || over:
				case c.busy():
					debug.SetGCPercent(busyGC)
				default:
					look.Reset(c.next)
				}
			})
		}
	})
	o.Config.OnConcurrent = sync.OnceFunc(func() {
		mu.Lock()
		defer mu.Unlock()
		concurrent = true
		timer.Stop()
		allProcessors()
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(concurrentGC)
		}
	})
	return func() {
		timer.Stop()
		mu.Lock()
		defer mu.Unlock()
		if over = true; look != nil {
			look.Stop()
		}
	}
}

// allProcessors ends what package oneproc does.
func allProcessors() { oneproc.All(processorsChosen()) }

// processorsChosen reports whether the environment says how many processors to use.
func processorsChosen() bool { return os.Getenv("GOMAXPROCS") != "" }
