package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"starwire/runtime"
)

// TestIteratorsHeedLimits: loops that call nothing of the script's end by the limit of steps.
func TestIteratorsHeedLimits(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Limits: runtime.Limits{Steps: 20_000}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []string{
		"list(itertools.islice(itertools.count(), 10**9, None))",
		"list(itertools.islice(itertools.count(), 10**9))",
		"itertools.ifilter(None, itertools.repeat(0)).next()",
		"itertools.ifilterfalse(None, itertools.repeat(1)).next()",
		"itertools.chain.from_iterable(itertools.repeat([])).next()",
		"itertools.compress(itertools.count(), itertools.repeat(0)).next()",
		"itertools.dropwhile(bool, itertools.repeat(1)).next()",
		"[k for k, g in itertools.groupby(itertools.repeat(1))]",
		"list(itertools.cycle([1]))",
		"list(itertools.product(xrange(10), repeat=20))",
		"list(itertools.permutations(xrange(100)))",
		"list(itertools.combinations(xrange(100), 50))",
		"zip(itertools.count(), itertools.count())",
		"sum(itertools.imap(abs, itertools.count()))",
		"collections.deque(itertools.count(), 5)",
		"collections.Counter(itertools.repeat('x'))",
		"collections.Counter(xrange(15000)).most_common(1)",
		"collections.OrderedDict(itertools.repeat(('x', 1)))",
		"sum(1 for x in collections.Counter(a=10**18).elements())",
		"operator.countOf(itertools.count(), -1)",
		"-1 in itertools.count()",
		"-1 in (n for n in itertools.count())",
		"operator.contains(itertools.repeat(0), 1)",
		"functools.reduce(max, itertools.count())",
		"collections.deque([0] * 10000).count(1), collections.deque(range(100000)) == collections.deque(range(100000))",
	} {
		_, err := rt.Run(context.Background(), "x.py", []byte("import itertools, operator, functools, collections\n"+x+"\n"))
		var limit *runtime.LimitError
		if !errors.As(err, &limit) || limit.Limit != "steps" {
			t.Errorf("%s: %v; want the limit of steps", x, err)
		}
	}
}

// TestNestedIterators: iterators in each other are an error before they fill the stack.
func TestNestedIterators(t *testing.T) {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrap := range []string{
		"itertools.chain(it)", "itertools.islice(it, 5)", "itertools.imap(abs, it)", "itertools.izip(it)", "itertools.takewhile(bool, it)",
		"itertools.tee(it)[0]", "itertools.cycle(it)", "itertools.chain.from_iterable([it])", "enumerate(it)", "itertools.groupby(it)",
	} {
		src := "it = iter([1])\nfor i in xrange(10000):\n    it = " + wrap + "\nit.next()\n"
		if _, err := rt.Run(context.Background(), "x.py", []byte(src)); err == nil || !strings.Contains(err.Error(), "maximum recursion depth exceeded") {
			t.Errorf("%s: %v; want a RuntimeError", wrap, err)
		}
	}
}

