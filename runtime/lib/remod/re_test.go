package remod

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/re.session", Module())
}

func TestLimits(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{strings.Repeat("(", 1<<15), "sre_constants.error: more than 250 groups inside each other"},
		{strings.Repeat("(?:", 250) + strings.Repeat(")", 250), ""},
		{strings.Repeat("a", 1<<16+1), "sre_constants.error: expression is longer than 65536 bytes"},
		{"((a{100}){100}){100}", "sre_constants.error: expression is too large (more than 10000 instructions)"},
		{strings.Repeat("(?:a{1000})", 20), "sre_constants.error: expression is too large (more than 10000 instructions)"},
		{"((((((a{1000}){1000}){1000}){1000}){1000}){1000}){1000}", "sre_constants.error: expression is too large (more than 10000 instructions)"},
		{"(?u)" + strings.Repeat(`\w`, 201), "sre_constants.error: expression is too large (more than 200 classes with UNICODE)"},
		{"(?u)[" + strings.Repeat(`\w`, 1<<14) + "]", ""},
		{"(a{50}){50}", "sre_constants.error: expression is beyond RE2: error parsing regexp: invalid repeat count: `{50,50}`"},
	}
	for _, tt := range tests {
		got := ""
		if _, err := newPattern(py.Chars{S: tt.pattern}, 0); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("compile(%.30q…) = %s; want %s", tt.pattern, got, tt.want)
		}
	}
}

// What takes a backtracking engine longer than the world lasts.
func TestNoCatastrophe(t *testing.T) {
	racetest.OneGoroutine(t)
	thread, _ := libtest.Thread(t, host.Host{})
	s := starlark.String(strings.Repeat("a", 1<<14) + "!")
	for _, pattern := range []string{"(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){12}$", "^(a?){50}a{50}$"} {
		p, err := newPattern(py.Chars{S: pattern}, 0)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if m, err := starlark.Call(thread, starlark.NewBuiltin("match", patternMatch).BindReceiver(p), starlark.Tuple{s}, nil); err != nil || m != starlark.None {
			t.Errorf("%s matches: %v, %v", pattern, m, err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %v", pattern, took)
		}
	}
}

// countdown is a context that ends after it was asked some times.
type countdown struct {
	context.Context
	left int
	why  error
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return c.why
	}
	return nil
}

func TestEndsWithTheRun(t *testing.T) {
	why := errors.New("why")
	run := func(calls int, name string, args ...starlark.Value) error {
		thread := new(starlark.Thread)
		host.Attach(thread, &countdown{context.Background(), calls, why}, host.Host{})
		_, err := starlark.Call(thread, Module().Members[name], args, nil)
		return err
	}
	long := starlark.String(strings.Repeat("ab\xff", 1<<22))
	// One long match that the reader breaks off, and many short ones.
	for name, args := range map[string]starlark.Tuple{
		"search":  {starlark.String("(?:.|c)*d"), long},
		"match":   {starlark.String("(?:.|c)*d"), long},
		"findall": {starlark.String("a"), long},
		"split":   {starlark.String("a"), long},
		"sub":     {starlark.String("a"), starlark.String("b"), long},
	} {
		if err := run(100, name, args...); !errors.Is(err, why) {
			t.Errorf("%s in a run that ends: %v; want its cause", name, err)
		}
	}
}

func TestFrozenIterator(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	env := starlark.StringDict{"re": Module()}
	if got := libtest.Eval(thread, env, "it = re.finditer('a', 'aaa')\n"); got != "" {
		t.Fatal(got)
	}
	env["it"].Freeze()
	for _, expr := range []string{"it.next()", "[m for m in it]"} {
		if got := libtest.Eval(thread, env, expr); got != "! TypeError: 'cannot read from frozen callable-iterator'\n" {
			t.Errorf("%s of a frozen iterator: %s", expr, got)
		}
	}
}

