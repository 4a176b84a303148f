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
package runtime
