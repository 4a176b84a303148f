package py

import (
	"math/rand/v2"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
)

// Unicode text that is ASCII equals the str of the same characters and is the same key of a dict, so it
// must be a starlark.String: to the interpreter no keys of two types are equal. What tells it from a str
// is where its bytes are: in pages of memory that hold nothing else. So it stays unicode as it is sliced,
// kept in containers, and handed through functions that know nothing of it; who makes new bytes of it
// makes a str, unless by Text.
//
// An address is only ever compared. If it told nothing, because a system aligns pages otherwise, such text
// would be a str in every respect, which equals it.

const (
	pageSize   = 8192 // which the allocator aligns, as it does each multiple
	leafBits   = 30   // bits of an address within a leaf
	rootBits   = 17
	smallText  = pageSize / 8 // bytes; what is longer gets pages of its own
	cachedText = 64           // bytes of the longest text that is kept for the next time
	cacheSize  = 1 << 12      // texts

	replaceOneIn = 8 // texts, of those that are not in the cache, so that what comes once does not flood it
)

// A leaf has a bit for each page of 1 GB: whether texts are in it.
type leaf [1 << leafBits / pageSize / 64]atomic.Uint64

// A root finds the leaf of an address.
type root [1 << rootBits]atomic.Pointer[leaf]

// textPages is nil until there is text: as a variable of its own the root would be
// a megabyte of pointers for each collection to look at. It is filled and read by all
// runs of the process.
var textPages atomic.Pointer[root]

// textArena is where short texts are put, one behind the other.
var textArena struct {
	sync.Mutex
	free []byte // what is left of the last page
}

// textCache holds short texts that were made lately, as loops over characters and literals make them.
var textCache [cacheSize]atomic.Pointer[starlark.Value]

// pageBit returns the word and bit of an address, or nil for one that has none yet and make is false, or
// that is beyond what any system gives a process.
func pageBit(at uintptr, make bool) (word *atomic.Uint64, mask uint64) {
	r := textPages.Load()
	if r == nil {
		if !make {
			return nil, 0
		}
		textPages.CompareAndSwap(nil, new(root))
		r = textPages.Load()
	}
	i := uint64(at) >> leafBits
	if i >= uint64(len(r)) {
		return nil, 0
	}
	l := r[i].Load()
	if l == nil {
		if !make {
			return nil, 0
		}
		r[i].CompareAndSwap(nil, new(leaf))
		l = r[i].Load()
	}
	page := uint64(at) & (1<<leafBits - 1) / pageSize
	return &l[page/64], 1 << (page % 64)
}

// address is where the bytes of s are. It is compared, never followed.
func address(s string) uintptr { return uintptr(unsafe.Pointer(unsafe.StringData(s))) }

// inPages reports whether the bytes of s are in the pages of texts.
func inPages(s string) bool {
	word, mask := pageBit(address(s), false)
	return word != nil && word.Load()&mask != 0
}

// newPages returns n bytes, rounded up to whole pages, in which only texts are. They are marked until
// nothing refers to them any more. It is nil if there are no pages to be marked.
func newPages(n int) []byte {
	pages := make([]byte, (n+pageSize-1)/pageSize*pageSize)
	start := unsafe.Pointer(unsafe.SliceData(pages))
	if uintptr(start)%pageSize != 0 {
		return nil
	}
	for at := uintptr(0); at < uintptr(len(pages)); at += pageSize {
		word, mask := pageBit(uintptr(start)+at, true)
		if word == nil {
			return nil
		}
		word.Or(mask)
	}
	size := uintptr(len(pages))
	// The finalizer runs before the memory can be used again.
	runtime.SetFinalizer((*byte)(start), func(first *byte) {
		for at := uintptr(0); at < size; at += pageSize {
			if word, mask := pageBit(uintptr(unsafe.Pointer(first))+at, false); word != nil {
				word.And(^mask)
			}
		}
	})
	return pages
}

// asciiText returns s, which is ASCII, as text that IsUnicode knows.
func asciiText(s string) starlark.Value {
	if s == "" {
		return emptyText()
	}
	if inPages(s) {
		return starlark.String(s)
	}
	if len(s) > cachedText {
		return starlark.String(putText(s))
	}
	h := uint32(len(s))
	for i := range len(s) {
		h = h*31 + uint32(s[i])
	}
	slot := &textCache[h%cacheSize]
	if v := slot.Load(); v != nil && string((*v).(starlark.String)) == s {
		return *v
	}
	var v starlark.Value = starlark.String(putText(s))
	if slot.Load() == nil || rand.Uint32()%replaceOneIn == 0 {
		slot.Store(&v)
	}
	return v
}

// putText copies s, which is not empty, into the pages of texts.
func putText(s string) string {
	if len(s) > smallText {
		pages := newPages(len(s))
		if pages == nil {
			return s
		}
		copy(pages, s)
		return unsafe.String(unsafe.SliceData(pages), len(s))
	}
	textArena.Lock()
	defer textArena.Unlock()
	if len(textArena.free) < len(s) {
		if textArena.free = newPages(1); textArena.free == nil {
			return s
		}
	}
	to := textArena.free[:len(s):len(s)]
	textArena.free = textArena.free[len(s):]
	copy(to, s)
	return unsafe.String(unsafe.SliceData(to), len(s))
}

// emptyText returns the empty unicode text. A conversion would drop where it is.
func emptyText() starlark.Value {
	return noText.Get(func() starlark.Value {
		s := starlark.String(putText("x")[:0])
		return reflect.ValueOf(&s).Elem().Interface().(starlark.Value)
	})
}

var noText lazy.Value[starlark.Value]

// IsUnicode reports whether v is of Python 2's type unicode: a Unicode, or a String that Text made or
// that is part of one.
func IsUnicode(v starlark.Value) bool {
	switch v := v.(type) {
	case starlark.String:
		return inPages(string(v))
	case *Unicode:
		return true
	}
	return false
}

// Bytes returns s as a str, though it may be part of unicode text.
func Bytes(s string) starlark.String {
	if inPages(s) {
		b := make([]byte, len(s))
		copy(b, s)
		return starlark.String(b)
	}
	return starlark.String(s)
}
