package pysyntax

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/starlark"
)

// A class is an exception class.
type class struct {
	name string
	base *class
}

// classes are CPython's, as far as tests need them; each entry's base comes before it.
var classes = func() map[string]*class {
	m := make(map[string]*class)
	for _, s := range []string{
		"BaseException", "Exception BaseException", "SystemExit BaseException", "StandardError Exception",
		"ValueError StandardError", "TypeError StandardError", "RuntimeError StandardError", "AssertionError StandardError",
		"LookupError StandardError", "KeyError LookupError", "IndexError LookupError", "AttributeError StandardError",
		"NameError StandardError", "UnboundLocalError NameError",
		"EnvironmentError StandardError", "IOError EnvironmentError", "ImportError StandardError",
	} {
		name, base, _ := strings.Cut(s, " ")
		m[name] = &class{name, m[base]}
	}
	return m
}()

func (c *class) String() string        { return "<type '" + c.name + "'>" }
func (c *class) Type() string          { return "type" }
func (c *class) Freeze()               {}
func (c *class) Truth() starlark.Bool  { return true }
func (c *class) Hash() (uint32, error) { return 0, errors.New("unhashable") }
func (c *class) Name() string          { return c.name }
func (c *class) AttrNames() []string   { return []string{"__name__"} }

func (c *class) Attr(name string) (starlark.Value, error) {
	if name == "__name__" {
		return starlark.String(c.name), nil
	}
	return nil, nil
}

func (c *class) CallInternal(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return &exception{c, args}, nil
}

// matches is isinstance for a class or a tuple of them.
func (c *class) matches(types starlark.Value) bool {
	if list, ok := types.(starlark.Tuple); ok {
		return slices.ContainsFunc(list, c.matches)
	}
	for ; c != nil; c = c.base {
		if c == types {
			return true
		}
	}
	return false
}

// An exception is an instance.
type exception struct {
	class *class
	args  starlark.Tuple
}

func (e *exception) Error() string         { return e.class.name + ": " + e.text() }
func (e *exception) String() string        { return e.class.name + e.args.String() }
func (e *exception) Type() string          { return e.class.name }
func (e *exception) Freeze()               {}
func (e *exception) Truth() starlark.Bool  { return true }
func (e *exception) Hash() (uint32, error) { return 0, errors.New("unhashable") }
func (e *exception) AttrNames() []string   { return []string{"__class__", "args"} }

func (e *exception) Attr(name string) (starlark.Value, error) {
	switch name {
	case "args":
		return e.args, nil
	case "__class__":
		return e.class, nil
	}
	return nil, nil
}

// text is Python's str of the exception.
func (e *exception) text() string {
	switch {
	case len(e.args) == 0:
		return ""
	case len(e.args) == 2 && e.class.matches(classes["EnvironmentError"]):
		return fmt.Sprintf("[Errno %s] %s", e.args[0], pyStr(e.args[1]))
	case len(e.args) > 1:
		return pyStr(e.args)
	case e.class.name == "KeyError":
		return strings.ReplaceAll(e.args[0].String(), `"`, `'`)
	}
	return pyStr(e.args[0])
}

func raised(name, text string) *exception {
	return &exception{classes[name], starlark.Tuple{starlark.String(text)}}
}

// faults turn the interpreter's errors into CPython's.
var faults = []struct {
	expr        *regexp.Regexp
	class, text string
}{
	{regexp.MustCompile(`^list index .* out of range`), "IndexError", "list index out of range"},
	{regexp.MustCompile(`^(\w+) has no \.(\w+) field or method`), "AttributeError", "'$1' object has no attribute '$2'"},
	{regexp.MustCompile(`^unknown binary op: list \+ (\w+)`), "TypeError", `can only concatenate list (not "$1") to list`},
	{regexp.MustCompile(`^unknown binary op: (\w+Error) \+ int`), "TypeError", "unsupported operand type(s) for +=: 'exceptions.$1' and 'int'"},
	{regexp.MustCompile(`^unknown binary op: (\w+) \+ int`), "TypeError", "unsupported operand type(s) for +=: '$1' and 'int'"},
	{regexp.MustCompile(`^local variable (\S+) referenced before assignment`), "UnboundLocalError", "local variable '$1' referenced before assignment"},
	{regexp.MustCompile(`^global variable (\S+) referenced before assignment`), "NameError", "name '$1' is not defined"},
}

