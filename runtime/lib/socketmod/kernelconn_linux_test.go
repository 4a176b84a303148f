//go:build (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// newKernelRig returns a rig whose connection was made, and waits, in the kernel.
func newKernelRig(t testing.TB) *rig {
	t.Helper()
	alone = true
	defer func() { alone = false }()
	return newRig(t, host.Host{}, NoTimeout)
}

func (r *rig) kernelConn() *kernelConn { return r.s.link.Conn.(*kernelConn) }

// awaitPoller waits until the connection is one of net's: something is to wait there.
func (r *rig) awaitPoller() {
	for r.kernelConn().became.Load() == nil {
		runtime.Gosched()
	}
}

// A run whose reads wait in the poller dials as ever.
// A connection that leads to itself, as one to a free port can, is left to net, which
// tries again.
// A connection is Go's poller's once something is to wait there, or only a
// *net.TCPConn can do it; and nothing else changes.
func TestKernelConnBecomes(t *testing.T) {
	const text = "some text"
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	wantText := func(t *testing.T, r io.Reader) {
		t.Helper()
		got := make([]byte, len(text))
		if _, err := io.ReadFull(r, got); err != nil || string(got) != text {
			t.Errorf("received %q, %v; want %q", got, err, text)
		}
	}
	tests := []struct {
		name    string
		do      func(t *testing.T, r *rig)
		becomes bool
	}{
		{"read", func(t *testing.T, r *rig) {
			r.peer.Write([]byte(text))
			wantText(t, r.s)
		}, false},
		{"write", func(t *testing.T, r *rig) {
			r.s.Write([]byte(text))
			wantText(t, r.peer)
		}, false},
		{"look", func(t *testing.T, r *rig) {
			if data, eof := r.s.Idle(); data || eof {
				t.Errorf("Idle() = %v, %v; want nothing", data, eof)
			}
			r.peer.CloseWrite()
			for {
				if _, eof := r.s.Idle(); eof {
					return
				}
				runtime.Gosched()
			}
		}, false},
		{"read beside another thread", func(t *testing.T, r *rig) {
			PollReads(r.host)
			go func() {
				r.awaitPoller()
				r.peer.Write([]byte(text))
			}()
			wantText(t, r.s)
		}, true},
		{"read past the deadline", func(t *testing.T, r *rig) {
			r.peer.Write([]byte(text))
			r.s.link.Conn.SetReadDeadline(past)
			if n, err := r.s.link.wait(make([]byte, 1)); n > 0 || !isDeadline(err) {
				t.Errorf("a read past the deadline: %d, %v", n, err)
			}
			r.s.link.Conn.SetDeadline(time.Time{})
			wantText(t, r.s)
		}, true},
		{"write past the deadline", func(t *testing.T, r *rig) {
			r.s.link.Conn.SetWriteDeadline(past)
			if n, err := r.s.link.Conn.Write([]byte(text)); n > 0 || !isDeadline(err) {
				t.Errorf("a write past the deadline: %d, %v", n, err)
			}
		}, true},
		{"timeout", func(t *testing.T, r *rig) {
			r.s.SetTimeout(Seconds(0.001))
			_, err := r.s.Read(make([]byte, 1))
			wantError(t, "Read", err, TimeoutClass, "timeout('timed out',)")
			r.s.SetTimeout(NoTimeout)
			r.peer.Write([]byte(text))
			wantText(t, r.s)
		}, true},
		{"more than there is room for", func(t *testing.T, r *rig) {
			big := bytes.Repeat([]byte(text), 1<<20)
			got := make(chan []byte)
			go func() {
				all := make([]byte, len(big))
				n, _ := io.ReadFull(r.peer, all)
				got <- all[:n]
			}()
			if n, err := r.s.Write(big); n != len(big) || err != nil {
				t.Errorf("Write() = %d, %v; want %d", n, err, len(big))
			}
			if !bytes.Equal(<-got, big) {
				t.Error("something else arrived")
			}
		}, true},
		{"two buffers", func(t *testing.T, r *rig) {
			bufs := net.Buffers{[]byte(text[:4]), nil, []byte(text[4:]), nil}
			if n, err := r.s.WriteBuffers(&bufs); n != int64(len(text)) || err != nil || len(bufs) > 0 {
				t.Errorf("WriteBuffers() = %d, %v, %d buffers left; want %d", n, err, len(bufs), len(text))
			}
			wantText(t, r.peer)
		}, false},
		{"two buffers beside another thread", func(t *testing.T, r *rig) {
			PollReads(r.host)
			bufs := net.Buffers{[]byte(text[:4]), []byte(text[4:])}
			if n, err := r.s.WriteBuffers(&bufs); n != int64(len(text)) || err != nil || len(bufs) > 0 {
				t.Errorf("WriteBuffers() = %d, %v, %d buffers left; want %d", n, err, len(bufs), len(text))
			}
			wantText(t, r.peer)
		}, false},
		{"many buffers", func(t *testing.T, r *rig) {
			var bufs net.Buffers
			for i := range len(text) {
				bufs = append(bufs, []byte(text[i:i+1]))
			}
			if n, err := r.s.WriteBuffers(&bufs); n != int64(len(text)) || err != nil {
				t.Errorf("WriteBuffers() = %d, %v; want %d", n, err, len(text))
			}
			wantText(t, r.peer)
		}, true},
		{"two buffers that find no room", func(t *testing.T, r *rig) {
			// Room for less than half of them.
			r.peer.SetReadBuffer(32 << 10)
			r.kernelConn().try(func(fd uintptr) bool {
				syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, 8<<10)
				return true
			})
			part := bytes.Repeat([]byte(text), 10000)
			all := make(chan []byte)
			go func() {
				r.awaitPoller()
				got := make([]byte, 2*len(part))
				n, _ := io.ReadFull(r.peer, got)
				all <- got[:n]
			}()
			bufs := net.Buffers{part, part}
			if n, err := r.s.WriteBuffers(&bufs); n != int64(2*len(part)) || err != nil {
				t.Errorf("WriteBuffers() = %d, %v; want %d", n, err, 2*len(part))
			}
			if !bytes.Equal(<-all, bytes.Repeat(part, 2)) {
				t.Error("something else arrived")
			}
		}, true},
		{"two buffers to who is gone", func(t *testing.T, r *rig) {
			r.peer.SetLinger(0)
			r.peer.Close()
			for { // the first write may go out before the reset is noticed
				bufs := net.Buffers{[]byte(text), []byte(text)}
				if _, err := r.s.WriteBuffers(&bufs); err != nil {
					var e *py.Exception
					if !errors.As(err, &e) || e.Class() != ErrorClass {
						t.Errorf("WriteBuffers(): %v; want a socket.error", err)
					}
					return
				}
			}
		}, false},
		{"sendfile", func(t *testing.T, r *rig) { r.sendFile(t, file, text) }, false},
		{"sendfile beside another thread", func(t *testing.T, r *rig) {
			PollReads(r.host)
			r.sendFile(t, file, text)
		}, true},
		{"sendfile of what cannot be sent", func(t *testing.T, r *rig) {
			const name = "/proc/self/environ" // has no splice_read
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r.sendFile(t, name, string(text))
		}, true},
		{"splice", func(t *testing.T, r *rig) {
			r.peer.Write([]byte(text))
			f, err := os.Create(filepath.Join(dir, "out"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if n, err := r.s.CopyN(f, int64(len(text))); n != int64(len(text)) || err != nil {
				t.Errorf("CopyN() = %d, %v; want %d", n, err, len(text))
			}
			f.Seek(0, io.SeekStart)
			wantText(t, f)
		}, true},
		{"an option", func(t *testing.T, r *rig) {
			if err := r.s.link.setOption(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1); err != nil {
				t.Fatal(err)
			}
			if on, err := r.s.link.getOption(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE); on == 0 || err != nil {
				t.Errorf("SO_KEEPALIVE is %d, %v; want 1", on, err)
			}
		}, true},
		{"fileno", func(t *testing.T, r *rig) {
			before, err := r.s.Fileno()
			if err != nil {
				t.Fatal(err)
			}
			r.s.Write([]byte(text))
			if err := r.s.link.setOption(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1); err != nil {
				t.Fatal(err)
			}
			if after, err := r.s.Fileno(); after != before || err != nil {
				t.Errorf("Fileno() = %d, %v; want %d as before", after, err, before)
			}
		}, true},
		{"shutdown", func(t *testing.T, r *rig) {
			for _, how := range []int{1, 0} {
				method, _ := r.s.Attr("shutdown")
				if _, err := starlark.Call(r.thread, method, starlark.Tuple{starlark.MakeInt(how)}, nil); err != nil {
					t.Fatal(err)
				}
				if _, err := r.peer.Read(make([]byte, 1)); err != io.EOF {
					t.Errorf("the peer reads %v; want EOF", err)
				}
			}
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newKernelRig(t)
			c := r.kernelConn()
			local, remote := c.LocalAddr(), c.RemoteAddr()
			tt.do(t, r)
			if p := c.became.Load(); (p != nil) != tt.becomes {
				t.Fatalf("has become one of net's: %v; want %v", p != nil, tt.becomes)
			} else if p != nil && (p.LocalAddr().String() != local.String() || p.RemoteAddr().String() != remote.String()) {
				t.Errorf("from %v to %v; want %v and %v", p.LocalAddr(), p.RemoteAddr(), local, remote)
			}
			c.Close()
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Read() after Close: %v; want %v", err, net.ErrClosed)
			}
			if err := c.Close(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Close() after Close: %v; want %v", err, net.ErrClosed)
			}
		})
	}
}

