// Package ttytest is a person at a terminal, for tests: it runs a command on a
// pseudo-terminal, types, and reads what the screen shows.
package ttytest
