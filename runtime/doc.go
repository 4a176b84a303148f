// Package runtime answers one question: how is a script run, bounded, loaded and
// stopped?
//
// A Runtime is made once from a Config, which says what its scripts may do. Run
// runs a script and returns its global variables; Call calls a function among
// them; a Session runs one item after the other over the same variables. Each of
// these is a run: it has a host of its own (package host), budgets that its
// threads share, and an end at which everything it opened is closed.
//
// Package convert turns Go values into Starlark's and back, and Go functions into
// ones that scripts can call; Runtime.Bind makes Go functions of a script's.
//
// What may be in a script's way is told apart by type: see Runtime.Run.
//
// # The files
//
//	a run and its threads      runtime, config, session, thread, bind, hook, console, inspect
//	what a script may reach    netpolicy, dial, files, fifo_unix, fifo_other, audit
//	what a script may use      memory, freeze, share, pending, errors
//	a text becomes a program   compile, dialect, load, rewrite, reads, syntaxerror
//	names a script begins with predeclared, modules, operatormodule, builtins
//	functions of our own       catch, using, parallel, sequence, help, signature, rangevalue
//	what is printed            print, text, format
//	functions and probes that package guards puts into programs
//	                           guardops, guardcompare, guardmethods, guardbuiltins, guardprobe, foreign
//	functions that package pysyntax puts into .py files
//	                           blocks, excinfo, frame, generator, del, python2, python2module
//	what went wrong, in words  exception, traceback, classify, pyerrors, hints, remedies, spell
package runtime
