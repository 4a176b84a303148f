package sslmod

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

// robustness F21: the end of the connection, with and without close_notify.
func TestEnds(t *testing.T) {
	tests := []struct {
		name   string
		end    func(raw *net.TCPConn, conn *tls.Conn)
		clean  bool // Read says io.EOF
		ragged bool // recv says '' nevertheless
	}{
		{"close_notify", func(_ *net.TCPConn, c *tls.Conn) { c.Close() }, true, true},
		{"no close_notify", func(raw *net.TCPConn, _ *tls.Conn) { raw.Close() }, false, true},
		{"a cut record", func(raw *net.TCPConn, _ *tls.Conn) { raw.Write([]byte{23, 3, 3, 0, 50, 1, 2, 3}) }, false, false},
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, tt := range tests {
			config := serverConfig(localhost)
			config.MaxVersion = version
			port := serve(t, func(raw *net.TCPConn) {
				conn := tls.Server(raw, config)
				if _, err := io.WriteString(conn, "data"); err == nil {
					tt.end(raw, conn)
				}
			})
			r := newRun(t, host.Host{})
			s := r.wrap(t, port, socketmod.Seconds(60))
			got, err := io.ReadAll(s)
			if string(got) != "data" || (err == nil) != tt.clean {
				t.Errorf("%s: ReadAll = %q, %v; want the data, clean end %v", tt.name, got, err, tt.clean)
			}
			if !tt.clean {
				wantError(t, tt.name, err, SSLEOFError, "EOF occurred in violation of protocol (_ssl.c:727)")
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%s: errors.Is(%v, io.ErrUnexpectedEOF) = false", tt.name, err)
				}
			}
			s.Close()

			const raised = "! ssl.SSLEOFError: 'EOF occurred in violation of protocol (_ssl.c:727)'"
			for _, suppress := range []bool{true, false} {
				want := raised
				if tt.clean || suppress && tt.ragged {
					want = "''"
				}
				g := starlark.StringDict{"c": NewDefaultContext(), "sock": r.connect(t, port, socketmod.NoTimeout), "suppress": starlark.Bool(suppress)}
				r.eval(t, g,
					`s = c.wrap_socket(sock, server_hostname="localhost", suppress_ragged_eofs=suppress)`,
					`s.recv() ==> 'data'`,
					`s.recv(10) ==> `+want,
					`s.close()`,
				)
			}
		}
	}
}

