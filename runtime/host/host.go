// Package host answers one question: what of the outside world may this run
// touch?
//
// A Host is a set of capabilities. The runtime attaches one to every thread of
// a run, and every built-in that reaches outside takes it from there (From). A
// capability that was not granted refuses with a *PermissionError; a thread
// without a Host has none. Beside the capabilities a Host carries what belongs
// to one run: its context, its open resources, its budgets and the state of its
// modules.
package host

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"io"
	"io/fs"
	"net"
	"os"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
)

// A Host is what one run may touch. A nil func field refuses. Fill the fields,
// then Attach; they do not change afterwards. All functions must be safe for
// concurrent use: a run may have several threads.
type Host struct {
	// Dial opens a TCP connection, or one to a Unix socket. It tries the addresses of
	// the name in order and returns the last one's error; DialRequest.Timeout bounds
	// each try.
	// Errors are those of package net, or a *PermissionError.
	Dial func(ctx context.Context, d DialRequest) (net.Conn, error)
	// Tunnel says whether a proxy may be asked to connect to host and port, which the
	// proxy resolves: nil, or a *PermissionError. scheme is what will be spoken, as in
	// DialRequest. If it is nil, whoever may dial the proxy may.
	Tunnel func(scheme, host, port string) error
	// Listen opens a listener on a loopback address, for servers of the run's own.
	Listen func(ctx context.Context) (net.Listener, error)
	// Open opens the named file as flag (os.O_RDONLY, …) says.
	Open func(name string, flag int) (File, error)
	// Stat describes the named file, as os.Stat does. It never blocks, and needs the
	// grant to read the file.
	Stat func(name string) (fs.FileInfo, error)
	// Getenv returns an environment variable; ok is false if it is not set.
	Getenv func(name string) (value string, ok bool, err error)
	// Environ lists the names of the environment variables that Getenv grants.
	Environ func() []string
	// Roots returns the certificate authorities TLS trusts by default, or nil
	// for the system's. The pool belongs to the Host: clone it to add to it.
	Roots func() (*x509.CertPool, error)
	// Now returns the wall clock's time.
	Now func() time.Time
	// Sleep waits for d or until ctx ends, whichever is first, and then returns
	// ctx's cause.
	Sleep func(ctx context.Context, d time.Duration) error
	// Rand is the randomness that scripts see: os.urandom, the seeds of random. nil is
	// the system's. Keys and TLS never come from it.
	Rand io.Reader

	// NewThread makes another thread of the run, for a built-in that calls script
	// functions on a goroutine of its own. The thread shares the run's Host, budgets
	// and cancellation; done releases it once nothing runs on it any more.
	NewThread func(name string) (thread *starlark.Thread, done func())

	// Current returns the context of the code that runs now, for values that the
	// interpreter asks without saying on which thread; nil means the run's. The
	// items of a session end one by one.
	Current func() context.Context

	// Raise makes err the error of the statement that runs on thread: for an
	// iterator, which has no way to return one. It must be called on the thread's
	// goroutine. For a nil thread err ends what runs now, and no catch helps.
	Raise func(thread *starlark.Thread, err error)

	// Spent, if set, is called by Spend, on the thread's goroutine: it ends the run
	// if the thread has taken more steps than it may.
	Spent func(thread *starlark.Thread)
	// Reserve, if set, is asked by the function Reserve.
	Reserve func(thread *starlark.Thread, n int64) error

	// Sending, if set, hears of each HTTP request just before it is sent.
	Sending func(r Request)
	// Observe, if not nil, is told of each HTTP exchange when it is over, on whatever
	// goroutine that happens.
	Observe func(x *Exchange)

	// Progress, if not nil, is told of each transfer for which a script says
	// progress=True, when it begins: a label for people, as the name of a file, and
	// how many bytes it is, or -1 if nobody knows. It returns what counts them, or nil.
	Progress func(label string, total int64) Meter

	// DebugLevel is the debug level that new connections start with.
	DebugLevel int

	// Args is sys.argv: the script's name, then its arguments.
	Args []string
	// Stdin, Stdout and Stderr are the run's streams; nil ones are empty, or
	// discard what is written.
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// Names maps "host:port" to the address dialled instead, and Trusted holds
	// authorities of this run's own. Attach makes those that are nil.
	Names   *Names
	Trusted *Trusted
	// Resources holds what the run has open; Attach makes one if it is nil.
	Resources *Resources
	// Budget counts what the run has used; Attach makes one without limits if it is nil.
	Budget *Budget

	ctx      context.Context
	lifetime context.Context
	state    *state

	// See turn.go. *out is whether the guest that h belongs to has given up its
	// turn, and stop ends it; both are nil for the script itself.
	turns *turns
	out   *bool
	stop  func()
}

// A Meter is told how far a transfer has come. It is used by one goroutine at a
// time.
type Meter interface {
	// Add says that n more bytes have been moved.
	Add(n int64)
	// Done says that the transfer is over, well or not. Nothing follows.
	Done()
}

// A File is an open file: an *os.File, or one of an fs.FS that can read.
type File interface {
	fs.File
}

// UnixPrefix stands before the path of a Unix socket where a host could stand: in
// permissions and in refusals.
const UnixPrefix = "unix:"

