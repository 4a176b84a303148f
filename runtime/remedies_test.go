package runtime

import (
	"context"
	"strings"
	"testing"
)

// TestModuleRemedies sees that what is not here is refused with what to use
// instead, and that what is here needs no remedy.
func TestModuleRemedies(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	known := map[string]bool{}
	for _, name := range rt.moduleNames() {
		known[name] = true
	}
	for name, remedy := range moduleRemedies() {
		if known[name] {
			t.Errorf("%s is a module, and has a remedy", name)
			continue
		}
		_, err := rt.Run(context.Background(), "x.py", []byte("import "+name+"\n"))
		if text := FormatError(err); !strings.Contains(text, "ImportError: No module named "+name) || !strings.Contains(text, "hint: "+remedy) {
			t.Errorf("import %s: %s; want the hint %q", name, text, remedy)
		}
	}
	_, err := rt.Run(context.Background(), "x.py", []byte("import xml.dom.minidom\n"))
	if text := FormatError(err); !strings.Contains(text, "hint: use re") {
		t.Errorf("import xml.dom.minidom: %s", text)
	}
}
