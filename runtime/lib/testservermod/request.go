package testservermod

import (
	"net"
	"net/http"
	"sort"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A request is what arrived, as handlers get it and srv.requests keeps it. It is
// immutable; any goroutine may read it.
type request struct {
	method, url, path, query string
	version                  string // "HTTP/1.1"
	remote                   string // the client's address, "127.0.0.1:40002"
	headers                  *headers
	body                     string
	head                     string // start-line and field lines as they arrived, or ""
	clientCert               string // the common name of the client's certificate, or ""
}

var _ starlark.HasAttrs = (*request)(nil)

// newRequest takes what net/http read. head is the same head as it crossed the
// wire, if it is known: it has the names' case and the fields' order.
func newRequest(r *http.Request, head string) *request {
	req := &request{
		method: r.Method, url: r.RequestURI, version: r.Proto, remote: r.RemoteAddr, head: head,
		headers: &headers{fields: headFields(head)},
	}
	if head == "" {
		req.headers.fields = standardFields(r)
	}
	req.path, req.query = splitTarget(r.Method, r.RequestURI)
	return req
}

// splitTarget returns the path and the query of a request-target as they are
// written: nothing is decoded. A CONNECT target is its own path.
func splitTarget(method, target string) (path, query string) {
	if method == http.MethodConnect {
		return target, ""
	}
	if target != "" && target[0] != '/' { // the absolute form
		if _, rest, ok := strings.Cut(target, "://"); ok {
			if i := strings.IndexAny(rest, "/?"); i >= 0 {
				target = rest[i:]
			} else {
				target = ""
			}
			if target == "" || target[0] == '?' {
				target = "/" + target
			}
		}
	}
	path, query, _ = strings.Cut(target, "?")
	return path, query
}

// standardFields lists what net/http made of the header, by name.
func standardFields(r *http.Request) []field {
	fields := []field{{"Host", r.Host}}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range r.Header[name] {
			fields = append(fields, field{name, v})
		}
	}
	if len(r.TransferEncoding) > 0 {
		fields = append(fields, field{"Transfer-Encoding", strings.Join(r.TransferEncoding, ", ")})
	}
	return fields
}

// size is about the memory that keeping the request takes, in bytes.
func (r *request) size() int { return len(r.body) + 2*len(r.head) + 512 }

// String returns <testserver.request 'GET /path'>.
func (r *request) String() string {
	return "<testserver.request " + py.Quote(r.method+" "+r.url) + ">"
}

// Type returns "testserver.request".
func (r *request) Type() string { return "testserver.request" }

// Freeze does nothing: a request never changes.
func (r *request) Freeze() {}

// Truth is always true.
func (r *request) Truth() starlark.Bool { return true }

// Hash refuses: a request is not meant for a key.
func (r *request) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: %s", r.Type())
}

// Attr returns a part of the request.
func (r *request) Attr(name string) (starlark.Value, error) {
	switch name {
	case "body":
		return starlark.String(r.body), nil
	case "client_cert":
		if r.clientCert == "" {
			return starlark.None, nil
		}
		return starlark.String(r.clientCert), nil
	case "head":
		return starlark.String(r.head), nil
	case "headers":
		return r.headers, nil
	case "host":
		v, _ := r.headers.get("host")
		return starlark.String(v), nil
	case "method":
		return starlark.String(r.method), nil
	case "path":
		return starlark.String(r.path), nil
	case "query":
		return starlark.String(r.query), nil
	case "remote":
		return starlark.String(r.remote), nil
	case "remote_host":
		host, _, _ := net.SplitHostPort(r.remote)
		return starlark.String(host), nil
	case "url":
		return starlark.String(r.url), nil
	case "version":
		return starlark.String(r.version), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (r *request) AttrNames() []string {
	return []string{
		"body", "client_cert", "head", "headers", "host", "method", "path", "query",
		"remote", "remote_host", "url", "version",
	}
}
