package httplibmod

import (
	"io"
	"strings"
	"unsafe"
)

// This file holds the package's only uses of unsafe: the views between strings
// and bytes that spare a copy of each body, and memory that is not cleared
// before it is filled.

// ownedString returns b as a string without copying. The caller made b, nothing
// else holds it, and it is never written again.
func ownedString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// viewBytes returns the bytes of s without copying, to be read and not kept.
func viewBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// uncleared returns n bytes of whatever was there before. Nobody may see one
// that was not written. Pages that are not written cost address space alone.
func uncleared(n int) []byte {
	var b strings.Builder // the one way to such memory that the standard library has
	b.Grow(n)
	b.WriteByte(0)
	buf := unsafe.Slice(unsafe.StringData(b.String()), n)
	if n >= hugeFrom {
		adviseHuge(buf)
	}
	return buf
}

const (
	// firstPiece is how much memory a read gets before any of its bytes arrived,
	// unless less is asked for (D22, H18).
	firstPiece = 64 << 10
	// trusted is the Content-Length up to which read() takes the server's word and
	// allocates once.
	trusted = 16 << 20
	// faith is by how much more than what has arrived a server's word is taken for.
	faith = 64
	// hope is the same where nothing is told, up to hugeFrom: what is
	// not reached costs addresses, and what is copied costs fresh memory twice.
	hope = 4

	slabFrom = 4 << 10   // smaller strings have memory of their own
	slabSize = 256 << 10 // what pieces are cut from while they come
	hugeFrom = 4 << 20   // from here on large pages pay
)

// A slab is memory that the pieces of one body are cut from: fresh memory is what
// reading by the piece costs most.
type slab struct {
	rest []byte // not handed out yet
	full bool   // the last piece came whole: there will be more
}

// take returns n bytes to be filled and given back. Without a slab, s is nil, they
// are memory of their own.
func (s *slab) take(n int) []byte {
	switch {
	case s == nil || n < slabFrom || n > firstPiece:
		return uncleared(n)
	case len(s.rest) < n && s.full:
		s.rest = uncleared(slabSize)
	case len(s.rest) < n:
		s.rest = uncleared(n)
	}
	return s.rest[:n:n]
}

// give returns the first n bytes of buf, which take made, as a string. What is
// not in it stays in the slab; a small part of much memory is copied, so that it
// does not keep the rest alive.
func (s *slab) give(buf []byte, n int) string {
	cut := s != nil && len(s.rest) > 0 && &buf[0] == &s.rest[0]
	if s != nil {
		s.full = n == len(buf)
	}
	if n < len(buf)/4 {
		return string(buf[:n])
	}
	if cut {
		s.rest = s.rest[n:]
	}
	return ownedString(buf[:n])
}

// fill reads until it has want bytes or src returns an error. told says that want
// is the server's word: the bytes are to come. Memory follows what has arrived: it
// is multiplied as it fills up: by more if the rest is told of, by less once there
// is much.
func fill(src io.Reader, s *slab, want int64, told bool) (data string, err error) {
	if want == 0 {
		return "", nil
	}
	size, factor := int64(firstPiece), int64(hope)
	if told {
		size, factor = trusted, faith
		if want > trusted {
			size = firstPiece
		}
	}
	buf := s.take(int(min(want, size)))
	n := 0
	for int64(n) < want {
		if n == len(buf) {
			if n > hugeFrom && !told {
				factor = 2
			}
			bigger := uncleared(int(min(factor*int64(n), want)))
			copy(bigger, buf)
			buf = bigger
		}
		k, err := src.Read(buf[n:])
		n += k
		if err != nil {
			return s.give(buf, n), err
		}
	}
	return s.give(buf, n), nil
}
