package socketmod

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"starwire/runtime/host"
)

// drip writes one byte to w again and again until w or stop ends.
func drip(w io.Writer, every time.Duration, stop <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			if _, err := w.Write([]byte("x")); err != nil {
				return
			}
		}
	}
}

// TestExpire: a time that is over ends every operation, however often its
// timeout began anew because bytes were dripping.
func TestExpire(t *testing.T) {
	big := make([]byte, 64<<20)
	for _, timeout := range []Timeout{NoTimeout, Seconds(3600)} {
		for name, op := range map[string]func(t *testing.T, s *Socket) error{
			"Read": func(t *testing.T, s *Socket) (err error) {
				for p := make([]byte, 10); err == nil; {
					_, err = s.Read(p)
				}
				return err
			},
			"CopyN to a file": func(t *testing.T, s *Socket) error {
				f, err := os.Create(filepath.Join(t.TempDir(), "f"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				_, err = s.CopyN(f, 1<<40)
				return err
			},
			"Write":        func(t *testing.T, s *Socket) error { _, err := s.Write(big); return err },
			"WriteBuffers": func(t *testing.T, s *Socket) error { _, err := s.WriteBuffers(&net.Buffers{big, big}); return err },
			"ReadFrom": func(t *testing.T, s *Socket) error {
				f := tempFile(t, nil)
				if err := os.Truncate(f.Name(), int64(len(big))); err != nil {
					t.Fatal(err)
				}
				_, err := s.ReadFrom(f)
				return err
			},
			"Within": func(t *testing.T, s *Socket) error {
				return s.Within(func() error { _, err := io.ReadFull(s.NetConn(), big); return err })
			},
		} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, host.Host{}, timeout)
				stop, done := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(done)
					drip(r.peer, 5*time.Millisecond, stop)
				}()
				r.s.Expire(time.Now().Add(50 * time.Millisecond))
				promptly(t, name, func() {
					wantError(t, name, op(t, r.s), TimeoutClass, "timeout('timed out',)")
				})
				close(stop)
				<-done
				// The time can be given anew.
				r.s.Expire(time.Time{})
				r.peer.Write([]byte("y"))
				if _, err := r.s.Read(make([]byte, 100)); err != nil {
					t.Errorf("Read once the time no longer counts: %v", err)
				}
			})
		}
	}
}

// TestConnectBefore: the total time covers a dial that would go on.
func TestConnectBefore(t *testing.T) {
	r := newRun(t, host.Host{Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	promptly(t, "ConnectBefore", func() {
		_, err := ConnectBefore(time.Now().Add(20*time.Millisecond), "", r.thread, "127.0.0.1", portOf(listen(t)), NoTimeout, nil)
		wantError(t, "ConnectBefore", err, TimeoutClass, "timeout('timed out',)")
	})
	r = newRun(t, host.Host{})
	s, err := ConnectBefore(time.Now().Add(time.Minute), "", r.thread, "127.0.0.1", portOf(listen(t)), NoTimeout, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Expire(time.Now())
	_, err = s.Read(make([]byte, 1))
	wantError(t, "Read", err, TimeoutClass, "timeout('timed out',)")
}
