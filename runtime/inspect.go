package runtime

import (
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Parse parses and resolves src as Run would, without running it. The error is a
// *SyntaxError; the tree comes with it, resolved, where only names are wrong.
func (rt *Runtime) Parse(name string, src []byte) (*syntax.File, error) {
	if len(src) > maxSourceSize {
		return nil, tooLarge(name)
	}
	text := string(src)
	python := rt.IsPython(name)
	file, err := rt.parse(name, text, python)
	if err != nil {
		return nil, rt.syntaxError(text, err)
	}
	err = resolve.File(file, func(name string) bool { return rt.namesOf(python).has(name) || isOwn(name, python) }, starlark.Universe.Has)
	if err != nil {
		return file, rt.syntaxError(text, err)
	}
	return file, nil
}

// DidYouMean returns " (did you mean name?)" for the candidate nearest to what was
// written, or "" if none is near.
func DidYouMean(written string, candidates []string) string { return didYouMean(written, candidates) }
