package socketmod

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

func TestConnectRefused(t *testing.T) {
	r := newRun(t, host.Host{})
	l := listen(t)
	port := portOf(l)
	l.Close()
	_, err := Connect(r.thread, "127.0.0.1", port, NoTimeout, nil)
	number, text := errnoOf(syscall.ECONNREFUSED)
	wantError(t, "refused", err, ErrorClass, "error("+starlark.MakeInt(number).String()+", "+py.Quote(text)+")")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("errors.Is(%v, ECONNREFUSED) = false", err)
	}
	if n := r.host.Resources.Len(); n != 0 {
		t.Errorf("%d resources after a refusal; want 0", n)
	}
}

// What the Host's dialler reports, as Python shows it.
func TestConnectErrors(t *testing.T) {
	refused := &host.PermissionError{Action: "connect to", Target: "x:1", Grant: "--allow-net=x:1"}
	limit := &host.LimitError{Limit: "connections", Value: "1"}
	op := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		name  string
		err   error
		class *py.Class
		repr  string
	}{
		{"unknown name", op(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}), GAIError, "gaierror(-2, 'Name or service not known')"},
		{"resolver down", op(&net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true}), GAIError, "gaierror(-3, 'Temporary failure in name resolution')"},
		{"resolver slow", op(&net.DNSError{Err: "i/o timeout", Name: "x", IsTimeout: true}), GAIError, "gaierror(-3, 'Temporary failure in name resolution')"},
		{"unknown service", op(&net.DNSError{Err: "unknown port", Name: "tcp/x", IsNotFound: true}), GAIError, "gaierror(-8, 'Servname not supported for ai_socktype')"},
		{"bad port", op(&net.AddrError{Err: "invalid port", Addr: "99999"}), GAIError, "gaierror(-8, 'Servname not supported for ai_socktype')"},
		{"bad address", op(&net.AddrError{Err: "no suitable address found", Addr: "x"}), GAIError, "gaierror(-2, 'Name or service not known')"},
		{"our timeout", op(os.ErrDeadlineExceeded), TimeoutClass, "timeout('timed out',)"},
		{"a context's timeout", context.DeadlineExceeded, TimeoutClass, "timeout('timed out',)"},
		{"anything else", errors.New("odd"), ErrorClass, "error('odd',)"},
		{"an exception", py.ValueError.Errorf("hook"), py.ValueError, "ValueError('hook',)"},
	}
	for _, tt := range tests {
		r := newRun(t, host.Host{Dial: func(context.Context, host.DialRequest) (net.Conn, error) { return nil, tt.err }})
		_, err := Connect(r.thread, "x", starlark.MakeInt(1), NoTimeout, nil)
		wantError(t, tt.name, err, tt.class, tt.repr)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: the exception does not wrap the dialler's error", tt.name)
		}
	}
	for _, want := range []error{refused, limit} {
		r := newRun(t, host.Host{Dial: func(context.Context, host.DialRequest) (net.Conn, error) { return nil, want }})
		if _, err := Connect(r.thread, "x", starlark.MakeInt(1), NoTimeout, nil); err != want {
			t.Errorf("Connect = %v; want %v untouched", err, want)
		}
	}
}

// What reaches the dialler.
func TestConnectRequest(t *testing.T) {
	var got host.DialRequest
	r := newRun(t, host.Host{Dial: func(_ context.Context, d host.DialRequest) (net.Conn, error) {
		got = d
		return nil, syscall.ECONNREFUSED
	}})
	defaults(r.thread).set(Seconds(7))
	source := starlark.Tuple{starlark.String("10.0.0.1"), starlark.MakeInt(5)}
	tests := []struct {
		port    starlark.Value
		timeout Timeout
		source  starlark.Value
		want    host.DialRequest
	}{
		{starlark.MakeInt(80), NoTimeout, nil, host.DialRequest{Host: "h", Port: "80"}},
		{starlark.String("http"), Timeout{}, starlark.None, host.DialRequest{Host: "h", Port: "http", Timeout: 7e9}},
		{starlark.String("8080"), Seconds(0.5), starlark.Tuple{}, host.DialRequest{Host: "h", Port: "8080", Timeout: 5e8}},
		{starlark.None, Seconds(1e300), source, host.DialRequest{Host: "h", Port: "0", Bind: true, SourceHost: "10.0.0.1", SourcePort: 5}},
		{starlark.True, Seconds(1e-12), starlark.String(""), host.DialRequest{Host: "h", Port: "1", Timeout: 1}},
		{starlark.String(""), NoTimeout, nil, host.DialRequest{Host: "h", Port: "0"}},
	}
	for _, tt := range tests {
		Connect(r.thread, "h", tt.port, tt.timeout, tt.source)
		if got.Trace = nil; got != tt.want {
			t.Errorf("port %v, timeout %v, source %v: dialled %+v; want %+v", tt.port, tt.timeout, tt.source, got, tt.want)
		}
	}
	for _, port := range []starlark.Value{starlark.MakeInt(65536), starlark.String("-1"), starlark.String("a:b"), starlark.String("65536")} {
		_, err := Connect(r.thread, "h", port, NoTimeout, nil)
		wantError(t, "port "+port.String(), err, GAIError, "gaierror(-8, 'Servname not supported for ai_socktype')")
	}
}

