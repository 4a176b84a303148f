package pysyntax

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func TestBlocks(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"target of two arguments", "try: raise IOError(2, 'no')\nexcept IOError, (code, text): print code, text", "2 no\n"},
		{"target in brackets", "try: raise IOError(2, 'no')\nexcept IOError, [a, (b)]: print a, b", "2 no\n"},
		{"target that is an attribute", "o = object()\ntry: raise ValueError(1)\nexcept ValueError, o.e: print o.e", "1\n"},
		{"classes are looked up one by one", "try: raise KeyError(1)\nexcept (ValueError, KeyError): print 'k'\nexcept nothing: print 'n'", "k\n"},
		{"unknown class", "try: raise KeyError(1)\nexcept nothing: print 'n'", "error: 2:8: NameError: name 'nothing' is not defined"},
		{"not caught", "try: raise KeyError(1)\nexcept ValueError: print 'n'", "error: 1:1: KeyError: 1"},
		{"exit is caught", "try: exit(1)\nexcept: print 'n'\nfinally: print 'f'", "n\nf\n"},
		{"exit is no Exception", "try: exit(1)\nexcept Exception: print 'n'\nfinally: print 'f'", "f\nerror: 1:1: SystemExit: 1"},
		{"raise forms", `
for a in [1, 2, 3, 4, 5]:
  try:
    if a == 1: raise ValueError
    if a == 2: raise ValueError, 'v'
    if a == 3: raise ValueError, ('v', 'w')
    if a == 4: raise ValueError('x'), None
    if a == 5: raise 'text'
  except Exception, e: print e.__class__.__name__, e, '/',
`, "ValueError  / ValueError v / ValueError ('v', 'w') / ValueError x / TypeError exceptions must be old-style classes or derived from BaseException, not string /"},
		{"assert", `
try: assert 1, nothing
except Exception, e: print 'no'
try: assert 0
except AssertionError, e: print 1, e
try: assert [], 'm'
except AssertionError, e: print 2, e
`, "1 \n2 m\n"},
		{"handled exception", `
def f():
  try: raise KeyError('k')
  except KeyError: pass
  return exc_info()
def g(): return exc_info()
print exc_info()
try: raise ValueError('v')
except ValueError: print g(), f(), g()
print exc_info(), f(), exc_info()
`, "None\nv 'k' v\nv 'k' v\n"},
		{"raise again from a function", `
def f(): raise
try:
  try: raise ValueError('v')
  except ValueError: f()
except ValueError, e: print 'again', e
`, "again v\n"},
		{"globals", `
x = 1
def f():
  global x, y
  x += 1
  y = x * 10
  def g():
    global z
    z = [x, y]
  g()
f()
print x, y, z
def h():
  x = 5
  def i():
    global x
    return x
  return i()
print h()
def j():
  global k
  import httplib as k
  for x in [7]: pass
  return x
print j(), x, k.OK
`, "2 20 [2, 20]\n2\n7 2 200\n"},
		{"global before its first value", "def f():\n  global x\n  x += 1\nf()", "error: 3:3: NameError: name 'x' is not defined"},
		{"a built-in name of one's own", "try: len = len\nexcept NameError: print 'no'\nprint len([1])", "1\n"},
		{"a built-in name's own meaning first", "str = str(1) + 'a'\ndef f(): return str, sys\nimport httplib as sys\nif 0: len = 1\nprint str, f()[1].OK, len('ab')", "1a 200 2\n"},
		{"a name that may be missing", "try: unicode\nexcept NameError: unicode = str\nprint unicode(1)", "1\n"},
		{"module level", `
try:
  import json
except ImportError: json = None
except RuntimeError, e:
  json = e
def f(): return json
for i in [1, 2]:
  try:
    if i == 1: continue
    break
  finally: print i,
print json, f(), i
`, "1 2 ImportError: No module named json ImportError: No module named json 2\n"},
		{"del", `
x = 1
del x
try: print x
except NameError, e: print e
def f(a, b):
  c = 1
  del a, (b, c)
  try: return c
  except NameError, e: print e
  a = 2
  return a
print f(1, 2)
d = {1: 2, 3: 4}
del d[1]
print d
o = object()
o.a = 1
del o.a
try: print o.a
except NameError: print 'gone'
del ()
`, "name 'x' is not defined\nlocal variable 'c' referenced before assignment\n2\n{3: 4}\ngone\n"},
		{"slices", "x = [1]\ntry: x[1:2] = 'v'\nexcept TypeError, e: print e\ntry: del x[:3]\nexcept TypeError, e: print e",
			"$setslice(\"v\", [1], 1, 2, None)\n$delslice([1], None, 3, None)\n"},
		{"boxed names everywhere", `
def f(a, b=1, *args, **kw):
  'doc'
  def g(x=a): return x, a, args
  try:
    a = 2
    b, [c, d] = 3, (4, 5)
    for e in [6]: pass
    args += (7,)
    def h(): return h and a
    from httplib import OK as ok
    with manager(8) as m: pass
    lam = lambda a, x=a: (a, x, b)
    comp = [a + i for i in [b]]
    d2 = {a: b for a in [c]}
  finally: pass
  return g(), a, b, c, d, e, args, kw, h() == a, ok, m.name, lam(9), comp, d2
print f(0, q=1)
`, "enter 8\nexit 8\n((0, 2, (7,)), 2, 3, 4, 5, 6, (7,), {'q': 1}, True, 200, 8, (9, 2, 3), [5], {4: 3})\n"},
		{"list comprehensions leak", `
x = y = 0
a = [x for x in [1, 2]]
print x,
b = list(y for y in [3]); c = {y: 1 for y in [4]}; d = {y for y in [5]}
print y,
def f(z):
  [[z, w] for z in [7] for w in [8, 9] if z]
  return z, w
print f(0),
def g(): return [v for v in [1]], v
try: g()
except NameError: print 'no'
[u for u in []]
print [[t for t in [s]] for s in [6]], s, t, g()
`, "2 0 (7, 9) [[6]] 6 6 ([1], 1)\n"},
		{"generators are lazy", `
def f(x):
  print x,
  return x
print any(f(x) for x in [0, 1, 2])
print any(f(x) > 2 for y in [[1, 2], [3, 4]] if y for x in y if x != 2)
g = (f(x) for x in [1, 2])
print 'made'
for i in g: print 'got', i
try: all(f(x) for x in [1, 'a'] if x + 1)
except Exception, e: print 'failed'
print sum_of(n * n for n in [1, 2]), ','.join(str(n) for n in [1, 2]), sorted((n for n in [2, 1]), reverse=True)
`, "0 1 True\n1 3 True\nmade\n1 got 1\n2 got 2\n1 failed\nerror: 12:7: NameError: name 'sum_of' is not defined"},
		{"while", `
i = 0
while i < 5:
  i += 1
  if i == 2: continue
  if i == 4: break
  print i,
else: print 'no'
while i: i -= 1
else: print 'else', i
`, "1 3 else 0\n"},
		{"nested loops in blocks", `
for i in [1, 2, 3]:
  for j in [1, 2, 3]:
    try:
      with manager(j):
        if j == 1: continue
        if i == 2: break
        if i == 3: raise ValueError
    except ValueError: break
    print i, j
  else: print 'else'
`, "enter 1\nexit 1\nenter 2\nexit 2\n1 2\nenter 3\nexit 3\n1 3\nelse\nenter 1\nexit 1\nenter 2\nexit 2\nenter 1\nexit 1\nenter 2\nexit 2\n"},
		{"main", "if __name__ == '__main__':\n  pass", "error: 1:4: NameError: name '__name__' is not defined"},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkRun(t, c.src, Config{Mode: Script}, c.want)
		})
	}
}

