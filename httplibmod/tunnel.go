package httplibmod

import (
	"errors"
	"io"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/py"
	"starwire/wire"
)

// setTunnel is httplib.py, HTTPConnection.set_tunnel. The headers are checked
// and copied here (H16, D4): 2.7 keeps the caller's own mapping, sends it
// unchecked, and empties it when a later call has none.
func (c *HTTPConnection) setTunnel(hostValue, port starlark.Value, headers []field) error {
	if err := c.checkMutable("set a tunnel on"); err != nil {
		return err
	}
	if c.transport() != nil {
		return py.RuntimeError.Errorf("Can't setup tunnel for established connection.")
	}
	name, port, err := splitHostPort(hostValue, port, c.defaultPort)
	if err != nil {
		return err
	}
	if err := c.rules.checkHost(name); err != nil {
		return err
	}
	if _, ok := port.(starlark.Int); !ok {
		return py.TypeError.Errorf("%%d format: a number is required, not %s", py.TypeName(port))
	}
	for _, f := range headers {
		if !legalHeaderName(f.name) {
			return py.ValueError.Errorf("Invalid header name %s", py.Quote(f.name))
		}
		if !legalHeaderValue(f.value) {
			return py.ValueError.Errorf("Invalid header value %s", py.Quote(f.value))
		}
		if err := c.rules.checkField(f.name, []string{f.value}); err != nil {
			return err
		}
	}
	c.tunnelHost, c.tunnelPort, c.tunnelHeaders = name, port, headers
	return nil
}

// connect is httplib.py, HTTPConnection.connect and HTTPSConnection.connect:
// the socket, the CONNECT exchange if there is a tunnel, the TLS handshake. Any
// failure closes what was opened and leaves the connection idle and without a
// socket (D1): an HTTPSConnection never holds a bare one.
func (c *HTTPConnection) connect(thread *starlark.Thread) error {
	if err := c.checkMutable("connect"); err != nil {
		return err
	}
	c.detach(thread)
	if c.tunnelHost != "" {
		if err := host.From(thread).Tunnel(c.scheme(), c.tunnelHost, py.Str(c.tunnelPort)); err != nil {
			c.state = idle
			return err
		}
	}
	began := c.watch.now()
	v, err := c.dialSocket(thread)
	if err != nil {
		c.state = idle
		return err
	}
	t := newTransport(v, c.rules)
	t.expire(c.expires)
	if c.tunnelHost != "" {
		err = c.tunnel(thread, t)
	}
	if err == nil {
		c.watch.connected(began, t)
		if c.class.secure {
			began = c.watch.now()
			if t, err = c.secure(thread, t); err == nil {
				c.watch.secured(began, t)
			}
		}
	}
	if err != nil {
		t.close(thread)
		c.state = idle
		return err
	}
	c.t = t
	return nil
}

// scheme is what the connection speaks to the origin server.
func (c *HTTPConnection) scheme() string {
	if c.class.secure {
		return "https"
	}
	return "http"
}

