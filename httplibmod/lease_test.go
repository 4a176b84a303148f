package httplibmod

import (
	"context"
	"net"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
)

// TestLease has another thread of the run touch what the script is waiting in,
// as a handler of a test server can.
func TestLease(t *testing.T) {
	for _, waiting := range []string{
		"c.getresponse()",
		"r.read()", // of the response to the first request
	} {
		t.Run(waiting, func(t *testing.T) {
			inside, goOn := make(chan struct{}), make(chan struct{})
			p := newPeer(t, func(c *peerConn) {
				c.request()
				c.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
				if waiting == "c.getresponse()" {
					c.send("hello")
					c.request()
				}
				close(inside)
				<-goOn
				if waiting == "c.getresponse()" {
					c.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				} else {
					c.send("hello")
				}
				c.untilClosed()
			})
			ctx := context.Background()
			thread, other := new(starlark.Thread), new(starlark.Thread)
			h := host.Attach(thread, ctx, host.Host{Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(d.Host, d.Port))
			}})
			defer h.Resources.Close()
			h.Invite()
			guest := h.Guest(ctx, func() {})
			host.Share(other, guest)

			vars := starlark.StringDict{"httplib": Module(), "addr": starlark.String(p.ln.Addr().String())}
			run := func(thread *starlark.Thread, src string) error {
				_, program, err := starlark.SourceProgramOptions(&syntax.FileOptions{}, "test.star", src, vars.Has)
				if err != nil {
					return err
				}
				globals, err := program.Init(thread, vars)
				for k, v := range globals {
					vars[k] = v
				}
				return err
			}
			first := "c = httplib.HTTPConnection(addr, timeout=10)\nc.request('GET', '/1')\nr = c.getresponse()"
			if waiting == "c.getresponse()" {
				first += "\ndata = r.read()\nx = c.request('GET', '/2')"
			}
			if err := run(thread, first); err != nil {
				t.Fatal(err)
			}

			done := make(chan error)
			go func() {
				<-inside
				err := guest.Enter(ctx)
				if err == nil {
					for _, call := range []string{"c.close()", "c.request('GET', '/3')", "c.getresponse()", "c.send('x')", "c.connect()"} {
						if err := run(other, call); err == nil || !strings.Contains(err.Error(), "RuntimeError: HTTPConnection is in use") {
							t.Errorf("%s beside %s: %v; want a refusal", call, waiting, err)
						}
					}
					if waiting == "r.read()" {
						if err := run(other, "r.read()"); err == nil || !strings.Contains(err.Error(), "RuntimeError: HTTPResponse is in use") {
							t.Errorf("r.read() beside itself: %v; want a refusal", err)
						}
					}
					guest.Leave()
				}
				close(goOn)
				done <- err
			}()
			if err := run(thread, "v = "+waiting); err != nil {
				t.Errorf("%s: %v", waiting, err)
			}
			paused := h.Pause()
			if err := <-done; err != nil {
				t.Errorf("the guest: %v", err)
			}
			h.Resume(paused)

			// What the script is done with, others may use.
			if err := guest.Enter(cancelled()); err == nil {
				t.Error("the guest has a turn while the script has it")
			}
			if err := run(thread, "y = c.close()"); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
