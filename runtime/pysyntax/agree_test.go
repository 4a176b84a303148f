package pysyntax

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"go.starlark.net/resolve"
	"go.starlark.net/syntax"
)

// sameTree describes the first difference between two syntax trees, positions included, or is empty.
// Text of literals is compared by value: the parsers keep line endings in it differently.
func sameTree(path string, a, b reflect.Value) string {
	if a.IsValid() != b.IsValid() {
		return fmt.Sprintf("%s: one is missing", path)
	}
	if !a.IsValid() {
		return ""
	}
	if a.Type() != b.Type() {
		return fmt.Sprintf("%s: %s and %s", path, a.Type(), b.Type())
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				return fmt.Sprintf("%s: one is nil", path)
			}
			return ""
		}
		if s, ok := a.Interface().(fmt.Stringer); ok && a.Type().String() == "*big.Int" {
			if s.String() != b.Interface().(fmt.Stringer).String() {
				return fmt.Sprintf("%s: %s and %s", path, s, b)
			}
			return ""
		}
		return sameTree(path, a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d and %d elements", path, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if d := sameTree(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i)); d != "" {
				return d
			}
		}
	case reflect.Struct:
		if pos, ok := a.Interface().(syntax.Position); ok {
			if other := b.Interface().(syntax.Position); pos.Line != other.Line || pos.Col != other.Col {
				return fmt.Sprintf("%s: at %d:%d and %d:%d", path, pos.Line, pos.Col, other.Line, other.Col)
			}
			return ""
		}
		for i := range a.NumField() {
			name := a.Type().Field(i).Name
			if name == "commentsRef" || name == "Raw" || name == "Options" || name == "Module" {
				continue
			}
			if d := sameTree(path+"."+name, a.Field(i), b.Field(i)); d != "" {
				return d
			}
		}
	default:
		if x, y := a.Interface(), b.Interface(); x != y && (x == x || y == y) {
			return fmt.Sprintf("%s: %v and %v", path, x, y)
		}
	}
	return ""
}

// agrees checks, for a text that Starlark accepts, that Parse gives it Starlark's meaning, and that
// this package's own parser builds the same tree. It reports whether Starlark accepts the text.
func agrees(t *testing.T, src string) bool {
	t.Helper()
	if strings.Contains(src, "\x00") {
		return false // refused, though Starlark takes it for the end
	}
	opts := everything
	plain, err := opts.Parse("x.star", src, 0)
	if err != nil {
		return false
	}
	checked, _ := opts.Parse("x.star", src, 0)
	if CheckDepth(checked) == nil {
		anything := func(string) bool { return true }
		if resolve.File(checked, anything, anything) != nil {
			return false
		}
	}
	f, err := Parse("x.star", src, Config{})
	name := "x.star"
	p := newParser(&name, src, Config{})
	own, ownErr := p.parse()
	if p.printed {
		return true // the one exception, documented at Interactive
	}
	if err != nil {
		if CheckDepth(plain) == nil {
			t.Fatalf("Parse(%q) fails: %v; Starlark accepts it", src, err)
		}
		return true
	}
	if d := sameTree("file", reflect.ValueOf(plain), reflect.ValueOf(f)); d != "" {
		t.Fatalf("Parse(%q) differs from Starlark's parser: %s", src, d)
	}
	if ownErr != nil {
		if !tolerated(src, ownErr) {
			t.Fatalf("own parser refuses %q: %v; Starlark accepts it", src, ownErr)
		}
		return true
	}
	own.Path = name
	if d := sameTree("file", reflect.ValueOf(plain), reflect.ValueOf(own)); d != "" && !strings.Contains(src, "\t") && utf8.ValidString(src) {
		t.Fatalf("own parser differs from Starlark's on %q: %s", src, d)
	}
	return true
}

// inScripts matches what a script may read otherwise than Starlark does; 00for is two tokens.
var inScripts = regexp.MustCompile(`\b(print|exec|assert)\b|\\|[bB]["']|for\b`)

