package urlopenmod_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.uber.org/goleak"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/urlopenmod"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve answers the requests of the tests.
func serve(w http.ResponseWriter, r *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "echo":
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		fmt.Fprintf(w, "%s %s %s %q %s:%s", r.Proto, r.Method, r.RequestURI, body, user, password)
	case "to":
		w.Header().Set("Location", rest)
		w.WriteHeader(301)
	case "short":
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "only this")
	default:
		libtest.Site(w, r)
	}
}

// start starts a server, to which all connections go, and returns a thread with what scripts find.
// The last host that was dialled goes to dialled.
func start(t *testing.T, env map[string]string, dialled *string) (*starlark.Thread, *host.Host, starlark.StringDict) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(serve))
	t.Cleanup(server.Close)
	dial := libtest.DialTo(server)
	names := make([]string, 0, len(env))
	for name := range env {
		names = append(names, name)
	}
	thread, h := libtest.Thread(t, host.Host{
		Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
			*dialled = d.Host
			if d.Host == "nowhere" {
				return nil, &net.DNSError{Err: "no such host", Name: d.Host, IsNotFound: true}
			}
			return dial(ctx, d)
		},
		Environ: func() []string { return names },
		Getenv:  func(name string) (string, bool, error) { v, ok := env[name]; return v, ok, nil },
	})
	return thread, h, starlark.StringDict{"urllib": urlopenmod.Module(), "open": filemod.Builtin, "DIR": starlark.String(t.TempDir())}
}

