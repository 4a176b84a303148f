//go:build !race

package sslmod

const raceEnabled = false
