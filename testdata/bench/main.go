// Command bench runs the same loops in starwire, in CPython 2.7's httplib (where it is
// installed), in Go's net/http and over a bare socket, against one server in one go, and
// prints how they compare:
//
//	go run ./testdata/bench [-only NAME,…] [-n REQUESTS] [-mib SIZE] [-reps N]
//
// See workloads for the names. Speeds drift on a shared machine. So the clients take
// turns, a ratio is taken within a round, and the tables have the median of the rounds.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

const (
	response = "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nServer: bench\r\nContent-Type: text/plain\r\nETag: \"1\"\r\nContent-Length: 13\r\n\r\nhello, world\n"
	tail     = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n\r\n"
)

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 20000, "requests a round, of the small workload")
	mib := flag.Int("mib", 256, "MiB of each body, of the others")
	reps := flag.Int("reps", 5, "rounds")
	only := flag.String("only", "", "the workloads to run, separated by commas; none runs all")
	role := flag.String("role", "", "what this process is to do: server, raw or nethttp; none runs the comparison")
	name := flag.String("workload", "", "for raw and nethttp")
	port := flag.String("port", "", "the server's port, for raw and nethttp")
	flag.Parse()
	size := int64(*mib) << 20
	var err error
	switch *role {
	case "server":
		err = serve(size)
	case "raw", "nethttp":
		w := find(*name)
		if w == nil {
			log.Fatalf("bench: no workload %q", *name)
		}
		run := w.raw
		if *role == "nethttp" {
			run = w.netHTTP
		}
		err = run("127.0.0.1:"+*port, *n, size)
	default:
		err = compareAll(*only, *n, *reps, *mib)
	}
	if err != nil {
		log.Fatal("bench: ", err)
	}
}

// serve answers requests until standard input ends: for /bytes and /pieces with size
// bytes, in one piece or in chunks, else with the same few. It prints its port first.
func serve(size int64) error {
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
			go answer(c, size)
		}
	}()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func answer(c net.Conn, size int64) {
	defer c.Close()
	buf := make([]byte, 4096)
	have := 0
	for {
		k, err := c.Read(buf[have:])
		if err != nil {
			return
		}
		have += k
		if !bytes.HasSuffix(buf[:have], []byte("\r\n\r\n")) {
			continue
		}
		switch request := buf[:have]; {
		case bytes.HasPrefix(request, []byte("GET /bytes ")):
			err = sendBytes(c, size)
		case bytes.HasPrefix(request, []byte("GET /pieces ")):
			err = sendPieces(c, size)
		default:
			_, err = io.WriteString(c, response)
		}
		if err != nil {
			return
		}
		have = 0
	}
}
