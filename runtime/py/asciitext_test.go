package py

import (
	"runtime"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// TestASCIIText: text is told from the str of the same characters, parts of it too,
// whatever its length, and also once other texts were collected.
func TestASCIIText(t *testing.T) {
	for _, n := range []int{0, 1, 3, cachedText, cachedText + 1, smallText, smallText + 1, pageSize, 5*pageSize + 1} {
		s := strings.Repeat("x", n)
		v, ok := asciiText(s).(starlark.String)
		if !ok || string(v) != s || !IsUnicode(v) {
			t.Errorf("asciiText of %d bytes = %d bytes, unicode %t; want the same, unicode", n, len(v), IsUnicode(v))
		}
		if IsUnicode(starlark.String(s)) {
			t.Errorf("IsUnicode of a str of %d bytes = true; want false", n)
		}
		if n > 2 {
			if part := v.Slice(1, 2, 1); !IsUnicode(part) {
				t.Errorf("IsUnicode of a part of %d bytes = false; want true", n)
			}
		}
		runtime.GC() // others' pages can be freed
		if !IsUnicode(v) {
			t.Errorf("IsUnicode of %d bytes after a collection = false; want true", n)
		}
		runtime.KeepAlive(v)
	}
}

func BenchmarkASCIIText(b *testing.B) {
	for _, bb := range []struct{ name, s string }{{"kept", "hello"}, {"new", strings.Repeat("x", cachedText+1)}} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				asciiText(bb.s)
			}
		})
	}
}

func BenchmarkIsUnicode(b *testing.B) {
	v := asciiText("hello")
	for b.Loop() {
		IsUnicode(v)
	}
}