// robustness F22: what comes through after the handshake is not what was sent.
func TestBadRecords(t *testing.T) {
	tests := []struct {
		name   string
		record []byte
		reason string
	}{
		{"a wrong MAC", append([]byte{23, 3, 3, 0, 40}, make([]byte, 40)...), "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"},
		{"an oversized record", []byte{23, 3, 3, 0x48, 0x01}, "ENCRYPTED_LENGTH_TOO_LONG"},
		{"plaintext", []byte("HTTP/1.1 200 OK\r\n\r\n"), "WRONG_VERSION_NUMBER"},
		{"an alert in the clear", []byte{21, 3, 3, 0, 2, 2, 40}, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"},
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, tt := range tests {
			config := serverConfig(localhost)
			config.MaxVersion = version
			port := serve(t, func(raw *net.TCPConn) {
				conn := tls.Server(raw, config)
				if _, err := io.WriteString(conn, "data"); err == nil {
					raw.Write(tt.record)
					io.Copy(io.Discard, raw)
				}
			})
			r := newRun(t, host.Host{})
			s := r.wrap(t, port, socketmod.Seconds(60))
			got, err := io.ReadAll(s)
			if string(got) != "data" {
				t.Errorf("%s: ReadAll = %q; want what was decrypted before", tt.name, got)
			}
			wantReason(t, tt.name, err, tt.reason)
			if _, again := s.Read(make([]byte, 1)); again == nil || again == io.EOF {
				t.Errorf("%s: the next Read = %v; want an error again", tt.name, again)
			}
			if _, eof := s.Idle(); !eof {
				t.Errorf("%s: Idle() does not report the end", tt.name)
			}
			s.Close()
		}
	}
}

func TestTimeouts(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	s := r.wrap(t, port, socketmod.Seconds(60))
	g := starlark.StringDict{"s": s}
	r.eval(t, g,
		`s.settimeout(0.02)`,
		`s.recv(1) ==> ! ssl.SSLError: "('The read operation timed out',)"`,
		`s.settimeout(60)`,
		`s.send("x") ==> 1`,
		`s.recv(5) ==> 'x'`, // the stream is as good as before
		`s.setblocking(0)`,
		`s.recv(1) ==> ! ssl.SSLWantReadError: 'The operation did not complete (read) (_ssl.c:727)'`,
	)
	s.Close()
	silent := make(chan bool)
	stuck := serveTLS(t, serverConfig(localhost), func(*tls.Conn) { <-silent })
	defer close(silent)
	s = r.wrap(t, stuck, socketmod.Seconds(60)) // the handshake takes as long as it takes
	s.SetTimeout(socketmod.Seconds(0.05))
	_, err := s.Write(make([]byte, 64<<20))
	wantError(t, "Write", err, TimeoutError, "('The write operation timed out',)")
	if e, ok := err.(*py.Exception); !ok || !e.IsA(socketmod.TimeoutClass) {
		t.Errorf("%v is no socket.timeout", err)
	}
	// Nothing may follow half a record.
	if _, err := s.Write([]byte("x")); err == nil {
		t.Error("a write after a timed-out write succeeded")
	}
	s.Close()
}

// Cancellation and Close end what is blocked, though the peer reads nothing.
func TestBlocked(t *testing.T) {
	big := make([]byte, 64<<20)
	silent := make(chan bool)
	port := serveTLS(t, serverConfig(localhost), func(*tls.Conn) { <-silent })
	defer close(silent)
	for name, block := range map[string]func(s *SSLSocket) error{
		"Read":  func(s *SSLSocket) error { _, err := s.Read(make([]byte, 1)); return err },
		"Write": func(s *SSLSocket) error { _, err := s.Write(big); return err },
	} {
		for _, timeout := range []socketmod.Timeout{socketmod.NoTimeout, socketmod.Seconds(60)} {
			for _, cancel := range []bool{true, false} {
				r := newRun(t, host.Host{})
				s := r.wrap(t, port, timeout)
				done := make(chan error, 1)
				go func() { done <- block(s) }()
				for range 100 {
					runtime.Gosched()
				}
				promptly(t, name, func() {
					if cancel {
						r.cancel(errStop)
						if err := <-done; err != errStop {
							t.Errorf("%s: %v; want the run's cause", name, err)
						}
					}
					s.Close()
				})
				if !cancel {
					wantError(t, name, <-done, socketmod.ErrorClass, socketmod.BadFile().String())
				}
				if r.host.Resources.Len() != 0 {
					t.Errorf("%s: the connection is still open", name)
				}
			}
		}
	}
}

// Close from several goroutines, during reads and writes. robustness F34.
func TestCloseRaces(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	for range 20 {
		r := newRun(t, host.Host{})
		s := r.wrap(t, port, socketmod.NoTimeout)
		var all sync.WaitGroup
		all.Go(func() {
			buf := make([]byte, 100)
			for {
				if _, err := s.Write(buf); err != nil {
					return
				}
				if _, err := s.Read(buf); err != nil {
					return
				}
			}
		})
		all.Go(func() { s.Close() })
		all.Go(func() { r.host.Resources.Close() })
		all.Go(func() { r.cancel(errStop) })
		all.Wait()
	}
}

// Close says goodbye: the last record is an alert. So the server can tell the
// end from a truncation.
func TestGoodbye(t *testing.T) {
	config := serverConfig(localhost)
	config.MaxVersion = tls.VersionTLS12 // shows the types of its records
	types := make(chan []byte, 1)
	port := serve(t, func(raw *net.TCPConn) {
		tee := &recorder{Conn: raw}
		untilClosed(tls.Server(tee, config))
		types <- recordTypes(tee.read.Bytes())
	})
	r := newRun(t, host.Host{})
	s := r.wrap(t, port, socketmod.NoTimeout)
	s.Write([]byte("x"))
	s.Close()
	if got := <-types; len(got) < 2 || !bytes.Equal(got[len(got)-2:], []byte{23, 21}) {
		t.Errorf("the records sent were of types %d; want content (23) and an alert (21) last", got)
	}
}

// A recorder keeps what is read from and written to a connection.
type recorder struct {
	net.Conn
	read, written bytes.Buffer
}

func (c *recorder) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Write(p[:n])
	return n, err
}

