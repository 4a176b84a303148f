package sslmod

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// readHello reads one record, the client's hello.
func readHello(c net.Conn) {
	var header [5]byte
	if _, err := io.ReadFull(c, header[:]); err == nil {
		io.CopyN(io.Discard, c, int64(header[3])<<8|int64(header[4]))
	}
}

// Peers that do not speak TLS, or not for long. robustness F20, F23.
func TestBadPeers(t *testing.T) {
	tests := []struct {
		name   string
		peer   func(conn *net.TCPConn)
		reason string // "": see class
		class  *py.Class
	}{
		{"an HTTP server", func(c *net.TCPConn) {
			readHello(c)
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"plaintext before the handshake", func(c *net.TCPConn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nowned")
			io.Copy(io.Discard, c)
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"an SSH server", func(c *net.TCPConn) {
			io.WriteString(c, "SSH-2.0-OpenSSH_9.6\r\n")
			io.Copy(io.Discard, c)
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"an end at once", func(c *net.TCPConn) {
			c.CloseWrite() // a close would reset what the client sends
			io.Copy(io.Discard, c)
		}, "", SSLEOFError},
		{"an end after the hello", func(c *net.TCPConn) { readHello(c) }, "", SSLEOFError},
		{"an end inside a record", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{22, 3, 3, 0, 100, 2, 0})
		}, "", SSLEOFError},
		{"a reset", func(c *net.TCPConn) {
			readHello(c)
			c.SetLinger(0)
		}, "", socketmod.ErrorClass},
		{"an alert", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{21, 3, 3, 0, 2, 2, 40})
		}, "SSLV3_ALERT_HANDSHAKE_FAILURE", SSLError},
		{"an oversized record", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{22, 3, 3, 0xff, 0xff})
			io.Copy(io.Discard, c)
		}, "ENCRYPTED_LENGTH_TOO_LONG", SSLError},
		{"a message out of order", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{22, 3, 3, 0, 4, 14, 0, 0, 0}) // ServerHelloDone
			io.Copy(io.Discard, c)
		}, "UNEXPECTED_MESSAGE", SSLError},
		{"application data in place of a hello", func(c *net.TCPConn) {
			readHello(c)
			c.Write([]byte{23, 3, 3, 0, 1, 'x'})
			io.Copy(io.Discard, c)
		}, "WRONG_VERSION_NUMBER", SSLError},
		{"a flood of warnings", func(c *net.TCPConn) {
			readHello(c)
			for range 1000 {
				if _, err := c.Write([]byte{21, 3, 3, 0, 2, 1, 90}); err != nil {
					return
				}
			}
			io.Copy(io.Discard, c)
		}, "", SSLError},
	}
	for _, tt := range tests {
		r := newRun(t, host.Host{})
		_, err := NewDefaultContext().Wrap(r.thread, r.connect(t, serve(t, tt.peer), socketmod.Seconds(60)), "localhost")
		var e *py.Exception
		if !errors.As(err, &e) || e.Class() != tt.class {
			t.Errorf("%s: %v; want a %s", tt.name, err, tt.class.QualifiedName())
		}
		if tt.reason != "" {
			wantReason(t, tt.name, err, tt.reason)
		}
		if tt.class == SSLEOFError && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v is no io.ErrUnexpectedEOF", tt.name, err)
		}
		if tt.class == socketmod.ErrorClass && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
			t.Errorf("%s: %v is no reset", tt.name, err)
		}
		if r.host.Resources.Len() != 0 {
			t.Errorf("%s: the connection is still open", tt.name)
		}
	}
}

// A stall after any number of the server's bytes ends at the timeout, and at
// the end of the run. robustness F23, CVE-2021-34558, CVE-2022-41724.
func TestHandshakeStalls(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := serverConfig(localhost)
		config.MaxVersion = version
		for _, cut := range []int{0, 1, 5, 50, 127, 150, 300} {
			// The server's writes pass until cut bytes went; then it waits.
			port := serve(t, func(conn *net.TCPConn) {
				tls.Server(&stalling{TCPConn: conn, left: cut}, config).Handshake()
				io.Copy(io.Discard, conn)
			})
			r := newRun(t, host.Host{})
			start := time.Now()
			_, err := NewDefaultContext().Wrap(r.thread, r.connect(t, port, socketmod.Seconds(0.03)), "localhost")
			if d := time.Since(start); d < 30*time.Millisecond || d > 2*time.Second {
				t.Errorf("cut at %d: gave up after %v; want 30ms", cut, d)
			}
			wantError(t, "handshake", err, TimeoutError, "('_ssl.c:711: The handshake operation timed out',)")
			var e *py.Exception
			if errors.As(err, &e) && (!e.IsA(SSLError) || !e.IsA(socketmod.TimeoutClass)) {
				t.Errorf("cut at %d: %v is not both an SSLError and a socket.timeout", cut, err)
			}
			if r.host.Resources.Len() != 0 {
				t.Errorf("cut at %d: the connection is still open", cut)
			}
			for _, timeout := range []socketmod.Timeout{socketmod.NoTimeout, socketmod.Seconds(60)} {
				r := newRun(t, host.Host{})
				plain := r.connect(t, port, timeout)
				done := make(chan error, 1)
				go func() {
					_, err := NewDefaultContext().Wrap(r.thread, plain, "localhost")
					done <- err
				}()
				promptly(t, "cancelling a handshake", func() {
					r.cancel(errStop)
					if err := <-done; err != errStop {
						t.Errorf("cut at %d: cancelled handshake = %v; want the run's cause", cut, err)
					}
				})
			}
		}
	}
}

// A stalling connection swallows what is written after left bytes.
type stalling struct {
	*net.TCPConn
	left int
}

func (s *stalling) Write(p []byte) (int, error) {
	n := min(len(p), s.left)
	s.left -= n
	if n > 0 {
		if _, err := s.TCPConn.Write(p[:n]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
