package runtime

import (
	"fmt"
	"os"
	goruntime "runtime"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain fails if a test leaves a goroutine or a descriptor behind.
func TestMain(m *testing.M) {
	before := descriptors()
	goleak.VerifyTestMain(testRunner(func() int {
		code := m.Run()
		// Package net keeps the pipes it splices with until two collections later.
		after := descriptors()
		for end := time.Now().Add(soon); after > before && time.Now().Before(end); after = descriptors() {
			goruntime.GC()
		}
		if code == 0 && after > before {
			fmt.Fprintf(os.Stderr, "%d descriptors are open after the tests, %d were before\n", after, before)
			return 1
		}
		return code
	}))
}

type testRunner func() int

func (r testRunner) Run() int { return r() }

// descriptors counts the process's open descriptors, where the system tells.
func descriptors() int {
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	// The poller's own stay open from its first use on.
	n := 0
	for _, name := range names {
		if target, err := os.Readlink("/proc/self/fd/" + name.Name()); err == nil && target != "anon_inode:[eventpoll]" && target != "anon_inode:[eventfd]" {
			n++
		}
	}
	return n
}
