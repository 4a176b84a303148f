package wire

import (
	"bytes"
	"strconv"
)

// ParseResponse parses the response head that b starts with into h and returns
// its length. It is strict, and pure: h keeps a copy and nothing of b.
//
// The error is [ErrShort] as long as the head is not complete; called again
// with the same bytes and more behind them, it goes on at the line that was
// cut (Reset h to start on other bytes). Or it is a *[SyntaxError], given as
// soon as a complete line is malformed, however the rest of the head may look.
//
// Lines may end in LF alone (RFC 9112 §2.2). A folded value (§5.2) is joined,
// but not that of a field that decides framing.
func ParseResponse(b []byte, h *Head, lim Limits) (n int, err error) {
	lim = lim.resolved()
	return h.parse(b, &lim, false)
}

// ParseRequest is [ParseResponse] for a request head.
func ParseRequest(b []byte, h *Head, lim Limits) (n int, err error) {
	lim = lim.resolved()
	return h.parse(b, &lim, true)
}

// ReadResponse reads a response head into h, as [ParseResponse] parses it. On
// any error nothing has been consumed: after a *[SyntaxError] the same bytes can
// be read again by another rule, and after an error from the source (a timeout,
// say) the call can be repeated. The source ending before the first byte is
// io.EOF, inside the head io.ErrUnexpectedEOF.
func (r *Reader) ReadResponse(h *Head) error { return r.readHead(h, false) }

// ReadRequest reads a request head into h as ReadResponse reads a response's.
func (r *Reader) ReadRequest(h *Head) error { return r.readHead(h, true) }

func (r *Reader) readHead(h *Head, request bool) error {
	h.seen = 0 // forget a parse in progress: the first call of parse empties h
	if r.r == r.w {
		if err := r.Fill(); err != nil {
			h.Reset()
			return r.ended(err)
		}
	}
	for {
		n, err := h.parse(r.Buffered(), &r.lim, request)
		if err == nil {
			r.r += n
			return nil
		}
		if err != ErrShort {
			return err
		}
		if err := r.Fill(); err != nil {
			return r.ended(err)
		}
	}
}

// parse parses the head at the front of b, going on where it stopped if h holds
// the progress of an earlier call.
func (h *Head) parse(b []byte, lim *Limits, request bool) (int, error) {
	if h.seen == 0 || len(b) < h.seen {
		h.Reset()
	} else if bytes.IndexByte(b[h.seen:], '\n') < 0 {
		return 0, h.short(b, lim, request)
	}
	if !h.started {
		if err := h.startLine(b, lim, request); err != nil {
			return 0, h.stop(err)
		}
	}
	p := h.pos
	for {
		// The usual line, in one pass: a token and its colon, then bytes from SP
		// up, then the line end. Everything else goes to oddLine.
		k := p
		for k < len(b) && tchar[b[k]] {
			k++
		}
		if k > p && k < len(b) && b[k] == ':' {
			end := control(b, k+1)
			for end < len(b) && b[end] != '\r' && b[end] != '\n' && b[end] != 0 {
				h.next.controls = h.next.controls || b[end] != '\t'
				end = control(b, end+1)
			}
			next := end + 1
			if end+1 < len(b) && b[end] == '\r' {
				next++
			}
			if end < len(b) && next <= len(b) && b[next-1] == '\n' &&
				next-p <= lim.Line && next <= lim.HeadBytes && h.lines < lim.FieldLines {
				h.lines++
				h.add(b, p, k, end)
				p = next
				continue
			}
		}
		next, last, err := h.oddLine(b, p, lim)
		if err != nil {
			return 0, h.stop(err)
		}
		if p = next; last {
			h.finish(b[:p])
			return p, nil
		}
	}
}

// stop empties h unless err is ErrShort.
func (h *Head) stop(err error) error {
	if err != ErrShort {
		h.Reset()
	}
	return err
}

// short is the error for input that ends inside the line at h.pos: ErrShort,
// unless the line is already too long.
func (h *Head) short(b []byte, lim *Limits, request bool) error {
	if err := h.over(h.pos, len(b)-h.pos+1, lim, request); err != nil {
		return h.stop(err)
	}
	h.seen = len(b)
	return ErrShort
}

// over returns an error if a line of n bytes at offset p breaks a limit.
func (h *Head) over(p, n int, lim *Limits, request bool) error {
	room := lim.HeadBytes - p
	switch {
	case n <= lim.Line && n <= room:
		return nil
	case lim.Line > room:
		return exceeded(ElemHeaderSection, TooLong, 0, lim.HeadBytes)
	case h.started:
		return exceeded(ElemFieldLine, TooLong, p, lim.Line)
	case request:
		return exceeded(ElemRequestLine, TooLong, p, lim.Line)
	}
	return exceeded(ElemStatusLine, TooLong, p, lim.Line)
}

// line returns the end of the line at offset p, without and with its line end.
func (h *Head) line(b []byte, p int, lim *Limits, request bool) (end, next int, err error) {
	i := bytes.IndexByte(b[p:], '\n')
	if i < 0 {
		h.pos = p
		return 0, 0, h.short(b, lim, request)
	}
	if err := h.over(p, i+1, lim, request); err != nil {
		return 0, 0, err
	}
	end, next = p+i, p+i+1
	if i > 0 && b[end-1] == '\r' {
		end--
	}
	return end, next, nil
}