// TestDefaultFactoryThreads: what makes the default runs wherever the dict has come to.
func TestDefaultFactoryThreads(t *testing.T) {
	dir := t.TempDir()
	lib := "import collections, itertools\ndef make():\n    return collections.defaultdict(lambda: [len('default')])\n"
	if err := os.WriteFile(filepath.Join(dir, "lib.py"), []byte(lib), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, src, want string }{
		{"of a module", "import lib\nd = lib.make()\nd['x'].append(1)\nprint d['x'], 'y' in d\n", "[7, 1] False\n"},
		{"of a parallel call", `
import collections
def work(n):
    return collections.defaultdict(lambda: n * 10)
for d in parallel(work, [1, 2]):
    try:
        print d['x']
    except TypeError, e:
        print e
`, "10\n20\n"},
		{"in a parallel call", `
import collections
d = collections.defaultdict(list, a=[1])
c = collections.Counter('aab')
q = collections.deque('ab')
def work(k):
    try:
        return d[k], (c + c)[k], k in q, repr(c)
    except TypeError, e:
        return str(e)
print parallel(work, ['a', 'z'])
`, "[([1], 4, True, \"Counter({'a': 2, 'b': 1})\"), 'cannot change frozen defaultdict']\n"},
		{"that calls itself", `
import collections
d = collections.defaultdict(lambda: d['x'])
try:
    d['y']
except RuntimeError, e:
    print e
`, "maximum recursion depth exceeded\n"},
	} {
		var out bytes.Buffer
		rt, err := runtime.New(runtime.Config{Stdout: &out, Permissions: runtime.Permissions{Read: []string{dir}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = rt.Run(context.Background(), filepath.Join(dir, "main.py"), []byte(test.src)); err != nil || out.String() != test.want {
			t.Errorf("%s: %q, %v; want %q", test.name, out.String(), err, test.want)
		}
	}
}

// TestDefaultFactoryInSession: the thread of the chunk that made the dict has ended.
func TestDefaultFactoryInSession(t *testing.T) {
	var out bytes.Buffer
	rt, err := runtime.New(runtime.Config{Stdout: &out, Limits: runtime.Limits{Steps: 100_000}})
	if err != nil {
		t.Fatal(err)
	}
	s := rt.NewSession()
	defer s.Close()
	for _, chunk := range []string{
		"d = collections.defaultdict(lambda: [0])\nforever = collections.defaultdict(lambda: sum(itertools.count()))\n",
		"d['x'][0] += 1\nd['x'][0] += 1\nprint(d['x'], len(d))\n",
	} {
		if err := s.Run(context.Background(), "chunk", []byte(chunk)); err != nil {
			t.Fatal(runtime.FormatError(err))
		}
	}
	if got := out.String(); got != "[2] 1\n" {
		t.Errorf("printed %q; want %q", got, "[2] 1\n")
	}
	if err := s.Run(context.Background(), "chunk", []byte("def f():\n    n = 0\n    while True:\n        n += 1\nforever.default_factory = f\nforever[1]\n")); err == nil {
		t.Error("a factory without an end came to one")
	}
}

// TestCollectionsInStarlark: .star files have the same classes, with the operators of the language.
func TestCollectionsInStarlark(t *testing.T) {
	var out bytes.Buffer
	rt, err := runtime.New(runtime.Config{Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	src := `
load("collections", "Counter", "OrderedDict", "defaultdict", "deque", "namedtuple")
d = defaultdict(list)
d["a"].append(1)
d["b"] += [2]
count = Counter()
for c in "banana".elems():
    count[c] += 1
o = OrderedDict([("z", 1), ("a", 2)])
q = deque([1, 2], maxlen = 2)
q.append(3)
Point = namedtuple("Point", "x y")
p = Point(1, y = 2)
print("c" in d, d == {"a": [1], "b": [2]}, {"a": [1], "b": [2]} == d, d == {}, dict(d) == d, len(d))
print(count.most_common(1), count["q"], (count + count)["a"], (count - count) == {}, (count | Counter("q"))["q"])
print(o, o == {"a": 2, "z": 1}, o == OrderedDict([("a", 2), ("z", 1)]), json.dumps(o), o.popitem())
print(q, 3 in q, q[-1], list(q), q == deque([2, 3]), [x for x in q], len(q))
print(p, p.x, p._asdict(), sorted([Point(2, 1), p])[0] == p, isinstance(o, OrderedDict))
print(list(itertools.islice(itertools.count(1), 3)), [x for x in itertools.chain([1], [2])], sorted({"b": 1, "a": 2}.items(), key = operator.itemgetter(1)))
def kw(**kwargs):
    return kwargs
print(kw(**o), [k for k in o], "%(z)s" % o, functools.partial(kw, a = 1)(b = 2))
`
	want := `False True True False True 2
[("a", 3)] 0 6 True 1
OrderedDict([('z', 1)]) True False {"z": 1, "a": 2} ("a", 2)
deque([2, 3], maxlen=2) True 3 [2, 3] True [2, 3] 2
Point(x=1, y=2) 1 OrderedDict([('x', 1), ('y', 2)]) True True
[1, 2, 3] [1, 2] [("b", 1), ("a", 2)]
{"z": 1} ["z"] 1 {"a": 1, "b": 2}
`
	if _, err = rt.Run(context.Background(), "x.star", []byte(src)); err != nil {
		t.Fatal(runtime.FormatError(err))
	}
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
}
