package httplibmod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/rfc822mod"
	"starwire/runtime/py"
)

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

// The texts of status.
const (
	endOfInput = "EOF in headers"
	noFields   = "No headers"
	notAField  = "Non-header line where header expected"
)

// readHeaders reads lines up to the blank one that ends a head, with at most
// limit of them. All lines count, those that are dropped too (H6).
//
// httplib.py, HTTPMessage.readheaders.
func (m *HTTPMessage) readHeaders(r headReader, limit int) error {
	t := m.begin()
	defer t.end()
	current := "" // the field that a continuation line would continue
	for n, first := 0, true; ; n++ {
		line, err := r.headLine()
		if err != nil {
			return err
		}
		if line == "" {
			m.status = endOfInput
			return nil
		}
		blank := isLast(line)
		if n >= limit && (!blank || n > limit) {
			return HTTPException.Errorf("got more than %d headers", limit)
		}
		if first && strings.HasPrefix(line, "From ") {
			t.unixfrom.WriteString(line)
			continue
		}
		if current != "" && (line[0] == ' ' || line[0] == '\t') {
			t.line(line)
			t.join(current, "\n ", py.Strip(line))
			m.frame(current, " ", line)
			continue
		}
		first = false
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
		t.line(line)
		t.join(current, ", ", py.Strip(value))
		m.frame(current, ", ", value)
	}
}

// A pushbackReader feeds the lines of a head to HTTPMessage.readMail.
type pushbackReader interface {
	headReader
	// pushBack undoes the reading of the last line; ok is false if that cannot be done.
	pushBack(line string) (ok bool, err error)
}

// pushBack puts the line back.
func (s *stringLines) pushBack(line string) (bool, error) {
	s.rest = line + s.rest
	return true, nil
}

// readMail reads lines as the base class does: of repeated fields the last one
// counts, and a line that is no field ends the head and is put back.
//
// rfc822.py, Message.readheaders.
func (m *HTTPMessage) readMail(r pushbackReader) error {
	t := m.begin()
	defer t.end()
	current := ""
	for first := true; ; {
		line, err := r.headLine()
		if err != nil {
			return err
		}
		if line == "" {
			m.status = endOfInput
			return nil
		}
		if first && strings.HasPrefix(line, "From ") {
			t.unixfrom.WriteString(line)
			continue
		}
		first = false
		if current != "" && (line[0] == ' ' || line[0] == '\t') {
			t.line(line)
			t.extend(current, py.Strip(line))
			continue
		}
		if isLast(line) {
			return nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			m.status = notAField
			if m.dict.Len() == 0 {
				m.status = noFields
			}
			if ok, err := r.pushBack(line); err != nil || ok {
				return err
			}
			m.status += "; bad seek"
			return nil
		}
		if current = py.Lower(name); current != "" {
			t.line(line)
			t.put(current, py.Strip(value))
		}
	}
}

// isLast reports whether line ends a head.
func isLast(line string) bool { return line == "\r\n" || line == "\n" }

// A fieldTable gathers what a head's lines say. Values of several lines are
// built beside dict until the end, so that a value of many lines is copied once.
type fieldTable struct {
	m        *HTTPMessage
	lines    []starlark.Value
	built    map[string]*strings.Builder
	unixfrom strings.Builder
}

// begin empties the message, to be filled through the table until its end.
func (m *HTTPMessage) begin() *fieldTable {
	m.parsed, m.raw = true, ""
	if m.messageParts == nil {
		m.messageParts = new(messageParts)
	}
	m.status, m.unixfrom, m.framed = "", "", nil
	m.headers, m.dict = starlark.NewList(nil), new(starlark.Dict)
	return &fieldTable{m: m}
}

// end hands what was gathered to the message.
func (t *fieldTable) end() {
	t.m.headers = starlark.NewList(t.lines)
	t.m.unixfrom = t.unixfrom.String()
	for name, b := range t.built {
		t.set(name, b.String())
	}
}

// line keeps a raw line.
func (t *fieldTable) line(s string) { t.lines = append(t.lines, starlark.String(s)) }

// set stores a value. The dict is new and strings can be hashed: nothing fails.
func (t *fieldTable) set(name, value string) {
	t.m.dict.SetKey(starlark.String(name), starlark.String(value))
}

