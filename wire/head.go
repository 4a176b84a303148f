package wire

import (
	"bytes"
	"iter"
)

// A Head is one parsed message head: the start-line and the field lines. The
// zero value is ready for use, and one Head can be used for any number of
// messages, one after another, without allocating once it has grown.
//
// A Head owns a copy of the bytes it was parsed from; what its methods return
// are views of that copy, good until the Head is next parsed into or reset.
// It is empty after a parse that failed. One goroutine at a time.
type Head struct {
	Status int // status-code of a response, 100 to 999; 0 in a request
	Minor  int // of the version HTTP/1.Minor; above 1 it is to be read as 1

	buf    []byte // the head as received, then the joined values of folded fields
	raw    int    // length of the head as received
	fields []span // offsets, not slices: the collector has nothing to scan here
	n      int    // how many of fields are there to see: none until the head is whole
	facts         // none either

	// Where a parse that came back with ErrShort goes on.
	next    facts // so far
	pos     int   // start of the first line not yet parsed
	seen    int   // bytes already searched for a line end; 0: nothing to go on with
	lines   int   // field lines so far, continuation lines counted apart
	empty   int   // empty lines so far before the start-line
	started bool  // the start-line has been parsed
}

// facts is what a parse finds out besides the fields.
type facts struct {
	status, minor    int
	start            span // name: the method or the reason-phrase; value: the request-target
	contentLength    mark
	transferEncoding mark
	folded           bool
	controls         bool
}

// A span locates one field in Head.buf.
type span struct{ name, nameEnd, value, valueEnd uint32 }

// A mark says where a field that decides framing was seen.
type mark struct {
	first int // index of its first line
	count int // lines
}

// keepHead is the most memory a Head holds on to from one message to the next.
const keepHead = 64 << 10 // bytes

// Reset empties h and forgets a parse in progress. Its storage stays, unless
// it grew unusually large.
func (h *Head) Reset() {
	buf, fields := h.buf, h.fields
	if cap(buf) > keepHead {
		buf = nil
	}
	if cap(fields)*16 > keepHead {
		fields = nil
	}
	*h = Head{buf: buf[:0], fields: fields[:0]}
}

// Bytes returns the head as it was received, from the start-line (or the empty
// lines skipped before it) through the empty line that ends it. It is a view
// of h. Copied once into a string, it serves every field through [Head.Span].
func (h *Head) Bytes() []byte { return h.buf[:h.raw] }

// Reason returns the reason-phrase of a response as sent, a view of h; nil in a
// request.
func (h *Head) Reason() []byte {
	if h.Status == 0 {
		return nil
	}
	return h.buf[h.start.name:h.start.nameEnd]
}

// Method returns the method of a request, a view of h; nil in a response.
func (h *Head) Method() []byte {
	if h.Status != 0 {
		return nil
	}
	return h.buf[h.start.name:h.start.nameEnd]
}

// Target returns the request-target of a request, a view of h; empty in a
// response.
func (h *Head) Target() []byte { return h.buf[h.start.value:h.start.valueEnd] }

// ReasonSpan returns the reason-phrase of a response as offsets into
// [Head.Bytes].
func (h *Head) ReasonSpan() (start, end uint32) { return h.start.name, h.start.nameEnd }

// Len returns the number of fields.
func (h *Head) Len() int { return h.n }

// Field returns the i-th field in the order received, from 0 below [Head.Len].
// Both results are views of h. The lines of a folded value are joined by one SP
// each (RFC 9112 §5.2).
func (h *Head) Field(i int) (name, value []byte) {
	f := h.fields[:h.n][i]
	return h.buf[f.name:f.nameEnd], h.buf[f.value:f.valueEnd]
}

// Span returns the i-th field as offsets into [Head.Bytes]. In a head that is
// [Head.Folded] the offsets of a folded value lie beyond it.
func (h *Head) Span(i int) (nameStart, nameEnd, valueStart, valueEnd uint32) {
	f := h.fields[:h.n][i]
	return f.name, f.nameEnd, f.value, f.valueEnd
}

// Folded reports whether some value came in more than one line (obs-fold, RFC
// 9112 §5.2). Such values are joined by our rule; a caller with another rule
// finds the lines in [Head.Bytes].
func (h *Head) Folded() bool { return h.folded }

// Controls reports whether a control byte other than HTAB came through in some
// field value or in the reason. NUL, CR and LF never do.
func (h *Head) Controls() bool { return h.controls }

