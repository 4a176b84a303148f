package command

import (
	goruntime "runtime"
	"testing"
)

// TestCollections: three collections between two looks 10 ms apart are more than one
// in 5 ms; none is not, and the next look is later, up to a second.
func TestCollections(t *testing.T) {
	c := newCollections()
	for range 3 {
		goruntime.GC()
	}
	if !c.busy() {
		t.Errorf("after three collections in %v the collector is not busy", c.next)
	}
	c = newCollections()
	for want := 2 * firstLook; want < lastLook; want *= 2 {
		if c.busy() || c.next != want {
			t.Fatalf("without a collection: the next look is after %v; want %v and not busy", c.next, want)
		}
	}
	for range 2 {
		c.busy()
	}
	if c.next != lastLook {
		t.Errorf("later looks are %v apart; want %v", c.next, lastLook)
	}
}
