package socketmod

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

func errnoRepr(n syscall.Errno) string {
	number, text := errnoOf(n)
	return "error(" + starlark.MakeInt(number).String() + ", " + py.Quote(text) + ")"
}

func TestReadWrite(t *testing.T) {
	for _, timeout := range []Timeout{NoTimeout, Seconds(60)} {
		r := newRig(t, host.Host{}, timeout)
		if n, err := r.s.Write([]byte("hello")); n != 5 || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
		buf := make([]byte, 5)
		if _, err := io.ReadFull(r.peer, buf); err != nil || string(buf) != "hello" {
			t.Fatalf("the peer got %q, %v", buf, err)
		}
		r.peer.Write([]byte("world"))
		if _, err := io.ReadFull(r.s, buf); err != nil || string(buf) != "world" {
			t.Fatalf("Read = %q, %v", buf, err)
		}
		r.peer.Close()
		if n, err := r.s.Read(buf); n != 0 || err != io.EOF {
			t.Fatalf("Read at the end = %d, %v; want EOF", n, err)
		}
		if conn := r.s.NetConn(); conn.RemoteAddr().String() != r.peer.LocalAddr().String() {
			t.Errorf("NetConn() is to %v; want the bare connection, to %v", conn.RemoteAddr(), r.peer.LocalAddr())
		}
	}
}

func TestReadTimeout(t *testing.T) {
	r := newRig(t, host.Host{}, Seconds(0.02))
	start := time.Now()
	_, err := r.s.Read(make([]byte, 1))
	wantError(t, "Read", err, TimeoutClass, "timeout('timed out',)")
	if d := time.Since(start); d < 20*time.Millisecond || d > 10*time.Second {
		t.Errorf("Read gave up after %v; want 20ms", d)
	}
	// The socket is as good as before, and another timeout counts anew.
	r.s.SetTimeout(NoTimeout)
	r.peer.Write([]byte("x"))
	if n, err := r.s.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("Read after a timeout = %d, %v; want the byte", n, err)
	}
}

// A write that makes no progress ends at the timeout, however much went before.
func TestWriteTimeout(t *testing.T) {
	big := make([]byte, 64<<20)
	for name, write := range map[string]func(s *Socket) (int64, error){
		"Write": func(s *Socket) (int64, error) {
			n, err := s.Write(big)
			return int64(n), err
		},
		"WriteBuffers": func(s *Socket) (int64, error) {
			return s.WriteBuffers(&net.Buffers{[]byte("head"), big})
		},
		"ReadFrom": func(s *Socket) (int64, error) { return s.ReadFrom(bytes.NewReader(big)) },
	} {
		r := newRig(t, host.Host{}, Seconds(0.05))
		start := time.Now()
		n, err := write(r.s)
		wantError(t, name, err, TimeoutClass, "timeout('timed out',)")
		if d := time.Since(start); d < 50*time.Millisecond || d > 10*time.Second {
			t.Errorf("%s gave up after %v; want about 50ms", name, d)
		}
		if n <= 0 || n >= int64(len(big)) {
			t.Errorf("%s wrote %d bytes before it gave up", name, n)
		}
	}
}

// What the system takes piece by piece arrives whole, and in order.
func TestWriteBig(t *testing.T) {
	data := make([]byte, 4<<20)
	for i := range data {
		data[i] = byte(i >> 8)
	}
	for _, timeout := range []Timeout{NoTimeout, Seconds(60)} {
		r := newRig(t, host.Host{}, timeout)
		got := make(chan []byte, 1)
		go func() {
			all, _ := io.ReadAll(r.peer)
			got <- all
		}()
		if n, err := r.s.Write(data); n != len(data) || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
		if n, err := r.s.WriteBuffers(&net.Buffers{data[:10], nil, data[10:]}); n != int64(len(data)) || err != nil {
			t.Fatalf("WriteBuffers = %d, %v", n, err)
		}
		r.s.Close()
		if all := <-got; !bytes.Equal(all, append(data[:len(data):len(data)], data...)) {
			t.Errorf("timeout %v: the peer got %d bytes that differ", timeout, len(all))
		}
	}
}