func TestBlocksAtThePrompt(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"try:\n  x = 1 / 0\nexcept Exception as e:\n  print 'caught'\n", "caught\n"},
		{"try: raise ValueError(1)\nexcept ValueError, e: print(e)", "fn:ValueError(1,)\n"},
		{"for i in [1]: pass\nelse: print i, [i for i in [2]], i", "1 [2] 1\n"}, // Starlark's comprehensions
		{"x = 1\ndel x\nassert x", "error: 3:8: NameError: name 'x' is not defined"},
		{"any(x for x in [1])\ngenerator = sum_ = 1", ""},
	} {
		checkRun(t, c.src, Config{}, c.want)
	}
}

func TestBlockSyntaxErrors(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"try:\n  pass\nx", "3:1: unexpected 'x', want except or finally"},
		{"try:\n  pass\nelse: pass", "3:1: unexpected 'else', want except or finally"},
		{"try: pass\nexcept: pass\nexcept A: pass", "2:1: the except that catches everything must be the last"},
		{"try: pass\nexcept A, f(): pass", "2:12: cannot assign to a function call"},
		{"try: break\nfinally: pass", "1:6: break outside a loop"},
		{"with a:\n  continue", "2:3: continue outside a loop"},
		{"for i in x: pass\nelse: break", "2:7: break outside a loop"},
		{"def f():\n  try: break\n  except: continue\n", "2:8: break outside a loop\n3:11: continue outside a loop"},
		{"try: return 1\nexcept: return", "1:6: return outside a function\n2:9: return outside a function"},
		{"while 1:\n  def f():\n    with a: break\n", "3:13: break outside a loop"},
		{"del f()", "1:1: del takes a name, an attribute, an item or a slice"},
		{"def f(x):\n  global x", "2:10: name 'x' is a parameter and global"},
		{"global", "1:7: unexpected end of line, want a name"},
		{"raise a, b, c, d", "1:14: unexpected ',', want the end of the statement"},
		{"raise a from b", "1:9: raise … from is Python 3's; leave the cause out"},
		{"with a as f(): pass", "1:12: cannot assign to a function call"},
		{"x = lambda: ([y for y in z], y)\ndel x", "1:30: using the variable of a list comprehension after it is not supported in a lambda; rename one of them"},
		{"try: x = `1`\nfinally: yield", "1:10: backquotes are not supported; write repr(…)\n2:10: generators (yield) are not supported; collect the values in a list and return it"},
	} {
		if got := syntaxErrors(c.src, Config{Mode: Script}); got != c.want {
			t.Errorf("Parse(%q) = %q; want %q", c.src, got, c.want)
		}
	}
}

