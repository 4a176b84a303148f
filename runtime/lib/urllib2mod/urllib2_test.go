package urllib2mod_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.uber.org/goleak"

	"starwire/httplibmod"
	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/urllib2mod"
	"starwire/runtime/lib/urlopenmod"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve answers the requests of the tests.
func serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	first, rest, _ := strings.Cut(path, "/")
	redirect := func(code int, to string) {
		if to != "" {
			w.Header().Set("Location", to)
		}
		w.WriteHeader(code)
	}
	switch first {
	case "echo":
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %q %s %s", r.Method, r.RequestURI, body, r.Header.Get("Content-Type"), r.Header.Get("X-Own"))
	case "near":
		redirect(301, "ok")
	case "loop":
		redirect(302, "/loop")
	case "to": // to/307/echo
		var code int
		at, target, _ := strings.Cut(rest, "/")
		fmt.Sscan(at, &code)
		redirect(code, target)
	case "basic":
		if user, password, ok := r.BasicAuth(); !ok || user != "joe" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
			w.WriteHeader(401)
			return
		}
		io.WriteString(w, "welcome")
	case "digest":
		if auth := r.Header.Get("Authorization"); !strings.HasPrefix(auth, "Digest ") || !strings.Contains(auth, `username="joe"`) {
			w.Header().Set("WWW-Authenticate", `Digest realm="here", nonce="abc", qop="auth"`)
			w.WriteHeader(401)
			return
		}
		io.WriteString(w, "welcome")
	case "cookie":
		if c, err := r.Cookie("id"); err == nil {
			io.WriteString(w, "seen "+c.Value)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "7"})
	default:
		libtest.Site(w, r)
	}
}

// start starts a server, to which all connections go, and returns a thread with what scripts find.
func start(t *testing.T, h host.Host, handler http.HandlerFunc) (*starlark.Thread, *host.Host, starlark.StringDict) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	if h.Dial == nil {
		h.Dial = libtest.DialTo(server)
	}
	thread, attached := libtest.Thread(t, h)
	return thread, attached, starlark.StringDict{
		"urllib2": urllib2mod.Module(), "urllib": urlopenmod.Module(), "httplib": httplibmod.NewRunModule(attached),
	}
}

const looped = "The HTTP server returned a redirect error that would lead to an infinite loop.\\nThe last 30x error message was:\\nFound"

