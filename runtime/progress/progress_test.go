package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"starwire/runtime/tty"
)

// clock is a time that tests set.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func (c *clock) after(d time.Duration) { c.t = c.t.Add(d) }

func TestBar(t *testing.T) {
	var out bytes.Buffer
	c := &clock{t: time.Unix(1000, 0)}
	b := newBar(&out, "file.bin", 4_000_000, c.now)
	c.after(900 * time.Millisecond)
	b.Add(500_000)
	if out.Len() > 0 {
		t.Errorf("after 0.9 s: %q; want nothing yet", out.String())
	}
	c.after(1100 * time.Millisecond)
	b.Write(make([]byte, 500_000))
	want := "\rfile.bin  [" + strings.Repeat("#", 6) + strings.Repeat(".", 18) + "]   25%  1.0 MB of 4.0 MB  500 kB/s  6s left\x1b[K"
	if got := out.String(); got != want {
		t.Errorf("a quarter: %q; want %q", got, want)
	}
	out.Reset()
	c.after(50 * time.Millisecond)
	b.Add(1)
	if out.Len() > 0 {
		t.Errorf("50 ms later: %q; want nothing", out.String())
	}
	c.after(time.Second * 10)
	b.Done()
	b.Done()
	if got := out.String(); got != "\rfile.bin  1.0 MB in 12s (83 kB/s)\x1b[K\n" {
		t.Errorf("the end: %q", got)
	}
}

func TestShortTransfer(t *testing.T) {
	var out bytes.Buffer
	c := &clock{t: time.Unix(1000, 0)}
	b := newBar(&out, "x", 10, c.now)
	b.Add(10)
	c.after(time.Minute)
	b.Done()
	if out.Len() > 0 {
		t.Errorf("shown %q; want nothing: no byte came after the first second", out.String())
	}
}

func TestNoTerminal(t *testing.T) {
	var out bytes.Buffer
	b := New(&out, "x", 10)
	b.begin = b.begin.Add(-time.Hour)
	b.Add(5)
	b.Done()
	if out.Len() > 0 {
		t.Errorf("written to a pipe: %q", out.String())
	}
}

func TestLineFits(t *testing.T) {
	for _, total := range []int64{-1, 0, 1, 1 << 40} {
		for _, label := range []string{"", "file", strings.Repeat("日本", 60)} {
			for columns := 50; columns < 200; columns += 7 {
				c := &clock{t: time.Unix(1000, 0)}
				b := newBar(nil, label, total, c.now)
				b.done = 12345678
				c.after(3 * time.Second)
				if line := b.line(c.t, columns); tty.Width(line) >= columns {
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
