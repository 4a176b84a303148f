package host

// A Request is an HTTP request as a connection sent it.
type Request struct {
	Secure     bool   // over TLS
	Host, Port string // of the connection, or of the tunnel's end
	Head       string // request line and field lines, with the empty line
	Body       string // what went with the head
	Streamed   bool   // further content follows, from a file or a reader
}