func (c *recorder) Write(p []byte) (int, error) {
	c.written.Write(p)
	return c.Conn.Write(p)
}

// recordTypes lists the content types of the records in a stream.
func recordTypes(stream []byte) (types []byte) {
	for len(stream) >= 5 {
		types = append(types, stream[0])
		stream = stream[min(len(stream), 5+int(stream[3])<<8+int(stream[4])):]
	}
	return types
}

// Idle tells tickets, data, goodbyes and ends apart.
func TestIdle(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := serverConfig(localhost)
		config.MaxVersion = version
		next := make(chan func(*tls.Conn))
		port := serveTLS(t, config, func(c *tls.Conn) {
			for do := range next {
				do(c)
			}
		})
		r := newRun(t, host.Host{})
		s := r.wrap(t, port, socketmod.Seconds(60))
		await := func(what string, data, eof bool) {
			t.Helper()
			var d, e bool
			for start := time.Now(); time.Since(start) < 5*time.Second && !d && !e; runtime.Gosched() {
				d, e = s.Idle()
			}
			if d != data || e != eof {
				t.Errorf("%s: Idle() = %v, %v; want %v, %v", what, d, e, data, eof)
			}
		}
		// The session tickets that TLS 1.3 servers send are no data.
		for range 1000 {
			if data, eof := s.Idle(); data || eof {
				t.Fatalf("after the handshake: Idle() = %v, %v", data, eof)
			}
		}
		next <- func(c *tls.Conn) { io.WriteString(c, "ab") }
		await("data", true, false)
		buf := make([]byte, 10)
		if n, err := s.Read(buf); string(buf[:n]) != "ab" || err != nil {
			t.Errorf("Read after Idle = %q, %v", buf[:n], err)
		}
		next <- func(c *tls.Conn) { c.Close() }
		await("goodbye", false, true)
		close(next)
		s.Close()
	}
}

// Bytes of one record that no read has taken yet are seen without the network.
func TestIdleBuffered(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), func(c *tls.Conn) {
		io.WriteString(c, "response and surplus")
		untilClosed(c)
	})
	r := newRun(t, host.Host{})
	s := r.wrap(t, port, socketmod.NoTimeout)
	if _, err := io.ReadFull(s, make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	if data, _ := s.Idle(); !data {
		t.Error("Idle() does not see what is left of a record")
	}
	rest := make([]byte, 12)
	if _, err := io.ReadFull(s, rest); string(rest) != " and surplus" || err != nil {
		t.Errorf("the rest = %q, %v", rest, err)
	}
	s.Close()
}

// The budget counts content, and ends at its limit.
func TestBudget(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{Budget: &host.Budget{ReadLimit: 10, WriteLimit: 100}})
	s := r.wrap(t, port, socketmod.NoTimeout)
	if _, err := s.Write(make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	var limit *host.LimitError
	if _, err := io.ReadFull(s, make([]byte, 20)); !errors.As(err, &limit) {
		t.Errorf("Read beyond the limit = %v; want a LimitError", err)
	}
	if !s.Closed() {
		t.Error("the socket is open although the limit is used up")
	}
}

