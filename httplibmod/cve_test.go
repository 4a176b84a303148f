package httplibmod

import (
	"strings"
	"testing"
)

// TestVulnerabilities is the record of what HTTP clients have let a caller's data
// do, as far as this package can repeat it; package wire has what a server's
// bytes did, TestFaults what its behaviour did. Nothing may be sent: the run has
// no network.
func TestVulnerabilities(t *testing.T) {
	for _, tt := range []struct{ id, what, script, want string }{
		{"CVE-2016-5699", "CRLF in a value", "c.putrequest('GET', '/')\nc.putheader('A', 'b\\r\\nC: d')", "ValueError: Invalid header value "},
		{"CVE-2016-5699", "LF at the end of a value", "c.putrequest('GET', '/')\nc.putheader('A', 'b\\n')", "ValueError: Invalid header value "},
		{"CVE-2016-5699", "CR in a value", "c.putrequest('GET', '/')\nc.putheader('A', 'b\\rc')", "ValueError: Invalid header value "},
		{"CVE-2016-5699", "CRLF in a name", "c.putrequest('GET', '/')\nc.putheader('A\\r\\nB', 'c')", "ValueError: Invalid header name "},
		{"CVE-2019-9740", "CRLF in the path", "c.request('GET', '/a\\r\\nB: c')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-9947", "CRLF in the query", "c.request('GET', '/?a=b\\r\\nC: d')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-11236", "LF in the target", "c.request('GET', '/\\n')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2014-8150", "CRLF in an absolute target", "c.request('GET', 'http://h/\\r\\nA: b')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2023-24329", "a leading blank", "c.request('GET', ' http://h/')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2022-0391", "a tab in the target", "c.request('GET', 'http://h/\\ta')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-18348", "CRLF in the host", "httplib.HTTPConnection('h\\r\\nA')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-18348", "NUL in the host", "httplib.HTTPConnection('h\\x00')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-18348", "space in the host", "httplib.HTTPSConnection('h i')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2020-26116", "a request in the method", "c.request('GET / HTTP/1.1\\r\\nHost: evil\\r\\n\\r\\nGET', '/')", "ValueError: method can't contain control characters. "},
		{"CVE-2020-26137", "a space in the method", "c.request('GET /', '/')", "ValueError: Invalid method "},
		{"CVE-2026-1502", "CRLF in a tunnel's host", "c.set_tunnel('h\\r\\nA: b', 1)", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2026-1502", "CRLF in a tunnel's header name", "c.set_tunnel('h', 1, {'A\\r\\nB': 'c'})", "ValueError: Invalid header name "},
		{"CVE-2026-1502", "CRLF in a tunnel's header value", "c.set_tunnel('h', 1, {'A': 'b\\r\\nC: d'})", "ValueError: Invalid header value "},
		{"CVE-2022-45061", "a host of 100 KB", "httplib.HTTPConnection('\\u00e4' * 50000)", "httplib.InvalidURL: "},
		{"CVE-2022-45061", "a long host", "httplib.HTTPConnection('h' * 100000)", "httplib.InvalidURL: host name of 100000 bytes, over 253: "},
		{"CVE-2023-29406", "CRLF in the Host field", "c.request('GET', '/', headers={'Host': 'h\\r\\nA: b'})", "ValueError: Invalid header value "},
		{"CVE-2023-29406", "slash in the Host field", "c.request('GET', '/', headers={'Host': 'h/x'})", "ValueError: Invalid header value "},
		{"CVE-2023-29406", "space in the Host field", "c.request('GET', '/', headers={'Host': 'h x'})", "ValueError: Invalid header value "},
		{"CVE-2022-31150", "CRLF in a header of request()", "c.request('GET', '/', headers={'A': 'b\\r\\n\\r\\nGET /evil'})", "ValueError: Invalid header value "},
		{"CVE-2022-35948", "CRLF in the content type", "c.request('POST', '/', 'x', {'Content-Type': 'a\\r\\nB: c'})", "ValueError: Invalid header value "},
		{"CVE-2023-49081", "CRLF through the version", "c._http_vsn_str = 'HTTP/1.1\\r\\nA: b'", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2026-1525", "two lengths that differ in case", "c.request('POST', '/', 'x', {'Content-Length': '1', 'content-length': '2'})", "ValueError: Content-Length is given twice"},
		{"H15", "length and coding", "c.request('POST', '/', 'x', {'Content-Length': '1', 'transfer-encoding': 'chunked'})", "ValueError: Content-Length and Transfer-Encoding cannot both be given"},
		{"CVE-2025-47912", "a bare IPv6 address", "httplib.HTTPConnection('::1')", "httplib.InvalidURL: an IPv6 address wants brackets: '[::1]'"},
	} {
		for _, policy := range []string{"python", "strict"} {
			script := "c = httplib.HTTPConnection('h', policy='" + policy + "')\n" + tt.script
			if _, err := run(t, script, nil); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%s %s, %s policy: %.150v; want %s", tt.id, tt.what, policy, err, tt.want)
			}
		}
	}
}

// TestOpenConnectionStaysWhereItIs: a connection never changes host, proxy or
// TLS context while it is open (CVE-2022-27782, CVE-2026-1965, CVE-2026-3784),
// and an error shows what a server sent escaped and cut (CVE-2026-42507).
func TestOpenConnectionStaysWhereItIs(t *testing.T) {
	s := newFaultServer(t, false, again("hi"))
	defer s.close()
	s2 := newFaultServer(t, false, func(c *faultConn) {
		for range 2 {
			c.request()
			c.send(faultGood)
		}
		c.untilClosed()
	})
	defer s2.close()
	cl := newClient(nil)
	defer cl.close() // first: the servers wait for their connections
	if got := cl.run(connect(s, "python", "") + "c.connect()\nc.set_tunnel('other', 1)"); got != "RuntimeError" {
		t.Errorf("set_tunnel on an open connection: %s; want RuntimeError", got)
	}
	script := connect(s2, "python", "") + "c.request('GET', '/')\nc.getresponse().read()\nc.host = 'other'\nc.port = 1\nc.request('GET', '/')\nshow(c.getresponse().read())"
	if got := cl.run(script); got != "'hi'" {
		t.Errorf("a request after host was assigned, on the open socket: %s; want 'hi' from where it is connected to", got)
	}
	out, err := answer(t, ", policy='strict'", readAll, "HTTP/1.1 200 OK\r\nContent-Length: \x1b[31m"+strings.Repeat("x", 1000)+"\r\n\r\n")
	if got := outcome(out, err); !strings.HasPrefix(got, `httplib.HTTPException: Content-Length is no length: \x1b[31mxxx`) || len(got) > 300 {
		t.Errorf("an error with a server's bytes: %q; want them escaped and cut at 200", got)
	}
}