// put replaces the value of name.
func (t *fieldTable) put(name, value string) {
	delete(t.built, name)
	t.set(name, value)
}

// value returns the value of name to be added to, nil if there is none.
func (t *fieldTable) value(name string) *strings.Builder {
	b := t.built[name]
	if b == nil {
		old, ok, _ := t.m.dict.Get(starlark.String(name))
		if !ok {
			return nil
		}
		if t.built == nil {
			t.built = make(map[string]*strings.Builder)
		}
		b = new(strings.Builder)
		b.WriteString(string(old.(starlark.String)))
		t.built[name] = b
	}
	return b
}

// join adds more to the value of name, or makes it the value. httplib.py,
// HTTPMessage.addheader and addcontinue.
func (t *fieldTable) join(name, between, more string) {
	b := t.value(name)
	if b == nil {
		t.set(name, more)
		return
	}
	b.WriteString(between)
	b.WriteString(more)
}

// extend adds a continuation line to the value of name, which stays stripped.
func (t *fieldTable) extend(name, more string) {
	if more == "" {
		return
	}
	b := t.value(name)
	if b.Len() > 0 {
		b.WriteString("\n ")
	}
	b.WriteString(more)
}

// framing returns the joined value of transfer-encoding or content-length, which
// we read ourselves: folds are one space (RFC 9112 §5.2), and only SP and HTAB
// count as space around it, so that a control byte cannot make another recipient
// read it otherwise.
func (m *HTTPMessage) framing(name string) (value string, ok bool) {
	if !m.parsed {
		return m.scan(name) // the strict parser let no such byte through
	}
	value, ok = m.framed[name]
	return value, ok
}

// frame remembers more of a field's value for framing, of which a line was read.
func (m *HTTPMessage) frame(name, between, more string) {
	if name != "transfer-encoding" && name != "content-length" {
		return
	}
	more = trimOWS(strings.TrimSuffix(strings.TrimSuffix(more, "\n"), "\r"))
	if before, ok := m.framed[name]; ok {
		more = trimOWS(before + between + more)
	}
	if m.framed == nil {
		m.framed = make(map[string]string)
	}
	m.framed[name] = more
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
	key := py.Lower(name)
	var found []string
	hit := false
	for line := range m.lines() {
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

// rawValue returns the text of the first field called name, from its colon on,
// with the lines that continue it. rfc822.py, Message.getrawheader.
func (m *HTTPMessage) rawValue(name string) (value string, ok bool) {
	lines := m.matching(name, true)
	if lines == nil {
		return "", false
	}
	lines[0] = lines[0][len(name)+1:]
	return strings.Join(lines, ""), true
}

// values returns the value of each field called name, stripped, folds joined by
// "\n ". rfc822.py, Message.getheaders.
func (m *HTTPMessage) values(name string) []string {
	var result, parts []string
	have := false
	for _, line := range m.matching(name, false) {
		if !startsBlank(line) {
			if have {
				result = append(result, strings.Join(parts, "\n "))
			}
			parts, have = nil, true
			line = line[strings.IndexByte(line, ':')+1:]
		}
		// Python drops the line before when nothing came of it.
		if part := py.Strip(line); len(parts) == 1 && parts[0] == "" {
			parts[0] = part
		} else {
			parts = append(parts, part)
		}
	}
	if have {
		result = append(result, strings.Join(parts, "\n "))
	}
	return result
}

// addresses returns the addresses in all fields called name. rfc822.py,
// Message.getaddrlist.
func (m *HTTPMessage) addresses(name string) []rfc822mod.Address {
	var raw strings.Builder
	value := ""
	for i, line := range m.matching(name, false) {
		if line[0] == ' ' || line[0] == '\t' {
			raw.WriteString(line)
			continue
		}
		if i > 0 {
			raw.WriteString(", ")
		}
		// A line that continues by other white space, and has no colon, repeats
		// the one before it.
		if colon := strings.IndexByte(line, ':'); colon > 0 {
			value = line[colon+1:]
		}
		raw.WriteString(value)
	}
	return rfc822mod.ParseAddresses(raw.String())
}
