package cookiemod

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// An attribute is one that a cookie may have.
type attribute struct {
	name, text string // the key, in the order of sorted keys, and what is written
	flag       bool   // it has no value
}

// attributes are those of Cookie.py, Morsel._reserved, sorted.
var attributes = []attribute{
	{name: "comment", text: "Comment"}, {name: "domain", text: "Domain"}, {name: "expires", text: "expires"},
	{name: "httponly", text: "httponly", flag: true}, {name: "max-age", text: "Max-Age"}, {name: "path", text: "Path"},
	{name: "secure", text: "secure", flag: true}, {name: "version", text: "Version"},
}

// reserved returns the attribute of that name, in any case, or nil.
func reserved(name string) *attribute {
	name = py.Lower(name)
	if i := slices.IndexFunc(attributes, func(a attribute) bool { return a.name == name }); i >= 0 {
		return &attributes[i]
	}
	return nil
}

// A morsel is one cookie: a name with its value, as a mapping of its attributes.
//
// Cookie.py, Morsel.
type morsel struct {
	mapping
	key, value, coded starlark.Value
	now               func() time.Time
}

var (
	_ starlark.HasSetKey       = (*morsel)(nil)
	_ starlark.HasSetField     = (*morsel)(nil)
	_ starlark.IterableMapping = (*morsel)(nil)
	_ starlark.Sequence        = (*morsel)(nil)
	_ py.Reprer                = (*morsel)(nil)
	_ py.DoubleText            = (*morsel)(nil)
)

// newMorsel is Morsel().
func newMorsel(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod("__init__", args, kwargs); err != nil {
		return nil, err
	}
	return makeMorsel(host.From(thread).Now), nil
}

func makeMorsel(now func() time.Time) *morsel {
	m := &morsel{key: starlark.None, value: starlark.None, coded: starlark.None, now: now}
	for _, a := range attributes {
		if err := m.d.SetKey(starlark.String(a.name), starlark.String("")); err != nil {
			panic(err) // a new dict takes every string
		}
	}
	return m
}

// String returns "Set-Cookie: " and the cookie.
func (m *morsel) String() string { return m.StrBy(py.Repr) }

// StrBy is String with cookies inside as show shows them.
func (m *morsel) StrBy(show func(part starlark.Value) string) string {
	text, _ := m.text(nil, show) // of a time that cannot be, all but that
	return "Set-Cookie: " + text
}

// Repr returns <Morsel: name='value'>.
func (m *morsel) Repr() string { return m.ReprBy(py.Repr) }

// ReprBy is Repr with the value as show shows it.
func (m *morsel) ReprBy(show func(part starlark.Value) string) string {
	key, ok := py.AsBytes(m.key)
	if !ok {
		key = show(m.key)
	}
	return "<Morsel: " + key + "=" + show(m.value) + ">"
}

// Type returns "Morsel".
func (m *morsel) Type() string { return "Morsel" }

// Freeze makes the morsel immutable.
func (m *morsel) Freeze() { m.FreezeBy(func(v starlark.Value) { v.Freeze() }) }

// FreezeBy is Freeze, but leaves to freeze what the morsel holds.
func (m *morsel) FreezeBy(freeze func(starlark.Value)) {
	if m.frozen {
		return
	}
	m.frozen = true
	for _, v := range []starlark.Value{&m.d, m.key, m.value, m.coded} {
		freeze(v)
	}
}

// Hash refuses: a morsel may change.
func (m *morsel) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: 'Morsel'") }

// SetKey sets an attribute.
//
// Cookie.py, Morsel.__setitem__.
func (m *morsel) SetKey(k, v starlark.Value) error {
	name, err := word(k, "lower")
	if err != nil {
		return err
	}
	if err := m.change("Morsel"); err != nil {
		return err
	}
	a := reserved(name)
	if a == nil {
		return CookieError.Errorf("Invalid Attribute %s", py.Lower(name))
	}
	return m.d.SetKey(starlark.String(a.name), v)
}

// word returns the text of a value whose method is asked for.
func word(v starlark.Value, method string) (string, error) {
	if err := py.AsASCII(v); err != nil {
		return "", err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		return "", py.NoAttribute(v, method)
	}
	return s, nil
}

// set gives the cookie its name and value.
//
// Cookie.py, Morsel.set.
func (m *morsel) set(key, value, coded starlark.Value) error {
	name, err := word(key, "lower")
	if err != nil {
		return err
	}
	if err := m.change("Morsel"); err != nil {
		return err
	}
	switch {
	case reserved(name) != nil:
		return CookieError.Errorf("Attempt to set a reserved key: %s", name)
	case !allLegal(name):
		return CookieError.Errorf("Illegal key value: %s", name)
	}
	m.key, m.value, m.coded = key, value, coded
	return nil
}

