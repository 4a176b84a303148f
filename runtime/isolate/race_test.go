//go:build race

package isolate

// raceEnabled says that the race detector wants address space of its own, far
// beyond any limit.
const raceEnabled = true
