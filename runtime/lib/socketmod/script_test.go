package socketmod

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

// globals are what the tests' scripts see: the module, and a connected socket s.
func (r *rig) globals() starlark.StringDict {
	return starlark.StringDict{"socket": Module(), "s": r.s, "IOError": py.IOError}
}

// run evaluates lines and compares their outcomes with want, one each; "" is none.
func (r *rig) run(t *testing.T, globals starlark.StringDict, lines ...string) {
	t.Helper()
	for _, line := range lines {
		source, want, _ := strings.Cut(line, " ==> ")
		if got := strings.TrimSuffix(libtest.Eval(r.thread, globals, source), "\n"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", source, got, want)
		}
	}
}

// onLinux skips a test whose expectations are Linux's numbers.
func onLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the expectations are Linux's errno numbers")
	}
}

func TestScript(t *testing.T) {
	onLinux(t)
	r := newRun(t, host.Host{})
	l := listen(t)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		buf := make([]byte, 4)
		io.ReadFull(conn, buf)
		fmt.Fprintf(conn, "%s and more", buf)
	}()
	g := starlark.StringDict{"socket": Module(), "port": portOf(l)}
	r.run(t, g,
		`s = socket.create_connection(("127.0.0.1", port), 5)`,
		`s ==> <socket>`,
		`type(s) ==> 'socket'`,
		`s.gettimeout() ==> 5.0`,
		`s.getpeername() == ("127.0.0.1", port) ==> True`,
		`s.getsockname()[0] ==> '127.0.0.1'`,
		`s.fileno() > 2 ==> True`,
		`s.family == socket.AF_INET ==> True`,
		`s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)`,
		`s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0 ==> True`,
		`s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) in (0, 1) ==> True`,
		`s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)`,
		`s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) ==> 1`,
		`s.setsockopt(1, 2, 1 << 40) ==> ! OverflowError: 'Python int too large to convert to C int'`,
		`s.send("pi") ==> 2`,
		`s.sendall(b"ng")`,
		`s.shutdown(socket.SHUT_WR)`,
		`s.shutdown(7) ==> ! socket.error: '[Errno 22] Invalid argument'`,
		`s.recv(4, socket.MSG_WAITALL) ==> 'ping'`,
		`s.recv(0) ==> ''`,
		`s.recv(5, socket.MSG_PEEK) ==> ' and '`,
		`s.recv(4, socket.MSG_PEEK) ==> ' and'`,
		`s.recv(2) ==> ' a'`,
		`s.recv(1 << 70) ==> 'nd more'`,
		`s.recv(1) ==> ''`,
		`s.recv(1, 1 << 20) ==> ! socket.error: '[Errno 22] Invalid argument'`,
		`s.send("x", 1) ==> ! socket.error: '[Errno 22] Invalid argument'`,
		`s.close()`,
		`s.recv(1) ==> ! socket.error: '[Errno 9] Bad file descriptor'`,
		`{s: 1} ==> ! TypeError: 'unhashable type: socket'`,
	)
	if n := r.host.Resources.Len(); n != 0 {
		t.Errorf("%d resources after close(); want 0", n)
	}
}

func TestScriptConnect(t *testing.T) {
	onLinux(t)
	r := newRun(t, host.Host{})
	l := listen(t)
	g := starlark.StringDict{"socket": Module(), "port": portOf(l)}
	r.run(t, g,
		`s = socket.socket()`,
		`s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)`,
		`s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) ==> 1`,
		`s.bind(("127.0.0.1", 0))`,
		`s.getsockname() ==> ('127.0.0.1', 0)`,
		`s.bind(("127.0.0.1", 0)) ==> ! socket.error: '[Errno 22] Invalid argument'`,
		`s.connect(("127.0.0.1", port))`,
		`s.getpeername()[1] == port ==> True`,
		`s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) ==> 1`,
		`s.connect(("127.0.0.1", port)) ==> ! socket.error: '[Errno 106] Transport endpoint is already connected'`,
		`s.connect_ex(("127.0.0.1", port)) ==> 106`,
		`s.close()`,
		`s = socket.socket()`,
		`s.connect_ex(("", port)) ==> 0`,
		`s.close()`,
	)
	l.Close()
	r.run(t, g,
		`socket.socket().connect_ex(("127.0.0.1", port)) ==> 111`,
		`socket.socket().connect(("127.0.0.1", port)) ==> ! socket.error: '[Errno 111] Connection refused'`,
	)
}

