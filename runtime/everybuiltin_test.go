package runtime

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

// everyOperand are the operands, and one value of each type with methods: those that
// change are made anew for each call. Every function is called with each of usual;
// worst has, for those that this does not keep busiest, what does.
const everyOperand = `
s = "a" * (1 << 20)
q = "%\n\t\u00e9'" * (1 << 17)
w = "Word " * 50000
csv = "a=1&b;" * 50000
l = list(range(50000))
ls = ["ab" * 20] * 20000
pairs = [("a", "b")] * 20000
t = tuple(l)
d = {str(i): i for i in range(20000)}
def power():
    x = 3
    for i in range(16): x = x * x
    return x
big = power()
huge = 1 << 62
r = range(1 << 40)
f = lambda *a: 1
head = "A: b\r\n" * 90
modules = {"httplib": httplib, "mimetypes": mimetypes, "os": os, "random": random, "sys": sys, "time": time}
makers = {
    "string": lambda: q, "bytes": lambda: bytes(w), "list": lambda: list(l), "dict": lambda: dict(d), "set": lambda: set(l[:20000]),
    "StringIO": lambda: StringIO.StringIO(w), "HTTPMessage": lambda: httplib.HTTPMessage(StringIO.StringIO(head)),
    "rfc822 Message": lambda: rfc822.Message(StringIO.StringIO(head)), "mimetools Message": lambda: mimetools.Message(StringIO.StringIO(head)),
    "LineAndFileWrapper": lambda: httplib.LineAndFileWrapper(w, StringIO.StringIO(s)),
    "HTTPResponse": lambda: httplib.HTTPResponse("HTTP/1.1 200 OK\r\n" + head + "\r\n" + s),
    "HTTPConnection": lambda: httplib.HTTPConnection("h"), "HTTP": lambda: httplib.HTTP("h"),
    "socket": lambda: socket.socket(), "SSLContext": lambda: ssl.create_default_context(),
    "md5": lambda: hashlib.md5(), "HMAC": lambda: hmac.new("k"), "CookieJar": lambda: cookielib.CookieJar(), "SimpleCookie": lambda: Cookie.SimpleCookie(csv), "Morsel": lambda: Cookie.Morsel(), "UUID": lambda: uuid.uuid4(),
    "Compress": lambda: zlib.compressobj(), "Decompress": lambda: zlib.decompressobj(), "GzipFile": lambda: gzip.GzipFile(fileobj = StringIO.StringIO(""), mode = "wb"),
    "Request": lambda: urllib2.Request("http://h/", "x"), "OpenerDirector": lambda: urllib2.build_opener(),
    "deque": lambda: collections.deque(l), "Counter": lambda: collections.Counter(l[:20000]), "OrderedDict": lambda: collections.OrderedDict(d),
    "defaultdict": lambda: collections.defaultdict(list, d),
    "Random": lambda: random.Random(), "SystemRandom": lambda: random.SystemRandom(),
    "Pattern": lambda: re.compile("(a*)*b|(\\w+)"), "Match": lambda: re.match("(a*)", s[:1 << 18]), "matches": lambda: re.finditer("a", s),
    "time": lambda: time.now(), "SplitResult": lambda: urlparse.urlsplit("http://h/" + s), "ParseResult": lambda: urlparse.urlparse("http://h/" + s),
    "Result": lambda: attempt(int, "x"), "environ": lambda: os.environ, "stdin": lambda: sys.stdin, "stdout": lambda: sys.stdout,
    "server": lambda: testserver.start("ok"),
}
usual = [
    (s,), (l,), (big,), (q, "a"), (f, l),
]
worst = {
    "base64.b32decode": [(s, True)], "hashlib.pbkdf2_hmac": [("sha256", s, s, 1 << 40)], "hmac.new": [(s, s, hashlib.sha512)],
    "json.dumps": [(l, False, True, True, True, None, 1000)], "json.loads": [("[" * 1000000,), ("[" + "0," * 500000 + "0]",)],
    "json.indent": [("[" * 900 + "]" * 900, "", s)], "json.decode": [("{\"a\":" * 500000,)],
    "math.factorial": [(1000000,)], "math.fsum": [(l,)], "max": [(r,)], "min": [(r,)], "any": [([0] * 1000000,)], "all": [(r,)],
    "sorted": [(r,), ([big] * 1000,)], "list": [(r,)], "tuple": [(r,)], "set": [(r,), (range(0, 1 << 60, 1 << 40),)], "dict": [(zip(l, l),)],
    "enumerate": [(r,)], "reversed": [(r,)], "zip": [(r, r)], "parallel": [(f, r)], "repr": [(pairs,)], "str": [(pairs,)],
    "os.urandom": [(1 << 40,)], "random.sample": [(l, 50000), (r, 1 << 30)], "random.getrandbits": [(1 << 31,)], "random.shuffle": [(r,)],
    "re.compile": [("(a*)*" * 1000,), ("a{1000}" * 1000,), ("(" * 100000,)], "re.findall": [("(a*)*b|a", s)], "re.sub": [("a", "bb" * 1000, s), ("", s, s)],
    "re.split": [("a", s)], "re.match": [("(a*)*b", s)], "re.search": [("(a|a)*b", s)], "re.escape": [(q,)],
    "string.replace": [(s, "a", s), (s, "", s)], "string.zfill": [(s, 1 << 40)], "string.center": [(s, 1 << 40)], "string.expandtabs": [("\t" * 100000, 1 << 30)],
    "string.join": [(l, s), (ls, s)], "string.capwords": [(w,)], "string.maketrans": [(s, s)], "string.translate": [(s, s)], "string.count": [(s, "a" * 1000)],
    "string .replace": [("%", s), ("", s)], "string .join": [(d,), (ls,)], "string .format": [(s,)], "string .find": [("é'%" * 1000,)], "string .split": [("%",)],
    "py str.replace": [(s, "a", s), (s, "", s)], "py str.zfill": [(s, 1 << 40)], "py str.center": [(s, 1 << 40)], "py str.ljust": [(s, 1 << 40)], "py str.rjust": [(s, 1 << 40)],
    "py str.expandtabs": [("\t" * 100000, 1 << 30)], "py str.join": [(s, d), (s, ls), (q, q)], "py str.format": [("{0}" * 100000, s), ("{0:1000000000}", s), ("{" * 100000,)],
    "py str.split": [(s, "a")], "py str.encode": [(q, "hex"), (q, "base64"), (q, "zlib")], "py str.decode": [(q, "utf-8"), (s, "hex")], "py str.translate": [(s, None, "a")],
    "py range": [(1 << 40,)], "py map": [(None, r, r), (str, l)], "py filter": [(None, r)], "py reduce": [(f, r)], "py sum": [(r,), ([big] * 1000,)],
    "py pow": [(3, huge), (big, big), (big, big, big)], "py zip": [(r, r)], "py sorted": [(r,), (ls, None, f)], "py set": [(r,)], "py dict.fromkeys": [(r,)], "py list": [(r,)], "py tuple": [(r,)],
    "py cmp": [(l, list(l)), (big, big)], "py hash": [(s,), (t,)], "py int": [(str(huge) * 50000,), (s, 36)], "py long": [("9" * 1000000,)], "py float": [("9" * 1000000,)],
    "py hex": [(big,)], "py bin": [(big,)], "py oct": [(big,)], "py divmod": [(big, 7), (big, big)], "py round": [(0.5, huge)], "py max": [(r,)], "py min": [(r,)], "py any": [([0] * 1000000,)], "py all": [(r,)],
    "py format": [(s, "1000000000"), (huge, "1000000000")], "py list.index": [(l, 0.5)], "py list.count": [(l, 0.5)], "py list.extend": [([], r)], "list .index": [(0.5,), (big,)], "list .extend": [(r,)], "list .insert": [(0, s)], "list .remove": [(0.5,)],
    "set .union": [(r,)], "set .update": [(r,)], "set .difference": [(r,)], "dict .update": [(zip(l, l),)], "collections.deque": [(r,), (r, 5)], "collections.Counter": [(r,)], "collections.namedtuple": [("P", r)],
    "deque .extend": [(r,)], "deque .rotate": [(1 << 30,)], "deque .remove": [(big,)], "deque .count": [(big,)], "Counter .update": [(r,)], "Counter .subtract": [(r,)],
    "OrderedDict .update": [(zip(l, l),)], "itertools.product": [(l, l)], "itertools.tee": [(l, 1 << 40)], "operator.countOf": [(r, -1)], "operator.contains": [(r, -1)],
    "operator.mul": [(s, 1 << 40), (big, big)], "operator.pow": [(big, big)], "operator.eq": [(l, list(l))], "functools.reduce": [(f, r)],
    "textwrap.wrap": [(w, 1)], "textwrap.fill": [(w, 1)], "textwrap.dedent": [(w,)],
    "zlib.compress": [(q, 9)], "zlib.decompress": [(zlib.compress(s * 64),), (zlib.compress(s * 64)[2:], -15)],
    "Pattern .sub": [("bb" * 1000, s)], "Pattern .findall": [(s,)], "Pattern .split": [(w,)], "Match .expand": [("\\1" * 100000,)],
    "rfc822.AddressList": [("a@b, " * 100000,), ("(" * 100000,), ("<" * 100000,)], "rfc822.parseaddr": [("(" * 1000000,), ("a@b, " * 100000,)], "rfc822.parsedate": [("1 " * 500000,)],
    "StringIO .write": [(s,)], "StringIO .seek": [(huge,)], "StringIO .truncate": [(huge,)], "StringIO .writelines": [(ls,)], "StringIO .readlines": [()], "stdout .write": [(s,)], "stdout .writelines": [(ls,)],
    "struct": [()], "time.sleep": [(1 << 30,)], "time.strftime": [("%Y" * 500000,)], "time.strptime": [(s, "%Y" * 100000)], "time.parse_time": [(s, s)],
    "urllib.urlencode": [(pairs,), ([("a", l)], True)], "urllib.quote": [(q, s)], "urllib.unquote": [("%41" * 500000,)], "urlparse.parse_qs": [("a=1&" * 300000,), (csv,)], "urlparse.parse_qsl": [("a=1&" * 300000,)],
    "urlparse.urljoin": [("http://h/" + "a/" * 300000, "../" * 300000)], "urlparse.urlparse": [("http://h/" + s,)], "urlparse.urlunparse": [((s, s, s, s, s, s),)],
    "getopt.getopt": [(ls, s)], "getopt.gnu_getopt": [(["-a"] * 100000, "a")], "mimetypes.guess_type": [("a." * 500000,)],
}
def call(fn, args): return fn(*args)
def method(make, get, args): return get(make())(*args)
`

