package runtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
)

// ownServers are the addresses on which a run's own servers listen. The run may
// always connect to them.
type ownServers struct {
	mu sync.RWMutex
	m  map[netip.AddrPort]struct{}
}

func (o *ownServers) add(a netip.AddrPort) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.m == nil {
		o.m = make(map[netip.AddrPort]struct{})
	}
	o.m[a] = struct{}{}
}

func (o *ownServers) remove(a netip.AddrPort) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.m, a)
}

func (o *ownServers) has(a netip.AddrPort) bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	_, ok := o.m[netip.AddrPortFrom(a.Addr().Unmap(), a.Port())]
	return ok
}

// at returns the address of the own server that localhost leads to at port.
func (o *ownServers) at(port uint16) (netip.AddrPort, bool) {
	for _, a := range []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()} {
		if ap := netip.AddrPortFrom(a, port); o.has(ap) {
			return ap, true
		}
	}
	return netip.AddrPort{}, false
}

// listen is Host.Listen: a listener on a free port of a loopback address.
func (r *run) listen(ctx context.Context) (net.Listener, error) {
	if !r.rt.config.Permissions.Listen {
		refused := &host.PermissionError{Action: "listen on", Target: "127.0.0.1", Grant: "--allow-listen"}
		r.rt.audit(GrantListen, "", refused)
		return nil, refused
	}
	r.rt.audit(GrantListen, "", nil)
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		var err6 error
		if l, err6 = lc.Listen(ctx, "tcp", "[::1]:0"); err6 != nil {
			return nil, err
		}
	}
	r.concurrent()
	own := &ownListener{Listener: l, servers: &r.own, addr: l.Addr().(*net.TCPAddr).AddrPort()}
	r.own.add(own.addr)
	return own, nil
}

// An ownListener is a listener of the run's own; its address is one only until
// it is closed.
type ownListener struct {
	net.Listener
	servers *ownServers
	addr    netip.AddrPort
}

// Close closes the listener and takes its address off the run's list first.
func (l *ownListener) Close() error {
	l.servers.remove(l.addr)
	return l.Listener.Close()
}

// names returns the table of Config.Resolve for one run, or nil.
func (rt *Runtime) names() *host.Names {
	if len(rt.config.Resolve) == 0 {
		return nil
	}
	names := new(host.Names)
	for hostport, addr := range rt.config.Resolve {
		names.Set(hostport, addr)
	}
	return names
}

// checkResolve checks Config.Resolve.
func checkResolve(table map[string]string) error {
	for hostport, addr := range table {
		if _, _, err := net.SplitHostPort(hostport); err != nil {
			return fmt.Errorf("runtime.Config: Resolve: %q is not host:port", hostport)
		}
		if _, err := netip.ParseAddrPort(addr); err != nil {
			return fmt.Errorf("runtime.Config: Resolve: %q is not address:port", addr)
		}
	}
	return nil
}

