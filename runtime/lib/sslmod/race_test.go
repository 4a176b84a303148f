//go:build race

package sslmod

// raceEnabled says that the race detector allocates, too.
const raceEnabled = true
