//go:build (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"errors"
	"runtime"
	"syscall"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// inKernel waits until a read of the run has begun to wait in the kernel, or is about
// to: from then on a wake must reach it.
func inKernel(h *host.Host) {
	w := kernelWaitOf(h)
	for {
		w.mu.Lock()
		fd := w.wakeFD
		w.mu.Unlock()
		if fd != 0 {
			return
		}
		runtime.Gosched()
	}
}

// A read that waits in the kernel ends by all that ends one in the poller.
func TestBlockReads(t *testing.T) {
	tests := []struct {
		name    string
		timeout Timeout
		act     func(r *rig) // once it waits
		n       int
		check   func(t *testing.T, err error)
	}{
		{"data", NoTimeout, func(r *rig) { r.peer.Write([]byte("data")) }, 4, nil},
		{"data within a timeout", Seconds(3600), func(r *rig) { r.peer.Write([]byte("data")) }, 4, nil},
		{"the peer's end", NoTimeout, func(r *rig) { r.peer.CloseWrite() }, 0, func(t *testing.T, err error) {
			if err.Error() != "EOF" {
				t.Errorf("Read() = %v; want EOF", err)
			}
		}},
		{"timeout", Seconds(0.001), func(*rig) {}, 0, func(t *testing.T, err error) {
			wantError(t, "Read", err, TimeoutClass, "timeout('timed out',)")
		}},
		{"Close", NoTimeout, func(r *rig) { r.s.Close() }, 0, func(t *testing.T, err error) {
			wantError(t, "Read", err, ErrorClass, "error(9, 'Bad file descriptor')")
		}},
		{"the run's end", NoTimeout, func(r *rig) { r.cancel(errStop) }, 0, func(t *testing.T, err error) {
			if !errors.Is(err, errStop) {
				t.Errorf("Read() = %v; want %v", err, errStop)
			}
		}},
		{"the run's end, with a timeout", Seconds(3600), func(r *rig) { r.cancel(errStop) }, 0, func(t *testing.T, err error) {
			if !errors.Is(err, errStop) {
				t.Errorf("Read() = %v; want %v", err, errStop)
			}
		}},
		{"the end of all that is open", NoTimeout, func(r *rig) { r.host.Resources.Close() }, 0, func(t *testing.T, err error) {
			wantError(t, "Read", err, ErrorClass, "error(9, 'Bad file descriptor')")
		}},
		{"a wake for another", NoTimeout, func(r *rig) {
			for !kernelWaitOf(r.host).waiting.Load() {
				runtime.Gosched()
			}
			kernelWaitOf(r.host).wake()
			r.peer.Write([]byte("data"))
		}, 4, nil},
		{"a second thread", NoTimeout, func(r *rig) {
			PollReads(r.host)
			r.peer.Write([]byte("data"))
		}, 4, nil},
	}
	for i, tt := range append(tests, tests...) {
		name, own := tt.name, i >= len(tests)
		if own {
			name += ", on a connection made there"
		}
		t.Run(name, func(t *testing.T) {
			var r *rig
			if own {
				r = newKernelRig(t)
			} else {
				r = newRig(t, host.Host{}, NoTimeout)
				BlockReads(r.host)
			}
			r.s.SetTimeout(tt.timeout)
			acted := make(chan struct{})
			go func() {
				defer close(acted)
				inKernel(r.host)
				tt.act(r)
			}()
			n, err := r.s.Read(make([]byte, 10))
			<-acted
			if n != tt.n || (err != nil) != (tt.check != nil) {
				t.Errorf("Read() = %d, %v; want %d", n, err, tt.n)
			} else if err != nil {
				tt.check(t, err)
			}
		})
	}
}

// A wake before the wait is not lost: the read goes on in the poller, which knows why.
func TestBlockReadsWakeBefore(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	BlockReads(r.host)
	d := &r.s.link.direct
	wait := func() (ready bool) {
		d.raw.Control(func(fd uintptr) { ready = d.wait.wait(fd, pollIn, time.Now().Add(time.Hour), &d.over, &d.fds) })
		return ready
	}
	if _, err := r.peer.Write([]byte("x")); err != nil || !wait() {
		t.Errorf("a wait does not see what there is to read; written: %v", err)
	}
	if _, err := syscall.Write(d.wait.wakeFD, []byte{1, 0, 0, 0, 0, 0, 0, 0}); err != nil || !wait() {
		t.Errorf("a wait ends by a wake for another, which came late; written: %v", err)
	}
	d.wake()
	if wait() {
		t.Error("a wait after a wake says that there is something to read")
	}
	d.renew()
	if !wait() {
		t.Error("a wait after renew does not see what there is to read")
	}
	if d.fds[1].revents != 0 {
		t.Error("a wake with nobody waiting wrote to the descriptor")
	}
}

// The descriptor is the run's, and goes with it; a run that waited for nothing has none.
func TestBlockReadsDescriptor(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	BlockReads(r.host)
	w := kernelWaitOf(r.host)
	if w.wakeFD != 0 {
		t.Errorf("descriptor %d before the first wait; want none", w.wakeFD)
	}
	open := r.host.Resources.Len()
	go func() {
		inKernel(r.host)
		r.peer.Write([]byte("x"))
	}()
	if _, err := r.s.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if n := r.host.Resources.Len(); n != open+1 {
		t.Errorf("%d resources after a wait; want %d", n, open+1)
	}
	r.host.Resources.Close()
	if fd, ok := w.open(); ok {
		t.Errorf("descriptor %d is open after the run", fd)
	}
	if _, err := r.s.Read(make([]byte, 1)); err == nil {
		t.Error("a read after the run succeeds")
	}
}

// A read after a look that saw nothing waits before it reads: in the kernel, or else,
// after a read all the same, in the poller.
func TestBlockReadsAfterLook(t *testing.T) {
	for _, alone := range []bool{true, false} {
		r := newRig(t, host.Host{}, NoTimeout)
		BlockReads(r.host)
		if !alone {
			PollReads(r.host)
		}
		for _, want := range []string{"first", "second"} {
			if data, eof := r.s.Idle(); data || eof {
				t.Fatalf("Idle() = %v, %v; want nothing", data, eof)
			}
			go r.peer.Write([]byte(want))
			buf := make([]byte, 10)
			if n, err := r.s.Read(buf); err != nil || string(buf[:n]) != want {
				t.Errorf("alone %v: Read() = %q, %v; want %q", alone, buf[:n], err, want)
			}
		}
	}
}

// What a script calls waits there too.
func TestBlockReadsThroughScript(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	BlockReads(r.host)
	go func() {
		inKernel(r.host)
		r.peer.Write([]byte("hello"))
	}()
	recv, err := r.s.Attr("recv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := starlark.Call(r.thread, recv, starlark.Tuple{starlark.MakeInt(100)}, nil)
	if err != nil || got != starlark.String("hello") {
		t.Errorf("recv(100) = %v, %v; want 'hello'", got, err)
	}
}
