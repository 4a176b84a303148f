package testservermod

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"starwire/runtime/host"
)

// A tunnel is what a proxy does: CONNECT, and bytes both ways. RFC 9110 §9.3.6.
type tunnel struct {
	credentials string // what Proxy-Authorization has to be, or ""
}

func newTunnel(auth string) *tunnel {
	if auth == "" {
		return &tunnel{}
	}
	return &tunnel{credentials: "Basic " + base64.StdEncoding.EncodeToString([]byte(auth))}
}

// serve answers one request to the proxy. What it may connect to is what the
// run may.
func (t *tunnel) serve(x *exchange, w http.ResponseWriter) error {
	if x.req.method != http.MethodConnect {
		return textMessage(http.StatusMethodNotAllowed, fmt.Sprintf("this proxy only connects; it got %s %s\n", x.req.method, x.req.url),
			field{"Allow", http.MethodConnect}).send(x)
	}
	if got, _ := x.req.headers.get("Proxy-Authorization"); t.credentials != "" && got != t.credentials {
		return textMessage(http.StatusProxyAuthRequired, "the proxy wants a name and a password\n",
			field{"Proxy-Authenticate", `Basic realm="testserver"`}).send(x)
	}
	name, port, err := net.SplitHostPort(x.req.url)
	if err != nil {
		return textMessage(http.StatusBadRequest, err.Error()+"\n").send(x)
	}
	target, err := x.srv.host.Dial(x.srv.ctx, host.DialRequest{Host: name, Port: port, Timeout: x.srv.timeout})
	if err != nil {
		x.srv.note("CONNECT " + x.req.url + ": " + err.Error())
		status := http.StatusBadGateway
		var refused *host.PermissionError
		if errors.As(err, &refused) {
			status = http.StatusForbidden
		}
		return textMessage(status, err.Error()+"\n").send(x)
	}
	defer target.Close()
	stop := context.AfterFunc(x.srv.ctx, func() { target.Close() })
	defer stop()
	if err := (&message{status: http.StatusOK, reason: "Connection established"}).send(x); err != nil {
		return err
	}
	return x.relay(w, target)
}

// relay takes the connection from net/http and carries bytes both ways until
// both sides have ended, or one fails.
func (x *exchange) relay(w http.ResponseWriter, target net.Conn) error {
	_, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	c := x.conn
	defer x.srv.release(c)
	defer c.Close()
	ahead, err := buffered.Reader.Peek(buffered.Reader.Buffered())
	if err != nil {
		return err
	}
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := target.Write(ahead); err == nil {
			carry(target, c.Conn)
		}
	})
	carry(c.Conn, target)
	both.Wait()
	return nil
}

// carry copies until src ends and tells dst; if dst takes no more it is closed,
// so that nobody waits for it.
func carry(dst, src net.Conn) {
	_, err := io.Copy(dst, src)
	half, ok := dst.(interface{ CloseWrite() error })
	if err == nil && ok && half.CloseWrite() == nil {
		return
	}
	dst.Close()
	src.Close()
}
