package runtime

import (
	"context"
	"crypto/x509"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"time"

	"go.starlark.net/starlark"

	"starwire/httplibmod"
	"starwire/runtime/host"
)

// A Config says what the scripts of a Runtime may do and what they find. The
// zero value is the safest: its scripts compute and print, and nothing else.
type Config struct {
	// Permissions are what scripts may touch. Nothing is granted unless listed.
	Permissions Permissions
	// Limits bound each run.
	Limits Limits

	// Stdin is sys.stdin; nil is empty. Stdout and Stderr take what scripts
	// write; nil is the process's own. Writes are serialized, and nothing ends one:
	// a run that is stopped meanwhile returns when the writer does.
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Print, if set, gets what scripts print in place of Stdout: one line a call,
	// without its newline. Calls are serialized.
	Print func(line string)

	// Args is sys.argv: the script's name, then its arguments.
	Args []string
	// Modules are modules of the embedder's own, by name. Scripts find them
	// predeclared, by load and by import. New freezes their members.
	Modules map[string]starlark.StringDict
	// Predeclared are further names that scripts find. New freezes the values.
	Predeclared starlark.StringDict
	// Dialect says which language source text is in.
	Dialect Dialect

	// FS, if set, is the file tree of the scripts: load and open resolve relative
	// names in it, and to set it grants reading all of it. A script's own name is
	// then its path in FS. Absolute names still go to the system, as
	// Permissions.Read allows.
	FS fs.FS

	// Dial, if set, opens the connections of scripts: network is "tcp" and address
	// "host:port", or "unix" and a path. Names were judged by Permissions.Net before;
	// which addresses to accept is the hook's business. It is not asked for connections
	// to the run's own servers, those of the module testserver.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Lookup, if set, resolves host names in place of the system's resolver.
	//
	// A run that ends does not wait for a Dial, Lookup or Sleep that heeds no ctx: they
	// are called on goroutines of their own, and what they return too late is closed.
	// Up to there whatever they use must stay usable.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Resolve maps "host:port" to the "address:port" dialled in its place. The
	// name must be granted; the address need not be.
	Resolve map[string]string
	// RootCAs are the authorities TLS trusts by default; nil means the system's.
	RootCAs *x509.CertPool

	// Now and Sleep replace the clock that scripts see; nil is the real one.
	// Sleep waits until ctx ends at most, and then returns its cause.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// Rand replaces the randomness that scripts see: os.urandom, and what the module
	// random starts from; nil is the system's. With the same bytes a script does the
	// same. All runs read from it; reads are serialized. Keys and TLS never do.
	Rand io.Reader

	// Observe, if set, is told of each HTTP exchange of a script when it is over:
	// how long its phases took, what was moved, how it ended. It must be safe for
	// concurrent use, and quick: the script waits for it.
	Observe func(x *Exchange)

	// Audit, if set, is told of each use of a permission and of each refusal, as it
	// happens: (*Audit).Add collects them. It must be safe for concurrent use, and quick.
	Audit func(g Grant)

	// Progress, if set, is told of each transfer for which a script says
	// progress=True, when it begins: a label for people, as the name of a file, and
	// how many bytes it is, or -1 if nobody knows. It returns what is told how far
	// the transfer has come, or nil. It must be safe for concurrent use.
	Progress func(label string, total int64) Meter

	// DebugLevel is the debug level that new connections start with.
	DebugLevel int
	// HTTP is what the connections of httplib and http.client start with: policy,
	// deadline, limits. A script can ask for others for a connection of its own.
	HTTP httplibmod.Options
	// SocketTimeout is what socket.getdefaulttimeout() returns when a run begins: how
	// long each connect, read and write may wait of connections and sockets that are
	// given no timeout. 0 is Python's None, for as long as it takes.
	SocketTimeout time.Duration

	// BlockingReads makes a socket's reads wait in the operating system rather than in
	// Go's poller for as long as a run has one thread: a short exchange takes about a
	// third less time, and while it waits the run keeps a thread of the system. New TCP
	// connections are made the same way, and handed to the poller only when they must
	// wait there. It is for a process that runs one script at a time, on Linux (amd64,
	// arm64); elsewhere it changes nothing.
	BlockingReads bool
	// OnConcurrent, if set, is called before script code may run beside other
	// script code of its run: by parallel, and by testserver for each server. It is
	// called on the script's goroutine, by several at a time if several run.
	//
	// A process that does nothing but run one script is faster on one processor,
	// where a connection's wake-ups cross to no other, and can raise GOMAXPROCS here.
	OnConcurrent func()
}

