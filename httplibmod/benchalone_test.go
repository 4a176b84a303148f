package httplibmod

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// A cannedConn answers each write with the same bytes, without a system behind it.
type cannedConn struct {
	answer string
	left   string
}

func (c *cannedConn) Write(p []byte) (int, error) {
	c.left = c.answer
	return len(p), nil
}

func (c *cannedConn) Read(p []byte) (int, error) {
	if c.left == "" {
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}

func (c *cannedConn) Close() error                     { return nil }
func (c *cannedConn) LocalAddr() net.Addr              { return nil }
func (c *cannedConn) RemoteAddr() net.Addr             { return nil }
func (c *cannedConn) SetDeadline(time.Time) error      { return nil }
func (c *cannedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *cannedConn) SetWriteDeadline(time.Time) error { return nil }

// BenchmarkExchangeAlone is BenchmarkExchange without the system: what the script,
// its interpreter and this package cost.
func BenchmarkExchangeAlone(b *testing.B) {
	const answer = "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nServer: bench\r\nContent-Type: text/plain\r\nETag: \"1\"\r\nContent-Length: 13\r\n\r\nhello, world\n"
	thread := new(starlark.Thread)
	h := host.Attach(thread, context.Background(), host.Host{
		Dial: func(ctx context.Context, r host.DialRequest) (net.Conn, error) {
			return &cannedConn{answer: answer}, nil
		},
	})
	defer h.Resources.Close()
	globals, err := starlark.ExecFileOptions(options, thread, "bench.star", `
def exchange(n):
    c = httplib.HTTPConnection("127.0.0.1", 1)
    for _ in range(n):
        c.request("GET", "/small")
        c.getresponse().read()
`, starlark.StringDict{"httplib": Module()})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := starlark.Call(thread, globals["exchange"], starlark.Tuple{starlark.MakeInt(b.N)}, nil); err != nil {
		b.Fatal(err)
	}
}
