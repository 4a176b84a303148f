package scripttest

import "testing"

func TestDiff(t *testing.T) {
	tests := []struct {
		name, want, got, diff string
	}{
		{"equal", "a\nb\n", "a\nb\n", ""},
		{"changed", "a\nb\nc\n", "a\nx\nc\n", "  a\n- b\n+ x\n  c\n"},
		{"missing", "a\nb\n", "b\n", "- a\n  b\n"},
		{"added", "a\n", "a\nb\n", "  a\n+ b\n"},
		{"empty", "", "a\n", "+ a\n"},
		{"last newline", "a\n", "a", "- a\n+ a (no newline at the end)\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Diff(test.want, test.got); got != test.diff {
				t.Errorf("Diff(%q, %q) = %q; want %q", test.want, test.got, got, test.diff)
			}
		})
	}
}