// dialSocket calls _create_connection((host, port), timeout, source_address).
func (c *HTTPConnection) dialSocket(thread *starlark.Thread) (starlark.Value, error) {
	if c.dial != starlark.None {
		address := starlark.Tuple{starlark.String(c.host), c.port}
		return starlark.Call(thread, c.dial, starlark.Tuple{address, c.timeout, c.sourceAddress}, nil)
	}
	timeout, err := socketmod.ParseTimeout(c.timeout)
	if err != nil {
		return nil, err
	}
	scheme := c.scheme()
	if c.tunnelHost != "" {
		scheme = "http" // is what the proxy hears first
	}
	s, err := socketmod.ConnectBefore(c.expires, scheme, thread, c.host, c.port, timeout, c.sourceAddress)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// secure wraps the transport's socket in TLS. The name to verify is the
// tunnel's target where there is one, never the proxy.
func (c *HTTPConnection) secure(thread *starlark.Thread, t *transport) (*transport, error) {
	name := c.host
	if c.tunnelHost != "" {
		name = c.tunnelHost
	}
	if len(t.bufferedBytes()) > 0 {
		// What came in the clear must not be taken for what comes encrypted (CVE-2023-40217).
		return t, sslmod.SSLError.New(nil, starlark.MakeInt(1), starlark.String("[SSL] the server sent data before the handshake"))
	}
	ctx, ok := c.context.(*sslmod.SSLContext)
	if !ok || t.sock == nil {
		return c.secureByScript(thread, t, name)
	}
	s, err := ctx.Wrap(thread, t.sock, name)
	if err != nil {
		return t, err
	}
	t.r.Release()
	return newTransport(s, c.rules), nil
}

// secureByScript calls the wrap_socket method of a context of the script's own,
// or on a socket of its own.
func (c *HTTPConnection) secureByScript(thread *starlark.Thread, t *transport, name string) (*transport, error) {
	wrap := scriptObject{c.context}
	m, err := wrap.method("wrap_socket")
	if err != nil {
		return t, err
	}
	v, err := starlark.Call(thread, m, starlark.Tuple{t.value},
		[]starlark.Tuple{{starlark.String("server_hostname"), starlark.String(name)}})
	if err != nil {
		return t, err
	}
	return newTransport(v, c.rules), nil
}

// bufferedBytes returns what was read ahead from the socket.
func (t *transport) bufferedBytes() []byte {
	if t.r == nil {
		return nil
	}
	return t.r.Buffered()
}

// tunnel is httplib.py, HTTPConnection._tunnel: CONNECT in HTTP/1.0 without a
// Host field, but written at once, and with an IPv6 address in brackets (D4).
// Only status 200 opens the tunnel; the reply's fields are dropped, bounded
// like those of any response (H16).
func (c *HTTPConnection) tunnel(thread *starlark.Thread, t *transport) error {
	target := c.tunnelHost
	if strings.IndexByte(target, ':') >= 0 {
		target = "[" + target + "]"
	}
	lines := []string{"CONNECT " + target + ":" + py.Str(c.tunnelPort) + " HTTP/1.0\r\n"}
	for _, f := range c.tunnelHeaders {
		lines = append(lines, f.name+": "+f.value+"\r\n")
	}
	lines = append(lines, "\r\n")
	if c.debugging() {
		for _, line := range lines {
			c.debugSend(thread, line)
		}
	}
	if err := t.write(thread, []byte(strings.Join(lines, "")), ""); err != nil {
		return err
	}
	r, file, err := t.reader(thread, false)
	if err != nil {
		return err
	}
	if file != nil {
		defer file.Close()
	}
	if c.rules.strict {
		return c.tunnelStrictly(r)
	}
	head := headLines{r: r, limit: c.rules.headBytes()}
	s, err := readStatus(&head, bool(c.strict.Truth()), nil)
	if err != nil {
		return err
	}
	if s.simple != "" {
		return socketmod.ErrorClass.New(nil, starlark.String("Invalid response from tunnel request"))
	}
	if s.code != 200 {
		return tunnelFailed(s.code, s.reason)
	}
	for n := 0; ; n++ {
		line, err := head.headLine()
		if err != nil {
			return err
		}
		if line == "" || line == "\r\n" || line == "\n" {
			return nil
		}
		if limit := c.rules.headers(thread); n == limit {
			return HTTPException.Errorf("got more than %d headers", limit)
		}
	}
}

// headLines reads the lines of a head from the wire under Python's rule: what
// the input's end cuts off is a line too.
type headLines struct {
	r     *wire.Reader
	n     int // bytes so far
	limit int // bytes
	empty int // empty lines to skip before the first other one
}

// tunnelStrictly reads the proxy's answer by the grammar alone: any 2xx opens
// the tunnel (RFC 9110 §9.3.6).
func (c *HTTPConnection) tunnelStrictly(r *wire.Reader) error {
	var h wire.Head
	if err := r.ReadResponse(&h); err != nil {
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return BadStatusLine.New(err, starlark.String(silence))
		}
		return wireError(err)
	}
	if h.Status < 200 || h.Status > 299 {
		return tunnelFailed(h.Status, string(h.Reason()))
	}
	return nil
}

// tunnelFailed is the exception for a proxy that refuses.
func tunnelFailed(code int, reason string) error {
	return socketmod.ErrorClass.New(nil, starlark.String("Tunnel connection failed: "+
		starlark.MakeInt(code).String()+" "+py.Strip(reason)))
}

// maxHead bounds the bytes of one head, whatever its lines are.
const maxHead = 1 << 20

func (h *headLines) headLine() (string, error) {
	line, err := h.r.ReadLine()
	for ; h.empty > 0 && err == nil && isLast(string(line)); h.empty-- {
		line, err = h.r.ReadLine()
	}
	h.empty = 0
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", wireError(err)
	}
	if h.n += len(line); h.n > h.limit {
		return "", HTTPException.Errorf("got more than %d bytes of headers", h.limit)
	}
	return string(line), nil
}
