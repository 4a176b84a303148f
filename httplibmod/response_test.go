package httplibmod

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// TestStatusLine is httplib.py, HTTPResponse._read_status and the version
// mapping of begin, without and with strict.
func TestStatusLine(t *testing.T) {
	const simple = "9 200 ''"
	bad := func(line string) string { return "httplib.BadStatusLine: " + line }
	tests := []struct{ line, loose, strict string }{
		{"HTTP/1.1 200 OK\r\n", "11 200 'OK'", ""},
		{"HTTP/1.1\t200\tOK\r\n", "11 200 'OK'", ""},
		{"HTTP/1.1 200 OK\n", "11 200 'OK'", ""},
		{"\x0bHTTP/1.1 200 OK\r\n", "11 200 'OK'", ""},
		{"  HTTP/1.1   200   Very   OK  \r\n", "11 200 'Very   OK'", ""},
		{"HTTP/1.1 200\r\n", "11 200 ''", ""},
		{"HTTP/1.1 200 \r\n", "11 200 ''", ""},
		{"HTTP/1.1 200 Ok", "11 200 'Ok'", ""},
		{"HTTP/1.0 200 OK\r\n", "10 200 'OK'", ""},
		{"HTTP/1.1 +200 x\r\n", "11 200 'x'", ""},
		{"HTTP/1.1 0200 x\r\n", "11 200 'x'", ""},
		{"HTTP/1.1 999 x\r\n", "11 999 'x'", ""},
		{"HTTP/1.1 99 x\r\n", bad(`HTTP/1.1 99 x\r\n`), ""},
		{"HTTP/1.1 1000 x\r\n", bad(`HTTP/1.1 1000 x\r\n`), ""},
		{"HTTP/1.1 -200 x\r\n", bad(`HTTP/1.1 -200 x\r\n`), ""},
		{"HTTP/1.1 abc x\r\n", bad(`HTTP/1.1 abc x\r\n`), ""},
		{"HTTP/1.1 200OK\r\n", bad(`HTTP/1.1 200OK\r\n`), ""},
		{"HTTP/1.1200 OK\r\n", bad(`HTTP/1.1200 OK\r\n`), ""},
		{"HTTP/1.2 200 OK\r\n", "11 200 'OK'", ""},
		{"HTTP/1.x 200 OK\r\n", "11 200 'OK'", ""},
		{"HTTP/1. 200 OK\r\n", "11 200 'OK'", ""},
		{"HTTP/1.00 200 OK\r\n", "11 200 'OK'", ""},
		{"HTTP/1 200 OK\r\n", "httplib.UnknownProtocol: HTTP/1", ""},
		{"HTTP/2.0 200 OK\r\n", "httplib.UnknownProtocol: HTTP/2.0", ""},
		{"HTTP/ 200 OK\r\n", "httplib.UnknownProtocol: HTTP/", ""},
		{"HTTP/0.9 200 OK\r\n", "9 200 'OK'", ""},
		{"HTTP/1.1\r\n", simple, bad(`HTTP/1.1\r\n`)},
		{"http/1.1 200 OK\r\n", simple, bad(`http/1.1 200 OK\r\n`)},
		{"ICY 200 OK\r\n", simple, bad(`ICY 200 OK\r\n`)},
		{"HTTPS/1.1 200 OK\r\n", simple, bad(`HTTPS/1.1 200 OK\r\n`)},
		{"garbage\r\n", simple, bad(`garbage\r\n`)},
		{"\r\n", simple, bad(`\r\n`)},
		{"", bad("No status line received - the server has closed the connection"), ""},
	}
	for _, tt := range tests {
		for strict, want := range map[string]string{"0": tt.loose, "1": tt.strict} {
			if want == "" {
				want = tt.loose
			}
			out, err := run(t, `
r = httplib.HTTPResponse(data, strict=`+strict+`)
r.begin()
show(r.version, r.status, r.reason)`, starlark.StringDict{"data": starlark.Bytes(tt.line)})
			got := strings.TrimSpace(out)
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("status line %q, strict %s: %s; want %s", tt.line, strict, got, want)
			}
		}
	}
}

