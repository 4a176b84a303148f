package runtime

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.starlark.net/starlark"
)

// A phase is one thing that a script can be busy with, or wait for, when its run is
// stopped. body is one statement a line, in words that are Starlark and Python.
type phase struct {
	name string
	body string
	head string           // definitions for body, before it
	py   bool             // it is Python's alone
	peer func(c *rigConn) // what the server at PORT does with each connection
	tls  bool             // the server at PORT speaks TLS
	with func(*phaseRig)  // prepares what is special
	at   int              // how often something has to say that it was reached; 0 is once
}

// A phaseRig is what the script of a phase meets.
type phaseRig struct {
	t       *testing.T
	dir     string
	port    string // of the server that the script finds at PORT
	config  Config
	reached chan struct{}
	release chan struct{} // closed at the end, for hooks that heed no context
	after   []func()      // to do at the end
}

// close waits until nothing is left of what the rig is made of.
func (r *phaseRig) close() {
	close(r.release)
	for _, f := range slices.Backward(r.after) {
		f()
	}
}

// reach says that the phase is reached. It never blocks.
func (r *phaseRig) reach() {
	select {
	case r.reached <- struct{}{}:
	default:
	}
}

// A rigConn is a connection at its server's end.
type rigConn struct {
	net.Conn
	rig *phaseRig
}

// request reads a request's head, and what came with it.
func (c *rigConn) request() {
	text, buf := "", make([]byte, 4096)
	for !strings.Contains(text, "\r\n\r\n") {
		n, err := c.Read(buf)
		text += string(buf[:n])
		if err != nil {
			return
		}
	}
}

// answering returns a peer that answers a request with the text, and no more.
func answering(text string) func(c *rigConn) {
	return func(c *rigConn) {
		c.request()
		io.WriteString(c, text)
		c.rig.reach()
	}
}

// taking is a peer that takes the beginning of a request, and no more.
func taking(c *rigConn) {
	io.ReadFull(c, make([]byte, 100))
	c.rig.reach()
	<-c.rig.release
}

// mute is a peer that says nothing.
func mute(c *rigConn) { c.rig.reach() }

const (
	phaseGet  = "c = httplib.HTTPConnection('127.0.0.1', PORT)\nc.request('GET', '/')\nr = c.getresponse()\n"
	phaseGets = "c = httplib.HTTPSConnection('127.0.0.1', PORT)\nc.request('GET', '/')\nr = c.getresponse()\n"
	phasePost = "c = httplib.HTTPConnection('127.0.0.1', PORT)\n"
	phaseHead = "HTTP/1.1 200 OK\r\n"
	phaseHalf = phaseHead + "Content-Length: 10\r\n\r\nhalf"
)

