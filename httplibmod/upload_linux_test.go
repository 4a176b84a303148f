package httplibmod

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// A file's pages that sendfile(2) has put on a connection are still the file's: what
// is written to the file before the peer reads them is what the peer gets. So tests
// can tell it from a copy. The content fits all buffers on the way.
var (
	pagesBefore = bytes.Repeat([]byte("before, "), 2<<10)
	pagesAfter  = bytes.Repeat([]byte("after it"), 2<<10)
)

// changePages writes pagesAfter over pagesBefore in the file.
func changePages(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(pagesAfter, 0); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// sharesPages reports whether this system's sendfile is like that, on the file
// system of path.
func sharesPages(t *testing.T, path string) bool {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	peer, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := c.(*net.TCPConn).ReadFrom(f); err != nil {
		t.Fatal(err)
	}
	if err := changePages(path); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(pagesAfter))
	if _, err := io.ReadFull(peer, got); err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(got, pagesAfter)
}

// TestUploadInKernel: the kernel moves a file to a plain socket, whatever limits the
// connection has. What cannot go that way shows that the test would tell.
func TestUploadInKernel(t *testing.T) {
	const put = "c.request('PUT', '/', open(%q, 'rb'))\n"
	for _, tt := range []struct {
		name, policy, arguments, script string
		secure                          bool
		from                            int // offset in the file
	}{
		{"request", "python", "", put, false, 0},
		{"strict", "strict", "", put, false, 0},
		{"with a timeout and a deadline", "python", ", timeout=30, deadline=30", put, false, 0},
		{"progress", "python", "", "c.request('PUT', '/', open(%q, 'rb'), progress=True)\n", false, 0},
		{"the rest of a file", "python", "", "f = open(%q, 'rb')\nf.seek(4096)\nc.request('PUT', '/', f)\n", false, 4096},
		{"TLS", "python", "", put, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cl, folder := newSaver(t)
			defer cl.close()
			path := filepath.Join(folder, "f")
			if err := os.WriteFile(path, pagesBefore, 0o600); err != nil {
				t.Fatal(err)
			}
			if !sharesPages(t, path) {
				t.Skip("sendfile copies on this system")
			}
			if err := os.WriteFile(path, pagesBefore, 0o600); err != nil {
				t.Fatal(err)
			}
			changed, body := make(chan struct{}), make(chan []byte, 1)
			s := newFaultServer(t, tt.secure, func(c *faultConn) {
				<-changed
				c.request()
				got := make([]byte, len(pagesBefore)-tt.from)
				n, _ := io.ReadFull(c, got)
				body <- got[:n]
				c.send(faultGood)
			})
			defer s.close()
			out := cl.run(connect(s, tt.policy, tt.arguments) + fmt.Sprintf(tt.script, path))
			err := changePages(path)
			close(changed)
			if out != "" || err != nil {
				t.Fatal(out, err)
			}
			want := pagesAfter
			if tt.secure {
				want = pagesBefore
			}
			if got := <-body; !bytes.Equal(got, want[tt.from:]) {
				t.Errorf("the server got %d bytes that begin with %q; want %d that begin with %q", len(got), got[:min(len(got), 8)], len(want)-tt.from, want[:8])
			}
			if got := cl.run("show(c.getresponse().status)\nc.close()"); got != "200" {
				t.Errorf("the answer is %s; want 200", got)
			}
		})
	}
}
