package libtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"

	"starwire/runtime/host"
)

// Site answers what the tests of what opens URLs ask for: /ok and /lines with a
// text, /status/N with that status, /count/N with N redirects, one to the other,
// and everything else with nothing.
func Site(w http.ResponseWriter, r *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	n := 0
	fmt.Sscan(rest, &n)
	switch first {
	case "ok":
		io.WriteString(w, "hello")
	case "lines":
		io.WriteString(w, "one\ntwo\nthree")
	case "status":
		w.WriteHeader(n)
		io.WriteString(w, "body of "+rest)
	case "count":
		if n == 0 {
			io.WriteString(w, "end")
			return
		}
		w.Header().Set("Location", fmt.Sprintf("/count/%d", n-1))
		w.WriteHeader(302)
	}
}

// DialTo returns what dials the server, whatever it is asked for.
func DialTo(server *httptest.Server) func(context.Context, host.DialRequest) (net.Conn, error) {
	return func(ctx context.Context, _ host.DialRequest) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
}