// TestOpen has one opener's lines at a time. What is wanted is what CPython gives.
func TestOpen(t *testing.T) {
	for _, tt := range []struct {
		name, lines, want string
	}{
		{"get", "urllib2.urlopen('http://h/ok').read()", "'hello'"},
		{"status and url", "r = urllib2.urlopen('http://h/ok'); (r.code, r.msg, r.geturl(), r.getcode(), r.info().getheader('content-length'))",
			"(200, 'OK', 'http://h/ok', 200, '5')"},
		{"post", "urllib2.urlopen('http://h/echo', 'a=1').read()", "'POST /echo \"a=1\" application/x-www-form-urlencoded '"},
		{"request", "urllib2.urlopen(urllib2.Request('http://h/echo?q', 'x', {'X-own': 'y', 'Content-type': 't/p'})).read()",
			"'POST /echo?q \"x\" t/p y'"},
		{"get_method", "r = urllib2.Request('http://h/echo')\nr.get_method = lambda: 'PUT'\nurllib2.urlopen(r).read()", "'PUT /echo \"\"  '"},
		{"not found", "urllib2.urlopen('http://h/status/404')", "! urllib2.HTTPError: 'HTTP Error 404: Not Found'"},
		{"server error", "urllib2.urlopen('http://h/status/500')", "! urllib2.HTTPError: 'HTTP Error 500: Internal Server Error'"},
		{"not modified", "urllib2.urlopen('http://h/status/304')", "! urllib2.HTTPError: 'HTTP Error 304: Not Modified'"},
		{"created", "urllib2.urlopen('http://h/status/201').code", "201"},
		{"unknown scheme", "urllib2.urlopen('gopher://h/')", "! urllib2.URLError: '<urlopen error unknown url type: gopher>'"},
		{"no scheme", "urllib2.urlopen('h/ok')", "! ValueError: 'unknown url type: h/ok'"},
		{"no host", "urllib2.urlopen('http:///ok')", "! urllib2.URLError: '<urlopen error no host given>'"},

		{"redirects", "urllib2.urlopen('http://h/count/10').geturl()", "'http://h/count/0'"},
		{"too many redirects", "urllib2.urlopen('http://h/count/11')", "! urllib2.HTTPError: 'HTTP Error 302: " + looped + "'"},
		{"redirect loop", "urllib2.urlopen('http://h/loop')", "! urllib2.HTTPError: 'HTTP Error 302: " + looped + "'"},
		{"relative redirect", "urllib2.urlopen('http://h/near').read()", "'hello'"},
		{"redirect of a post", "urllib2.urlopen('http://h/to/303//echo', 'body').read()", "'GET /echo \"\"  '"},
		{"307 of a get", "urllib2.urlopen('http://h/to/307//ok').read()", "'hello'"},
		{"307 of a post", "urllib2.urlopen('http://h/to/307//ok', 'body')", "! urllib2.HTTPError: 'HTTP Error 307: Temporary Redirect'"},
		{"redirect to a file", "urllib2.urlopen('http://h/to/302/file:///etc/passwd')",
			"! urllib2.HTTPError: \"HTTP Error 302: Found - Redirection to url 'file:///etc/passwd' is not allowed\""},
		{"redirect nowhere", "urllib2.urlopen('http://h/to/302/')", "! urllib2.HTTPError: 'HTTP Error 302: Found'"},

		{"no password", "urllib2.urlopen('http://h/basic')", "! urllib2.HTTPError: 'HTTP Error 401: Unauthorized'"},
		{"password", "a = urllib2.HTTPBasicAuthHandler()\na.add_password('here', 'http://h/', 'joe', 'secret')\n" +
			"urllib2.build_opener(a).open('http://h/basic').read()", "'welcome'"},
		{"wrong password", "a = urllib2.HTTPBasicAuthHandler()\na.add_password('here', 'http://h/', 'joe', 'wrong')\n" +
			"urllib2.build_opener(a).open('http://h/basic')", "! urllib2.HTTPError: 'HTTP Error 401: Unauthorized'"},
		{"other realm", "a = urllib2.HTTPBasicAuthHandler()\na.add_password('there', 'http://h/', 'joe', 'secret')\n" +
			"urllib2.build_opener(a).open('http://h/basic')", "! urllib2.HTTPError: 'HTTP Error 401: Unauthorized'"},
		{"any realm", "p = urllib2.HTTPPasswordMgrWithDefaultRealm()\np.add_password(None, 'h', 'joe', 'secret')\n" +
			"urllib2.build_opener(urllib2.HTTPBasicAuthHandler(p)).open('http://h/basic').read()", "'welcome'"},
		{"digest", "a = urllib2.HTTPDigestAuthHandler()\na.add_password('here', 'http://h/', 'joe', 'secret')\n" +
			"urllib2.build_opener(a).open('http://h/digest').read()", "'welcome'"},
		{"wrong digest", "a = urllib2.HTTPDigestAuthHandler()\na.add_password('here', 'http://h/', 'jim', 'secret')\n" +
			"urllib2.build_opener(a).open('http://h/digest')", "! urllib2.HTTPError: 'HTTP Error 401: digest auth failed'"},
		{"cookies", "o = urllib2.build_opener(urllib2.HTTPCookieProcessor())\no.open('http://h.org/cookie').read()\no.open('http://h.org/cookie').read()", "'seen 7'"},

		{"proxy", "urllib2.build_opener(urllib2.ProxyHandler({'http': 'http://proxy:3128'})).open('http://h/echo').read()", "'GET http://h/echo \"\"  '"},
		{"own handler", "h = urllib2.BaseHandler()\nh.my_open = lambda req: 'mine ' + req.get_full_url()\nurllib2.build_opener(h).open('my:x')", "'mine my:x'"},
		{"replaced handler", "h = urllib2.HTTPRedirectHandler()\nh.http_error_302 = lambda req, fp, code, msg, hdrs: fp\nurllib2.build_opener(h).open('http://h/loop').code", "302"},
		{"no handlers", "urllib2.OpenerDirector().open('http://h/ok')", ""},
		{"not a handler", "urllib2.build_opener(5)", "! TypeError: \"expected BaseHandler instance, got <type 'int'>\""},

		{"read in parts", "r = urllib2.urlopen('http://h/lines')\n[r.read(2), r.readline(), r.readline(2), r.read(), r.read(), r.readline()]",
			"['on', 'e\\n', 'tw', 'o\\nthree', '', '']"},
		{"lines", "urllib2.urlopen('http://h/lines').readlines()", "['one\\n', 'two\\n', 'three']"},
		{"some lines", "r = urllib2.urlopen('http://h/lines')\n[r.readlines(4), r.readlines(1), r.readlines()]", "[['one\\n'], ['two\\n'], ['three']]"},
		{"loop", "[l for l in urllib2.urlopen('http://h/lines')]", "['one\\n', 'two\\n', 'three']"},
		{"next", "r = urllib2.urlopen('http://h/lines')\n[r.next(), r.next(), r.next()]", "['one\\n', 'two\\n', 'three']"},
		{"next after the end", "urllib2.urlopen('http://h/empty').next()", "! StopIteration: ''"},
		{"nothing", "r = urllib2.urlopen('http://h/empty')\n[r.read(), r.read(5), r.readlines()]", "['', '', []]"},
		{"closed", "r = urllib2.urlopen('http://h/lines')\nr.close()\nr.close()\nr.read()", "! TypeError: \"'NoneType' object is not callable\""},
	} {
		thread, h, globals := start(t, host.Host{}, serve)
		got := ""
		lines := strings.Split(tt.lines, "\n")
		for i, line := range lines {
			if before, last, ok := strings.Cut(line, "; "); ok && i == len(lines)-1 {
				libtest.Eval(thread, globals, before)
				line = last
			}
			got = libtest.Eval(thread, globals, line)
		}
		if got != tt.want+"\n" && got != tt.want {
			t.Errorf("%s: %s\ngot  %swant %s", tt.name, tt.lines, got, tt.want)
		}
		h.Resources.Close()
	}
}

