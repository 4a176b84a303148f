package progress

import (
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"starwire/runtime/tty"
)

// Delays of a bar: transfers that end soon show none, and nobody reads faster.
const (
	delay  = time.Second
	redraw = 200 * time.Millisecond
)

// A Line is the line of a terminal that the cursor is on, shared by the bars of
// transfers and by what scripts print, which goes through Writer. It shows one
// bar at a time, the oldest. Its methods are safe for concurrent use.
type Line struct {
	w     io.Writer
	shows bool // w is a terminal that can take back what it shows
	now   func() time.Time

	mu    sync.Mutex
	bars  []*Bar      // of transfers under way, in the order of their beginning
	timer *time.Timer // while there are any
	drawn bool        // a bar is on the line
	open  bool        // something else is, that no newline ended
}

// NewLine returns the line of the terminal that shows w. If w is no terminal, or
// one that TERM calls dumb, no bar is ever shown.
func NewLine(w io.Writer) *Line {
	return &Line{w: w, shows: tty.IsTerminal(w) && os.Getenv("TERM") != "dumb", now: time.Now}
}

// Shows reports whether bars are shown at all.
func (l *Line) Shows() bool { return l.shows }

// Begin begins the transfer of total bytes, or of nobody knows how many if total
// is negative. label says what is transferred. End it by Done.
func (l *Line) Begin(label string, total int64) *Bar {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := &Bar{l: l, label: label, total: total, begin: l.now()}
	if !l.shows {
		return b
	}
	l.bars = append(l.bars, b)
	if l.timer == nil {
		l.timer = time.AfterFunc(delay, l.tick)
	}
	return b
}

func (l *Line) remove(b *Bar) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bars = slices.DeleteFunc(l.bars, func(x *Bar) bool { return x == b })
	if len(l.bars) > 0 {
		return // the next tick shows another
	}
	l.erase()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

// tick draws the line anew, and comes back later.
func (l *Line) tick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer == nil {
		return // the last transfer ended just now
	}
	l.timer.Reset(redraw)
	l.draw()
}

// draw shows the oldest transfer, if it has lasted.
func (l *Line) draw() {
	now := l.now()
	if len(l.bars) == 0 || now.Sub(l.bars[0].begin) < delay {
		l.erase()
		return
	}
	if l.open {
		io.WriteString(l.w, "\n")
		l.open = false
	}
	columns, _ := tty.Size(l.w)
	const echo = len("^C") // what the terminal itself may write behind the bar
	io.WriteString(l.w, "\r"+l.bars[0].text(now, columns-echo, len(l.bars)-1)+toEnd)
	l.drawn = true
}

// toEnd clears from the cursor to the end of the line.
const toEnd = "\x1b[K"

func (l *Line) erase() {
	if l.drawn {
		io.WriteString(l.w, "\r"+toEnd)
		l.drawn = false
	}
}

// Fresh ends the line if something is on it that no newline ended.
func (l *Line) Fresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.erase()
	if l.open {
		io.WriteString(l.w, "\n")
		l.open = false
	}
}

// Writer returns w, which the same terminal shows, for all else to write to: it
// wipes out a bar first.
func (l *Line) Writer(w io.Writer) io.Writer { return lineWriter{l, w} }

type lineWriter struct {
	l *Line
	w io.Writer
}

func (lw lineWriter) Write(p []byte) (int, error) {
	lw.l.mu.Lock()
	defer lw.l.mu.Unlock()
	if len(p) > 0 {
		lw.l.erase()
		lw.l.open = p[len(p)-1] != '\n'
	}
	return lw.w.Write(p)
}