func TestTransfer(t *testing.T) {
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	for _, timeout := range []socketmod.Timeout{socketmod.NoTimeout, socketmod.Seconds(60)} {
		s := r.wrap(t, port, timeout)
		content := bytes.Repeat([]byte("0123456789"), 100_000)
		var sent sync.WaitGroup
		sent.Go(func() {
			if n, err := s.ReadFrom(bytes.NewReader(content)); n != int64(len(content)) || err != nil {
				t.Errorf("ReadFrom = %d, %v", n, err)
			}
		})
		var got bytes.Buffer
		if n, err := io.CopyN(&got, s.NetConn(), int64(len(content))); err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Errorf("%d bytes came back, %v", n, err)
		}
		sent.Wait()
		bufs := net.Buffers{content[:50], content[50:50_000]}
		if n, err := s.WriteBuffers(&bufs); n != 50_000 || err != nil {
			t.Errorf("WriteBuffers = %d, %v", n, err)
		}
		got.Reset()
		if n, err := s.CopyN(&got, 50_000); n != 50_000 || err != nil || !bytes.Equal(got.Bytes(), content[:50_000]) {
			t.Errorf("CopyN = %d, %v", n, err)
		}
		s.Close()
	}
}

func TestUnwrap(t *testing.T) {
	port := serve(t, func(raw *net.TCPConn) {
		c := tls.Server(raw, serverConfig(localhost))
		if _, err := c.Read(make([]byte, 1)); err == io.EOF {
			c.CloseWrite()
			buf := make([]byte, 5)
			io.ReadFull(raw, buf)
			raw.SetWriteDeadline(time.Time{}) // CloseWrite left one in the past
			raw.Write(buf)
		}
	})
	r := newRun(t, host.Host{})
	g := starlark.StringDict{"s": r.wrap(t, port, socketmod.NoTimeout)}
	r.eval(t, g,
		`p = s.unwrap()`,
		`p ==> <socket>`,
		`s.recv(1) ==> ! socket.error: '[Errno 9] Bad file descriptor'`,
		`s.version()`,
		`p.sendall("plain")`,
		`p.recv(10) ==> 'plain'`,
		`p.close()`,
		`s.unwrap() ==> ! ValueError: 'No SSL wrapper around <ssl.SSLSocket object>'`,
	)
	chatty := serveTLS(t, serverConfig(localhost), func(c *tls.Conn) {
		io.WriteString(c, "x")
		untilClosed(c)
	})
	g["s"] = r.wrap(t, chatty, socketmod.Seconds(60))
	r.eval(t, g,
		`s.unwrap() ==> ! ssl.SSLError: '[SSL: APPLICATION_DATA_AFTER_CLOSE_NOTIFY] application data after close notify (_ssl.c:727)'`,
		`s.close()`,
	)
	if n := r.host.Resources.Len(); n != 0 {
		t.Errorf("%d resources; want 0", n)
	}
}

// The steady path over TLS allocates no more than crypto/tls does.
func TestSteadyPathAllocs(t *testing.T) {
	if racetest.Enabled {
		t.Skip("the race detector allocates, too")
	}
	port := serveTLS(t, serverConfig(localhost), echo)
	r := newRun(t, host.Host{})
	s := r.wrap(t, port, socketmod.NoTimeout)
	buf := make([]byte, 16)
	n := testing.AllocsPerRun(100, func() {
		if _, err := s.Write(buf); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(s, buf); err != nil {
			t.Fatal(err)
		}
		if data, eof := s.Idle(); data || eof {
			t.Fatalf("Idle() = %v, %v", data, eof)
		}
	})
	if n > 3 { // crypto/tls makes one a read: the server's, ours, and the look's
		t.Errorf("%v allocations an exchange on both sides; want 3", n)
	}
	s.Close()
}
