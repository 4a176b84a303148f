package py

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"
)

// UnpackMethod is UnpackArgs for a method that is written in Python: arguments
// that do not fit its parameters are told in CPython's words, which count self.
func UnpackMethod(name string, args starlark.Tuple, kwargs []starlark.Tuple, pairs ...any) error {
	if err := checkCall(name, 1, args, kwargs, pairs); err != nil {
		return err
	}
	return UnpackArgs(name, args, kwargs, pairs...)
}

// UnpackFunction is UnpackMethod for a function: there is no self.
func UnpackFunction(name string, args starlark.Tuple, kwargs []starlark.Tuple, pairs ...any) error {
	if err := checkCall(name, 0, args, kwargs, pairs); err != nil {
		return err
	}
	return UnpackArgs(name, args, kwargs, pairs...)
}

// checkCall counts the arguments of a call, to which self more belong, in the
// order of ceval.c, PyEval_EvalCodeEx.
func checkCall(name string, self int, args starlark.Tuple, kwargs []starlark.Tuple, pairs []any) error {
	total := len(pairs) / 2
	required := 0
	for required < total && !strings.HasSuffix(pairs[2*required].(string), "?") {
		required++
	}
	if len(args) > total {
		return wrongCount(name, self+total, self+len(args)+len(kwargs), required < total, "at most")
	}
	given := len(args)
	missing := max(required-len(args), 0)
	for _, kv := range kwargs {
		key := string(kv[0].(starlark.String))
		i := slices.IndexFunc(parameters(pairs), func(p string) bool { return p == key })
		switch {
		case i < 0 && self > 0 && key == "self", i >= 0 && i < len(args):
			return TypeError.Errorf("%s() got multiple values for keyword argument '%s'", name, key)
		case i < 0:
			return TypeError.Errorf("%s() got an unexpected keyword argument '%s'", name, key)
		case i < required:
			missing--
		}
		given++
	}
	if missing > 0 {
		return wrongCount(name, self+required, self+given, required < total, "at least")
	}
	return nil
}

// parameters returns the names in pairs.
func parameters(pairs []any) []string {
	names := make([]string, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		names = append(names, strings.TrimRight(pairs[i].(string), "?"))
	}
	return names
}

func wrongCount(name string, want, given int, bounded bool, bound string) error {
	if !bounded {
		bound = "exactly"
	}
	plural := "s"
	if want == 1 {
		plural = ""
	}
	return TypeError.Errorf("%s() takes %s %d argument%s (%d given)", name, bound, want, plural, given)
}
