package tty

import (
	"bytes"
	"testing"
)

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "한글": 4, "カナ": 4, "🚀x": 3, "\x1b": 0, "→": 1,
	} {
		if got := Width(s); got != want {
			t.Errorf("Width(%q) = %d; want %d", s, got, want)
		}
	}
}

func TestColors(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	var pipe bytes.Buffer
	for w, want := range map[When]bool{Auto: false, Never: false, Always: true} {
		if got := w.Colors(&pipe); got != want {
			t.Errorf("%s.Colors(pipe) = %v; want %v", w, got, want)
		}
	}
	t.Setenv("NO_COLOR", "1")
	if Always.Colors(&pipe) {
		t.Error("colours although NO_COLOR is set")
	}
	var w When
	if err := w.Set("sometimes"); err == nil || w.Set("never") != nil || w.String() != "never" {
		t.Errorf("Set(sometimes) error %v, then %q", err, w)
	}
}

func TestError(t *testing.T) {
	const text = "Traceback (most recent call last):\n  f.star:1:2: in f\n    x\n    ^\nValueError: no\nhint: yes\n"
	const want = "\x1b[2mTraceback (most recent call last):\x1b[0m\n\x1b[2m  f.star:1:2: in f\x1b[0m\n    x\n\x1b[1;31m    ^\x1b[0m\n\x1b[1;31mValueError: no\x1b[0m\n\x1b[36mhint: yes\x1b[0m\n"
	if got := Error(text); got != want {
		t.Errorf("Error = %q; want %q", got, want)
	}
}
