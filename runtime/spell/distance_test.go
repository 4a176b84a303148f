package spell

import (
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b  string
		limit int
		want  int // over limit: any number over it
	}{
		{"", "", 3, 0},
		{"read", "read", 3, 0},
		{"raed", "read", 3, 1}, // two that changed places
		{"red", "read", 3, 1},
		{"reads", "read", 3, 1},
		{"rexd", "read", 3, 1},
		{"", "abc", 3, 3},
		{"abc", "", 3, 3},
		{"ca", "abc", 3, 3},
		{"kitten", "sitting", 3, 3},
		{"urlencode", "quote", 3, 4},
		{"a", "abcdef", 3, 4},
		{strings.Repeat("a", 101), strings.Repeat("a", 101), 3, 4},
	} {
		got := Distance(tt.a, tt.b, tt.limit)
		if got != tt.want && (tt.want <= tt.limit || got <= tt.limit) {
			t.Errorf("Distance(%q, %q, %d) = %d; want %d", tt.a, tt.b, tt.limit, got, tt.want)
		}
	}
}
