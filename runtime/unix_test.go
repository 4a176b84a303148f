//go:build unix

package runtime

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unixServer answers HTTP on a Unix socket until the test ends, and returns its path.
func unixServer(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sw") // t.TempDir's name may be longer than a socket's can be
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		os.RemoveAll(dir)
		t.Skipf("the system has no Unix sockets here: %v", err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("unix " + r.URL.Path))
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(l)
	}()
	t.Cleanup(func() {
		srv.Close()
		<-done
		os.RemoveAll(dir)
	})
	return path
}

// TestUnixSocket has httplib talk through a Unix socket, as Python's programs do
// that give a connection its socket.
func TestUnixSocket(t *testing.T) {
	path := unixServer(t)
	const src = `
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect(PATH)
c = httplib.HTTPConnection("localhost")
c.sock = s
c.request("GET", "/info")
r = c.getresponse()
print(r.status, r.read(), s.family == socket.AF_UNIX, repr(s.getpeername()) == repr(PATH), repr(s.getsockname()))
c.close()
`
	script := []byte(strings.ReplaceAll(src, "PATH", `"`+path+`"`))
	for _, tt := range []struct {
		allow, deny string
		ok          bool
	}{
		{"", "", false}, {"*", "", false}, {"private", "", false}, {"localhost", "", false},
		{"unix:" + path, "", true}, {"unix:*", "", true}, {"unix:" + path + "2", "", false},
		{"unix:*", "unix:" + path, false},
	} {
		rt, out := newRuntime(t, Config{Permissions: Permissions{Net: one(tt.allow), DenyNet: one(tt.deny)}})
		_, err := rt.Run(context.Background(), "x.star", script)
		switch {
		case tt.ok && (err != nil || out.String() != "200 unix /info True True \"\"\n"):
			t.Errorf("Net %q: printed %q, %s", tt.allow, out, FormatError(err))
		case !tt.ok && (!refused(err) || !strings.Contains(err.Error(), "unix:"+path)):
			t.Errorf("Net %q, DenyNet %q: %v; want a refusal", tt.allow, tt.deny, err)
		}
	}
	rt, out := newRuntime(t, Config{
		Permissions: Everything(),
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if network != "unix" || address != path {
				t.Errorf("the hook was asked for %s %s", network, address)
			}
			var d net.Dialer
			return d.DialContext(ctx, network, address)
		},
	})
	if _, err := rt.Run(context.Background(), "x.star", script); err != nil || !strings.HasPrefix(out.String(), "200 ") {
		t.Errorf("through Config.Dial: printed %q, %s", out, FormatError(err))
	}
}

// TestUnixSocketErrors holds CPython 2.7.18's errors.
func TestUnixSocketErrors(t *testing.T) {
	rt, out := newRuntime(t, Config{Permissions: Permissions{Net: []string{"unix:*"}}})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
s = socket.socket(socket.AF_UNIX)
for address in ["/nope/x", ("a", 1), "x" * 200, 5, "", "a\x00b"]:
    print(repr(attempt(s.connect, address).error))
print(repr(s.getsockname()), repr(attempt(s.getpeername).error), repr(attempt(socket.socket, socket.AF_UNIX, socket.SOCK_STREAM, 6).error))
`))
	const want = `error(2, 'No such file or directory')
TypeError('argument must be string or read-only character buffer, not tuple',)
error('AF_UNIX path too long',)
TypeError('argument must be string or read-only character buffer, not int',)
error(22, 'Invalid argument')
error(22, 'Invalid argument')
"" error(107, 'Transport endpoint is not connected') error(93, 'Protocol not supported')
`
	onLinux := strings.ReplaceAll(out.String(), "error(57, 'Socket is not connected')", "error(107, 'Transport endpoint is not connected')")
	onLinux = strings.ReplaceAll(onLinux, "error(43, 'Protocol not supported')", "error(93, 'Protocol not supported')")
	if err != nil || onLinux != want {
		t.Errorf("printed\n%s%s\nwant\n%s", out, FormatError(err), want)
	}
}
