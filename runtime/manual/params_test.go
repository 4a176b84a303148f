package manual_test

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/manual"
)

// oddity is a value of a type that no function knows.
type oddity struct{}

func (oddity) String() string        { return "oddity" }
func (oddity) Type() string          { return "oddity" }
func (oddity) Freeze()               {}
func (oddity) Truth() starlark.Bool  { return true }
func (oddity) Hash() (uint32, error) { return 0, nil }

var (
	// wrongCount is how functions complain of too many or too few arguments.
	wrongCount = regexp.MustCompile(`got \d+ arguments?, want|\(\d+ given\)|unexpected positional|accepts no more than|expected at most|expected \d+ arguments, got|missing argument|takes no arguments|Required argument|want the (function|types|values)`)
	// noKeywords is how they complain of keywords where there are none.
	noKeywords = regexp.MustCompile(`unexpected keyword arguments?|(takes no|does not take|does not accept) keyword|unexpected positional|want the values`)
)

// callables returns every function, class and method that has an entry, by name.
func (w *world) callables() map[string]starlark.Callable {
	all := make(map[string]starlark.Callable)
	for name, v := range w.everything() {
		owner, _, isMethod := strings.Cut(name, ".")
		if c, ok := v.(starlark.Callable); ok && !(isMethod && w.python[owner] != nil) {
			all[name] = c
		}
	}
	for _, v := range w.values {
		e, ok := w.find(v)
		h, isObject := v.(starlark.HasAttrs)
		if !ok || !isObject {
			continue
		}
		for _, attr := range h.AttrNames() {
			if x, _ := h.Attr(attr); x != nil {
				name := e.Name + "." + attr
				if b, ok := x.(*starlark.Builtin); ok && b.Receiver() == v && all[name] == nil {
					all[name] = b
				}
			}
		}
	}
	// Methods that .py files alone see.
	for _, v := range w.values {
		t, ok := builtinmod.TypeOf(v).(*builtinmod.Type)
		if !ok {
			continue
		}
		for _, attr := range t.AttrNames() {
			if name := t.Name() + "." + attr; all[name] == nil {
				if c, ok := builtin(builtinmod.Attr(v, attr)); ok {
					all[name] = c
				}
			}
		}
	}
	return all
}

// builtin returns what a look-up has found, if it can be called.
func builtin(v starlark.Value, err error) (starlark.Callable, bool) {
	c, ok := v.(*starlark.Builtin)
	return c, ok && err == nil
}

// closes is 1 for methods that leave nothing more to do.
func closes(name string) int {
	if strings.HasSuffix(name, ".close") {
		return 1
	}
	return 0
}

// aboutParameter reports whether an error is about the value of a parameter, or
// about the number of arguments of an exception, where keywords count.
func aboutParameter(err, name string) bool {
	return regexp.MustCompile(`\b`+name+`\b`).MatchString(err) && !strings.Contains(err, "unexpected keyword") &&
		!strings.Contains(err, "missing argument") || strings.Contains(err, "__init__() takes exactly 2 arguments (3 given)")
}

// careless functions do something else before they count their arguments.
var careless = map[string]bool{
	"collections.Counter.fromkeys":  true, // refuses anything
	"itertools.izip_longest":        true, // does not say which keyword
	"json.load":                     true, // reads
	"map":                           true, // wants two
	"xrange":                        true, // looks at the numbers
	"ssl.SSLContext.load_dh_params": true, // refuses anything
}

// TestParams calls everything with wrong arguments, to see that it takes those of
// its entry and no others.
func TestParams(t *testing.T) {
	w := newWorld(t)
	call := func(fn starlark.Callable, args starlark.Tuple, keywords ...string) string {
		var kwargs []starlark.Tuple
		for _, k := range keywords {
			kwargs = append(kwargs, starlark.Tuple{starlark.String(k), oddity{}})
		}
		_, err := w.session.Call(context.Background(), fn, args, kwargs)
		if err == nil {
			return ""
		}
		return err.Error()
	}
	callables := w.callables()
	checked := 0
	names := slices.SortedFunc(maps.Keys(callables), func(a, b string) int {
		return cmp.Or(cmp.Compare(closes(a), closes(b)), cmp.Compare(a, b))
	})
	for _, name := range names {
		fn := callables[name]
		e, ok := manual.Lookup(name)
		if !ok || e.Kind == manual.Constant || e.Kind == manual.Attribute || e.Kind == manual.Type {
			continue
		}
		checked++
		required, positional, args, kwargs := 0, 0, false, false
		for _, p := range e.Params {
			switch p.Kind {
			case manual.VarArgs:
				args = true
			case manual.KwArgs:
				kwargs = true
			case manual.KeywordOnly:
			default:
				positional++
				if p.Required() {
					required++
				}
			}
		}
		if required > 0 {
			if err := call(fn, nil); err == "" {
				t.Errorf("%s works without arguments", e.Signature)
			}
		}
		few := starlark.Tuple(slices.Repeat([]starlark.Value{oddity{}}, positional))
		if err := call(fn, few); wrongCount.MatchString(err) {
			t.Errorf("%s with %d arguments: %s", e.Signature, positional, err)
		}
		if !args && !careless[name] {
			if err := call(fn, append(few, oddity{})); !wrongCount.MatchString(err) {
				t.Errorf("%s with %d arguments: %q; want an error that they are too many", e.Signature, positional+1, err)
			}
		}
		if kwargs || careless[name] {
			continue
		}
		const nonsense = "no_such_parameter"
		first := few[:0:0] // what goes in front of keywords
		for i, p := range e.Params {
			if p.Kind == manual.PositionalOnly && p.Required() || p.Kind == manual.VarArgs {
				first = append(first, oddity{})
			}
			switch p.Kind {
			case manual.PositionalOnly:
				err := call(fn, few[:i], p.Name)
				if !noKeywords.MatchString(err) && !strings.Contains(err, "missing argument for "+p.Name) && !strings.Contains(err, " given)") {
					t.Errorf("%s with a keyword %s: %q; want an error that there are none", e.Signature, p.Name, err)
				}
			case manual.Normal, manual.KeywordOnly:
				err := call(fn, first, p.Name, nonsense)
				if !strings.Contains(err, nonsense) && !aboutParameter(err, p.Name) {
					t.Errorf("%s with keywords %s and %s: %q; want an error about the second", e.Signature, p.Name, nonsense, err)
				}
			}
		}
	}
	if checked < 400 {
		t.Errorf("%d callables were checked; there are more", checked)
	}
}
