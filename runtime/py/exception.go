package py

import (
	"errors"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// An Exception is an instance of a Class: a Starlark value, and the Go error by
// which it travels. It is immutable once it has been raised.
type Exception struct {
	class *Class
	// Args is Python's e.args.
	Args starlark.Tuple
	// Fields holds what the class's constructor set: line, partial, errno, …
	Fields starlark.StringDict
	// Cause is the Go error behind the exception, or nil: errors.Is and
	// errors.As find it.
	Cause error
	// Traceback is the script's call stack when it was caught, or "".
	Traceback string

	// original is the exception that this one is a copy of, or nil: both are one
	// instance to a script.
	original *Exception
}

var (
	_ starlark.HasAttrs = (*Exception)(nil)
	_ error             = (*Exception)(nil)
	_ Reprer            = (*Exception)(nil)

	_ starlark.Comparable = (*Exception)(nil)
	_ starlark.Indexable  = (*Exception)(nil)
	_ starlark.Iterable   = (*Exception)(nil)
)

// Class returns the exception's class.
func (e *Exception) Class() *Class { return e.class }

// IsA reports whether e is an instance of c or of a class below it.
func (e *Exception) IsA(c *Class) bool { return e.class.IsSubclass(c) }

// Error returns the last line of Python's traceback, "httplib.BadStatusLine:
// text". What a peer may have chosen is escaped and cut at 200 bytes.
func (e *Exception) Error() string {
	s := e.String()
	if s == "" {
		return e.class.QualifiedName()
	}
	return e.class.QualifiedName() + ": " + Escape(s)
}

// Unwrap returns the Go error behind the exception.
func (e *Exception) Unwrap() error { return e.Cause }

// String returns Python's str(e), to the letter. What is nested deeper than
// containers may be is "...".
func (e *Exception) String() string {
	var w reprWriter
	return w.exception(e, 0)
}

// Repr returns Python's repr(e), to the letter, with the same bound.
func (e *Exception) Repr() string {
	var w reprWriter
	w.write(e, 0)
	return w.String()
}

// Type returns the name of the class.
func (e *Exception) Type() string { return e.class.name }

// Len returns the number of arguments.
func (e *Exception) Len() int { return len(e.Args) }

// Index returns an argument: e[0] is e.args[0].
//
// exceptions.c, BaseException_getitem.
func (e *Exception) Index(i int) starlark.Value { return e.Args[i] }

// Iterate iterates over the arguments: number, text = e.
func (e *Exception) Iterate() starlark.Iterator { return e.Args.Iterate() }

// Freeze freezes the arguments and fields.
func (e *Exception) Freeze() {
	e.Args.Freeze()
	e.Fields.Freeze()
}

// Truth is always true, as for any Python instance.
func (e *Exception) Truth() starlark.Bool { return true }

// Hash refuses: an exception may hold mutable arguments.
func (e *Exception) Hash() (uint32, error) {
	return 0, TypeError.Errorf("unhashable type: %s", e.class.name)
}

// Attr returns args, message, cause, traceback, __class__ or a field of the class.
func (e *Exception) Attr(name string) (starlark.Value, error) {
	switch name {
	case "args":
		return e.Args, nil
	case "message":
		if len(e.Args) == 1 {
			return e.Args[0], nil
		}
		return starlark.String(""), nil
	case "cause":
		var c *Exception
		switch {
		case errors.As(e.Cause, &c):
			return c, nil
		case e.Cause != nil:
			return starlark.String(e.Cause.Error()), nil
		}
		return starlark.None, nil
	case "traceback":
		return starlark.String(e.Traceback), nil
	case "__class__":
		return e.class, nil
	}
	if v, ok := e.Fields[name]; ok {
		return v, nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows: of the fields those that this instance has.
func (e *Exception) AttrNames() []string {
	names := []string{"__class__", "args", "cause", "message", "traceback"}
	for s := range e.class.specs() {
		for _, field := range s.Fields {
			if e.Fields.Has(field) {
				names = append(names, field)
			}
		}
	}
	return sortedNames(names)
}

// Set sets a field that Init declares: for constructors.
func (e *Exception) Set(name string, v starlark.Value) {
	if e.Fields == nil {
		e.Fields = make(starlark.StringDict)
	}
	e.Fields[name] = v
}

// WithTraceback returns e with the given call stack, keeping one it already has:
// a copy, because e may be shared.
func (e *Exception) WithTraceback(stack string) *Exception {
	if e.Traceback != "" || stack == "" {
		return e
	}
	c := *e
	c.Traceback = stack
	c.original = e.identity()
	return &c
}

func (e *Exception) identity() *Exception {
	if e.original != nil {
		return e.original
	}
	return e
}

// CompareSameType compares by identity, as Python does.
func (e *Exception) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	same := e.identity() == y.(*Exception).identity()
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, TypeError.Errorf("%s %s %s not implemented", e.Type(), op, y.Type())
}

// An Uncatchable error ends the run whatever the script says: catch lets it
// pass. Limits, cancellation and sys.exit are Uncatchable; of these only sys.exit
// is an exception, SystemExit, to the try statement of the Python dialect.
type Uncatchable interface {
	error
	// Uncatchable marks the type; it does nothing.
	Uncatchable()
}
