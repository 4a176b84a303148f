package sslmod

import (
	"crypto/tls"
	"crypto/x509"
	"math"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// An SSLContext holds the settings of TLS connections: whom to trust, what to
// check, which certificate to show. It may be used by several threads once it
// is frozen; before that it belongs to one.
type SSLContext struct {
	settings

	mu     sync.Mutex
	stats  sessionStats
	frozen bool
}

// settings are what a handshake needs of a context. It gets a copy: a handler of
// the run's own servers may change the context meanwhile. So what a slice holds
// is never changed in place.
type settings struct {
	protocol      starlark.Value // as the script gave it, or assigned later
	version       int            // the protocol the context was made for
	verifyMode    int
	checkHostname bool
	options       int64
	verifyFlags   int64

	authorities []*x509.Certificate // loaded by load_verify_locations
	defaults    bool                // and the run's default ones
	crls        int                 // revocation lists seen, which nothing here reads

	certs   []tls.Certificate
	alpn    []string
	ciphers []uint16
	curves  []tls.CurveID
}

// sessionStats counts what session_stats shows.
type sessionStats struct{ connect, connectGood, accept, acceptGood int }

const (
	certNone     = 0
	certOptional = 1
	certRequired = 2

	protocolTLS    = 2
	protocolTLS1   = 3
	protocolTLS1_1 = 4
	protocolTLS1_2 = 5

	opAll                    = 0x80000050
	opNoSSLv3                = 0x02000000
	opNoTLSv1                = 0x04000000
	opNoTLSv1_1              = 0x10000000
	opNoTLSv1_2              = 0x08000000
	opNoTLSv1_3              = 0x20000000
	opNoCompression          = 0x20000
	opCipherServerPreference = 0x400000
	opEnableMiddleboxCompat  = 0x100000
	defaultOptions           = opAll | opNoSSLv3 | opNoCompression | opCipherServerPreference | opEnableMiddleboxCompat
	verifyCRLCheckLeaf       = 4
	verifyCRLCheckChain      = 12
	verifyX509Strict         = 32
	verifyX509TrustedFirst   = 32768
)

// newContext returns a context that verifies nothing yet, as SSLContext(protocol) does.
func newContext(protocol int) (*SSLContext, error) {
	if protocol < protocolTLS || protocol > protocolTLS1_2 {
		return nil, py.ValueError.Errorf("invalid protocol version")
	}
	return &SSLContext{settings: settings{
		protocol: starlark.MakeInt(protocol), version: protocol,
		options: defaultOptions, verifyFlags: verifyX509TrustedFirst,
	}}, nil
}

// NewDefaultContext returns a new context that verifies chain and name against
// the run's default authorities, as create_default_context() does: for
// connections with settings of their own.
func NewDefaultContext() *SSLContext {
	return &SSLContext{settings: settings{
		protocol: starlark.MakeInt(protocolTLS), version: protocolTLS,
		options: defaultOptions, verifyFlags: verifyX509TrustedFirst,
		verifyMode: certRequired, checkHostname: true, defaults: true,
	}}
}

// DefaultContext returns the run's context for HTTPS connections that were given
// none: the same one for each call. It is frozen, so no script can weaken it;
// NewDefaultContext makes one that takes a certificate. The authorities are read
// at a handshake. The error is always nil.
func DefaultContext(thread *starlark.Thread) (*SSLContext, error) {
	return host.State(host.From(thread), contextKey{}, func() *SSLContext {
		c := NewDefaultContext()
		c.Freeze()
		return c
	}), nil
}

type contextKey struct{}

// Unverified returns a new context that verifies neither the chain nor the name.
func Unverified() *SSLContext {
	c := NewDefaultContext()
	c.verifyMode, c.checkHostname, c.defaults = certNone, false, false
	return c
}

// setVerifyMode is the assignment verify_mode = mode.
func (c *SSLContext) setVerifyMode(mode int64) error {
	if mode < certNone || mode > certRequired {
		return py.ValueError.Errorf("invalid value for verify_mode")
	}
	if mode == certNone && c.checkHostname {
		return py.ValueError.Errorf("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
	}
	c.verifyMode = int(mode)
	return nil
}

// setCheckHostname is the assignment check_hostname = on.
func (c *SSLContext) setCheckHostname(on bool) error {
	if on && c.verifyMode == certNone {
		return py.ValueError.Errorf("check_hostname needs a SSL context with either CERT_OPTIONAL or CERT_REQUIRED")
	}
	c.checkHostname = on
	return nil
}

// longArgument reads a C long.
func longArgument(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.Int:
		n, ok := v.Int64()
		if !ok {
			return 0, py.OverflowError.Errorf("Python int too large to convert to C long")
		}
		return n, nil
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case starlark.Float:
		return 0, py.TypeError.Errorf("integer argument expected, got float")
	}
	return 0, py.TypeError.Errorf("an integer is required")
}

// intArgument reads a C int.
func intArgument(v starlark.Value) (int, error) {
	n, err := longArgument(v)
	if err != nil {
		return 0, err
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, py.OverflowError.Errorf("signed integer is greater than maximum")
	}
	return int(n), nil
}

// versions returns the lowest and highest TLS version to offer. Those before
// 1.2 do not exist here: the old PROTOCOL_ names mean "the best there is", as
// PROTOCOL_TLS does (D20).
func (c *settings) versions() (lowest, highest uint16, ok bool) {
	lowest, highest = tls.VersionTLS12, tls.VersionTLS13
	if c.version == protocolTLS1_2 || c.options&opNoTLSv1_3 != 0 {
		highest = tls.VersionTLS12
	}
	if c.options&opNoTLSv1_2 != 0 {
		lowest = tls.VersionTLS13
	}
	return lowest, highest, lowest <= highest
}

// roots returns the authorities to trust. The pool of the default ones is made
// anew: the run's own test servers may have come since the last time.
func (c *settings) roots(h *host.Host) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if c.defaults {
		var err error
		if pool, err = h.DefaultRoots(); err != nil {
			return nil, err
		}
	}
	for _, cert := range c.authorities {
		pool.AddCert(cert)
	}
	return pool, nil
}
