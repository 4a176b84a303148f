package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// A workload is what the clients do in turn, each on one connection, which is open
// and used when its clock starts. Each client prints the seconds that it took.
type workload struct {
	name, title string
	bulk        bool // measured by bytes, not by requests
	script      string
	python      string // for CPython; "": the same
	raw         func(addr string, n int, size int64) error
	netHTTP     func(addr string, n int, size int64) error
}

// The scripts are Python 2 and starwire's dialect at once, but for what CPython has not
// got. Those of a body get its response as r, from scriptOf.
const (
	smallLoop = `for i in range(int(sys.argv[2])):
    conn.request("GET", "/small")
    conn.getresponse().read()
`
	readLoop = `while True:
    if not r.read(65536):
        break
`
	chunksLoop = `for piece in r.chunks(65536):
    pass
`
	saveCall = `r.save("` + os.DevNull + `")
`
	saveLoop = `f = open("` + os.DevNull + `", "wb")
while True:
    piece = r.read(65536)
    if not piece:
        break
    f.write(piece)
`
)

var workloads = []workload{
	{name: "small", title: "GETs of 13 bytes on one connection", script: smallLoop, raw: rawSmall, netHTTP: netSmall},
	{name: "read", title: "a body by read(65536)", bulk: true, script: readLoop, raw: rawBytes, netHTTP: netRead("/bytes")},
	{name: "chunks", title: "a body by chunks(65536)", bulk: true, script: chunksLoop, python: readLoop, raw: rawBytes, netHTTP: netRead("/bytes")},
	{name: "save", title: "a body to a file by save", bulk: true, script: saveCall, python: saveLoop, raw: rawBytes, netHTTP: netSave("/bytes")},
	{name: "pieces", title: "a chunked body by read(65536)", bulk: true, script: readLoop, raw: rawPieces, netHTTP: netRead("/pieces")},
	{name: "savepieces", title: "a chunked body to a file by save", bulk: true, script: saveCall, python: saveLoop, raw: rawPieces, netHTTP: netSave("/pieces")},
}

// find returns the workload of that name, or nil.
func find(name string) *workload {
	for i := range workloads {
		if workloads[i].name == name {
			return &workloads[i]
		}
	}
	return nil
}

// path is what the workload asks the server for.
func (w *workload) path() string {
	switch {
	case !w.bulk:
		return "/small"
	case strings.HasSuffix(w.name, "pieces"):
		return "/pieces"
	}
	return "/bytes"
}

// scriptOf returns the whole script around loop.
func (w *workload) scriptOf(loop string) string {
	request := ""
	if w.bulk {
		request = fmt.Sprintf("    conn.request(\"GET\", %q)\n    r = conn.getresponse()\n", w.path())
	}
	return `import sys, time, httplib
conn = httplib.HTTPConnection("127.0.0.1", int(sys.argv[1]))
conn.request("GET", "/small")
conn.getresponse().read()
def loop():
` + request + "    " + strings.ReplaceAll(strings.TrimSuffix(loop, "\n"), "\n", "\n    ") + `
start = time.time()
loop()
sys.stdout.write(str(time.time() - start))
`
}

// pieceSize is the size of the server's chunks; buffer that of what moves at once.
const (
	pieceSize = 16 << 10
	buffer    = 64 << 10
)

const (
	bytesHead  = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
	piecesHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	piecesEnd  = "0\r\n\r\n"
)

func sendBytes(c net.Conn, size int64) error {
	if _, err := fmt.Fprintf(c, bytesHead, size); err != nil {
		return err
	}
	buf := make([]byte, 4*buffer)
	for size > 0 {
		n, err := c.Write(buf[:min(size, int64(len(buf)))])
		if err != nil {
			return err
		}
		size -= int64(n)
	}
	return nil
}

// aPiece is one chunk with its framing.
func aPiece() []byte { return fmt.Appendf(nil, "%x\r\n%s\r\n", pieceSize, make([]byte, pieceSize)) }

func sendPieces(c net.Conn, size int64) error {
	if _, err := io.WriteString(c, piecesHead); err != nil {
		return err
	}
	const together = 16
	several := bytes.Repeat(aPiece(), together)
	for left := size / pieceSize; left > 0; left -= together {
		if _, err := c.Write(several[:min(left, together)*int64(len(several)/together)]); err != nil {
			return err
		}
	}
	_, err := io.WriteString(c, piecesEnd)
	return err
}

// timed prints the seconds that f takes.
func timed(f func() error) error {
	start := time.Now()
	if err := f(); err != nil {
		return err
	}
	_, err := fmt.Print(time.Since(start).Seconds())
	return err
}

// dial connects and makes the first exchange.
func dial(addr string) (net.Conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return c, exchange(c, make([]byte, len(response)))
}

func exchange(c net.Conn, buf []byte) error {
	if _, err := io.WriteString(c, "GET /small"+tail); err != nil {
		return err
	}
	_, err := io.ReadFull(c, buf)
	return err
}

func rawSmall(addr string, n int, _ int64) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	buf := make([]byte, len(response))
	return timed(func() error {
		for range n {
			if err := exchange(c, buf); err != nil {
				return err
			}
		}
		return nil
	})
}

func rawBytes(addr string, _ int, size int64) error {
	return rawBulk(addr, "/bytes", int64(len(fmt.Sprintf(bytesHead, size)))+size)
}

func rawPieces(addr string, _ int, size int64) error {
	return rawBulk(addr, "/pieces", int64(len(piecesHead)+len(piecesEnd))+size/pieceSize*int64(len(aPiece())))
}

// rawBulk asks for path and reads as many bytes as come.
func rawBulk(addr, path string, size int64) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	buf := make([]byte, buffer)
	return timed(func() error {
		if _, err := io.WriteString(c, "GET "+path+tail); err != nil {
			return err
		}
		for size > 0 {
			n, err := c.Read(buf[:min(size, buffer)])
			if err != nil {
				return err
			}
			size -= int64(n)
		}
		return nil
	})
}

// get is one GET by net/http; content does something with the body and returns its size.
func get(url string, size int64, content func(io.Reader) (int64, error)) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := content(resp.Body)
	if err == nil && n != size {
		err = fmt.Errorf("the body has %d bytes; want %d", n, size)
	}
	return err
}

func drain(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }

func netSmall(addr string, n int, _ int64) error {
	url := "http://" + addr + "/small"
	if err := get(url, 13, drain); err != nil {
		return err
	}
	return timed(func() error {
		for range n {
			if err := get(url, 13, drain); err != nil {
				return err
			}
		}
		return nil
	})
}

// netRead reads the body by pieces of the size that the scripts ask for.
func netRead(path string) func(string, int, int64) error {
	return netBulk(path, func(r io.Reader) (int64, error) {
		return io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, buffer))
	})
}

// netSave copies the body to a file.
func netSave(path string) func(string, int, int64) error {
	return netBulk(path, func(r io.Reader) (int64, error) {
		f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		return io.Copy(f, r)
	})
}

func netBulk(path string, content func(io.Reader) (int64, error)) func(string, int, int64) error {
	return func(addr string, _ int, size int64) error {
		if err := get("http://"+addr+"/small", 13, drain); err != nil {
			return err
		}
		return timed(func() error { return get("http://"+addr+path, size, content) })
	}
}
