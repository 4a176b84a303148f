package socketmod

import "time"

// A patience measures out the timeout of a transfer that the system makes, which
// tells how far it came when it ends, not before. So it is ended and asked several
// times within the timeout: bytes that move at the beginning of one long wait would
// have the timeout begin anew at its end. The zero value is ready for use, for one
// transfer of one link.
type patience struct {
	timeout time.Duration // of each operation; 0 or less: none
	moved   time.Time     // when bytes are last known to have moved; zero: not begun
}

// glance is how long a transfer goes on, at most, before it is asked.
const glance = 200 * time.Millisecond

// next returns how long the transfer may go on before it is asked.
func (p *patience) next(l *link) time.Duration {
	if p.moved.IsZero() {
		p.timeout, p.moved = l.timeout, time.Now()
	}
	if p.timeout <= 0 {
		return p.timeout
	}
	left := p.timeout - time.Since(p.moved)
	return max(min(left, p.timeout/8, glance), 1)
}

// more takes note that n bytes moved until err, and reports whether err only says
// that it was time to ask: the timeout is not over, nor the time of all operations.
func (p *patience) more(l *link, n int64, err error) bool {
	now := time.Now()
	if n > 0 {
		p.moved = now
	}
	switch {
	case !isDeadline(err) || l.closed.Load() || !l.expires.IsZero() && !now.Before(l.expires):
		return false
	case p.timeout <= 0:
		return n > 0
	}
	return now.Sub(p.moved) < p.timeout
}
