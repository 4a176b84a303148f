package scripttest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const certs = "../../testdata/httplib/certs"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a server script for a test that then calls finish.
func start(t *testing.T, text string) *Peer {
	t.Helper()
	s, err := ParseServer(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Start(certs, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func finish(t *testing.T, p *Peer, want string) {
	t.Helper()
	got, err := p.Finish()
	if err != nil {
		t.Errorf("Finish: %v", err)
	}
	if d := Diff(want, got); d != "" {
		t.Errorf("sent (- want, + got):\n%s", d)
	}
}

func dial(t *testing.T, p *Peer, port string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Ports()[port]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(DefaultLimit)); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func write(t *testing.T, c io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatalf("write %q: %v", text, err)
	}
}

func read(t *testing.T, c io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
}

func readEOF(t *testing.T, c io.Reader) {
	t.Helper()
	if data, err := io.ReadAll(c); err != nil || len(data) > 0 {
		t.Fatalf("read %q, %v; want the end", data, err)
	}
}

func TestPeerRequests(t *testing.T) {
	p := start(t, `
conn
read
send "one \{PORT}"
read
drip "two"
read head
send "three"
read 4
send "four"
close
`)
	c := dial(t, p, "PORT")
	// A request that comes in pieces, and the next one right behind it.
	write(t, c, "POST / HTTP/1.1\r\nContent-")
	write(t, c, "Length: 5\r\n\r\nhel")
	write(t, c, "loGET / HTTP/1.1\r\n\r\n")
	read(t, c, fmt.Sprintf("one %dtwo", p.Ports()["PORT"]))
	write(t, c, "PUT / HTTP/1.1\r\ncontent-length: 4\r\n\r\n")
	read(t, c, "three")
	write(t, c, "body")
	read(t, c, "four")
	readEOF(t, c)
	write(t, c, "late")
	c.Close()
	finish(t, p, `conn 1
"POST / HTTP/1.1\r\n"
"Content-Length: 5\r\n"
"\r\n"
"helloGET / HTTP/1.1\r\n"
"\r\n"
"PUT / HTTP/1.1\r\n"
"content-length: 4\r\n"
"\r\n"
"bodylate"
`)
}

func TestPeerConnections(t *testing.T) {
	p := start(t, `
conn
send "first"
conn
send "second"
listener
conn
send "other port"
`)
	first, second := dial(t, p, "PORT"), dial(t, p, "PORT")
	read(t, second, "second")
	read(t, first, "first")
	write(t, first, "1")
	unexpected := dial(t, p, "PORT")
	write(t, unexpected, "x")
	readEOF(t, unexpected)
	other := dial(t, p, "PORT2")
	read(t, other, "other port")
	for _, c := range []io.Closer{first, second, unexpected, other} {
		c.Close()
	}
	// Made and closed before the peer looked: it counts.
	dial(t, p, "PORT2").Close()
	finish(t, p, `listener 1
conn 1
"1"
conn 2
conn 3
unexpected
"x"
listener 2
conn 1
conn 2
unexpected
`)
}

func TestPeerReset(t *testing.T) {
	p := start(t, "conn\nread 1\nreset")
	c := dial(t, p, "PORT")
	write(t, c, "x")
	if n, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Read = %d, %v; want %v", n, err, syscall.ECONNRESET)
	}
	finish(t, p, "conn 1\n\"x\"\n")
}

func TestPeerMarks(t *testing.T) {
	p := start(t, "conn\nsend \"a\"\nmark sent\nawait go\nsend \"b\"")
	c := dial(t, p, "PORT")
	if err := p.Wait("sent"); err != nil {
		t.Error(err)
	}
	read(t, c, "a")
	p.Signal("go")
	p.Signal("go")
	read(t, c, "b")
	c.Close()
	finish(t, p, "conn 1\n")
}

func TestPeerIgnore(t *testing.T) {
	p := start(t, "conn\nread 1\nignore\nsend \"b\"\nread 2\nsend \"c\"")
	c := dial(t, p, "PORT")
	write(t, c, "1")
	read(t, c, "b")
	write(t, c, "23")
	read(t, c, "c")
	c.Close()
	finish(t, p, "conn 1\n\"1\"\nignored\n")
}

func TestPeerReadEOF(t *testing.T) {
	p := start(t, "conn\nread eof\nsend \"all\"\nclose")
	c := dial(t, p, "PORT")
	write(t, c, "abc")
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	read(t, c, "all")
	readEOF(t, c)
	finish(t, p, "conn 1\n\"abc\"\n")
}

func TestPeerTLS(t *testing.T) {
	pem, err := os.ReadFile(certs + "/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	tests := []struct {
		name, server, sent string
		config             *tls.Config
		notified           bool // whether a close_notify came before the end
		refused            bool // whether the client ends the handshake
	}{
		{"close", "conn\ntls localhost\nread 1\nsend \"b\"\nclose", "conn 1\ntls\n\"a\"\n",
			&tls.Config{RootCAs: roots, ServerName: "localhost"}, true, false},
		{"cut", "conn\ntls localhost\nread 1\nsend \"b\"\ncut", "conn 1\ntls\n\"a\"\n",
			&tls.Config{RootCAs: roots, ServerName: "localhost"}, false, false},
		{"after plain text", "conn\nread 1\nsend \"b\"\ntls fakehostname\nread 1\nsend \"b\"\nclose",
			"conn 1\n\"p\"\ntls\n\"a\"\n", &tls.Config{RootCAs: roots, ServerName: "fakehostname"}, true, false},
		{"refused", "conn\ntls self\nread 1", "conn 1\ntls\n",
			&tls.Config{RootCAs: roots, ServerName: "localhost"}, false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := start(t, test.server)
			tcp := dial(t, p, "PORT")
			if strings.Contains(test.server, "conn\nread") {
				write(t, tcp, "p")
				read(t, tcp, "b")
			}
			test.config.MaxVersion = tls.VersionTLS12 // its records say in clear what they are
			tap := &tap{Conn: tcp}
			c := tls.Client(tap, test.config)
			err := c.Handshake()
			if (err != nil) != test.refused {
				t.Fatalf("Handshake: %v", err)
			}
			if !test.refused {
				write(t, c, "a")
				read(t, c, "b")
				readEOF(t, c)
				// Package tls tells both ends alike, so look at the records themselves.
				const alert = 21
				if last := lastRecord(tap.read); (last == alert) != test.notified {
					t.Errorf("last record is of type %d; want an alert: %t", last, test.notified)
				}
			}
			tcp.Close()
			finish(t, p, test.sent)
		})
	}
}

