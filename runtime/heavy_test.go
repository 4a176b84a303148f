package runtime

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"starwire/runtime/racetest"
)

// heavy are expressions that keep a built-in busy: s is a text of 16 MiB, l a list
// of a million items, t the same as a tuple, d a dict of a hundred thousand, w a text
// of many words.
var heavy = []struct{ file, expr string }{
	{"x.star", `s.replace("a", "bb")`}, {"x.star", `s.count("ab")`}, {"x.star", `s.find("b")`}, {"x.star", `s.rfind("b")`},
	{"x.star", `w.split(" ")`}, {"x.star", `w.split()`}, {"x.star", `w.rsplit()`}, {"x.star", `w.splitlines()`},
	{"x.star", `",".join(w.split())`}, {"x.star", `"%s" % s`}, {"x.star", `"{}".format(s)`}, {"x.star", `repr(s)`}, {"x.star", `str(l)`},
	{"x.star", `s == s[1:] + "a"`}, {"x.star", `s < s[:-1] + "b"`}, {"x.star", `"ab" * 100 in s`}, {"x.star", `-1 in l`}, {"x.star", `l == list(l)`},
	{"x.star", `sorted(l)`}, {"x.star", `max(l)`}, {"x.star", `min(l, key=lambda x: -x)`}, {"x.star", `list(l)`}, {"x.star", `tuple(l)`},
	{"x.star", `set(l)`}, {"x.star", `dict(zip(l, l))`}, {"x.star", `enumerate(l)`}, {"x.star", `reversed(l)`}, {"x.star", `any([0] * 1000000)`},
	{"x.star", `l + l`}, {"x.star", `s + s`}, {"x.star", `d | d`}, {"x.star", `set(l) - set(l)`}, {"x.star", `l.index(999999)`},
	{"x.star", `json.dumps(l)`}, {"x.star", `json.dumps(s)`}, {"x.star", `json.loads(json.dumps(l))`}, {"x.star", `json.encode(l)`}, {"x.star", `json.decode(json.encode(d))`},
	{"x.star", `base64.b64encode(s)`}, {"x.star", `base64.b64decode(base64.b64encode(s))`}, {"x.star", `hashlib.sha256(s).hexdigest()`},
	{"x.star", `hmac.new("k", s, hashlib.md5).hexdigest()`}, {"x.star", `urllib.quote(s + " ")`}, {"x.star", `urllib.unquote(s.replace("a", "%41"))`},
	{"x.star", `urllib.urlencode([("a", s)])`}, {"x.star", `urlparse.parse_qs("a=1&" * 1000000)`}, {"x.star", `urlparse.urlparse("http://h/" + s)`},
	{"x.star", `re.findall("a+b|a", s[:1 << 20])`}, {"x.star", `re.sub("a", "bb", s)`}, {"x.star", `re.split("a", s)`}, {"x.star", `re.match("(a*)*b", s)`},
	{"x.star", `StringIO.StringIO(w).readlines()`}, {"x.star", `httplib.HTTPMessage(StringIO.StringIO("A: b\r\n" * 100000))`},
	{"x.star", `math.factorial(20000)`}, {"x.star", `parallel(len, ["x"] * 10000)`},
	{"x.py", `map(None, l, l)`}, {"x.py", `map(str, l)`}, {"x.py", `zip(l, l)`}, {"x.py", `filter(None, l)`}, {"x.py", `reduce(lambda a, b: a + b, l)`},
	{"x.py", `sum(l)`}, {"x.py", `sorted(l, reverse=True)`}, {"x.py", `range(3000000)`}, {"x.py", `list(xrange(3000000))`}, {"x.py", `set(l)`}, {"x.py", `set(s)`},
	{"x.py", `dict.fromkeys(l)`}, {"x.py", `l.count(-1)`}, {"x.py", `l == list(l)`}, {"x.py", `cmp(l, list(l))`}, {"x.py", `repr(l)`}, {"x.py", `str(d)`},
	{"x.py", `s.upper()`}, {"x.py", `s.encode("hex")`}, {"x.py", `s.encode("base64")`}, {"x.py", `s.replace("a", "bb")`}, {"x.py", `w.split()`},
	{"x.py", `w.title()`}, {"x.py", `s.translate(None, "a")`}, {"x.py", `s.expandtabs()`}, {"x.py", `s.zfill(1 << 25)`}, {"x.py", `s.center(1 << 25)`},
	{"x.py", `"%s" % s`}, {"x.py", `"%r" % l`}, {"x.py", `"{0}{0}".format(s)`}, {"x.py", `pow(3, 10 ** 100, 10 ** 100 + 1)`}, {"x.py", `3 ** 100000`},
	{"x.py", `[c for c in s]`}, {"x.py", `max(l)`}, {"x.py", `hash(t[:10000])`}, {"x.py", `list(reversed(l))`}, {"x.py", `all(l)`},
}

// TestHeavyBuiltins keeps each built-in busy until the deadline, or the memory, runs
// out. The promise is 100 ms; a busy machine gets more, and -v tells how late each is.
func TestHeavyBuiltins(t *testing.T) {
	const prepare = `s = "a" * (16 << 20)
l = list(range(1000000))
t = tuple(l)
d = dict([(str(i), i) for i in range(100000)])
w = "word " * 500000
def f():
    while True:
        attempt(lambda: `
	if racetest.Enabled {
		t.Skip("the operands are large, and nothing here is concurrent")
	}
	const wall = 100 * time.Millisecond
	for _, tt := range heavy {
		src := prepare + tt.expr + ")\nf()\n"
		rt, _ := newRuntime(t, Config{Stderr: io.Discard, Limits: Limits{Wall: wall, Steps: -1, Memory: 1 << 30}})
		began := time.Now()
		_, err := rt.Run(context.Background(), tt.file, []byte(src))
		late := time.Since(began) - wall
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Limit != "time" && limit.Limit != "memory" {
			t.Errorf("%s: %s: error %v; want the limit of time", tt.file, tt.expr, err)
		}
		if late > soon {
			t.Errorf("%s: %s ended %v after its time", tt.file, tt.expr, late)
		}
		if late > 100*time.Millisecond {
			t.Logf("%s: %s ended %v after its time", tt.file, tt.expr, late)
		}
	}
}