// dial is Host.Dial: it judges the name, resolves it, and tries its addresses in
// order, each judged when it is dialled.
//
// socket.py, create_connection.
func (r *run) dial(ctx context.Context, d host.DialRequest) (net.Conn, error) {
	if d.Path != "" {
		return r.dialUnix(ctx, d)
	}
	budget := r.task.host.Budget
	port, err := portNumber(ctx, d.Port)
	if err != nil {
		return nil, err
	}
	name := d.Host
	literal, err := netip.ParseAddr(name)
	isName := err != nil
	to := destination{name: name, port: strconv.Itoa(int(port)), scheme: d.Scheme}

	if routed, ok := r.task.host.Names.Lookup(name, to.port); ok {
		addr, err := netip.ParseAddrPort(routed)
		if err != nil {
			return nil, err
		}
		own := r.own.has(addr)
		if !own {
			if refused := r.judge(to, literal); refused != nil {
				return nil, refused
			}
		}
		if err := budget.Conn(); err != nil {
			return nil, err
		}
		if !own && r.rt.config.Dial != nil {
			return r.dialHook(ctx, d, "tcp", addr.String())
		}
		return r.dialAddr(ctx, d, nil, addr)
	}
	if isName && isLocalhost(canonicalName(name)) {
		if addr, ok := r.own.at(port); ok {
			literal, isName = addr.Addr(), false
		}
	}
	if addr := netip.AddrPortFrom(literal, port); !isName && r.own.has(addr) {
		if err := budget.Conn(); err != nil {
			return nil, err
		}
		return r.dialAddr(ctx, d, nil, addr)
	}
	if refused := r.judge(to, literal); refused != nil {
		return nil, refused
	}
	if err := budget.Conn(); err != nil {
		return nil, err
	}
	if r.rt.config.Dial != nil {
		return r.dialHook(ctx, d, "tcp", net.JoinHostPort(d.Host, to.port))
	}
	if !isName {
		return r.dialAddr(ctx, d, nil, netip.AddrPortFrom(literal, port))
	}
	began := time.Now()
	addrs, err := r.lookup(ctx, name)
	if d.Trace != nil {
		d.Trace.Resolve = time.Since(began)
	}
	if err != nil {
		return nil, err
	}
	err = &net.DNSError{Err: "no suitable address", Name: name, IsNotFound: true}
	for _, a := range addrs {
		var conn net.Conn
		if conn, err = r.dialAddr(ctx, d, &to, netip.AddrPortFrom(a, port)); err == nil {
			return conn, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

// judge returns nil if the run may dial what the script named, before it is
// resolved: the literal address if it is valid, or else the name.
func (r *run) judge(to destination, literal netip.Addr) *host.PermissionError {
	if literal.IsValid() {
		port, _ := strconv.ParseUint(to.port, 10, 16) // dial and tunnel wrote it
		to.name = ""
		return r.judgeAddr(to, netip.AddrPortFrom(literal, uint16(port)))
	}
	refused := r.rt.net.judgeName(to)
	r.rt.audit(GrantNet, hostport(canonicalName(to.name), to.port), refused)
	return refused
}

// judgeAddr returns nil if the run may dial the address: one that the script
// named, or one that to.name resolved to.
func (r *run) judgeAddr(to destination, addr netip.AddrPort) *host.PermissionError {
	refused := r.rt.net.judgeAddr(to, addr)
	if a := addr.Addr().Unmap().WithZone(""); to.name == "" || refused != nil || needsOwnGrant(to.name, a) {
		r.rt.audit(GrantNet, hostport(a.String(), strconv.Itoa(int(addr.Port()))), refused)
	}
	return refused
}

// tunnel is Host.Tunnel. The proxy resolves the name, so that alone is judged, and
// an address as it is.
func (r *run) tunnel(scheme, name, port string) error {
	n, err := portNumber(r.current.Load().host.Context(), port)
	if err != nil {
		return err
	}
	literal, err := netip.ParseAddr(name)
	to := destination{name: name, port: strconv.Itoa(int(n)), scheme: scheme}
	if routed, ok := r.task.host.Names.Lookup(name, to.port); ok {
		if addr, err := netip.ParseAddrPort(routed); err == nil && r.own.has(addr) {
			return nil
		}
	}
	if err != nil && isLocalhost(canonicalName(name)) {
		if _, ok := r.own.at(n); ok {
			return nil
		}
	}
	if err == nil && r.own.has(netip.AddrPortFrom(literal, n)) {
		return nil
	}
	if refused := r.judge(to, literal); refused != nil {
		return refused
	}
	return nil
}

// portNumber returns the number of a port or of a named service.
func portNumber(ctx context.Context, port string) (uint16, error) {
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		return uint16(n), nil
	}
	n, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	return uint16(n), err
}

// lookup resolves a name that was judged.
func (r *run) lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	if r.rt.config.Lookup != nil {
		return r.rt.callLookup(ctx, name)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}

// dialUnix connects to a Unix socket, by its absolute path.
func (r *run) dialUnix(ctx context.Context, d host.DialRequest) (net.Conn, error) {
	path, err := filepath.Abs(d.Path)
	if err != nil {
		return nil, err
	}
	refused := r.rt.net.judgeUnix(path)
	r.rt.audit(GrantNet, host.UnixPrefix+path, refused)
	if refused != nil {
		return nil, refused
	}
	if err := r.task.host.Budget.Conn(); err != nil {
		return nil, err
	}
	if r.rt.config.Dial != nil {
		return r.dialHook(ctx, d, "unix", path)
	}
	dialer := net.Dialer{Timeout: d.Timeout}
	return dialer.DialContext(ctx, "unix", path)
}

// dialHook dials through Config.Dial.
func (r *run) dialHook(ctx context.Context, d host.DialRequest, network, address string) (net.Conn, error) {
	if d.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.Timeout)
		defer cancel()
	}
	conn, err := r.rt.callDial(ctx, network, address)
	if err == nil {
		return conn, nil
	}
	var op *net.OpError
	if !errors.As(err, &op) {
		err = &net.OpError{Op: "dial", Net: network, Err: err}
	}
	return nil, err
}

// dialAddr dials one address. It is judged as what to resolved to, at the last
// moment; or not any more if to is nil: then it is what was judged already, the
// run's own server, or the embedder's choice.
func (r *run) dialAddr(ctx context.Context, d host.DialRequest, to *destination, addr netip.AddrPort) (net.Conn, error) {
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	judge := func(a netip.AddrPort) error {
		if to != nil {
			if refused := r.judgeAddr(*to, a); refused != nil {
				return refused
			}
		}
		return nil
	}
	if !d.Bind {
		if conn, ok, err := socketmod.DialTCP(ctx, r.task.host, addr, d.Timeout, judge); ok {
			return conn, err
		}
	}
	dialer := net.Dialer{Timeout: d.Timeout, KeepAlive: -1, FallbackDelay: -1}
	if to != nil {
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			a, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			return judge(a)
		}
	}
	if d.Bind {
		source, err := r.source(ctx, d)
		if err != nil {
			return nil, err
		}
		dialer.LocalAddr = source
	}
	conn, err := dialer.DialContext(ctx, "tcp", addr.String())
	if err != nil {
		var refused *host.PermissionError
		if errors.As(err, &refused) {
			return nil, refused
		}
		return nil, err
	}
	return conn, nil
}

// source returns the local address to bind.
func (r *run) source(ctx context.Context, d host.DialRequest) (*net.TCPAddr, error) {
	local := &net.TCPAddr{Port: d.SourcePort}
	if d.SourceHost == "" {
		return local, nil
	}
	a, err := netip.ParseAddr(d.SourceHost)
	if err != nil {
		// To ask for a name is to tell its name servers something.
		to := destination{name: d.SourceHost, port: strconv.Itoa(d.SourcePort)}
		if refused := r.judge(to, a); refused != nil {
			return nil, refused
		}
		addrs, err := r.lookup(ctx, d.SourceHost)
		if err != nil {
			return nil, err
		}
		if len(addrs) == 0 {
			return nil, &net.DNSError{Err: "no suitable address", Name: d.SourceHost, IsNotFound: true}
		}
		a = addrs[0]
	}
	local.IP, local.Zone = a.Unmap().AsSlice(), a.Zone()
	return local, nil
}
