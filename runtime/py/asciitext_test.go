package py

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.starlark.net/starlark"
)

// TestASCIIText checks that unicode text that is ASCII is known as such, and the str of the same
// characters is not.
func TestASCIIText(t *testing.T) {
	for _, s := range []string{"", "a", "abc", strings.Repeat("x", cachedText+1), strings.Repeat("y", smallText+1),
		strings.Repeat("z", 3*pageSize), strings.Repeat("w", 10*pageSize+1)} {
		v := Text(s)
		if got, ok := v.(starlark.String); !ok || string(got) != s || !IsUnicode(v) {
			t.Errorf("Text(%d bytes) = %.20v, unicode: %t; want it as a String that is", len(s), v, IsUnicode(v))
		}
		str := starlark.String(strings.Clone(s))
		if IsUnicode(str) || IsUnicode(Bytes(string(v.(starlark.String)))) {
			t.Errorf("a str of %d bytes is unicode", len(s))
		}
		if eq, err := starlark.Equal(v, str); err != nil || !eq {
			t.Errorf("unicode text and str of %d bytes: equal is %t, %v", len(s), eq, err)
		}
		if got, want := Repr(v), "u"+Repr(str); got != want {
			t.Errorf("Repr(Text(%d bytes)) = %.20s; want %.20s", len(s), got, want)
		}
		if got := TypeName(v) + TypeName(str); got != "unicodestr" {
			t.Errorf("types of %d bytes: %s", len(s), got)
		}
		if n := len(s); n > 2 {
			for _, part := range []starlark.Value{v.(starlark.String).Slice(1, n, 1), v.(starlark.String)[n-1:], v.(starlark.String).Index(n - 1)} {
				if !IsUnicode(part) {
					t.Errorf("a part of a text of %d bytes is no unicode", n)
				}
			}
		}
	}
	if got, want := Repr(starlark.NewList([]starlark.Value{Text(""), Text("a"), starlark.String("a")})), `[u'', u'a', 'a']`; got != want {
		t.Errorf("Repr = %s; want %s", got, want)
	}
}

// TestASCIITextMemory checks that pages without texts are given back, and are no pages of texts any more.
func TestASCIITextMemory(t *testing.T) {
	const texts, size = 100, 4 * pageSize
	var words []func() bool
	for range texts {
		v := Text(strings.Repeat("m", size))
		for at := 0; at < size; at += pageSize {
			if !IsUnicode(v.(starlark.String)[at:]) {
				t.Fatal("a text is no unicode")
			}
		}
		words = append(words, marked(string(v.(starlark.String))))
	}
	// A finalizer runs when it likes, so go on until most have; the last text may be in a register.
	for range 1000 {
		left := 0
		for _, still := range words {
			if still() {
				left++
			}
		}
		if left < texts/2 {
			return
		}
		runtime.GC()
		runtime.Gosched()
	}
	t.Errorf("the pages of texts that are no more are still marked")
}

// marked returns a function that reports whether the page where s began is one of texts.
func marked(s string) func() bool {
	word, mask := pageBit(address(s), false)
	return func() bool { return word.Load()&mask != 0 }
}

// TestASCIITextConcurrent makes texts in many goroutines, for the race detector.
func TestASCIITextConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 500 {
				s := strings.Repeat("k", i*n%3000)
				if v := Text(s); !IsUnicode(v) || string(v.(starlark.String)) != s {
					t.Errorf("Text(%d bytes) is something else", len(s))
				}
			}
		})
	}
	wg.Wait()
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
