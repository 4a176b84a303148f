package testservermod

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"time"
)

// An exchange is one request and what becomes of its response.
type exchange struct {
	srv        *server
	conn       *conn
	req        *request
	http11     bool // the client speaks at least HTTP/1.1
	wantsClose bool // the client asked for the connection to be closed

	out   io.Writer // the client, perhaps through a fault
	close bool      // no response can follow on the connection
	calls int       // functions run
}

// ServeHTTP answers one request. net/http has read its head. The response is
// written past net/http, to the connection itself; an empty one of its own
// tells net/http whether to go on, and is dropped on the way.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(connKey{}).(*conn)
	c.idle.Store(false)
	x := &exchange{
		srv: s, conn: c, req: newRequest(r, c.heads.next()),
		http11: r.ProtoAtLeast(1, 1), wantsClose: r.Close, close: r.Close,
	}
	x.req.clientCert = c.clientCert()
	x.out = clientWriter{c, s.timeout}
	body, tooLong, err := x.readBody(r.Body)
	x.req.body = body
	s.record(x.req)
	c.quiet.Store(true)
	switch {
	case err != nil:
		if !s.ended() {
			s.note(fmt.Sprintf("%s %s: the body ended early: %v", x.req.method, x.req.url, err))
		}
		err = errBroken
	case tooLong:
		err = textMessage(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is longer than max_body, %d bytes\n", s.maxBody)).send(x)
	case s.tunnel != nil:
		err = s.tunnel.serve(x, w)
	default:
		err = x.answer()
	}
	switch {
	case errors.Is(err, errReset):
		c.reset()
		x.close = true
	case err != nil: // the client has gone, or the server is closing
		c.abort()
		x.close = true
	}
	if x.close {
		w.Header().Set("Connection", "close")
	}
}

// errBroken says that the client's side of the exchange is unusable.
var errBroken = errors.New("the request is broken")

// connKey is where a request's context has its conn.
type connKey struct{}

func withConn(ctx context.Context, c *conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// readBody reads a request's content. Of one that is too long it keeps what fits
// and reads the rest: a client such as httplib sends all before it looks at the
// answer.
func (x *exchange) readBody(r io.Reader) (body string, tooLong bool, err error) {
	data, err := io.ReadAll(io.LimitReader(r, x.srv.maxBody))
	if err == nil {
		var more int64
		more, err = io.Copy(io.Discard, r)
		tooLong = more > 0
	}
	return string(data), tooLong, err
}

// answer sends what the routes say.
func (x *exchange) answer() error {
	a, allow := x.srv.routes.find(x.req.method, x.req.path)
	switch {
	case a != nil:
		return a.send(x)
	case len(allow) > 0:
		sort.Strings(allow)
		methods := strings.Join(allow, ", ")
		return textMessage(http.StatusMethodNotAllowed, fmt.Sprintf("no route for %s %s; its methods: %s\n", x.req.method, x.req.path, methods),
			field{"Allow", methods}).send(x)
	}
	return textMessage(http.StatusNotFound, fmt.Sprintf("no route for %s %s; routes: %s\n", x.req.method, x.req.path, x.srv.routes.list())).send(x)
}

// write sends bytes to the client.
func (x *exchange) write(p []byte) error {
	_, err := x.out.Write(p)
	return err
}

// A clientWriter writes to a client; each write must be done within the timeout.
type clientWriter struct {
	c       *conn
	timeout time.Duration
}

func (w clientWriter) Write(p []byte) (int, error) {
	w.c.Conn.SetWriteDeadline(time.Now().Add(w.timeout))
	return w.c.Conn.Write(p)
}
