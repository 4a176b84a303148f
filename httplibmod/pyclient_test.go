package httplibmod

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// TestClientConstants is what http.client has beyond httplib, and the phrases
// CPython 3.13 gives the codes that had none.
func TestClientConstants(t *testing.T) {
	client := HTTPModule().Members["client"].(starlark.HasAttrs)
	for name, want := range map[string]string{
		"PERMANENT_REDIRECT": "308 Permanent Redirect", "IM_A_TEAPOT": "418 I'm a Teapot", "TOO_EARLY": "425 Too Early",
		"PRECONDITION_REQUIRED": "428 Precondition Required", "TOO_MANY_REQUESTS": "429 Too Many Requests",
		"REQUEST_HEADER_FIELDS_TOO_LARGE": "431 Request Header Fields Too Large", "UNAVAILABLE_FOR_LEGAL_REASONS": "451 Unavailable For Legal Reasons",
		"VARIANT_ALSO_NEGOTIATES": "506 Variant Also Negotiates", "LOOP_DETECTED": "508 Loop Detected",
		"NETWORK_AUTHENTICATION_REQUIRED": "511 Network Authentication Required", "MULTI_STATUS": "207 Multi-Status", "OK": "200 OK",
	} {
		code, err := client.Attr(name)
		if err != nil || code == nil {
			t.Errorf("http.client.%s: %v, %v", name, code, err)
			continue
		}
		responses, _ := client.Attr("responses")
		phrase, _, _ := responses.(*starlark.Dict).Get(code)
		if got := code.String() + " " + py.Str(phrase); got != want {
			t.Errorf("http.client.%s = %s; want %s", name, got, want)
		}
		if name == "OK" || name == "MULTI_STATUS" {
			continue
		}
		if Module().Members[name] != nil {
			t.Errorf("httplib.%s exists, which 2.7 does not have", name)
		}
	}
}

func TestClientResponse(t *testing.T) {
	chunked := "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n6\r\ntwo\nth\r\n3\r\nree\r\n0\r\n\r\n"
	plain := "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\none\ntwo\nthree"
	tests := []struct{ data, script, want string }{
		{plain, "show([l for l in r], r.closed)", "['one\\n', 'two\\n', 'three'] True"},
		{chunked, "show([l for l in r], r.closed)", "['one\\n', 'two\\n', 'three'] True"},
		{plain, "show(r.readline(), r.readline(2), r.readline(), r.readlines(), r.readline())", "'one\\n' 'tw' 'o\\n' ['three'] ''"},
		{plain, "show(r.readlines(4), r.readlines(0))", "['one\\n'] ['two\\n', 'three']"},
		{plain, "show(r.peek()[:3], r.read(3), r.closed, r.getcode(), r.headers == r.msg, r.info() == r.msg)", "'one' 'one' False 200 True True"},
		{plain, "show(r.read1(), r.read1(), r.closed)", "'one\\ntwo\\nthree' '' True"},
		{chunked, "show(r.read1(2), r.peek(), r.read1(), r.read1(), r.read1(), r.read1(), r.closed)", "'on' 'e\\n' 'e\\n' 'two\\nth' 'ree' '' True"},
		{plain, "show(r.read1(0), r.read(4), r.readable())", "'' 'one\\n' True"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\none\ntwo", "show(attempt(lambda: r.readlines()))", "''"},
	}
	for _, tt := range tests {
		got, err := run(t, "r = client.HTTPResponse(data)\nr.begin()\n"+tt.script,
			starlark.StringDict{"data": starlark.Bytes(tt.data), "client": HTTPModule().Members["client"]})
		if err != nil || strings.TrimSpace(got) != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.script, strings.TrimSpace(got), err, tt.want)
		}
	}
	for _, bad := range []string{"for l in httplib.HTTPResponse(b''): pass", "httplib.HTTPResponse(b'').readline", "client.HTTPResponse(b'x\\r\\n').begin()"} {
		if _, err := run(t, bad, starlark.StringDict{"client": HTTPModule().Members["client"]}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

// TestClientErrors is that programs of either age find the classes they test for.
func TestClientErrors(t *testing.T) {
	silent := newPeer(t, func(c *peerConn) { c.request() })
	_, err := session(t, context.Background(), silent, "c = client(c)\nc.request('GET', '/')\nc.getresponse()")
	var e *py.Exception
	if !errors.As(err, &e) || !e.IsA(RemoteDisconnected) || !e.IsA(BadStatusLine) || !e.IsA(ConnectionResetError) || !e.IsA(socketmod.ErrorClass) || !e.IsA(HTTPException) {
		t.Errorf("a silent server: %v; want RemoteDisconnected, of both families", err)
	} else if got := e.Error(); got != "http.client.RemoteDisconnected: Remote end closed connection without response" {
		t.Errorf("a silent server: %s", got)
	}
	refused := newPeer(t)
	refused.ln.Close()
	_, err = session(t, context.Background(), refused, "c = client(c)\nc.request('GET', '/')")
	if !errors.As(err, &e) || !e.IsA(ConnectionRefusedError) || !e.IsA(socketmod.ErrorClass) {
		t.Errorf("a refused connection: %v; want ConnectionRefusedError", err)
	} else if errno, _ := starlark.AsInt32(e.Fields["errno"]); errno != 111 && runtime.GOOS == "linux" {
		t.Errorf("errno %d; want 111", errno)
	}
}
