// Package racetest tells tests that the race detector is on: it makes everything
// ten times slower, wants memory of its own, and has nothing to find in what a
// single goroutine computes.
package racetest

import "testing"

// Enabled says that the test binary was built with -race.
const Enabled = enabled

// OneGoroutine skips a test that computes at length, in one goroutine, if the race
// detector is on.
func OneGoroutine(t testing.TB) {
	t.Helper()
	if Enabled {
		t.Skip("it computes in one goroutine, at length")
	}
}

// Environment is for the programs that a test starts, if they may be built with
// -race: such a program waits a second before it ends, unless told otherwise, for
// what other goroutines may still do.
const Environment = "GORACE=atexit_sleep_ms=50"
