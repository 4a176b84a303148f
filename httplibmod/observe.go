package httplibmod

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/py"
)

// A watch measures the exchanges of a connection, for the embedder's observer
// or for a script that set conn.timings. A connection that nobody watches has
// none, and pays nothing: the methods that are called on the way do nothing for
// nil.
type watch struct {
	conn *HTTPConnection
	host *host.Host // whose Observe is told; nil if only the script looks
	last *trip      // the latest, or nil

	// The latest connection, and conn.stats.
	sock                          *socketmod.Socket
	local, remote                 net.Addr
	tls                           *tls.ConnectionState
	requests, connections, reused int
	in, out                       int64 // of the connections before this one
}

// newWatch returns a watch if the embedder observes the run of h, and else nil.
func newWatch(c *HTTPConnection, h *host.Host) *watch {
	if h.Observe == nil {
		return nil
	}
	return &watch{conn: c, host: h}
}

// A trip is an exchange that is measured, from putrequest to the response's end.
// The run's end may report it on another goroutine than the script's.
type trip struct {
	host  *host.Host        // or nil
	sock  *socketmod.Socket // or nil
	inAt  int64             // what sock had moved before
	outAt int64

	mu       sync.Mutex
	value    host.Exchange
	over     bool // nothing more is to come
	reported bool
}

var _ io.Closer = (*trip)(nil)

// begin begins to measure an exchange. The one before is over.
func (w *watch) begin(method, target string) {
	if w == nil {
		return
	}
	w.end(nil)
	c := w.conn
	x := &trip{host: w.host}
	x.value = host.Exchange{Method: method, Target: target, Scheme: c.scheme(), Host: c.host, Port: py.Str(c.port), Began: time.Now()}
	if c.tunnelHost != "" {
		x.value.Proxy = net.JoinHostPort(x.value.Host, x.value.Port)
		x.value.Host, x.value.Port = c.tunnelHost, py.Str(c.tunnelPort)
	}
	w.requests++
	w.last = x
	if t := c.t; t.live() {
		if t.used {
			x.value.Reused = true
			w.reused++
		}
		w.attach(t)
	}
	if w.host != nil {
		w.host.Resources.Add(x) // a run that has ended reports it at once
	}
}

// now returns the time, or nothing for nil.
func (w *watch) now() time.Time {
	if w == nil {
		return time.Time{}
	}
	return time.Now()
}

// attach notes the connection that the exchange uses.
func (w *watch) attach(t *transport) {
	if t.sock != w.sock {
		if w.sock != nil {
			in, out := w.sock.Moved()
			w.in, w.out = w.in+in, w.out+out
		}
		w.sock, w.local, w.remote, w.tls = t.sock, nil, nil, nil
		if t.sock != nil {
			if conn := t.sock.NetConn(); conn != nil {
				w.local, w.remote = conn.LocalAddr(), conn.RemoteAddr()
			}
		}
		if s, ok := t.value.(*sslmod.SSLSocket); ok {
			state := s.ConnectionState()
			w.tls = &state
		}
	}
	x := w.last
	if x == nil || x.over {
		return
	}
	t.x = x
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sock = w.sock
	if x.sock != nil {
		x.inAt, x.outAt = x.sock.Moved()
	}
	x.value.Local, x.value.Remote, x.value.TLS = w.local, w.remote, w.tls
}

// connected notes a connection that was opened, through a proxy if need be.
func (w *watch) connected(began time.Time, t *transport) {
	if w == nil {
		return
	}
	w.connections++
	if x := w.last; x != nil && !x.over {
		x.mu.Lock()
		x.value.Connect = time.Since(began)
		if t.sock != nil {
			x.value.Resolve = t.sock.Resolving()
			x.value.Connect -= x.value.Resolve
		}
		if x.value.Reused { // the connection of before had been closed by the server
			x.value.Reused = false
			w.reused--
		}
		x.mu.Unlock()
	}
	w.attach(t)
}

// secured notes that TLS was agreed on.
func (w *watch) secured(began time.Time, t *transport) {
	if w == nil {
		return
	}
	if x := w.last; x != nil && !x.over {
		x.mu.Lock()
		x.value.Handshake = time.Since(began)
		x.mu.Unlock()
	}
	w.attach(t)
}