// startLine parses the start-line, past what empty lines may come before it
// (RFC 9112 §2.2), and leaves h.pos behind it.
func (h *Head) startLine(b []byte, lim *Limits, request bool) error {
	for p := h.pos; ; {
		end, next, err := h.line(b, p, lim, request)
		if err != nil {
			return err
		}
		// A server should ignore one at least, whatever the limit.
		if end == p && (h.empty < lim.EmptyLines || request && h.empty == 0) {
			h.empty++
			p = next
			continue
		}
		if request {
			r, at := parseRequestLine(b[p:end])
			if at >= 0 {
				return invalid(ElemRequestLine, p+at)
			}
			m, t := p+len(r.Method), p+len(r.Method)+1
			h.next.minor = r.Minor
			h.next.start = span{uint32(p), uint32(m), uint32(t), uint32(t + len(r.Target))}
		} else {
			s, at := parseStatusLine(b[p:end])
			if at >= 0 {
				return invalid(ElemStatusLine, p+at)
			}
			h.next.status, h.next.minor = s.Code, s.Minor
			h.next.start = span{name: uint32(end - len(s.Reason)), nameEnd: uint32(end)}
			h.next.controls = hasControl(s.Reason)
		}
		h.started, h.pos = true, next
		return nil
	}
}

// oddLine parses the line at offset p when it is not of the usual form: the
// empty line that ends the head (last), the continuation of a folded value, or
// one that is cut, malformed or beyond a limit.
func (h *Head) oddLine(b []byte, p int, lim *Limits) (next int, last bool, err error) {
	end, next, err := h.line(b, p, lim, false)
	if err != nil {
		return 0, false, err
	}
	if end == p {
		return next, true, nil
	}
	if h.lines++; h.lines > lim.FieldLines {
		return 0, false, exceeded(ElemFieldLine, TooMany, p, lim.FieldLines)
	}
	if isOWS(b[p]) {
		// RFC 9112 §2.2: no whitespace between the start-line and the first
		// field. And what frames the message must not depend on joining rules.
		if len(h.fields) == 0 {
			return 0, false, invalid(ElemFieldLine, p)
		}
		f := &h.fields[len(h.fields)-1]
		if framing(b[f.name:f.nameEnd]) {
			return 0, false, invalid(ElemFieldLine, p)
		}
		if at := badText(b[p:end]); at >= 0 {
			return 0, false, invalid(ElemFieldLine, p+at)
		}
		_, z := trimOWS(b, p, end)
		f.valueEnd = uint32(z)
		h.next.folded = true
		h.next.controls = h.next.controls || hasControl(b[p:end])
		return next, false, nil
	}
	k, at := parseFieldLine(b[p:end])
	if at >= 0 {
		return 0, false, invalid(ElemFieldLine, p+at)
	}
	h.add(b, p, p+k, end)
	h.next.controls = h.next.controls || hasControl(b[p:end])
	return next, false, nil
}

// hasControl reports whether b holds a byte below SP other than HTAB.
func hasControl(b []byte) bool {
	for i := control(b, 0); i < len(b); i = control(b, i+1) {
		if b[i] != '\t' {
			return true
		}
	}
	return false
}

// A Field is one field of a message to be written.
type Field struct{ Name, Value string }

// AppendRequest appends a whole HTTP/1.1 request head to dst, up to and with
// the empty line. It refuses what could be read as something else than what was
// meant: a method or name that is no token, a target with anything but visible
// US-ASCII, a value with control bytes, Content-Length twice or beside
// Transfer-Encoding. The error is then a *[SyntaxError] whose Offset counts
// fields, and dst comes back as it was.
//
// RFC 9112 §3 and §5.
func AppendRequest(dst []byte, method, target string, fields []Field) ([]byte, error) {
	if !IsToken(method) || !isTarget(target) {
		return dst, invalid(ElemRequestLine, 0)
	}
	if err := checkFields(fields); err != nil {
		return dst, err
	}
	dst = AppendRequestLine(dst, method, target, 1)
	return appendFields(dst, fields), nil
}

// AppendResponse appends a whole HTTP/1.1 response head to dst, up to and with
// the empty line, with the checks of [AppendRequest]; a code is 100 to 999.
//
// RFC 9112 §4 and §5.
func AppendResponse(dst []byte, code int, reason string, fields []Field) ([]byte, error) {
	if code < 100 || code > 999 || !IsFieldValue(reason) {
		return dst, invalid(ElemStatusLine, 0)
	}
	if err := checkFields(fields); err != nil {
		return dst, err
	}
	dst = AppendStatusLine(dst, 1, code, reason)
	return appendFields(dst, fields), nil
}

func checkFields(fields []Field) error {
	frames := 0
	for i, f := range fields {
		if !IsToken(f.Name) || !IsFieldValue(f.Value) {
			return invalid(ElemFieldLine, i)
		}
		if equalFold(f.Name, "content-length") {
			if _, err := strconv.ParseUint(f.Value, 10, 63); err != nil || frames > 0 {
				return invalid(ElemContentLength, i)
			}
			frames++
		}
		if equalFold(f.Name, "transfer-encoding") {
			if frames++; frames > 1 {
				return invalid(ElemTransferEncoding, i)
			}
		}
	}
	return nil
}

func appendFields(dst []byte, fields []Field) []byte {
	for _, f := range fields {
		dst = AppendField(dst, f.Name, f.Value)
	}
	return append(dst, '\r', '\n')
}
