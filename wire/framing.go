package wire

// A FramingKind says how the end of a message's content is found.
type FramingKind uint8

// The kinds of framing. RFC 9112 §6.3.
const (
	NoContent     FramingKind = iota // the message ends with its head
	ContentLength                    // Framing.Length bytes follow
	Chunked                          // chunks follow, and a trailer section (RFC 9112 §7.1)
	UntilClose                       // the content ends with the connection
)

// String returns k in words.
func (k FramingKind) String() string {
	switch k {
	case NoContent:
		return "no content"
	case ContentLength:
		return "content-length"
	case Chunked:
		return "chunked"
	case UntilClose:
		return "until close"
	}
	return "unknown framing"
}

// Framing is how a message's content is delimited.
type Framing struct {
	Kind   FramingKind
	Length int64 // bytes; only with ContentLength
}

// ResponseFraming decides where the content of a response to a request with
// that method ends. It is strict: a Content-Length that is not one decimal
// number, or a Transfer-Encoding that is not chunked alone, is a *[SyntaxError]
// with that element, for the length of the message is then anyone's guess.
//
// RFC 9112 §6.3, whose rules are numbered below.
func ResponseFraming(method string, h *Head) (Framing, error) {
	switch {
	case method == "HEAD", h.Status < 200, h.Status == 204, h.Status == 304: // 1
		return Framing{Kind: NoContent}, nil
	case method == "CONNECT" && h.Status < 300: // 2: the connection becomes a tunnel
		return Framing{Kind: NoContent}, nil
	case h.transferEncoding.count > 0: // 3 and 4: it overrides Content-Length
		return h.codings()
	case h.contentLength.count > 0: // 5 and 6
		return h.length()
	}
	return Framing{Kind: UntilClose}, nil // 8
}

// RequestFraming decides where the content of a request ends. Beyond what
// [ResponseFraming] refuses it refuses both fields together, and
// Transfer-Encoding in HTTP/1.0: each is a way to hide one request in another.
//
// RFC 9112 §6.1 and §6.3.
func RequestFraming(h *Head) (Framing, error) {
	switch {
	case h.transferEncoding.count > 0: // 3 and 4
		if h.contentLength.count > 0 || h.Minor == 0 {
			return Framing{}, h.bad(ElemTransferEncoding, h.transferEncoding.first)
		}
		return h.codings()
	case h.contentLength.count > 0: // 5 and 6
		return h.length()
	}
	return Framing{Kind: NoContent}, nil // 7
}

// bad is the error for the value of the i-th field.
func (h *Head) bad(e Element, i int) error { return invalid(e, int(h.fields[i].value)) }

// codings is rule 4, for the one transfer coding there is a decoder for. The
// field must be there once: chunked is not to be applied twice, and over two
// lines parsers are known to disagree.
func (h *Head) codings() (Framing, error) {
	m := h.transferEncoding
	if _, v := h.Field(m.first); m.count > 1 || !equalFold(v, "chunked") {
		return Framing{}, h.bad(ElemTransferEncoding, m.first)
	}
	return Framing{Kind: Chunked}, nil
}

// maxLengthDigits is as many digits as 2^63-1 has.
const maxLengthDigits = 19

// length is rules 5 and 6. Repeats of the same number, as lines or as a list,
// count as one: a proxy may have put them there.
func (h *Head) length() (Framing, error) {
	length := int64(-1)
	for i := h.contentLength.first; i >= 0; i = h.find("content-length", i+1) {
		_, v := h.Field(i)
		for p := 0; ; p++ {
			for p < len(v) && isOWS(v[p]) {
				p++
			}
			n, digits := int64(0), 0
			for ; p < len(v) && v[p]-'0' <= 9; p++ {
				if digits++; digits > maxLengthDigits {
					return Framing{}, exceeded(ElemContentLength, TooLong, int(h.fields[i].value), maxLengthDigits)
				}
				n = n*10 + int64(v[p]-'0')
			}
			for p < len(v) && isOWS(v[p]) {
				p++
			}
			// 19 digits stay below 2^64, so n < 0 is the one sign of a number
			// beyond 2^63-1.
			if digits == 0 || n < 0 || p < len(v) && v[p] != ',' || length >= 0 && n != length {
				return Framing{}, h.bad(ElemContentLength, i)
			}
			length = n
			if p == len(v) {
				break
			}
		}
	}
	return Framing{Kind: ContentLength, Length: length}, nil
}

// Persistent reports whether the connection can carry another message after
// this one, whose framing is f, as far as its head tells: not if it says close,
// or its content ends with the connection; nor if its framing fields were of
// the kind that senders and proxies read differently (both Content-Length and
// Transfer-Encoding, or the latter in HTTP/1.0), nor after switching protocols.
//
// RFC 9112 §9.3, §6.1 and §6.3.
func Persistent(h *Head, f Framing) bool {
	switch {
	case f.Kind == UntilClose, h.Status == 101, h.HasToken("Connection", "close"):
		return false
	case h.transferEncoding.count > 0 && (h.contentLength.count > 0 || h.Minor == 0):
		return false
	}
	return h.Minor > 0 || h.HasToken("Connection", "keep-alive")
}
