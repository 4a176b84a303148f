package testservermod

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
	"go.uber.org/goleak"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A rig is a run on a bare thread that may listen on loopback.
type rig struct {
	t       *testing.T
	thread  *starlark.Thread
	host    *host.Host
	cancel  context.CancelFunc
	globals starlark.StringDict
}

// newRig returns a rig whose end, and that of every goroutine, the test checks.
func newRig(t *testing.T) *rig {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(context.Background())
	r := &rig{t: t, thread: new(starlark.Thread), cancel: cancel}
	r.host = host.Attach(r.thread, ctx, host.Host{
		Listen: func(ctx context.Context) (net.Listener, error) {
			return new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		},
		Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
			addr, ok := r.host.Names.Lookup(d.Host, d.Port)
			if !ok {
				addr = net.JoinHostPort(d.Host, d.Port)
			}
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		},
	})
	t.Cleanup(func() {
		if err := r.host.Resources.Close(); err != nil {
			t.Errorf("closing the run's resources: %v", err)
		}
		cancel()
		goleak.VerifyNone(t, leaks)
	})
	return r
}

var options = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}

// exec runs a script. Besides testserver it has talk(addr, text), which sends
// text to addr and returns what comes back until the end.
func (r *rig) exec(src string) error {
	env := starlark.StringDict{"testserver": Module(), "talk": starlark.NewBuiltin("talk", r.talk)}
	for k, v := range r.globals {
		env[k] = v
	}
	_, program, err := starlark.SourceProgramOptions(options, "test.star", src, env.Has)
	if err != nil {
		return err
	}
	globals, err := program.Init(r.thread, env) // which freezes nothing
	if r.globals == nil {
		r.globals = make(starlark.StringDict)
	}
	for k, v := range globals {
		r.globals[k] = v
	}
	return err
}

// run is exec of a script that must succeed.
func (r *rig) run(src string) {
	r.t.Helper()
	if err := r.exec(src); err != nil {
		r.t.Fatalf("script: %v", err)
	}
}

// start runs srv = testserver.start(args) and returns the server.
func (r *rig) start(args string) *server {
	r.t.Helper()
	r.run("srv = testserver.start(" + args + ")")
	return r.globals["srv"].(*server)
}

// eval returns the text of an expression over what the scripts defined.
func (r *rig) eval(expr string) string {
	r.t.Helper()
	env := starlark.StringDict{"testserver": Module()}
	for k, v := range r.globals {
		env[k] = v
	}
	v, err := starlark.EvalOptions(options, r.thread, "expr", expr, env)
	if err != nil {
		r.t.Fatalf("%s: %v", expr, err)
	}
	return py.Repr(v)
}

func (r *rig) talk(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var addr, text string
	if err := py.UnpackArgs(b.Name(), args, kwargs, "addr", &addr, "text", &text); err != nil {
		return nil, err
	}
	h := host.From(thread)
	defer h.Resume(h.Pause())
	reply, err := talk(h.Context(), addr, text)
	return starlark.String(reply), err
}

// paused runs f while handlers may run, as a script's blocking call would.
func (r *rig) paused(f func()) {
	defer r.host.Resume(r.host.Pause())
	f()
}

// talk sends text to addr and returns what comes back until the end.
func talk(ctx context.Context, addr, text string) (string, error) {
	// A connection attempt to a listener that closes just then can hang for a second.
	c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if _, err := io.WriteString(c, text); err != nil {
		return "", err
	}
	reply, err := io.ReadAll(c)
	return string(reply), err
}

// ask is talk in a test: a request with the given target line and fields, which
// asks for the connection to be closed.
func (r *rig) ask(s *server, line string, fields ...string) string {
	r.t.Helper()
	text := line + "\r\nHost: x\r\nConnection: close\r\n"
	for _, f := range fields {
		text += f + "\r\n"
	}
	var reply string
	var err error
	r.paused(func() { reply, err = talk(context.Background(), s.addr.String(), text+"\r\n") })
	if err != nil {
		r.t.Errorf("%s: %v", line, err)
	}
	return reply
}

func newReader(c net.Conn) *bufio.Reader { return bufio.NewReader(c) }

// A wireClient is one connection on which a test sends requests by hand.
type wireClient struct {
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, s *server) *wireClient {
	t.Helper()
	c, err := net.Dial("tcp", s.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &wireClient{c, newReader(c)}
}

// get sends a GET and returns status line and body as net/http reads them.
func (c *wireClient) get(path string) (status, body string, err error) {
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		return "", "", err
	}
	return c.read()
}

func (c *wireClient) read() (status, body string, err error) {
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return "", "", err
	}
	data, err := io.ReadAll(resp.Body)
	return resp.Status, string(data), err
}

// wantLines compares two texts of lines ending in CRLF.
func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.ReplaceAll(fmt.Sprintf("%q", got), `\n`, "\\n\n     "), strings.ReplaceAll(fmt.Sprintf("%q", want), `\n`, "\\n\n     "))
	}
}
