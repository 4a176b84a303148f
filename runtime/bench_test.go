package runtime

import (
	"context"
	"testing"

	"go.starlark.net/starlark"
)

// BenchmarkRun is the cost of a run itself: its script does next to nothing.
func BenchmarkRun(b *testing.B) {
	for name, src := range map[string]string{
		"print":    `print("x")`,
		"httplib":  `c = httplib.HTTPConnection("example.com")`,
		"error":    `attempt(int, "x")`,
		"uncaught": `fail("x")`,
	} {
		b.Run("script="+name, func(b *testing.B) {
			rt, _ := newRuntime(b, Config{Print: func(string) {}})
			text := []byte(src)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rt.Run(context.Background(), "x.star", text); err != nil && name != "uncaught" {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCall is the cost of a call into a script.
func BenchmarkCall(b *testing.B) {
	rt, _ := newRuntime(b, Config{})
	globals, err := rt.Run(context.Background(), "x.star", []byte("def f(x): return x"))
	if err != nil {
		b.Fatal(err)
	}
	f, args := globals["f"].(starlark.Callable), starlark.Tuple{starlark.None}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.Call(context.Background(), f, args, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTry is the cost of a try statement that catches, and of catch.
func BenchmarkTry(b *testing.B) {
	for _, bb := range []struct{ name, file, src string }{
		{"try", "x.py", "def f():\n  for i in range(1000):\n    try: raise ValueError(i)\n    except ValueError: pass\n"},
		{"catch", "x.star", "def f():\n  for i in range(1000): catch(ValueError, fail, ValueError)\n"},
	} {
		b.Run("form="+bb.name, func(b *testing.B) {
			rt, _ := newRuntime(b, Config{Limits: NoLimits()})
			globals, err := rt.Run(context.Background(), bb.file, []byte(bb.src))
			if err != nil {
				b.Fatal(err)
			}
			f := globals["f"].(starlark.Callable)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rt.Call(context.Background(), f, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
