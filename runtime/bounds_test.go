package runtime

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	goruntime "runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"starwire/runtime/racetest"
)

// TestBounds holds the two promises about scripts that use too much: they end within
// 100 ms of their deadline, and take at most twice the memory that they may. Other
// programs on the machine make single attempts late, so that the best of several
// counts, without the pauses in which nothing of this process ran; and a machine that
// is slower by itself gets as much more time.
func TestBounds(t *testing.T) {
	if racetest.Enabled {
		t.Skip("TestEscape runs these scripts; the race detector makes them slower and larger")
	}
	const limit = 128 << 20 // bytes
	late := time.Duration(100 * slowness() * float64(time.Millisecond))
	scripts := map[string]string{
		"max":     "# wall: 100ms\nmax(range(1 << 31))\n",
		"doubles": "# wall: 100ms\ns = 'x'\nfor i in range(32): s += s\n",
		"shifts":  "# wall: 100ms\ndef f():\n  x = 3\n  while True: x = x * x\nwhile True: attempt(f)\n",
		"deep":    "# wall: 100ms\ndef f():\n  x = []\n  while True:\n    x = [x]\n    attempt(lambda: x == [x])\nf()\n",
	}
	for _, pattern := range []string{"cpu-*", "deep-*", "memory-*", "time-*", "recursion*"} {
		files, err := filepath.Glob("testdata/escape/" + pattern + ".star")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d scripts, %v", pattern, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			scripts[strings.TrimSuffix(filepath.Base(file), ".star")] = string(text)
		}
	}
	granted := escapeFolder(t)
	for name, src := range scripts {
		t.Run(name, func(t *testing.T) {
			src := strings.ReplaceAll(src, "GRANTED", filepath.ToSlash(granted))
			needsWideInts(t, src)
			wall := 10 * time.Second
			if _, text, ok := strings.Cut(src, "# wall: "); ok {
				text, _, _ = strings.Cut(text, "\n")
				var err error
				if wall, err = time.ParseDuration(text); err != nil {
					t.Fatal(err)
				}
			}
			var over time.Duration
			var peak uint64
			for range 5 {
				rt, _ := newRuntime(t, escapeConfig(granted, wall))
				over, peak = bounded(t, rt, src, wall)
				if over <= late && peak <= 2*limit {
					return
				}
			}
			t.Errorf("the script ended %v after its time, and took %d MiB; want at most %v and %d MiB", over, peak>>20, late, 2*limit>>20)
		})
	}
}

// slowness returns how many times slower than the machine the promise was measured
// on this one is: 1 for a faster one.
func slowness() float64 {
	const nominal = 10 * time.Millisecond
	best := time.Hour
	for range 3 {
		began := time.Now()
		sum := uint32(1)
		for i := range uint32(8_000_000) {
			sum = sum*31 ^ i
		}
		if took := time.Since(began); sum != 0 && took < best {
			best = took
		}
	}
	return max(1, float64(best)/float64(nominal))
}

// bounded runs a script that must fail. It returns by how much the run outlived
// its time, but for the longest pause in which this process stood still, and what
// the heap grew by.
func bounded(t *testing.T, rt *Runtime, src string, wall time.Duration) (over time.Duration, peak uint64) {
	t.Helper()
	goruntime.GC() // what other runs left is not this one's
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	heap := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before := heap()
	end, done := make(chan struct{}), make(chan struct{})
	var pause time.Duration
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		last := time.Now()
		for {
			pause = max(pause, time.Since(last))
			last = time.Now()
			if now := heap(); now > before {
				peak = max(peak, now-before)
			}
			select {
			case <-end:
				return
			case <-tick.C:
			}
		}
	}()
	began := time.Now()
	_, err := rt.Run(context.Background(), "bounds.star", []byte(src))
	over = time.Since(began) - wall
	close(end)
	<-done
	over -= pause
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("error %v; want one of the script's own", err)
	}
	return over, peak
}
