package httplibmod

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
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
// its interpreter and this package cost. With 50 fields the script asks for one.
func BenchmarkExchangeAlone(b *testing.B) {
	for _, fields := range []int{5, 50} {
		var answer strings.Builder
		answer.WriteString("HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nServer: bench\r\nContent-Type: text/plain\r\nETag: \"1\"\r\n")
		for i := 5; i < fields; i++ {
			fmt.Fprintf(&answer, "X-Bench-Header-%02d: some value of field %d\r\n", i, i)
		}
		answer.WriteString("Content-Length: 13\r\n\r\nhello, world\n")
		script := `
def exchange(n):
    c = httplib.HTTPConnection("127.0.0.1", 1)
    for _ in range(n):
        c.request("GET", "/small")
        c.getresponse().read()
`
		if fields == 50 {
			script = `
def exchange(n):
    c = httplib.HTTPConnection("127.0.0.1", 1)
    for _ in range(n):
        c.request("GET", "/h50")
        r = c.getresponse()
        r.getheader("x-bench-header-37")
        r.read()
`
		}
		b.Run(fmt.Sprintf("fields=%d", fields), func(b *testing.B) { benchmarkAlone(b, answer.String(), script) })
	}
}

func benchmarkAlone(b *testing.B, answer, script string) {
	thread := new(starlark.Thread)
	h := host.Attach(thread, context.Background(), host.Host{
		Dial: func(ctx context.Context, r host.DialRequest) (net.Conn, error) {
			return &cannedConn{answer: answer}, nil
		},
	})
	defer h.Resources.Close()
	globals, err := starlark.ExecFileOptions(options, thread, "bench.star", script, starlark.StringDict{"httplib": Module()})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := starlark.Call(thread, globals["exchange"], starlark.Tuple{starlark.MakeInt(b.N)}, nil); err != nil {
		b.Fatal(err)
	}
}
