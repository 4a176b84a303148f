package runtime

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"starwire/runtime/py"
)

// readers are the ways to wait for standard input.
var readers = []string{
	"for line in sys.stdin: pass\n", "sys.stdin.read()\n", "sys.stdin.read(1 << 20)\n", "sys.stdin.readline()\n", "sys.stdin.readlines()\n",
	"[line for line in sys.stdin]\n", "next(iter(sys.stdin))\n", "raw_input()\n",
}

// pipes are inputs that the poller knows, and that it does not. Each test closes w.
var pipes = map[string]func(t *testing.T) (r io.Reader, w io.WriteCloser){
	"a pipe": func(t *testing.T) (io.Reader, io.WriteCloser) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r, w
	},
	"a reader": func(*testing.T) (io.Reader, io.WriteCloser) { return io.Pipe() },
}

// announced is a standard output that says when something is written there. It has
// room for one message.
type announced chan struct{}

func (a announced) Write(p []byte) (int, error) {
	select {
	case a <- struct{}{}:
	default: // that is known
	}
	return len(p), nil
}

// TestStdinEndsWithTheRun: who waits for standard input waits no longer than the run.
func TestStdinEndsWithTheRun(t *testing.T) {
	for kind, pipe := range pipes {
		for _, src := range readers {
			r, w := pipe(t)
			ready := make(announced, 1)
			rt, err := New(Config{Stdin: r, Stdout: ready})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			var canceled time.Time
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				<-ready
				canceled = time.Now()
				cancel()
			}()
			_, err = rt.Run(ctx, "x.py", []byte("import sys\nprint 'waiting'; sys.stdout.flush()\n"+src))
			<-stopped
			if took := time.Since(canceled); !errors.Is(err, context.Canceled) || took > soon {
				t.Errorf("%s, %s: %v after %v; want its end soon", kind, src, err, took)
			}
			rt, err = New(Config{Stdin: r, Limits: Limits{Wall: time.Millisecond}})
			if err != nil {
				t.Fatal(err)
			}
			var limit *LimitError
			if _, err = rt.Run(context.Background(), "x.py", []byte("import sys\n"+src)); !errors.As(err, &limit) {
				t.Errorf("%s, %s: %v; want the limit of time", kind, src, err)
			}
			w.Close()
		}
	}
}

// TestStdinOfSession: an item of a session that waits for standard input ends
// alone, and takes nothing from the next one.
func TestStdinOfSession(t *testing.T) {
	for kind, pipe := range pipes {
		r, w := pipe(t)
		ready := make(announced, 1)
		rt, err := New(Config{Stdin: r, Stdout: ready})
		if err != nil {
			t.Fatal(err)
		}
		s := rt.NewSession()
		s.Python = true
		if err := s.Run(context.Background(), "x.py", []byte("import sys\n")); err != nil {
			t.Fatal(err)
		}
		for _, src := range readers {
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				<-ready
				cancel()
			}()
			if _, err := s.Eval(ctx, "item", "print 'waiting'; sys.stdout.flush()\n"+src); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, %s: %v; want its end", kind, src, err)
			}
		}
		written := make(chan struct{})
		go func() {
			defer close(written)
			io.WriteString(w, "late\n")
			w.Close()
		}()
		if v, err := s.Eval(context.Background(), "item", "sys.stdin.read()\n"); err != nil || py.Repr(v) != `'late\n'` {
			t.Errorf("%s: afterwards read() = %v, %v; want what was written then", kind, v, err)
		}
		<-written
		s.Close()
	}
}