// TestChunked is httplib.py, HTTPResponse._read_chunked: what each of several
// reads returns, whether the response is closed then, and chunk_left.
func TestChunked(t *testing.T) {
	const hello = "5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\nNEXT"
	incomplete := func(n string) string { return "httplib.IncompleteRead: IncompleteRead(" + n + ")" }
	tests := []struct {
		body, reads, want string
	}{
		{hello, "None", "'helloabc' True None"},
		{hello, "5 3 1 1", "'hello' False None|'abc' False None|'' True None|'' True None"},
		{hello, "6 6", "'helloa' False 2|'bc' True 2"},
		{hello, "8 None", "'helloabc' False None|'' True None"},
		{hello, "2 2 2 2 2", "'he' False 3|'ll' False 1|'oa' False 2|'bc' False None|'' True None"},
		{hello, "0 None", "'' False 5|'helloabc' True 5"},
		{"5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n", "None", "'hello' True None"},
		{"A\r\n0123456789\r\n0\r\n\r\n", "None", "'0123456789' True None"},
		{"000005\r\nhello\r\n0000\r\n\r\n", "None", "'hello' True None"},
		{"5 \t\r\nhello\r\n0\r\n\r\n", "None", "'hello' True None"},
		{"5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\nNEXT", "None", "'hello' True None"},
		{"5\r\nhello\r\n0\r\nA: b\n\nNEXT", "None", "'hello' True None"}, // D8: a bare LF ends the trailers
		{"5\r\nhello\r\n0\r\n", "None", "'hello' True None"},
		{"5\r\nhello\r\n5\r\nwo", "None None None", incomplete("7 bytes read, 3 more expected") + " False|" + incomplete("0 bytes read") + " True|'' True None"},
		{"5\r\nhello\r\nzz\r\n", "None", incomplete("5 bytes read") + " True"},
		{"5\r\nhello", "None", incomplete("5 bytes read, 2 more expected") + " False"},
		{"5\r\nhello\r\n", "None", incomplete("5 bytes read") + " True"},
		{"", "None", incomplete("0 bytes read") + " True"},
		{"zz\r\n", "None", incomplete("0 bytes read") + " True"},
		{";x\r\n", "None", incomplete("0 bytes read") + " True"},
		// H7: no signs, no prefix, no overflow.
		{"+5\r\nhello\r\n0\r\n\r\n", "None", incomplete("0 bytes read") + " True"},
		{"-5\r\nhello\r\n0\r\n\r\n", "None", incomplete("0 bytes read") + " True"},
		{"0x5\r\nhello\r\n0\r\n\r\n", "None", incomplete("0 bytes read") + " True"},
		{"10000000000000005\r\nhello\r\n0\r\n\r\n", "None", incomplete("0 bytes read") + " True"},
		{"ffffffffffffffff\r\nhello", "None", incomplete("0 bytes read") + " True"},
		// H8, H9
		{"5\r\nhelloXX0\r\n\r\n", "None", incomplete("5 bytes read") + " True"},
		{"5\nhello\r\n0\r\n\r\n", "None", incomplete("0 bytes read") + " True"},
		{strings.Repeat("0", 65536) + "5\r\n", "None None", "httplib.LineTooLong: got more than 65536 bytes when reading chunk size False|" +
			"httplib.LineTooLong: got more than 65536 bytes when reading chunk size False"},
		{"0\r\n" + strings.Repeat("a: b\r\n", 101) + "\r\n", "None", "httplib.HTTPException: got more than 100 trailers False"},
		{"0\r\n" + strings.Repeat("a: b\r\n", 100) + "\r\n", "None", "'' True None"},
	}
	for _, tt := range tests {
		script := "r = httplib.HTTPResponse(data)\nr.begin()\n"
		for amt := range strings.FieldsSeq(tt.reads) {
			script += `
def read():
    show(r.read(` + amt + `), r.isclosed(), r.chunk_left)
e = attempt(read)
if e:
    print(e, r.isclosed())
`
		}
		out := mustRun(t, script, starlark.StringDict{"data": starlark.Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + tt.body)})
		if got := strings.ReplaceAll(strings.TrimSpace(out), "\n", "|"); got != tt.want {
			t.Errorf("chunked body %.60q, reads %s:\n%s\nwant\n%s", tt.body, tt.reads, got, tt.want)
		}
	}
}

