package httplibmod

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starwire/runtime/host"
	"starwire/runtime/py"
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
		{"CVE-2019-9636", "LF in an absolute target's host", "c.request('GET', 'http://h\\n.evil/')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2022-0391", "a tab in the target", "c.request('GET', 'http://h/\\ta')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-18348", "CRLF in the host", "httplib.HTTPConnection('h\\r\\nA')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-18348", "NUL in the host", "httplib.HTTPConnection('h\\x00')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2019-18348", "space in the host", "httplib.HTTPSConnection('h i')", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2020-26116", "a request in the method", "c.request('GET / HTTP/1.1\\r\\nHost: evil\\r\\n\\r\\nGET', '/')", "ValueError: method can't contain control characters. "},
		{"CVE-2020-26137", "a space in the method", "c.request('GET /', '/')", "ValueError: Invalid method "},
		{"CVE-2023-49082", "CRLF in the method", "c.putrequest('GET\\r\\nA: b', '/')", "ValueError: method can't contain control characters. "},
		{"CVE-2026-1502", "CRLF in a tunnel's host", "c.set_tunnel('h\\r\\nA: b', 1)", "httplib.InvalidURL: URL can't contain control characters. "},
		{"CVE-2026-1502", "CRLF in a tunnel's header name", "c.set_tunnel('h', 1, {'A\\r\\nB': 'c'})", "ValueError: Invalid header name "},
		{"CVE-2026-1502", "CRLF in a tunnel's header value", "c.set_tunnel('h', 1, {'A': 'b\\r\\nC: d'})", "ValueError: Invalid header value "},
		{"CVE-2022-45061", "a host of 100 KB", "httplib.HTTPConnection('\\u00e4' * 50000)", "httplib.InvalidURL: "},
		{"CVE-2022-45061", "a long host", "httplib.HTTPConnection('h' * 100000)", "httplib.InvalidURL: host name of 100000 bytes, over 253: "},
		{"CVE-2023-29406", "CRLF in the Host field", "c.request('GET', '/', headers={'Host': 'h\\r\\nA: b'})", "ValueError: Invalid header value "},
		{"CVE-2023-29406", "slash in the Host field", "c.request('GET', '/', headers={'Host': 'h/x'})", "ValueError: Invalid header value "},
		{"CVE-2023-29406", "space in the Host field", "c.request('GET', '/', headers={'Host': 'h x'})", "ValueError: Invalid header value "},
		{"CVE-2022-31150", "CRLF in a header of request()", "c.request('GET', '/', headers={'A': 'b\\r\\n\\r\\nGET /evil'})", "ValueError: Invalid header value "},
		{"CVE-2023-23936", "CRLF in the Host of putheader()", "c.putrequest('GET', '/', skip_host=True)\nc.putheader('Host', 'h\\r\\nA: b')", "ValueError: Invalid header value "},
		{"CVE-2026-1527", "CRLF in Upgrade", "c.request('GET', '/', headers={'Connection': 'upgrade', 'Upgrade': 'x\\r\\nA: b'})", "ValueError: Invalid header value "},
		{"CVE-2021-33503", "a host of @", "httplib.HTTPConnection('@' * 65536)", "httplib.InvalidURL: "},
		{"CVE-2020-13956", "userinfo and port before a host", "httplib.HTTPConnection('evil:80@good')", "httplib.InvalidURL: nonnumeric port: '80@good'"},
		{"CVE-2025-1736", "LF in a header of the caller's", "c.request('GET', '/', headers={'A': 'b\\nC: d'})", "ValueError: Invalid header value "},
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
// TLS context while it is open (CVE-2022-22576, CVE-2022-27782, CVE-2026-1965,
// CVE-2026-3784, CVE-2026-8932),
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
	for name, begins := range map[string]string{
		"Content-Length":    `httplib.HTTPException: Content-Length is no length: \x1b[31mxxx`,
		"Transfer-Encoding": `httplib.UnknownTransferEncoding: \x1b[31mxxx`,
	} {
		out, err := answer(t, ", policy='strict'", readAll, "HTTP/1.1 200 OK\r\n"+name+": \x1b[31m"+strings.Repeat("x", 1000)+"\r\n\r\n")
		if got := outcome(out, err); !strings.HasPrefix(got, begins) || len(got) > 300 {
			t.Errorf("an error with a server's bytes: %q; want them escaped and cut at 200", got)
		}
		var e *py.Exception // what the script has of it
		if !errors.As(err, &e) || strings.Contains(py.Str(e.Args[0]), "\x1b") || len(py.Str(e.Args[0])) > 300 {
			t.Errorf("an exception with a server's bytes: %v; want them escaped and cut at 200", e)
		}
	}
}

