// Command wire runs a workload of HTTP exchanges on package wire alone, without
// an interpreter, and prints how long they took:
//
//	wire WORKLOAD N
//	BENCH {"ops":N,"bytes":B,"sec":S}
//
// The workloads are those of a benchmark that brings the server: W1 to W3 are N
// GETs on one connection, on one each, and with 50 fields; W4 and W4b a body of N
// bytes by length, in views and at once; W5 and W6 chunked ones, of N bytes and of
// N small chunks; W7s and W7f uploads of N bytes from memory and from a file; W8a
// and W8b are W1 and W4 over TLS; W9 is W1 on 64 connections at once; W10 is one
// exchange. Any other exits with status 77.
//
// The server's ports on 127.0.0.1 are in BENCH_PORT, BENCH_MANY (for W2 and W9) and
// BENCH_TLS, the file to upload is BENCH_FILE, and the authorities to trust are
// those of SSL_CERT_FILE.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"starwire/wire"
)

const (
	unknown     = 77 // the exit status for a workload that is not here
	connections = 64 // of W9
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("wire: ")
	if len(os.Args) != 3 {
		log.Fatal("usage: wire WORKLOAD N")
	}
	n, err := strconv.Atoi(os.Args[2])
	if err != nil || n < 1 {
		log.Fatalf("N is a number above 0, not %s", os.Args[2])
	}
	workload, ok := workloads[os.Args[1]]
	if !ok {
		os.Exit(unknown)
	}
	res, err := workload(n)
	if err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	fmt.Printf("BENCH {\"ops\":%d,\"bytes\":%d,\"sec\":%.9f}\n", res.ops, res.bytes, res.time.Seconds())
}

// A result is how much was done in what time.
type result struct {
	ops   int
	bytes int64
	time  time.Duration
}

var workloads = map[string]func(n int) (result, error){
	"W1":  func(n int) (result, error) { return gets("BENCH_PORT", "/small", "", n) },
	"W2":  newConnections,
	"W3":  func(n int) (result, error) { return gets("BENCH_PORT", "/h50", "x-bench-header-37", n) },
	"W4":  func(n int) (result, error) { return download("BENCH_PORT", "/big?n="+strconv.Itoa(n), false) },
	"W4b": func(n int) (result, error) { return download("BENCH_PORT", "/big?n="+strconv.Itoa(n), true) },
	"W5": func(n int) (result, error) {
		return download("BENCH_PORT", "/chunked?n="+strconv.Itoa(n)+"&c=16384", false)
	},
	"W6":  func(n int) (result, error) { return download("BENCH_PORT", "/chunked-small?n="+strconv.Itoa(n), false) },
	"W7s": uploadMemory,
	"W7f": uploadFile,
	"W8a": func(n int) (result, error) { return gets("BENCH_TLS", "/small", "", n) },
	"W8b": func(n int) (result, error) { return download("BENCH_TLS", "/big?n="+strconv.Itoa(n), false) },
	"W9":  manyConnections,
	"W10": func(int) (result, error) { return gets("BENCH_PORT", "/small", "", 1) },
}

// A client is one connection and what it needs for an exchange, all of it reused.
type client struct {
	conn    net.Conn
	r       *wire.Reader
	head    wire.Head
	request []byte
}

// dial connects to the port that the environment variable names; that of TLS
// makes it a TLS connection.
func dial(variable string) (*client, error) {
	addr := "127.0.0.1:" + os.Getenv(variable)
	var conn net.Conn
	var err error
	if variable == "BENCH_TLS" {
		conn, err = tls.Dial("tcp", addr, nil)
	} else {
		conn, err = new(net.Dialer).DialContext(context.Background(), "tcp", addr)
	}
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, r: wire.NewReader(conn, wire.Limits{})}, nil
}

func (c *client) close() {
	c.conn.Close()
	c.r.Release()
}

// ask sends the head of a request.
func (c *client) ask(method, target string, fields ...wire.Field) error {
	var err error
	c.request, err = wire.AppendRequest(c.request[:0], method, target, append(fields, wire.Field{Name: "Host", Value: "127.0.0.1"}))
	if err != nil {
		return err
	}
	_, err = c.conn.Write(c.request)
	return err
}