func TestScriptTimeouts(t *testing.T) {
	onLinux(t)
	r := newRig(t, host.Host{}, NoTimeout)
	r.run(t, r.globals(),
		`s.settimeout(0.01)`,
		`s.recv(1) ==> ! socket.timeout: 'timed out'`,
		`s.makefile().read() ==> ! socket.timeout: 'timed out'`,
		`s.setblocking(0)`,
		`s.recv(1) ==> ! socket.error: '[Errno 11] Resource temporarily unavailable'`,
		`s.setblocking(1)`,
		`s.recv(1, socket.MSG_DONTWAIT) ==> ! socket.error: '[Errno 11] Resource temporarily unavailable'`,
		`s.gettimeout()`,
	)
}

// A source holds what was read ahead; scripts read through it.
func TestSource(t *testing.T) {
	onLinux(t)
	r := newRig(t, host.Host{}, NoTimeout)
	r.peer.Write([]byte("wire"))
	r.s.SetSource(io.MultiReader(strings.NewReader("window "), r.s))
	r.run(t, r.globals(),
		`s.recv(3) ==> 'win'`,
		`s.recv(3, socket.MSG_PEEK) ==> ! socket.error: '[Errno 22] Invalid argument'`,
		`s.makefile().read(8) ==> 'dow wire'`,
	)
}

func TestMakeFile(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	go func() {
		io.WriteString(r.peer, "one\ntwo\nthree\r\n\nfive\nsix")
		r.peer.CloseWrite()
	}()
	r.run(t, r.globals(),
		`f = s.makefile("rb")`,
		`f ==> <socket file>`,
		`type(f) ==> '_fileobject'`,
		`f.readline() ==> 'one\n'`,
		`f.readline(2) ==> 'tw'`,
		`f.readline(0) ==> ''`,
		`f.read(0) ==> ''`,
		`f.readline(100) ==> 'o\n'`,
		`f.read(3) ==> 'thr'`,
		`f.next() ==> 'ee\r\n'`,
		`s.close()`, // the file keeps the connection
		`f.readlines(1) ==> ['\n']`,
		`[line for line in f] ==> ['five\n', 'six']`,
		`f.readline() ==> ''`,
		`f.read() ==> ''`,
		`f.next() ==> ! StopIteration: ''`,
		`f.fileno() > 2 ==> True`,
		`f.write("a")`,
		`f.writelines(["b", "c"])`,
		`f.writelines(5) ==> ! TypeError: "'int' object is not iterable"`,
		`f.flush()`,
		`f.write(5)`,
		`f.close()`,
		`f.closed ==> True`,
	)
	if got, err := io.ReadAll(r.peer); string(got) != "abc5" || err != nil {
		t.Errorf("the peer got %q, %v; want abc5, and the end", got, err)
	}
}

// bufsize decides when a write leaves. Lib/socket.py, _fileobject.write.
func TestMakeFileBuffers(t *testing.T) {
	tests := []struct {
		bufsize int
		writes  string
		sent    string // before flush
	}{
		{0, `f.write("ab")`, "ab"},
		{1, `f.write("ab")`, ""},
		{1, `f.write("a\nb")`, "a\nb"},
		{3, `f.write("ab")`, ""},
		{3, `f.writelines(["ab", "cd"])`, "abcd"},
		{-1, `f.write("a\n" * 1000)`, ""},
	}
	for _, tt := range tests {
		r := newRig(t, host.Host{}, NoTimeout)
		g := r.globals()
		r.run(t, g, fmt.Sprintf(`f = s.makefile("w", %d)`, tt.bufsize), tt.writes, `s.sendall("|")`, `f.flush()`, `f.close()`, `s.close()`)
		all, _ := io.ReadAll(r.peer)
		if sent, _, _ := strings.Cut(string(all), "|"); sent != tt.sent {
			t.Errorf("bufsize %d, %s: %q left before flush; want %q", tt.bufsize, tt.writes, sent, tt.sent)
		}
	}
}

