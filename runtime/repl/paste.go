package repl

import (
	"bytes"
	"strings"
	"sync"
)

// Terminals put a paste between these, once they are told to (bracketed paste).
const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"

	pasteOn  = "\x1b[?2004h"
	pasteOff = "\x1b[?2004l"
)

// deleteSeq is what the Delete key sends. readline takes it for Ctrl-D, which on
// an empty line would leave: it sees deleteKey instead.
const (
	deleteSeq = "\x1b[3~"
	deleteKey = '\uf8ff'
)

// pasteKey stands where a paste of several lines was.
const pasteKey = '\uf8fd'

// maxPaste bounds what is kept of one paste.
const maxPaste = 16 << 20 // bytes

// A pasteFilter is the keyboard as readline sees it. It takes pastes out: one of
// a single line comes as if it were typed, without its control characters; one
// of several lines is put aside for take, and pasteKey comes in its place.
type pasteFilter struct {
	kb *keyboard

	out     []byte // for readline
	held    []byte // perhaps the beginning of a sequence
	inPaste bool
	text    []byte // of the paste so far

	mu    sync.Mutex
	aside []string
}

// Read is readline's.
func (f *pasteFilter) Read(p []byte) (int, error) {
	for len(f.out) == 0 {
		buf := make([]byte, 4096)
		n, err := f.kb.read(prompt, buf)
		if err != nil {
			return 0, err
		}
		f.feed(buf[:n])
	}
	n := copy(p, f.out)
	f.out = f.out[n:]
	return n, nil
}

// Close is readline's.
func (f *pasteFilter) Close() error {
	f.kb.close()
	return nil
}

// feed takes in what the terminal sent.
func (f *pasteFilter) feed(p []byte) {
	p = append(f.held, p...)
	f.held = nil
	for len(p) > 0 {
		if f.inPaste {
			i := bytes.Index(p, []byte(pasteEnd))
			if i < 0 {
				n := heldSuffix(p, pasteEnd)
				f.keep(p[:len(p)-n])
				f.held = bytes.Clone(p[len(p)-n:])
				return
			}
			f.keep(p[:i])
			p = p[i+len(pasteEnd):]
			f.endPaste()
			continue
		}
		i := bytes.IndexByte(p, '\x1b')
		if i < 0 {
			f.out = append(f.out, p...)
			return
		}
		f.out = append(f.out, p[:i]...)
		p = p[i:]
		switch {
		case bytes.HasPrefix(p, []byte(pasteBegin)):
			f.inPaste = true
			p = p[len(pasteBegin):]
		case bytes.HasPrefix(p, []byte(deleteSeq)):
			f.out = append(f.out, string(deleteKey)...)
			p = p[len(deleteSeq):]
		case strings.HasPrefix(pasteBegin, string(p)), strings.HasPrefix(deleteSeq, string(p)):
			f.held = bytes.Clone(p)
			return
		default:
			f.out = append(f.out, '\x1b')
			p = p[1:]
		}
	}
}

// heldSuffix returns how many of the last bytes of p may begin seq.
func heldSuffix(p []byte, seq string) int {
	for n := min(len(seq)-1, len(p)); n > 0; n-- {
		if strings.HasPrefix(seq, string(p[len(p)-n:])) {
			return n
		}
	}
	return 0
}

func (f *pasteFilter) keep(p []byte) {
	f.text = append(f.text, p[:min(len(p), maxPaste-len(f.text))]...)
}

func (f *pasteFilter) endPaste() {
	text := cleanPaste(string(f.text))
	f.text, f.inPaste = nil, false
	if !strings.Contains(text, "\n") {
		f.out = append(f.out, strings.ReplaceAll(text, "\t", indentation)...)
		return
	}
	f.mu.Lock()
	f.aside = append(f.aside, text)
	f.mu.Unlock()
	f.out = append(f.out, string(pasteKey)...)
}

// take returns the oldest paste that was put aside.
func (f *pasteFilter) take() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.aside) == 0 {
		return ""
	}
	text := f.aside[0]
	f.aside = f.aside[1:]
	return text
}

// cleanPaste makes line ends newlines and drops control characters: a paste must
// not press keys.
func cleanPaste(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u00a0", " ").Replace(text)
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || 0x80 <= r && r < 0xa0 || 0xf8fd <= r && r <= 0xf8ff {
			return -1
		}
		return r
	}, text)
}
