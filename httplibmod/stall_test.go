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