func TestBlocksThatNeedMore(t *testing.T) {
	for _, c := range []struct {
		src  string
		want bool
	}{
		{"try:\n", true},
		{"try:\n  x\n", true},
		{"try:\n  x\n\n", false}, // an error, said at once
		{"try:\n  x\nexcept A, e:\n", true},
		{"try:\n  x\nexcept A, e:\n  y\n", true},
		{"try:\n  x\nexcept A, e:\n  y\n\n", false},
		{"try: x\nfinally: y\n", true},
		{"with a as b:\n", true},
		{"with a as b:\n  c\n\n", false},
		{"for x in y: z\nelse:\n", true},
		{"del x\n", false},
		{"raise\n", false},
		{"assert x, (\n", true},
	} {
		if got := NeedsMore(c.src, Interactive); got != c.want {
			t.Errorf("NeedsMore(%q) = %t; want %t", c.src, got, c.want)
		}
	}
}

// TestTracebacksShowTheAuthorsCalls runs a failure in nested blocks and reads its stack as FrameFunction
// says.
func TestTracebacksShowTheAuthorsCalls(t *testing.T) {
	src := `
def f():
  for i in [1]:
    try:
      with manager(1):
        try:
          g()
        finally: pass
    except KeyError: pass
def g():
  x = any(1 / y for y in [0])
try:
  f()
finally:
  pass
`
	w := new(world)
	env := w.predeclared()
	file, err := Parse("x.py", src, Config{Mode: Script})
	if err != nil {
		t.Fatal(err)
	}
	prog, err := starlark.FileProgram(file, env.Has)
	if err != nil {
		t.Fatal(err)
	}
	// The stack as it was where the program failed: the first call of $finally sees it.
	var stack []string
	thread := new(starlark.Thread)
	env[FinallyName] = starlark.NewBuiltin(FinallyName, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		v, err := w.call(thread, args[0])
		var eval *starlark.EvalError
		if errors.As(err, &eval) && stack == nil {
			for _, fr := range eval.CallStack {
				name, block := FrameFunction(fr.Name)
				if name == "" || fr.Pos.Filename() != "x.py" {
					continue
				}
				if block {
					stack = stack[:len(stack)-1]
				}
				stack = append(stack, name+" "+strings.TrimPrefix(fr.Pos.String(), "x.py:"))
			}
		}
		return starlark.Tuple{v, starlark.None}, err
	})
	if _, err := prog.Init(thread, env); err == nil {
		t.Fatal("the program did not fail")
	}
	want := []string{"<toplevel> 13:4", "f 7:12", "g 11:10", "lambda 11:13"}
	if !slices.Equal(stack, want) {
		t.Errorf("stack = %q; want %q", stack, want)
	}
}

