package manual_test

import (
	goruntime "runtime"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/manual"
	"starwire/runtime/py"
)

// TestEveryNameHasAnEntry walks all that has a global name.
func TestEveryNameHasAnEntry(t *testing.T) {
	w := newWorld(t)
	all := w.everything()
	for _, name := range sorted(all) {
		v := all[name]
		e, ok := manual.Lookup(name)
		if !ok {
			if needsEntry(name) {
				t.Errorf("%s (%s) is not in the manual: describe it in text/*.txt", name, v.Type())
			}
			continue
		}
		if v.Type() == "module" || v.Type() == "type" || v.Type() == "builtin_function_or_method" {
			if owner, _, _ := strings.Cut(name, "."); w.python[owner] != nil && owner != name || owner == "types" && owner != name {
				continue // as str.upper, which is made anew each time, and types.StringType, which is str
			}
			found, ok := w.find(v)
			if want := canonical(e); !ok || found.Name != want {
				t.Errorf("For(%s) = %q, %v; want %q", name, found.Name, ok, want)
			}
		}
	}
}

// TestEveryAttributeHasAnEntry walks the attributes of one of each kind of value,
// of what they hold, and so on.
func TestEveryAttributeHasAnEntry(t *testing.T) {
	w := newWorld(t)
	values := append([]starlark.Value(nil), w.values...)
	all := w.everything()
	for _, name := range sorted(all) {
		values = append(values, all[name])
	}
	seen := make(map[string]bool)
	for len(values) > 0 {
		v := values[0]
		values = values[1:]
		switch v.Type() {
		case "module", "type", "builtin_function_or_method", "struct":
			continue
		}
		e, ok := w.find(v)
		if !ok {
			if !seen[v.Type()] {
				t.Errorf("For(%s) = false: the type %s is not in the manual: describe it in text/*.txt", v, v.Type())
			}
			seen[v.Type()] = true
			continue
		}
		h, ok := v.(starlark.HasAttrs)
		if !ok {
			continue
		}
		for _, attr := range h.AttrNames() {
			name := e.Name + "." + attr
			if seen[name] {
				continue
			}
			seen[name] = true
			x, err := h.Attr(attr)
			if err != nil || x == nil {
				t.Errorf("%s: AttrNames lists it, but Attr = %v, %v", name, x, err)
				continue
			}
			values = append(values, x)
			entry, ok := manual.Lookup(name)
			if ok && entry.Kind == manual.Attribute {
				checkType(t, w, entry, x)
			}
			if !ok {
				if needsEntry(name) {
					t.Errorf("%s is not in the manual: describe it in text/*.txt", name)
				}
				continue
			}
			if _, isMethod := x.(starlark.Callable); isMethod && entry.Kind == manual.Function {
				if b, ok := x.(*starlark.Builtin); ok && b.Receiver() != v {
					continue // as HTTP.send, which is its connection's
				}
				found, ok := w.find(x)
				if !ok || found.Text != entry.Text {
					t.Errorf("For(%s) = %q, %v", name, found.Name, ok)
				}
			} else if entry.Kind == manual.Function {
				t.Errorf("%s is described as a method, and is %s", name, x.Type())
			} else if x.Type() == "builtin_function_or_method" && x.(*starlark.Builtin).Receiver() != nil {
				t.Errorf("%s is a method, and described as an %s", name, entry.Kind)
			}
		}
	}
}

// TestEveryEntryExists is the other way round.
func TestEveryEntryExists(t *testing.T) {
	w := newWorld(t)
	all := w.everything()
	has := make(map[string]bool) // the attributes of instances, by class and name
	isA := make(map[string]bool) // the classes that there are instances of
	var count func(class string, names []string)
	count = func(class string, names []string) {
		e, _ := manual.Lookup(class)
		isA[class] = true
		for _, name := range names {
			has[class+"."+name] = true
		}
		for _, base := range e.Bases {
			count(base, names)
		}
	}
	for _, v := range w.values {
		if e, ok := w.find(v); ok {
			var names []string
			if h, ok := v.(starlark.HasAttrs); ok {
				names = h.AttrNames()
			}
			count(e.Name, names)
		}
		isA[v.Type()] = true
	}
	for _, name := range manual.Names("") {
		e, _ := manual.Lookup(name)
		owner := ""
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			owner = name[:i]
		}
		o, _ := manual.Lookup(owner)
		v, exists := all[name]
		switch {
		case goruntime.GOOS != "linux" && strings.HasPrefix(name, "errno.E"): // each system has some of them
		case e.Kind == manual.Topic, name == "testing", owner == "testing": // see TestTesting
		case e.Kind == manual.Type:
			if !isA[name] && !exists {
				t.Errorf("%s: there is no such value", name)
			}
		case owner != "" && o.Kind != manual.Module:
			if exists {
				continue // as str.center
			}
			if class, ok := all[owner].(starlark.HasAttrs); ok {
				if x, _ := class.Attr(name[len(owner)+1:]); x != nil {
					continue // as ssl.Purpose.SERVER_AUTH
				}
			}
			if !has[name] {
				t.Errorf("%s: no value has it", name)
			}
		case !exists:
			t.Errorf("%s: there is none", name)
		default:
			checkKind(t, w, e, v)
		}
	}
}

