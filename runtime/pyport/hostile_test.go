package pyport

import (
	"strings"
	"testing"
	"time"

	"starwire/runtime/racetest"
)

// TestHostileText ports texts at which a writer could work for long: the time must grow with their size, not
// with its square, which would be minutes.
func TestHostileText(t *testing.T) {
	racetest.OneGoroutine(t)
	for name, src := range map[string]string{
		"calls":          strings.Repeat("f(1)\n", 20_000),
		"refused places": strings.Repeat("x = `1`\n", 20_000),
		"joined strings": "x = (" + strings.Repeat("'abc' ", 10_000) + ")",
		"joined lines":   "x = (" + strings.Repeat("'abc'\n", 10_000) + ")",
		"brackets":       "x = [" + strings.Repeat("1,\n", 30_000) + "]",
		"sum":            "x = 1" + strings.Repeat("+y", 9_000),
		"quotients":      "x = 1" + strings.Repeat("/y", 9_000),
		"indexes":        "x = a" + strings.Repeat("[0]", 9_000),
		"methods":        "x = a" + strings.Repeat(".strip()", 4_000),
		"comments":       strings.Repeat("# comment\n", 50_000) + "x = 1\n",
		"tries":          strings.Repeat("try: f()\nexcept E: pass\n", 3_000),
		"nested":         nested(90),
		"elifs":          "if a: pass\n" + strings.Repeat("elif a == 1: pass\n", 4_000),
	} {
		began := time.Now()
		_, err := File("x.py", []byte(src))
		took := time.Since(began)
		t.Logf("%s: %v, %.60v", name, took, err)
		if took > 60*time.Second { // a fraction of a second, but for the race detector on a busy machine
			t.Errorf("%s took %v: %.100v", name, took, err)
		}
	}
}

// nested returns try statements in try statements.
func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "try:\n")
	}
	b.WriteString(strings.Repeat(" ", n) + "pass\n")
	for i := range n {
		b.WriteString(strings.Repeat(" ", n-1-i) + "except E: pass\n")
	}
	return b.String()
}
