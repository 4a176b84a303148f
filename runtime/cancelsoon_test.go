package runtime

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"starwire/runtime/racetest"
)

// promptly is how soon a run ends that is stopped.
const promptly = 50 * time.Millisecond

// TestCancelInEveryPhase cancels runs at what a script can wait for, or be busy with.
// Each ends promptly, its script gets no further, and what it opened is closed.
func TestCancelInEveryPhase(t *testing.T) {
	for _, p := range phases {
		t.Run(p.name, func(t *testing.T) {
			inTime(t, func() time.Duration {
				r := newPhaseRig(t)
				defer r.close()
				src := r.script(p, p.py)
				r.config.BlockingReads = true // TestTimeInEveryPhase has Go's poller
				rt, err := New(r.config)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancelCause(context.Background())
				why := errors.New("the reason")
				at := make(chan time.Time, 1)
				go func() {
					for range max(p.at, 1) {
						<-r.reached
					}
					at <- time.Now()
					cancel(why)
				}()
				_, err = rt.Run(ctx, map[bool]string{false: "phase.star", true: "phase.py"}[p.py], []byte(src))
				ended := time.Now()
				if !errors.Is(err, context.Canceled) || !errors.Is(err, why) || ExitCode(err) != 130 {
					t.Fatalf("error %s%v, exit status %d; want canceled with its cause, 130", FormatError(err), err, ExitCode(err))
				}
				return ended.Sub(<-at)
			})
		})
	}
}

// TestTimeInEveryPhase has the limit of time end the same runs, in Python.
func TestTimeInEveryPhase(t *testing.T) {
	const wall = 10 * time.Millisecond
	for _, p := range phases {
		t.Run(p.name, func(t *testing.T) {
			inTime(t, func() time.Duration {
				r := newPhaseRig(t)
				defer r.close()
				src := r.script(p, true)
				r.config.Limits.Wall = wall
				rt, err := New(r.config)
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				_, err = rt.Run(context.Background(), "phase.py", []byte(src))
				ended := time.Now()
				var limit *LimitError
				if !errors.As(err, &limit) || limit.Limit != "time" || ExitCode(err) != 3 {
					t.Fatalf("error %s%v, exit status %d; want the limit of time, 3", FormatError(err), err, ExitCode(err))
				}
				return ended.Sub(began) - wall
			})
		})
	}
}

// inTime makes attempts until one ends promptly. It fails if none of five does
// that other programs did not disturb: those in which a timer of our own was on
// time. The race detector, which slows everything down, gets the bound for hangs.
func inTime(t *testing.T, attempt func() time.Duration) {
	t.Helper()
	best := soon
	for misses, tries := 0, 0; misses < 5 && tries < 20; tries++ {
		before := goleak.IgnoreCurrent()
		took, lag := timed(attempt)
		if err := goleak.Find(before); err != nil {
			t.Errorf("goroutines are left: %v", err)
		}
		if t.Failed() {
			return
		}
		best = min(best, took)
		if took <= promptly || racetest.Enabled && took <= soon {
			t.Logf("ended after %v", took)
			return
		}
		if lag < promptly/4 {
			misses++
		}
		t.Logf("ended after %v, while a timer of 1 ms was %v late", took, lag)
		if took > soon || misses == 5 {
			t.Errorf("the best attempt ended after %v; want %v", best, promptly)
			return
		}
	}
}

// timed returns what f returns, and how late timers were at most while it ran.
func timed(f func() time.Duration) (took, lag time.Duration) {
	end, worst := make(chan struct{}), make(chan time.Duration, 1)
	go func() {
		var late time.Duration
		timer := time.NewTimer(time.Millisecond)
		defer timer.Stop()
		for from := time.Now(); ; from = time.Now() {
			timer.Reset(time.Millisecond)
			select {
			case <-timer.C:
				late = max(late, time.Since(from)-time.Millisecond)
			case <-end:
				worst <- max(late, time.Since(from)-time.Millisecond)
				return
			}
		}
	}()
	func() {
		defer close(end)
		took = f()
	}()
	return took, <-worst
}