// sent notes that the request was sent, or why it was not.
func (w *watch) sent(err error) {
	if w == nil || w.last == nil {
		return
	}
	if err != nil {
		w.end(err)
		return
	}
	w.last.mark(&w.last.value.Sent)
}

// end ends the exchange under way, if there is one: err is why, or nil if the
// script wants no more of it.
func (w *watch) end(err error) {
	if w != nil && w.last != nil {
		w.last.finish(false)
		w.last.report(err)
	}
}

// take hands the exchange to its response.
func (w *watch) take() *trip {
	if w == nil {
		return nil
	}
	return w.last
}

// mark notes the time of a phase, and the bytes so far.
func (x *trip) mark(phase *time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if *phase == 0 {
		*phase = time.Since(x.value.Began)
	}
	if x.sock != nil {
		in, out := x.sock.Moved()
		x.value.BytesIn, x.value.BytesOut = in-x.inAt, out-x.outAt
	}
}

// answered waits for the first byte of the response.
func (x *trip) answered(r *HTTPResponse) error {
	if r.t.sock != nil && len(r.r.Buffered()) == 0 {
		if err := r.r.Fill(); err == io.EOF {
			return nil // none came
		} else if err != nil {
			return err
		}
	}
	x.mark(&x.value.FirstByte)
	return nil
}

// head notes what the response's head says.
func (x *trip) head(r *HTTPResponse) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.value.Status, x.value.Version = int(r.status), int(r.version)
}

// finish notes that the exchange is over. Whoever called the method that came to
// this end reports it.
func (x *trip) finish(complete bool) {
	if x.over {
		return
	}
	x.mark(&x.value.LastByte)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.over, x.value.Complete = true, complete
}

// after reports an exchange that the method which ended with err brought to its
// end.
func (x *trip) after(err error) {
	if x.over {
		x.report(err)
	}
}

// report tells the observer, once.
func (x *trip) report(err error) {
	x.mu.Lock()
	if x.reported {
		x.mu.Unlock()
		return
	}
	x.reported = true
	if !x.value.Complete {
		x.value.Err = err
	}
	value := x.value
	x.mu.Unlock()
	if x.host != nil {
		x.host.Resources.Remove(x)
		x.host.Observe(&value)
	}
}

// Close reports an exchange that the run's end leaves unfinished, as far as it
// got. It is safe for concurrent use.
func (x *trip) Close() error {
	x.report(nil)
	return nil
}

// timings is resp.timings: seconds, or None for what did not happen.
func (x *trip) timings() starlark.Value {
	if x == nil {
		return starlark.None
	}
	x.mu.Lock()
	v := x.value
	x.mu.Unlock()
	d := starlark.NewDict(6)
	for _, phase := range []struct {
		name string
		d    time.Duration
	}{
		{"resolve", v.Resolve}, {"connect", v.Connect}, {"tls", v.Handshake},
		{"sent", v.Sent}, {"first_byte", v.FirstByte}, {"last_byte", v.LastByte},
	} {
		var seconds starlark.Value = starlark.None
		if phase.d > 0 {
			seconds = starlark.Float(phase.d.Seconds())
		}
		d.SetKey(starlark.String(phase.name), seconds)
	}
	return d
}

// stats is conn.stats.
func (w *watch) stats() starlark.Value {
	if w == nil {
		return starlark.None
	}
	in, out := w.in, w.out
	if w.sock != nil {
		i, o := w.sock.Moved()
		in, out = in+i, out+o
	}
	d := starlark.NewDict(9)
	set := func(name string, v starlark.Value) { d.SetKey(starlark.String(name), v) }
	set("requests", starlark.MakeInt(w.requests))
	set("connections", starlark.MakeInt(w.connections))
	set("reused", starlark.MakeInt(w.reused))
	set("bytes_in", starlark.MakeInt64(in))
	set("bytes_out", starlark.MakeInt64(out))
	set("local", addrValue(w.local))
	set("remote", addrValue(w.remote))
	var version, cipher starlark.Value = starlark.None, starlark.None
	if w.tls != nil {
		version = starlark.String(tls.VersionName(w.tls.Version))
		cipher = starlark.String(tls.CipherSuiteName(w.tls.CipherSuite))
	}
	set("tls", version)
	set("cipher", cipher)
	return d
}

func addrValue(a net.Addr) starlark.Value {
	if a == nil {
		return starlark.None
	}
	return starlark.String(a.String())
}