// reachable returns every function that a script can name, by its path: those of
// modules, of each dialect, of Python's types, and the methods of makers' values.
func reachable(t *testing.T, rt, unbounded *Runtime, globals starlark.StringDict) map[string]func(args starlark.Tuple) error {
	t.Helper()
	found := make(map[string]func(starlark.Tuple) error)
	call := func(fn string, before ...starlark.Value) func(starlark.Tuple) error {
		return func(args starlark.Tuple) error {
			_, err := rt.Call(context.Background(), globals[fn].(starlark.Callable), append(slices.Clone(before), args), nil)
			return err
		}
	}
	var walk func(path string, v starlark.Value)
	walk = func(path string, v starlark.Value) {
		class, isClass := v.(*py.Class)
		h, hasAttrs := v.(starlark.HasAttrs)
		switch _, isType := v.(*builtinmod.Type); {
		case v == nil, isClass && class != py.ValueError: // whose kind they all are
			return
		case hasAttrs && (isType || v.Type() == "module"):
			for _, name := range h.AttrNames() {
				if x, err := h.Attr(name); err == nil && x != nil && x.Type() != "module" {
					walk(path+"."+name, x)
				}
			}
		}
		if _, ok := v.(starlark.Callable); ok {
			found[path] = call("call", v)
		}
	}
	for _, item := range globals["modules"].(*starlark.Dict).Items() {
		walk(string(item[0].(starlark.String)), item[1])
	}
	star, python := rt.namesOf(false), rt.namesOf(true)
	for name := range star.all() {
		if name[0] != '$' { // which stand for syntax: see TestHeavyBuiltins
			walk(name, star.get(name))
		}
	}
	for name := range python.all() {
		if v := python.get(name); name[0] != '$' && v != star.get(name) {
			walk("py "+name, v)
		}
	}
	for _, item := range globals["makers"].(*starlark.Dict).Items() {
		made, err := unbounded.Call(context.Background(), item[1].(starlark.Callable), nil, nil)
		if err != nil {
			t.Fatalf("%s: %s", item[0], FormatError(err))
		}
		h := made.(starlark.HasAttrs)
		for _, name := range h.AttrNames() {
			x, err := h.Attr(name)
			if _, ok := x.(starlark.Callable); !ok || err != nil {
				continue
			}
			get, err := unbounded.Run(context.Background(), "get.star", []byte("def get(x): return x."+name+"\n"))
			if err == nil { // else it is a word of the language's
				found[string(item[0].(starlark.String))+" ."+name] = call("method", item[1], get["get"])
			}
		}
	}
	return found
}

