package httplibmod

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStalledTransfers: what the kernel moves between a socket and a file has the
// timeout too, from the bytes that moved last and not from when somebody noticed.
func TestStalledTransfers(t *testing.T) {
	const timeout = 300 * time.Millisecond // with the slack less than twice itself
	for _, tt := range []struct {
		name, script string
		serve        func(c *faultConn)
	}{
		{"F4 stall in a body that is saved", "r.save(%q)\n", func(c *faultConn) {
			c.request()
			c.send(faultOK + "Content-Length: 9000000\r\n\r\n" + strings.Repeat("x", 1<<20))
			c.untilClosed()
		}},
		{"F7 a file that nobody reads", "c.request('PUT', '/', open(%q))\n", func(c *faultConn) { c.tcp.SetReadBuffer(4 << 10); <-c.s.stop }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			timely(t, timeout, func() time.Duration {
				before := countResources()
				s := newFaultServer(t, false, tt.serve)
				cl, folder := newSaver(t)
				path := filepath.Join(folder, "f")
				if err := os.WriteFile(path, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Truncate(path, 64<<20); err != nil { // more than any socket's buffers hold
					t.Fatal(err)
				}
				begin := connect(s, "python", seconds("timeout", timeout)) + "c.connect()\n"
				if strings.HasPrefix(tt.script, "r.") {
					begin = connect(s, "python", "") + "c.request('GET', '/')\nr = c.getresponse()\n" + fmt.Sprintf("c.sock.settimeout(%v)\n", timeout.Seconds())
				}
				if got := cl.run(begin); got != "" {
					t.Error(got)
				}
				// The system is not to find more room in the meantime.
				if err := cl.conn().t.sock.NetConn().(*net.TCPConn).SetWriteBuffer(4 << 10); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				got := cl.run(fmt.Sprintf(tt.script, path))
				took := time.Since(start)
				if got != "socket.timeout" || took < timeout {
					t.Errorf("outcome %s after %v; want socket.timeout after %v", got, took, timeout)
				}
				if cl.conn().transport() != nil {
					t.Error("the socket is still open")
				}
				cl.close()
				s.close()
				settled(t, before)
				return took
			})
		})
	}
}

// TestDeadlineOfNewConnections: the deadline of an exchange counts from connecting,
// and holds in the tunnel and in the handshake.
func TestDeadlineOfNewConnections(t *testing.T) {
	const deadline = 200 * time.Millisecond
	drip := func(c *faultConn) { c.drip(faultOK+strings.Repeat("A: b\r\n", 90), deadline/8) }
	for _, tt := range []struct {
		name   string
		secure bool // the server speaks TLS
		script string
		serve  func(c *faultConn)
	}{
		{"F2 the head", false, "", drip},
		{"F2 the head over TLS", true, "", drip},
		{"F32 the proxy's answer", false, "c.set_tunnel('origin', 80)\n", drip},
		{"F32 the head behind a proxy", false, "c.set_tunnel('origin', 80)\n", func(c *faultConn) { c.request(); c.send(faultOK + "\r\n"); drip(c) }},
		{"F23 the handshake", false, "TLS", func(c *faultConn) { c.drip("\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb", deadline/8) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			timely(t, deadline, func() time.Duration {
				before := countResources()
				s := newFaultServer(t, tt.secure, tt.serve)
				cl := newClient(nil)
				script := connect(s, "python", seconds("deadline", deadline)) + tt.script
				if tt.script == "TLS" {
					script = strings.NewReplacer("HTTPConnection", "HTTPSConnection", "127.0.0.1", "localhost", "TLS", "").Replace(script)
				}
				start := time.Now()
				got := cl.run(script + faultScript)
				took := time.Since(start)
				if got != "socket.timeout" || took < deadline {
					t.Errorf("outcome %s after %v; want socket.timeout after %v", got, took, deadline)
				}
				if cl.conn().transport() != nil {
					t.Error("the socket is still open")
				}
				cl.close()
				s.close()
				settled(t, before)
				return took
			})
		})
	}
}

// TestHeadTimeEnds: a body may take longer than a head, and a connection may idle
// for longer than an exchange may take.
func TestHeadTimeEnds(t *testing.T) {
	for _, tt := range []struct {
		kwargs           string
		withHead, behind bool // whether there is a time then at which all is over
	}{
		{", limits={'head_time': 60}", false, false},
		{", deadline=60", true, false},
		{", deadline=60, limits={'head_time': 50}", true, false},
	} {
		s := newFaultServer(t, false, again("hello"))
		cl := newClient(nil)
		if got := cl.run(connect(s, "strict", tt.kwargs) + "c.request('GET', '/')\nr = c.getresponse()"); got != "" {
			t.Error(got)
		}
		c := cl.conn()
		if c.t.timed != tt.withHead {
			t.Errorf("%s: timed behind the head: %v; want %v", tt.kwargs, c.t.timed, tt.withHead)
		}
		if got := cl.run("show(r.read())"); got != "'hello'" || c.t.timed != tt.behind {
			t.Errorf("%s: %s; timed behind the answer: %v; want %v", tt.kwargs, got, c.t.timed, tt.behind)
		}
		cl.close()
		s.close()
	}
}