// phases are the ways to wait, and to be busy. What only some systems have is
// added by other files.
var phases = []phase{
	{name: "resolver", body: "httplib.HTTPConnection('name.test').connect()", with: func(r *phaseRig) {
		r.config.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			r.reach()
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
	}},
	{name: "deaf resolver", body: "httplib.HTTPConnection('name.test').connect()", with: func(r *phaseRig) {
		r.config.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			r.reach()
			<-r.release
			return nil, errors.New("too late")
		}
	}},
	{name: "dial", body: "httplib.HTTPConnection('name.test').connect()", with: func(r *phaseRig) {
		r.config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			r.reach()
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
	}},
	{name: "deaf dial", body: "httplib.HTTPConnection('name.test').connect()", with: func(r *phaseRig) {
		port := r.serve(mute, nil)
		r.config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			r.reach()
			<-r.release
			return net.Dial("tcp", "127.0.0.1:"+port) // which comes too late
		}
	}},
	{name: "dial within a timeout", body: "httplib.HTTPConnection('name.test', timeout=3600).connect()", with: func(r *phaseRig) {
		r.config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			r.reach()
			<-r.release
			return nil, errors.New("too late")
		}
	}},

	{name: "TLS handshake", peer: func(c *rigConn) { c.Read(make([]byte, 1)); c.rig.reach() }, body: "httplib.HTTPSConnection('127.0.0.1', PORT).connect()"},
	{name: "TLS handshake, urllib2", py: true, peer: func(c *rigConn) { c.Read(make([]byte, 1)); c.rig.reach() }, body: "urllib2.urlopen('https://127.0.0.1:PORT/')"},
	{name: "tunnel", peer: answering(""), body: phasePost + "c.set_tunnel('name.test', 443)\nc.connect()"},
	{name: "tunnel, half a head", peer: answering("HTTP/1.1 200 OK\r\nX"), body: "c = httplib.HTTPSConnection('127.0.0.1', PORT)\nc.set_tunnel('name.test', 443)\nc.connect()"},

	{name: "send", peer: taking, body: phasePost + "c.putrequest('POST', '/')\nc.endheaders()\nwhile True: c.send('x' * (16 << 20))"},
	{name: "send with the head", peer: taking, body: phasePost + "c.request('POST', '/', 'x' * (16 << 20))\nc.getresponse()"},
	{name: "send pieces", peer: taking, body: phasePost + "c.putrequest('POST', '/')\nc.endheaders()\nwhile True: c.send('x' * 100000)"},
	{name: "send over TLS", tls: true, peer: taking, body: "c = httplib.HTTPSConnection('127.0.0.1', PORT)\nc.putrequest('POST', '/')\nc.endheaders()\nwhile True: c.send('x' * (16 << 20))"},
	{name: "send a file", peer: taking, with: (*phaseRig).sparse, body: phasePost + "c.request('POST', '/', open(DIR + '/sparse'))"},
	{name: "send a file over TLS", tls: true, peer: taking, with: (*phaseRig).sparse, body: "c = httplib.HTTPSConnection('127.0.0.1', PORT)\nc.request('POST', '/', open(DIR + '/sparse'))"},
	{name: "send an object", peer: taking, body: phasePost + "c.putrequest('POST', '/')\nc.endheaders()\nwhile True: c.send(StringIO.StringIO('x' * 1000000))"},
	{name: "send to a socket", peer: taking, body: "s = socket.create_connection(('127.0.0.1', PORT))\nwhile True: s.sendall('x' * (4 << 20))"},
	{name: "send within a timeout", peer: taking, body: "c = httplib.HTTPConnection('127.0.0.1', PORT, timeout=3600)\nc.putrequest('POST', '/')\nc.endheaders()\nwhile True: c.send('x' * (16 << 20))"},

	{name: "status line", peer: answering(""), body: phaseGet},
	{name: "head", peer: answering(phaseHead + "X: y\r\n"), body: phaseGet},
	{name: "interim head", peer: answering("HTTP/1.1 100 Continue\r\n\r\n"), body: phaseGet},
	{name: "head over TLS", tls: true, peer: answering(phaseHead), body: phaseGets},
	{name: "head within a timeout", peer: answering(phaseHead), body: "c = httplib.HTTPConnection('127.0.0.1', PORT, timeout=3600)\nc.request('GET', '/')\nc.getresponse()"},
	{name: "read", peer: answering(phaseHalf), body: phaseGet + "r.read()"},
	{name: "read an amount", peer: answering(phaseHalf), body: phaseGet + "r.read(8)"},
	{name: "read chunks", peer: answering(phaseHead + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhal"), body: phaseGet + "r.read()"},
	{name: "read a chunk's size", peer: answering(phaseHead + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5"), body: phaseGet + "r.read()"},
	{name: "read trailers", peer: answering(phaseHead + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n"), body: phaseGet + "r.read()"},
	{name: "read until close", peer: answering(phaseHead + "\r\nhalf"), body: phaseGet + "r.read()"},
	{name: "read over TLS", tls: true, peer: answering(phaseHalf), body: phaseGets + "r.read()"},
	{name: "read chunks over TLS", tls: true, peer: answering(phaseHead + "Transfer-Encoding: chunked\r\n\r\n5\r\nhal"), body: phaseGets + "r.read()"},
	{name: "read until close over TLS", tls: true, peer: answering(phaseHead + "\r\nhalf"), body: phaseGets + "r.read()"},
	{name: "save", peer: answering(phaseHalf), body: phaseGet + "r.save(DIR + '/saved')"},
	{name: "save chunks over TLS", tls: true, peer: answering(phaseHead + "Transfer-Encoding: chunked\r\n\r\n5\r\nhal"), body: phaseGets + "r.save(DIR + '/saved')"},
	{name: "chunks", peer: answering(phaseHalf), body: phaseGet + "for piece in r.chunks(3): pass"},
	{name: "lines of a socket", peer: answering("half"), body: "s = socket.create_connection(('127.0.0.1', PORT))\ns.sendall('GET / HTTP/1.0\\r\\n\\r\\n')\nfor line in s.makefile(): pass"},
	{name: "recv", peer: mute, body: "socket.create_connection(('127.0.0.1', PORT)).recv(1)"},
	{name: "urllib2.urlopen", py: true, peer: answering(phaseHalf), body: "urllib2.urlopen('http://127.0.0.1:PORT/').read()"},
	{name: "urllib.urlretrieve", py: true, peer: answering(phaseHalf), body: "urllib.urlretrieve('http://127.0.0.1:PORT/', DIR + '/retrieved')"},
	{name: "using", tls: true, peer: answering(phaseHalf), body: phaseGets + "for x in using(c): r.read()"},

	{name: "sleep", body: "reached()\ntime.sleep(3600)"},
	{name: "sleep in a hook", body: "time.sleep(3600)", with: func(r *phaseRig) {
		r.config.Sleep = func(ctx context.Context, d time.Duration) error {
			r.reach()
			<-ctx.Done()
			return context.Cause(ctx)
		}
	}},
	{name: "sleep in a deaf hook", body: "time.sleep(3600)", with: func(r *phaseRig) {
		r.config.Sleep = func(context.Context, time.Duration) error {
			r.reach()
			<-r.release
			return nil
		}
	}},
	{name: "loop", body: "reached()\nwhile True: pass"},
	{name: "loop of catches", body: "reached()\nwhile True: attempt(fail, 'x')"},
	{name: "recursion", head: "def deep(n):\n    for i in range(2):\n        deep(n - 1) if n else None\n", body: "reached()\nwhile True: deep(50)"},
	{name: "regular expression", body: "reached()\nre.match('(a*)*b', 'a' * (1 << 24))"},
	{name: "findall", body: "reached()\nwhile True: re.findall('a+?b|a', 'a' * (1 << 22))"},
	{name: "JSON", body: "x = [list(range(1000)) for i in range(1000)]\nreached()\nwhile True: json.loads(json.dumps(x))"},
	{name: "sorted", head: "def key(x):\n    reached() if x == 50000 else None\n    return -x\n", body: "while True: sorted(range(100000), key=key)"},
	{name: "max", body: "reached()\nwhile True: max(range(1000000))"},
	{name: "hash", body: "x = 'x' * (16 << 20)\nreached()\nwhile True: hashlib.sha512(x).hexdigest()"},
	{name: "text", body: "x = 'ab' * (1 << 20)\nreached()\nwhile True: x.replace('a', 'cd').split('b')"},
	{name: "number", body: "x = 3\nfor i in range(17): x = x * x\nreached()\nwhile True: str(x * x)"},
	{name: "standard input", body: "sys.stdin.read()", with: stdinPipe},
	{name: "raw_input", py: true, body: "raw_input()", with: stdinPipe},

	{name: "parallel sleep", at: 64, head: "def work(i):\n    for s in using(socket.create_connection(('127.0.0.1', PORT))): time.sleep(3600)\n",
		peer: mute, body: "parallel(work, range(64), limit=64)"},
	{name: "parallel read", at: 16, head: "def work(i):\n" + indent(phaseGet+"attempt(r.read)\n"), peer: answering(phaseHalf),
		body: "parallel(work, range(100), limit=16, errors='return')"},
	{name: "parallel loop", head: "def work(i):\n    reached() if i == 3 else None\n    while True: attempt(fail, 'x')\n",
		body: "parallel(work, range(4), limit=4)"},
	{name: "parallel rate", body: "parallel(lambda i: reached(), range(2), limit=1, rate=(1, 3600))"},
	{name: "parallel of parallel", at: 4, head: "def inner(i):\n    socket.create_connection(('127.0.0.1', PORT)).recv(1)\ndef work(i):\n    parallel(inner, range(2))\n",
		peer: mute, body: "parallel(work, range(2))"},

	{name: "handler that sleeps", head: "def handle(req):\n    reached()\n    time.sleep(3600)\n",
		body: "s = testserver.start({'/': handle})\nc = httplib.HTTPConnection(s.host, s.port)\nc.request('GET', '/')\nc.getresponse()"},
	{name: "handler that loops", head: "def handle(req):\n    reached()\n    while True: attempt(fail, 'x')\n",
		body: "s = testserver.start({'/': handle}, tls=True)\nc = httplib.HTTPSConnection(s.host, s.port, context=ssl._create_unverified_context())\nc.request('GET', '/')\nc.getresponse()"},
	{name: "handler that reads", head: "def handle(req):\n    socket.create_connection(('127.0.0.1', PORT)).recv(1)\n", peer: mute,
		body: "s = testserver.start({'/': handle})\nc = httplib.HTTPConnection(s.host, s.port)\nc.request('GET', '/')\nc.getresponse()"},
	{name: "delay", body: "s = testserver.start({'/': testserver.delay(3600, 'x')})\nc = httplib.HTTPConnection(s.host, s.port)\nc.request('GET', '/')\nreached()\nc.getresponse()"},
	{name: "drip", body: "s = testserver.start({'/': testserver.drip('x' * 1000, 1, 1)})\nc = httplib.HTTPConnection(s.host, s.port)\nc.request('GET', '/')\nreached()\nc.getresponse().read()"},
	{name: "tunnel of one's own", peer: answering(phaseHead), body: "p = testserver.proxy()\nc = httplib.HTTPConnection(p.host, p.port)\nc.set_tunnel('127.0.0.1', PORT)\nc.request('GET', '/')\nc.getresponse()"},
	{name: "load", head: "load('loops.star', 'x')\n", body: "pass", with: func(r *phaseRig) {
		r.config.FS = fstest.MapFS{"loops.star": {Data: []byte("reached()\nwhile True: attempt(fail, 'x')\n")}}
	}},
}

// stdinPipe gives the script a standard input that says when it is read, and has nothing.
func stdinPipe(r *phaseRig) {
	in, w := io.Pipe()
	r.after = append(r.after, func() { w.Close() })
	r.config.Stdin = readerFunc(func(p []byte) (int, error) {
		r.reach()
		return in.Read(p)
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// sparse makes a large file that takes no room.
func (r *phaseRig) sparse() {
	name := filepath.Join(r.dir, "sparse")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Truncate(name, 1<<30); err != nil {
		r.t.Fatal(err)
	}
}

// indent indents lines by four.
func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// serve runs a server that hands each connection to peer, and returns its port. A
// connection is open until its client closes it, which the test waits for.
func (r *phaseRig) serve(peer func(c *rigConn), cert *tls.Certificate) (port string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	_, port, _ = net.SplitHostPort(l.Addr().String())
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				c := &rigConn{conn, r}
				if cert != nil {
					c.Conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*cert}})
				}
				peer(c)
				io.Copy(io.Discard, conn)
			})
		}
	})
	r.after = append(r.after, func() {
		l.Close()
		all.Wait()
	})
	return port
}

