package httplibmod

import (
	"context"
	"io"
	"net"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// BenchmarkExchange is one GET on a kept-alive connection as a script makes it:
// request, getresponse, read, against a server that parses nothing. The raw case
// is the same bytes over a bare socket: the limit.
func BenchmarkExchange(b *testing.B) {
	const answer = "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nServer: bench\r\nContent-Type: text/plain\r\nETag: \"1\"\r\nContent-Length: 13\r\n\r\nhello, world\n"
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 4096)
				for {
					if _, err := c.Read(buf); err != nil { // a request comes in one piece
						return
					}
					io.WriteString(c, answer)
				}
			}()
		}
	}()
	addr := ln.Addr().(*net.TCPAddr)

	b.Run("client=script", func(b *testing.B) {
		thread := new(starlark.Thread)
		h := host.Attach(thread, context.Background(), host.Host{
			Dial: func(ctx context.Context, r host.DialRequest) (net.Conn, error) {
				return net.DialTCP("tcp", nil, addr)
			},
		})
		defer h.Resources.Close()
		globals, err := starlark.ExecFileOptions(options, thread, "bench.star", `
def make(host, port):
    return httplib.HTTPConnection(host, port)

def exchange(c, n):
    for _ in range(n):
        c.request("GET", "/small")
        c.getresponse().read()
`, starlark.StringDict{"httplib": Module()})
		if err != nil {
			b.Fatal(err)
		}
		c, err := starlark.Call(thread, globals["make"], starlark.Tuple{starlark.String("127.0.0.1"), starlark.MakeInt(addr.Port)}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		b.ResetTimer()
		if _, err := starlark.Call(thread, globals["exchange"], starlark.Tuple{c, starlark.MakeInt(b.N)}, nil); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("client=raw", func(b *testing.B) {
		c, err := net.DialTCP("tcp", nil, addr)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		request := []byte("GET /small HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n\r\n")
		buf := make([]byte, len(answer))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Write(request); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(c, buf); err != nil {
				b.Fatal(err)
			}
		}
	})
}
