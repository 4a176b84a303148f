package runtime

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostileSource compiles texts at which a compiler could work for long: the
// time must grow with their size, not with its square, which would be minutes.
func TestHostileSource(t *testing.T) {
	var names strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&names, "v%d = w%d\n", i, i)
	}
	for name, src := range map[string]string{
		"unknown names":  names.String(),
		"one name":       strings.Repeat("f(1)\n", 50_000),
		"indexes":        strings.Repeat("a[0][0][0][0][0][0][0][0]\n", 10_000),
		"index chain":    "x = a" + strings.Repeat("[0]", 80_000),
		"joined strings": "x = (" + strings.Repeat("'abc' ", 40_000) + ")",
		"brackets":       strings.Repeat("[", 250_000),
		"sum":            "x = 1" + strings.Repeat("+1", 120_000),
	} {
		for _, file := range []string{"x.star", "x.py"} {
			rt, _ := newRuntime(t, Config{})
			began := time.Now()
			_, err := rt.compile(file, []byte(src))
			if took := time.Since(began); took > 6*soon { // a fraction of a second, but for the race detector on a busy machine
				t.Errorf("%s in %s took %v: %.100v", name, file, took, err)
			}
		}
	}
}