// sendFile sends a file that holds text.
func (r *rig) sendFile(t *testing.T, name, text string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := r.s.ReadFrom(f); n != int64(len(text)) || err != nil {
		t.Errorf("ReadFrom() = %d, %v; want %d", n, err, len(text))
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(r.peer, got); err != nil || string(got) != text {
		t.Errorf("the peer received %q, %v; want %q", got, err, text)
	}
}

// What net makes of a connection leaves its options alone, and its deadlines go with it.
func TestKernelConnKeeps(t *testing.T) {
	r := newKernelRig(t)
	by := time.Now().Add(time.Hour)
	r.kernelConn().SetDeadline(by)
	options := func() (got [5]int) {
		r.kernelConn().try(func(fd uintptr) bool { got = optionsOf(t, fd); return true })
		return got
	}
	before := options()
	p, err := r.kernelConn().poller()
	if err != nil {
		t.Fatal(err)
	}
	var after [5]int
	p.raw.Control(func(fd uintptr) { after = optionsOf(t, fd) })
	if before[0] != 0 || before[1] != 1 || after != before {
		t.Errorf("SO_KEEPALIVE, TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT: %v, then %v; want 0, 1 and the system's, unchanged", before, after)
	}
	p.SetDeadline(time.Time{}) // or the test waits
	r.kernelConn().SetReadDeadline(past)
	if _, err := p.Read(make([]byte, 1)); !isDeadline(err) {
		t.Errorf("Read() past the deadline: %v", err)
	}
}

func optionsOf(t *testing.T, fd uintptr) (got [5]int) {
	t.Helper()
	for i, o := range [5][2]int{
		{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE}, {syscall.IPPROTO_TCP, syscall.TCP_NODELAY},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE}, {syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL}, {syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT},
	} {
		var err error
		if got[i], err = syscall.GetsockoptInt(int(fd), o[0], o[1]); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// Where the descriptors are used up, reads and writes do without, and what needs one
// fails; the connection stays.
func TestKernelConnWithoutDescriptors(t *testing.T) {
	r := newKernelRig(t)
	PollReads(r.host)
	big := make([]byte, mostDirect)
	errs := make(map[string]error)
	sent := 0
	withoutDescriptors(t, func() {
		errs["an option"] = r.s.link.setOption(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1)
		_, _, errs["a connection"] = DialTCP(r.host.Context(), newKernelHost(t), netip.MustParseAddrPort(r.peer.LocalAddr().String()), 0, anywhere)
		r.s.SetTimeout(Seconds(0.001))
		_, errs["late"] = r.s.Read(make([]byte, 1))
		for errs["too much"] == nil {
			var n int
			n, errs["too much"] = r.s.Write(big)
			sent += n
		}
		r.s.SetTimeout(NoTimeout)
		go func() {
			if _, err := io.CopyN(io.Discard, r.peer, int64(sent+len(big))); err == nil {
				r.peer.Write([]byte("x"))
			}
		}()
		_, errs["write"] = r.s.Write(big)
		_, errs["read"] = r.s.Read(make([]byte, 1))
	})
	for name, want := range map[string]error{
		"an option": syscall.EMFILE, "a connection": syscall.EMFILE,
		"late": os.ErrDeadlineExceeded, "too much": os.ErrDeadlineExceeded, "write": nil, "read": nil,
	} {
		if err := errs[name]; !errors.Is(err, want) {
			t.Errorf("%s: %v; want %v", name, err, want)
		}
	}
	for name, end := range map[string]func(r *rig){
		"Close": func(r *rig) { r.s.Close() }, "the run's end": func(r *rig) { r.cancel(errStop) },
	} {
		r := newKernelRig(t)
		withoutDescriptors(t, func() {
			go end(r)
			if n, err := r.s.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, syscall.EMFILE) {
				t.Errorf("%s: Read() = %d, %v", name, n, err)
			}
		})
	}
	if err := r.s.link.setOption(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1); err != nil {
		t.Error(err)
	}
}

// withoutDescriptors runs f while no descriptor can be made.
func withoutDescriptors(t *testing.T, f func()) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 1, Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}

// The errors are those of net's own dialler.
