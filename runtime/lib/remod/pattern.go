package remod

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A Pattern is what re.compile returns. It is immutable; runs may share it.
type Pattern struct {
	*program
	text     py.Chars
	variants [numVariants]lazyRegexp
}

// A variant is one way in which a Pattern is put to RE2. The bits combine.
type variant int

const (
	anchored variant = 1 << iota // matches where it starts, or not at all
	after                        // the first character of the text is context only
	tail                         // the text ends in a newline, and $ cares (emitter)
	empty                        // the text is empty, and \B cares
	wide                         // the text is unicode, in UTF-8

	numVariants = 32
)

// A lazyRegexp is compiled when it is first needed.
type lazyRegexp struct {
	once sync.Once
	re   *regexp.Regexp
	err  error
}

var (
	_ starlark.HasAttrs = (*Pattern)(nil)
	_ py.Reprer         = (*Pattern)(nil)
)

// newPattern compiles an expression. The error is an Error.
func newPattern(text py.Chars, flags int) (*Pattern, error) {
	prog, err := analyse(text, flags)
	if err != nil {
		return nil, err
	}
	p := &Pattern{program: prog, text: text}
	if _, err := p.regexp(0); err != nil {
		return nil, err
	}
	return p, nil
}

// regexp returns the variant's compiled form.
func (p *Pattern) regexp(v variant) (*regexp.Regexp, error) {
	lazy := &p.variants[v]
	lazy.once.Do(func() {
		e := emitter{flags: p.flags, tail: v&tail != 0, empty: v&empty != 0, wide: v&wide != 0}
		switch v & (anchored | after) {
		case anchored:
			e.WriteString(`\A`)
		case after:
			e.WriteString(`\A(?s:.)(?s:.*?)`)
		case after | anchored:
			e.WriteString(`\A(?s:.)`)
		}
		if v&after != 0 {
			e.WriteByte('(') // where the match is
		}
		e.node(&group{body: p.tree})
		if v&after != 0 {
			e.WriteByte(')')
		}
		re, err := regexp.Compile(e.String())
		if err != nil {
			lazy.err = Error.Errorf("expression is beyond RE2: %w", err)
			return
		}
		lazy.re = re
	})
	return lazy.re, lazy.err
}

// maxQuick bounds the work, bytes of text times size of the expression, for
// which a match may go without looking at the run.
const maxQuick = 1 << 24

// find matches s from pos on and returns the offsets of the match and its groups
// as regexp does, -1 for a group that caught nothing; nil is no match. What is
// before pos is looked at, but not matched. From high on, s is ASCII, or UTF-8 if
// mode is wide. The end of the run ends it.
func (p *Pattern) find(h *host.Host, s string, pos, high int, mode variant) ([]int, error) {
	base := pos
	if pos > 0 && p.lookBack {
		mode |= after
		base--
		for mode&wide != 0 && base > 0 && !utf8.RuneStart(s[base]) {
			base--
		}
	}
	if p.words && p.flags&flagUnicode != 0 && (high > 0 || mode&wide != 0) && !py.IsASCII(s) {
		return nil, Error.Errorf("\\b and \\B with UNICODE are not supported beyond ASCII: " +
			"this module matches by RE2, whose words are ASCII; drop the flag, or write what is around the word")
	}
	if p.dollar && p.flags&flagMultiline == 0 && strings.HasSuffix(s[base:], "\n") {
		mode |= tail
	}
	if s == "" && p.inside {
		mode |= empty
	}
	re, err := p.regexp(mode)
	if err != nil {
		return nil, err
	}
	s = s[base:]
	var m []int
	if mode&tail == 0 && len(s)*p.size <= maxQuick && high <= base {
		if err := ended(h); err != nil {
			return nil, err
		}
		m = re.FindStringSubmatchIndex(s)
	} else {
		r := reader{s: s, wide: mode&wide != 0, tail: mode&tail != 0, ctx: h.Context()}
		m = re.FindReaderSubmatchIndex(&r)
		if err := ended(h); err != nil {
			return nil, err
		}
	}
	if m == nil {
		return nil, nil
	}
	if mode&after != 0 {
		m = m[2:]
	}
	if base > 0 {
		for i := range m {
			if m[i] >= 0 {
				m[i] += base
			}
		}
	}
	return m, nil
}