// TestVulnerabilitiesOfAnswers is what servers' answers did to clients' programs.
func TestVulnerabilitiesOfAnswers(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	const get = "c.request('GET', '/')\nr = c.getresponse()\n"
	location := "/" + strings.Repeat("l", 60000)
	for _, tt := range []struct {
		id, what, script, answer, python, strict string
	}{
		{"CVE-2025-1217", "a fold, then a field", get + "show(r.getheader('a'), r.getheader('b'), r.read())",
			ok + "A: b\r\n c\r\nB: d\r\nContent-Length: 2\r\n\r\nhi", "'b\\n c' 'd' 'hi'", "'b c' 'd' 'hi'"},
		{"CVE-2025-1734", "a line without colon", get + "show(r.getheader('a'), r.getheader('b'), r.read())",
			ok + "A: b\r\nno colon\r\nB: d\r\nContent-Length: 2\r\n\r\nhi", "'b' 'd' 'hi'", "httplib.HTTPException"},
		{"CVE-2025-1861", "a long Location", get + "show(r.getheader('location') == '" + location + "')",
			"HTTP/1.1 302 x\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n", "True", "="},
		{"CVE-2020-8492", "commas and spaces in a challenge", get + "show(len(r.getheader('www-authenticate')))",
			"HTTP/1.1 401 x\r\nWWW-Authenticate: Basic" + strings.Repeat(" ,", 30000) + "\r\nContent-Length: 0\r\n\r\n", "60005", "="},
		{"CVE-2021-33503", "a target of @", "c.request('GET', 'http://' + '@' * 65000 + '/')\nshow(c.getresponse().status)",
			ok + "Content-Length: 0\r\n\r\n", "200", "="},
	} {
		for policy, want := range map[string]string{"python": tt.python, "strict": tt.strict} {
			if want == "=" {
				want = tt.python
			}
			s := newFaultServer(t, false, func(c *faultConn) { c.request(); c.send(tt.answer); c.untilClosed() })
			cl := newClient(nil)
			if got := cl.run(connect(s, policy, "") + tt.script); got != want {
				t.Errorf("%s %s, %s policy: %.200s; want %s", tt.id, tt.what, policy, got, want)
			}
			cl.close()
			s.close()
		}
	}
}

// TestConnectsWhereItSays: what is dialled and what the Host field says come from
// the same reading of a host; a target does not change it (CVE-2019-9636,
// CVE-2020-13956); and no variable of the environment puts a proxy in between
// (CVE-2016-1000110, CVE-2016-5386, CVE-2025-22870). CVE-2025-47912 and
// CVE-2026-25679 were brackets around what is no address: they are dropped, as in
// CPython, in both places.
func TestConnectsWhereItSays(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1/")
	}
	for _, tt := range []struct{ host, target, dialled, field string }{
		{"h", "/", "h:80", "h"},
		{"h:81", "/", "h:81", "h:81"},
		{"[::1]:81", "/", "::1:81", "[::1]:81"},
		{"[example]", "/", "example:80", "example"},
		{"good", "//evil:80@other/", "good:80", "good"},
		{"fe80::1%25.example.com:80", "/", "", ""},
	} {
		for _, policy := range []string{"python", "strict"} {
			dialled, field := "", ""
			fields := make(chan string, 1)
			s := newFaultServer(t, false, func(c *faultConn) {
				_, after, _ := strings.Cut(c.request(), "\r\nHost: ")
				field, _, _ := strings.Cut(after, "\r\n")
				fields <- field
			})
			cl := newClient(func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
				dialled = d.Host + ":" + d.Port
				return new(net.Dialer).DialContext(ctx, "tcp", s.ln.Addr().String())
			})
			got := cl.run(fmt.Sprintf("httplib.HTTPConnection(%q, policy=%q, timeout=5).request('GET', %q)", tt.host, policy, tt.target))
			if dialled != "" {
				field = <-fields
			}
			cl.close()
			s.close()
			if dialled != tt.dialled || field != tt.field || (got != "") != (tt.dialled == "") {
				t.Errorf("%s policy, host %s, target %s: dialled %q, Host: %q, %s; want %q and %q", policy, tt.host, tt.target, dialled, field, got, tt.dialled, tt.field)
			}
		}
	}
}

