package socketmod

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"starwire/runtime/host"
)

// TestDeadlineOfBefore: the deadline that an earlier operation left on a connection
// ends no later one, which has its own whole timeout.
func TestDeadlineOfBefore(t *testing.T) {
	tcp := func(t *testing.T, timeout Timeout) (*rig, net.Conn) {
		r := newRig(t, host.Host{}, timeout)
		return r, r.peer
	}
	pipe := func(t *testing.T, timeout Timeout) (*rig, net.Conn) {
		r := newRun(t, host.Host{})
		near, far := net.Pipe()
		t.Cleanup(func() { far.Close() })
		var err error
		if r.s, err = NewSocket(r.host, near, timeout); err != nil {
			t.Fatal(err)
		}
		return r, far
	}
	for name, open := range map[string]func(*testing.T, Timeout) (*rig, net.Conn){"TCP": tcp, "pipe": pipe} {
		t.Run(name, func(t *testing.T) {
			buf := make([]byte, 1)
			one := func(r *rig, peer net.Conn) error {
				sent := make(chan error, 1)
				go func() { _, err := peer.Write([]byte("x")); sent <- err }()
				_, err := r.s.Read(buf)
				return errors.Join(err, <-sent)
			}
			const patient = 3600
			r, peer := open(t, Seconds(patient))
			for range 3 {
				if err := one(r, peer); err != nil {
					t.Fatal("Read:", err)
				}
				r.s.link.Conn.SetDeadline(past) // as if an hour had gone by
			}
			sent := make(chan error, 1)
			go func() { _, err := r.s.Write([]byte("y")); sent <- err }()
			if _, err := io.ReadFull(peer, buf); err != nil {
				t.Error("the peer's read:", err)
			}
			if err := <-sent; err != nil {
				t.Error("Write:", err)
			}

			// The script wants less patience, twice over.
			const timeout = 30 * time.Millisecond
			r.s.SetTimeout(Seconds(timeout.Seconds()))
			for range 2 {
				began := time.Now()
				_, err := r.s.Read(buf)
				wantError(t, "Read", err, TimeoutClass, "timeout('timed out',)")
				if took := time.Since(began); took < timeout {
					t.Errorf("Read timed out after %v; want %v", took, timeout)
				}
			}
			r.s.SetTimeout(NoTimeout)
			if err := one(r, peer); err != nil {
				t.Error("Read without a timeout:", err)
			}
			r.s.SetTimeout(Seconds(patient))
			if err := one(r, peer); err != nil {
				t.Error("Read with one again:", err)
			}

			// The end of the run ends what waits, and what would not need to.
			done := make(chan error, 1)
			go func() { _, err := r.s.Read(buf); done <- err }()
			waitBlocked(t)
			r.cancel(errStop)
			if err := <-done; !errors.Is(err, errStop) {
				t.Errorf("Read = %v; want %v", err, errStop)
			}
			if _, err := r.s.Write(buf); !errors.Is(err, errStop) {
				t.Errorf("Write = %v; want %v", err, errStop)
			}
		})
	}
}