// TestPlainRead is httplib.py, HTTPResponse.read without chunks.
func TestPlainRead(t *testing.T) {
	tests := []struct {
		head, body, reads, want string
	}{
		{"Content-Length: 4", "Text", "2 2", "'Te' False 2|'xt' True 0"},
		{"", "Text", "2 2 1", "'Te' False None|'xt' False None|'' True None"},
		{"Content-Length: 10", "Text", "2 2 1", "'Te' False 8|'xt' False 6|'' True 6"},
		{"Content-Length: 10", "Hello\r\n", "None None", "httplib.IncompleteRead: IncompleteRead(7 bytes read, 3 more expected) True|'' True 10"},
		{"Content-Length: -1", "Hello\r\n", "None", "'Hello\\r\\n' True None"},
		{"Content-Length: 5", "Hello+more", "None", "'Hello' True 0"},
		{"Content-Length: 5", "Hello+more", "99", "'Hello' True 0"},
		{"Content-Length: 5", "Hello", "0 5", "'' False 5|'Hello' True 0"},
		{"Content-Length: 0", "", "0", "'' True 0"},
		{"Content-Length: 5", "Hello", "-1", "'Hello' True 0"}, // D12
		{"Content-Length: 05", "Hello", "None", "'Hello' True 0"},
		{"Content-Length: +5", "Hello+", "None", "'Hello' True 0"},
		{"Content-Length:\r\n 5", "Hello+", "None", "'Hello' True 0"},
		{"Content-Length: 5, 5", "Hello+", "None", "'Hello+' True None"},
		{"Content-Length: 5\r\nContent-Length: 5", "Hello+", "None", "'Hello+' True None"},
		{"Content-Length: 0x5", "Hello+", "None", "'Hello+' True None"},
		{"Content-Length: 9223372036854775807", "Hello", "5 None", "'Hello' False 9223372036854775802|" +
			"httplib.IncompleteRead: IncompleteRead(0 bytes read, 9223372036854775802 more expected) True"},
		{"Transfer-Encoding: gzip, chunked", "raw", "None", "'raw' True None"},
		{"Transfer-Encoding : chunked", "raw", "None", "'raw' True None"},
	}
	for _, tt := range tests {
		script := "r = httplib.HTTPResponse(data)\nr.begin()\n"
		for amt := range strings.FieldsSeq(tt.reads) {
			script += `
def read():
    show(r.read(` + amt + `), r.isclosed(), r.length)
e = attempt(read)
if e:
    print(e, r.isclosed())
`
		}
		head := "HTTP/1.1 200 OK\r\n"
		if tt.head != "" {
			head += tt.head + "\r\n"
		}
		out := mustRun(t, script, starlark.StringDict{"data": starlark.Bytes(head + "\r\n" + tt.body)})
		if got := strings.ReplaceAll(strings.TrimSpace(out), "\n", "|"); got != tt.want {
			t.Errorf("%s, body %q, reads %s:\n%s\nwant\n%s", tt.head, tt.body, tt.reads, got, tt.want)
		}
	}
	_, err := run(t, "r = httplib.HTTPResponse(b'HTTP/1.1 200 OK\\r\\n\\r\\nx')\nr.begin()\nr.read('2')", nil)
	if err == nil || !strings.HasPrefix(err.Error(), "TypeError: ") {
		t.Errorf("read('2'): %v; want TypeError", err)
	}
}