// TestVulnerabilitiesOfTLS: no request is sent to a server whose certificate is
// not the right one, also not through a tunnel, and nothing that came before the
// handshake is an answer. Package sslmod has the rest.
func TestVulnerabilitiesOfTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	// issue makes a certificate of a public key that signer vouches for.
	issue := func(edit func(c *x509.Certificate), public any, signer *ecdsa.PrivateKey) tls.Certificate {
		c := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
		edit(c)
		der, err := x509.CreateCertificate(rand.Reader, c, authority, public, signer)
		if err != nil {
			t.Fatal(err)
		}
		return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	}
	name := func(names ...string) func(c *x509.Certificate) {
		return func(c *x509.Certificate) { c.DNSNames = names }
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	huge := issue(name("localhost"), &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 20000, 1), E: 65537}, key)

	for _, tt := range []struct {
		id, what string
		cert     tls.Certificate
		want     string // the class, or 'hi' where all is well
	}{
		{"", "the right one", issue(name("localhost"), &key.PublicKey, key), "'hi'"},
		{"CVE-2014-9365", "wrong name", issue(name("other"), &key.PublicKey, key), "ssl.CertificateError"},
		{"CVE-2014-9365", "unknown authority", issue(name("localhost"), &key.PublicKey, other), "ssl.SSLError"},
		{"CVE-2014-9365", "expired", issue(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, &key.PublicKey, key), "ssl.SSLError"},
		{"CVE-2013-7440", "a wildcard of one label", issue(name("*"), &key.PublicKey, key), "ssl.CertificateError"},
		{"CVE-2013-2099", "many wildcards", issue(name("*.*.*.localhost"), &key.PublicKey, key), "ssl.CertificateError"},
		{"CVE-2023-29409", "an RSA key of 20,000 bits", huge, "ssl.SSLError"},
	} {
		for _, tunnel := range []bool{false, true} { // CVE-2019-11324, CVE-2021-28363: the same check behind CONNECT
			t.Run(fmt.Sprintf("%s %s/tunnel=%v", tt.id, tt.what, tunnel), func(t *testing.T) {
				read := make(chan int, 1)
				s := newFaultServer(t, false, func(c *faultConn) {
					if tunnel {
						c.request()
						c.send("HTTP/1.1 200 OK\r\n\r\n")
					}
					secure := tls.Server(c.tcp, &tls.Config{Certificates: []tls.Certificate{tt.cert}, SessionTicketsDisabled: true})
					n := 0
					if secure.Handshake() == nil {
						n, _ = secure.Read(make([]byte, 1000))
						io.WriteString(secure, faultGood)
						io.Copy(io.Discard, secure)
					}
					read <- n
				})
				cl := newClient(nil)
				h := *cl.host
				h.Roots = func() (*x509.CertPool, error) { return roots, nil }
				cl.host = host.Attach(cl.thread, context.Background(), h)
				script := fmt.Sprintf("c = httplib.HTTPSConnection('localhost', %d, timeout=20)\n", s.port())
				if tunnel {
					script = fmt.Sprintf("c = httplib.HTTPSConnection('127.0.0.1', %d, timeout=20)\nc.set_tunnel('localhost', 443)\n", s.port())
				}
				if got := cl.run(script + "c.request('GET', '/')\nshow(c.getresponse().read())"); got != tt.want {
					t.Errorf("outcome %s; want %s", got, tt.want)
				}
				cl.close()
				if n := <-read; (n > 0) != (tt.want == "'hi'") {
					t.Errorf("the server was told %d bytes", n)
				}
				s.close()
			})
		}
	}

	// CVE-2023-40217: plaintext, and the end during the handshake.
	s := newFaultServer(t, false, func(c *faultConn) { c.send(faultGood) })
	cl := newClient(nil)
	script := strings.NewReplacer("HTTPConnection", "HTTPSConnection", "127.0.0.1", "localhost").Replace(connect(s, "python", ""))
	if got := cl.run(script + faultScript); !oneOf(got, "ssl.SSLError|ssl.SSLEOFError|socket.error") {
		t.Errorf("CVE-2023-40217: an answer before the handshake: %s; want an error", got)
	}
	cl.close()
	s.close()
}