func ended(h *host.Host) error {
	if ctx := h.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// highEnd returns the offset after the last byte of s that is not ASCII; of
// unicode text 0, unless it has surrogates.
func highEnd(s string, wide bool) int {
	n := len(s)
	if wide && utf8.ValidString(s) {
		return 0
	}
	for n > 0 && s[n-1] < utf8.RuneSelf {
		n--
	}
	return n
}

// A lastSubject remembers highEnd of the text a run matched last: a script that
// goes over a long one by p.match(s, pos) must not pay for all of it each time.
type lastSubject struct {
	sync.Mutex
	s    string
	wide bool
	high int
}

type lastSubjectKey struct{}

// cachedHighEnd is highEnd, fast for the text it was asked about last.
func cachedHighEnd(h *host.Host, s string, wide bool) int {
	const short = 1 << 12
	if len(s) <= short {
		return highEnd(s, wide)
	}
	last := host.State(h, lastSubjectKey{}, func() *lastSubject { return new(lastSubject) })
	last.Lock()
	defer last.Unlock()
	if last.s != s || last.wide != wide { // the same string compares at once
		last.s, last.wide, last.high = s, wide, highEnd(s, wide)
	}
	return last.high
}

// A reader hands over each byte as the rune of the same number, and of width 1, so
// that offsets are the bytes', or the characters of unicode text. With tail, newlines
// but the last are other runes. It ends with ctx.
type reader struct {
	s    string
	i    int
	wide bool
	tail bool
	n    int // runes read
	ctx  context.Context
}

// ReadRune reads one byte, or character.
func (r *reader) ReadRune() (rune, int, error) {
	if r.i >= len(r.s) || r.n%256 == 0 && r.ctx.Err() != nil {
		return 0, 0, io.EOF
	}
	c, size := rune(r.s[r.i]), 1
	if r.wide && c >= utf8.RuneSelf {
		c, size = py.DecodeRune(r.s[r.i:])
	}
	r.n++
	r.i += size
	if c == '\n' && r.tail && r.i < len(r.s) {
		if c = otherNewline; r.wide {
			c = otherNewlineWide
		}
	}
	return c, size, nil
}

// String returns <_sre.SRE_Pattern object>, without an address.
func (p *Pattern) String() string { return "<_sre.SRE_Pattern object>" }

// Repr returns the same text as String.
func (p *Pattern) Repr() string { return p.String() }

// Type returns CPython's name of the type.
func (p *Pattern) Type() string { return "_sre.SRE_Pattern" }

// Freeze does nothing: a Pattern never changes.
func (p *Pattern) Freeze() {}

// Truth is always true.
func (p *Pattern) Truth() starlark.Bool { return true }

// Hash hashes the expression.
func (p *Pattern) Hash() (uint32, error) { return starlark.String(p.text.S).Hash() }

// Attr returns a method, or flags, groupindex, groups or pattern.
func (p *Pattern) Attr(name string) (starlark.Value, error) {
	switch name {
	case "flags":
		return starlark.MakeInt(p.flags), nil
	case "groupindex":
		d := starlark.NewDict(len(p.names))
		for _, n := range p.groupNames() {
			if err := d.SetKey(p.text.Of(n).Value(), starlark.MakeInt(p.names[n])); err != nil {
				return nil, err
			}
		}
		return d, nil
	case "groups":
		return starlark.MakeInt(p.groups), nil
	case "pattern":
		return p.text.Value(), nil
	}
	if m := patternMethods()[name]; m != nil {
		return m.BindReceiver(p), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (p *Pattern) AttrNames() []string {
	return []string{"findall", "finditer", "flags", "groupindex", "groups", "match", "pattern", "search", "split", "sub", "subn"}
}

// cache holds the expressions compiled last, for the functions of the module.
var cache struct {
	sync.Mutex
	m map[cacheKey]*Pattern
}

type cacheKey struct {
	text  py.Chars
	flags int
}

const (
	cacheSize    = 100
	cacheMaxText = 1 << 12 // bytes; longer expressions are not kept
)

// compile returns the Pattern of an expression, or of a Pattern itself.
//
// re.py, _compile
func compile(v starlark.Value, flags int) (*Pattern, error) {
	if p, ok := v.(*Pattern); ok {
		if flags != 0 {
			return nil, py.ValueError.Errorf("Cannot process flags argument with a compiled pattern")
		}
		return p, nil
	}
	text, ok := py.CharsOf(v)
	if !ok {
		return nil, py.TypeError.Errorf("first argument must be string or compiled pattern")
	}
	key := cacheKey{text, flags}
	cache.Lock()
	p := cache.m[key]
	cache.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := newPattern(text, flags)
	if err != nil || len(text.S) > cacheMaxText {
		return p, err
	}
	cache.Lock()
	defer cache.Unlock()
	if len(cache.m) >= cacheSize || cache.m == nil {
		cache.m = make(map[cacheKey]*Pattern, cacheSize)
	}
	cache.m[key] = p
	return p, nil
}
