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
	_, err := rt.Run(context.Background(), "x.py", []byte("import email.mime.text\n"))
	if text := FormatError(err); !strings.Contains(text, "hint: use rfc822 and mimetools") {
		t.Errorf("import email.mime.text: %s", text)
	}
}

// TestNameRemedies sees that built-in functions and members of modules that are not here are refused with what to
// write instead, wherever they stand, and that those with a remedy are not here.
func TestNameRemedies(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	for name, remedy := range nameRemedies() {
		for _, src := range []string{"x = " + name + "\n", "def f():\n    return " + name + "\nf()\n"} {
			_, err := rt.Run(context.Background(), "x.py", []byte(src))
			if text := FormatError(err); !strings.Contains(text, "'"+name+"' is not defined\n") || !strings.Contains(text, "\nhint: "+remedy+"\n") {
				t.Errorf("%q: %s; want the hint %q", src, text, remedy)
			}
		}
	}
	for name, remedy := range attributeRemedies() {
		module, _, _ := strings.Cut(name, ".")
		_, err := rt.Run(context.Background(), "x.py", []byte("import "+module+"\nx = "+name+"\n"))
		if text := FormatError(err); !strings.Contains(text, "AttributeError: ") || !strings.Contains(text, "\nhint: "+remedy+"\n") {
			t.Errorf("%s: %s; want the hint %q", name, text, remedy)
		}
	}
	for target, remedy := range map[string]string{"sys.stdout": "print >>f", "ssl._create_default_https_context": "context=", "time.sleep": "modules cannot be changed"} {
		module, name, _ := strings.Cut(target, ".")
		for file, src := range map[string]string{"x.py": "import " + module + "\n" + target + " = None\n", "x.star": target + " = None\n"} {
			_, err := rt.Run(context.Background(), file, []byte(src))
			if text := FormatError(err); !strings.Contains(text, name) || !strings.Contains(text, "\nhint: ") || !strings.Contains(text, remedy) {
				t.Errorf("%s: %q: %s; want a hint with %q", file, src, text, remedy)
			}
		}
	}
	_, err := rt.Run(context.Background(), "x.py", []byte("from functools import partial, wraps\n"))
	if text := FormatError(err); !strings.Contains(text, "ImportError: cannot import name wraps\nhint: leave it out") {
		t.Errorf("from functools import wraps: %s", text)
	}
}
