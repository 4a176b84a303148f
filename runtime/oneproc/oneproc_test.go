package oneproc

import (
	"runtime"
	"testing"
)

// TestAll: there is one processor, until there are all.
func TestAll(t *testing.T) {
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("GOMAXPROCS at the start is %d; want 1", n)
	}
	All(true)
	if n := runtime.GOMAXPROCS(1); n != before {
		t.Errorf("GOMAXPROCS is %d after All(true); want %d, as before", n, before)
	}
	All(false)
	all := runtime.GOMAXPROCS(1)
	runtime.SetDefaultGOMAXPROCS()
	if n := runtime.GOMAXPROCS(0); all != n {
		t.Errorf("GOMAXPROCS is %d after All(false); want %d, Go's own", all, n)
	}
}
