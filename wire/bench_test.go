package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// usual are field lines as servers send them, the most frequent ones first.
var usual = []string{
	"Server: nginx/1.25.3",
	"Date: Thu, 01 Jan 1970 00:00:00 GMT",
	"Content-Type: text/html; charset=utf-8",
	"Content-Length: 13",
	"Cache-Control: max-age=0, private, must-revalidate",
	`ETag: W/"5d8c72a5edda8d6a"`,
	"Vary: Accept-Encoding, Cookie",
	"Strict-Transport-Security: max-age=31536000; includeSubDomains",
	"X-Frame-Options: DENY",
	"X-Content-Type-Options: nosniff",
	"Referrer-Policy: strict-origin-when-cross-origin",
	"X-Request-Id: 7f9c24e8-3b12-4c0a-9f1d-6f1b0e6b2a11",
	"Set-Cookie: session=abcdef0123456789; Path=/; HttpOnly; Secure",
	"Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT",
	"Accept-Ranges: bytes",
}

// headOf returns a response head of n fields.
func headOf(n int) []byte {
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\n")
	for i := range n {
		if i < len(usual) {
			b.WriteString(usual[i])
		} else {
			fmt.Fprintf(&b, "X-Other-Field-%02d: value-%02d-0123456789abcdef01234567", i, i)
		}
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// chunkedOf returns total bytes of content in chunks of size bytes.
func chunkedOf(size, total int) []byte {
	var b []byte
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
	for ; total > 0; total -= size {
		n := min(size, total)
		b = AppendChunkLine(b, int64(n))
		b = append(b, data[:n]...)
		b = append(b, "\r\n"...)
	}
	return append(AppendChunkLine(b, 0), "\r\n"...)
}

func BenchmarkReadHead(b *testing.B) {
	for _, n := range []int{6, 15, 50} {
		raw := headOf(n)
		run := func(by string, f func() error) {
			b.Run(fmt.Sprintf("fields=%d/by=%s", n, by), func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		var h Head
		run("wire", func() error {
			_, err := ParseResponse(raw, &h, Limits{})
			return err
		})
		src := bytes.NewReader(raw)
		r := NewReader(src, Limits{})
		run("wire-reader", func() error {
			src.Reset(raw)
			r.Reset(src)
			return r.ReadResponse(&h)
		})
		br := bufio.NewReader(src)
		run("nethttp", func() error {
			src.Reset(raw)
			br.Reset(src)
			_, err := http.ReadResponse(br, nil)
			return err
		})
	}
}

func BenchmarkFieldLookup(b *testing.B) {
	raw := headOf(50)
	var h Head
	if _, err := ParseResponse(raw, &h, Limits{}); err != nil {
		b.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"Server", "etag", "x-other-field-49", "X-Absent-Field-0"} {
		b.Run("name="+name+"/by=wire", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.Get(name)
			}
		})
		b.Run("name="+name+"/by=nethttp", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				res.Header.Get(name)
			}
		})
	}
}

func BenchmarkChunked(b *testing.B) {
	const total = 1 << 20
	for _, c := range []struct {
		name string
		size int
	}{{"16B", 16}, {"1KiB", 1 << 10}, {"16KiB", 16 << 10}} {
		raw := chunkedOf(c.size, total)
		src := bytes.NewReader(raw)
		p := make([]byte, 64<<10)
		run := func(by string, f func() (int64, error)) {
			b.Run("chunk="+c.name+"/by="+by, func(b *testing.B) {
				b.SetBytes(total)
				b.ReportAllocs()
				for b.Loop() {
					if n, err := f(); n != total || err != nil {
						b.Fatal(n, err)
					}
				}
			})
		}
		var d Decoder
		run("decoder", func() (n int64, err error) {
			d.Reset(Framing{Kind: Chunked})
			for rest := raw; ; {
				w, k, err := d.Decode(p, rest)
				n, rest = n+int64(w), rest[k:]
				if err != nil {
					return n, notEnd(err)
				}
			}
		})
		r := NewReader(src, Limits{})
		run("wire", func() (int64, error) {
			src.Reset(raw)
			r.Reset(src)
			return drain(r.Body(Framing{Kind: Chunked}), p)
		})
		run("wire-writeto", func() (int64, error) {
			src.Reset(raw)
			r.Reset(src)
			return r.Body(Framing{Kind: Chunked}).WriteTo(discard{})
		})
		br := bufio.NewReader(src)
		run("httputil", func() (int64, error) {
			src.Reset(raw)
			br.Reset(src)
			return drain(httputil.NewChunkedReader(br), p)
		})
	}
}

