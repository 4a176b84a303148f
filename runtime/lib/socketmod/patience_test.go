package socketmod

import (
	"io"
	"os"
	"testing"
	"time"
)

// The timeout of a transfer that the system makes begins with the bytes that moved
// last, as near as asking now and then can tell.
func TestPatience(t *testing.T) {
	const timeout = time.Hour // nothing here waits
	deadline := os.ErrDeadlineExceeded
	for _, tt := range []struct {
		name    string
		timeout time.Duration
		ago     time.Duration // since bytes moved
		left    time.Duration // to the end of all operations; 0: there is none
		n       int64
		err     error
		more    bool
		next    time.Duration // at most, then
	}{
		{"nothing moved, in time", timeout, timeout - time.Minute, 0, 0, deadline, true, glance},
		{"nothing moved, too late", timeout, timeout, 0, 0, deadline, false, 1},
		{"bytes moved", timeout, timeout - time.Minute, 0, 5, deadline, true, glance},
		{"bytes moved, just in time", timeout, 2 * timeout, 0, 5, deadline, true, glance},
		{"an error", timeout, 0, 0, 0, io.ErrClosedPipe, false, glance},
		{"an error behind bytes", timeout, 0, 0, 5, io.ErrClosedPipe, false, glance},
		{"no error", timeout, 0, 0, 5, nil, false, glance},
		{"a short timeout", 8 * time.Millisecond, 0, 0, 5, deadline, true, time.Millisecond},
		{"no timeout", noTimeout, 2 * timeout, 0, 0, deadline, false, noTimeout},
		{"no timeout, bytes moved", noTimeout, 2 * timeout, 0, 5, deadline, true, noTimeout},
		{"all is over", timeout, 0, -time.Nanosecond, 5, deadline, false, glance},
		{"all is over soon", timeout, 0, timeout, 5, deadline, true, glance},
		{"only all can be over", noTimeout, 0, -time.Nanosecond, 5, deadline, false, noTimeout},
	} {
		l := &link{timeout: tt.timeout}
		if tt.left != 0 {
			l.expires = time.Now().Add(tt.left)
		}
		p := patience{timeout: tt.timeout, moved: time.Now().Add(-tt.ago)}
		if more := p.more(l, tt.n, tt.err); more != tt.more {
			t.Errorf("%s: more = %v; want %v", tt.name, more, tt.more)
		}
		if next := p.next(l); next > tt.next || next == 0 {
			t.Errorf("%s: next = %v; want at most %v", tt.name, next, tt.next)
		}
	}
	p := patience{timeout, time.Now().Add(50*time.Millisecond - timeout)}
	if next := p.next(new(link)); next > 50*time.Millisecond || next <= 0 {
		t.Errorf("with 50 ms left next = %v", next)
	}
	l := &link{timeout: timeout}
	l.closed.Store(true)
	if p := (patience{timeout, time.Now()}); p.more(l, 5, deadline) {
		t.Error("a transfer goes on over a connection that was closed")
	}
	p = patience{} // begins when it is first asked
	if next := p.next(&link{timeout: timeout}); next != glance || p.timeout != timeout || time.Since(p.moved) >= timeout {
		t.Errorf("at the beginning next = %v, %+v; want %v", next, p, glance)
	}
}
