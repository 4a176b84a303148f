package runtime

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// TestHandlersInASession calls a script's function as a handler of a test
// server: while an item waits for the response, on the item's steps; and while
// the session waits for its next item.
func TestHandlersInASession(t *testing.T) {
	rt, err := New(Config{Limits: Limits{Steps: 100_000}, Permissions: Permissions{Listen: true}})
	if err != nil {
		t.Fatal(err)
	}
	s := rt.NewSession()
	defer s.Close()
	ctx := context.Background()
	next := func(line string) (string, error) {
		t.Helper()
		v, err := s.Next(ctx, func(string) (string, error) { return line, nil })
		if v == nil {
			return "", err
		}
		return v.String(), err
	}
	for _, item := range []struct{ line, want string }{
		{"seen = []", ""},
		{"srv = testserver.start({'/': lambda r: 'got ' + str(len(seen)), '/loop': lambda r: [i for i in range(1000000)]})", ""},
		{"conn = httplib.HTTPConnection(srv.netloc)", ""},
		{"seen.append(1)", "None"},
		{"conn.request('GET', '/')", "None"},
		{"conn.getresponse().read()", `"got 1"`},
	} {
		if got, err := next(item.line); err != nil || got != item.want {
			t.Errorf("%s: %s, %v; want %s", item.line, got, err, item.want)
		}
	}
	addr, err := next("srv.netloc")
	if err != nil {
		t.Fatal(err)
	}
	var reply string
	if _, err := s.Next(ctx, func(string) (string, error) {
		c, err := net.Dial("tcp", strings.Trim(addr, `"`))
		if err != nil {
			return "", err
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.0\r\n\r\n"); err != nil {
			return "", err
		}
		data, err := io.ReadAll(c)
		reply = string(data)
		return "", err
	}); err != nil || !strings.HasSuffix(reply, "got 1") {
		t.Errorf("a request while the session reads: %q, %v", reply, err)
	}
	var over *LimitError
	if _, err := next("conn.request('GET', '/loop'); conn.getresponse()"); !errors.As(err, &over) || over.Limit != "steps" {
		t.Errorf("a handler that uses up the item's steps: %v; want the limit", err)
	}
	if got, err := next("1 + 1"); err != nil || got != "2" {
		t.Errorf("the next item: %s, %v", got, err)
	}
}
