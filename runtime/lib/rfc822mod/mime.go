package rfc822mod

import (
	"iter"
	"strings"

	"starwire/runtime/py"
)

// A MIMEType is what mimetools.Message makes of a Content-Type field. Its
// strings share memory with the field.
type MIMEType struct {
	// Type is "main/sub" in lower case, its parts stripped. A field without a
	// slash, or with several, makes a Type that is not of this form.
	Type string
	// Main is Type before its first slash, Sub what follows it.
	Main, Sub string
	// Params is the field from its first semicolon on.
	Params string
}

// ParseType takes a Content-Type field apart. A message without the field has
// "text/plain"; an empty one has an empty type.
//
// mimetools.py, Message.parsetype.
func ParseType(field string) MIMEType {
	var t MIMEType
	if i := strings.IndexByte(field, ';'); i >= 0 {
		field, t.Params = field[:i], field[i:]
	}
	// Each part is stripped. Where none needs it, as in every real field, the
	// parts are not taken out one by one.
	t.Type = py.Lower(py.Strip(field))
	if strings.ContainsAny(t.Type, " \t\n\v\f\r") {
		parts := strings.Split(t.Type, "/")
		for i, part := range parts {
			parts[i] = py.Strip(part)
		}
		t.Type = strings.Join(parts, "/")
	}
	t.Main, t.Sub, _ = strings.Cut(t.Type, "/")
	return t
}

// List goes over the parameters: "name=value" with the name in lower case and
// both stripped, anything else stripped as it is. A semicolon in quotes divides
// too, and the quotes stay.
//
// mimetools.py, Message.parseplist.
func (t MIMEType) List() iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := t.Params; rest != ""; {
			item, _, _ := strings.Cut(rest[1:], ";")
			rest = rest[1+len(item):]
			if !yield(paramItem(item)) {
				return
			}
		}
	}
}

// paramItem returns one parameter as List shows it.
func paramItem(item string) string {
	name, value, ok := strings.Cut(item, "=")
	if !ok {
		return py.Strip(item)
	}
	return py.Lower(py.Strip(name)) + "=" + py.Strip(value)
}

// Param returns the value of the first parameter called name, in any case,
// without the quotes or angle brackets round it.
//
// mimetools.py, Message.getparam.
func (t MIMEType) Param(name string) (value string, ok bool) {
	prefix := py.Lower(name) + "="
	for item := range t.List() {
		if strings.HasPrefix(item, prefix) {
			return Unquote(item[len(prefix):]), true
		}
	}
	return "", false
}

// ParamNames goes over the names of the parameters that have a value, in lower case.
//
// mimetools.py, Message.getparamnames.
func (t MIMEType) ParamNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for item := range t.List() {
			if name, _, ok := strings.Cut(item, "="); ok && !yield(name) {
				return
			}
		}
	}
}

// DefaultEncoding is the encoding of a message without the field that names it,
// and DefaultType its type.
const (
	DefaultEncoding = "7bit"
	DefaultType     = "text/plain"
)
