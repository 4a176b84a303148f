package runtime

import (
	"context"
	"testing"

	"go.starlark.net/starlark"
)

// BenchmarkLoop is the cost of ordinary code whose operators and built-ins are
// guarded: a thousand turns of each loop.
func BenchmarkLoop(b *testing.B) {
	for _, bb := range []struct{ name, body string }{
		{"empty", "pass"},
		{"add", "s += i"},
		{"multiply", "s = i * i"},
		{"polynomial", "s = (s * 31 + i) % 65521"},
		{"remainder", "s += n % (i + 1)"},
		{"shift", "s = (s << 1) & n"},
		{"format", "s = '%s-%s' % (i, n)"},
		{"method", "s = '{}-{}'.format(i, n)"},
		{"split", "s = 'a,b,c'.split(',')"},
		{"join", "s = ','.join(words)"},
		{"upper", "s = 'abc'.upper()"},
		{"max", "s = max(i, n)"},
		{"list", "s = list(words)"},
		{"str", "s = str(i)"},
		{"int", "s = int('123')"},
	} {
		b.Run("body="+bb.name, func(b *testing.B) {
			rt, _ := newRuntime(b, Config{Limits: NoLimits()})
			globals, err := rt.Run(context.Background(), "x.star", []byte(
				"words = ['alpha', 'beta', 'gamma']\ndef f(n):\n  s = 0\n  for i in range(1000):\n    "+bb.body+"\n"))
			if err != nil {
				b.Fatal(err)
			}
			f, args := globals["f"].(starlark.Callable), starlark.Tuple{starlark.MakeInt(12345)}
			for b.Loop() {
				if _, err := rt.Call(context.Background(), f, args, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPythonLoop is the cost of operators in .py files: those whose operands
// may be bools are functions, the others the interpreter's own.
func BenchmarkPythonLoop(b *testing.B) {
	for _, bb := range []struct{ name, body string }{
		{"add-ints", "s += i"},
		{"add-parameter", "s += n"},
		{"add-bool", "s += i == n"},
		{"multiply-parameter", "s = i * n"},
		{"concatenate", "t = 'a' + w"},
		{"equal", "t = i == n"},
	} {
		b.Run("body="+bb.name, func(b *testing.B) {
			rt, _ := newRuntime(b, Config{Limits: NoLimits()})
			globals, err := rt.Run(context.Background(), "x.py", []byte(
				"def f(n, w):\n  s = 0\n  for i in range(1000):\n    "+bb.body+"\n"))
			if err != nil {
				b.Fatal(err)
			}
			f, args := globals["f"].(starlark.Callable), starlark.Tuple{starlark.MakeInt(12345), starlark.String("w")}
			for b.Loop() {
				if _, err := rt.Call(context.Background(), f, args, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