// A write that waits for the peer to read goes on where it stopped.
func TestWriteOn(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	tcp, err := r.s.link.tcp()
	if err != nil {
		t.Fatal(err)
	}
	tcp.SetWriteBuffer(32 << 10)
	r.peer.SetReadBuffer(64 << 10)
	data := bytes.Repeat([]byte("0123456789abcdef"), 16<<10)
	got := make(chan []byte)
	go func() {
		var all []byte
		for range 4 {
			part := make([]byte, len(data))
			io.ReadFull(r.peer, part)
			all = append(all, part...)
		}
		got <- all
	}()
	for i := range 4 {
		if n, err := r.s.Write(data); n != len(data) || err != nil {
			t.Fatalf("Write %d = %d, %v; want %d", i, n, err, len(data))
		}
	}
	if all := <-got; !bytes.Equal(all, bytes.Repeat(data, 4)) {
		t.Errorf("the peer read %d other bytes", len(all))
	}
}

// A countingConn sees what is read and written.
type countingConn struct {
	*net.TCPConn
	read, written int
}

func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.read += n
	return n, err
}

func (c *countingConn) Write(p []byte) (int, error) {
	n, err := c.TCPConn.Write(p)
	c.written += n
	return n, err
}

// A connection of the embedder's own has all its bytes pass, although it has a
// descriptor by which they could be had.
func TestOwnConn(t *testing.T) {
	var conn *countingConn
	r := newRig(t, host.Host{Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
		c, err := dialTCP(ctx, d)
		if err != nil {
			return nil, err
		}
		conn = &countingConn{TCPConn: c.(*net.TCPConn)}
		return conn, nil
	}}, NoTimeout)
	buf := make([]byte, 5)
	r.s.Write([]byte("hello"))
	io.ReadFull(r.peer, buf)
	r.peer.Write([]byte("world"))
	if _, err := io.ReadFull(r.s, buf); err != nil || string(buf) != "world" {
		t.Fatalf("Read = %q, %v", buf, err)
	}
	if conn.read != 5 || conn.written != 5 {
		t.Errorf("the connection saw %d bytes read, %d written; want 5 and 5", conn.read, conn.written)
	}
}

// A slowConn takes ten bytes of each write before the deadline passes, so many
// times, and then none.
type slowConn struct {
	net.Conn
	takes int
	armed int // deadlines set
}

func (c *slowConn) Write(p []byte) (int, error) {
	if c.takes == 0 {
		return 0, os.ErrDeadlineExceeded
	}
	if c.takes--; len(p) <= 10 {
		return len(p), nil
	}
	return 10, os.ErrDeadlineExceeded
}

func (c *slowConn) SetWriteDeadline(time.Time) error { c.armed++; return nil }

// The timeout is for each piece that the system takes, not for the whole.
func TestWriteProgress(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	r := newRun(t, host.Host{})
	conn := &slowConn{Conn: near, takes: 5}
	s, err := NewSocket(r.host, conn, Seconds(60))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Write(make([]byte, 35)); n != 35 || err != nil || conn.armed != 4 {
		t.Errorf("Write = %d, %v with %d deadlines; want 35, nil, 4", n, err, conn.armed)
	}
	n, err := s.Write(make([]byte, 35))
	wantError(t, "Write without progress", err, TimeoutClass, "timeout('timed out',)")
	if n != 10 {
		t.Errorf("Write = %d bytes; want the 10 that went", n)
	}
}

// The end of the run ends what is blocked, with the run's cause.
func TestCancelled(t *testing.T) {
	big := make([]byte, 64<<20)
	for name, block := range map[string]func(s *Socket) error{
		"Read":  func(s *Socket) error { _, err := s.Read(make([]byte, 1)); return err },
		"Write": func(s *Socket) error { _, err := s.Write(big); return err },
		"CopyN": func(s *Socket) error { _, err := s.CopyN(io.Discard, 1); return err },
		"Within": func(s *Socket) error {
			return s.Within(func() error { _, err := s.NetConn().Read(make([]byte, 1)); return err })
		},
	} {
		for _, timeout := range []Timeout{NoTimeout, Seconds(60)} {
			r := newRig(t, host.Host{}, timeout)
			done := make(chan error, 1)
			go func() { done <- block(r.s) }()
			waitBlocked(t)
			promptly(t, name, func() {
				r.cancel(errStop)
				if err := <-done; err != errStop {
					t.Errorf("%s, timeout %v: %v; want the run's cause", name, timeout, err)
				}
			})
			if _, err := r.s.Read(make([]byte, 1)); err != errStop {
				t.Errorf("%s: the next Read = %v; want the cause again", name, err)
			}
		}
	}
}