// TestEveryBuiltin calls every function that a script can reach with large operands of
// all kinds: each ends when its time is up, if it has not by itself, takes no more
// memory than it may, and its error has a type. TestHeavyBuiltins does more to some.
func TestEveryBuiltin(t *testing.T) {
	if racetest.Enabled {
		t.Skip("the operands are large, and nothing here is concurrent")
	}
	needsWideInts(t, everyOperand)
	config := Config{
		Permissions: Permissions{Listen: true}, Stderr: io.Discard, Stdout: io.Discard, Stdin: strings.NewReader(""),
		Limits: Limits{Wall: 60 * time.Millisecond, Steps: -1, Memory: 64 << 20},
	}
	rt, _ := newRuntime(t, config)
	config.Limits = NoLimits()
	unbounded, _ := newRuntime(t, config)
	globals, err := unbounded.Run(context.Background(), "every.star", []byte(everyOperand))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	found := reachable(t, rt, unbounded, globals)
	worst := globals["worst"].(*starlark.Dict)
	for _, key := range worst.Keys() {
		if name, _ := starlark.AsString(key); found[name] == nil {
			t.Errorf("no script can reach %s", name)
		}
	}
	usual := globals["usual"].(*starlark.List)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		calls := slices.Collect(starlark.Elements(usual))
		if more, ok, _ := worst.Get(starlark.String(name)); ok {
			calls = slices.AppendSeq(calls, starlark.Elements(more.(*starlark.List)))
		}
		for i, args := range calls {
			began := time.Now()
			err := found[name](args.(starlark.Tuple))
			took := time.Since(began)
			var typed *Error
			if err != nil && !errors.As(err, &typed) {
				t.Errorf("%s, call %d: error %v; want one with a type", name, i, err)
			}
			if took > soon {
				t.Errorf("%s, call %d: took %v of 60ms", name, i, took)
			} else if took > 160*time.Millisecond {
				t.Logf("%s, call %d: took %v of 60ms", name, i, took)
			}
		}
	}
}