// checkType compares what an attribute holds with what its entry says. None may
// be there in place of anything, "UNKNOWN" in an unread response.
func checkType(t *testing.T, w *world, e manual.Entry, v starlark.Value) {
	t.Helper()
	found, ok := w.find(v)
	switch {
	case !ok || e.Result == "any" || v == starlark.None || v == starlark.String("UNKNOWN"):
	case e.Result == "function" || e.Result == "class":
		if _, ok := v.(starlark.Callable); !ok {
			t.Errorf("%s is described as a %s, and is %s", e.Name, e.Result, v)
		}
	case e.Result == "float" && found.Name == "int", e.Result == "bool" && found.Name == "int":
	case e.Name[strings.LastIndexByte(e.Name, '.')+1:] == "timeout" && found.Name == "object":
	default:
		for class := found; class.Name != e.Result; {
			if len(class.Bases) == 0 {
				t.Errorf("%s is described as %s, and is %s", e.Name, e.Result, found.Name)
				return
			}
			class, _ = manual.Lookup(class.Bases[0])
		}
	}
}

// TestResults sees that what calls return is a class of the manual.
func TestResults(t *testing.T) {
	for _, name := range manual.Names("") {
		e, _ := manual.Lookup(name)
		switch e.Result {
		case "", "any", "function", "class":
			continue
		}
		switch r, _ := manual.Lookup(e.Result); {
		case r.Name == e.Result && (r.Kind == manual.Class || r.Kind == manual.Type || r.Kind == manual.Exception):
		default:
			t.Errorf("%s: the result %s is no class of the manual", name, e.Result)
		}
	}
}

// checkKind compares what a name stands for with what its entry says.
func checkKind(t *testing.T, w *world, e manual.Entry, v starlark.Value) {
	t.Helper()
	switch e.Kind {
	case manual.Module:
		if v.Type() != "module" {
			t.Errorf("%s is described as a module, and is a %s", e.Name, v.Type())
		}
	case manual.Exception:
		class, ok := v.(*py.Class)
		if !ok {
			t.Errorf("%s is described as an exception, and is a %s", e.Name, v.Type())
			return
		}
		var bases []string
		for _, b := range class.Bases() {
			bases = append(bases, b.QualifiedName())
		}
		if got, want := strings.Join(e.Bases, ", "), strings.Join(bases, ", "); got != want {
			t.Errorf("%s is described as deriving from %q; it does from %q", e.Name, got, want)
		}
	case manual.Class, manual.Function:
		if _, ok := v.(starlark.Callable); !ok {
			t.Errorf("%s is described as a %s, and is a %s", e.Name, e.Kind, v.Type())
		}
	case manual.Constant:
		want, err := w.eval(e.Value)
		if err != nil {
			t.Errorf("%s = %s: %v", e.Name, e.Value, err)
			return
		}
		if same, err := starlark.Equal(v, want); err != nil || !same {
			t.Errorf("%s is described as %s, and is %s", e.Name, e.Value, v)
		}
	case manual.Attribute:
		checkType(t, w, e, v)
	}
}

// TestClassMethods asks the classes themselves for their methods, as in
// help(httplib.HTTPConnection.request).
func TestClassMethods(t *testing.T) {
	w := newWorld(t)
	count := 0
	for name, class := range w.everything() {
		h, ok := class.(starlark.HasAttrs)
		if !ok || class.Type() != "type" {
			continue
		}
		for _, attr := range h.AttrNames() {
			x, _ := h.Attr(attr)
			if x == nil || x.Type() != "instancemethod" {
				continue
			}
			count++
			e, ok := w.find(x)
			if want, _ := manual.Lookup(name + "." + attr); !ok || e.Text != want.Text || e.Kind != manual.Function {
				t.Errorf("For(%s.%s) = %q, %v; want %q", name, attr, e.Name, ok, want.Name)
			}
		}
	}
	if count < 200 {
		t.Errorf("the classes have %d methods; want more", count)
	}
}