// agreesInScripts checks that a script, which Starlark accepts, means what it means in Starlark, where the documented differences
// play no part.
func agreesInScripts(t *testing.T, src string) {
	t.Helper()
	opts := everything
	plain, err := opts.Parse("x.star", src, 0)
	if err != nil || inScripts.MatchString(src) || strings.ContainsAny(src, "\t\x00") || !utf8.ValidString(src) {
		return
	}
	f, err := Parse("x.star", src, Config{Mode: Script})
	if err != nil {
		if tolerated(src, err) {
			return
		}
		t.Fatalf("as a script %q is refused: %v; Starlark accepts it", src, err)
	}
	if d := sameTree("file", reflect.ValueOf(plain), reflect.ValueOf(f)); d != "" {
		t.Fatalf("as a script %q differs from Starlark: %s", src, d)
	}
}

// tolerated lists why the own parser may refuse what Starlark accepts; Parse falls back to Starlark's.
func tolerated(src string, err error) bool {
	switch msg := err.Error(); {
	case strings.Contains(src, "\t"): // Starlark measures tabs after tabs oddly
	case strings.Contains(msg, "nested"), strings.Contains(msg, "too many levels of indentation"):
	default:
		return false
	}
	return true
}

// starlarkTexts are programs of every construct that Starlark has.
var starlarkTexts = []string{
	"",
	"# only a comment",
	"x = 1",
	"x = 1; y = 2;\nz = x, y\n",
	"x, y = y, x\n(x, y) = [1, 2]\n[x, [y, z]] = w\na.b = c[d] \n",
	"x += 1\nx -= 1; x *= 2; x /= 3; x //= 4; x %= 5; x &= 6; x |= 7; x ^= 8; x <<= 9; x >>= 10\n",
	"load('a.star', 'b', c='d',)\nb(c)\n",
	"def f(a, b=1, *args, c, d=2, **kw):\n    'doc'\n    return a, b\n\ndef g(*, x): return\ndef h(): pass",
	"if a:\n  b\nelif c:\n\n  d\n  # comment\nelif e: f\nelse:\n  g",
	"for x in y: break\nfor (a, b), c in d, e:\n  if a: continue\n  print(a, b)\nwhile x < 3: x += 1",
	"f(a, b=c, *d, **e)\nf(\n  a,\n)\nf()\n",
	"x = f(a)(b)[c].d[e:f][:][::][1:2:3][:2][1:]\n",
	"x = -1 + +2 * ~3 / 4 // 5 % 6 - (7 & 8) | 9 ^ 10 << 11 >> 12\n",
	"x = a if b else c if d else e\ny = not a and not b or c == d\nz = a not in b\nw = - - x\n",
	"x = lambda: 0\ny = lambda a, b=1, *c, **d: a if b else lambda: c\nz = [x for x in y if lambda: 1]\n",
	"[x for x in y]\n[x for x, y in z if a if b for c in d]\n{a: b for a in c}\n{}\n{a: b, c: d,}\n[]\n[a, b,]\n()\n(a,)\n(a, b)\n",
	"'a' + \"b\" + '''c\nd''' + \"\"\"e'\"f\"\"\" + r'\\g' + b'h\\xff' + rb'\\i'\n",
	`x = '\a\b\f\n\r\t\v\\\'\"\0\177\x41\u00e9\U0001F600 é' + b'\u00e9\377'` + "\ny = 'a\\\nb'",
	"x = 0 + 00 + 1 + 0x1F + 0o17 + 0b11 + 123456789012345678901234567890 + 1.5 + .5 + 1. + 1e3 + 1.e-3 + 0.0 + 08.5\n",
	"x = (1 +\n  2)\ny = [\n\n# comment\n1,\n]\nz = 1 + \\\n  2\n",
	"if a:\n\tb\n\tc\nd\n",
	"x = 1\r\nif x:\r\n  y = '''a\r\nb'''\r\n",
	"é = 'é' ; ü(é)\n",
	"print(1)\nprint('a', 'b', sep='')\nx = print\nprint.x\nf(print=1)\nprint_x = imported\nx.print()\n",
	"assert(x)\nassert.eq(1, 2)\nexec(a)\n",
	"def print(x): pass\nprint - 1\n",
	"for print in x: print[1]\n",
}

func TestParseLeavesStarlarkAlone(t *testing.T) {
	for _, src := range starlarkTexts {
		if !agrees(t, src) {
			t.Errorf("Starlark refuses %q, so it shows nothing", src)
		}
		agreesInScripts(t, src)
	}
}
