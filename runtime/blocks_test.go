package runtime

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/racetest"
)

// The outputs are CPython 2.7.18's, but where a comment says otherwise.
var blockTests = []struct{ name, src, want string }{
	{"try", `
try:
    print 1
except ValueError:
    print 2
else:
    print 3
finally:
    print 4
`, "1\n3\n4\n"},
	{"except", `
for x in [KeyError("k"), IndexError(5), ValueError("v", 1), IOError(2, "no")]:
    try:
        raise x
    except (KeyError, IndexError), e:
        print "lookup", e, repr(e)
    except ValueError as e:
        print "value", e.args
    except EnvironmentError, (errno, text):
        print "errno", errno, text
`, "lookup 'k' KeyError('k',)\nlookup 5 IndexError(5,)\nvalue ('v', 1)\nerrno 2 no\n"},
	{"raise forms", `
import sys
for args in [(ValueError,), (ValueError, "x"), (ValueError, ("x", 2)), (ValueError, KeyError("k")), (KeyError, KeyError("k")), (ValueError("y"),)]:
    try:
        if len(args) == 1: raise args[0]
        raise args[0], args[1]
    except Exception as e:
        print repr(e)
`, "ValueError()\nValueError('x',)\nValueError('x', 2)\nValueError(KeyError('k',),)\nKeyError('k',)\nValueError('y',)\n"},
	{"wrong raises", `
def none(): raise
def text(): raise "text"
def number(): raise 5
def value(): raise ValueError("x"), "y"
for f in [none, text, number, value]:
    try:
        f()
    except TypeError as e:
        print e
`, "exceptions must be old-style classes or derived from BaseException, not NoneType\n" +
		"exceptions must be old-style classes or derived from BaseException, not str\n" +
		"exceptions must be old-style classes or derived from BaseException, not int\n" +
		"instance exception may not have a separate value\n"},
	{"bare raise", `
def again():
    raise
def f():
    try:
        raise ValueError("first")
    except ValueError:
        try:
            again()
        except ValueError as e:
            print "inner", e
        raise
try:
    f()
except ValueError as e:
    print "outer", e
try:
    raise KeyError("module")
except KeyError:
    try:
        again()
    except KeyError as e:
        print e
`, "inner first\nouter first\n'module'\n"},
	{"finally", `
def f(how):
    for i in range(3):
        try:
            if how == "return": return i
            if how == "break": break
            if how == "continue": continue
            if how == "raise": raise ValueError("x")
        finally:
            print "finally", i,
    print "end",
print f("return")
print f("break")
print f("continue")
try:
    f("raise")
except ValueError as e:
    print e
`, "finally 0 0\nfinally 0 end None\nfinally 0 finally 1 finally 2 end None\nfinally 0 x\n"},
	{"finally hides", `
def f():
    try:
        raise ValueError("x")
    finally:
        return "hidden"
print f()
`, "hidden\n"},
	{"no match goes on", `
def f():
    try:
        {}["k"]
    except ValueError:
        print "no"
    finally:
        print "cleanup"
try:
    f()
except KeyError, e:
    print repr(e)
`, "cleanup\nKeyError('k',)\n"},
	{"interpreter's errors", `
def local():
    print nothing
    nothing = 1
for f in [lambda: [][1], lambda: 1 / 0, lambda: "a".nosuch, lambda: "a" + 1, local, lambda: int("x")]:
    try:
        f()
    except StandardError as e:
        print e.__class__.__name__,
print
`, "IndexError ZeroDivisionError AttributeError TypeError UnboundLocalError ValueError\n"},
	{"assert", `
try:
    assert 1 == 2, "sums"
except AssertionError as e:
    print e.args
try:
    assert False
except AssertionError as e:
    print e.args
assert True, 1 / 0
`, "('sums',)\n()\n"},
	{"with", `
class_ = []
def manager(name):
    def exit(a, b, c):
        class_.append("exit " + name)
    return struct(__enter__=lambda: class_.append("enter " + name) or name, __exit__=exit)
with manager("a") as a, manager("b") as b:
    class_.append(a + b)
try:
    with manager("c"):
        raise ValueError("x")
except ValueError:
    class_.append("caught")
def f():
    with manager("d"):
        with manager("e"):
            return 1
f()
print class_
with struct(close=lambda: class_.append("close")) as c: pass
print class_[-1]
try:
    with 5: pass
except AttributeError as e:
    print e
`, "['enter a', 'enter b', 'ab', 'exit b', 'exit a', 'enter c', 'exit c', 'caught', 'enter d', 'enter e', 'exit e', 'exit d']\nclose\n__exit__\n"},
	{"global", `
n = 0
def bump():
    global n, made
    n += 1
    made = n * 10
bump()
bump()
print n, made
`, "2 20\n"},
	{"del", `
x = 1
del x
try:
    print x
except NameError as e:
    print e
try:
    del x
except NameError as e:
    print e
def f():
    y = 1
    del y
    try:
        print y
    except UnboundLocalError as e:
        print e
    del y
try:
    f()
except NameError as e:
    print e
d = {"a": 1, "b": 2}
del d["a"]
print d
try:
    del d["a"]
except KeyError as e:
    print repr(e)
`, "name 'x' is not defined\nname 'x' is not defined\nlocal variable 'y' referenced before assignment\n" +
		"local variable 'y' referenced before assignment\n{'b': 2}\nKeyError('a',)\n"},
	{"del items", `
x = range(10)
x = list(x)
del x[0]
del x[-1], x[2]
print x
del x[1:3]
print x
del x[::2]
print x
del x[:]
print x
for key in [0, -1, "a"]:
    try:
        del x[key]
    except (IndexError, TypeError) as e:
        print e
try:
    del (1, 2)[0]
except TypeError as e:
    print e
`, "[1, 2, 4, 5, 6, 7, 8]\n[1, 5, 6, 7, 8]\n[5, 7]\n[]\nlist assignment index out of range\nlist assignment index out of range\n" +
		"list indices must be integers, not str\n'tuple' object doesn't support item deletion\n"},
	{"slice assignment", `
x = list(range(8))
x[1:3] = "ab".elems()
x[5:] = []
print x
x[::2] = (7, 8, 9)
print x
x[10:] = [1]
x[3:1] = ["in"]
print x
x[::-1] = [1, 2, 3, 4, 5, 6, 7]
print x
x[-100:2] = []
print x
for value in [[1], 5]:
    try:
        x[::2] = value
    except (ValueError, TypeError) as e:
        print e
`, "[0, 'a', 'b', 3, 4]\n[7, 'a', 8, 3, 9]\n[7, 'a', 8, 'in', 3, 9, 1]\n[7, 6, 5, 4, 3, 2, 1]\n[5, 4, 3, 2, 1]\n" +
		"attempt to assign sequence of size 1 to extended slice of size 3\ncan only assign an iterable\n"},
	{"generators", `
seen = []
def note(x):
    seen.append(x)
    return x
xs = [1, 2, 3, 4]
g = (note(x) * 10 for x in xs if x % 2 == 0)
print seen
print g.next(), seen
xs.append(6)
print list(g), seen
print list(g)
try:
    g.next()
except StopIteration as e:
    print repr(e)
print sorted((a, b) for a in [2, 1] for b in "xy".elems())
print any(x > 1 for x in xs), xs.append(7)
try:
    list(1 // (2 - x) for x in xs)
except ZeroDivisionError:
    print "divided", attempt(list, (y for y in [1])).value
`, "[]\n20 [2]\n[40, 60] [2, 4, 6]\n[]\nStopIteration()\n[(1, 'x'), (1, 'y'), (2, 'x'), (2, 'y')]\nTrue None\ndivided [1]\n"},
	{"loop else", `
for x in [1, 2]:
    if x == 3: break
else:
    print "none"
while True:
    break
else:
    print "not printed"
`, "none\n"},
	{"exit", `
import sys
try:
    try:
        sys.exit(3)
    except Exception:
        print "not caught"
    finally:
        print "cleanup"
finally:
    print "more"
print "not reached"
`, "cleanup\nmore\n"},
}