// answer reads the head of the response to a request with that method, and returns
// its body.
func (c *client) answer(method string) (*wire.Body, error) {
	if err := c.r.ReadResponse(&c.head); err != nil {
		return nil, err
	}
	if c.head.Status != 200 {
		return nil, fmt.Errorf("the server answered %d", c.head.Status)
	}
	f, err := wire.ResponseFraming(method, &c.head)
	if err != nil {
		return nil, err
	}
	return c.r.Body(f), nil
}

// get makes one exchange and returns the length of the content. field, if not "",
// is one that the response has to have.
func (c *client) get(target, field string) (int64, error) {
	if err := c.ask("GET", target); err != nil {
		return 0, err
	}
	body, err := c.answer("GET")
	if err != nil {
		return 0, err
	}
	if field != "" {
		if v, ok := c.head.Get(field); !ok || len(v) == 0 {
			return 0, errors.New("the response has no " + field)
		}
	}
	return body.WriteTo(views{})
}

// views takes content where it lies. It has no ReadFrom, which would be a second
// way past the codec.
type views struct{}

func (views) Write(b []byte) (int, error) { return len(b), nil }

// gets makes n exchanges on one connection.
func gets(port, target, field string, n int) (res result, err error) {
	c, err := dial(port)
	if err != nil {
		return res, err
	}
	defer c.close()
	start := time.Now()
	for res.ops < n {
		k, err := c.get(target, field)
		if err != nil {
			return res, err
		}
		res.ops++
		res.bytes += k
	}
	res.time = time.Since(start)
	return res, nil
}

// newConnections makes n exchanges on a connection each, which the server closes.
func newConnections(n int) (res result, err error) {
	start := time.Now()
	for res.ops < n {
		one, err := gets("BENCH_MANY", "/close", "", 1)
		if err != nil {
			return res, err
		}
		res.ops++
		res.bytes += one.bytes
	}
	res.time = time.Since(start)
	return res, nil
}

// manyConnections makes n exchanges on 64 connections at once.
func manyConnections(n int) (result, error) {
	var wg sync.WaitGroup
	done := make([]result, connections)
	errs := make([]error, connections)
	start := time.Now()
	for i := range connections {
		wg.Go(func() { done[i], errs[i] = gets("BENCH_MANY", "/small", "", max(1, n/connections)) })
	}
	wg.Wait()
	total := result{time: time.Since(start)}
	for _, d := range done {
		total.ops += d.ops
		total.bytes += d.bytes
	}
	return total, errors.Join(errs...)
}

// download reads one body: in views, or at once into memory made for it.
func download(port, target string, whole bool) (res result, err error) {
	c, err := dial(port)
	if err != nil {
		return res, err
	}
	defer c.close()
	start := time.Now()
	if err := c.ask("GET", target); err != nil {
		return res, err
	}
	body, err := c.answer("GET")
	if err != nil {
		return res, err
	}
	res.ops = 1
	if whole && body.Left() > 0 {
		var k int
		k, err = io.ReadFull(body, make([]byte, body.Left()))
		res.bytes = int64(k)
	} else {
		res.bytes, err = body.WriteTo(views{})
	}
	res.time = time.Since(start)
	return res, err
}

// uploadMemory sends n bytes, in one call with the head.
func uploadMemory(n int) (result, error) {
	data := make([]byte, n)
	for i := range data {
		data[i] = 'x'
	}
	return upload(n, func(c *client) error {
		_, err := c.conn.Write(data)
		return err
	})
}

// uploadFile sends the first n bytes of a file, by the kernel where it can.
func uploadFile(n int) (result, error) {
	f, err := os.Open(os.Getenv("BENCH_FILE"))
	if err != nil {
		return result{}, err
	}
	defer f.Close()
	return upload(n, func(c *client) error {
		_, err := io.CopyN(c.conn, f, int64(n))
		return err
	})
}

func upload(n int, send func(c *client) error) (res result, err error) {
	c, err := dial("BENCH_PORT")
	if err != nil {
		return res, err
	}
	defer c.close()
	start := time.Now()
	if err := c.ask("POST", "/post", wire.Field{Name: "Content-Length", Value: strconv.Itoa(n)}); err != nil {
		return res, err
	}
	if err := send(c); err != nil {
		return res, err
	}
	body, err := c.answer("POST")
	if err != nil {
		return res, err
	}
	if _, err := body.WriteTo(views{}); err != nil {
		return res, err
	}
	return result{1, int64(n), time.Since(start)}, nil
}
