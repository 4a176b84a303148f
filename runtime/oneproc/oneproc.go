// Package oneproc keeps the program that links it to one processor from its first
// moment, until All is called.
//
// With more than one, the start of the program spreads over several threads, each of
// which costs memory that has to be mapped first; to change to one later means to stop
// them all. That is why it happens in an init function, and why this package imports
// nothing but runtime: what imports nothing else is initialised first.
package oneproc

import "runtime"

// before is how many processors there were: as many as the machine lends, or what
// GOMAXPROCS in the environment says.
var before int

func init() { before = runtime.GOMAXPROCS(1) }

// All gives the program all processors: those of GOMAXPROCS in the environment if it
// is chosen there, else what the machine lends now. It may be called from several
// goroutines.
func All(chosen bool) {
	if chosen {
		runtime.GOMAXPROCS(before)
	} else {
		runtime.SetDefaultGOMAXPROCS()
	}
}
