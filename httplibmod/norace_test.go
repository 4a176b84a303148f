//go:build !race

package httplibmod

const raceEnabled = false
