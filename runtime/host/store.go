package host

import (
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
)

// Resources holds what a run has open, so that the end of the run can close
// what the script left open.
type Resources struct {
	mu     sync.Mutex
	open   map[io.Closer]struct{}
	closed bool
	whole  *Resources // whose part these are, or nil
}

// Part returns the resources of a part of the run, such as a worker of parallel:
// closed by themselves, or with the whole at the latest.
func (r *Resources) Part() *Resources { return &Resources{whole: r} }

// Add registers c, to be closed at the end of the run. A run that has ended
// closes c at once and returns an error: nothing may outlive it.
func (r *Resources) Add(c io.Closer) error {
	if r.register(c) {
		return nil
	}
	c.Close()
	return ErrEnded
}

// register enters c, unless the run has ended. A part is entered in its whole
// while it has anything open.
func (r *Resources) register(c io.Closer) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.open) == 0 && r.whole != nil && !r.whole.register(r) {
		return false
	}
	if r.open == nil {
		r.open = make(map[io.Closer]struct{})
	}
	r.open[c] = struct{}{}
	return true
}

// ErrEnded says that the run to which a resource would belong is over.
var ErrEnded = errors.New("the run has ended")

// Remove forgets c, which its owner has closed.
func (r *Resources) Remove(c io.Closer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, c)
	if len(r.open) == 0 && r.whole != nil {
		r.whole.Remove(r)
	}
}

// Close closes everything that is open, and whatever is added later. The error joins
// what the closes return; a panic in one is a *PanicError there.
func (r *Resources) Close() error {
	r.mu.Lock()
	open := r.open
	r.open, r.closed = nil, true
	if r.whole != nil {
		r.whole.Remove(r)
	}
	r.mu.Unlock()
	var errs []error
	for c := range open {
		if err := closeOne(c); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func closeOne(c io.Closer) (err error) {
	defer Recover(&err)
	return c.Close()
}

// Len returns how many resources are open.
func (r *Resources) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// Names maps names to the addresses dialled in their place, for one run: what
// --resolve and testserver's names are made of. Case does not matter. The zero
// value is empty.
type Names struct {
	mu sync.RWMutex
	m  map[string]string
}

// Set routes hostport ("www.python.org:443") to addr ("127.0.0.1:43211").
func (n *Names) Set(hostport, addr string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.m == nil {
		n.m = make(map[string]string)
	}
	n.m[strings.ToLower(hostport)] = addr
}

// Delete forgets hostport's route, if it still leads to addr.
func (n *Names) Delete(hostport, addr string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if hostport = strings.ToLower(hostport); n.m[hostport] == addr {
		delete(n.m, hostport)
	}
}

// Lookup returns the address to dial for host and port.
func (n *Names) Lookup(host, port string) (addr string, ok bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if len(n.m) == 0 {
		return "", false
	}
	addr, ok = n.m[strings.ToLower(net.JoinHostPort(host, port))]
	return addr, ok
}

// Trusted holds certificate authorities that one run trusts besides the
// default ones: those of its own test servers. The zero value is empty.
type Trusted struct {
	mu    sync.RWMutex
	certs []*x509.Certificate
}

// Add makes the run trust cert.
func (t *Trusted) Add(cert *x509.Certificate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.certs = append(t.certs, cert)
}

// DefaultRoots returns a new pool of the authorities that the run trusts by
// default: those of h.Roots or of the system, and the run's own.
func (h *Host) DefaultRoots() (*x509.CertPool, error) {
	pool, err := h.Roots()
	if err != nil {
		return nil, err
	}
	if pool == nil {
		if pool, err = x509.SystemCertPool(); err != nil {
			return nil, err
		}
	} else {
		pool = pool.Clone()
	}
	h.Trusted.mu.RLock()
	defer h.Trusted.mu.RUnlock()
	for _, c := range h.Trusted.certs {
		pool.AddCert(c)
	}
	return pool, nil
}

// state holds what the modules keep for one run.
type state struct {
	mu sync.Mutex
	m  map[any]any
}

// State returns the value that a module keeps for this run under key, made by
// init at its first use. Keys are values of unexported types, as for contexts.
// The value is shared by the threads of the run.
func State[T any](h *Host, key any, init func() T) T {
	h.state.mu.Lock()
	defer h.state.mu.Unlock()
	if v, ok := h.state.m[key]; ok {
		return v.(T)
	}
	v := init()
	if h.state.m == nil {
		h.state.m = make(map[any]any)
	}
	h.state.m[key] = v
	return v
}