func TestFrameFunction(t *testing.T) {
	for _, c := range []struct {
		name, function string
		block          bool
	}{
		{"f", "f", false}, {"<toplevel>", "<toplevel>", false}, {"$try", "", false},
		{"f$1", "f", true}, {"<toplevel>$12", "<toplevel>", true}, {blockName("g", 3), "g", true},
	} {
		if function, block := FrameFunction(c.name); function != c.function || block != c.block {
			t.Errorf("FrameFunction(%q) = %q, %t; want %q, %t", c.name, function, block, c.function, c.block)
		}
	}
}

func TestNamesInBoxes(t *testing.T) {
	src := "try: a = 1\nexcept A, b: del c\ndef f():\n  global d, e\n  d = 1\n  try: g = 1\n  except: pass\n[h for i in [[j for j in k] for h in l]]; m = h\n"
	f, err := Parse("x.py", src, Config{Mode: Script})
	if err != nil {
		t.Fatal(err)
	}
	got, want := Names(f), strings.Fields("a b d f h m")
	if !slices.Equal(got, want) {
		t.Errorf("Names = %q; want %q", got, want)
	}
}

// TestUnknownNames: without Known the resolver refuses what nothing binds.
func TestUnknownNames(t *testing.T) {
	f, err := Parse("x.py", "def f(): return nothing", Config{Mode: Script})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := starlark.FileProgram(f, func(string) bool { return false }); err == nil {
		t.Error("without Known, an unknown name is accepted")
	}
	f, err = Parse("x.py", "def f(): return nothing", Config{Mode: Script, Known: func(string) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := starlark.FileProgram(f, func(name string) bool { return name == GlobalName }); err != nil {
		t.Errorf("with Known, an unknown name is refused: %v", err)
	}
}

// TestNodesAreNotShared: the resolver notes in each name what it means in its place.
func TestNodesAreNotShared(t *testing.T) {
	for _, src := range append(slices.Clone(pythonTexts), starlarkTexts...) {
		f, err := Parse("x.py", src, Config{Mode: Script, Exports: func(string) ([]string, error) { return nil, nil }})
		if err != nil {
			continue
		}
		seen := make(map[syntax.Node]bool)
		syntax.Walk(f, func(n syntax.Node) bool {
			if _, load := n.(*syntax.LoadStmt); n == nil || load { // Starlark's parser shares in there
				return !load
			}
			if seen[n] {
				t.Errorf("Parse(%q) holds the node at %v twice", src, syntax.Start(n))
			}
			seen[n] = true
			return true
		})
	}
}

// BenchmarkTry is one try statement that assigns to a variable, with and without an exception.
func BenchmarkTry(b *testing.B) {
	for _, c := range []struct{ name, body string }{
		{"outcome=ok", "x = i"}, {"outcome=raise", "raise ValueError"}, {"outcome=return", "return i"},
	} {
		b.Run(c.name, func(b *testing.B) {
			src := "def f(i):\n  x = 0\n  try:\n    " + c.body + "\n  except ValueError:\n    x = 1\n  return x\n"
			globals, err := new(world).run(src, Config{Mode: Script})
			if err != nil {
				b.Fatal(err)
			}
			thread := new(starlark.Thread)
			args := starlark.Tuple{starlark.MakeInt(1)}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := starlark.Call(thread, globals["f"], args, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
