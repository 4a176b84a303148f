package cookiemod

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A cookie is a BaseCookie or SimpleCookie: a mapping of names to morsels.
type cookie struct {
	mapping
	class *class
	now   func() time.Time
}

var (
	_ starlark.HasSetKey       = (*cookie)(nil)
	_ starlark.HasAttrs        = (*cookie)(nil)
	_ starlark.IterableMapping = (*cookie)(nil)
	_ starlark.Sequence        = (*cookie)(nil)
	_ py.Reprer                = (*cookie)(nil)
	_ py.DoubleText            = (*cookie)(nil)
)

// newCookie is SimpleCookie(input=None).
func newCookie(thread *starlark.Thread, k *class, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var input starlark.Value = starlark.None
	if err := py.UnpackMethod("__init__", args, kwargs, "input?", &input); err != nil {
		return nil, err
	}
	c := &cookie{class: k, now: host.From(thread).Now}
	if input.Truth() {
		if err := c.load(thread, input); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// sorted returns names and morsels, sorted.
func (c *cookie) sorted() []starlark.Tuple {
	items := c.d.Items()
	slices.SortFunc(items, func(a, b starlark.Tuple) int { return strings.Compare(py.Str(a[0]), py.Str(b[0])) })
	return items
}

// String returns the fields Set-Cookie, each with its name.
func (c *cookie) String() string { return c.StrBy(py.Repr) }

// StrBy is String with cookies inside as show shows them. A script can put values that are no morsels into a
// cookie by update.
func (c *cookie) StrBy(show func(part starlark.Value) string) string {
	var lines []string
	for _, item := range c.sorted() {
		if m, ok := item[1].(*morsel); ok {
			lines = append(lines, m.StrBy(show))
		} else {
			lines = append(lines, shown(item[1], show))
		}
	}
	return strings.Join(lines, "\r\n")
}

// Repr returns <SimpleCookie: name='value' other='value'>.
func (c *cookie) Repr() string { return c.ReprBy(py.Repr) }

// ReprBy is Repr with the values as show shows them.
func (c *cookie) ReprBy(show func(part starlark.Value) string) string {
	parts := make([]string, 0, c.Len())
	for _, item := range c.sorted() {
		v := item[1]
		if m, ok := v.(*morsel); ok {
			v = m.value
		}
		key, ok := py.AsBytes(item[0])
		if !ok {
			key = show(item[0])
		}
		parts = append(parts, key+"="+show(v))
	}
	return "<" + c.class.name + ": " + strings.Join(parts, " ") + ">"
}

// Type returns the name of the class.
func (c *cookie) Type() string { return c.class.name }

// Freeze makes the cookie immutable.
func (c *cookie) Freeze() { c.FreezeBy(func(v starlark.Value) { v.Freeze() }) }

// FreezeBy is Freeze, but leaves to freeze what the cookie holds.
func (c *cookie) FreezeBy(freeze func(starlark.Value)) {
	if !c.frozen {
		c.frozen = true
		freeze(&c.d)
	}
}

// Hash refuses: a cookie may change.
func (c *cookie) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: '%s'", c.class.name)
}

// SetKey sets a cookie: to a morsel, or to the text of a value.
//
// Cookie.py, BaseCookie.__setitem__.
func (c *cookie) SetKey(k, v starlark.Value) error {
	if err := c.change(c.class.name); err != nil {
		return err
	}
	if m, ok := v.(*morsel); ok {
		return c.d.SetKey(k, m)
	}
	value, coded, err := c.encode(v)
	if err != nil {
		return err
	}
	_, err = c.set(k, value, coded)
	return err
}

// set gives the morsel of that name, which it makes if there is none, a value.
//
// Cookie.py, BaseCookie.__set.
func (c *cookie) set(k, value, coded starlark.Value) (*morsel, error) {
	v, found, err := c.d.Get(k)
	if err != nil {
		return nil, err
	}
	if !found {
		v = makeMorsel(c.now)
	}
	m, ok := v.(*morsel)
	if !ok {
		return nil, py.NoAttribute(v, "set")
	}
	if err := m.set(k, value, coded); err != nil {
		return nil, err
	}
	return m, c.d.SetKey(k, m)
}

// encode returns a value as it is read and as it is sent.
//
// Cookie.py, value_encode.
func (c *cookie) encode(v starlark.Value) (value, coded starlark.Value, err error) {
	if err := py.AsASCII(v); err != nil {
		return nil, nil, err
	}
	s := shown(v, py.Repr)
	if c.class == simpleCookie {
		return starlark.String(s), starlark.String(quote(s)), nil
	}
	return starlark.String(s), starlark.String(s), nil
}

// decode returns a value of what was sent.
//
// Cookie.py, value_decode.
func (c *cookie) decode(s string) string {
	if c.class == simpleCookie {
		return unquote(s)
	}
	return s
}

// load reads cookies of the text of a field, or of a mapping.
//
// Cookie.py, BaseCookie.load.
func (c *cookie) load(thread *starlark.Thread, v starlark.Value) error {
	if s, ok := py.AsBytes(v); ok && !py.IsUnicode(v) {
		return c.parse(thread, s)
	}
	m, ok := v.(starlark.IterableMapping)
	if !ok {
		return py.NoAttribute(v, "items")
	}
	for _, item := range m.Items() {
		if err := c.SetKey(item[0], item[1]); err != nil {
			return err
		}
	}
	return nil
}

var cookiePattern lazy.Value[*regexp.Regexp]

// pattern matches one cookie or attribute. Its groups are the name, and what follows it with the value inside.
//
// Cookie.py, _CookiePattern.
func pattern() *regexp.Regexp {
	return cookiePattern.Get(func() *regexp.Regexp {
		const (
			space = `[ \t\n\r\f\v]`
			key   = `0-9A-Za-z_!#%&'~` + "`" + `><@,:/$*+\-.^|)(?}{=`
		)
		return regexp.MustCompile(`\A` + space + `*([` + key + `]+?)(` + space + `*=` + space + `*(` +
			`"(?:[^\\"]|\\.)*"|` +
			`[0-9A-Za-z_]{3},` + space + `[ \t\n\r\f\v0-9A-Za-z_\-]{9,11}` + space + `[0-9:]{8}` + space + `GMT|` +
			`[` + key + `\[\]]*))?` + space + `*(?:` + space + `+|;|\z)`)
	})
}

// parse reads cookies of the text of a field Cookie or Set-Cookie. It ends where there is no cookie.
//
// Cookie.py, BaseCookie.__ParseString.
func (c *cookie) parse(thread *starlark.Thread, s string) error {
	if err := c.change(c.class.name); err != nil {
		return err
	}
	var last *morsel
	for s != "" {
		at := pattern().FindStringSubmatchIndex(s)
		if at == nil {
			break
		}
		if err := host.Spend(thread, at[1]/host.BytesPerStep+1); err != nil {
			return err
		}
		key := s[at[2]:at[3]]
		var value starlark.Value = starlark.None
		var text string
		if at[6] >= 0 {
			text = s[at[6]:at[7]]
			value = starlark.String(text)
		}
		s = s[at[1]:]
		switch a := reserved(key); {
		case key[0] == '$':
			if last == nil {
				continue
			}
			if err := last.SetKey(starlark.String(key[1:]), value); err != nil {
				return err
			}
		case a != nil:
			if last == nil {
				continue
			}
			if value != starlark.None {
				value = starlark.String(unquote(text))
			} else if !a.flag {
				continue
			} else {
				value = starlark.True
			}
			if err := last.SetKey(starlark.String(key), value); err != nil {
				return err
			}
		case value != starlark.None:
			m, err := c.set(starlark.String(key), starlark.String(c.decode(text)), value)
			if err != nil {
				return err
			}
			last = m
		}
	}
	return nil
}

var cookieTable lazy.Methods

func cookieMethods() map[string]*starlark.Builtin {
	return cookieTable.Get(func() map[string]function {
		return map[string]function{
			"js_output":    cookieJSOutput,
			"load":         cookieLoad,
			"output":       cookieOutput,
			"value_decode": cookieValueDecode,
			"value_encode": cookieValueEncode,
		}
	})
}

// Attr returns a method.
func (c *cookie) Attr(name string) (starlark.Value, error) {
	if name == "__class__" {
		return c.class, nil
	}
	if b := cookieMethods()[name]; b != nil {
		return b.BindReceiver(c), nil
	}
	return c.method(name)
}

// AttrNames lists what Attr knows.
func (c *cookie) AttrNames() []string { return c.names(cookieMethods(), "__class__") }

// cookieLoad is load(rawdata).
func cookieLoad(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var raw starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "rawdata", &raw); err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*cookie).load(thread, raw)
}

