package httplibmod

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// An HTTPMessage holds the fields of a head, as Python's HTTPMessage over
// mimetools.Message over rfc822.Message does: a mapping from lower-cased names
// to values, repeated fields joined by ", " and folded ones by "\n ", beside the
// raw lines as they came.
//
// It is made from one string, and takes that apart only when something other
// than a single value is asked for.
type HTTPMessage struct {
	raw    string // the lines of the head, not yet taken apart if parsed is false
	simple bool   // raw has well-formed lines only, none of them folded
	parsed bool
	frozen bool

	lines    []string          // rfc822 Message.headers: raw lines with their ends
	names    []string          // keys of dict, in order of first appearance
	dict     map[string]string // rfc822 Message.dict
	unixfrom string
	status   string // "" or what was wrong, in rfc822's words
	live     *starlark.List
}

var (
	_ starlark.HasSetKey       = (*HTTPMessage)(nil)
	_ starlark.IterableMapping = (*HTTPMessage)(nil)
	_ starlark.HasAttrs        = (*HTTPMessage)(nil)
	_ starlark.Sequence        = (*HTTPMessage)(nil)
	_ py.Reprer                = (*HTTPMessage)(nil)
)

// newMessage returns the message of a head that the strict parser took: raw is
// its field lines without the blank line, none of them folded.
func newMessage(raw string) *HTTPMessage {
	return &HTTPMessage{raw: raw, simple: true}
}

// A headReader feeds the lines of a head to HTTPMessage.readHeaders.
type headReader interface {
	// headLine returns the next line with its end, "" at the end of input. Its
	// errors are the exceptions to raise.
	headLine() (string, error)
}

// stringLines feeds lines from a string.
type stringLines struct{ rest string }

func (s *stringLines) headLine() (string, error) {
	i := strings.IndexByte(s.rest, '\n') + 1
	if i == 0 {
		i = len(s.rest)
	}
	line := s.rest[:i]
	s.rest = s.rest[i:]
	return line, nil
}

// readHeaders reads lines up to the blank one that ends a head, with at most
// limit of them. All lines count, those that are dropped too (H6), and a line
// that starts with white space right after the status line is dropped.
//
// httplib.py, HTTPMessage.readheaders.
func (m *HTTPMessage) readHeaders(r headReader, limit int) error {
	m.parsed, m.raw = true, ""
	m.lines, m.names, m.dict = nil, nil, make(map[string]string)
	m.unixfrom, m.status, m.live = "", "", nil
	current := "" // the field that a continuation line would continue
	first := true
	for n := 0; ; n++ {
		line, err := r.headLine()
		if err != nil {
			return err
		}
		if line == "" {
			m.status = "EOF in headers"
			return nil
		}
		blank := line == "\r\n" || line == "\n"
		if n >= limit && (!blank || n > limit) {
			return HTTPException.Errorf("got more than %d headers", limit)
		}
		if first && strings.HasPrefix(line, "From ") {
			m.unixfrom += line
			continue
		}
		isFirst := first
		first = false
		if line[0] == ' ' || line[0] == '\t' {
			if current != "" {
				m.lines = append(m.lines, line)
				m.dict[current] += "\n " + py.Strip(line)
				continue
			}
			if isFirst {
				m.status = notAField
				continue
			}
		}
		if blank {
			return nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			m.status = notAField
			current = ""
			continue
		}
		if current = py.Lower(name); current == "" {
			continue // a line without a name is a harmless mistake of the server's
		}
		m.lines = append(m.lines, line)
		m.add(current, py.Strip(value))
	}
}

const notAField = "Non-header line where header expected"

// parse takes raw apart, once.
func (m *HTTPMessage) parse() {
	if m.parsed {
		return
	}
	// The lines were counted when they were read, and a string has no errors.
	m.readHeaders(&stringLines{m.raw}, len(m.raw)+1)
	m.status = ""
	m.simple = false
}

