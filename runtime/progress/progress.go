// Package progress shows how far a long transfer has come: a bar on a terminal,
// redrawn in place, and nothing anywhere else.
package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"starwire/runtime/tty"
)

// Delays of a bar: transfers that end soon show none, and nobody reads faster.
const (
	delay  = time.Second
	redraw = 100 * time.Millisecond
)

// A Bar shows one transfer. Its methods may be called by several goroutines.
type Bar struct {
	w     io.Writer
	label string
	total int64 // bytes, or negative if it is not known
	now   func() time.Time

	mu    sync.Mutex
	begin time.Time
	last  time.Time // when it was drawn
	done  int64     // bytes
	shown bool
}

// New returns the bar of a transfer of total bytes, or of nobody knows how many
// if total is negative. label says what is transferred. Where w is no terminal,
// the bar never shows.
func New(w io.Writer, label string, total int64) *Bar {
	if !tty.IsTerminal(w) {
		w = nil
	}
	return newBar(w, label, total, time.Now)
}

func newBar(w io.Writer, label string, total int64, now func() time.Time) *Bar {
	return &Bar{w: w, label: label, total: total, now: now, begin: now()}
}

// Add says that n more bytes have been transferred.
func (b *Bar) Add(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += n
	now := b.now()
	if b.w == nil || now.Sub(b.begin) < delay || now.Sub(b.last) < redraw {
		return
	}
	b.last, b.shown = now, true
	columns, _ := tty.Size(b.w)
	io.WriteString(b.w, "\r"+b.line(now, columns)+"\x1b[K")
}

// Done ends the bar. One that was shown is replaced by a line with the total.
func (b *Bar) Done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.w == nil || !b.shown {
		return
	}
	took := b.now().Sub(b.begin)
	fmt.Fprintf(b.w, "\r%s  %s in %s (%s/s)\x1b[K\n", b.label, Size(b.done), roundTime(took), Size(rate(b.done, took)))
	b.w = nil
}

// Write counts what is written, so that a Bar can stand in an io.MultiWriter or
// behind an io.TeeReader.
func (b *Bar) Write(p []byte) (int, error) {
	b.Add(int64(len(p)))
	return len(p), nil
}

// line is the bar in less than that many columns.
func (b *Bar) line(now time.Time, columns int) string {
	took := now.Sub(b.begin)
	speed := rate(b.done, took)
	var tail string
	if b.total < 0 {
		tail = fmt.Sprintf("%s  %s/s", Size(b.done), Size(speed))
	} else {
		tail = fmt.Sprintf("%3d%%  %s of %s  %s/s", b.percent(), Size(b.done), Size(b.total), Size(speed))
		if left := b.total - b.done; speed > 0 && left > 0 {
			tail += "  " + roundTime(time.Duration(float64(left)/float64(speed)*float64(time.Second))).String() + " left"
		}
	}
	room := columns - 1 - tty.Width(tail) - 2
	label := b.label
	if r := []rune(label); tty.Width(label) > room/2 {
		for len(r) > 0 && tty.Width(string(r))+3 > room/2 {
			r = r[:len(r)-1]
		}
		label = string(r) + "..."
		if len(r) == 0 {
			label = ""
		}
	}
	room -= tty.Width(label) + 4
	if b.total < 0 || room < 5 {
		return strings.TrimSpace(label + "  " + tail)
	}
	full := int(int64(room) * int64(b.percent()) / 100)
	return label + "  [" + strings.Repeat("#", full) + strings.Repeat(".", room-full) + "]  " + tail
}

// percent is how much of the total is done, 100 at most: more may come than was
// announced.
func (b *Bar) percent() int {
	if b.total <= 0 {
		return 100
	}
	return int(min(float64(b.done)/float64(b.total), 1) * 100)
}

func rate(n int64, d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64(float64(n) / d.Seconds())
}

// roundTime keeps what is worth reading.
func roundTime(d time.Duration) time.Duration {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// Size returns a number of bytes for people: "999 B", "1.2 MB".
func Size(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		if f /= 1000; f < 999.5 {
			break
		}
	}
	if f < 9.95 {
		return fmt.Sprintf("%.1f %s", f, unit)
	}
	return fmt.Sprintf("%.0f %s", f, unit)
}