func TestConnectSource(t *testing.T) {
	r := newRun(t, host.Host{})
	l := listen(t)
	s, err := Connect(r.thread, "127.0.0.1", portOf(l), NoTimeout, starlark.Tuple{starlark.String("127.0.0.1"), starlark.MakeInt(0)})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	// TEST-NET-1 is nobody's address.
	_, err = Connect(r.thread, "127.0.0.1", portOf(l), NoTimeout, starlark.Tuple{starlark.String("192.0.2.1"), starlark.MakeInt(0)})
	number, text := errnoOf(syscall.EADDRNOTAVAIL)
	wantError(t, "foreign source", err, ErrorClass, "error("+starlark.MakeInt(number).String()+", "+py.Quote(text)+")")
}

func TestConnectAfterTheEnd(t *testing.T) {
	dialled := false
	r := newRun(t, host.Host{Dial: func(context.Context, host.DialRequest) (net.Conn, error) {
		dialled = true
		return nil, errors.New("dialled")
	}})
	r.cancel(errStop)
	if _, err := Connect(r.thread, "h", starlark.MakeInt(1), NoTimeout, nil); err != errStop || dialled {
		t.Errorf("Connect in an ended run = %v, dialled %v; want its cause, and no dialling", err, dialled)
	}
}

func TestConnectCancelled(t *testing.T) {
	begun := make(chan bool)
	r := newRun(t, host.Host{Dial: func(ctx context.Context, _ host.DialRequest) (net.Conn, error) {
		close(begun)
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
	}})
	go func() {
		<-begun
		r.cancel(errStop)
	}()
	if _, err := Connect(r.thread, "h", starlark.MakeInt(1), Seconds(60), nil); err != errStop {
		t.Errorf("Connect = %v; want the run's cause", err)
	}
}

// The run ended between the dialling and the registration.
func TestConnectTooLate(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	r := newRun(t, host.Host{Dial: func(context.Context, host.DialRequest) (net.Conn, error) { return near, nil }})
	r.host.Resources.Close()
	if _, err := Connect(r.thread, "h", starlark.MakeInt(1), NoTimeout, nil); err != host.ErrEnded {
		t.Errorf("Connect = %v; want host.ErrEnded", err)
	}
	if _, err := near.Write([]byte("x")); err == nil {
		t.Error("the connection is still open")
	}
}

func TestParseTimeout(t *testing.T) {
	tests := []struct {
		in   starlark.Value
		want Timeout
	}{
		{starlark.None, NoTimeout},
		{globalDefault, Timeout{}},
		{starlark.MakeInt(3), Seconds(3)},
		{starlark.Float(0.25), Seconds(0.25)},
		{starlark.True, Seconds(1)},
		{starlark.False, Seconds(0)},
	}
	for _, tt := range tests {
		got, err := ParseTimeout(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("ParseTimeout(%v) = %v, %v; want %v", tt.in, got, err, tt.want)
		}
		if back, err := ParseTimeout(got.Value()); err != nil || back != got {
			t.Errorf("ParseTimeout(Value of %v) = %v, %v", got, back, err)
		}
	}
	r := newRun(t, host.Host{})
	if got := (Timeout{}).Resolve(r.thread); got != NoTimeout {
		t.Errorf("the default of a new run = %v; want none", got)
	}
	if _, err := ParseTimeout(starlark.Float(negativeZero())); err != nil {
		t.Errorf("ParseTimeout(-0.0) = %v; want nil, as in CPython", err)
	}
}

func negativeZero() float64 { zero := 0.0; return -zero }
