package repl

import (
	"io"
	"sync"
)

// A keyboard shares the terminal's input between the prompt and the scripts that
// read sys.stdin, which never read at the same time. It reads only when somebody
// waits, and gives what comes to whoever's turn it is by then: a script that was
// interrupted in sys.stdin.readline() takes nothing from the next prompt.
type keyboard struct {
	src io.Reader

	mu      sync.Mutex
	change  *sync.Cond
	turn    reader
	buf     []byte
	err     error
	reading bool // a goroutine is in src.Read
	closed  bool
}

// A reader is one of those who read the keyboard.
type reader int

const (
	script reader = iota
	prompt
)

func newKeyboard(src io.Reader) *keyboard {
	k := &keyboard{src: src}
	k.change = sync.NewCond(&k.mu)
	return k
}

// give makes what is typed from now on go to who.
func (k *keyboard) give(who reader) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn = who
	if k.err == io.EOF {
		k.err = nil // Ctrl-D in one item does not end the next
	}
	k.change.Broadcast()
}

// read waits until it is who's turn and something was typed. After close it
// returns io.EOF.
func (k *keyboard) read(who reader, p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		switch {
		case k.closed:
			return 0, io.EOF
		case k.turn != who:
		case len(k.buf) > 0:
			n := copy(p, k.buf)
			k.buf = k.buf[n:]
			return n, nil
		case k.err != nil:
			return 0, k.err
		case !k.reading:
			k.reading = true
			go k.fill()
		}
		k.change.Wait()
	}
}

// fill reads once.
func (k *keyboard) fill() {
	p := make([]byte, 4096)
	n, err := k.src.Read(p)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.buf, k.err, k.reading = append(k.buf, p[:n]...), err, false
	k.change.Broadcast()
}

// close wakes everybody who waits. A read of the terminal that is under way goes
// on until the terminal is closed or the process ends.
func (k *keyboard) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	k.change.Broadcast()
}

// scriptInput is the keyboard as sys.stdin.
type scriptInput struct{ *keyboard }

func (in scriptInput) Read(p []byte) (int, error) { return in.read(script, p) }
