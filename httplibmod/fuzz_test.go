package httplibmod

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

var seeds = []string{
	faultGood,
	faultOK + "A: b\r\n c\r\nContent-Length: 2\r\n\r\nhi",
	faultOK + "A: \x0bb\x01\r\na: c\r\nContent-Length: 2, 2\r\n\r\nhi",
	faultOK + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2;x\r\nhi\r\n0\r\nT: u\r\n\r\n",
	"HTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\nA:b\n\nhello",
	"HTTP/1.0 200\r\nContent-Length: +2\r\nKeep-Alive: 5\r\n\r\nhi!",
	"HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n",
	" HTTP/1.1 0200 OK \r\nno colon\r\n: empty\r\nFrom x\r\nContent-Length : 3\r\n\r\nhello",
	"hello\r\nworld", "\r\n\r\n" + faultGood, "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK",
	faultChunked + "ffffffffffffffff\r\nx", faultChunked + "2\r\nhi!!0\r\n\r\n", faultOK + "Content-Length: 99\r\n\r\nhi",
}

// overReader returns a response that reads from src, as from a socket.
func overReader(src io.Reader, rules *rules) *HTTPResponse {
	t := &transport{value: starlark.None, rules: rules}
	t.r = rules.newReader(src)
	r, err := newResponse(new(starlark.Thread), t, &manner{starlark.MakeInt(0), starlark.MakeInt(0)}, starlark.String("GET"), false)
	if err != nil {
		panic(err)
	}
	return r
}

// describe says all that begin has settled, and what it left to be read.
func describe(r *HTTPResponse, s statusLine) string {
	if err := r.settle(s); err != nil {
		return err.Error()
	}
	rest, _ := io.ReadAll(r.r)
	return fmt.Sprintf("%d %d %q %v chunked=%v left=%d close=%v rest=%q", r.version, r.status, r.reason, r.msg.Items(), r.chunked, r.left, r.willClose, rest)
}

// FuzzStrictAgreesWithPython: a head that the strict parser takes, Python's rule
// reads the same way, so that which of the two reads it makes no difference.
func FuzzStrictAgreesWithPython(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		thread := new(starlark.Thread)
		fast := overReader(strings.NewReader(string(data)), pythonRules)
		if fast.r.ReadResponse(&fast.t.head) != nil {
			return
		}
		code := fast.t.head.Status
		if code < 200 && code != 101 {
			return
		}
		got := describe(fast, fast.takeHead(&fast.t.head))
		slow := overReader(strings.NewReader(string(data)), pythonRules)
		s, err := slow.readHeadByRule(thread, true)
		if err != nil {
			t.Fatalf("the strict parser takes %q as %s; Python's rule: %v", data, got, err)
		}
		if want := describe(slow, s); got != want {
			t.Errorf("%q\nstrict parser: %s\nPython's rule: %s", data, got, want)
		}
	})
}

// exchange reads a whole response in pieces of amt (0: all at once) and says
// what came of it.
func exchange(src io.Reader, rules *rules, amt int64) string {
	thread := new(starlark.Thread)
	r := overReader(src, rules)
	defer r.t.r.Release()
	if err := r.begin(thread); err != nil {
		return describeError(asException(err))
	}
	out := fmt.Sprintf("%d %d %q %v %v ", r.version, r.status, r.reason, r.msg.Items(), r.willClose)
	var body strings.Builder
	for {
		want := amt
		if amt == 0 {
			want = all
		}
		s, err := r.read(thread, want)
		body.WriteString(s)
		if err != nil {
			var e *py.Exception
			if errors.As(err, &e) && e.Fields["partial"] != nil {
				partial, _ := py.AsBytes(e.Fields["partial"])
				body.WriteString(partial)
				return fmt.Sprintf("%s%q then %s", out, body.String(), e.Class().QualifiedName())
			}
			return fmt.Sprintf("%s%q then %s", out, body.String(), describeError(err))
		}
		if s == "" || amt == 0 {
			return fmt.Sprintf("%s%q", out, body.String())
		}
	}
}

// describeError names an error that a script may see. Anything but an exception
// is a bug.
func describeError(err error) string {
	var e *py.Exception
	if !errors.As(err, &e) {
		panic(fmt.Sprintf("no exception: %v", err))
	}
	return e.Class().QualifiedName() + ": " + e.String()
}

