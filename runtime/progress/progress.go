// Package progress shows how far a long transfer has come: a bar on a terminal,
// redrawn in place, and nothing anywhere else.
package progress

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"starwire/runtime/tty"
)

// A Bar counts the bytes of one transfer; its Line shows it. Its methods may be
// called by several goroutines.
type Bar struct {
	l     *Line
	label string
	total int64 // bytes, or negative if it is not known
	begin time.Time
	done  atomic.Int64 // bytes
}

// Add says that n more bytes have been transferred.
func (b *Bar) Add(n int64) { b.done.Add(n) }

// Done ends the transfer, whether it succeeded or not: its bar is wiped out. It
// may be called more than once.
func (b *Bar) Done() { b.l.remove(b) }

// text is the bar in less than that many columns, beside that of so many others.
func (b *Bar) text(now time.Time, columns, others int) string {
	took, done := now.Sub(b.begin), b.done.Load()
	speed := rate(done, took)
	var tail string
	if b.total < 0 {
		tail = fmt.Sprintf("%s  %s/s", Size(done), Size(speed))
	} else {
		tail = fmt.Sprintf("%3d%%  %s of %s  %s/s", percent(done, b.total), Size(done), Size(b.total), Size(speed))
		if left := b.total - done; speed > 0 && left > 0 {
			tail += "  " + roundTime(time.Duration(float64(left)/float64(speed)*float64(time.Second))).String() + " left"
		}
	}
	if others > 0 {
		tail += fmt.Sprintf("  (and %d more)", others)
	}
	if tty.Width(tail) >= columns {
		return cut(tail, columns-1)
	}
	room := columns - 1 - tty.Width(tail) - 2
	label := cut(b.label, room/2)
	room -= tty.Width(label) + 4
	if b.total < 0 || room < 5 {
		return strings.TrimSpace(label + "  " + tail)
	}
	full := room * percent(done, b.total) / 100
	return label + "  [" + strings.Repeat("#", full) + strings.Repeat(".", room-full) + "]  " + tail
}

// cut shortens a text that is wider than that many columns, without what would
// move the cursor.
func cut(text string, columns int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	if tty.Width(text) <= columns {
		return text
	}
	if columns <= 3 {
		return ""
	}
	r := []rune(text)
	for len(r) > 0 && tty.Width(string(r)) > columns-3 {
		r = r[:len(r)-1]
	}
	return string(r) + "..."
}

// percent is how much of the total is done, 100 at most: more may come than was
// announced.
func percent(done, total int64) int {
	if total <= 0 {
		return 100
	}
	return int(min(float64(done)/float64(total), 1) * 100)
}

func rate(n int64, d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64(min(float64(n)/d.Seconds(), 1<<62))
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