// Get returns the value of the first field of that name, compared without case.
// The value is a view of h.
func (h *Head) Get(name string) (value []byte, ok bool) {
	if i := h.find(name, 0); i >= 0 {
		f := h.fields[i]
		return h.buf[f.value:f.valueEnd], true
	}
	return nil, false
}

// Index returns the index of the first field of that name, compared without case,
// at or after from, which is not negative; or -1.
func (h *Head) Index(name string, from int) int { return h.find(name, from) }

func (h *Head) find(name string, from int) int {
	if name == "" {
		return -1
	}
	fields := h.fields[:h.n]
	last := name[len(name)-1] | 0x20 // where names of a kind differ
	for i := from; i < len(fields); i++ {
		f := &fields[i]
		if int(f.nameEnd-f.name) == len(name) && h.buf[f.nameEnd-1]|0x20 == last && equalFold(h.buf[f.name:f.nameEnd], name) {
			return i
		}
	}
	return -1
}

// All ranges over the fields in the order received. What it yields are views
// of h.
func (h *Head) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for i := range h.n {
			if !yield(h.Field(i)) {
				return
			}
		}
	}
}

// HasToken reports whether token is a member of the comma-separated list that
// all fields of that name make together, as Connection is one. Neither name
// nor token has a case. RFC 9110 §5.6.1 and §7.6.1.
func (h *Head) HasToken(name, token string) bool {
	for i := h.find(name, 0); i >= 0; i = h.find(name, i+1) {
		_, list := h.Field(i)
		for len(list) > 0 {
			member := list
			if c := bytes.IndexByte(list, ','); c >= 0 {
				member, list = list[:c], list[c+1:]
			} else {
				list = nil
			}
			a, z := trimOWS(member, 0, len(member))
			if equalFold(member[a:z], token) {
				return true
			}
		}
	}
	return false
}

// add records the field whose line of b starts at p and ends (before its line
// end) at end, with its colon at k.
func (h *Head) add(b []byte, p, k, end int) {
	v, ve := trimOWS(b, k+1, end)
	switch k - p {
	case len("content-length"):
		if equalFold(b[p:k], "content-length") {
			h.next.contentLength.at(len(h.fields))
		}
	case len("transfer-encoding"):
		if equalFold(b[p:k], "transfer-encoding") {
			h.next.transferEncoding.at(len(h.fields))
		}
	}
	h.fields = append(h.fields, span{uint32(p), uint32(k), uint32(v), uint32(ve)})
}

func (m *mark) at(i int) {
	if m.count == 0 {
		m.first = i
	}
	m.count++
}

// framing reports whether name is that of a field that decides framing.
func framing(name []byte) bool {
	return equalFold(name, "content-length") || equalFold(name, "transfer-encoding")
}

// keep appends one field line of a trailer section, its colon at k. The fields
// are not visible before publish.
func (h *Head) keep(line []byte, k int) {
	p := len(h.buf)
	h.buf = append(h.buf, line...)
	h.add(h.buf, p, p+k, len(h.buf)-len("\r\n"))
}

// publish makes visible what has been gathered.
func (h *Head) publish() {
	h.raw, h.n = len(h.buf), len(h.fields)
	h.facts = h.next
	h.Status, h.Minor = h.status, h.minor
	h.pos, h.seen = 0, 0
}

// finish takes the bytes of a head that has been parsed and makes it visible.
func (h *Head) finish(b []byte) {
	h.buf = append(h.buf[:0], b...)
	h.publish()
	if h.folded {
		h.unfold()
	}
}

// unfold appends the folded values to the buffer, each obs-fold and the
// whitespace around it replaced by one SP. RFC 9112 §5.2.
func (h *Head) unfold() {
	for i := range h.fields {
		f := &h.fields[i]
		if bytes.IndexByte(h.buf[f.value:f.valueEnd], '\n') < 0 {
			continue
		}
		from := len(h.buf)
		for rest := h.buf[f.value:f.valueEnd]; len(rest) > 0; {
			line := rest
			if k := bytes.IndexByte(rest, '\n'); k >= 0 {
				line, rest = rest[:k], rest[k+1:]
			} else {
				rest = nil
			}
			line = bytes.TrimSuffix(line, []byte("\r"))
			a, z := trimOWS(line, 0, len(line))
			h.buf = append(h.buf, line[a:z]...)
			h.buf = append(h.buf, ' ')
		}
		a, z := trimOWS(h.buf, from, len(h.buf))
		f.value, f.valueEnd = uint32(a), uint32(z)
	}
}