// asException is the exception that err is, or nil for what nothing may catch.
func asException(err error) *exception {
	var e *exception
	if errors.As(err, &e) {
		return e
	}
	msg := err.Error()
	var key int
	if n, _ := fmt.Sscanf(msg, "key %d not in dict", &key); n == 1 {
		return &exception{classes["KeyError"], starlark.Tuple{starlark.MakeInt(key)}}
	}
	for _, f := range faults {
		if m := f.expr.FindString(msg); m != "" {
			return raised(f.class, f.expr.ReplaceAllString(m, f.text))
		}
	}
	if strings.Contains(msg, "cancelled") || strings.Contains(msg, "too many steps") {
		return nil
	}
	return raised("RuntimeError", msg)
}

// A frame holds the boxed variables of one call, or of a module, and the exception it handles.
type frame struct {
	vars     map[string]starlark.Value
	module   starlark.StringDict // what the host predeclares; nil for a function
	handling *exception

	depth int               // of the call
	fn    starlark.Callable // of the call
}

func (f *frame) String() string        { return "frame" }
func (f *frame) Type() string          { return "frame" }
func (f *frame) Freeze()               {}
func (f *frame) Truth() starlark.Bool  { return true }
func (f *frame) Hash() (uint32, error) { return 0, errors.New("unhashable") }
func (f *frame) AttrNames() []string   { return nil }

func (f *frame) Attr(name string) (starlark.Value, error) {
	if v := f.vars[name]; v != nil {
		return v, nil
	}
	if f.module == nil {
		return nil, raised("UnboundLocalError", "local variable '"+name+"' referenced before assignment")
	}
	if v := f.module[name]; v != nil {
		return v, nil
	}
	if v := starlark.Universe[name]; v != nil {
		return v, nil
	}
	return nil, raised("NameError", "name '"+name+"' is not defined")
}

func (f *frame) SetField(name string, v starlark.Value) error {
	f.vars[name] = v
	return nil
}

type builtin = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// blockBuiltins are the functions of try, raise, with, del and generators, and what tests call besides.
func (w *world) blockBuiltins() map[string]builtin {
	return map[string]builtin{
		FrameName: w.newFrame, TryName: w.try, FinallyName: w.finally, ExceptName: except, ReraiseName: reraise,
		RaiseName: w.raise, AssertName: assertion, WithName: with, DelNameName: delName, DelAttrName: delAttr,
		DelItemName: delItem, DelSliceName: slice, SetSliceName: slice, GeneratorName: w.generator, LeakName: leak,
		"manager": w.newManager, "exc_info": w.excInfo, "object": object, "exit": exit,
	}
}

func (w *world) newFrame(thread *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	f := &frame{vars: make(map[string]starlark.Value), depth: thread.CallStackDepth() - 1, fn: thread.DebugFrame(1).Callable()}
	// Whatever was as deep has returned.
	for n := len(w.frames); n > 0 && w.frames[n-1].depth >= f.depth; n-- {
		w.frames = w.frames[:n-1]
	}
	w.frames = append(w.frames, f)
	return f, nil
}

// handling is the exception that the innermost call handles, as seen by a built-in.
func (w *world) handling(thread *starlark.Thread) *exception {
	depth := thread.CallStackDepth() - 1 // of the caller
	for _, f := range slices.Backward(w.frames) {
		if f.depth <= depth && f.handling != nil && thread.DebugFrame(depth-f.depth+1).Callable() == f.fn {
			return f.handling
		}
	}
	return w.global.handling
}

func (w *world) excInfo(thread *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	if e := w.handling(thread); e != nil {
		return e, nil
	}
	return starlark.None, nil
}

// call runs a block. A generator that failed has stopped the thread; this is where its error comes out.
func (w *world) call(thread *starlark.Thread, fn starlark.Value) (starlark.Value, error) {
	v, err := starlark.Call(thread, fn, nil, nil)
	if w.failed != nil {
		err, w.failed = w.failed, nil
		thread.Uncancel()
	}
	return v, err
}

func (w *world) try(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	v, err := w.call(thread, args[1])
	if err == nil {
		return starlark.Tuple{v, starlark.None}, nil
	}
	e := asException(err)
	if e == nil {
		return nil, err
	}
	args[0].(*frame).handling = e
	return starlark.Tuple{starlark.None, e}, nil
}

func (w *world) finally(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	v, err := w.call(thread, args[0])
	if err == nil {
		return starlark.Tuple{v, starlark.None}, nil
	}
	if e := asException(err); e != nil {
		return starlark.Tuple{starlark.None, e}, nil
	}
	return nil, err
}

func except(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return starlark.Bool(args[0].(*exception).class.matches(args[1])), nil
}

func reraise(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return nil, args[0].(*exception)
}