// TestOpen has one opener's lines at a time. What is wanted is what CPython gives.
func TestOpen(t *testing.T) {
	proxied := map[string]string{"http_proxy": "http://joe:pw@proxy:3128/", "no_proxy": "inside.org, .near.org"}
	for _, tt := range []struct {
		name, lines, want string
		env               map[string]string
		dialled           string // the host, unless it is ""
	}{
		{name: "get", lines: "urllib.urlopen('http://h/echo?a=b c').read()", want: `'HTTP/1.0 GET /echo?a=b%20c "" :'`},
		{name: "post", lines: "urllib.urlopen('http://h/echo', 'a=1').read()", want: `'HTTP/1.0 POST /echo "a=1" :'`},
		{name: "password", lines: "urllib.urlopen('http://joe:a%20b@h/echo').read()", want: `'HTTP/1.0 GET /echo "" joe:a b'`},
		{name: "head", lines: "r = urllib.urlopen('http://h/ok')\n[r.getcode(), r.geturl(), r.info()['content-length'], r.code, r.url]",
			want: "[200, 'http://h/ok', '5', 200, 'http://h/ok']"},
		{name: "status", lines: "r = urllib.urlopen('http://h/status/404')\n[r.getcode(), r.read()]", want: "[404, 'body of 404']"},
		{name: "status, strictly", lines: "urllib.URLopener().open('http://h/status/404')", want: "! IOError: \"('http error', 404, 'Not Found', "},
		{name: "challenge", lines: "urllib.urlopen('http://h/status/401')", want: "! IOError: \"('http error', 401, 'Unauthorized', "},
		{name: "file", lines: "urllib.urlopen('/etc/passwd')", want: "! IOError: "},
		{name: "file URL", lines: "urllib.urlopen('file:///etc/passwd')", want: "! IOError: "},
		{name: "ftp", lines: "urllib.urlopen('ftp://h/x')", want: "! IOError: "},
		{name: "unknown scheme", lines: "urllib.urlopen('gopher://h/x')", want: "! IOError: \"[Errno url error] unknown url type: 'gopher'\""},
		{name: "no host", lines: "urllib.urlopen('http:///x')", want: "! IOError: '[Errno http error] no host given'"},
		{name: "no such host", lines: "urllib.urlopen('http://nowhere/')", want: "! IOError: '[Errno socket error] "},

		{name: "redirects", lines: "urllib.urlopen('http://h/count/9').geturl()", want: "'http://h/count/0'"},
		{name: "too many redirects", lines: "r = urllib.urlopen('http://h/count/30')\n[r.getcode(), r.read()]", want: "[500, '']"},
		{name: "redirect to a file", lines: "urllib.urlopen('http://h/to/file:///etc/passwd')", want: "! IOError: "},

		{name: "proxy", lines: "urllib.urlopen('http://h/echo').read()", want: `'HTTP/1.0 GET http://h/echo "" :'`, env: proxied, dialled: "proxy"},
		{name: "no proxy for a domain", lines: "urllib.urlopen('http://www.near.org/echo').read()", want: `'HTTP/1.0 GET http://www.near.org/echo "" :'`, env: proxied, dialled: "www.near.org"},
		{name: "no proxy for a host", lines: "urllib.urlopen('http://inside.org/echo').read()", want: `'HTTP/1.0 GET http://inside.org/echo "" :'`, env: proxied, dialled: "inside.org"},
		{name: "no_proxy is not there", lines: "urllib.urlopen('http://none/echo').read()", want: `'HTTP/1.0 GET http://none/echo "" :'`,
			env: map[string]string{"http_proxy": "http://proxy:3128/"}, dialled: "proxy"},
		{name: "no proxy for any", lines: "urllib.urlopen('http://h/echo').read()", want: `'HTTP/1.0 GET http://h/echo "" :'`,
			env: map[string]string{"http_proxy": "http://proxy:3128/", "no_proxy": "*"}, dialled: "h"},
		{name: "own proxies", lines: "urllib.urlopen('http://h/echo', None, {}).read()", want: `'HTTP/1.0 GET /echo "" :'`, env: proxied},
		{name: "getproxies", lines: "urllib.getproxies()", want: "{'http': 'http://joe:pw@proxy:3128/', 'no': 'inside.org, .near.org'}", env: proxied},
		{name: "bypass", lines: "[urllib.proxy_bypass(h) for h in ['inside.org', 'a.near.org', 'far.org']]", want: "[1, 1, 0]", env: proxied},

		{name: "read in parts", lines: "r = urllib.urlopen('http://h/lines')\n[r.read(2), r.readline(), r.readline(2), r.read(), r.read(), r.readline()]",
			want: "['on', 'e\\n', 'tw', 'o\\nthree', '', '']"},
		{name: "lines", lines: "urllib.urlopen('http://h/lines').readlines()", want: "['one\\n', 'two\\n', 'three']"},
		{name: "loop", lines: "[l for l in urllib.urlopen('http://h/lines')]", want: "['one\\n', 'two\\n', 'three']"},
		{name: "closed", lines: "r = urllib.urlopen('http://h/lines')\nr.close()\nr.close()\nr.readline()", want: "! TypeError: \"'NoneType' object is not callable\""},
		{name: "frozen", lines: "r = urllib.urlopen('http://h/lines')\nFREEZE r\nr.read()", want: "! TypeError: 'cannot read from frozen addinfourl'"},

		{name: "retrieve", lines: "f, h = urllib.urlretrieve('http://h/ok', DIR + '/x')\n[open(f).read(), h['content-length']]", want: "['hello', '5']"},
		{name: "retrieve with a hook", lines: "calls = []\nr = urllib.urlretrieve('http://h/ok', DIR + '/x', lambda *a: calls.append(a))\ncalls",
			want: "[(0, 8192, 5), (1, 8192, 5)]"},
		{name: "retrieve too little", lines: "urllib.urlretrieve('http://h/short', DIR + '/x')",
			want: "! urllib.ContentTooShortError: 'retrieval incomplete: got only 9 out of 100 bytes'"},
		{name: "retrieve to nowhere", lines: "urllib.urlretrieve('http://h/ok')", want: "! "},
	} {
		var dialled string
		thread, h, globals := start(t, tt.env, &dialled)
		got := ""
		for _, line := range strings.Split(tt.lines, "\n") {
			if name, ok := strings.CutPrefix(line, "FREEZE "); ok {
				globals[name].Freeze()
				continue
			}
			got = libtest.Eval(thread, globals, line)
		}
		if got != tt.want+"\n" && (!strings.HasPrefix(tt.want, "! ") || !strings.HasPrefix(got, tt.want)) {
			t.Errorf("%s: %s\ngot  %swant %s", tt.name, tt.lines, got, tt.want)
		}
		if tt.dialled != "" && dialled != tt.dialled {
			t.Errorf("%s: dialled %s; want %s", tt.name, dialled, tt.dialled)
		}
		h.Resources.Close()
	}
}
