// Package guards answers one question: what in a program may take long, or much, and
// must not be left to the interpreter?
//
// The interpreter heeds no limit while an operator or a method of its types works.
// Tree puts functions and probes in their places, by names that no script can write;
// who runs the program declares what has these names: package runtime does, in
// guardops.go, guardmethods.go, guardcompare.go, guardbuiltins.go and guardprobe.go.
package guards