func (w *world) raise(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		if e := w.handling(thread); e != nil {
			return nil, e
		}
		return nil, raised("TypeError", "exceptions must be old-style classes or derived from BaseException, not NoneType")
	}
	switch x := args[0].(type) {
	case *exception:
		return nil, x
	case *class:
		if len(args) == 1 || args[1] == starlark.None {
			return nil, &exception{class: x}
		}
		if v, ok := args[1].(starlark.Tuple); ok {
			return nil, &exception{x, v}
		}
		if e, ok := args[1].(*exception); ok && e.class.matches(x) {
			return nil, e
		}
		return nil, &exception{x, starlark.Tuple{args[1]}}
	}
	return nil, raised("TypeError", "exceptions must be old-style classes or derived from BaseException, not "+args[0].Type())
}

func assertion(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return nil, &exception{classes["AssertionError"], args}
}

func exit(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return nil, &exception{classes["SystemExit"], args}
}

// A manager tells when a with block begins and ends.
type manager struct {
	*frame
	w *world
}

func (w *world) newManager(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return &manager{&frame{vars: map[string]starlark.Value{"name": args[0]}}, w}, nil
}

func with(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	m, ok := args[0].(*manager)
	if !ok {
		return nil, raised("AttributeError", "__exit__")
	}
	return m, nil
}

func (m *manager) Type() string   { return "Manager" }
func (m *manager) String() string { return "Manager" }

func (m *manager) tell(what string) { m.w.out.WriteString(what + " " + pyStr(m.vars["name"]) + "\n") }

func (m *manager) Iterate() starlark.Iterator {
	m.tell("enter")
	o := &once{m: m}
	m.w.open = append(m.w.open, o)
	return o
}

type once struct {
	m    *manager
	done bool
}

func (o *once) Next(p *starlark.Value) bool {
	*p = o.m
	o.done = !o.done
	return o.done
}

// Done ends the blocks inside this one first. The interpreter would, when an error or a return leaves
// several in one function, end the outermost first.
func (o *once) Done() {
	i := slices.Index(o.m.w.open, o)
	if i < 0 {
		return
	}
	for _, inner := range slices.Backward(o.m.w.open[i:]) {
		inner.m.tell("exit")
	}
	o.m.w.open = o.m.w.open[:i]
}

// A generator is lazy. An error of its function stops the thread.
type generator struct {
	starlark.Value
	w      *world
	thread *starlark.Thread
	items  starlark.Iterator
	fn     starlark.Value
	inner  starlark.Iterator // of a nested one
	nested bool
}

func (w *world) generator(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	items := starlark.Iterate(args[0])
	if items == nil {
		return nil, raised("TypeError", "'"+args[0].Type()+"' object is not iterable")
	}
	return &generator{Value: starlark.None, w: w, thread: thread, items: items, fn: args[1], nested: len(args) > 2}, nil
}

func (g *generator) Type() string               { return "generator" }
func (g *generator) Iterate() starlark.Iterator { return g }
func (g *generator) Done()                      {}
func (g *generator) Truth() starlark.Bool       { return true }

func (g *generator) Next(p *starlark.Value) bool {
	for {
		if g.inner != nil && g.inner.Next(p) {
			return true
		}
		var item starlark.Value
		if g.w.failed != nil || !g.items.Next(&item) {
			return false
		}
		v, err := starlark.Call(g.thread, g.fn, starlark.Tuple{item}, nil)
		if err != nil {
			g.w.failed = err
			g.thread.Cancel("generator")
			return false
		}
		if results := v.(*starlark.List); results.Len() > 0 {
			if *p = results.Index(0); !g.nested {
				return true
			}
			g.inner = starlark.Iterate(*p)
		}
	}
}

func leak(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return starlark.True, args[0].(*frame).SetField(string(args[1].(starlark.String)), args[2])
}

func delName(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	f, name := args[0].(*frame), string(args[1].(starlark.String))
	if f.vars[name] == nil {
		_, err := (&frame{module: f.module}).Attr(name)
		return nil, err
	}
	delete(f.vars, name)
	return starlark.None, nil
}

func object(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return &frame{vars: make(map[string]starlark.Value), module: starlark.StringDict{}}, nil
}

func delAttr(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	delete(args[0].(*frame).vars, string(args[1].(starlark.String)))
	return starlark.None, nil
}

func delItem(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	pop, err := args[0].(starlark.HasAttrs).Attr("pop")
	if err != nil {
		return nil, err
	}
	_, err = starlark.Call(thread, pop, starlark.Tuple{args[1]}, nil)
	return starlark.None, err
}

// slice shows how it was called.
func slice(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return nil, raised("TypeError", b.Name()+args.String())
}