// each joins what text says of the morsels, sorted by name.
func (c *cookie) each(method, sep string, text func(m *morsel) (string, error)) (starlark.Value, error) {
	var parts []string
	for _, item := range c.sorted() {
		m, ok := item[1].(*morsel)
		if !ok {
			return nil, py.NoAttribute(item[1], method)
		}
		part, err := text(m)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return starlark.String(strings.Join(parts, sep)), nil
}

// cookieOutput is output(attrs=None, header="Set-Cookie:", sep="\r\n").
func cookieOutput(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var attrs, header starlark.Value = starlark.None, starlark.String("Set-Cookie:")
	sep := py.ByteStr("\r\n")
	if err := py.UnpackMethod(b.Name(), args, kwargs, "attrs?", &attrs, "header?", &header, "sep?", &sep); err != nil {
		return nil, err
	}
	return b.Receiver().(*cookie).each("output", string(sep), func(m *morsel) (string, error) {
		text, err := m.text(only(attrs), py.Repr)
		return shown(header, py.Repr) + " " + text, err
	})
}

// cookieJSOutput is js_output(attrs=None).
func cookieJSOutput(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var attrs starlark.Value = starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "attrs?", &attrs); err != nil {
		return nil, err
	}
	return b.Receiver().(*cookie).each("js_output", "", func(m *morsel) (string, error) { return m.script(only(attrs)) })
}

// cookieValueDecode is value_decode(val).
func cookieValueDecode(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var val starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "val", &val); err != nil {
		return nil, err
	}
	c := b.Receiver().(*cookie)
	if s, ok := py.AsBytes(val); ok && c.class == simpleCookie {
		return starlark.Tuple{starlark.String(c.decode(s)), val}, nil
	}
	return starlark.Tuple{val, val}, nil
}

// cookieValueEncode is value_encode(val).
func cookieValueEncode(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var val starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "val", &val); err != nil {
		return nil, err
	}
	value, coded, err := b.Receiver().(*cookie).encode(val)
	return starlark.Tuple{value, coded}, err
}
