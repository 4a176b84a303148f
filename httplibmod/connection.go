package httplibmod

import (
	"fmt"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// An HTTPConnection is one transaction at a time with one HTTP server, as
// Python's class of that name: it is built with a host and a port, opens its
// socket at the first send, and closes it when the server or close() says so.
// An HTTPSConnection is the same with a TLS context.
type HTTPConnection struct {
	class *connectionClass

	host          string
	port          starlark.Value
	timeout       starlark.Value // as given: the sentinel, None or a number
	sourceAddress starlark.Value
	strict        starlark.Value
	debuglevel    starlark.Value
	autoOpen      starlark.Value
	responseClass starlark.Value    // HTTPResponse, or a function that makes one
	dial          starlark.Value    // _create_connection: socket.create_connection, or a script's
	validatePath  starlark.Callable // _validate_path, or nil for checkURL
	defaultPort   int
	vsn           int    // _http_vsn
	vsnText       string // _http_vsn_str

	method  starlark.Value // of the latest putrequest
	request requestBuffer

	tunnelHost    string
	tunnelPort    starlark.Value
	tunnelHeaders []field

	state   connState
	pending *HTTPResponse // the persistent response not known to be read to its end
	t       *transport    // nil when there is no socket

	// HTTPSConnection only.
	keyFile, certFile starlark.Value
	context           starlark.Value // *sslmod.SSLContext, or whatever was given

	rules     *rules
	hostMade  madeHost
	deadline  time.Duration // of an exchange in all; 0: none
	expires   time.Time     // when the exchange under way must be over; zero: never
	announced announcement  // by the request under way

	progress bool   // the call under way was asked to tell how far it has come
	meter    *meter // nil: nobody watches what is being sent

	watch *watch // nil: nobody watches

	lostAnswer bool // getresponse failed; until close()
	frozen     bool
	user       *starlark.Thread    // inside a method; see lease
	manner     *manner             // of its responses; nil: to be made
	bound      []*starlark.Builtin // methods, bound once: a few, found sooner one by one than in a map
}

var (
	_ starlark.HasSetField = (*HTTPConnection)(nil)
	_ py.Reprer            = (*HTTPConnection)(nil)
)

// A field is a name and a value to be sent.
type field struct{ name, value string }

// String returns Python's repr without the address.
func (c *HTTPConnection) String() string { return "<httplib." + c.class.name + " instance>" }

// Repr returns the same as String.
func (c *HTTPConnection) Repr() string { return c.String() }

// Type returns the name of the class.
func (c *HTTPConnection) Type() string { return c.class.name }

// Truth is always true.
func (c *HTTPConnection) Truth() starlark.Bool { return true }

// Hash refuses: a connection changes.
func (c *HTTPConnection) Hash() (uint32, error) {
	return 0, fmt.Errorf("unhashable type: %s", c.Type())
}

// Freeze makes every call that would change the connection an error. The
// methods are bound now, because a frozen value may be shared.
func (c *HTTPConnection) Freeze() {
	c.FreezeBy(func(v starlark.Value) { v.Freeze() })
}

// FreezeBy is Freeze, but leaves what a script may have assigned to freeze.
func (c *HTTPConnection) FreezeBy(freeze func(starlark.Value)) {
	if c.frozen {
		return
	}
	for name := range connectionMethods {
		c.bind(name)
	}
	c.frozen = true
	for _, v := range []starlark.Value{c.timeout, c.sourceAddress, c.dial, c.responseClass, c.context} {
		freeze(v)
	}
	if c.pending != nil {
		c.pending.Freeze()
	}
	if c.t != nil {
		freeze(c.t.value) // conn.sock
	}
}

// checkMutable is the error of an operation on a frozen connection.
func (c *HTTPConnection) checkMutable(verb string) error {
	if c.frozen {
		return fmt.Errorf("cannot %s frozen %s", verb, c.Type())
	}
	return nil
}

// transport returns the connection's live transport, or nil: one whose framing
// was lost is closed, and then there is no socket.
func (c *HTTPConnection) transport() *transport {
	if !c.t.live() {
		c.t = nil
	}
	return c.t
}

// bind returns the method called name, bound to c once.
func (c *HTTPConnection) bind(name string) starlark.Value {
	for _, b := range c.bound {
		if b.Name() == name {
			return b
		}
	}
	m, ok := connectionMethods[name]
	if !ok {
		return nil
	}
	b := m.BindReceiver(c)
	if c.frozen {
		return b
	}
	c.bound = append(c.bound, b)
	return b
}
