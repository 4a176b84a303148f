package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"starwire/runtime/tty"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that tests set.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func (c *clock) after(d time.Duration) { c.t = c.t.Add(d) }

// newTestLine returns a Line that shows bars on out when tick is called.
func newTestLine(t *testing.T, out *bytes.Buffer) (*Line, *clock) {
	c := &clock{t: time.Unix(1000, 0)}
	l := &Line{w: out, shows: true, now: c.now}
	l.timer = time.AfterFunc(time.Hour, func() {})
	t.Cleanup(func() { l.mu.Lock(); defer l.mu.Unlock(); l.timer = nil })
	return l, c
}

// show does what the timer does.
func (l *Line) show() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.draw()
}

func TestBar(t *testing.T) {
	var out bytes.Buffer
	l, c := newTestLine(t, &out)
	b := l.Begin("file.bin", 4_000_000)
	c.after(900 * time.Millisecond)
	b.Add(500_000)
	l.show()
	if out.Len() > 0 {
		t.Errorf("after 0.9 s: %q; want nothing yet", out.String())
	}
	c.after(1100 * time.Millisecond)
	b.Add(500_000)
	l.show()
	want := "\rfile.bin  [" + strings.Repeat("#", 5) + strings.Repeat(".", 17) + "]   25%  1.0 MB of 4.0 MB  500 kB/s  6s left\x1b[K"
	if got := out.String(); got != want {
		t.Errorf("a quarter: %q; want %q", got, want)
	}
	out.Reset()
	c.after(8 * time.Second) // in which nothing came
	l.show()
	if got := out.String(); !strings.Contains(got, "  100 kB/s  30s left") {
		t.Errorf("a stall: %q; want a rate that falls", got)
	}
	out.Reset()
	b.Done()
	b.Done()
	l.show()
	if got := out.String(); got != "\r\x1b[K" {
		t.Errorf("the end: %q; want the line cleared, once", got)
	}
}

func TestUnknownLength(t *testing.T) {
	var out bytes.Buffer
	l, c := newTestLine(t, &out)
	b := l.Begin("stream", -1)
	b.Add(3_000_000)
	c.after(2 * time.Second)
	l.show()
	if got := out.String(); got != "\rstream  3.0 MB  1.5 MB/s\x1b[K" {
		t.Errorf("an unknown length: %q", got)
	}
}

func TestShortTransfer(t *testing.T) {
	var out bytes.Buffer
	l, c := newTestLine(t, &out)
	l.Begin("x", 10).Done()
	c.after(time.Minute)
	l.show()
	if out.Len() > 0 {
		t.Errorf("shown %q; want nothing: it was over within a second", out.String())
	}
}

// TestPrinting: what a script prints stands where the bar was, and the bar below.
func TestPrinting(t *testing.T) {
	var out bytes.Buffer
	l, c := newTestLine(t, &out)
	w := l.Writer(&out)
	w.Write([]byte("begin"))
	b := l.Begin("x", -1)
	c.after(2 * time.Second)
	l.show()
	w.Write([]byte("text\n"))
	l.show()
	b.Done()
	w.Write([]byte("end"))
	l.Fresh()
	l.Fresh()
	const bar = "\rx  0 B  0 B/s\x1b[K"
	if got, want := out.String(), "begin\n"+bar+"\r\x1b[Ktext\n"+bar+"\r\x1b[Kend\n"; got != want {
		t.Errorf("the terminal got\n%q; want\n%q", got, want)
	}
}

func TestSeveralTransfers(t *testing.T) {
	var out bytes.Buffer
	l, c := newTestLine(t, &out)
	a, b := l.Begin("a", -1), l.Begin("b", -1)
	c.after(2 * time.Second)
	l.show()
	a.Done()
	l.show()
	b.Done()
	const line = "  0 B  0 B/s"
	if got, want := out.String(), "\ra"+line+"  (and 1 more)\x1b[K\rb"+line+"\x1b[K\r\x1b[K"; got != want {
		t.Errorf("the terminal got\n%q; want\n%q", got, want)
	}
}

// TestTimer: a Line draws by itself, and stops when there is nothing to draw.
func TestTimer(t *testing.T) {
	drawn := make(writes, 100)
	l := &Line{w: drawn, shows: true, now: time.Now}
	b := l.Begin("x", -1)
	b.begin = b.begin.Add(-time.Minute)
	l.mu.Lock()
	l.timer.Reset(0)
	l.mu.Unlock()
	<-drawn // at once
	<-drawn // and again
	b.Done()
	if l.timer != nil {
		t.Error("the timer goes on")
	}
}

// writes are what was written, one by one.
type writes chan string

func (w writes) Write(p []byte) (int, error) {
	select {
	case w <- string(p):
	default:
	}
	return len(p), nil
}

func TestNoTerminal(t *testing.T) {
	var out bytes.Buffer
	l := NewLine(&out)
	b := l.Begin("x", 10)
	b.begin = b.begin.Add(-time.Hour)
	b.Add(5)
	if l.Shows() || l.timer != nil {
		t.Errorf("Shows() = %v, timer %v for a buffer; want false, nil", l.Shows(), l.timer)
	}
	l.show()
	b.Done()
	if out.Len() > 0 {
		t.Errorf("written to a pipe: %q", out.String())
	}
}

func TestTextFits(t *testing.T) {
	for _, total := range []int64{-1, 0, 1, 1 << 40} {
		for _, label := range []string{"", "file", strings.Repeat("日本", 60), "a\x1b[2J\nb"} {
			for columns := 1; columns < 200; columns += 7 {
				c := &clock{t: time.Unix(1000, 0)}
				b := &Bar{label: label, total: total, begin: c.t}
				b.Add(12345678)
				c.after(3 * time.Second)
				if line := b.text(c.t, columns, 2); tty.Width(line) >= columns || strings.ContainsAny(line, "\x1b\n") {
					t.Errorf("total %d, %d columns: %d wide: %q", total, columns, tty.Width(line), line)
				}
			}
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 9_949: "9.9 kB", 9_960: "10 kB", 999_499: "999 kB", 999_600: "1.0 MB", 1 << 62: "4.6 EB",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q; want %q", n, got, want)
		}
	}
}