// FuzzExchange: how an answer arrives in pieces does not matter, nothing panics,
// every error is an exception, and memory follows the bytes received.
func FuzzExchange(f *testing.F) {
	for i, s := range seeds {
		f.Add([]byte(s), uint16(i))
	}
	strict := newRules(&Options{Strict: true})
	f.Fuzz(func(t *testing.T, data []byte, seed uint16) {
		amt := int64(seed % 7)
		for _, rules := range []*rules{pythonRules, strict} {
			var m0, m1 goruntime.MemStats
			goruntime.ReadMemStats(&m0)
			want := exchange(strings.NewReader(string(data)), rules, amt)
			goruntime.ReadMemStats(&m1)
			// Our own text about it counts too, and pieces of a byte or so cost a
			// value and its string each.
			limit := 64*uint64(len(data)) + uint64(len(want))*8 + 1<<20
			if used := m1.TotalAlloc - m0.TotalAlloc; used > limit {
				t.Errorf("%.100q: %d bytes allocated for %d received", data, used, len(data))
			}
			for name, src := range map[string]io.Reader{
				"byte by byte": iotest.OneByteReader(strings.NewReader(string(data))),
				"in pieces":    &splitter{strings.NewReader(string(data)), rand.New(rand.NewPCG(uint64(seed), 1))},
				"with its end": iotest.DataErrReader(strings.NewReader(string(data))),
			} {
				if got := exchange(src, rules, amt); got != want {
					t.Errorf("%q, strict %v, read(%d)\n%s: %s\nwhole: %s", data, rules.strict, amt, name, got, want)
				}
			}
		}
	})
}

// A splitter reads pieces of random sizes.
type splitter struct {
	r    io.Reader
	rand *rand.Rand
}

func (s *splitter) Read(p []byte) (int, error) {
	return s.r.Read(p[:min(len(p), 1+s.rand.IntN(9))])
}

// foreign is an answer to no request of ours.
const foreign = "HTTP/1.1 200 OK\r\nTag: foreign\r\nContent-Length: 3\r\n\r\n!!!"

// answers are what the peer of FuzzCalls can say to request number n, whose body
// is made of the letter; all in one piece, so that what is behind an answer is
// there when the answer is.
var answers = []func(tag, body string) (answer string, end bool){
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", tag, len(body), body), false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n2\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", tag, body[:2], len(body)-2, body[2:]), false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s%s", tag, len(body), body, foreign), false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n%s", tag, len(body), body, foreign), false
	},
	func(tag, body string) (string, bool) {
		return "HTTP/1.1 204 No Content\r\n" + tag + "Content-Length: 3\r\n\r\n!!!", false
	},
	func(tag, body string) (string, bool) {
		return "HTTP/1.1 304 Not Modified\r\n" + tag + "\r\n" + foreign, false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", tag, len(body)+5, body), true
	},
	func(tag, body string) (string, bool) { return "HTTP/1.1 200 OK\r\n" + tag + "\r\n" + body, true },
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", tag, len(body), body), false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n%s%s", tag, len(body), body, foreign), false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n%s", tag, len(body), body, foreign), false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s--%s", tag, len(body), body, foreign), false
	},
	func(tag, body string) (string, bool) {
		return fmt.Sprintf("HTTP/1.0 200 OK\r\n%sConnection: keep-alive\r\nContent-Length: %d\r\n\r\n%s\r\n", tag, len(body), body), false
	},
	func(tag, body string) (string, bool) { return "HTTP/1.1 99 x\r\n" + tag + "\r\n" + foreign, false },
	func(tag, body string) (string, bool) {
		return "HTTP/1.1 200 OK\r\n" + tag + strings.Repeat("A: b\r\n", 200) + "\r\n" + foreign, false
	},
	func(tag, body string) (string, bool) { return "", true },
}

// answerTo serves one connection: each request /N gets the answer that script
// has at N.
func answerTo(c net.Conn, script []byte) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(c)
	for {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		io.Copy(io.Discard, req.Body)
		n, _ := strconv.Atoi(strings.TrimPrefix(req.URL.Path, "/"))
		tag, body := fmt.Sprintf("Tag: %d\r\n", n), strings.Repeat(string(rune('a'+n%26)), 5+n%3)
		text, end := answers[int(script[n%len(script)])%len(answers)](tag, body)
		if _, err := io.WriteString(c, text); err != nil || end {
			return
		}
	}
}

