package runtime

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// TestCancelAtRandom cancels a thousand runs at any moment. What they opened is
// closed: TestMain counts goroutines and descriptors.
func TestCancelAtRandom(t *testing.T) {
	reached := make(chan struct{}, 1<<12)
	port := silent(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", reached)
	scripts := []string{
		"while True: pass\n",
		"time.sleep(3600)\n",
		"def f():\n  max(range(1 << 40))\nwhile True: attempt(f)\n",
		fmt.Sprintf(`
def f():
    c = httplib.HTTPConnection("127.0.0.1", %s)
    c.request("GET", "/")
    c.getresponse().read()
while True: attempt(f)
`, port),
		`
def handler(req):
    time.sleep(3600)
srv = testserver.start({"/": "ok", "/wait": handler})
def f(path):
    c = httplib.HTTPConnection(srv.host, srv.port)
    c.request("GET", path)
    c.getresponse().read()
for i in range(5): f("/")
while True: attempt(f, "/wait")
`,
		`
srv = testserver.start({"/": testserver.drip("x" * 1000, 1)}, tls=True, names=["drip.test:443"])
def f():
    c = httplib.HTTPSConnection("drip.test")
    c.request("GET", "/")
    c.getresponse().read()
while True: attempt(f)
`,
		`
for s in using(testserver.start({})):
    for c in using(socket.create_connection((s.host, s.port))):
        c.recv(1)
time.sleep(3600)
`,
	}
	polling, _ := newRuntime(t, Config{Permissions: Everything(), Limits: NoLimits()})
	blocking, _ := newRuntime(t, Config{Permissions: Everything(), Limits: NoLimits(), BlockingReads: true})
	const runs, workers = 1000, 4
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 1))
			for i := range runs / workers {
				src := scripts[random.IntN(len(scripts))]
				rt := []*Runtime{polling, blocking}[i%2]
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.IntN(8_000))*time.Microsecond)
				began := time.Now()
				_, err := rt.Run(ctx, "x.star", []byte(src))
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("run %d.%d of %s: %v", w, i, src, err)
				}
				if took := time.Since(began); took > soon {
					t.Errorf("run %d.%d of %s took %v", w, i, src, took)
				}
			}
		})
	}
	wg.Wait()
}
