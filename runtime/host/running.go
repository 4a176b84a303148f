package host

import "go.starlark.net/starlark"

// Running returns a thread on which a value that knows only the thread that made it
// can call functions of the script, or count work: that thread while something runs
// on it, and else another one of the run, which release gives back. shared says that
// several goroutines may ask on behalf of one value: none of them gets its thread.
func Running(made *starlark.Thread, shared bool, name string) (thread *starlark.Thread, release func()) {
	if !shared && made.CallStackDepth() > 0 {
		return made, func() {}
	}
	if h := From(made); h.NewThread != nil {
		return h.NewThread(name)
	}
	return &starlark.Thread{Name: name}, func() {}
}
