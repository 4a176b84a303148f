package testservermod_test

import (
	"context"
	"fmt"
	"net"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/httplibmod"
	"starwire/runtime/host"
	"starwire/runtime/lib/testservermod"
)

// A script starts a server under a name of its choice and talks to it. Here on a
// bare thread; package runtime does all this by itself.
func Example() {
	const script = `
log = []

def form(req):
    log.append(req.body)
    return {"status": 201, "reason": "Noted", "body": "entry %d" % len(log)}

srv = testserver.start({
    "/": "hello",
    "POST /form": form,
    "/pieces": {"body": ["one, ", "two"]},
    "/broken": testserver.raw("HTTP/1.1 two hundred\r\n\r\n"),
}, names=["www.example.com:80"])

conn = httplib.HTTPConnection("www.example.com")
for method, path, body in [("GET", "/", None), ("POST", "/form", "a=1"), ("GET", "/pieces", None), ("GET", "/no", None)]:
    conn.request(method, path, body)
    resp = conn.getresponse()
    print(resp.status, resp.reason, resp.read().strip())
conn.close()
srv.close()
print(log, [r.method + " " + r.path for r in srv.requests])
`
	thread := &starlark.Thread{Print: func(_ *starlark.Thread, line string) { fmt.Println(line) }}
	var h *host.Host
	h = host.Attach(thread, context.Background(), host.Host{
		Listen: func(ctx context.Context) (net.Listener, error) {
			return new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		},
		Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
			addr, _ := h.Names.Lookup(d.Host, d.Port) // this run's own names and no others
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		},
	})
	defer h.Resources.Close()
	modules := starlark.StringDict{"httplib": httplibmod.Module(), "testserver": testservermod.Module()}
	options := &syntax.FileOptions{TopLevelControl: true, GlobalReassign: true}
	if _, program, err := starlark.SourceProgramOptions(options, "example.star", script, modules.Has); err != nil {
		fmt.Println(err)
	} else if _, err := program.Init(thread, modules); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 200 OK hello
	// 201 Noted entry 1
	// 200 OK one, two
	// 404 Not Found no route for GET /no; routes: /, /broken, /pieces, POST /form
	// ["a=1"] ["GET /", "POST /form", "GET /pieces", "GET /no"]
}
