package runtime

import (
	"slices"
	"strings"
	"testing"

	"starwire/runtime/manual"
)

// TestPortModuleIsExplained: the manual tells what each function of the module is
// for, but for those that have the names of Python's own.
func TestPortModuleIsExplained(t *testing.T) {
	page, ok := manual.Page(portModule, 0)
	if !ok {
		t.Fatal("the manual does not know the module")
	}
	words := strings.FieldsFunc(page, func(r rune) bool { return r > 127 || !isWord(byte(r)) })
	for name := range portMembers() {
		if !pythonBuiltins().Has(name) && !slices.Contains(words, name) {
			t.Errorf("nothing is said of %s", name)
		}
	}
}
