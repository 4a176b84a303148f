package collectionsmod

import (
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// A tupleClass is a class that namedtuple made.
type tupleClass struct {
	typ    *py.NamedType
	fields starlark.Tuple // their names, as strings
}

var (
	_ starlark.Callable = (*tupleClass)(nil)
	_ starlark.HasAttrs = (*tupleClass)(nil)
)

// tupleAttributes are what instances have beside their fields, sorted.
var tupleAttributes = []string{"_asdict", "_fields", "_make", "_replace"}

// keywords are the words that are no names in Python 2.7.
const keywords = " and as assert break class continue def del elif else except exec finally for from global if import in is lambda " +
	"not or pass print raise return try while with yield "

// maxFields bounds the fields, which each access goes through.
const maxFields = 255 // as CPython's __new__ takes no more arguments

// namedTuple is namedtuple(typename, field_names, verbose=False, rename=False).
//
// collections.py, namedtuple.
func namedTuple(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name, fields starlark.Value
	var verbose, rename starlark.Value = starlark.False, starlark.False
	if n := len(args) + len(kwargs); n < 2 {
		return nil, py.TypeError.Errorf("namedtuple() takes at least 2 arguments (%d given)", n)
	}
	if err := py.UnpackAny(b.Name(), args, kwargs, "typename", &name, "field_names", &fields, "verbose?", &verbose, "rename?", &rename); err != nil {
		return nil, err
	}
	if verbose.Truth() {
		return nil, py.NotImplementedError.Errorf("namedtuple: there is no source text of the class to print; leave out verbose")
	}
	names, err := fieldNames(thread, fields)
	if err != nil {
		return nil, err
	}
	if rename.Truth() {
		renameFields(names)
	}
	typename := py.Str(name)
	if err := checkNames(typename, names, bool(rename.Truth())); err != nil {
		return nil, err
	}
	c := &tupleClass{fields: make(starlark.Tuple, len(names))}
	for i, field := range names {
		c.fields[i] = starlark.String(field)
	}
	c.typ = &py.NamedType{Name: typename, Fields: names, Extra: tupleAttributes, Class: c, Attr: c.attr}
	return c, nil
}

// fieldNames reads the names: one text, in which commas and white space separate them, or one text each.
func fieldNames(thread *starlark.Thread, v starlark.Value) ([]string, error) {
	if isText(v) {
		return py.Split(strings.ReplaceAll(py.Str(v), ",", " "), -1), nil
	}
	if _, err := builtinmod.Steps(thread, v); err != nil {
		return nil, py.TypeError.Errorf("argument 2 to map() must support iteration")
	}
	var names []string
	err := builtinmod.Each(thread, v, func(name starlark.Value) (bool, error) {
		if len(names) == maxFields {
			return false, py.ValueError.Errorf("namedtuple: more than %d fields", maxFields)
		}
		names = append(names, py.Str(name))
		return true, nil
	})
	return names, err
}

func isKeyword(name string) bool { return strings.Contains(keywords, " "+name+" ") }

func isWord(name string) bool {
	for i := range len(name) {
		c := name[i] | 0x20
		if !('a' <= c && c <= 'z' || '0' <= name[i] && name[i] <= '9' || name[i] == '_') {
			return false
		}
	}
	return true
}

func beginsWithDigit(name string) bool { return name != "" && '0' <= name[0] && name[0] <= '9' }

// renameFields gives fields whose names do not do the names of their places.
func renameFields(names []string) {
	seen := map[string]bool{}
	for i, name := range names {
		if name == "" || !isWord(name) || isKeyword(name) || beginsWithDigit(name) || name[0] == '_' || seen[name] {
			names[i] = "_" + strconv.Itoa(i)
		}
		seen[name] = true
	}
}

// checkNames returns the error of a name that does not do, or nil.
func checkNames(typename string, names []string, renamed bool) error {
	for _, name := range append([]string{typename}, names...) {
		switch {
		case !isWord(name):
			return py.ValueError.Errorf("Type names and field names can only contain alphanumeric characters and underscores: %s", py.Quote(name))
		case isKeyword(name):
			return py.ValueError.Errorf("Type names and field names cannot be a keyword: %s", py.Quote(name))
		case name == "":
			return py.IndexError.Errorf("string index out of range")
		case beginsWithDigit(name):
			return py.ValueError.Errorf("Type names and field names cannot start with a number: %s", py.Quote(name))
		}
	}
	if len(names) > maxFields {
		return py.ValueError.Errorf("namedtuple: more than %d fields", maxFields)
	}
	for i, name := range names {
		if name[0] == '_' && !renamed {
			return py.ValueError.Errorf("Field names cannot start with an underscore: %s", py.Quote(name))
		}
		if slices.Contains(names[:i], name) {
			return py.ValueError.Errorf("Encountered duplicate field name: %s", py.Quote(name))
		}
	}
	return nil
}

// String returns <class '__main__.Point'>.
func (c *tupleClass) String() string { return "<class '__main__." + c.typ.Name + "'>" }

// Name returns the name of the type.
func (c *tupleClass) Name() string { return c.typ.Name }

// Type returns "type".
func (c *tupleClass) Type() string { return "type" }

// Freeze does nothing: a class never changes.
func (c *tupleClass) Freeze() {}

// Truth is always true.
func (c *tupleClass) Truth() starlark.Bool { return true }

// Hash hashes the name.
func (c *tupleClass) Hash() (uint32, error) { return starlark.String(c.typ.Name).Hash() }

// HasInstance reports whether v is an instance: isinstance.
func (c *tupleClass) HasInstance(v starlark.Value) bool {
	n, ok := v.(*py.Named)
	return ok && n.NamedType() == c.typ
}

// IsSubclass reports whether of is the class, or one that has tuples among its instances: issubclass.
func (c *tupleClass) IsSubclass(of starlark.Value) bool {
	if b, ok := of.(*starlark.Builtin); ok { // the tuple of .star files
		return b.Name() == "tuple"
	}
	class, ok := of.(interface{ HasInstance(v starlark.Value) bool })
	return of == starlark.Value(c) || ok && class.HasInstance(starlark.Tuple{})
}

// Attr returns _fields, _make, __name__ or __doc__.
func (c *tupleClass) Attr(name string) (starlark.Value, error) {
	switch name {
	case "_fields":
		return c.fields, nil
	case "_make":
		return starlark.NewBuiltin(name, c.makeFrom), nil
	case "__name__":
		return starlark.String(c.typ.Name), nil
	case "__doc__":
		return starlark.String(c.typ.Name + "(" + strings.Join(c.typ.Fields, ", ") + ")"), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (c *tupleClass) AttrNames() []string { return []string{"__doc__", "__name__", "_fields", "_make"} }

// CallInternal makes an instance of an argument for each field.
func (c *tupleClass) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	fields := c.typ.Fields
	wrong := func(n int) error {
		plural := "s"
		if len(fields) == 0 {
			plural = ""
		}
		return py.TypeError.Errorf("__new__() takes exactly %d argument%s (%d given)", len(fields)+1, plural, n+1)
	}
	if len(args) > len(fields) {
		return nil, wrong(len(args) + len(kwargs))
	}
	items := make([]starlark.Value, len(fields))
	copy(items, args)
	given := len(args)
	for _, kv := range kwargs {
		name := string(kv[0].(starlark.String))
		i := slices.Index(fields, name)
		switch {
		case i < 0:
			return nil, py.TypeError.Errorf("__new__() got an unexpected keyword argument '%s'", name)
		case items[i] != nil:
			return nil, py.TypeError.Errorf("__new__() got multiple values for keyword argument '%s'", name)
		}
		items[i] = kv[1]
		given++
	}
	if given < len(fields) {
		return nil, wrong(given)
	}
	return c.typ.New(items...), nil
}

// makeFrom is _make(iterable).
func (c *tupleClass) makeFrom(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "iterable", &seq); err != nil {
		return nil, err
	}
	items, err := builtinmod.Collect(thread, seq)
	if err != nil {
		return nil, err
	}
	if len(items) != len(c.fields) {
		return nil, py.TypeError.Errorf("Expected %d arguments, got %d", len(c.fields), len(items))
	}
	return c.typ.New(items...), nil
}

// attr returns what an instance has beside its fields.
func (c *tupleClass) attr(n *py.Named, name string) (starlark.Value, error) {
	switch name {
	case "_asdict":
		return starlark.NewBuiltin(name, tupleAsDict).BindReceiver(n), nil
	case "_replace":
		return starlark.NewBuiltin(name, tupleReplace).BindReceiver(n), nil
	}
	return c.Attr(name)
}

// tupleAsDict is _asdict(): an OrderedDict of the fields.
func tupleAsDict(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := noArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	n := b.Receiver().(*py.Named)
	d := starlark.NewDict(n.Len())
	for i, field := range n.NamedType().Fields {
		if err := d.SetKey(starlark.String(field), n.Index(i)); err != nil {
			return nil, err
		}
	}
	return OrderedDict().New(thread, d), nil
}

// tupleReplace is _replace(**fields): a copy with some items replaced.
func tupleReplace(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		return nil, py.TypeError.Errorf("_replace() takes exactly 1 argument (%d given)", len(args)+1)
	}
	n := b.Receiver().(*py.Named)
	items := slices.Clone(n.Tuple())
	var unknown []starlark.Value
	for _, kv := range kwargs {
		if i := slices.Index(n.NamedType().Fields, string(kv[0].(starlark.String))); i >= 0 {
			items[i] = kv[1]
		} else {
			unknown = append(unknown, kv[0])
		}
	}
	if unknown != nil {
		return nil, py.ValueError.Errorf("Got unexpected field names: %s", py.Repr(starlark.NewList(unknown)))
	}
	return n.NamedType().New(items...), nil
}