// FuzzCalls makes random calls against a peer that answers at random. Whatever
// happens, no request is ever answered with bytes that were not meant for it, and
// an answer that cannot be read to its end is the last of its connection (H4).
func FuzzCalls(f *testing.F) {
	for i := range answers {
		f.Add([]byte{byte(i), 0, byte(i)}, []byte("qgrqgrqgpxqgr"), i%2 == 0)
	}
	f.Add([]byte{2, 4, 5}, []byte("qgrqgdqgxcqgrhgrqgr"), false)
	f.Add([]byte{6, 11, 13}, []byte("qgrqgcqgddddcqgqgdz"), false)
	f.Add([]byte{11, 6, 14}, []byte("qgkkkqgkkkcqgqgkk"), true)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	var serving sync.WaitGroup
	var mu sync.Mutex
	var script []byte
	serving.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			s := script
			mu.Unlock()
			serving.Go(func() { answerTo(c, s) })
		}
	})
	f.Cleanup(func() { ln.Close(); serving.Wait() })

	f.Fuzz(func(t *testing.T, answers, calls []byte, strict bool) {
		if len(answers) == 0 || len(calls) > 60 {
			return
		}
		mu.Lock()
		script = answers
		mu.Unlock()
		thread := new(starlark.Thread)
		h := host.Attach(thread, context.Background(), host.Host{
			Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", ln.Addr().String())
			},
		})
		defer h.Resources.Close()
		Configure(h, Options{Strict: strict})
		v, err := starlark.Call(thread, plainClass, starlark.Tuple{starlark.String("h")}, []starlark.Tuple{{starlark.String("timeout"), starlark.Float(5)}})
		if err != nil {
			t.Fatal(err)
		}
		c := v.(*HTTPConnection)
		call := func(v starlark.HasAttrs, name string, args ...starlark.Value) (starlark.Value, error) {
			m, err := v.Attr(name)
			if err != nil {
				t.Fatal(err)
			}
			v2, err := starlark.Call(thread, m, args, nil)
			if err != nil {
				describeError(err) // panics unless it is an exception
				var e *py.Exception
				refused := errors.As(err, &e) && e.IsA(ImproperConnectionState)
				r, isResponse := v.(*HTTPResponse)
				if name == "getresponse" && !refused && c.transport() != nil || isResponse && r.t.live() {
					t.Fatalf("answers %v, calls %q: the socket is open after %s of %s", answers, calls, describeError(err), name)
				}
			}
			return v2, err
		}
		asked := -1 // the number of the latest request
		type answered struct {
			*HTTPResponse
			n int
		}
		var r answered
		check := func(data starlark.Value) {
			s, _ := py.AsBytes(data)
			if strings.Trim(s, string(rune('a'+r.n%26))) != "" {
				t.Fatalf("answers %v, calls %q: request %d was answered with %q", answers, calls, r.n, s)
			}
		}
		for _, op := range calls {
			switch op {
			case 'q', 'h', 'p':
				// Before the answer to the request before has arrived whole nobody
				// can tell what follows it from the answer to this one.
				if c.pending != nil && !c.pending.closed && !c.pending.complete() {
					continue
				}
				method := map[byte]string{'q': "GET", 'h': "HEAD", 'p': "POST"}[op]
				args := []starlark.Value{starlark.String(method), starlark.String(fmt.Sprintf("/%d", asked+1))}
				if op == 'p' {
					args = append(args, starlark.String("body"))
				}
				if _, err := call(c, "request", args...); err == nil {
					asked++
				}
			case 'g':
				v, err := call(c, "getresponse")
				if err != nil {
					continue
				}
				r = answered{v.(*HTTPResponse), asked}
				tag, _ := r.msg.get("tag")
				if tag != strconv.Itoa(asked) {
					t.Fatalf("answers %v, calls %q: request %d was answered with Tag %q", answers, calls, asked, tag)
				}
			case 'r', 'd', 'z':
				if r.HTTPResponse == nil {
					continue
				}
				var args []starlark.Value
				if op != 'r' {
					args = append(args, starlark.MakeInt(map[byte]int{'d': 3, 'z': 0}[op]))
				}
				if data, err := call(r.HTTPResponse, "read", args...); err == nil {
					check(data)
				}
			case 'k':
				if r.HTTPResponse == nil {
					continue
				}
				n := 0
				for data := range starlark.Elements(&pieces{r.HTTPResponse, 2, thread}) {
					if check(data); n == 2 {
						break
					}
					n++
				}
			case 'x':
				if r.HTTPResponse != nil {
					call(r.HTTPResponse, "close")
				}
			case 'c':
				call(c, "close")
			case 'o':
				call(c, "connect")
			}
		}
	})
}
