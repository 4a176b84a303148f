package wire

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// Once storage has grown, nothing on the way of a message allocates.
func TestSteadyPathAllocs(t *testing.T) {
	head := headOf(50)
	var h Head
	src := bytes.NewReader(nil)
	r := NewReader(src, Limits{})
	p := make([]byte, 64<<10)
	chunked := append([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), chunkedOf(100, 20000)...)
	sized := append([]byte("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n"), make([]byte, 20000)...)
	trailers := append(chunked[:len(chunked)-2:len(chunked)-2], "A: b\r\nC: d\r\n\r\n"...)
	open := append([]byte("HTTP/1.1 200 OK\r\n\r\n"), make([]byte, 20000)...)
	folded := []byte("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n")
	buf := make([]byte, 0, 1<<10)
	fields := []Field{{"Host", "h"}, {"Content-Length", "5"}}
	exchange := func(raw []byte, read func(b *Body) (int64, error)) func() {
		return func() {
			src.Reset(raw)
			r.Reset(src)
			if err := r.ReadResponse(&h); err != nil {
				t.Fatal(err)
			}
			f, err := ResponseFraming("GET", &h)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := read(r.Body(f)); err != nil || n != 20000 {
				t.Fatal(n, err)
			}
		}
	}
	byRead := func(b *Body) (int64, error) { return drain(b, p) }
	byWriteTo := func(b *Body) (int64, error) { return b.WriteTo(discard{}) }
	for name, f := range map[string]func(){
		"ParseResponse": func() { ParseResponse(head, &h, Limits{}) },
		"folded head":   func() { ParseResponse(folded, &h, Limits{}) },
		"Get": func() {
			ParseResponse(head, &h, Limits{})
			h.Get("x-other-field-49")
			h.HasToken("connection", "close")
		},
		"All": func() {
			for range h.All() {
			}
		},
		"ReadLine": func() {
			src.Reset(head)
			r.Reset(src)
			for {
				if _, err := r.ReadLine(); err != nil {
					return
				}
			}
		},
		"chunked":                 exchange(chunked, byRead),
		"chunked with trailers":   exchange(trailers, byRead),
		"chunked, WriteTo":        exchange(chunked, byWriteTo),
		"content-length":          exchange(sized, byRead),
		"content-length, WriteTo": exchange(sized, byWriteTo),
		"until close":             exchange(open, byRead),
		"until close, WriteTo":    exchange(open, byWriteTo),
		"Discard": func() {
			src.Reset(sized)
			r.Reset(src)
			r.Discard(1 << 20)
		},
		"request head": func() {
			var err error
			if buf, err = AppendRequest(buf[:0], "GET", "/", fields); err != nil {
				t.Fatal(err)
			}
		},
		"elements": func() {
			ParseStatusLine([]byte("HTTP/1.1 200 OK"))
			ParseFieldLine([]byte("A: b"))
			ParseChunkLine([]byte("5;x"))
			buf = AppendChunkLine(AppendField(buf[:0], "A", "b"), 5)
		},
		"a connection's window": func() {
			src.Reset(head)
			r.Reset(src)
			io.Copy(io.Discard, r)
			r.Release()
		},
	} {
		f() // to grow storage
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations; want 0", name, n)
		}
	}
}

// The codec is for any transport, so it brings none along; nor anything else.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{else if eq .ImportPath \"net\"}}net{{end}}", ".").CombinedOutput()
	if err != nil {
		t.Skipf("go list: %v\n%s", err, out)
	}
	if deps := strings.Fields(string(out)); len(deps) != 1 || deps[0] != "starwire/wire" {
		t.Errorf("wire depends on %v; want the standard library, without net", deps)
	}
}