// A DialRequest says where to.
type DialRequest struct {
	Host string // a name or a literal address, without brackets
	Port string // a number, or the name of a service
	// Path, if not "", is that of a Unix socket to connect to; only Timeout counts
	// beside it.
	Path string
	// Scheme is what whoever dials will speak: "http", "https", or "" for anything.
	Scheme string
	// Source is the local address to bind, as host and port; "" for any.
	SourceHost string
	SourcePort int
	Bind       bool // whether to bind Source at all
	// Timeout bounds the connection attempt to each address; 0 means none.
	Timeout time.Duration
	// Trace, if not nil, gets what Dial can tell.
	Trace *DialTrace
}

const local = "starwire.host"

// refusing is the Host of a thread that has none.
var refusing lazy.Value[*Host]

// Attach puts h on thread and returns it as the thread will see it: every nil
// capability replaced by a refusal, every absent store made. ctx is the run's:
// its end stops every blocking call.
func Attach(thread *starlark.Thread, ctx context.Context, h Host) *Host {
	fill(&h)
	h.ctx, h.lifetime = ctx, ctx
	thread.SetLocal(local, &h)
	return &h
}

// WithContext returns the same Host with another context: a part of the run
// that can be cancelled by itself, as an item typed into a session. Resources,
// budgets and the state of modules stay shared.
func (h *Host) WithContext(ctx context.Context) *Host {
	part := *h
	part.ctx = ctx
	return &part
}

// Share attaches the Host of one thread to another thread of the same run, which
// runs on the same goroutine, as a loaded file's does. For another goroutine
// share a Fork or a Guest of it.
func Share(to *starlark.Thread, h *Host) { to.SetLocal(local, h) }

// From returns the thread's Host. It is never nil: a thread to which nothing
// was attached gets one that refuses everything.
func From(thread *starlark.Thread) *Host {
	if h, ok := thread.Local(local).(*Host); ok {
		return h
	}
	return refuseAll()
}

func refuseAll() *Host {
	return refusing.Get(func() *Host { return Attach(new(starlark.Thread), context.Background(), Host{}) })
}

// Context returns the context of the thread's run.
func Context(thread *starlark.Thread) context.Context { return From(thread).ctx }

// Context returns the context of the run: its end cancels everything that blocks.
func (h *Host) Context() context.Context { return h.ctx }

// Lifetime returns the context that the Host was attached with, which
// WithContext leaves alone: what is meant to outlive the part of a run that
// made it, such as a server, lives until it ends or Resources are closed.
func (h *Host) Lifetime() context.Context { return h.lifetime }

// fill replaces what is nil.
func fill(h *Host) {
	if h.Dial == nil {
		h.Dial = func(_ context.Context, d DialRequest) (net.Conn, error) {
			target := net.JoinHostPort(d.Host, d.Port)
			if d.Path != "" {
				target = UnixPrefix + d.Path
			}
			return nil, &PermissionError{Action: "connect to", Target: target, Grant: "--allow-net=" + target}
		}
	}
	if h.Tunnel == nil {
		h.Tunnel = func(string, string, string) error { return nil }
	}
	if h.Listen == nil {
		h.Listen = func(context.Context) (net.Listener, error) {
			return nil, &PermissionError{Action: "listen on", Target: "127.0.0.1", Grant: "--allow-listen"}
		}
	}
	if h.Open == nil {
		h.Open = func(name string, flag int) (File, error) {
			return nil, RefuseOpen(name, flag)
		}
	}
	if h.Stat == nil {
		h.Stat = func(name string) (fs.FileInfo, error) { return nil, RefuseOpen(name, os.O_RDONLY) }
	}
	if h.Getenv == nil {
		h.Getenv = func(name string) (string, bool, error) {
			return "", false, &PermissionError{Action: "read environment variable", Target: name, Grant: "--allow-env=" + name}
		}
	}
	if h.Environ == nil {
		h.Environ = func() []string { return nil }
	}
	if h.Roots == nil {
		h.Roots = func() (*x509.CertPool, error) { return nil, nil }
	}
	if h.Now == nil {
		h.Now = time.Now
	}
	if h.Sleep == nil {
		h.Sleep = sleep
	}
	if h.Rand == nil {
		h.Rand = rand.Reader
	}
	if h.NewThread == nil {
		h.NewThread = func(name string) (*starlark.Thread, func()) {
			thread := &starlark.Thread{Name: name}
			Share(thread, h)
			return thread, func() {}
		}
	}
	if h.Raise == nil {
		h.Raise = func(thread *starlark.Thread, err error) {
			if thread != nil {
				thread.Cancel(err.Error())
			}
		}
	}
	if h.Stdin == nil {
		h.Stdin = eof{}
	}
	if h.Stdout == nil {
		h.Stdout = io.Discard
	}
	if h.Stderr == nil {
		h.Stderr = io.Discard
	}
	if h.Names == nil {
		h.Names = new(Names)
	}
	if h.Trusted == nil {
		h.Trusted = new(Trusted)
	}
	if h.Resources == nil {
		h.Resources = new(Resources)
	}
	if h.Budget == nil {
		h.Budget = new(Budget)
	}
	h.state = new(state)
	h.turns = new(turns)
}

// sleep waits without touching anything outside, so it needs no grant.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
