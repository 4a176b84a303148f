package testservermod

import (
	"math/rand/v2"
	goruntime "runtime"
	"testing"
	"time"
)

// TestCancelAnywhere cancels runs at moments that differ: whatever is under way
// ends, and soon.
func TestCancelAnywhere(t *testing.T) {
	runs := 300
	if testing.Short() {
		runs = 30
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range runs {
		t.Run("", func(t *testing.T) {
			r := newRig(t)
			pauses := 1 << rnd.IntN(17) // microseconds to milliseconds
			cancelled := make(chan time.Time, 1)
			go func() {
				for range pauses {
					goruntime.Gosched()
				}
				r.cancel()
				cancelled <- time.Now()
			}()
			// Errors are of no interest: the run may end before, in or after anything.
			r.exec(`
log = []
def handle(req):
    log.append(req.path)
    if req.path == "/nested":
        return talk(back.netloc, "GET / HTTP/1.0\r\n\r\n")
    if req.path == "/loop":
        while True:
            log.append(1)
    return testserver.drip("x" * len(log), 1, 0.001)
back = testserver.start(lambda req: "back", tls=False, names=["back.test"])
srv = testserver.start({"/*": handle, "/late": testserver.delay(1000, "late")})
proxy = testserver.proxy()
for path in ["/a", "/nested", "/late", "/loop"]:
    talk(srv.netloc, "GET %s HTTP/1.0\r\n\r\n" % path)
`)
			at := <-cancelled
			r.host.Resources.Close()
			if took := time.Since(at); took > time.Second {
				t.Errorf("run %d ended %v after it was cancelled", i, took)
			}
		})
	}
}
