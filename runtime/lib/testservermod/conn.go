package testservermod

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// maxConns bounds the clients a server has at a time; more are turned away.
const maxConns = 1024

// A conn is one client's connection, between net/http and the network. net/http
// reads requests from it and decides whether it lives on; responses are written
// past net/http, whose own the conn drops (see exchange).
type conn struct {
	net.Conn          // the TLS connection, or link itself
	link     net.Conn // what was accepted
	tls      *tls.Conn
	srv      *server
	heads    heads

	quiet     atomic.Bool // drop what net/http writes
	idle      atomic.Bool // between requests
	handshook bool        // of net/http's goroutine
	closeOnce sync.Once
	doneOnce  sync.Once
}

// Read reads for net/http and lets heads watch. The first call is TLS's handshake.
func (c *conn) Read(p []byte) (int, error) {
	if c.tls != nil && !c.handshook {
		c.handshook = true
		if err := c.handshake(); err != nil {
			return 0, err
		}
	}
	n, err := c.Conn.Read(p)
	if herr := c.heads.feed(p[:n]); herr != nil {
		c.refuse()
		return 0, io.EOF
	}
	return n, err
}

// handshake does TLS's part, and notes a failure where the script finds it.
func (c *conn) handshake() error {
	err := c.tls.Handshake()
	var plain tls.RecordHeaderError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &plain) && plain.Conn != nil:
		io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nthis server speaks HTTPS; the request came without TLS\n")
		c.srv.note("a client spoke without TLS to an HTTPS server")
	case !c.srv.ended() && !errors.Is(err, io.EOF):
		c.srv.note("TLS handshake: " + err.Error())
	}
	return io.EOF
}

// refuse answers a head that is too large, and waits a little for the client to
// take the answer: closing at once, with input unread, would take it back.
func (c *conn) refuse() {
	c.quiet.Store(true)
	c.srv.note(errHeadTooLarge.Error())
	deadline := time.Now().Add(time.Second)
	c.Conn.SetDeadline(deadline)
	io.WriteString(c.Conn, "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	io.Copy(io.Discard, c.Conn)
}

// Write writes what net/http says by itself: 100 Continue, and the answer to
// what is no request.
func (c *conn) Write(p []byte) (int, error) {
	if c.quiet.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// Close closes the connection, on TLS with a close_notify. A peer that takes
// nothing more cannot hold it up.
func (c *conn) Close() error {
	c.closeOnce.Do(func() {
		if c.tls != nil {
			t := time.AfterFunc(20*time.Millisecond, func() { c.link.Close() })
			c.tls.Close()
			t.Stop()
		}
		c.link.Close()
	})
	return nil
}

// abort closes the connection without a word.
func (c *conn) abort() {
	c.closeOnce.Do(func() { c.link.Close() })
}

// reset closes the connection with a reset (RST) where the link knows that.
func (c *conn) reset() {
	if l, ok := c.link.(interface{ SetLinger(sec int) error }); ok {
		l.SetLinger(0)
	}
	c.abort()
}

// clientCert returns the common name of the client's certificate, or "".
func (c *conn) clientCert() string {
	if c.tls == nil {
		return ""
	}
	if certs := c.tls.ConnectionState().PeerCertificates; len(certs) > 0 {
		return certs[0].Subject.CommonName
	}
	return ""
}

// A listener gives net/http the server's connections.
type listener struct {
	net.Listener
	srv *server
}

// Accept waits for the next client.
func (l *listener) Accept() (net.Conn, error) {
	for {
		link, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: link, link: link, srv: l.srv}
		if l.srv.tlsConfig != nil {
			c.tls = tls.Server(link, l.srv.tlsConfig)
			c.Conn = c.tls
		}
		if l.srv.admit(c) {
			return c, nil
		}
		link.Close()
	}
}
