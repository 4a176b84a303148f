package testservermod

import (
	"strings"
	"testing"
)

// TestBadArguments checks that what is wrong is named.
func TestBadArguments(t *testing.T) {
	r := newRig(t)
	for _, tt := range []struct{ call, want string }{
		{`start(5)`, "TypeError: routes: want a string, a dict"},
		{`start({5: "x"})`, "TypeError: routes: a key is a string such as '/path' or 'GET /path', not int"},
		{`start({"": "x"})`, "ValueError: route '': want '/path', 'METHOD /path', or either with a * at the end"},
		{`start({"index.html": "x"})`, "ValueError: route 'index.html': want"},
		{`start({" /": "x"})`, "ValueError: route ' /': want"},
		{`start({"GET  /": "x"})`, "ValueError: route 'GET  /': want"},
		{`start({"GET x": "x"})`, "ValueError: route 'GET x': want"},
		{`start({"/a*b": "x"})`, "ValueError: route '/a*b': want"},
		{`start({"/a?b": "x"})`, "ValueError: route '/a?b': a route is matched against the path alone, without query and fragment"},
		{`start({"/a": 5})`, "TypeError: route '/a': want a string, a dict with status, reason, headers or body, testserver.raw(...) or another fault, or a function, not int"},
		{`start({"/a": None})`, "TypeError: route '/a': want a string"},
		{`start({"GET /a": {"stauts": 1}})`, "ValueError: route 'GET /a': unknown key 'stauts'; a response has status, reason, headers and body"},
		{`start({"/a": {5: 1}})`, "ValueError: route '/a': unknown key 5"},
		{`start({"/a": {"status": "200"}})`, "TypeError: route '/a': status: want an int, not str"},
		{`start({"/a": {"status": 100}})`, "ValueError: route '/a': status: want 200 to 999, not 100; use testserver.raw for others"},
		{`start({"/a": {"status": 1 << 99}})`, "ValueError: route '/a': status: want 200 to 999"},
		{`start({"/a": {"reason": 1}})`, "TypeError: route '/a': reason: want a string, not int"},
		{`start({"/a": {"reason": "a\nb"}})`, "ValueError: route '/a': reason: 'a\\nb' has a line end or a NUL"},
		{`start({"/a": {"headers": "x"}})`, "TypeError: route '/a': headers: want a dict or a list of pairs, not str"},
		{`start({"/a": {"headers": ["ab"]}})`, "TypeError: route '/a': headers: want pairs of name and value, not 'ab'"},
		{`start({"/a": {"headers": [("a",)]}})`, "TypeError: route '/a': headers: want pairs of name and value, not ('a',)"},
		{`start({"/a": {"headers": {5: "x"}}})`, "TypeError: route '/a': headers: want names as strings, not int"},
		{`start({"/a": {"headers": {"X": None}}})`, "TypeError: route '/a': headers: want the value of 'X' as a string or an int, not NoneType"},
		{`start({"/a": {"headers": {"X Y": ""}}})`, "ValueError: route '/a': headers: 'X Y' is no header name"},
		{`start({"/a": {"headers": {"": ""}}})`, "ValueError: route '/a': headers: '' is no header name"},
		{`start({"/a": {"headers": {"X": "a\r\nb"}}})`, "ValueError: route '/a': headers: the value of 'X' has a line end or a NUL"},
		{`start({"/a": {"body": 5}})`, "TypeError: route '/a': body: want a string, or a list of strings to send as chunks, not int"},
		{`start({"/a": {"body": [5]}})`, "TypeError: route '/a': body: want pieces as strings, not int"},
		{`start({"/a": {"status": 204, "body": "x"}})`, "ValueError: route '/a': a response with status 204 has no body"},
		{`start(tls=1)`, "TypeError: tls: want a bool or a string, not int"},
		{`start(tls="bad")`, "ValueError: tls: want True, False, 'self-signed', 'expired' or 'wrong-name', not 'bad'"},
		{`start(client_ca=True)`, "ValueError: client_ca: only a server with tls asks for certificates"},
		{`start(tls=True, client_ca=5)`, "TypeError: client_ca: want True or PEM text, not int"},
		{`start(tls=True, client_ca="x")`, "ValueError: client_ca: no certificate in the text"},
		{`start(tls=True, names=["\u00e4.test"])`, "ValueError: names: no certificate can be made"},
		{`start(names="a:1")`, "TypeError: names: want a list of strings such as 'www.python.org:443', not str"},
		{`start(names=[5])`, "TypeError: names: want strings such as 'www.python.org:443', not int"},
		{`start(names=["a:b"])`, "ValueError: names: want 'host:port', not 'a:b'"},
		{`start(names=["a:0"])`, "ValueError: names: want 'host:port', not 'a:0'"},
		{`start(names=["a:70000"])`, "ValueError: names: want 'host:port', not 'a:70000'"},
		{`start(names=[":80"])`, "ValueError: names: want 'host:port', not ':80'"},
		{`start(names=["*.a:80"])`, "ValueError: names: want 'host:port', not '*.a:80'"},
		{`start(names=["a:b:80"])`, "ValueError: names: want 'host:port', not 'a:b:80'"},
		{`start(timeout=0)`, "ValueError: timeout: want 0.001 to 86400 seconds, not 0"},
		{`start(timeout=-1)`, "ValueError: timeout: want 0 to 1000000000 seconds, not -1"},
		{`start(timeout="1")`, "TypeError: start: for parameter \"timeout\": a float is required"},
		{`start(max_body=-1)`, "ValueError: max_body: want 0 to 2147483647 bytes, not -1"},
		{`start(nothing=1)`, "TypeError: start: unexpected keyword argument \"nothing\""},
		{`raw()`, "TypeError: raw: missing argument for data"},
		{`raw(5)`, "TypeError: raw: for parameter data: got int, want str"},
		{`delay(-1, "x")`, "ValueError: delay: want 0 to 1000000000 seconds, not -1"},
		{`delay(float("nan"), "x")`, "ValueError: delay: want 0 to 1000000000 seconds, not nan"},
		{`delay(1, 5)`, "TypeError: delay: want a string"},
		{`delay("x", "x")`, "TypeError: delay: for parameter seconds: a float is required"},
		{`drip("x", 0)`, "ValueError: drip: want at least one byte at a time, not 0"},
		{`drip("x", 1, -1)`, "ValueError: drip: want 0 to 1000000000 seconds"},
		{`drip(None)`, "TypeError: drip: want a string"},
		{`reset(-1)`, "ValueError: reset: want after as a number of bytes, not -1"},
		{`reset(None)`, "TypeError: reset: want after as a string or a number of bytes, not NoneType"},
		{`reset("x", "y")`, "TypeError: reset: want after as a number of bytes of the response, not str"},
		{`reset(1, 5)`, "TypeError: reset: want a string"},
		{`proxy(auth=5)`, "TypeError: auth: want 'name:password', not int"},
		{`proxy(auth="x")`, "ValueError: auth: want 'name:password', not 'x'"},
		{`proxy(names=5)`, "TypeError: names: want a list"},
		{`proxy(timeout=-1)`, "ValueError: timeout: want"},
	} {
		err := r.exec("testserver." + tt.call)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.call, err, tt.want)
		}
	}
	if n := r.host.Resources.Len(); n != 0 {
		t.Errorf("%d resources open after refusals", n)
	}
}