// add joins value to those that name has already. httplib.py, HTTPMessage.addheader.
func (m *HTTPMessage) add(name, value string) {
	if old, ok := m.dict[name]; ok {
		m.dict[name] = old + ", " + value
		return
	}
	m.dict[name] = value
	m.names = append(m.names, name)
}

// get returns the joined value of the field called name, in any case. It does
// not take the message apart.
func (m *HTTPMessage) get(name string) (value string, ok bool) {
	if m.parsed {
		value, ok = m.dict[py.Lower(name)]
		return value, ok
	}
	rest := m.raw
	for len(rest) > len(name) {
		end := strings.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		line := rest[:end]
		rest = rest[end:]
		if len(line) > len(name) && line[len(name)] == ':' && equalFold(line[:len(name)], name) {
			v := py.Strip(line[len(name)+1:])
			if ok {
				v = value + ", " + v
			}
			value, ok = v, true
		}
	}
	return value, ok
}

// framing returns the joined value of a field that we read ourselves: folds are
// one space (RFC 9112 §5.2), and only SP and HTAB count as space around it, so
// that a control byte cannot make another recipient read it otherwise.
func (m *HTTPMessage) framing(name string) (value string, ok bool) {
	if !m.parsed {
		return m.get(name) // the strict parser let no such byte through
	}
	for _, line := range m.matching(name, false) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		switch {
		case startsBlank(line):
			value = trimOWS(value + " " + trimOWS(line))
		case ok:
			value += ", " + trimOWS(line[len(name)+1:])
		default:
			value, ok = trimOWS(line[len(name)+1:]), true
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

// checkMutable is the error of changing a frozen message.
func (m *HTTPMessage) checkMutable(verb string) error {
	if m.frozen {
		return fmt.Errorf("cannot %s frozen HTTPMessage", verb)
	}
	m.parse()
	return nil
}

// headerList returns rfc822's live list of raw lines as a script sees it.
func (m *HTTPMessage) headerList() *starlark.List {
	m.parse()
	if m.live == nil {
		lines := make([]starlark.Value, len(m.lines))
		for i, l := range m.lines {
			lines[i] = starlark.String(l)
		}
		m.live = starlark.NewList(lines)
		if m.frozen {
			m.live.Freeze()
		}
	}
	return m.live
}

// String returns the raw lines, as Python's str(msg) does.
func (m *HTTPMessage) String() string {
	if !m.parsed {
		return m.raw
	}
	return strings.Join(m.lines, "")
}

// Repr returns Python's repr without the address.
func (m *HTTPMessage) Repr() string { return "<httplib.HTTPMessage instance>" }

// Type returns "HTTPMessage".
func (m *HTTPMessage) Type() string { return "HTTPMessage" }

// Freeze makes the message immutable. It takes the lines apart first, because a
// frozen value may be shared and must not change when it is read.
func (m *HTTPMessage) Freeze() {
	if !m.frozen {
		m.frozen = true
		m.headerList()
	}
}

// Truth is Python's: a message without fields is false.
func (m *HTTPMessage) Truth() starlark.Bool { return m.Len() > 0 }

// Hash refuses: a message can change.
func (m *HTTPMessage) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: HTTPMessage")
}

// Len returns the number of distinct names.
func (m *HTTPMessage) Len() int {
	m.parse()
	return len(m.dict)
}

// Get returns m[name]; a name that is not there is Python's KeyError, except
// to the "in" operator, which asks through Get too.
func (m *HTTPMessage) Get(k starlark.Value) (starlark.Value, bool, error) {
	name, ok := starlark.AsString(k)
	if !ok {
		return nil, false, py.AttributeError.Errorf("'%s' object has no attribute 'lower'", py.TypeName(k))
	}
	if v, ok := m.get(name); ok {
		return starlark.String(v), true, nil
	}
	return nil, false, nil
}

// Items returns pairs of lower-cased name and joined value, in order of first appearance.
func (m *HTTPMessage) Items() []starlark.Tuple {
	m.parse()
	items := make([]starlark.Tuple, 0, len(m.names))
	for _, n := range m.names {
		items = append(items, starlark.Tuple{starlark.String(n), starlark.String(m.dict[n])})
	}
	return items
}

// Iterate goes over the lower-cased names, a copy of them: the message may
// change meanwhile.
func (m *HTTPMessage) Iterate() starlark.Iterator {
	m.parse()
	names := make(starlark.Tuple, len(m.names))
	for i, n := range m.names {
		names[i] = starlark.String(n)
	}
	return names.Iterate()
}

// SetKey is m[name] = value: all fields of the name go, and one line
// "name: value\n" comes at the end. rfc822.py, Message.__setitem__.
func (m *HTTPMessage) SetKey(k, v starlark.Value) error {
	if err := m.checkMutable("change"); err != nil {
		return err
	}
	name, ok := starlark.AsString(k)
	if !ok {
		return py.TypeError.Errorf("a field name is a string, not %s", py.TypeName(k))
	}
	value, ok := starlark.AsString(v)
	if !ok {
		return py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(v))
	}
	m.remove(name)
	m.set(name, value)
	return nil
}

