//go:build linux && (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"starwire/runtime/host"
)

// A kernelWait is what the reads of a run wait with while its script has one
// thread: ppoll(2) on the script's own thread. Where Go's poller waits instead, a
// wake-up passes through another queue, and mostly to another processor.
//
// Whatever ends a read early, the end of the run or Close, marks the connection and,
// if there is a wait, writes to a descriptor that each wait watches too (eventfd(2));
// the read then goes on in Go's poller, which knows why.
type kernelWait struct {
	allowed atomic.Bool
	waiting atomic.Bool // or about to, unless the connection is marked or the run over
	closed  atomic.Bool // the run is over

	mu     sync.Mutex
	owner  *host.Resources // which close it
	wakeFD int             // what wake writes to; 0: there has been no wait yet, or will be none
}

func blockReads(h *host.Host) {
	w := kernelWaitOf(h)
	w.owner = h.Resources
	w.allowed.Store(true)
}

func pollReads(h *host.Host) { kernelWaitOf(h).allowed.Store(false) }

type kernelWaitKey struct{}

func kernelWaitOf(h *host.Host) *kernelWait {
	return host.State(h, kernelWaitKey{}, func() *kernelWait { return new(kernelWait) })
}

// A pollFD is struct pollfd of poll(2).
type pollFD struct {
	fd      int32
	events  int16
	revents int16
}

const (
	pollIn       = 1        // POLLIN
	pollOut      = 4        // POLLOUT
	eventFDFlags = 02004000 // EFD_CLOEXEC | EFD_NONBLOCK
)

// wait waits until fd is ready for events, or has an end or an error to tell, and then
// returns true. false says that the poller is to wait: until has passed (zero:
// never), the connection is marked or was meanwhile, or this is not allowed. fds is
// the caller's to lend.
func (w *kernelWait) wait(fd uintptr, events int16, until time.Time, marked *atomic.Bool, fds *[2]pollFD) bool {
	if !w.allowed.Load() {
		return false
	}
	// Who marks a connection, or ends the run, looks for a wait afterwards, and here it
	// is the other way round: one of the two sees the other.
	w.waiting.Store(true)
	defer w.waited()
	wake, ok := w.open()
	if !ok || marked.Load() {
		return false
	}
	for {
		var timeout *syscall.Timespec
		if !until.IsZero() {
			left := time.Until(until)
			if left <= 0 {
				return false
			}
			ts := syscall.NsecToTimespec(int64(left))
			timeout = &ts
		}
		*fds = [2]pollFD{{fd: int32(fd), events: events}, {fd: int32(wake), events: pollIn}}
		_, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(fds)), uintptr(len(fds)), uintptr(unsafe.Pointer(timeout)), 0, 0, 0)
		switch {
		case errno == syscall.EINTR:
			continue
		case errno != 0:
			return false
		case fds[1].revents != 0:
			var counter [8]byte
			syscall.Read(wake, counter[:]) // so that the next wait waits
			if marked.Load() || !w.allowed.Load() {
				return false
			}
			continue // it was for another, or for a wait that was over already
		}
		return fds[0].revents != 0
	}
}

// open returns the descriptor of wake.
func (w *kernelWait) open() (fd int, ok bool) {
	w.mu.Lock()
	fd, ok = w.wakeFD, !w.closed.Load()
	w.mu.Unlock()
	if ok && fd == 0 {
		return w.create()
	}
	return fd, ok
}

// create makes the descriptor, for the first wait.
func (w *kernelWait) create() (fd int, ok bool) {
	if w.owner.Add(w) != nil {
		return 0, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed.Load() {
		return 0, false
	}
	r, _, errno := syscall.RawSyscall(syscall.SYS_EVENTFD2, 0, eventFDFlags, 0)
	if errno != 0 { // no descriptors are left; the poller needs none
		w.allowed.Store(false)
		return 0, false
	}
	w.wakeFD = int(r)
	return w.wakeFD, true
}

// wake ends a wait that is under way.
func (w *kernelWait) wake() {
	if !w.waiting.Load() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wakeFD != 0 {
		one := [8]byte{1}
		syscall.Write(w.wakeFD, one[:])
	}
}

// waited ends a wait.
func (w *kernelWait) waited() {
	w.waiting.Store(false)
	if w.closed.Load() {
		w.release()
	}
}

// Close gives the descriptor back, at the run's end. A wait that is still under way
// is woken, and does that itself.
func (w *kernelWait) Close() error {
	w.allowed.Store(false)
	w.closed.Store(true)
	if w.waiting.Load() {
		w.wake()
		return nil
	}
	return w.release()
}

func (w *kernelWait) release() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	fd := w.wakeFD
	if w.wakeFD = 0; fd != 0 {
		return syscall.Close(fd)
	}
	return nil
}
