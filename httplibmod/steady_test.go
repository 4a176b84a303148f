package httplibmod

import (
	"context"
	"net"
	"reflect"
	"runtime"
	"strconv"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/racetest"
)

// TestSteadyPathAllocs holds what an exchange on a kept-alive connection may
// allocate, as a script makes it: the response with its message, the head, the
// body and its value, two bound methods, and the interpreter's arguments.
func TestSteadyPathAllocs(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answer := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nETag: \"1\"\r\nContent-Length: 13\r\n\r\nhello, world\n")
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		buf := make([]byte, 4096)
		for {
			if _, err := c.Read(buf); err != nil { // a request comes in one piece
				return
			}
			c.Write(answer)
		}
	}()
	thread := new(starlark.Thread)
	h := host.Attach(thread, context.Background(), host.Host{
		Dial: func(ctx context.Context, r host.DialRequest) (net.Conn, error) {
			return net.DialTCP("tcp", nil, ln.Addr().(*net.TCPAddr))
		},
	})
	defer func() {
		h.Resources.Close()
		ln.Close()
		<-served
	}()
	env := starlark.StringDict{"httplib": Module()}
	_, program, err := starlark.SourceProgramOptions(options, "steady.star", `
c = httplib.HTTPConnection("127.0.0.1", 1)
def exchange():
    c.request("GET", "/small")
    r = c.getresponse()
    if r.status != 200 or r.read() != "hello, world\n":
        fail("wrong answer")
`, env.Has)
	if err != nil {
		t.Fatal(err)
	}
	globals, err := program.Init(thread, env)
	if err != nil {
		t.Fatal(err)
	}
	exchange := func() {
		if _, err := starlark.Call(thread, globals["exchange"], nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	most := 7.0 // of which the interpreter has one or two
	if strconv.IntSize < 64 {
		most++ // its integers are allocated, the status among them
	}
	if n := testing.AllocsPerRun(200, exchange); n > most {
		t.Errorf("an exchange allocates %v times; want at most %v", n, most)
	}
	const runs, mostBytes = 500, 450
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		exchange()
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / runs; n > mostBytes && !racetest.Enabled {
		t.Errorf("an exchange allocates %d bytes; want at most %d", n, mostBytes)
	}
}

// TestResponseSize holds the size of what an exchange allocates most of: one
// field more, and the allocator takes the next larger piece.
func TestResponseSize(t *testing.T) {
	const most = 192
	if size := reflect.TypeFor[HTTPResponse]().Size(); size > most {
		t.Errorf("a response has %d bytes; want at most %d", size, most)
	}
}
