//go:build !race

package runtime

// raceEnabled tells tests that everything takes ten times as long.
const raceEnabled = false
