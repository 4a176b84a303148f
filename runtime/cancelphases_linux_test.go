package runtime

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"starwire/runtime/lib/libtest"
)

func init() {
	phases = append(phases, []phase{
		{name: "connect", body: "socket.create_connection(('name.test', PORT)).recv(1)", with: fullBacklog},
		{name: "connect, HTTPS", body: "httplib.HTTPSConnection('name.test', PORT).connect()", with: fullBacklog},
		{name: "open a pipe to write", with: makePipe, body: "reached()\nopen(DIR + '/pipe', 'w').write('x')"},
		{name: "read a pipe", with: makePipe, body: "reached()\nopen(DIR + '/pipe').read()"},
		{name: "read on in a pipe", with: heldPipe, body: "f = open(DIR + '/pipe')\nf.readline()\nreached()\nf.readline()"},
		{name: "write to a full pipe", with: takenPipe, body: "open(DIR + '/pipe', 'w').write('x' * (4 << 20))"},
		{name: "write lines to a full pipe", with: takenPipe, body: "open(DIR + '/pipe', 'a').writelines(['x' * 10000] * 1000)"},
		{name: "save to a full pipe", with: takenPipe, peer: func(c *rigConn) {
			c.request()
			c.Write([]byte(phaseHead + "\r\n"))
			buf := make([]byte, 100000)
			for {
				if _, err := c.Write(buf); err != nil {
					return
				}
			}
		}, body: phaseGet + "r.save(DIR + '/pipe')"},
		{name: "send from a pipe", with: heldPipe, peer: taking, body: phasePost + "c.putrequest('POST', '/' + 'x' * 100)\nc.endheaders()\nc.send(open(DIR + '/pipe'))"},
		{name: "load from a pipe", with: makePipe, head: "reached()\nload('LOAD', 'x')\n", body: "pass"},
	}...)
}

// makePipe makes a named pipe.
func makePipe(r *phaseRig) {
	if err := syscall.Mkfifo(filepath.Join(r.dir, "pipe"), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// heldPipe makes a named pipe with somebody at its other end, who wrote one line.
func heldPipe(r *phaseRig) {
	makePipe(r)
	f, err := os.OpenFile(filepath.Join(r.dir, "pipe"), os.O_RDWR, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	f.WriteString("line\n")
	r.after = append(r.after, func() { f.Close() })
}

// takenPipe makes a named pipe with somebody at its other end, who reads one byte.
func takenPipe(r *phaseRig) {
	makePipe(r)
	f, err := os.OpenFile(filepath.Join(r.dir, "pipe"), os.O_RDWR, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if n, _ := f.Read(make([]byte, 1)); n == 1 {
			r.reach()
		}
	}()
	r.after = append(r.after, func() {
		f.Close()
		<-done
	})
}

// fullBacklog makes name.test a server that accepts nobody, and has nobody wait.
func fullBacklog(r *phaseRig) {
	addr := libtest.FullBacklog(r.t)
	r.config.Lookup = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{addr.Addr()}, nil
	}
	r.config.Audit = func(g Grant) { r.reach() } // as the address is dialled
	r.port = strconv.Itoa(int(addr.Port()))
}