// An Exchange is one request and its response, as Config.Observe sees it.
type Exchange = host.Exchange

// A Meter is told how far a transfer has come; see Config.Progress.
type Meter = host.Meter

// Permissions list what scripts may touch. See Everything for the opposite.
type Permissions struct {
	// Net grants connections. An element is "host", "host:port",
	// "*.example.com:443" (any name below example.com), "10.0.0.0/8", "[::1]:80",
	// the class "private", or "*" for any host, each with or without ":port". With
	// "https://" before it, it grants HTTPSConnection alone, at port 443 if it names
	// none, and with "http://" HTTPConnection, at port 80: no sockets.
	//
	// "unix:/run/app.sock" grants a Unix socket, "unix:*" all of them; "*" none.
	//
	// Names are judged before they are resolved, and the addresses they resolve to
	// when they are dialled: an address of the class private (loopback, the
	// private networks, link-local and their kind) must be granted as an address,
	// by "private" or by "*", so that no name leads where it should not. The one
	// exception is localhost, whose grant covers loopback.
	Net []string
	// DenyNet takes back what Net grants, in the same notation.
	DenyNet []string
	// Read and Write grant the files below these folders, or "*" for all. Symbolic
	// links that lead out of a folder are not followed.
	Read, Write []string
	// Env grants environment variables by name, or "*" for all.
	Env []string
	// Listen lets scripts run servers (the module testserver) on loopback
	// addresses. They may always connect to servers of their own.
	Listen bool
}

// Everything returns the permissions of the person who runs the process: no
// restriction at all.
func Everything() Permissions {
	all := []string{"*"}
	return Permissions{Net: []string{"*", "unix:*"}, Read: all, Write: all, Env: all, Listen: true}
}

// Limits bound one run: a Run, a Call, or a Session. 0 means the default, a
// negative value no limit (of the depths: the default). All threads of a run share them.
type Limits struct {
	// Steps is the number of interpreter steps, about ten million a second's
	// worth. The default is 1,000,000,000. Each item of a Session has as many.
	Steps int64
	// Wall is the time from beginning to end. The default is one minute. Each item
	// of a Session has as much.
	Wall time.Duration
	// ReadBytes and WriteBytes bound what arrives from the network and from files,
	// and what is sent. The default is 1 GiB each.
	ReadBytes, WriteBytes int64
	// PrintBytes bounds what is printed. The default is 16 MiB.
	PrintBytes int64
	// Conns is the number of connections opened. The default is 1,000.
	Conns int
	// CallDepth is how many calls of functions may be inside each other: about, as
	// it is looked at once in as many steps. By default it is 10,000, and to go
	// deeper is a RuntimeError, as in Python, and no limit.
	CallDepth int
	// JSONDepth is how many lists and dicts may be inside each other in JSON that is
	// read or written. By default it is 1,000, and to go deeper is a ValueError, as in
	// Python, and no limit.
	JSONDepth int
	// Memory is the number of bytes that the heap of the process may grow by while
	// the run goes on; a sample is taken every few milliseconds. Go does not tell the
	// memory of one goroutine from another's: what others use meanwhile counts too.
	// The default is 256 MiB.
	//
	// The first run with this limit raises the bound of Go's stacks to 1 GiB
	// (debug.SetMaxStack): the interpreter recurses over nested data.
	Memory int64
}

// NoLimits returns limits that bound nothing.
func NoLimits() Limits {
	return Limits{Steps: -1, Wall: -1, ReadBytes: -1, WriteBytes: -1, PrintBytes: -1, Conns: -1, CallDepth: -1, JSONDepth: -1, Memory: -1}
}

// withDefaults replaces the zeros.
func (l Limits) withDefaults() Limits {
	return Limits{
		Steps:      or(l.Steps, 1_000_000_000),
		Wall:       or(l.Wall, time.Minute),
		ReadBytes:  or(l.ReadBytes, 1<<30),
		WriteBytes: or(l.WriteBytes, 1<<30),
		PrintBytes: or(l.PrintBytes, 16<<20),
		Conns:      or(l.Conns, 1000),
		CallDepth:  l.CallDepth,
		JSONDepth:  l.JSONDepth,
		Memory:     or(l.Memory, 256<<20),
	}
}

func or[T int | int64 | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// A Dialect says which language a source text is in.
type Dialect int

const (
	// DialectAuto goes by the name: files ending in .py and what a Session reads
	// are in the Python dialect, everything else is Starlark.
	DialectAuto Dialect = iota
	// DialectStarlark is Starlark alone.
	DialectStarlark
	// DialectPython adds Python 2's own statements to Starlark.
	DialectPython
)