func TestBlocks(t *testing.T) {
	for _, tt := range blockTests {
		rt, out := newRuntime(t, Config{})
		_, err := rt.Run(context.Background(), "x.py", []byte(tt.src))
		var exit *ExitError
		if err != nil && !(tt.name == "exit" && errors.As(err, &exit) && exit.Code == 3) {
			t.Errorf("%s: %s", tt.name, FormatError(err))
		}
		if out.String() != tt.want {
			t.Errorf("%s: printed\n%s\nwant\n%s", tt.name, out, tt.want)
		}
	}
}

// TestBlocksInSession runs the same texts as one item of a session each: the
// statements mean the same there, and its variables are the session's.
func TestBlocksInSession(t *testing.T) {
	for _, tt := range blockTests {
		rt, out := newRuntime(t, Config{})
		s := rt.NewSession()
		_, err := s.Eval(context.Background(), "x.py", tt.src)
		if err != nil && tt.name != "exit" {
			t.Errorf("%s: %s", tt.name, FormatError(err))
		}
		if out.String() != tt.want {
			t.Errorf("%s: printed\n%s\nwant\n%s", tt.name, out, tt.want)
		}
		for name := range s.Globals() {
			if strings.Contains(name, "$") {
				t.Errorf("%s: the session has a variable %s", tt.name, name)
			}
		}
		s.Close()
	}
}

