package command

import (
	goruntime "runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

// TestOneProcessor: a script that runs alone stays on one processor, and its collector
// is told after a while; it gets all processors at its first second thread, or if it
// has a limit of memory.
func TestOneProcessor(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	t.Setenv("GOGC", "")
	before, gc := goruntime.GOMAXPROCS(0), debug.SetGCPercent(100)
	defer func() {
		goruntime.GOMAXPROCS(before)
		debug.SetGCPercent(gc)
	}()
	goruntime.SetDefaultGOMAXPROCS()
	all := goruntime.GOMAXPROCS(1)
	collector := func() int {
		percent := debug.SetGCPercent(100)
		debug.SetGCPercent(percent)
		return percent
	}
	synctest.Test(t, func(t *testing.T) {
		var watched options
		watched.Config.Limits.Memory = 1 << 20
		stopped := watched.onOneProcessor()
		time.Sleep(2 * alone)
		if n := goruntime.GOMAXPROCS(1); n != all {
			t.Errorf("with a limit of memory: GOMAXPROCS is %d; want %d", n, all)
		}
		stopped()

		var o options
		stop := o.onOneProcessor()
		stop()
		time.Sleep(2 * alone)
		if n := goruntime.GOMAXPROCS(0); n != 1 {
			t.Errorf("after a short run: GOMAXPROCS is %d; want 1", n)
		}
		if n := collector(); n != 100 {
			t.Errorf("after a short run: GOGC is %d; want 100", n)
		}

		o.onOneProcessor()
		o.Config.OnConcurrent()
		time.Sleep(2 * alone)
		if n := goruntime.GOMAXPROCS(1); n != all {
			t.Errorf("a second thread at once: GOMAXPROCS is %d; want %d", n, all)
		}
		if n := collector(); n != concurrentGC {
			t.Errorf("a second thread at once: GOGC is %d; want %d", n, concurrentGC)
		}

		debug.SetGCPercent(100)
		o.onOneProcessor()
		time.Sleep(2 * alone)
		if n := goruntime.GOMAXPROCS(0); n != 1 {
			t.Errorf("a longer run: GOMAXPROCS is %d; want 1", n)
		}
		if n := collector(); n != aloneGC {
			t.Errorf("a longer run: GOGC is %d; want %d", n, aloneGC)
		}
		o.Config.OnConcurrent()
		if n := goruntime.GOMAXPROCS(0); n != all {
			t.Errorf("a second thread later: GOMAXPROCS is %d; want %d", n, all)
		}
	})

	t.Setenv("GOMAXPROCS", "2")
	t.Setenv("GOGC", "100")
	goruntime.GOMAXPROCS(2)
	debug.SetGCPercent(100)
	synctest.Test(t, func(t *testing.T) {
		var o options
		o.onOneProcessor()
		time.Sleep(2 * alone)
		if n := goruntime.GOMAXPROCS(0); n != 2 {
			t.Errorf("with GOMAXPROCS=2 in the environment it becomes %d", n)
		}
		if n := collector(); n != 100 {
			t.Errorf("with GOGC=100 in the environment it becomes %d", n)
		}
		o.Config.OnConcurrent()
		if n := collector(); n != 100 {
			t.Errorf("with GOGC=100 in the environment, beside a second thread, it becomes %d", n)
		}
	})
}