func TestValues(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	env := starlark.StringDict{"re": Module()}
	tests := []struct{ expr, want string }{
		{"p = re.compile('(?P<b>b)(?P<a>a)')\nm = p.match('ba')\n", ""},
		{"p, m, re.finditer('a', 'a')", "(<_sre.SRE_Pattern object>, <_sre.SRE_Match object>, <callable-iterator object>)"},
		{"p.groupindex, m.groupdict()", "({'a': 2, 'b': 1}, {'a': 'a', 'b': 'b'})"},
		{"{p: 1}[p], bool(p), bool(m)", "(1, True, True)"},
		{"re.compile('x') == re.compile('x')", "True"}, // the cache's
		{"re.sub('a', lambda m: fail(m.group()), 'a')", "! fail: a"},
		{"re.sub('a', 5, 'a')", "! TypeError: 'expected string or buffer'"},
		{"re.match('a', 'a', flags='i')", "! TypeError: 'match: for parameter \"flags\": got string, want int'"},
		{"re.sub('a', 'b', 'aaa', 1 << 70)", "'bbb'"},
		{"re.compile('a').findall('aaa', -1 << 70, 1 << 70)", "['a', 'a', 'a']"},
	}
	for _, tt := range tests {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	for _, v := range []starlark.HasAttrs{env["p"].(*Pattern), env["m"].(*Match), &matches{}} {
		if names := v.AttrNames(); !slices.IsSorted(names) {
			t.Errorf("AttrNames() = %q; want them sorted", names)
		}
		for _, name := range v.AttrNames() {
			if x, err := v.Attr(name); x == nil || err != nil {
				t.Errorf("AttrNames of %s lists %q, but Attr = %v, %v", v, name, x, err)
			}
		}
	}
}

// Going over a long text takes time in proportion to it.
func TestManyMatches(t *testing.T) {
	racetest.OneGoroutine(t)
	thread, _ := libtest.Thread(t, host.Host{})
	const n = 1 << 13
	env := starlark.StringDict{"re": Module(), "s": starlark.String(strings.Repeat("key=value; \n", n))}
	if got := libtest.Eval(thread, env, `
def tokens():
    p, pos, n = re.compile("[a-z]+|[^a-z]+"), 0, 0
    while pos < len(s):
        pos, n = p.match(s, pos).end(), n + 1
    return n
`); got != "" {
		t.Fatal(got)
	}
	start := time.Now()
	for _, tt := range []struct{ expr, want string }{
		{`len(re.findall("[a-z]+=", s))`, "8192"},
		{`len(re.findall("(?m)^key", s))`, "8192"},
		{`len(re.findall("\\bvalue$", s))`, "0"},
		{`len(re.split("; \n", s))`, "8193"},
		{`tokens()`, "32768"},
	} {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, tt.expr), "\n"); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestCacheIsBounded(t *testing.T) {
	for i := range 3 * cacheSize {
		if _, err := compile(starlark.String(strings.Repeat("a", i+1)), 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := compile(starlark.String(strings.Repeat("a", cacheMaxText+1)), 0); err != nil {
		t.Fatal(err)
	}
	cache.Lock()
	defer cache.Unlock()
	if len(cache.m) > cacheSize {
		t.Errorf("the cache holds %d expressions; want at most %d", len(cache.m), cacheSize)
	}
	for key := range cache.m {
		if len(key.text.S) > cacheMaxText {
			t.Errorf("the cache holds an expression of %d bytes", len(key.text.S))
		}
	}
}

// FuzzMatch holds that nothing panics or runs away, that reading a text byte by
// byte makes no difference, and that spans are in order.
func FuzzMatch(f *testing.F) {
	f.Add("(a|b)*?c$", 0, "abc\n")
	f.Add(`(?P<x>[^\w-]+)\B|^$`, flagMultiline|flagIgnoreCase, "\xff-\n\n")
	f.Add(`(?iu)[^\Wé]+$`, 0, "éÉx\n")
	f.Add(`(?x) [ ] \x41{2,} # c`, 0, " AAA")
	f.Fuzz(func(t *testing.T, pattern string, flags int, s string) {
		if len(s) > 1000 {
			return
		}
		p, err := newPattern(py.Chars{S: pattern}, flags&0xff)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "sre_constants.error: ") && !strings.HasPrefix(err.Error(), "OverflowError: ") {
				t.Errorf("compile(%q): %v", pattern, err)
			}
			return
		}
		if len(s)*len(s)*p.size > 1<<20 {
			return // each match may look at all of the rest
		}
		thread := new(starlark.Thread)
		h := host.From(thread)
		for pos := range min(len(s)+1, 4) {
			got, err := p.find(h, s, pos, highEnd(s, false), 0)
			if err != nil && p.words && p.flags&flagUnicode != 0 {
				return // \b beyond ASCII
			}
			if err != nil {
				t.Fatalf("find(%q, %q): %v", pattern, s, err)
			}
			if utf8.ValidString(s) && utf8.RuneStart((s + "x")[pos]) {
				got, err := p.find(h, s, pos, 0, wide)
				if err != nil {
					t.Fatalf("find(%q, %q) of unicode text: %v", pattern, s, err)
				}
				if want, _ := p.find(h, s, pos, len(s)+1, wide); !slices.Equal(got, want) {
					t.Errorf("find(%q, %q, %d) = %v of unicode text; character by character %v", pattern, s, pos, got, want)
				}
			}
			if want, _ := p.find(h, s, pos, len(s)+1, 0); !slices.Equal(got, want) {
				t.Errorf("find(%q, %q, %d) = %v; byte by byte %v", pattern, s, pos, got, want)
			}
			if got != nil && !(pos <= got[0] && got[0] <= got[1] && got[1] <= len(s) && got[1]-got[0] >= p.width) {
				t.Errorf("find(%q, %q, %d) = %v; of width %d", pattern, s, pos, got, p.width)
			}
		}
		sc, _ := newScan(thread, p, starlark.String(s), 0, math.MaxInt64)
		for n := 0; ; n++ {
			m, err := sc.next()
			if m == nil || err != nil {
				break
			}
			if m.lastIndex(); n > len(s)+1 {
				t.Fatalf("%q matches %q more than %d times", pattern, s, n)
			}
		}
		if _, _, err := sub(thread, p, starlark.String(`<\g<0>>`), starlark.String(s), 0); err != nil {
			t.Errorf("sub(%q, %q): %v", pattern, s, err)
		}
	})
}
