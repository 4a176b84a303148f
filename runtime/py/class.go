package py

import (
	"fmt"
	"iter"
	"sort"
	"strings"

	"go.starlark.net/starlark"
)

// A Class is an exception class: a callable Starlark value that makes instances
// and stands for itself in isinstance, issubclass and catch. Classes are
// immutable and compare by identity; every run may share them.
type Class struct {
	name   string
	module string // "" for the built-in ones
	bases  []*Class
	spec   Spec
}

// A Spec says what a class has beyond Exception's behaviour. Each nil field is
// inherited from the first base.
type Spec struct {
	// Init checks the arguments of a call and sets e.Args and e.Fields.
	// An error it returns is the call's; missing arguments are a TypeError.
	Init func(e *Exception, args starlark.Tuple, kwargs []starlark.Tuple) error
	// Str is str(e). The default: "", str of the one argument, or repr of the tuple.
	Str func(e *Exception) string
	// Repr is repr(e). The default: Name followed by repr of the argument tuple.
	Repr func(e *Exception) string
	// Fields names what Init sets in e.Fields, for dir() and completion.
	Fields []string
	// Doc is the text help() shows.
	Doc string
}

var (
	_ starlark.Callable = (*Class)(nil)
	_ starlark.HasAttrs = (*Class)(nil)
	_ Reprer            = (*Class)(nil)
)

// NewClass returns a class of the given module ("" for built-ins) below bases.
// The first base gives what spec leaves nil; none makes it a root.
//
// It stays a single expression, of which the compiler makes data: there are
// dozens of classes, and the start waits for code.
func NewClass(module, name string, spec Spec, bases ...*Class) *Class {
	return &Class{name: name, module: module, bases: bases, spec: spec}
}

// specs goes over what the class says of itself, and then the bases that it takes
// the rest from.
func (c *Class) specs() iter.Seq[*Spec] {
	return func(yield func(*Spec) bool) {
		for yield(&c.spec) && len(c.bases) > 0 {
			c = c.bases[0]
		}
	}
}

// inherited returns the nearest of them that has something, or the root's.
func (c *Class) inherited(has func(s *Spec) bool) (spec *Spec) {
	for spec = range c.specs() {
		if has(spec) {
			break
		}
	}
	return spec
}

// str and repr return the functions of the class, or nil.
func (c *Class) str() func(e *Exception) string {
	return c.inherited(func(s *Spec) bool { return s.Str != nil }).Str
}

func (c *Class) repr() func(e *Exception) string {
	return c.inherited(func(s *Spec) bool { return s.Repr != nil }).Repr
}

// Name returns the class's name without its module.
func (c *Class) Name() string { return c.name }

// QualifiedName returns the name a traceback's last line shows:
// "httplib.BadStatusLine", or "ValueError" for a built-in class.
func (c *Class) QualifiedName() string {
	if c.module == "" {
		return c.name
	}
	return c.module + "." + c.name
}

// Doc returns the class's help text.
func (c *Class) Doc() string { return c.spec.Doc }

// Bases returns the classes c derives from directly. The slice is borrowed.
func (c *Class) Bases() []*Class { return c.bases }

// IsSubclass reports whether c is b or derives from it.
func (c *Class) IsSubclass(b *Class) bool {
	if c == b {
		return true
	}
	for _, base := range c.bases {
		if base.IsSubclass(b) {
			return true
		}
	}
	return false
}

// New returns an instance made with the given arguments, with cause as the Go
// error behind it (nil: none). Arguments that the class's constructor refuses
// are a mistake of the Go caller's, and come back as that refusal's exception.
func (c *Class) New(cause error, args ...starlark.Value) *Exception {
	e, err := c.instance(starlark.Tuple(args), nil)
	if err != nil {
		if x, ok := err.(*Exception); ok {
			return x
		}
		e = &Exception{class: TypeError, Args: starlark.Tuple{starlark.String(err.Error())}}
	}
	e.Cause = cause
	return e
}