// text returns the cookie as Set-Cookie has it, with the attributes that wanted lets through; nil is all of
// them. The error is that of a time that cannot be.
//
// Cookie.py, Morsel.OutputString.
func (m *morsel) text(wanted func(name string) (bool, error), show func(part starlark.Value) string) (string, error) {
	var b strings.Builder
	var failed error
	b.WriteString(shown(m.key, show) + "=" + shown(m.coded, show))
	for _, a := range attributes {
		v := m.item(a.name)
		if s, ok := py.AsBytes(v); v == nil || ok && s == "" {
			continue
		}
		if wanted != nil {
			ok, err := wanted(a.name)
			if err != nil {
				return "", err
			}
			if !ok {
				continue
			}
		}
		n, isInt := v.(starlark.Int)
		switch {
		case a.flag:
			b.WriteString("; " + a.text)
		case a.name == "expires" && isInt:
			date, err := m.date(n)
			if err != nil {
				failed = err
				continue
			}
			b.WriteString("; expires=" + date)
		default:
			b.WriteString("; " + a.text + "=" + shown(v, show))
		}
	}
	return b.String(), failed
}

// maxOffset bounds the seconds from now of a time that expires can tell.
const maxOffset = 1 << 40

// date is the time so many seconds from now.
//
// Cookie.py, _getdate.
func (m *morsel) date(offset starlark.Int) (string, error) {
	n, ok := offset.Int64()
	if !ok || n < -maxOffset || n > maxOffset {
		return "", py.ValueError.Errorf("timestamp out of range for platform time_t")
	}
	t := time.Unix(m.now().Unix()+n, 0).UTC()
	return fmt.Sprintf("%s, %02d %s %4d %s GMT", t.Format("Mon"), t.Day(), t.Format("Jan"), t.Year(), t.Format("15:04:05")), nil
}

var morselTable lazy.Methods

func morselMethods() map[string]*starlark.Builtin {
	return morselTable.Get(func() map[string]function {
		return map[string]function{
			"OutputString":  morselOutputString,
			"isReservedKey": morselIsReservedKey,
			"js_output":     morselJSOutput,
			"output":        morselOutput,
			"set":           morselSet,
		}
	})
}

// function is how a built-in is implemented.
type function = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// Attr returns key, value, coded_value or a method.
func (m *morsel) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__class__":
		return morselClass, nil
	case "coded_value":
		return m.coded, nil
	case "key":
		return m.key, nil
	case "value":
		return m.value, nil
	}
	if b := morselMethods()[name]; b != nil {
		return b.BindReceiver(m), nil
	}
	return m.method(name)
}

// AttrNames lists what Attr knows.
func (m *morsel) AttrNames() []string {
	return m.names(morselMethods(), "__class__", "coded_value", "key", "value")
}

// SetField sets key, value or coded_value.
func (m *morsel) SetField(name string, v starlark.Value) error {
	if err := m.change("Morsel"); err != nil {
		return err
	}
	switch name {
	case "coded_value":
		m.coded = v
	case "key":
		m.key = v
	case "value":
		m.value = v
	default:
		return py.NoAttribute(m, name)
	}
	return nil
}

// only is the argument attrs: which attributes are written.
func only(attrs starlark.Value) func(name string) (bool, error) {
	if attrs == starlark.None {
		return nil
	}
	return func(name string) (bool, error) {
		v, err := starlark.Binary(syntax.IN, starlark.String(name), attrs)
		if err != nil {
			return false, py.TypeError.Errorf("argument of type '%s' is not iterable", py.TypeName(attrs))
		}
		return bool(v.Truth()), nil
	}
}

// morselOutputString is OutputString(attrs=None).
func morselOutputString(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var attrs starlark.Value = starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "attrs?", &attrs); err != nil {
		return nil, err
	}
	text, err := b.Receiver().(*morsel).text(only(attrs), py.Repr)
	if err != nil {
		return nil, err
	}
	return starlark.String(text), nil
}

// morselOutput is output(attrs=None, header="Set-Cookie:").
func morselOutput(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var attrs, header starlark.Value = starlark.None, starlark.String("Set-Cookie:")
	if err := py.UnpackMethod(b.Name(), args, kwargs, "attrs?", &attrs, "header?", &header); err != nil {
		return nil, err
	}
	text, err := b.Receiver().(*morsel).text(only(attrs), py.Repr)
	if err != nil {
		return nil, err
	}
	return starlark.String(shown(header, py.Repr) + " " + text), nil
}

// The text of a script that sets a cookie, around it.
const (
	scriptBegin = "\n        <script type=\"text/javascript\">\n        <!-- begin hiding\n        document.cookie = \""
	scriptEnd   = "\";\n        // end hiding -->\n        </script>\n        "
)

// morselJSOutput is js_output(attrs=None).
func morselJSOutput(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var attrs starlark.Value = starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "attrs?", &attrs); err != nil {
		return nil, err
	}
	text, err := b.Receiver().(*morsel).script(only(attrs))
	if err != nil {
		return nil, err
	}
	return starlark.String(text), nil
}

func (m *morsel) script(wanted func(name string) (bool, error)) (string, error) {
	text, err := m.text(wanted, py.Repr)
	return scriptBegin + strings.ReplaceAll(text, `"`, `\"`) + scriptEnd, err
}

// morselIsReservedKey is isReservedKey(K).
func morselIsReservedKey(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "K", &key); err != nil {
		return nil, err
	}
	name, err := word(key, "lower")
	if err != nil {
		return nil, err
	}
	return starlark.Bool(reserved(name) != nil), nil
}

// morselSet is set(key, val, coded_val).
func morselSet(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, value, coded starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "key", &key, "val", &value, "coded_val", &coded); err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*morsel).set(key, value, coded)
}
