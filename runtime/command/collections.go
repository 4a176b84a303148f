package command

import (
	"runtime/metrics"
	"time"
)

// A collections follows how often the garbage collector runs.
type collections struct {
	sample []metrics.Sample
	seen   uint64
	next   time.Duration // from one look to the next
}

const (
	firstLook = 10 * time.Millisecond
	lastLook  = time.Second // what a look costs is nothing by then
	quickly   = 5 * time.Millisecond
)

// newCollections begins to count.
func newCollections() *collections {
	c := &collections{sample: []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}, next: firstLook}
	c.seen = c.count()
	return c
}

func (c *collections) count() uint64 {
	metrics.Read(c.sample)
	return c.sample[0].Value.Uint64()
}

// busy reports whether collections came quickly on average since the last look, c.next
// ago: the collector works all the time. If not, it sets when to look again.
func (c *collections) busy() bool {
	n := c.count()
	since := n - c.seen
	if since > uint64(c.next/quickly) {
		return true
	}
	c.seen, c.next = n, min(2*c.next, lastLook)
	return false
}
