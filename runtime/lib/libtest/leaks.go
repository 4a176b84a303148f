package libtest

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"testing"

	"go.uber.org/goleak"
)

// Main runs the tests of a package that opens sockets, and ends the process: with
// status 1, too, if they left goroutines or descriptors behind.
func Main(m *testing.M) {
	before := descriptors()
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		after := descriptors()
		for range 100 { // the pipes of splice wait for the collector
			if after <= before {
				break
			}
			runtime.GC()
			after = descriptors()
		}
		if after > before {
			fmt.Fprintf(os.Stderr, "%d descriptors are open; %d were before the tests\n", after, before)
			code = 1
		}
	}
	os.Exit(code)
}

// descriptors counts the process's open files where the system shows them. The
// poller's own, which the first socket opens, is there from the start.
func descriptors() int {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close()
	}
	if runtime.GOOS != "linux" {
		return 0
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}