// waitBlocked gives the other goroutines time to come to a stop.
func waitBlocked(t testing.TB) {
	t.Helper()
	for range 100 {
		runtime.Gosched()
	}
}

// A part of the run that ends interrupts the socket; the next part uses it on.
func TestUse(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	first, second := newRun(t, host.Host{}), newRun(t, host.Host{})
	r.s.Use(first.thread)
	first.cancel(errStop)
	if _, err := r.s.Read(make([]byte, 1)); err != errStop {
		t.Errorf("Read in an ended part = %v; want its cause", err)
	}
	r.s.Use(second.thread)
	r.peer.Write([]byte("x"))
	if n, err := r.s.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("Read in the next part = %d, %v; want the byte", n, err)
	}
}

// robustness F34: close during a blocked read.
func TestCloseDuringRead(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	done := make(chan error, 1)
	go func() { _, err := r.s.Read(make([]byte, 1)); done <- err }()
	waitBlocked(t)
	promptly(t, "Close", func() {
		if err := r.s.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		wantError(t, "Read", <-done, ErrorClass, errnoRepr(errBadFile))
	})
	if err := r.s.Close(); err != nil || !r.s.Closed() {
		t.Errorf("the second Close = %v, Closed() = %v", err, r.s.Closed())
	}
	_, err := r.s.Read(make([]byte, 1))
	wantError(t, "Read after Close", err, ErrorClass, errnoRepr(errBadFile))
	_, err = r.s.Write([]byte("x"))
	wantError(t, "Write after Close", err, ErrorClass, errnoRepr(errBadFile))
	if n := r.host.Resources.Len(); n != 0 {
		t.Errorf("%d resources after Close; want 0", n)
	}
}

func TestReset(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	r.peer.SetLinger(0)
	r.peer.Close()
	_, err := r.s.Read(make([]byte, 1))
	wantError(t, "Read", err, ErrorClass, errnoRepr(syscall.ECONNRESET))
	if _, err = r.s.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Write after a reset = %v; want EPIPE", err)
	}
	if _, eof := r.s.Idle(); !eof {
		t.Error("Idle() on a reset connection does not report the end")
	}
}

func TestBudget(t *testing.T) {
	r := newRig(t, host.Host{Budget: &host.Budget{ReadLimit: 4, WriteLimit: 4}}, NoTimeout)
	if _, err := r.s.Write([]byte("1234")); err != nil {
		t.Fatal(err)
	}
	r.peer.Write([]byte("12345"))
	var limit *host.LimitError
	if n, err := r.s.Read(make([]byte, 5)); n != 0 || !errors.As(err, &limit) || limit.Limit != "bytes read" {
		t.Errorf("Read beyond the limit = %d, %v; want nothing and a LimitError", n, err)
	}
	if !r.s.Closed() {
		t.Error("the socket is open although the limit is used up")
	}
	r = newRig(t, host.Host{Budget: &host.Budget{WriteLimit: 4}}, NoTimeout)
	if _, err := r.s.Write([]byte("12345")); !errors.As(err, &limit) || limit.Limit != "bytes written" {
		t.Errorf("Write beyond the limit = %v; want a LimitError", err)
	}
}

func TestIdle(t *testing.T) {
	check := func(what string, s *Socket, data, eof bool) {
		t.Helper()
		if d, e := s.Idle(); d != data || e != eof {
			t.Errorf("%s: Idle() = %v, %v; want %v, %v", what, d, e, data, eof)
		}
	}
	for _, timeout := range []Timeout{NoTimeout, Seconds(0.02)} {
		r := newRig(t, host.Host{}, timeout)
		check("nothing", r.s, false, false)
		r.peer.Write([]byte("ab"))
		waitReadable(t, r.s)
		check("data", r.s, true, false)
		check("data still", r.s, true, false)
		buf := make([]byte, 2)
		if _, err := io.ReadFull(r.s, buf); err != nil || string(buf) != "ab" {
			t.Errorf("Read after Idle = %q, %v", buf, err)
		}
		// A deadline that has passed must not be taken for the end.
		if timeout != NoTimeout {
			r.s.Read(buf)
		}
		check("nothing again", r.s, false, false)
		r.peer.Close()
		waitReadable(t, r.s)
		check("end", r.s, false, true)
		r.s.Close()
		check("closed", r.s, false, true)
	}
}

