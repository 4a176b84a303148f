package socketmod

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// TestTurns has a guest of the run wait for its turn, and then let the script's
// operation go on: whatever blocks has to give the turn up.
func TestTurns(t *testing.T) {
	const size = 16 << 20 // more than the buffers between the two ends
	big := make([]byte, size)
	file := func(t *testing.T, content []byte) *os.File {
		name := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	send := func(r *rig) error { _, err := r.peer.Write([]byte("hello")); return err }
	released := make(chan struct{}, 1)
	release := func(*rig) error { released <- struct{}{}; return nil }
	// Some writes give up the turn again and again, and want it back: the guest
	// only begins to drain.
	drain := func(r *rig) error {
		go func() {
			io.CopyN(io.Discard, r.peer, size)
			release(r)
		}()
		return nil
	}

	tests := []struct {
		name    string
		timeout Timeout
		guest   func(r *rig) error
		drains  bool // the guest's work goes on after its turn, until released
		script  func(t *testing.T, r *rig) error
	}{
		{"read", Seconds(60), send, false, func(t *testing.T, r *rig) error {
			_, err := r.s.Read(make([]byte, 5))
			return err
		}},
		{"recv", NoTimeout, send, false, func(t *testing.T, r *rig) error {
			_, err := r.s.Recv(r.thread, starlark.MakeInt(5), 0)
			return err
		}},
		{"copy", NoTimeout, send, false, func(t *testing.T, r *rig) error {
			_, err := r.s.CopyN(file(t, nil), 5)
			return err
		}},
		{"write", Seconds(60), drain, true, func(t *testing.T, r *rig) error {
			_, err := r.s.Write(big)
			return err
		}},
		{"send", NoTimeout, drain, true, func(t *testing.T, r *rig) error {
			for left := size; left > 0; {
				v, err := starlark.Call(r.thread, attr(t, r.s, "send"), starlark.Tuple{starlark.String(big[:min(left, 1<<20)])}, nil)
				if err != nil {
					return err
				}
				n, _ := starlark.AsInt32(v)
				left -= n
			}
			return nil
		}},
		{"writev", NoTimeout, drain, true, func(t *testing.T, r *rig) error {
			_, err := r.s.WriteBuffers(&net.Buffers{big[:1], big[1:]})
			return err
		}},
		{"sendfile", NoTimeout, drain, true, func(t *testing.T, r *rig) error {
			_, err := r.s.ReadFrom(file(t, big))
			return err
		}},
		{"readfrom", NoTimeout, drain, true, func(t *testing.T, r *rig) error {
			_, err := r.s.ReadFrom(bytes.NewReader(big))
			return err
		}},
		{"within", Seconds(60), release, false, func(t *testing.T, r *rig) error {
			return r.s.Within(func() error { <-released; return nil })
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, host.Host{}, tt.timeout)
			done := guestOf(r.host, func() error { return tt.guest(r) })
			if err := tt.script(t, r); err != nil {
				t.Errorf("the script: %v", err)
			}
			if tt.drains {
				<-released
			}
			paused := r.host.Pause()
			if err := <-done; err != nil {
				t.Errorf("the guest: %v", err)
			}
			r.host.Resume(paused)
		})
	}

	t.Run("connect", func(t *testing.T) {
		r := newRun(t, host.Host{Dial: func(ctx context.Context, d host.DialRequest) (net.Conn, error) {
			<-released
			return dialTCP(ctx, d)
		}})
		done := guestOf(r.host, func() error { return release(nil) })
		if _, err := Connect(r.thread, "127.0.0.1", portOf(listen(t)), NoTimeout, nil); err != nil {
			t.Errorf("Connect: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("the guest: %v", err)
		}
	})
}

// guestOf runs f on another goroutine, in a turn of its own.
func guestOf(h *host.Host, f func() error) <-chan error {
	h.Invite()
	g := h.Guest(h.Context(), func() {})
	done := make(chan error, 1)
	go func() {
		err := g.Enter(h.Context())
		if err == nil {
			err = f()
			g.Leave()
		}
		done <- err
	}()
	return done
}

func attr(t *testing.T, v starlark.HasAttrs, name string) starlark.Value {
	t.Helper()
	a, err := v.Attr(name)
	if a == nil || err != nil {
		t.Fatalf("%s.%s = %v, %v", v.Type(), name, a, err)
	}
	return a
}

// TestInUse has a guest touch the socket that the script is waiting for.
func TestInUse(t *testing.T) {
	r := newRig(t, host.Host{}, Seconds(60))
	other := new(starlark.Thread)
	host.Share(other, r.host.WithContext(context.Background()))
	done := guestOf(r.host, func() error {
		for _, call := range []struct {
			name string
			args starlark.Tuple
		}{
			{"recv", starlark.Tuple{starlark.MakeInt(1)}},
			{"send", starlark.Tuple{starlark.String("x")}},
			{"sendall", starlark.Tuple{starlark.String("x")}},
			{"settimeout", starlark.Tuple{starlark.None}},
			{"shutdown", starlark.Tuple{starlark.MakeInt(2)}},
		} {
			_, err := starlark.Call(other, attr(t, r.s, call.name), call.args, nil)
			if err == nil || !strings.Contains(err.Error(), "socket in use: the script is waiting for it") {
				t.Errorf("%s of a socket in use: %v; want a refusal", call.name, err)
			}
		}
		for name, f := range map[string]func() error{
			"Read":         func() error { _, err := r.s.Read(make([]byte, 1)); return err },
			"Write":        func() error { _, err := r.s.Write([]byte("x")); return err },
			"WriteBuffers": func() error { _, err := r.s.WriteBuffers(&net.Buffers{[]byte("x")}); return err },
			"ReadFrom":     func() error { _, err := r.s.ReadFrom(strings.NewReader("x")); return err },
			"CopyN":        func() error { _, err := r.s.CopyN(io.Discard, 1); return err },
			"Within":       func() error { return r.s.Within(func() error { return nil }) },
		} {
			if err := f(); err == nil || !strings.Contains(err.Error(), "in use") {
				t.Errorf("%s of a socket in use: %v; want a refusal", name, err)
			}
		}
		_, err := r.peer.Write([]byte("hello"))
		return err
	})
	buf := make([]byte, 5)
	if _, err := io.ReadFull(r.s, buf); err != nil || string(buf) != "hello" {
		t.Errorf("Read = %q, %v; want what the peer sent", buf, err)
	}
	if err := <-done; err != nil {
		t.Errorf("the guest: %v", err)
	}
	if r.s.Host() != r.host {
		t.Error("the guest's use of the socket changed its host")
	}
}
