package httplibmod

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

// newSaver is a client that may open the files of one folder.
func newSaver(t *testing.T) (*client, string) {
	folder := t.TempDir()
	cl := newClient(nil)
	h := *cl.host
	h.Open = func(name string, flag int) (host.File, error) {
		if name != "/dev/full" && !strings.HasPrefix(name, folder) {
			return nil, host.RefuseOpen(name, flag)
		}
		f, err := os.OpenFile(name, flag, 0o666)
		if err != nil {
			return nil, err // not a nil *os.File in an interface
		}
		return f, nil
	}
	cl.host = host.Attach(cl.thread, context.Background(), h)
	cl.env["open"] = filemod.Builtin
	return cl, folder
}

func TestSave(t *testing.T) {
	text := func(n int) string { return strings.Repeat("0123456789abcdef", n/16+1)[:n] }
	framings := map[string]func(body string) string{
		"length": func(b string) string { return faultOK + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(b), b) },
		"close":  func(b string) string { return faultOK + "Connection: close\r\n\r\n" + b },
		"chunked": func(b string) string {
			var s strings.Builder
			s.WriteString(faultChunked)
			for n := 1; b != ""; n = n*7%100_003 + 1 {
				k := min(n, len(b))
				fmt.Fprintf(&s, "%x\r\n%s\r\n", k, b[:k])
				b = b[k:]
			}
			return s.String() + "0\r\n\r\n"
		},
	}
	for name, frame := range framings {
		for _, secure := range []bool{false, true} {
			for _, timeout := range []string{", timeout=5", ", timeout=None", ", timeout=5, deadline=5, policy='strict'"} {
				for _, size := range []int{0, 5, 70_000, 3 << 20} {
					body := text(size)
					s := newFaultServer(t, secure, func(c *faultConn) {
						c.request()
						c.send(frame(body))
						if secure {
							c.Close()
						} else {
							c.tcp.CloseWrite()
						}
						c.untilClosed()
					})
					cl, folder := newSaver(t)
					path := filepath.Join(folder, "f")
					policy := "python"
					if strings.Contains(timeout, "strict") {
						policy = "strict"
					}
					script := connect(s, policy, strings.ReplaceAll(timeout, ", policy='strict'", "")) + "c.request('GET', '/')\nr = c.getresponse()\nb = r.read(3)\n"
					got := cl.run(script + fmt.Sprintf("n = r.save(%q)\nshow(n + len(b), r.isclosed(), r.read())", path))
					if want := fmt.Sprintf("%d True ''", size); got != want {
						t.Errorf("%s, tls=%v%s, %d bytes: save printed %s; want %s", name, secure, timeout, size, got, want)
					}
					data, err := os.ReadFile(path)
					if err != nil || string(data) != body[min(3, size):] {
						t.Errorf("%s, tls=%v%s, %d bytes: the file has %d bytes, %v", name, secure, timeout, size, len(data), err)
					}
					cl.close()
					s.close()
				}
			}
		}
	}
}

func TestSaveTo(t *testing.T) {
	serve := func(text string) func(c *faultConn) {
		return func(c *faultConn) { c.request(); c.send(text) }
	}
	long := faultOK + "Content-Length: 1000000\r\n\r\n" + strings.Repeat("x", 1_000_000)
	for _, tt := range []struct{ name, response, script, want, file string }{
		{"an open file", faultGood, "f = open(FOLDER + '/f', 'w')\nf.write('>')\nshow(r.save(f))\nf.write('<')\nf.close()", "2", ">hi<"},
		{"a file open for update", faultGood, "f = open(FOLDER + '/f', 'w+')\nf.write('0123456')\nf.seek(0)\nf.read(1)\nshow(r.save(f))\nf.close()", "2", "0hi3456"},
		{"a file open for reading", faultGood, "open(FOLDER + '/f', 'w').close()\nr.save(open(FOLDER + '/f'))", "IOError", ""},
		{"a closed file", faultGood, "f = open(FOLDER + '/f', 'w')\nf.close()\nr.save(f)", "ValueError", ""},
		{"a folder", faultGood, "r.save(FOLDER)", "IOError", ""},
		{"no such folder", faultGood, "r.save(FOLDER + '/no/f')", "IOError", ""},
		{"a refused path", faultGood, "r.save('/etc/f')", "PermissionError", ""},
		{"a full disk", long, "r.save('/dev/full')", "IOError", ""},
		{"a full disk, HTTP/0.9", strings.Repeat("x", 9000) + "\r\n", "r.save('/dev/full')", "IOError", ""},
		{"a number", faultGood, "r.save(1)", "TypeError", ""},
		{"a short body", faultOK + "Content-Length: 9\r\n\r\nhello", "r.save(FOLDER + '/f')", "httplib.IncompleteRead", "hello"},
		{"a short large body", strings.Replace(long, "1000000", "2000000", 1), "r.save(FOLDER + '/f')", "httplib.IncompleteRead", strings.Repeat("x", 1_000_000)},
		{"a short chunk", faultChunked + "9\r\nhello", "r.save(FOLDER + '/f')", "httplib.IncompleteRead", "hello"},
		{"a bad chunk", faultChunked + "2\r\nhi!!", "r.save(FOLDER + '/f')", "httplib.IncompleteRead", "hi"},
		{"HTTP/0.9", "hello\r\nworld", "show(r.save(FOLDER + '/f'))", "12", "hello\r\nworld"},
		{"a response read before", faultGood, "r.read()\nshow(r.save(FOLDER + '/f'))", "0", ""},
		{"no body", "HTTP/1.1 204 x\r\n\r\n", "show(r.save(FOLDER + '/f'), r.isclosed())", "0 True", ""},
	} {
		s := newFaultServer(t, false, serve(tt.response))
		cl, folder := newSaver(t)
		script := fmt.Sprintf("FOLDER = %q\n", folder) + connect(s, "python", ", timeout=5") + "c.request('GET', '/')\nr = c.getresponse()\n" + tt.script
		if got := cl.run(script); got != tt.want {
			t.Errorf("save to %s: %s; want %s", tt.name, got, tt.want)
		}
		if strings.Contains(tt.script, "/dev/full") { // what it held is gone
			if c := cl.conn(); c.transport() != nil {
				t.Errorf("save to %s: the socket is open", tt.name)
			}
			if got := cl.run("r.read()"); got != tt.want {
				t.Errorf("read behind a save to %s: %s; want %s", tt.name, got, tt.want)
			}
		}
		data, err := os.ReadFile(filepath.Join(folder, "f"))
		if err != nil && !os.IsNotExist(err) || string(data) != tt.file {
			t.Errorf("save to %s: the file has %.50q, %v; want %.50q", tt.name, data, err, tt.file)
		}
		cl.close()
		s.close()
	}
	// The write limit of the run holds.
	s := newFaultServer(t, false, serve(long))
	cl, folder := newSaver(t)
	cl.host.Budget.WriteLimit = 10_000
	got := cl.run(connect(s, "python", ", timeout=5") + fmt.Sprintf("c.request('GET', '/')\nc.getresponse().save(%q)", filepath.Join(folder, "f")))
	if !strings.Contains(got, "bytes written") {
		t.Errorf("save beyond the write limit: %s", got)
	}
	cl.close()
	s.close()
	// A script's own socket object is read piece by piece.
	out, err := run(t, "r = httplib.HTTPResponse(b'"+strings.ReplaceAll(faultGood, "\r\n", `\r\n`)+"')\nr.begin()\nr.save('f')", nil)
	if err == nil || !strings.Contains(err.Error(), "f") {
		t.Errorf("save in a run without files: %s, %v; want a refusal", out, err)
	}
}

