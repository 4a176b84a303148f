package httplibmod

import (
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// TestWire holds the bytes of typical requests, one element a write, as CPython
// 2.7.18 sends them. CONNECT is the exception: its lines go in one write (D4).
func TestWire(t *testing.T) {
	const tail = "Host: example.com\r\nAccept-Encoding: identity\r\n"
	tests := []struct {
		name   string
		script string // after c = HTTPConnection("example.com"); c.sock = sock
		want   []string
	}{
		{"GET", `c.request('GET','/')`, []string{"GET / HTTP/1.1\r\n" + tail + "\r\n"}},
		{"POST body", `c.request('POST','/','abc')`, []string{"POST / HTTP/1.1\r\n" + tail + "Content-Length: 3\r\n\r\nabc"}},
		{"POST none", `c.request('POST','/')`, []string{"POST / HTTP/1.1\r\n" + tail + "Content-Length: 0\r\n\r\n"}},
		{"OPTIONS", `c.request('OPTIONS','*')`, []string{"OPTIONS * HTTP/1.1\r\n" + tail + "\r\n"}},
		{"own Host", `c.request('GET','/',None,{'HOST':'x'})`, []string{"GET / HTTP/1.1\r\nAccept-Encoding: identity\r\nHOST: x\r\n\r\n"}},
		{"own Accept-Encoding", `c.request('GET','/',None,{'accept-encoding':'gzip'})`,
			[]string{"GET / HTTP/1.1\r\nHost: example.com\r\naccept-encoding: gzip\r\n\r\n"}},
		{"own Content-Length", `c.request('POST','/','abc',{'CONTENT-length':99})`,
			[]string{"POST / HTTP/1.1\r\n" + tail + "CONTENT-length: 99\r\n\r\nabc"}},
		{"long string", `c.request('PUT','/','x'*200000)`,
			[]string{"PUT / HTTP/1.1\r\n" + tail + "Content-Length: 200000\r\n\r\n" + strings.Repeat("x", 200000)}},
		{"step by step", `
c.putrequest('POST','/x'); c.putheader('A','1','2'); c.putheader('Content-Length','4'); c.endheaders(); c.send('ab'); c.send('cd')`,
			[]string{"POST /x HTTP/1.1\r\n" + tail + "A: 1\r\n\t2\r\nContent-Length: 4\r\n\r\n", "ab", "cd"}},
		{"bare", `c.putrequest('POST','/x',1,1); c.endheaders('BODY')`, []string{"POST /x HTTP/1.1\r\n\r\nBODY"}},
		{"tunnel", `
c = httplib.HTTPConnection('proxy.com')
c.set_tunnel('d.com',443,{'A':'b'})
c._create_connection = lambda address, timeout, source: sock
c.request('GET','/p')`,
			[]string{"CONNECT d.com:443 HTTP/1.0\r\nA: b\r\n\r\n", "GET /p HTTP/1.1\r\nHost: d.com:443\r\nAccept-Encoding: identity\r\n\r\n"}},
		{"HTTP/1.0", `
h = httplib.HTTP('h')
h._conn.sock = sock
h.putrequest('GET','http://o/x')
h.endheaders('BODY')
h.send('MORE')`, []string{"GET http://o/x HTTP/1.0\r\n\r\nBODY", "MORE"}},
		{"absolute form", `c.request('GET','http://u:p@other.org:80/x')`,
			[]string{"GET http://u:p@other.org:80/x HTTP/1.1\r\nHost: other.org:80\r\nAccept-Encoding: identity\r\n\r\n"}},
		{"empty target", `c.request('GET','')`, []string{"GET / HTTP/1.1\r\n" + tail + "\r\n"}},
		{"own Transfer-Encoding", `c.request('POST','/','0\r\n\r\n',{'Transfer-Encoding':'chunked'})`,
			[]string{"POST / HTTP/1.1\r\n" + tail + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sock := &fakeSocket{text: "HTTP/1.1 200 OK\r\n\r\n"}
			mustRun(t, "c = httplib.HTTPConnection('example.com')\nc.sock = sock\n"+tt.script, starlark.StringDict{"sock": sock.value()})
			if !slices.Equal(sock.sent, tt.want) {
				t.Errorf("%s sends\n%.300q\nwant\n%.300q", tt.script, sock.sent, tt.want)
			}
		})
	}
}
