package httplibmod

import (
	"context"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// TestAttributes is what scripts cannot do to connections, responses and classes
// that they can in Python, and what those say of it.
func TestAttributes(t *testing.T) {
	for expr, want := range map[string]string{
		"assign(conn, 'method')":        "AttributeError: HTTPConnection._method cannot be assigned",
		"assign(conn, 'state')":         "AttributeError: HTTPConnection._HTTPConnection__state cannot be assigned",
		"assign(conn, 'request')":       "AttributeError: HTTPConnection.request cannot be assigned",
		"assign(conn, 'nope')":          "can't assign to .nope field of HTTPConnection",
		"assign(conn, 'host')":          "TypeError: host is a string, not int",
		"assign(resp, 'msg')":           "AttributeError: HTTPResponse.msg cannot be assigned",
		"assign(old, 'conn')":           "AttributeError: HTTP._conn cannot be assigned",
		"assign(plain, 'debuglevel')":   "5",
		"assign(plain, 'nope')":         "AttributeError: HTTPConnection.nope cannot be assigned; one of a connection may be",
		"assign(plain, 'class')":        "AttributeError: HTTPConnection.response_class cannot be assigned; one of a connection may be",
		"assign(plain, 'list')":         "TypeError: HTTPConnection.debuglevel cannot be list",
		"assign(plain, 'port')":         "TypeError: default_port is an int, not str",
		"{conn: 1}":                     "unhashable type: HTTPConnection",
		"{resp: 1}":                     "unhashable type: HTTPResponse",
		"conn < conn":                   "HTTPConnection < HTTPConnection not implemented",
		"plain < plain":                 "TypeError: HTTPConnection < HTTPConnection not implemented",
		"plain.close < plain.close":     "TypeError: unsupported operand type(s) for <: 'instancemethod' and 'instancemethod'",
		"{plain.close: 1}[plain.close]": "1",
		"str(conn), str(plain)":         `("<httplib.HTTPConnection instance>", "<class httplib.HTTPConnection>")`,
		"httplib._is_legal_header_name('a b'), httplib._is_illegal_header_value('a')": "(True, False)",
		"httplib.IncompleteRead(5)":     "TypeError: object of type 'int' has no len()",
		"httplib.IncompleteRead(['a'])": "IncompleteRead(1 bytes read)",
	} {
		thread := new(starlark.Thread)
		h := host.Attach(thread, context.Background(), host.Host{})
		const script = `
plain = httplib.HTTPConnection
conn, old = plain("h"), httplib.HTTP("h")
resp = httplib.HTTPResponse("HTTP/1.1 200 OK\r\n\r\n")
def assign(x, what):
    if what == "method":
        x._method = 5
    elif what == "state":
        x._HTTPConnection__state = 5
    elif what == "request":
        x.request = 5
    elif what == "nope":
        x.nope = 5
    elif what == "host":
        x.host = 5
    elif what == "msg":
        x.msg = 5
    elif what == "conn":
        x._conn = 5
    elif what == "class":
        x.response_class = len
    elif what == "list":
        x.debuglevel = []
    elif what == "port":
        x.default_port = "5"
    else:
        x.debuglevel = 5
        return plain("h").debuglevel
result = `
		globals, err := starlark.ExecFileOptions(options, thread, "test.star", script+expr, starlark.StringDict{"httplib": NewRunModule(h)})
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = globals["result"].String()
		}
		if got != want {
			t.Errorf("%s: %s; want %s", expr, got, want)
		}
	}
	// What one run assigned is not another's.
	if v, _ := plainClass.Attr("debuglevel"); v != starlark.MakeInt(0) {
		t.Errorf("the debuglevel of all runs is %v", v)
	}
	if err := plainClass.SetField("debuglevel", starlark.MakeInt(1)); err == nil {
		t.Error("the class of all runs takes a debuglevel")
	}
}
