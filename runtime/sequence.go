package runtime

import (
	"io"
	"sync"
)

// A sequence brings what the calls of parallel print into the order of their
// items. What the first unfinished call prints goes straight through; the others'
// waits until those before them have succeeded. What comes behind a call that
// failed is dropped, as if the calls had been made one after the other.
type sequence struct {
	out func(stderr bool, b []byte) (int, error)

	mu    sync.Mutex
	first int              // the call that prints through
	waits map[int]*waiting // of the others, what there is
}

// A waiting is what a call has printed, to both streams, and whether it is over.
type waiting struct {
	pieces []piece
	done   bool
}

// A piece is text for one stream.
type piece struct {
	stderr bool
	text   []byte
}

// newSequence returns a sequence that prints to where t does.
func newSequence(t *task) *sequence {
	stderr := t.host.Stderr.Write
	if s, ok := t.host.Stderr.(*stream); ok {
		stderr = s.put // it was charged for by the call's own stream
	}
	return &sequence{
		waits: make(map[int]*waiting),
		out: func(isErr bool, b []byte) (int, error) {
			if isErr {
				return stderr(b)
			}
			return t.out.put(b)
		},
	}
}

// A sequenced is one stream of one call.
type sequenced struct {
	seq    *sequence
	call   int
	stderr bool
}

// streams returns standard output and standard error of a call.
func (s *sequence) streams(call int) (stdout, stderr io.Writer) {
	return sequenced{s, call, false}, sequenced{s, call, true}
}

// Write prints b, or keeps it.
func (w sequenced) Write(b []byte) (int, error) {
	s := w.seq
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.call == s.first {
		return s.out(w.stderr, b)
	}
	if w.call < s.first { // a server's handler, after its call
		return s.out(w.stderr, b)
	}
	call := s.waits[w.call]
	if call == nil {
		call = new(waiting)
		s.waits[w.call] = call
	}
	if n := len(call.pieces); n > 0 && call.pieces[n-1].stderr == w.stderr {
		last := &call.pieces[n-1]
		last.text = append(last.text, b...)
	} else {
		call.pieces = append(call.pieces, piece{w.stderr, append([]byte(nil), b...)})
	}
	return len(b), nil
}

// done says that a call has succeeded: the next one prints through, and so on.
func (s *sequence) done(call int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if call != s.first {
		if s.waits[call] == nil {
			s.waits[call] = new(waiting)
		}
		s.waits[call].done = true
		return nil
	}
	for {
		s.first++
		next := s.waits[s.first]
		if next == nil {
			return nil
		}
		delete(s.waits, s.first)
		for _, p := range next.pieces {
			if _, err := s.out(p.stderr, p.text); err != nil {
				return err
			}
		}
		if !next.done {
			return nil
		}
	}
}