// Bytes that arrived before an error are there after it; a loop's error is
// raised.
func TestMakeFileErrors(t *testing.T) {
	var raised []string
	r := newRig(t, host.Host{
		Raise: func(_ *starlark.Thread, err error) { raised = append(raised, err.Error()) },
	}, Seconds(0.02))
	r.peer.Write([]byte("ab"))
	g := r.globals()
	r.run(t, g,
		`f = s.makefile()`,
		`f.read(3) ==> ! socket.timeout: 'timed out'`,
		`[x for x in f] ==> []`,
	)
	r.peer.Write([]byte("c\nd"))
	r.run(t, g,
		`s.settimeout(10)`, // it is there, but the machine may be busy
		`f.readline() ==> 'abc\n'`,
		`s.settimeout(0.02)`,
		`[x for x in f] ==> []`,
		`f.close()`,
		`f.closed ==> True`,
		`[x for x in f] ==> []`,
	)
	want := []string{"socket.timeout: timed out", "socket.timeout: timed out", "AttributeError: 'NoneType' object has no attribute 'recv'"}
	if !slices.Equal(raised, want) {
		t.Errorf("loops raised %q; want %q", raised, want)
	}
}

func TestFrozen(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	g := r.globals()
	r.run(t, g, `f = s.makefile()`)
	r.s.Freeze()
	g["f"].Freeze()
	r.run(t, g,
		`s.recv(1) ==> ! TypeError: 'cannot read from frozen socket'`,
		`s.send("x") ==> ! TypeError: 'cannot write to frozen socket'`,
		`s.sendall("x") ==> ! TypeError: 'cannot write to frozen socket'`,
		`s.settimeout(1) ==> ! TypeError: 'cannot change frozen socket'`,
		`s.makefile() ==> ! TypeError: 'cannot read from frozen socket'`,
		`s.close() ==> ! TypeError: 'cannot close frozen socket'`,
		`f.read() ==> ! TypeError: 'cannot read from frozen _fileobject'`,
		`f.write("x") ==> ! TypeError: 'cannot write to frozen _fileobject'`,
		`f.close() ==> ! TypeError: 'cannot close frozen _fileobject'`,
		`[x for x in f] ==> ! Starlark computation cancelled: TypeError: cannot read from frozen _fileobject`,
	)
	if _, err := r.s.Read(nil); err == nil || !strings.Contains(err.Error(), "cannot read from frozen socket") {
		t.Errorf("Read of a frozen socket = %v", err)
	}
	if _, err := r.s.Take("x", nil); err == nil || !strings.Contains(err.Error(), "cannot wrap frozen socket") {
		t.Errorf("Take of a frozen socket = %v", err)
	}
}

// What moved into another socket is closed for the old one, for good.
func TestTake(t *testing.T) {
	onLinux(t)
	r := newRig(t, host.Host{}, NoTimeout)
	old := r.s
	r.peer.Write([]byte("early"))
	waitReadable(t, old)
	r.run(t, r.globals(), `s.recv(2, socket.MSG_PEEK) ==> 'ea'`)
	taken, err := old.Take("other", func(transport net.Conn) Layer { return Layer{Conn: transport} })
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.Write([]byte("plain"))
	wantError(t, "Write", err, ErrorClass, errnoRepr(errBadFile))
	r.run(t, r.globals(), `s.recv(1) ==> ! socket.error: '[Errno 9] Bad file descriptor'`)
	if err := old.Close(); err != nil {
		t.Errorf("Close of the old socket = %v", err)
	}
	if taken.Closed() || taken.Type() != "other" {
		t.Errorf("the new socket: closed %v, type %s", taken.Closed(), taken.Type())
	}
	r.peer.Write([]byte("x"))
	if n, err := taken.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("Read of the new socket = %d, %v", n, err)
	}
	if n := r.host.Resources.Len(); n != 1 {
		t.Errorf("%d resources; want the one connection", n)
	}
}

func TestAttributes(t *testing.T) {
	r := newRig(t, host.Host{}, NoTimeout)
	for _, v := range []starlark.HasAttrs{r.s, &File{s: r.s}} {
		names := v.AttrNames()
		if !slices.IsSorted(names) {
			t.Errorf("%s: AttrNames() = %q; want them sorted", v.Type(), names)
		}
		for _, name := range names {
			if a, err := v.Attr(name); a == nil || err != nil {
				t.Errorf("%s.%s = %v, %v", v.Type(), name, a, err)
			}
		}
		if a, err := v.Attr("nothing"); a != nil || err != nil {
			t.Errorf("%s.nothing = %v, %v; want nil, nil", v.Type(), a, err)
		}
	}
}

// A thread without a Host may not connect.
func TestNothingGranted(t *testing.T) {
	got := libtest.Eval(new(starlark.Thread), starlark.StringDict{"socket": Module()}, `socket.create_connection(("h", 80))`)
	if !strings.Contains(got, "not allowed to connect to h:80") {
		t.Errorf("create_connection = %s; want a refusal", got)
	}
}
