package convert

import (
	"errors"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
)

// An Error says what does not convert, and where it is.
type Error struct {
	// Path leads to it: "hosts[2].port"; "" for the value itself.
	Path string
	// Problem is what is wrong with it: "want int, got string".
	Problem string
	// Err is what a method of the value's type returned, or nil.
	Err error
}

// Error returns the path and the problem.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Problem
	}
	path := e.Path
	const limit = 200
	if len(path) > 2*limit {
		path = path[:limit] + "…" + path[len(path)-limit:]
	}
	return path + ": " + e.Problem
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

func problem(parts ...string) *Error { return &Error{Problem: strings.Join(parts, "")} }

// at puts a step in front of an Error's path.
func at(err error, step string) error {
	var e *Error
	if errors.As(err, &e) {
		e.Path = step + e.Path
	}
	return err
}

// rooted names the value that a path begins at.
func rooted(err error, root string) error {
	err = at(err, root)
	var e *Error
	if errors.As(err, &e) {
		e.Path = strings.TrimPrefix(e.Path, ".")
	}
	return err
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// key is the step to a mapping's value.
func key(k starlark.Value) string {
	s, ok := starlark.AsString(k)
	if !ok {
		return "[" + cut(k.String()) + "]"
	}
	return field(s)
}

// field is the step to the value of a name.
func field(name string) string {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return "[" + strconv.Quote(cut(name)) + "]"
		}
	}
	if name == "" {
		return `[""]`
	}
	return "." + cut(name)
}

// cut shortens what a script may have made long.
func cut(s string) string {
	const limit = 80
	if len(s) > limit {
		return s[:limit] + "…"
	}
	return s
}
