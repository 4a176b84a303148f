package runtime

import (
	"context"
	"errors"
	"runtime/debug"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

// nestings make values inside each other: natively, or by a function of a script.
var nestings = []struct {
	name   string
	native func(x starlark.Value) starlark.Value
	script string
}{
	{"list", func(x starlark.Value) starlark.Value { return starlark.NewList([]starlark.Value{x}) }, ""},
	{"tuple", func(x starlark.Value) starlark.Value { return starlark.Tuple{x} }, ""},
	{"dict", func(x starlark.Value) starlark.Value {
		d := new(starlark.Dict)
		_ = d.SetKey(starlark.None, x) // None is hashable
		return d
	}, ""},
	{"struct", func(x starlark.Value) starlark.Value {
		return starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"a": x})
	}, ""},
	{"exception", func(x starlark.Value) starlark.Value { return py.ValueError.New(nil, x) }, ""},
	{"exception of two", func(x starlark.Value) starlark.Value { return py.ValueError.New(nil, x, x) }, ""},
	{"exception in a list", func(x starlark.Value) starlark.Value {
		return starlark.NewList([]starlark.Value{py.ValueError.New(nil, x)})
	}, ""},
	{"KeyError", func(x starlark.Value) starlark.Value { return py.KeyError.New(nil, x) }, ""},
	{"IOError", nil, "IOError(1, x)"},
	{"URLError", nil, "urllib2.URLError(x)"},
	{"SSLError", nil, "ssl.SSLError(1, x)"},
	{"IncompleteRead", nil, "httplib.IncompleteRead([], x)"},
	{"GetoptError", nil, "getopt.GetoptError(x, '')"},
	{"Result", func(x starlark.Value) starlark.Value { return &Result{value: x} }, ""},
	{"failed Result", func(x starlark.Value) starlark.Value { return &Result{err: py.ValueError.New(nil, x)} }, ""},
	{"SplitResult", nil, "urlparse.SplitResult(x, '', '', '', '')"},
	{"Cookie", nil, "nest(cookielib.Cookie(*([None] * 16)), 'name', x)"},
	{"Request", nil, "nest(urllib2.Request('http://h/'), 'x', x)"},
	{"LineAndFileWrapper", nil, "httplib.LineAndFileWrapper('a', x)"},
}

// nestedUses are what is done with a nested value x and another such, y.
const nestedUses = `
def nest(o, name, x):
    setattr(o, name, x)
    return o
uses = [
    ("str", lambda x, y: str(x)), ("repr", lambda x, y: repr(x)), ("print", lambda x, y: print(x)),
    ("%s", lambda x, y: "%s" % (x,)), ("%r", lambda x, y: "%r" % (x,)), ("format", lambda x, y: "{0} {0!r}".format(x)),
    ("==", lambda x, y: x == y), ("!=", lambda x, y: x != y), ("<", lambda x, y: x < y), ("in", lambda x, y: x in [y]),
    ("sorted", lambda x, y: sorted([x, y])), ("max", lambda x, y: max([x, y])), ("index", lambda x, y: [y].index(x)),
    ("key", lambda x, y: {x: 1}), ("get", lambda x, y: {}.get(x)), ("set", lambda x, y: set([x])), ("dict", lambda x, y: dict([(x, 1)])),
    ("dumps", lambda x, y: json.dumps(x)), ("encode", lambda x, y: json.encode(x)),
    ("fail", lambda x, y: fail(x)), ("raise in text", lambda x, y: fail(ValueError, x)),
    ("parallel", lambda x, y: parallel(lambda z: z, [x])), ("quote", lambda x, y: urllib.urlencode([("a", x)])),
    ("isinstance", lambda x, y: isinstance(x, x)), ("StringIO", lambda x, y: StringIO.StringIO(x)),
    ("readline", lambda x, y: getattr(x, "read")()),
]
`

// TestDeepData does everything that looks into nested values with such of a
// million levels: an error with a type or a bounded text comes of it, and the
// stack of a few megabytes suffices.
func TestDeepData(t *testing.T) {
	if racetest.Enabled {
		t.Skip("the race detector makes frames larger, and millions of values slow; nothing here is concurrent")
	}
	limits := NoLimits()
	limits.Steps = 200_000 // of what is in itself many times over
	rt, _ := newRuntime(t, Config{Limits: limits})
	makers := "makers = {}\n"
	for _, n := range nestings {
		if n.script != "" {
			makers += "makers['" + n.name + "'] = lambda x: " + n.script + "\n"
		}
	}
	for _, file := range []string{"deep.star", "deep.py"} {
		src := nestedUses + makers
		if file == "deep.star" {
			src = "def setattr(o, name, x):\n    if name == 'x': o.x = x\n    else: o.name = x\n" + src
		} else {
			src = "from __future__ import print_function\n" + src + "uses.append(('cmp', lambda x, y: cmp(x, y)))\nuses.append(('unicode', lambda x, y: unicode(x)))\n"
		}
		globals, err := rt.Run(context.Background(), file, []byte(src))
		if err != nil {
			t.Fatal(FormatError(err))
		}
		raiseMaxStack()
		defer debug.SetGCPercent(debug.SetGCPercent(400))
		defer debug.SetMaxStack(debug.SetMaxStack(8 << 20))
		for _, n := range nestings {
			wrap, levels := n.native, 1_000_000
			if file == "deep.py" || n.name != "list" && n.name != "exception" {
				if file == "deep.py" && n.name != "list" && n.name != "exception" {
					continue // as its functions see them by the same means
				}
				levels = 100_000 // which is as good, as no frame has less than eighty bytes
			}
			if wrap == nil {
				maker, _, _ := globals["makers"].(*starlark.Dict).Get(starlark.String(n.name))
				thread := new(starlark.Thread)
				wrap = func(x starlark.Value) starlark.Value {
					v, err := starlark.Call(thread, maker, starlark.Tuple{x}, nil)
					if err != nil {
						t.Fatalf("%s: %v", n.name, err)
					}
					return v
				}
			}
			var pair starlark.Tuple
			for range 2 {
				var x starlark.Value = starlark.String("x")
				for range levels {
					x = wrap(x)
				}
				pair = append(pair, x)
				if n.native == nil { // to compare them is to compare who they are
					pair = append(pair, wrap(x))
					break
				}
			}
			for use := range starlark.Elements(globals["uses"].(*starlark.List)) {
				use := use.(starlark.Tuple)
				v, err := rt.Call(context.Background(), use[1].(starlark.Callable), pair, nil)
				if s, ok := v.(starlark.String); ok && len(s) > 16<<20 {
					t.Errorf("%s: %s of %s has %d bytes", file, use[0], n.name, len(s))
				}
				var known *py.Exception
				var limit *LimitError
				if err != nil && !errors.As(err, &known) && !errors.As(err, &limit) {
					t.Errorf("%s: %s of %s: %v; want an exception", file, use[0], n.name, err)
				}
				if text := FormatError(err); len(text) > 20_000 && limit == nil {
					t.Errorf("%s: the error of %s of %s has %d bytes", file, use[0], n.name, len(text))
				}
			}
		}
	}
}
