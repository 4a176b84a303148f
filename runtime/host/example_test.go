package host_test

import (
	"context"
	"errors"
	"fmt"
	"net"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/httplibmod"
	"starwire/runtime/host"
)

// A program with an interpreter of its own takes httplib alone. What the module
// may touch is what the Host on the thread can do; the program closes what it left
// open. A thread without a Host may touch nothing.
func ExampleAttach() {
	const script = `
conn = httplib.HTTPConnection("example.com")
conn.request("GET", "/")
resp = conn.getresponse()
print(resp.status, resp.reason, resp.read())
`
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		request := make([]byte, 1024)
		n, _ := theirs.Read(request)
		fmt.Printf("%q\n", request[:n])
		fmt.Fprint(theirs, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
	}()

	run := func(thread *starlark.Thread) error {
		options := &syntax.FileOptions{TopLevelControl: true}
		_, err := starlark.ExecFileOptions(options, thread, "get.star", script, starlark.StringDict{"httplib": httplibmod.Module()})
		return err
	}
	thread := &starlark.Thread{Name: "get", Print: func(_ *starlark.Thread, line string) { fmt.Println(line) }}
	h := host.Attach(thread, context.Background(), host.Host{
		Dial: func(context.Context, host.DialRequest) (net.Conn, error) { return ours, nil },
	})
	fmt.Println(run(thread), h.Resources.Close())
	<-served

	var refused *host.PermissionError
	fmt.Println(errors.As(run(new(starlark.Thread)), &refused), refused)
	// Output:
	// "GET / HTTP/1.1\r\nHost: example.com\r\nAccept-Encoding: identity\r\n\r\n"
	// 200 OK hi
	// <nil> <nil>
	// true not allowed to connect to example.com:80 (to allow it: --allow-net=example.com:80)
}