// Errorf returns an instance whose one argument is the formatted text. A %w
// makes the wrapped error its cause.
func (c *Class) Errorf(format string, a ...any) *Exception {
	err := fmt.Errorf(format, a...)
	var cause error
	if u, ok := err.(interface{ Unwrap() error }); ok {
		cause = u.Unwrap()
	}
	return c.New(cause, starlark.String(err.Error()))
}

func (c *Class) instance(args starlark.Tuple, kwargs []starlark.Tuple) (*Exception, error) {
	e := &Exception{class: c}
	init := c.inherited(func(s *Spec) bool { return s.Init != nil }).Init
	if init == nil {
		init = initArgs
	}
	if err := init(e, args, kwargs); err != nil {
		return nil, err
	}
	return e, nil
}

// CallInternal makes an instance: BadStatusLine("x").
func (c *Class) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	e, err := c.instance(args, kwargs)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// String returns <class 'httplib.BadStatusLine'>, as Python does.
func (c *Class) String() string {
	if c.module == "" {
		return "<type 'exceptions." + c.name + "'>"
	}
	return "<class '" + c.QualifiedName() + "'>"
}

// Repr returns the same text as String.
func (c *Class) Repr() string { return c.String() }

// Type returns "type".
func (c *Class) Type() string { return "type" }

// Freeze does nothing: a class never changes.
func (c *Class) Freeze() {}

// Truth is always true.
func (c *Class) Truth() starlark.Bool { return true }

// Hash hashes the name, so that classes can be keys of a dict.
func (c *Class) Hash() (uint32, error) { return starlark.String(c.QualifiedName()).Hash() }

// Attr returns __name__, __module__, __doc__ or __bases__.
func (c *Class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__":
		return starlark.String(c.name), nil
	case "__module__":
		if c.module == "" {
			return starlark.String("exceptions"), nil
		}
		return starlark.String(c.module), nil
	case "__doc__":
		return starlark.String(c.spec.Doc), nil
	case "__bases__":
		bases := make(starlark.Tuple, len(c.bases))
		for i, b := range c.bases {
			bases[i] = b
		}
		return bases, nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (c *Class) AttrNames() []string {
	return []string{"__bases__", "__doc__", "__module__", "__name__"}
}

// Matches reports whether types, one class or a tuple or list of classes
// (nested as Python allows), covers an instance of class c. Anything else in
// types is a TypeError in the words of isinstance.
func (c *Class) Matches(types starlark.Value) (bool, error) {
	return c.matches(types, 0)
}

func (c *Class) matches(types starlark.Value, depth int) (bool, error) {
	switch t := types.(type) {
	case *Class:
		return c.IsSubclass(t), nil
	case *Exception:
	case starlark.Indexable: // a tuple or a list
		if _, isString := types.(starlark.String); isString || depth > maxReprDepth {
			break
		}
		for i := range t.Len() {
			ok, err := c.matches(t.Index(i), depth+1)
			if ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	return false, TypeError.Errorf("want an exception class or a tuple of them, not %s", TypeName(types))
}

// noKeywords is the TypeError of a class that takes positional arguments only.
func noKeywords(c *Class, kwargs []starlark.Tuple) error {
	if len(kwargs) == 0 {
		return nil
	}
	return TypeError.Errorf("%s does not take keyword arguments", c.name)
}

// initArgs is Exception.__init__: any number of positional arguments.
func initArgs(e *Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if err := noKeywords(e.class, kwargs); err != nil {
		return err
	}
	e.Args = args
	return nil
}

// strArgs is Exception.__str__.
func strArgs(e *Exception) string {
	switch len(e.Args) {
	case 0:
		return ""
	case 1:
		return Str(e.Args[0])
	}
	return Repr(e.Args)
}

// sortedNames merges and sorts attribute names.
func sortedNames(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	sort.Strings(all)
	return all
}

// Escape returns s with every control and 8-bit byte shown as \xhh, cut at 200
// bytes: how text that a peer chose may appear in what we print ourselves.
func Escape(s string) string {
	const limit = 200
	cut := len(s) > limit
	if cut {
		s = s[:limit]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		writeEscaped(&b, s[i])
	}
	s = b.String()
	if cut {
		s += "…"
	}
	return s
}