// TestVulnerabilityRecord: each entry of the record that concerns an HTTP client
// without redirects, cookies and content codings is named by a test.
func TestVulnerabilityRecord(t *testing.T) {
	var tests strings.Builder
	for _, pattern := range []string{"*_test.go", "../wire/*_test.go", "../runtime/lib/sslmod/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			before, _, _ := strings.Cut(string(text), "\n// TestVulnerabilityRecord: ")
			tests.WriteString(before)
		}
	}
	ids := strings.Fields(`
		CVE-2013-1752 CVE-2014-9365 CVE-2013-4238 CVE-2013-7440 CVE-2013-2099 CVE-2023-40217 CVE-2016-5699
		CVE-2019-9740 CVE-2019-9947 CVE-2019-18348 CVE-2020-26116 CVE-2020-26137 CVE-2026-1502 CVE-2021-3737
		CVE-2025-13836 CVE-2020-10735 CVE-2022-45061 CVE-2019-9636 CVE-2022-0391 CVE-2023-24329 CVE-2016-1000110
		CVE-2016-5386 CVE-2015-5739 CVE-2015-5740 CVE-2015-5741 CVE-2019-16276 CVE-2021-31525 CVE-2022-1705
		CVE-2023-24534 CVE-2023-29406 CVE-2023-39326 CVE-2024-24791 CVE-2025-22870 CVE-2025-22871 CVE-2025-47912
		CVE-2026-25679 CVE-2026-42507 CVE-2021-34558 CVE-2022-41724 CVE-2023-29409 CVE-2026-32283 CVE-2026-56862
		CVE-2019-11324 CVE-2021-28363 CVE-2019-11236 CVE-2021-33503 CVE-2025-43859 CVE-2021-32714 CVE-2021-32715
		CVE-2017-13089 CVE-2017-13090 CVE-2013-2028 CVE-2023-47627 CVE-2024-52304 CVE-2025-53643 CVE-2026-34520
		CVE-2023-49081 CVE-2023-49082 CVE-2022-31150 CVE-2022-35948 CVE-2023-23936 CVE-2026-1527 CVE-2026-1525
		CVE-2026-6733 CVE-2022-32213 CVE-2022-32214 CVE-2022-32215 CVE-2022-35256 CVE-2023-30589 CVE-2025-23167
		CVE-2023-38039 CVE-2022-22576 CVE-2022-27782 CVE-2026-1965 CVE-2026-3784 CVE-2026-8932 CVE-2014-8150
		CVE-2025-1217 CVE-2025-1734 CVE-2025-1736 CVE-2025-1861 CVE-2024-52530 CVE-2026-1801 CVE-2020-13956
	`)
	for _, id := range ids {
		if !strings.Contains(tests.String(), id) {
			t.Errorf("no test names %s", id)
		}
	}
}