// set appends a field whose name is not there.
func (m *HTTPMessage) set(name, value string) {
	key := py.Lower(name)
	if _, ok := m.dict[key]; !ok {
		m.names = append(m.names, key)
	}
	m.dict[key] = value
	rest := stringLines{name + ": " + value + "\n"}
	for rest.rest != "" {
		line, _ := rest.headLine()
		m.lines = append(m.lines, line)
	}
	m.live = nil
}

// remove deletes every field called name and its raw lines. rfc822.py,
// Message.__delitem__.
func (m *HTTPMessage) remove(name string) {
	key := py.Lower(name)
	if _, ok := m.dict[key]; !ok {
		return
	}
	delete(m.dict, key)
	for i, n := range m.names {
		if n == key {
			m.names = append(m.names[:i:i], m.names[i+1:]...)
			break
		}
	}
	kept := m.lines[:0:0]
	hit := false
	for _, line := range m.lines {
		if isFieldOf(line, key) {
			hit = true
		} else if !startsBlank(line) {
			hit = false
		}
		if !hit {
			kept = append(kept, line)
		}
	}
	m.lines, m.live = kept, nil
}

// isFieldOf reports whether line begins the field called key, which is in lower case.
func isFieldOf(line, key string) bool {
	return len(line) > len(key) && line[len(key)] == ':' && py.Lower(line[:len(key)]) == key
}

// startsBlank reports whether line continues the one before it.
func startsBlank(line string) bool {
	return line != "" && py.IsSpace(line[0])
}

// matching returns the raw lines of the fields called name, each with the lines
// that continue it: all of them, or those of the first only. rfc822.py,
// Message.getallmatchingheaders and getfirstmatchingheader.
func (m *HTTPMessage) matching(name string, firstOnly bool) []string {
	m.parse()
	key := py.Lower(name)
	var found []string
	hit := false
	for _, line := range m.lines {
		switch {
		case hit && startsBlank(line):
		case hit && firstOnly:
			return found
		default:
			hit = isFieldOf(line, key)
		}
		if hit {
			found = append(found, line)
		}
	}
	return found
}

// values returns the value of each field called name, stripped, folds joined by
// "\n ". rfc822.py, Message.getheaders.
func (m *HTTPMessage) values(name string) []string {
	var result []string
	current, have := "", false
	for _, line := range m.matching(name, false) {
		if startsBlank(line) {
			if current != "" {
				current += "\n " + py.Strip(line)
			} else {
				current = py.Strip(line)
			}
			continue
		}
		if have {
			result = append(result, current)
		}
		current, have = py.Strip(line[strings.IndexByte(line, ':')+1:]), true
	}
	if have {
		result = append(result, current)
	}
	return result
}
