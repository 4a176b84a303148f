package httplibmod

import (
	"fmt"
	"iter"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// An HTTPMessage holds the fields of a head, as Python's HTTPMessage over
// mimetools.Message over rfc822.Message does: a mapping from lower-cased names
// to values, repeated fields joined by ", " and folded ones by "\n ", beside the
// raw lines as they came. Instances of the two classes below it are HTTPMessages
// of another class.
//
// It is made from one string, and takes that apart only when something other
// than a single value is asked for.
type HTTPMessage struct {
	raw           string // well-formed lines, none of them folded, until parse
	*messageParts        // nil for the message of a response, until parse
	parsed        bool
	frozen        bool
}

// messageParts are what a message is taken apart into, and what it is besides its
// fields. Few messages of responses come to have them.
type messageParts struct {
	class    *messageClass     // nil: HTTPMessage itself
	headers  *starlark.List    // raw lines with their ends; the script's to change
	dict     *starlark.Dict    // lower-cased names and joined values; likewise
	framed   map[string]string // see framing; of a message that parse did not make
	status   string            // "" or what was wrong, in rfc822's words
	unixfrom string
	source   *messageSource // what the constructor was given; nil: the message of a response
	mime     *mimePart      // see mimePart
}

var (
	_ starlark.HasSetKey       = (*HTTPMessage)(nil)
	_ starlark.HasSetField     = (*HTTPMessage)(nil)
	_ starlark.IterableMapping = (*HTTPMessage)(nil)
	_ starlark.Sequence        = (*HTTPMessage)(nil)
	_ py.Reprer                = (*HTTPMessage)(nil)
)

// newMessage returns the message of a head that the strict parser took: raw is
// its field lines without the blank line, none of them folded.
func newMessage(raw string) *HTTPMessage {
	return &HTTPMessage{raw: raw}
}

// parse takes raw apart, once.
func (m *HTTPMessage) parse() {
	if m.parsed {
		return
	}
	// The lines were counted when they were read, and a string has no errors.
	m.readHeaders(&stringLines{m.raw}, len(m.raw)+1)
	m.status = "" // the blank line is not in raw
}

// mutable prepares a change: it is the error of changing a frozen message, and
// fixes what Python computed when the message was made.
func (m *HTTPMessage) mutable() error {
	if m.frozen {
		return fmt.Errorf("cannot change frozen %s", m.Type())
	}
	m.mimePart()
	return nil
}

// find returns the value of the field called name, in any case: a string, or
// what a script put into dict.
func (m *HTTPMessage) find(name string) (starlark.Value, bool) {
	if !m.parsed {
		if v, ok := m.scan(name); ok {
			return starlark.String(v), true
		}
		return nil, false
	}
	v, ok, _ := m.dict.Get(starlark.String(py.Lower(name)))
	return v, ok
}

// get returns the joined value of the field called name, in any case. It does
// not take the message apart.
func (m *HTTPMessage) get(name string) (value string, ok bool) {
	if !m.parsed {
		return m.scan(name)
	}
	if v, ok := m.find(name); ok {
		return py.AsBytes(v)
	}
	return "", false
}

// scan is get of a message not taken apart.
func (m *HTTPMessage) scan(name string) (value string, ok bool) {
	if name == "" || strings.IndexByte(name, ':') >= 0 {
		return "", false // which no line can have for its name
	}
	rest := m.raw
	for len(rest) > len(name) {
		end := strings.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		line := rest[:end]
		rest = rest[end:]
		// Names of a kind differ at their end.
		if len(line) > len(name) && line[len(name)] == ':' && line[len(name)-1]|0x20 == name[len(name)-1]|0x20 && equalFold(line[:len(name)], name) {
			v := py.Strip(line[len(name)+1:])
			if ok {
				v = value + ", " + v
			}
			value, ok = v, true
		}
	}
	return value, ok
}

// equalFold compares strings of one length without regard to the case of ASCII letters.
func equalFold(a, b string) bool {
	for i := 0; i < len(a); i++ {
		x, y := a[i], b[i]
		if x != y && (x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}

// lookup is getheader: the value of a field, or fallback.
func (m *HTTPMessage) lookup(name, fallback starlark.Value) (starlark.Value, error) {
	s, err := fieldName(name)
	if err != nil {
		return nil, err
	}
	if v, ok := m.find(s); ok {
		return v, nil
	}
	return fallback, nil
}

// fieldName is the argument that names a field.
func fieldName(v starlark.Value) (string, error) {
	s, ok := py.AsBytes(v)
	if !ok {
		return "", py.NoAttribute(v, "lower")
	}
	return s, nil
}

// lines goes over the raw lines. Something else in the list is an empty line.
func (m *HTTPMessage) lines() iter.Seq[string] {
	m.parse()
	return func(yield func(string) bool) {
		for i := range m.headers.Len() {
			line, _ := py.AsBytes(m.headers.Index(i))
			if !yield(line) {
				return
			}
		}
	}
}

// String returns the raw lines, as Python's str(msg) does.
func (m *HTTPMessage) String() string {
	if !m.parsed {
		return m.raw
	}
	var b strings.Builder
	for line := range m.lines() {
		b.WriteString(line)
	}
	return b.String()
}

// Repr returns Python's repr without the address.
func (m *HTTPMessage) Repr() string {
	return "<" + m.kind().module + "." + m.kind().name + " instance>"
}

// Type returns the name of the class: "HTTPMessage" or "Message".
func (m *HTTPMessage) Type() string { return m.kind().name }

// kind returns the class.
func (m *HTTPMessage) kind() *messageClass {
	if m.messageParts == nil || m.class == nil {
		return httpMessageClass
	}
	return m.class
}

// Freeze makes the message immutable. It does all that otherwise waits until it
// is asked for, because a frozen value may be shared and must not change when
// it is read.
func (m *HTTPMessage) Freeze() {
	if m.frozen {
		return
	}
	m.frozen = true
	m.mimePart().plist().Freeze()
	m.headers.Freeze()
	m.dict.Freeze()
	if m.source != nil {
		m.source.freeze()
	}
}

// Truth is Python's: a message without fields is false.
func (m *HTTPMessage) Truth() starlark.Bool { return m.Len() > 0 }

// Hash refuses: a message can change.
func (m *HTTPMessage) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: %s", m.Type())
}

// Len returns the number of distinct names.
func (m *HTTPMessage) Len() int {
	m.parse()
	return m.dict.Len()
}

// Get returns m[name]. A name that is not there is Python's KeyError; to the
// "in" operator, which asks through Get too, it is just not there.
func (m *HTTPMessage) Get(k starlark.Value) (starlark.Value, bool, error) {
	name, err := fieldName(k)
	if err != nil {
		return nil, false, err
	}
	if v, ok := m.find(name); ok {
		return v, true, nil
	}
	return nil, false, py.KeyError.New(nil, starlark.String(py.Lower(name)))
}

// Items returns pairs of lower-cased name and joined value, in order of first appearance.
func (m *HTTPMessage) Items() []starlark.Tuple {
	m.parse()
	return m.dict.Items()
}

// Iterate goes over the lower-cased names, a copy of them: the message may
// change meanwhile.
func (m *HTTPMessage) Iterate() starlark.Iterator {
	m.parse()
	return starlark.Tuple(m.dict.Keys()).Iterate()
}

// SetKey is m[name] = value: all fields of the name go, and one line
// "name: value\n" comes at the end. A value that is no string gets into dict,
// and is then a TypeError.
//
// rfc822.py, Message.__setitem__.
func (m *HTTPMessage) SetKey(k, v starlark.Value) error {
	name, err := fieldName(k)
	if err != nil {
		return err
	}
	if err := m.mutable(); err != nil {
		return err
	}
	if err := m.remove(name); err != nil {
		return err
	}
	if err := m.dict.SetKey(starlark.String(py.Lower(name)), v); err != nil {
		return err
	}
	return m.appendField(name, v)
}

// appendField appends the raw lines of a field: more than one if its value has
// line ends.
func (m *HTTPMessage) appendField(name string, v starlark.Value) error {
	value, ok := py.AsBytes(v)
	if !ok {
		return py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(v))
	}
	for line := range strings.SplitSeq(name+": "+value, "\n") {
		if err := m.headers.Append(starlark.String(line + "\n")); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes every field called name and its raw lines; there may be none.
//
// rfc822.py, Message.__delitem__.
func (m *HTTPMessage) remove(name string) error {
	key := py.Lower(name)
	if _, ok, err := m.dict.Delete(starlark.String(key)); err != nil || !ok {
		return err
	}
	var kept []starlark.Value
	hit, i := false, 0
	for line := range m.lines() {
		hit = isFieldOf(line, key) || hit && startsBlank(line)
		if !hit {
			kept = append(kept, m.headers.Index(i))
		}
		i++
	}
	if len(kept) == i {
		return nil
	}
	// The list stays the same one, which the script may hold.
	if err := m.headers.Clear(); err != nil {
		return err
	}
	for _, line := range kept {
		if err := m.headers.Append(line); err != nil {
			return err
		}
	}
	return nil
}