// TestSaveToDevice: what is no regular file says what is wrong with it, also where
// nothing of the body has been read ahead, so that the kernel could move all of it.
func TestSaveToDevice(t *testing.T) {
	for path, want := range map[string]string{"/dev/full": "[Errno 28] No space left on device", "/dev/null": ""} {
		if _, err := os.Stat(path); err != nil {
			t.Skip(err)
		}
		goOn := make(chan struct{})
		s := newFaultServer(t, false, func(c *faultConn) {
			c.request()
			c.send(faultOK + "Content-Length: 1000000\r\n\r\n")
			<-goOn
			c.send(strings.Repeat("x", 1_000_000))
			c.untilClosed()
		})
		cl := newClient(nil)
		h := *cl.host
		h.Open = func(name string, flag int) (host.File, error) { return os.OpenFile(name, flag, 0) }
		cl.host = host.Attach(cl.thread, context.Background(), h)
		if got := cl.run(connect(s, "python", "") + "c.request('GET', '/')\nr = c.getresponse()"); got != "" {
			t.Error(got)
		}
		close(goOn)
		save, err := cl.env["r"].(starlark.HasAttrs).Attr("save")
		if err == nil {
			_, err = starlark.Call(cl.thread, save, starlark.Tuple{starlark.String(path)}, nil)
		}
		if got := fmt.Sprint(err); (err != nil) != (want != "") || !strings.Contains(got, want) {
			t.Errorf("save to %s: %s; want %s", path, got, want)
		}
		cl.close()
		s.close()
	}
}

func TestChunks(t *testing.T) {
	body := strings.Repeat("0123456789", 1000)
	for _, tt := range []struct{ response, script, want string }{
		{faultOK + "Content-Length: 10000\r\n\r\n" + body, "show([len(p) for p in r.chunks(3000)], r.isclosed())", "[3000, 3000, 3000, 1000] True"},
		{faultChunked + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "show([p for p in r.chunks(4)])", "['hell', 'o wo', 'rld']"},
		{faultOK + "\r\n" + body, "show([len(p) for p in r.chunks()])", "[10000]"},
		{faultGood, "for p in r.chunks(1):\n    break\nshow(p, r.read())", "'h' 'i'"},
		{faultGood, "r.chunks(0)", "ValueError"},
		{faultGood, "r.chunks('x')", "TypeError"},
		{faultGood, "show(r.chunks(5), type(r.chunks(5)))", "<chunks of 5 bytes> 'chunks'"},
		{faultOK + "Content-Length: 99\r\n\r\nhello", "show([p for p in r.chunks(3)])", "['hel', 'lo']"}, // as read(3)
		{faultChunked + "5\r\nhello\r\nzz\r\n", "for p in r.chunks(5):\n    show(p)", "'hello' httplib.IncompleteRead"},
	} {
		s := newFaultServer(t, false, func(c *faultConn) { c.request(); c.send(tt.response) })
		cl := newClient(func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", s.ln.Addr().String())
		})
		var raised error
		h := *cl.host
		h.Raise = func(_ *starlark.Thread, err error) { raised = err; cl.thread.Cancel(err.Error()) }
		cl.host = host.Attach(cl.thread, context.Background(), h)
		got := cl.run(connect(s, "python", ", timeout=5") + "c.request('GET', '/')\nr = c.getresponse()\n" + tt.script)
		if raised != nil {
			got = strings.TrimSpace(strings.Split(cl.out.String(), "\n")[0] + " " + raised.(*py.Exception).Class().QualifiedName())
		}
		if got != tt.want {
			t.Errorf("%.60q, %s: %s; want %s", tt.response, tt.script, got, tt.want)
		}
		cl.close()
		s.close()
	}
}
