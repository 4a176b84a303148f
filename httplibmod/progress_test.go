package httplibmod

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"starwire/runtime/host"
)

// A transfer is one as a watcher hears of it.
type transfer struct {
	label       string
	total, done int64
	ended       int
}

func (t *transfer) Add(n int64) { t.done += n }
func (t *transfer) Done()       { t.ended++ }

func (t *transfer) String() string { return fmt.Sprintf("%s %d/%d", t.label, t.done, t.total) }

// newWatched is a client whose transfers are watched.
func newWatched(t *testing.T) (*client, string, *[]*transfer) {
	cl, folder := newSaver(t)
	h := *cl.host
	var all []*transfer
	h.Progress = func(label string, total int64) host.Meter {
		x := &transfer{label: label, total: total}
		all = append(all, x)
		return x
	}
	cl.host = host.Attach(cl.thread, context.Background(), h)
	return cl, folder, &all
}

func TestProgress(t *testing.T) {
	const size = 3 << 20
	text := strings.Repeat("x", size)
	long := faultOK + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", size, text)
	chunked := faultChunked + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", size, text)
	put := func(body string) string {
		return fmt.Sprintf("c.request('PUT', '/f', %s, progress=True)\nc.getresponse().read()", body)
	}
	const get = "c.request('GET', '/')\nr = c.getresponse()\n"
	for _, tt := range []struct{ name, response, script, want string }{
		{"a download", long, get + "r.save(FOLDER + '/f', progress=True)", "f 3145728/3145728"},
		{"the rest of one", long, get + "r.read(100000)\nr.save(open(FOLDER + '/f', 'w'), progress=1)", "f 3045728/3045728"},
		{"chunks", chunked, get + "r.save(FOLDER + '/f', progress=True)", "f 3145728/-1"},
		{"until the end", faultOK + "Connection: close\r\n\r\n" + text, get + "r.save(FOLDER + '/f', progress=True)", "f 3145728/-1"},
		{"a short body", faultOK + "Content-Length: 9\r\n\r\nhello", get + "r.save(FOLDER + '/f', progress=True)", "f 5/9"},
		{"not asked for", long, get + "r.save(FOLDER + '/f')", ""},
		{"refused", long, get + "r.save(FOLDER + '/f', progress=False)", ""},
		{"no such folder", long, get + "r.save(FOLDER + '/no/f', progress=True)", ""},
		{"a text", faultGood, put("'x' * 3145728"), "PUT 3145728/3145728"},
		{"nothing", faultGood, put("None"), ""},
		{"a file", faultGood, "f = open(FOLDER + '/g', 'w')\nf.write('x' * 3145728)\nf.close()\nf = open(FOLDER + '/g')\nf.read(100)\n" + put("f"), "g 3145628/3145628"},
		{"by send", faultGood, "c.putrequest('PUT', '/')\nc.putheader('Content-Length', 40000)\nc.endheaders()\nc.send('x' * 40000, progress=True)\nc.getresponse().read()", "PUT 40000/40000"},
		{"a file by send", faultGood, "f = open(FOLDER + '/g', 'w')\nf.write('x' * 40000)\nf.close()\nc.putrequest('PUT', '/')\nc.putheader('Content-Length', 40000)\nc.endheaders()\nc.send(open(FOLDER + '/g'), progress=True)\nc.getresponse().read()", "g 40000/40000"},
	} {
		for _, secure := range []bool{false, true} {
			s := newFaultServer(t, secure, func(c *faultConn) {
				c.request()
				if n, ok := strings.CutPrefix(tt.want, "PUT "); ok || strings.HasPrefix(tt.want, "g ") {
					n, _, _ = strings.Cut(strings.TrimPrefix(n, "g "), "/")
					size, _ := strconv.ParseInt(n, 10, 64)
					io.CopyN(io.Discard, c, size)
				}
				c.send(tt.response)
				if secure {
					c.Close()
				} else {
					c.tcp.CloseWrite()
				}
				c.untilClosed()
			})
			cl, folder, all := newWatched(t)
			got := cl.run(fmt.Sprintf("FOLDER = %q\n", folder) + connect(s, "python", ", timeout=20") + tt.script)
			var heard []string
			for _, x := range *all {
				heard = append(heard, x.String())
				if x.ended != 1 {
					t.Errorf("%s, tls=%v: Done was called %d times; want once", tt.name, secure, x.ended)
				}
			}
			if h := strings.Join(heard, ", "); h != tt.want {
				t.Errorf("%s, tls=%v: the watcher heard %q; want %q (the script printed %s)", tt.name, secure, h, tt.want, got)
			}
			if strings.Contains(tt.script, "save") && strings.HasPrefix(tt.want, "f 3145728") {
				if info, err := os.Stat(filepath.Join(folder, "f")); err != nil || info.Size() != size {
					t.Errorf("%s, tls=%v: the file is %v, %v; want %d bytes", tt.name, secure, info, err, size)
				}
			}
			cl.close()
			s.close()
		}
	}
}

// TestPieces: what is watched moves in larger pieces the faster it goes, and all of it.
func TestPieces(t *testing.T) {
	x := new(transfer)
	m := &meter{Meter: x, piece: smallestPiece}
	for range 20 {
		m.last = time.Now().Add(time.Hour) // at once, however busy the machine is
		m.add(m.piece)
	}
	if m.piece != largestPiece {
		t.Errorf("a fast transfer: pieces of %d bytes; want %d", m.piece, largestPiece)
	}
	for range 20 {
		m.last = time.Now().Add(-3 * pieceTime)
		m.add(1)
	}
	if m.piece != smallestPiece {
		t.Errorf("a slow one: pieces of %d bytes; want %d", m.piece, smallestPiece)
	}
}