// BenchmarkLoopback is BenchmarkChunked over a socket, where the number of reads
// counts for more than a copy within the cache does: raw takes the same bytes
// off the socket and looks at none.
func BenchmarkLoopback(b *testing.B) {
	const total = 16 << 20
	raw := chunkedOf(16<<10, total)
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
			c.Write(raw)
			c.Close()
		}
	}()
	p := make([]byte, 64<<10)
	r := NewReader(nil, Limits{})
	for _, c := range []struct {
		by   string
		want int64
		read func(net.Conn) (int64, error)
	}{
		{"raw", int64(len(raw)), func(c net.Conn) (int64, error) { return drain(c, p) }},
		{"wire", total, func(c net.Conn) (int64, error) {
			r.Reset(c)
			return drain(r.Body(Framing{Kind: Chunked}), p)
		}},
		{"wire-writeto", total, func(c net.Conn) (int64, error) {
			r.Reset(c)
			return r.Body(Framing{Kind: Chunked}).WriteTo(discard{})
		}},
		{"httputil", total, func(c net.Conn) (int64, error) { return drain(httputil.NewChunkedReader(c), p) }},
	} {
		b.Run("chunk=16KiB/by="+c.by, func(b *testing.B) {
			b.SetBytes(total)
			b.ReportAllocs()
			for b.Loop() {
				conn, err := net.Dial("tcp", ln.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				if n, err := c.read(conn); n != c.want || err != nil {
					b.Fatal(n, err)
				}
				conn.Close()
			}
		})
	}
}

// discard is io.Discard without its ReadFrom.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func drain(r io.Reader, p []byte) (n int64, err error) {
	for {
		k, err := r.Read(p)
		n += int64(k)
		if err != nil {
			return n, notEnd(err)
		}
	}
}

func BenchmarkBody(b *testing.B) {
	for _, f := range []Framing{{Kind: ContentLength}, {Kind: UntilClose}, {Kind: Chunked}} {
		for _, s := range []struct {
			name string
			size int
		}{{"13B", 13}, {"64KiB", 64 << 10}, {"4MiB", 4 << 20}} {
			head, content := "HTTP/1.1 200 OK\r\n", make([]byte, s.size)
			switch f.Kind {
			case ContentLength:
				f.Length = int64(s.size)
				head += fmt.Sprintf("Content-Length: %d\r\n", s.size)
			case Chunked:
				head += "Transfer-Encoding: chunked\r\n"
				content = chunkedOf(min(s.size, 16<<10), s.size)
			}
			raw := append([]byte(head+"\r\n"), content...)
			src := bytes.NewReader(raw)
			p := make([]byte, 64<<10)
			name := fmt.Sprintf("framing=%s/size=%s/by=", strings.ReplaceAll(f.Kind.String(), " ", "-"), s.name)
			run := func(by string, f func() (int64, error)) {
				b.Run(name+by, func(b *testing.B) {
					b.SetBytes(int64(s.size))
					b.ReportAllocs()
					for b.Loop() {
						if n, err := f(); n != int64(s.size) || err != nil {
							b.Fatal(n, err)
						}
					}
				})
			}
			var h Head
			r := NewReader(src, Limits{})
			run("wire", func() (int64, error) {
				src.Reset(raw)
				r.Reset(src)
				if err := r.ReadResponse(&h); err != nil {
					return 0, err
				}
				f, err := ResponseFraming("GET", &h)
				if err != nil {
					return 0, err
				}
				return drain(r.Body(f), p)
			})
			br := bufio.NewReader(src)
			run("nethttp", func() (int64, error) {
				src.Reset(raw)
				br.Reset(src)
				res, err := http.ReadResponse(br, nil)
				if err != nil {
					return 0, err
				}
				return drain(res.Body, p)
			})
		}
	}
}

// Variables, so that the compiler does not know their lengths.
var (
	benchMethod, benchTarget = "GET", "/index.html"

	benchFields = []Field{{"Host", "127.0.0.1:8080"}, {"Accept-Encoding", "identity"}}
)

func BenchmarkRequestHead(b *testing.B) {
	b.Run("by=wire", func(b *testing.B) {
		buf := make([]byte, 0, 512)
		b.ReportAllocs()
		for b.Loop() {
			buf = AppendRequestLine(buf[:0], benchMethod, benchTarget, 1)
			for _, f := range benchFields {
				buf = AppendField(buf, f.Name, f.Value)
			}
			buf = append(buf, '\r', '\n')
		}
	})
	b.Run("by=wire-checked", func(b *testing.B) {
		buf := make([]byte, 0, 512)
		b.ReportAllocs()
		for b.Loop() {
			var err error
			if buf, err = AppendRequest(buf[:0], benchMethod, benchTarget, benchFields); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by=nethttp", func(b *testing.B) {
		req := &http.Request{
			Method: "GET", URL: &url.URL{Scheme: "http", Host: "127.0.0.1:8080", Path: "/index.html"},
			Host: "127.0.0.1:8080", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Accept-Encoding": {"identity"}},
		}
		w := bufio.NewWriter(io.Discard)
		b.ReportAllocs()
		for b.Loop() {
			if err := req.Write(w); err != nil {
				b.Fatal(err)
			}
		}
	})
}