// phaseCertificate returns a certificate for localhost, and who trusts it.
var phaseCertificate = sync.OnceValues(func() (tls.Certificate, *x509.CertPool) {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Certificates[0], pool
})

// phaseWrappers put a phase where a script does what it can to go on.
var phaseWrappers = map[bool]string{false: `HEAD
def f():
BODY
def g():
    for x in using(StringIO.StringIO('x')):
        attempt(f)
        goes_on()
    goes_on()
attempt(g)
goes_on()
`, true: `import hashlib, httplib, json, re, socket, ssl, StringIO, sys, testserver, time, urllib, urllib2
HEAD
def f():
BODY
def g():
    try:
        f()
    except:
        goes_on()
    finally:
        goes_on()
try:
    g()
except BaseException:
    goes_on()
goes_on()
`}

// script returns the text of a phase and prepares what it meets.
func (r *phaseRig) script(p phase, python bool) string {
	if p.with != nil {
		p.with(r)
	}
	if p.peer != nil {
		var cert *tls.Certificate
		if p.tls {
			c, pool := phaseCertificate()
			cert, r.config.RootCAs = &c, pool
		}
		r.port = r.serve(p.peer, cert)
	}
	src := strings.NewReplacer("HEAD\n", p.head, "BODY\n", indent(p.body)).Replace(phaseWrappers[python])
	return strings.NewReplacer("PORT", r.port, "LOAD", filepath.ToSlash(filepath.Join(r.dir, "pipe")), "DIR", strconv.Quote(filepath.ToSlash(r.dir))).Replace(src)
}

// newPhaseRig returns a rig whose scripts may do anything.
func newPhaseRig(t *testing.T) *phaseRig {
	r := &phaseRig{t: t, dir: t.TempDir(), reached: make(chan struct{}, 64), release: make(chan struct{})}
	builtin := func(name string, do func()) *starlark.Builtin {
		return starlark.NewBuiltin(name, func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			do()
			return starlark.None, nil
		})
	}
	r.config = Config{
		Permissions: Everything(),
		Limits:      NoLimits(),
		Stdin:       strings.NewReader(""),
		Predeclared: starlark.StringDict{
			"reached": builtin("reached", r.reach),
			"goes_on": builtin("goes_on", func() { t.Error("the script goes on") }),
		},
	}
	return r
}
