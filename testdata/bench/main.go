// Command bench runs the same loop, GETs on one kept-alive connection, in
// starwire, in CPython 2.7's httplib (where it is installed), in Go's net/http
// and over a bare socket, against one server in one go, and prints how they
// compare:
//
//	go run ./testdata/bench [-n REQUESTS] [-reps N]
//
// Speeds drift on a shared machine. So the clients take turns, a ratio is taken
// within a round, and the table has the median of the rounds.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	response = "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nServer: bench\r\nContent-Type: text/plain\r\nETag: \"1\"\r\nContent-Length: 13\r\n\r\nhello, world\n"
	request  = "GET /small HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n\r\n"
)

// loop is the client as a script, Python 2 and starwire's dialect at once. The
// clock starts after the first exchange, as every client's does.
const loop = `import sys, time, httplib
conn = httplib.HTTPConnection("127.0.0.1", int(sys.argv[1]))
def exchanges(n):
    for i in range(n):
        conn.request("GET", "/small")
        conn.getresponse().read()
exchanges(1)
start = time.time()
exchanges(int(sys.argv[2]))
sys.stdout.write(str(time.time() - start))
`

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 20000, "requests a round")
	reps := flag.Int("reps", 5, "rounds")
	role := flag.String("role", "", "what this process is to do: server, raw or nethttp; none runs the comparison")
	port := flag.String("port", "", "the server's port, for raw and nethttp")
	flag.Parse()
	var err error
	switch *role {
	case "server":
		err = serve()
	case "raw":
		err = timed(func(k int) error { return raw(*port, k) }, *n)
	case "nethttp":
		err = timed(func(k int) error { return netHTTP(*port, k) }, *n)
	default:
		err = compare(*n, *reps)
	}
	if err != nil {
		log.Fatal("bench: ", err)
	}
}

// serve answers every request with the same bytes until standard input ends. It
// prints its port first.
func serve() error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	fmt.Println(port)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go answer(c)
		}
	}()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func answer(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 4096)
	have := 0
	for {
		k, err := c.Read(buf[have:])
		if err != nil {
			return
		}
		have += k
		if bytes.HasSuffix(buf[:have], []byte("\r\n\r\n")) {
			have = 0
			if _, err := io.WriteString(c, response); err != nil {
				return
			}
		}
	}
}

// timed prints the seconds of n exchanges.
func timed(exchanges func(n int) error, n int) error {
	start := time.Now()
	if err := exchanges(n); err != nil {
		return err
	}
	_, err := fmt.Print(time.Since(start).Seconds())
	return err
}

func raw(port string, n int) error {
	c, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	defer c.Close()
	buf := make([]byte, len(response))
	for range n {
		if _, err := io.WriteString(c, request); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, buf); err != nil {
			return err
		}
	}
	return nil
}

func netHTTP(port string, n int) error {
	for range n {
		resp, err := http.Get("http://127.0.0.1:" + port + "/small")
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return err
		}
		resp.Body.Close()
	}
	return nil
}

// A client is one way to run the loop; it prints the seconds that took.
type client struct {
	name    string
	command []string
	seconds []float64
}

func compare(n, reps int) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, "loop.py")
	if err := os.WriteFile(script, []byte(loop), 0o600); err != nil {
		return err
	}
	starwire := filepath.Join(dir, "starwire")
	if out, err := exec.Command("go", "build", "-o", starwire, "starwire").CombinedOutput(); err != nil {
		return fmt.Errorf("building starwire: %w\n%s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	server := exec.CommandContext(ctx, self, "-role", "server")
	if _, err := server.StdinPipe(); err != nil {
		return err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	port = strings.TrimSpace(port)

	count := strconv.Itoa(n)
	clients := []*client{
		{name: "raw socket", command: []string{self, "-role", "raw", "-port", port, "-n", count}},
		{name: "starwire", command: []string{starwire, "run", script, port, count}},
		{name: "net/http", command: []string{self, "-role", "nethttp", "-port", port, "-n", count}},
	}
	if python, err := exec.LookPath("python2.7"); err == nil && exec.Command(python, "-c", "import httplib").Run() == nil {
		clients = append(clients, &client{name: "CPython 2.7", command: []string{python, script, port, count}})
	}
	for round := range reps {
		for i := range clients {
			c := clients[(i+round)%len(clients)] // whoever is first has it no easier
			s, err := exec.Command(c.command[0], c.command[1:]...).Output()
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			seconds, err := strconv.ParseFloat(string(s), 64)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			c.seconds = append(c.seconds, seconds)
		}
	}
	fmt.Printf("%d GETs of 13 bytes on one connection, median of %d rounds\n\n", n, reps)
	fmt.Printf("%-12s %14s %16s\n", "client", "requests/s", "starwire is")
	for _, c := range clients {
		var ratios []float64
		for i, s := range c.seconds {
			ratios = append(ratios, s/clients[1].seconds[i])
		}
		fmt.Printf("%-12s %14.0f %15.2fx\n", c.name, float64(n)/median(c.seconds), median(ratios))
	}
	return nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