func TestBlockGlobals(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	globals, err := rt.Run(context.Background(), "x.py", []byte(`
def set():
    global a
    a = [1]
set()
b = 2
try:
    c = 3
finally:
    d = 4
del b
def get(): return (a, c, d)
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	if got, want := strings.Join(globals.Keys(), " "), "a c d get set"; got != want {
		t.Errorf("globals %s; want %s", got, want)
	}
	if err := globals["a"].(*starlark.List).Append(starlark.None); err == nil {
		t.Error("a global variable that a function assigned is not frozen")
	}
	if v, err := rt.Call(context.Background(), globals["get"].(starlark.Callable), nil, nil); err != nil || v.String() != "([1], 3, 4)" {
		t.Errorf("get() = %v, %v", v, err)
	}
}

func TestBlockTracebacks(t *testing.T) {
	tests := []struct{ src, want string }{
		{`
def inner():
    return {}["k"]
def outer():
    try:
        inner()
    except ValueError:
        pass
outer()
`, `Traceback (most recent call last):
  x.py:9:6: in <toplevel>
    outer()
         ^
  x.py:6:14: in outer
    inner()
         ^
  x.py:3:14: in inner
    return {}["k"]
             ^
KeyError: 'k'
`},
		{`
def f():
    try:
        raise ValueError("x")
    except ValueError:
        raise
try:
    f()
finally:
    print "cleanup"
`, `Traceback (most recent call last):
  x.py:8:6: in <toplevel>
    f()
     ^
  x.py:4:9: in f
    raise ValueError("x")
    ^
ValueError: x
`},
		{`
try:
    with struct(close=lambda: 1 / 0):
        pass
except KeyError:
    pass
`, `Traceback (most recent call last):
  x.py:3:5: in <toplevel>
    with struct(close=lambda: 1 / 0):
    ^
  x.py:3:33: in lambda
    with struct(close=lambda: 1 / 0):
                                ^
ZeroDivisionError: integer division or modulo by zero
`},
	}
	for _, tt := range tests {
		if got := FormatError(failing(t, Config{}, "x.py", tt.src)); got != tt.want {
			t.Errorf("%s\nFormatError:\n%s\nwant\n%s", tt.src, got, tt.want)
		}
	}
}

// TestBlocksDoNotCatch has try statements meet what nothing may catch.
func TestBlocksDoNotCatch(t *testing.T) {
	racetest.OneGoroutine(t)
	for _, src := range []string{
		"while True:\n  try:\n    while True: pass\n  except:\n    pass\n  finally:\n    print 'x'\n",
		"def f():\n  for x in (y for y in [f] if not y()): pass\ntry:\n  while True: f()\nexcept:\n  while True: pass",
	} {
		err := failing(t, Config{Limits: Limits{Steps: 200_000}}, "x.py", src)
		var limit *LimitError
		if !errors.As(err, &limit) {
			t.Errorf("%s\n%v; want a LimitError", src, err)
		}
	}
	src := "def f():\n  try:\n    f()\n  finally:\n    pass\nf()"
	if err := failing(t, Config{}, "x.py", src); err.Error() != "RuntimeError: maximum recursion depth exceeded" {
		t.Errorf("recursion through try: %v", err)
	}
}