// tap keeps what is read through it.
type tap struct {
	net.Conn
	read []byte
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read = append(c.read, p[:n]...)
	return n, err
}

// lastRecord returns the type of the last record of a TLS stream.
func lastRecord(stream []byte) byte {
	var kind byte
	for len(stream) >= 5 {
		kind = stream[0]
		stream = stream[min(5+int(binary.BigEndian.Uint16(stream[3:])), len(stream)):]
	}
	return kind
}

// A client that does nothing cannot keep a peer: the limit ends every wait.
func TestPeerLimit(t *testing.T) {
	for _, step := range []string{"read", "read 5", "read eof", "await never", "tls localhost", `send 60000000 * "a"`} {
		t.Run(step, func(t *testing.T) {
			s, err := ParseServer("conn\n" + step)
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.Start(certs, 50*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			dial(t, p, "PORT")
			if _, err := p.Finish(); err == nil {
				t.Errorf("Finish of a peer that gave up in %q: no error", step)
			}
		})
	}
	t.Run("wait", func(t *testing.T) {
		p, err := new(Server).Start(certs, time.Nanosecond)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Wait("never"); err == nil {
			t.Error("Wait for a mark that never comes: no error")
		}
		finish(t, p, "")
	})
}

// A client that goes away is no failure of the peer.
func TestPeerClientLeaves(t *testing.T) {
	for _, step := range []string{"read", "read 5", "tls localhost", `send 60000000 * "a"`} {
		p := start(t, "conn\n"+step)
		dial(t, p, "PORT").Close()
		if _, err := p.Finish(); err != nil {
			t.Errorf("Finish after the client left in %q: %v", step, err)
		}
	}
}
