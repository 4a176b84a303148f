package py

import "go.starlark.net/starlark"

// A Stepper is a container that Python's iterators go over in a way of their own:
// it may change meanwhile, which is then an error of the next step.
type Stepper interface {
	starlark.Iterable
	// Steps returns the name of the iterator's type and what each step does: it
	// returns the next item, or nil at the end.
	Steps() (name string, step func() (starlark.Value, error))
}