// waitReadable waits until the system has something for s, or the end.
func waitReadable(t testing.TB, s *Socket) {
	t.Helper()
	for start := time.Now(); time.Since(start) < 5*time.Second; runtime.Gosched() {
		if data, eof := s.Idle(); data || eof {
			return
		}
	}
	t.Fatal("nothing arrived")
}

// A connection of the embedder's own, which has no descriptor.
func TestPipe(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	r := newRun(t, host.Host{})
	s, err := NewSocket(r.host, near, Seconds(60))
	if err != nil {
		t.Fatal(err)
	}
	if data, eof := s.Idle(); data || eof {
		t.Errorf("Idle() = %v, %v; want nothing", data, eof)
	}
	go far.Write([]byte("ab"))
	for data := false; !data; {
		data, _ = s.Idle()
	}
	buf := make([]byte, 2)
	if _, err := io.ReadFull(s, buf); err != nil || string(buf) != "ab" {
		t.Errorf("Read = %q, %v; want what Idle looked at, too", buf, err)
	}
	s.SetTimeout(Seconds(0.01))
	_, err = s.Read(buf)
	wantError(t, "Read", err, TimeoutClass, "timeout('timed out',)")
	_, err = s.Write(buf)
	wantError(t, "Write", err, TimeoutClass, "timeout('timed out',)")
	far.Close()
	if _, eof := s.Idle(); !eof {
		t.Error("Idle() does not report the end")
	}
	if _, err := s.Fileno(); err == nil {
		t.Error("Fileno() of a pipe is no error")
	}
}

func TestNonBlocking(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	r.s.SetTimeout(Seconds(0))
	_, err := r.s.Read(make([]byte, 1))
	wantError(t, "Read", err, ErrorClass, errnoRepr(errWouldBlock))
	r.peer.Write([]byte("x"))
	waitReadable(t, r.s)
	if n, err := r.s.Read(make([]byte, 5)); n != 1 || err != nil {
		t.Errorf("Read = %d, %v; want one byte", n, err)
	}
	_, err = r.s.Write(make([]byte, 64<<20))
	wantError(t, "Write", err, ErrorClass, errnoRepr(errWouldBlock))
	r.peer.Close()
}

func TestRetain(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	r.s.Retain()
	r.s.shut()
	if !r.s.Closed() {
		t.Error("Closed() = false after the script's close")
	}
	r.peer.Write([]byte("x"))
	if n, err := r.s.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("Read while retained = %d, %v", n, err)
	}
	r.s.Release()
	if _, err := r.peer.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the peer reads %v after the last Release; want EOF", err)
	}
}

// Nothing is left open at the end of a run that closes nothing.
func TestEndOfRun(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	if n := r.host.Resources.Len(); n != 1 {
		t.Errorf("%d resources; want the socket", n)
	}
	if err := r.host.Resources.Close(); err != nil {
		t.Errorf("Resources.Close() = %v", err)
	}
	if _, err := r.peer.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the peer reads %v; want EOF", err)
	}
}

func TestSteadyPathAllocs(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	go io.Copy(r.peer, r.peer)
	buf := make([]byte, 16)
	for _, timeout := range []Timeout{NoTimeout, Seconds(60)} {
		r.s.SetTimeout(timeout)
		n := testing.AllocsPerRun(100, func() {
			if _, err := r.s.Write(buf); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(r.s, buf); err != nil {
				t.Fatal(err)
			}
			if data, eof := r.s.Idle(); data || eof {
				t.Fatalf("Idle() = %v, %v", data, eof)
			}
		})
		if n != 0 {
			t.Errorf("timeout %v: %v allocations an exchange; want 0", timeout, n)
		}
	}
	r.s.Close()
}
