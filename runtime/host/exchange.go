package host

import (
	"crypto/tls"
	"net"
	"time"
)

// An Exchange is one request and its response, as an observer sees it when it is
// over. It is a copy: it belongs to whoever gets it.
type Exchange struct {
	Method string // "GET"
	Target string // the request-target as it was sent: "/index.html"
	Scheme string // "http" or "https"
	Host   string // of the origin server: a name or an address, without brackets
	Port   string
	Proxy  string // host:port of the proxy whose tunnel was used, or ""

	Reused        bool     // whether an earlier request had opened the connection
	Local, Remote net.Addr // of the connection; nil if there was none
	// TLS is what the handshake agreed on, or nil without TLS. Shared by the
	// exchanges of a connection: do not change it.
	TLS *tls.ConnectionState

	Status int // of the final response; 0 if there was none
	// Version is 10 or 11, of the response's HTTP version; 9 for a response
	// without a head.
	Version int

	Began time.Time // when the request was begun
	// Resolve, Connect and Handshake are how long it took to resolve the name, to
	// open the connection (a tunnel through a proxy included), and to agree on TLS.
	// They are 0 if the exchange had not to do so.
	Resolve, Connect, Handshake time.Duration
	// Sent, FirstByte and LastByte are when, from Began, the request had been sent,
	// the response's first byte was there, and the exchange was over. What did not
	// happen is 0.
	Sent, FirstByte, LastByte time.Duration

	BytesOut, BytesIn int64 // heads and content, before encryption

	// Complete says that the whole response was received. If it was not, Err is
	// why, or nil if the script wanted no more of it.
	Complete bool
	Err      error
}

// A DialTrace is what Dial can tell of how it went.
type DialTrace struct {
	Resolve time.Duration // how long resolving the name took; 0 for an address
}
