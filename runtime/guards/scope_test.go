package guards

import (
	"testing"

	"go.starlark.net/syntax"
)

// TestScope holds what is known of variables by the text.
func TestScope(t *testing.T) {
	tests := []struct {
		name, src string
		want      kind
	}{
		{"literal", "v = 1", word},
		{"text", "v = 'a'", anything},
		{"range", "for v in range(n): pass", word},
		{"enumerate", "for v, x in enumerate(n): pass", word},
		{"its other half", "for x, v in enumerate(n): pass", anything},
		{"a range of one's own", "range = n\nfor v in range(1): pass", anything},
		{"parameter", "v = n", anything},
		{"sum", "v = 0\nfor i in range(n): v += i", numeric},
		{"sum of anything", "v = 0\nfor i in n: v += i", anything},
		{"remainder", "v = 0\nfor i in range(n): v = (v * 31 + i) % 65521", word},
		{"remainder of a text", "v = n % 5", anything},
		{"two values", "v = 1\nv = n", anything},
		{"through another", "x = n\nv = x", anything},
		{"through itself", "v = 1\nv = v", word},
		{"swap", "v = 1\nx = 2\nv, x = x, v", word},
		{"unpacked", "v, x = n", anything},
		{"in a list", "[v, x] = 1, 2", word},
		{"length", "v = len(n)", word},
		{"a length of one's own", "def len(x): return x\nv = len(n)", anything},
		{"condition", "v = 1 if n else 2.5", word},
		{"one way", "v = 1 if n else n", anything},
		{"or", "v = n or 1", anything},
		{"comparison", "v = n == 1", word},
		{"negation", "v = -n", anything},
		{"product", "v = 2\nv = v * v", numeric},
		{"difference", "v = n - 1", anything},
		{"loaded", "load('x', 'v')", anything},
		{"function", "def v(): pass", anything},
		{"comprehension's", "v = 1\nx = [v for v in n]", word},
	}
	for _, tt := range tests {
		file, err := new(syntax.FileOptions).Parse("x.star", tt.src+"\n", 0)
		if err != nil {
			t.Fatal(err)
		}
		s := newScope(nil, []syntax.Expr{&syntax.Ident{Name: "n"}}, file.Stmts, false)
		if got := s.kind("v"); got != tt.want {
			t.Errorf("%s: kind %d of v in %q; want %d", tt.name, got, tt.src, tt.want)
		}
	}
}
