package cookielibmod

import (
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// Cookie is the class cookielib.Cookie.
var Cookie = &py.Kind{Module: "cookielib", Class: "Cookie", Init: cookieInit, Str: func(o *py.Object) string {
	text := py.Str(o.Field("name"))
	if v := o.Field("value"); v != starlark.None {
		text += "=" + py.Str(v)
	}
	return "<Cookie " + text + " for " + py.Str(o.Field("domain")) + py.Str(o.Field("path")) + ">"
}}

// cookieFields are the parameters of Cookie's constructor, which are its fields.
var cookieFields = []string{
	"version", "name", "value", "port", "port_specified", "domain", "domain_specified", "domain_initial_dot",
	"path", "path_specified", "secure", "expires", "discard", "comment", "comment_url", "rest",
}

// cookieInit is Cookie.__init__(version, name, value, port, …, rest, rfc2109=False).
func cookieInit(_ *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	values := make([]starlark.Value, len(cookieFields))
	var rfc2109 starlark.Value = starlark.False
	var pairs []any
	for i, name := range cookieFields {
		pairs = append(pairs, name, &values[i])
	}
	if err := py.UnpackArgs("Cookie", args, kwargs, append(pairs, "rfc2109?", &rfc2109)...); err != nil {
		return err
	}
	for i, name := range cookieFields {
		if name == "rest" {
			name = "_rest"
		}
		o.Set(name, values[i])
	}
	o.Set("rfc2109", rfc2109)
	return nil
}

// cookieOf returns what a script says of a cookie.
func cookieOf(o *py.Object) (*cookie, error) {
	c := &cookie{value: o.Field("value"), secure: bool(o.Field("secure").Truth()), discard: true,
		domainSet: bool(o.Field("domain_specified").Truth()), domainDot: bool(o.Field("domain_initial_dot").Truth()),
		pathSet: bool(o.Field("path_specified").Truth())}
	for field, to := range map[string]*string{"name": &c.name, "domain": &c.domain, "path": &c.path} {
		s, ok := py.AsBytes(o.Field(field))
		if !ok {
			return nil, py.TypeError.Errorf("a cookie's %s is a string, not %s", field, py.TypeName(o.Field(field)))
		}
		*to = s
	}
	if n, ok := o.Field("expires").(starlark.Int); ok {
		c.discard = false
		c.expires, _ = n.Int64()
	}
	return c, nil
}

// A cookie is one that a server set.
type cookie struct {
	name    string
	value   starlark.Value // a string, or None of a cookie without "="
	domain  string
	path    string
	secure  bool
	expires int64 // seconds; 0 with discard
	discard bool
	domainSet, domainDot,
	pathSet bool
	rest []attribute
}

type attribute struct {
	name  string
	value starlark.Value // a string, or None
}

// object returns the cookie as scripts see it.
func (c *cookie) object() *py.Object {
	o := Cookie.New()
	var expires starlark.Value = starlark.None
	if !c.discard {
		expires = starlark.MakeInt64(c.expires)
	}
	rest := new(starlark.Dict)
	for _, a := range c.rest {
		rest.SetKey(starlark.String(a.name), a.value)
	}
	for name, v := range map[string]starlark.Value{
		"version": starlark.MakeInt(0), "name": starlark.String(c.name), "value": c.value,
		"port": starlark.None, "port_specified": starlark.False,
		"domain": starlark.String(c.domain), "domain_specified": starlark.Bool(c.domainSet), "domain_initial_dot": starlark.Bool(c.domainDot),
		"path": starlark.String(c.path), "path_specified": starlark.Bool(c.pathSet),
		"secure": starlark.Bool(c.secure), "expires": expires, "discard": starlark.Bool(c.discard),
		"comment": starlark.None, "comment_url": starlark.None, "rfc2109": starlark.False, "_rest": rest,
	} {
		o.Set(name, v)
	}
	return o
}

// expired reports whether the cookie has had its time.
func (c *cookie) expired(now int64) bool { return !c.discard && c.expires <= now }

// parse reads one Set-Cookie field value. It returns nil for what sets nothing.
//
// cookielib.py, parse_ns_headers and _normalized_cookie_tuples.
func parse(line string, now int64) *cookie {
	c := &cookie{discard: true, expires: 0}
	seen := make(map[string]bool)
	var maxAge, expires *int64
	for i, part := range strings.Split(line, ";") {
		part = py.Strip(part)
		name, value, found := strings.Cut(part, "=")
		name, value = py.Strip(name), py.Strip(value)
		var v starlark.Value = starlark.None
		if found {
			v = starlark.String(value)
		}
		if i == 0 {
			if name == "" {
				return nil
			}
			c.name, c.value = name, v
			continue
		}
		key := py.Lower(name)
		if key == "" && !found || seen[key] {
			continue
		}
		switch key {
		case "domain":
			if !found || value == "" {
				return nil
			}
			c.domain, c.domainSet = py.Lower(value), true
		case "path":
			if !found {
				return nil
			}
			if value == "" {
				continue
			}
			c.path, c.pathSet = escapePath(value), true
		case "secure":
			c.secure = true
		case "expires":
			if at, ok := parseTime(unquote(value)); ok {
				expires = &at
			}
		case "max-age":
			n, ok := py.Int10(unquote(value))
			if !ok {
				return nil
			}
			at := now + n
			maxAge = &at
		case "version", "port", "comment", "commenturl", "discard":
		default:
			c.rest = append(c.rest, attribute{name, v})
			continue
		}
		seen[key] = true
	}
	if maxAge != nil {
		expires = maxAge
	}
	if expires != nil {
		c.expires, c.discard = *expires, false
	}
	return c
}

// unquote drops quotes around a value.
func unquote(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`) }

// timeLayouts are the dates that servers write. Dashes were made blanks.
//
// cookielib.py, http2time.
var timeLayouts = []string{
	"Mon, 2 Jan 2006 15:04:05 MST", "Monday, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 06 15:04:05 MST", "Monday, 2 Jan 06 15:04:05 MST",
	"2 Jan 2006 15:04:05 MST", "2 Jan 06 15:04:05 MST", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006",
	"Mon Jan _2 15:04:05 2006", "Mon, 2 Jan 2006 15:04:05", "Mon, 2 Jan 2006 15:04:05 -0700", "2006 01 02 15:04:05", "2006 01 02",
}

// parseTime returns the seconds since 1970 of a date in UTC.
func parseTime(s string) (int64, bool) {
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "-", " ")), " ")
	for _, layout := range timeLayouts {
		if t, err := time.Parse(strings.Join(strings.Fields(layout), " "), s); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

// escapePath quotes what may not stand in a path, and writes escapes in capitals.
//
// cookielib.py, escape_path.
func escapePath(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]):
			b.WriteString(strings.ToUpper(path[i : i+3]))
			i += 2
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("%/;:@&=+$,!~*'()_.-", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