// TestFraming is the second half of httplib.py, HTTPResponse.begin.
func TestFraming(t *testing.T) {
	tests := []struct {
		version, head, method string
		status                string
		want                  string // chunked, length, will_close
	}{
		{"1.1", "Content-Length: 5", "GET", "200", "False 5 False"},
		{"1.1", "", "GET", "200", "False None True"},
		{"1.1", "Transfer-Encoding: chunked", "GET", "200", "True None False"},
		{"1.1", "Transfer-Encoding: CHUNKED ", "GET", "200", "True None False"},
		{"1.1", "Connection: close\r\nContent-Length: 5", "GET", "200", "False 5 True"},
		{"1.1", "Connection: not-closed\r\nContent-Length: 5", "GET", "200", "False 5 True"},
		{"1.1", "Content-Length: 5", "HEAD", "200", "False 0 False"},
		{"1.1", "Content-Length: 5", "head", "200", "False 5 False"},
		{"1.1", "", "GET", "204", "False 0 False"},
		{"1.1", "", "GET", "304", "False 0 False"},
		{"1.1", "", "GET", "101", "False 0 False"},
		{"1.1", "Transfer-Encoding: chunked", "GET", "204", "True 0 False"},
		{"1.0", "Content-Length: 5", "GET", "200", "False 5 True"},
		{"1.0", "Content-Length: 5\r\nKeep-Alive: x", "GET", "200", "False 5 False"},
		{"1.0", "Content-Length: 5\r\nConnection: Keep-Alive", "GET", "200", "False 5 False"},
		{"1.0", "Content-Length: 5\r\nProxy-Connection: keep-alive", "GET", "200", "False 5 False"},
		{"1.0", "Content-Length: 5\r\nConnection: keep-alive, close", "GET", "200", "False 5 False"},
		{"1.0", "Transfer-Encoding: chunked\r\nConnection: keep-alive", "GET", "200", "True None True"},      // H11
		{"1.1", "Transfer-Encoding: chunked\r\nContent-Length: 5", "GET", "200", "True None True"},           // H10
		{"1.1", "Content-Length: +5", "GET", "200", "False 5 True"},                                          // H12
		{"1.1", "Content-Length: 99999999999999999999", "GET", "200", "False 9223372036854775807 True"},      // H12
		{"1.1", "Transfer-Encoding: identity\r\nContent-Length: 5", "GET", "200", "False 5 True"},            // H12
		{"1.1", "Transfer-Encoding: \x0bchunked\r\nContent-Length: 5", "GET", "200", "False 5 True"},         // only SP and HTAB are trimmed
		{"1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "GET", "200", "False None True"}, // H12
	}
	for _, tt := range tests {
		data := "HTTP/" + tt.version + " " + tt.status + " x\r\n"
		if tt.head != "" {
			data += tt.head + "\r\n"
		}
		out := mustRun(t, `
r = httplib.HTTPResponse(data, method=method)
r.begin()
show(r.chunked, r.length, r.will_close)`, starlark.StringDict{"data": starlark.Bytes(data + "\r\n"), "method": starlark.String(tt.method)})
		if got := strings.TrimSpace(out); got != tt.want {
			t.Errorf("%s %s HTTP/%s %q: chunked, length, will_close = %s; want %s", tt.method, tt.status, tt.version, tt.head, got, tt.want)
		}
	}
}

// TestInterim is H5 and H6.
func TestInterim(t *testing.T) {
	tests := []struct{ data, want string }{
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "200"},
		{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "200"},
		{"HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "101"},
		{strings.Repeat("HTTP/1.1 100 x\r\n\r\n", 99) + "HTTP/1.1 200 OK\r\n\r\n", "200"},
		{strings.Repeat("HTTP/1.1 103 x\r\n\r\n", 101) + "HTTP/1.1 200 OK\r\n\r\n", "httplib.HTTPException: got more than 100 interim responses"},
		{"HTTP/1.1 100 x\r\n" + strings.Repeat("a\r\n", 101) + "\r\nHTTP/1.1 200 OK\r\n\r\n", "httplib.HTTPException: got more than 100 headers"},
		{"HTTP/1.1 200 x\r\n" + strings.Repeat("a: b\r\n", 100) + "\r\n", "200"},
		{"HTTP/1.1 200 x\r\n" + strings.Repeat("a: b\r\n", 101) + "\r\n", "httplib.HTTPException: got more than 100 headers"},
		{"HTTP/1.1 200 x\r\n" + strings.Repeat("no colon\r\n", 101) + "\r\n", "httplib.HTTPException: got more than 100 headers"},
		{"HTTP/1.1 200 x\r\nA: " + strings.Repeat("b", 65536) + "\r\n\r\n", "httplib.LineTooLong: got more than 65536 bytes when reading header line"},
		{"HTTP/1.1 100 x\r\n\r\nHTTP/1", "httplib.BadStatusLine: HTTP/1"},
		{strings.Repeat("b", 65537), "httplib.LineTooLong: got more than 65536 bytes when reading header line"},
	}
	for _, tt := range tests {
		out, err := run(t, "r = httplib.HTTPResponse(data)\nr.begin()\nprint(r.status)", starlark.StringDict{"data": starlark.Bytes(tt.data)})
		got := strings.TrimSpace(out)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%.60q: %s; want %s", tt.data, got, tt.want)
		}
	}
}