// TestRefused: what the run was not granted is a PermissionError, whatever handler asks.
func TestRefused(t *testing.T) {
	refused := host.Host{Dial: func(_ context.Context, d host.DialRequest) (net.Conn, error) {
		return nil, &host.PermissionError{Action: "connect to", Target: d.Host, Grant: "--allow-net=" + d.Host}
	}}
	for _, line := range []string{
		"urllib2.urlopen('http://h/')",
		"urllib2.build_opener(urllib2.ProxyHandler({'http': 'http://proxy:1'})).open('http://h/')",
		"urllib.urlopen('http://h/')",
	} {
		thread, _, globals := start(t, refused, serve)
		_, err := starlark.EvalOptions(libtest.Options, thread, "x", line, globals)
		var denied *host.PermissionError
		if !errors.As(err, &denied) {
			t.Errorf("%s: %v; want a PermissionError", line, err)
		}
	}
}

// TestCanceled: a read that waits ends with the run.
func TestCanceled(t *testing.T) {
	for _, line := range []string{"urllib2.urlopen('http://h/').read()", "urllib.urlopen('http://h/').readline()", "[l for l in urllib2.urlopen('http://h/')]"} {
		begun := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			close(begun)
			<-r.Context().Done()
		}))
		ctx, cancel := context.WithCancelCause(context.Background())
		thread := new(starlark.Thread)
		attached := host.Attach(thread, ctx, host.Host{
			Dial:  libtest.DialTo(server),
			Raise: func(_ *starlark.Thread, err error) { thread.Cancel(err.Error()) },
		})
		done := make(chan error, 1)
		go func() {
			_, err := starlark.EvalOptions(libtest.Options, thread, "x", line, starlark.StringDict{"urllib2": urllib2mod.Module(), "urllib": urlopenmod.Module()})
			done <- err
		}()
		<-begun
		cancel(context.Canceled)
		if err := <-done; err == nil {
			t.Errorf("%s: no error after the run was cancelled", line)
		}
		attached.Resources.Close()
		server.CloseClientConnections()
		server.Close()
	}
}

// TestReadLimit: what a server sends is counted.
func TestReadLimit(t *testing.T) {
	thread, h, globals := start(t, host.Host{Budget: &host.Budget{}}, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, strings.Repeat("x", 100_000))
	})
	h.Budget.ReadLimit = 50_000
	_, err := starlark.EvalOptions(libtest.Options, thread, "x", "urllib2.urlopen('http://h/').read()", globals)
	if err == nil || !strings.Contains(err.Error(), "--max-read") {
		t.Errorf("100,000 bytes of 50,000 allowed: %v; want a LimitError", err)
	}
}
