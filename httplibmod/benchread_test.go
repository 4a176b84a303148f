package httplibmod

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/wire"
)

// BenchmarkRead is one read() of a whole body as a script makes it, over
// loopback, with a connection of its own.
func BenchmarkRead(b *testing.B) {
	const size = 16 << 20
	for _, c := range []struct{ name, response string }{
		{"framing=length", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size) + string(make([]byte, size))},
		{"framing=chunked/chunk=16B", chunkedResponse(16, size)},
		{"framing=chunked/chunk=16KiB", chunkedResponse(16<<10, size)},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkRead(b, c.response, size) })
	}
}

// chunkedResponse returns a response with total bytes in chunks of size.
func chunkedResponse(size, total int) string {
	chunk := wire.AppendChunkLine(nil, int64(size))
	chunk = append(append(chunk, make([]byte, size)...), "\r\n"...)
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + string(bytes.Repeat(chunk, total/size)) + "0\r\n\r\n"
}

func benchmarkRead(b *testing.B, response string, size int64) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	go func() {
		answer := []byte(response)
		buf := make([]byte, 4096)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			if _, err := c.Read(buf); err == nil { // a request comes in one piece
				c.Write(answer)
			}
			c.Close()
		}
	}()
	addr := ln.Addr().(*net.TCPAddr)
	thread := new(starlark.Thread)
	h := host.Attach(thread, context.Background(), host.Host{
		Dial: func(ctx context.Context, r host.DialRequest) (net.Conn, error) {
			return net.DialTCP("tcp", nil, addr)
		},
	})
	defer h.Resources.Close()
	globals, err := starlark.ExecFileOptions(options, thread, "bench.star", `
def read(port, n):
    for _ in range(n):
        c = httplib.HTTPConnection("127.0.0.1", port)
        c.request("GET", "/")
        got = len(c.getresponse().read())
        c.close()
        if got != size:
            fail(got)
`, starlark.StringDict{"httplib": Module(), "size": starlark.MakeInt64(size)})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := starlark.Call(thread, globals["read"], starlark.Tuple{starlark.MakeInt(addr.Port), starlark.MakeInt(b.N)}, nil); err != nil {
		b.Fatal(err)
	}
}
