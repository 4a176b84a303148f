package runtime

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"starwire/runtime/host"
)

// accepting returns a loopback listener that accepts connections and closes
// them when the test ends.
func accepting(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// dialer returns a run's Dial; the run ends with the test.
func dialer(t *testing.T, c Config) (*run, func(host.DialRequest) (net.Conn, error)) {
	t.Helper()
	rt, _ := newRuntime(t, c)
	r := rt.newRun(context.Background())
	t.Cleanup(func() { r.close() })
	return r, func(d host.DialRequest) (net.Conn, error) { return r.dial(r.task.host.Context(), d) }
}

func wantConn(t *testing.T, what string, conn net.Conn, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v; want a connection", what, err)
		return
	}
	if _, ok := conn.(*net.TCPConn); !ok {
		t.Errorf("%s: a %T; want the bare *net.TCPConn", what, conn)
	}
	conn.Close()
}

func wantRefused(t *testing.T, what string, err error) {
	t.Helper()
	if _, ok := err.(*host.PermissionError); !ok {
		t.Errorf("%s: %v; want a bare *host.PermissionError", what, err)
	}
}

func TestDialTriesAddresses(t *testing.T) {
	good := accepting(t)
	closed := netip.MustParseAddr("127.0.0.2") // nothing listens there
	lookup := func(_ context.Context, name string) ([]netip.Addr, error) {
		switch name {
		case "two.test":
			return []netip.Addr{closed, good.Addr()}, nil
		case "mapped.test":
			return []netip.Addr{netip.AddrFrom16(good.Addr().As16())}, nil
		case "down.test":
			return []netip.Addr{closed, netip.MustParseAddr("127.0.0.3")}, nil
		case "none.test":
			return nil, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	_, dial := dialer(t, Config{Permissions: Permissions{Net: []string{"*"}}, Lookup: lookup})
	port := netip.AddrPortFrom(good.Addr(), good.Port()).String()[len("127.0.0.1:"):]
	for _, name := range []string{"two.test", "mapped.test", "127.0.0.1", "::ffff:127.0.0.1"} {
		conn, err := dial(host.DialRequest{Host: name, Port: port})
		wantConn(t, name, conn, err)
	}
	_, err := dial(host.DialRequest{Host: "down.test", Port: port})
	var op *net.OpError
	if !errors.Is(err, syscall.ECONNREFUSED) || !errors.As(err, &op) || !strings.HasPrefix(op.Addr.String(), "127.0.0.3:") {
		t.Errorf("down.test: %v; want the last address's refusal", err)
	}
	var dns *net.DNSError
	for _, name := range []string{"none.test", "unknown.test"} {
		if _, err := dial(host.DialRequest{Host: name, Port: port}); !errors.As(err, &dns) || !dns.IsNotFound {
			t.Errorf("%s: %v; want a DNSError", name, err)
		}
	}
	if _, err := dial(host.DialRequest{Host: "127.0.0.1", Port: "no such service"}); err == nil {
		t.Error("dialled a service that does not exist")
	}
}

// TestDialJudgesAddresses has a name's answer change between two dials.
func TestDialJudgesAddresses(t *testing.T) {
	good := accepting(t)
	answer := []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	_, dial := dialer(t, Config{
		Permissions: Permissions{Net: []string{"app.test", "127.0.0.2"}},
		Lookup:      func(context.Context, string) ([]netip.Addr, error) { return answer, nil },
	})
	d := host.DialRequest{Host: "app.test", Port: strings.TrimPrefix(good.String(), "127.0.0.1:")}
	_, err := dial(d)
	wantRefused(t, "a name for loopback", err)
	answer = []netip.Addr{netip.MustParseAddr("127.0.0.2")}
	if _, err := dial(d); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a granted address: %v; want it dialled", err)
	}
	answer = []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.1")}
	_, err = dial(d)
	wantRefused(t, "the second address", err)
	d.Host = "other.test"
	_, err = dial(d)
	wantRefused(t, "another name", err)
}

func TestDialOwnServers(t *testing.T) {
	r, dial := dialer(t, Config{Permissions: Permissions{Listen: true}})
	l, err := r.listen(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	r.task.host.Names.Set("www.python.org:443", l.Addr().String())
	allowed := []host.DialRequest{
		{Host: "127.0.0.1", Port: port},
		{Host: "::ffff:127.0.0.1", Port: port},
		{Host: "localhost", Port: port},
		{Host: "LOCALHOST.", Port: port},
		{Host: "www.python.org", Port: "443"},
		{Host: "www.python.org", Port: "443", Bind: true, SourceHost: "127.0.0.1"},
	}
	for _, d := range allowed {
		conn, err := dial(d)
		wantConn(t, d.Host, conn, err)
	}
	for _, d := range []host.DialRequest{
		{Host: "127.0.0.1", Port: "1"},
		{Host: "127.0.0.2", Port: port},
		{Host: "www.python.org", Port: "80"},
		{Host: "python.org", Port: "443"},
	} {
		_, err := dial(d)
		wantRefused(t, d.Host+":"+d.Port, err)
	}
	l.Close()
	for _, d := range allowed {
		_, err := dial(d)
		wantRefused(t, d.Host+" after the server closed", err)
	}
}

// TestTunnelJudgesTarget: the name that the proxy is asked for counts, with its port
// and what will be spoken; nobody resolves it.
func TestTunnelJudgesTarget(t *testing.T) {
	r, _ := dialer(t, Config{
		Permissions: Permissions{Net: []string{"proxy.test:3128", "a.test:443", "*.below.test", "https://secure.test", "10.0.0.0/8"}, DenyNet: []string{"no.below.test"}},
		Lookup: func(_ context.Context, name string) ([]netip.Addr, error) {
			t.Errorf("%s was resolved", name)
			return nil, nil
		},
	})
	for _, tt := range []struct {
		scheme, host, port string
		ok                 bool
	}{
		{"https", "a.test", "443", true}, {"http", "A.Test.", "443", true}, {"https", "a.test", "444", false},
		{"https", "x.below.test", "1", true}, {"https", "no.below.test", "1", false}, {"https", "below.test", "1", false},
		{"https", "secure.test", "443", true}, {"http", "secure.test", "443", false}, {"", "secure.test", "443", false},
		{"https", "10.1.2.3", "443", true}, {"https", "::ffff:10.1.2.3", "443", true}, {"https", "127.0.0.1", "443", false},
		{"https", "proxy.test", "443", false}, {"https", "localhost", "443", false}, {"https", "b.test", "443", false},
	} {
		err := r.tunnel(tt.scheme, tt.host, tt.port)
		if tt.ok && err != nil {
			t.Errorf("%s to %s:%s: %v", tt.scheme, tt.host, tt.port, err)
		} else if !tt.ok {
			wantRefused(t, tt.scheme+" to "+tt.host+":"+tt.port, err)
		}
	}
}

func TestListenRefused(t *testing.T) {
	r, _ := dialer(t, Config{})
	_, err := r.listen(context.Background())
	wantRefused(t, "listen", err)
}

func TestDialResolve(t *testing.T) {
	good := accepting(t)
	c := Config{
		Permissions: Permissions{Net: []string{"www.test:443"}},
		Resolve:     map[string]string{"www.test:443": good.String(), "other.test:443": good.String()},
	}
	_, dial := dialer(t, c)
	conn, err := dial(host.DialRequest{Host: "www.test", Port: "443"})
	wantConn(t, "www.test", conn, err)
	_, err = dial(host.DialRequest{Host: "other.test", Port: "443"})
	wantRefused(t, "a name that is routed but not granted", err)
	for from, to := range map[string]string{"www.test": "127.0.0.1:1", "www.test:1": "127.0.0.1", "a:1": "b:1"} {
		if _, err := New(Config{Resolve: map[string]string{from: to}}); err == nil || !strings.HasPrefix(err.Error(), "runtime.Config: Resolve: ") {
			t.Errorf("New with Resolve %q: %q = %v; want an error", from, to, err)
		}
	}
}

func TestDialHook(t *testing.T) {
	var dialled []string
	ends := make(chan net.Conn, 1)
	_, dial := dialer(t, Config{
		Permissions: Permissions{Net: []string{"*.test"}},
		Resolve:     map[string]string{"routed.test:80": "192.0.2.1:8080"},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			dialled = append(dialled, network+" "+address)
			if address == "slow.test:80" {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			a, b := net.Pipe()
			ends <- b
			return a, nil
		},
	})
	conn, err := dial(host.DialRequest{Host: "a.test", Port: "http"})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	(<-ends).Close()
	if conn, err = dial(host.DialRequest{Host: "routed.test", Port: "80"}); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	(<-ends).Close()
	var timeout net.Error
	if _, err := dial(host.DialRequest{Host: "slow.test", Port: "80", Timeout: time.Millisecond}); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("slow.test: %v; want a timeout", err)
	}
	_, err = dial(host.DialRequest{Host: "example.com", Port: "80"})
	wantRefused(t, "example.com", err)
	if got, want := strings.Join(dialled, ", "), "tcp a.test:80, tcp 192.0.2.1:8080, tcp slow.test:80"; got != want {
		t.Errorf("the hook was asked for %s; want %s", got, want)
	}
}

func TestDialSource(t *testing.T) {
	good := accepting(t)
	_, dial := dialer(t, Config{Permissions: Permissions{Net: []string{"127.0.0.1"}}})
	d := host.DialRequest{Host: "127.0.0.1", Port: strings.TrimPrefix(good.String(), "127.0.0.1:"), Bind: true}
	for _, source := range []string{"", "127.0.0.1", "localhost"} {
		d.SourceHost = source
		conn, err := dial(d)
		wantConn(t, "source "+source, conn, err)
	}
	d.SourceHost = "192.0.2.1"
	if conn, err := dial(d); err == nil {
		conn.Close()
		t.Error("bound an address that is not this machine's")
	}
}

func TestDialCountsConnections(t *testing.T) {
	good := accepting(t)
	_, dial := dialer(t, Config{Permissions: Everything(), Limits: Limits{Conns: 2}})
	d := host.DialRequest{Host: "127.0.0.1", Port: strings.TrimPrefix(good.String(), "127.0.0.1:")}
	for range 2 {
		conn, err := dial(d)
		wantConn(t, "within the limit", conn, err)
	}
	_, err := dial(d)
	var limit *LimitError
	if !errors.As(err, &limit) || limit.Flag != "--max-conns" {
		t.Errorf("the third of two connections: %v; want a LimitError", err)
	}
}