func TestFaultValues(t *testing.T) {
	r := newRig(t)
	r.run(`
f = testserver.raw("x")
for i in range(15):
    f = testserver.delay(0, f)
`)
	if got, want := r.eval("[str(testserver.raw('')), str(f), type(f), bool(f)]"), "['<testserver.raw>', '<testserver.delay>', 'testserver.response', True]"; got != want {
		t.Errorf("faults = %s; want %s", got, want)
	}
	for _, call := range []string{"delay(0, f)", "drip(f)", "reset(1, f)"} {
		if err := r.exec("testserver." + call); err == nil || !strings.Contains(err.Error(), "more than 16 faults within each other") {
			t.Errorf("%s = %v; want a refusal", call, err)
		}
	}
	if err := r.exec("{f: 1}"); err == nil || !strings.Contains(err.Error(), "unhashable type: testserver.response") {
		t.Errorf("a fault as a key = %v", err)
	}
	r.globals["f"].Freeze()
}

// TestFind checks which of several routes answers.
func TestFind(t *testing.T) {
	r := newRig(t)
	s := r.start(`{
		"*": "all", "DELETE *": "delete all",
		"/a": "a", "GET /a": "get a", "HEAD /a": "head a",
		"/a*": "a prefix", "/a/b/*": "long prefix", "POST /a/*": "post prefix",
		"GET /only": "x", "CONNECT h:80": "tunnel",
	}`)
	text := func(a answer) string {
		if a == nil {
			return ""
		}
		return string(a.(*message).body)
	}
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/a", "get a"},
		{"HEAD", "/a", "head a"},
		{"POST", "/a", "a"},
		{"DELETE", "/a", "a"},
		{"GET", "/ab", "a prefix"},
		{"GET", "/a/", "a prefix"},
		{"POST", "/a/", "post prefix"},
		{"POST", "/a/b/c", "long prefix"},
		{"GET", "/a/b/", "long prefix"},
		{"GET", "/a/b", "a prefix"},
		{"GET", "/", "all"},
		{"DELETE", "/x", "delete all"},
		{"HEAD", "/only", "x"},
		{"POST", "/only", "all"},
		{"OPTIONS", "*", "all"},
		{"CONNECT", "h:80", "tunnel"},
		{"CONNECT", "h:81", "all"},
	} {
		if a, _ := s.routes.find(tt.method, tt.path); text(a) != tt.want {
			t.Errorf("find(%q, %q) = %q; want %q", tt.method, tt.path, text(a), tt.want)
		}
	}
}

// TestNoRoute has helpful refusals.
func TestNoRoute(t *testing.T) {
	r := newRig(t)
	s := r.start(`{"POST /b": "b", "PUT /b": "b", "/a": "a"}`)
	wantText(t, "404", r.ask(s, "GET /c HTTP/1.1"),
		"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 49\r\nConnection: close\r\n\r\nno route for GET /c; routes: /a, POST /b, PUT /b\n")
	wantText(t, "405", r.ask(s, "GET /b HTTP/1.1"),
		"HTTP/1.1 405 Method Not Allowed\r\nAllow: POST, PUT\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 44\r\nConnection: close\r\n\r\nno route for GET /b; its methods: POST, PUT\n")
	s = r.start("")
	if got := r.ask(s, "GET / HTTP/1.1"); !strings.HasSuffix(got, "no route for GET /; routes: none\n") {
		t.Errorf("a server without routes: %q", got)
	}
	r.run(`many = testserver.start({"/%d" % i: "x" for i in range(60)})`)
	if got := r.ask(r.globals["many"].(*server), "GET / HTTP/1.1"); !strings.HasSuffix(got, ", …\n") {
		t.Errorf("a server with many routes: %q", got)
	}
}
