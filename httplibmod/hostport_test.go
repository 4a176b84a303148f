package httplibmod

import (
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

func TestHostPort(t *testing.T) {
	const bad = "httplib.InvalidURL: "
	tests := []struct {
		args string
		want string // host and port, or the error
	}{
		{"'www.cwi.nl'", "www.cwi.nl 80"},
		{"'www.cwi.nl:80'", "www.cwi.nl 80"},
		{"'www.cwi.nl', 80", "www.cwi.nl 80"},
		{"'www.cwi.nl:'", "www.cwi.nl 80"},
		{"'h:+81'", "h 81"},
		{"'h: 81'", "h 81"},
		{"'h:0081 '", "h 81"},
		{"'h', '81'", "h 81"},
		{"'h:1', '2'", "h:1 2"},
		{"'[::1]'", "::1 80"},
		{"'[::1]:8080'", "::1 8080"},
		{"'[::1]:'", "::1 80"},
		{"'::1', 81", "::1 81"},
		{"'[fe80::1%eth0]:80'", "fe80::1%eth0 80"},
		{"'::1]'", "::1] 80"},
		{"'[::1]x'", "[::1]x 80"},
		{"'[example]'", "example 80"},
		{"'user:pw@h:80'", "user:pw@h 80"},
		{"''", " 80"},
		{"':80'", " 80"},
		{"'a/b'", "a/b 80"},
		{"'b\u00fccher'", bad + `URL can't contain control characters. 'b\xc3\xbccher' (found at least '\xc3')`},
		{"'\u65e5\u672c', 80", bad + `URL can't contain control characters. '\xe6\x97\xa5\xe6\x9c\xac' (found at least '\xe6')`},
		{"'xn--bcher-kva'", "xn--bcher-kva 80"},
		{"b'h:81'", "h 81"},
		// D15
		{"'[::1]', 81", "::1 81"},
		{"'::1'", bad + "an IPv6 address wants brackets: '[::1]'"},
		{"'h:0'", bad + "port out of range 1 to 65535: 0"},
		{"'h:-1'", bad + "port out of range 1 to 65535: -1"},
		{"'h:99999'", bad + "port out of range 1 to 65535: 99999"},
		{"'h', 65536", bad + "port out of range 1 to 65535: 65536"},
		// refused by 2.7 too
		{"'h:abc'", bad + "nonnumeric port: 'abc'"},
		{"'h:80L'", bad + "nonnumeric port: '80L'"},
		{"'user:password@www.python.org'", bad + "nonnumeric port: 'password@www.python.org'"},
		{"'http://x/'", bad + "nonnumeric port: '//x/'"},
		{"'a b'", bad + "URL can't contain control characters. 'a b' (found at least ' ')"},
		{`'a\r\nb'`, bad + `URL can't contain control characters. 'a\r\nb' (found at least '\r')`},
		{"'x'*254", bad + "host name of 254 bytes"},
		{"None", "AttributeError: 'NoneType' object has no attribute 'rfind'"},
		{"5", "AttributeError: 'int' object has no attribute 'rfind'"},
		{"", "TypeError: __init__() takes at least 2 arguments (1 given)"},
	}
	for _, tt := range tests {
		v, err := starlark.EvalOptions(options, new(starlark.Thread), "", "HTTPConnection("+tt.args+")", Module().Members)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			c := v.(*HTTPConnection)
			got = c.host + " " + py.Str(c.port)
		}
		if got != tt.want && (err == nil || len(got) < len(tt.want) || got[:len(tt.want)] != tt.want) {
			t.Errorf("HTTPConnection(%s) = %s; want %s", tt.args, got, tt.want)
		}
	}
}

func TestHostField(t *testing.T) {
	tests := []struct {
		class, args, url, want string
	}{
		{"HTTPConnection", "'example.com'", "/", "example.com"},
		{"HTTPConnection", "'example.com', 8080", "/", "example.com:8080"},
		{"HTTPConnection", "'example.com', '80'", "/", "example.com:80"},
		{"HTTPConnection", "'example.com', 443", "/", "example.com:443"},
		{"HTTPConnection", "'[2001::]:81'", "/foo", "[2001::]:81"},
		{"HTTPConnection", "'[2001:102A::]'", "/foo", "[2001:102A::]"},
		{"HTTPConnection", "'[::1]', 81", "/", "[::1]:81"},
		{"HTTPConnection", "''", "/", ""},
		{"HTTPConnection", "'user:pw@h:80'", "/", "h"}, // D18
		{"HTTPConnection", "'h'", "http://other.org/x", "other.org"},
		{"HTTPConnection", "'h'", "http://other.org:80/x", "other.org:80"},
		{"HTTPConnection", "'h'", "http://u:p@other.org/x", "other.org"}, // D18
		{"HTTPConnection", "'h'", "http+unix://sock/x", "sock"},
		{"HTTPConnection", "'h'", "HTTP://other.org/x", "h"},
		{"HTTPConnection", "'h'", "http:///x", "h"},
		{"HTTPConnection", "'h'", "http:", "h"},
		{"HTTPConnection", "'h'", "httpfoo", "h"},
		{"HTTPConnection", "'h'", "//evil/x", "h"},
		{"HTTPConnection", "'h'", "ftp://x/y", "h"},
	}
	for _, tt := range tests {
		sock := &fakeSocket{}
		mustRun(t, "c = httplib."+tt.class+"("+tt.args+")\nc.sock = sock\nc.putrequest('GET', '"+tt.url+"', 0, 1)\nc.endheaders()",
			starlark.StringDict{"sock": sock.value()})
		want := "GET " + tt.url + " HTTP/1.1\r\nHost: " + tt.want + "\r\n\r\n"
		if len(sock.sent) != 1 || sock.sent[0] != want {
			t.Errorf("%s(%s) GET %s sends %q; want %q", tt.class, tt.args, tt.url, sock.sent, want)
		}
	}
	_, err := run(t, "c = httplib.HTTPConnection('h')\nc.putrequest('GET', 'http://[x/')", nil)
	if err == nil || err.Error() != "ValueError: Invalid IPv6 URL" {
		t.Errorf("an unbalanced bracket: %v; want ValueError", err)
	}
}
