//go:build race

package httplibmod

// raceEnabled says that the race detector is on, which makes all slower.
const raceEnabled = true
