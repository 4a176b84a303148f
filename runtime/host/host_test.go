package host

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"
)

func TestNothingGranted(t *testing.T) {
	h := From(new(starlark.Thread))
	tests := []struct {
		name string
		do   func() error
		want string
	}{
		{"dial", func() error {
			_, err := h.Dial(context.Background(), DialRequest{Host: "::1", Port: "80"})
			return err
		}, "not allowed to connect to [::1]:80 (to allow it: --allow-net=[::1]:80)"},
		{"unix", func() error {
			_, err := h.Dial(context.Background(), DialRequest{Path: "/run/a.sock"})
			return err
		}, "not allowed to connect to unix:/run/a.sock (to allow it: --allow-net=unix:/run/a.sock)"},
		{"listen", func() error { _, err := h.Listen(context.Background()); return err }, "not allowed to listen on 127.0.0.1"},
		{"read", func() error { _, err := h.Open("a", os.O_RDONLY); return err }, "not allowed to read file a"},
		{"write", func() error { _, err := h.Open("a", os.O_WRONLY|os.O_CREATE); return err }, "not allowed to write file a"},
		{"stat", func() error { _, err := h.Stat("a"); return err }, "not allowed to read file a"},
		{"env", func() error { _, _, err := h.Getenv("A"); return err }, "--allow-env=A"},
	}
	for _, tt := range tests {
		err := tt.do()
		var p *PermissionError
		if !errors.As(err, &p) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v; want a PermissionError with %q", tt.name, err, tt.want)
		}
	}
	if names := h.Environ(); len(names) != 0 {
		t.Errorf("Environ() = %q; want none", names)
	}
	var b [8]byte
	if _, err := io.ReadFull(h.Rand, b[:]); err != nil || b == [8]byte{} {
		t.Errorf("Rand gave %x, %v; want the system's randomness", b, err)
	}
}

func TestAttach(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	thread, other := new(starlark.Thread), new(starlark.Thread)
	h := Attach(thread, ctx, Host{Now: func() time.Time { return time.Unix(7, 0) }})
	Share(other, h)
	if From(thread) != h || From(other) != h {
		t.Error("From does not return the attached Host")
	}
	if got := From(other).Now().Unix(); got != 7 {
		t.Errorf("Now() = %d; want 7", got)
	}
	why := errors.New("why")
	cancel(why)
	if err := h.Sleep(Context(other), time.Hour); err != why {
		t.Errorf("Sleep in a cancelled run = %v; want its cause", err)
	}
	if err := h.Sleep(context.Background(), 0); err != nil {
		t.Errorf("Sleep(0) = %v", err)
	}
}

func TestWithContext(t *testing.T) {
	h := Attach(new(starlark.Thread), context.Background(), Host{})
	ctx, cancel := context.WithCancel(context.Background())
	part := h.WithContext(ctx)
	cancel()
	if part.Context().Err() == nil || h.Context().Err() != nil {
		t.Errorf("part's error %v, run's error %v; want the part alone cancelled", part.Context().Err(), h.Context().Err())
	}
	if State(part, key{}, func() int { return 7 }) != State(h, key{}, func() int { return 8 }) {
		t.Error("a part does not share the run's state")
	}
	if part.Resources != h.Resources || part.Budget != h.Budget {
		t.Error("a part does not share the run's resources and budget")
	}
}

func TestNewThread(t *testing.T) {
	h := Attach(new(starlark.Thread), context.Background(), Host{})
	thread, done := h.NewThread("handler")
	defer done()
	if From(thread) != h || thread.Name != "handler" {
		t.Errorf("NewThread: host %p named %q; want %p, handler", From(thread), thread.Name, h)
	}
}

type key struct{}

func TestState(t *testing.T) {
	made := 0
	mk := func() *int { made++; return new(int) }
	a := Attach(new(starlark.Thread), context.Background(), Host{})
	b := Attach(new(starlark.Thread), context.Background(), Host{})
	first := State(a, key{}, mk)
	if again := State(a, key{}, mk); again != first || made != 1 {
		t.Errorf("one run made its state %d times; want once", made)
	}
	if State(b, key{}, mk) == first {
		t.Error("two runs share a state")
	}
}

type closer struct{ n int }

func (c *closer) Close() error { c.n++; return nil }

func TestResources(t *testing.T) {
	var r Resources
	var a, b, late closer
	if err := errors.Join(r.Add(&a), r.Add(&b)); err != nil {
		t.Fatal(err)
	}
	r.Remove(&b)
	if r.Len() != 1 {
		t.Errorf("Len() = %d; want 1", r.Len())
	}
	r.Close()
	r.Close()
	if a.n != 1 || b.n != 0 {
		t.Errorf("closed %d and %d times; want 1 and 0", a.n, b.n)
	}
	if err := r.Add(&late); err != ErrEnded || late.n != 1 {
		t.Errorf("Add after Close = %v, closed %d times; want ErrEnded, 1", err, late.n)
	}
}

func TestNames(t *testing.T) {
	var n Names
	if _, ok := n.Lookup("h", "80"); ok {
		t.Error("an empty table has a name")
	}
	n.Set("h:80", "127.0.0.1:1")
	n.Delete("h:80", "127.0.0.1:2")
	for _, name := range []string{"h", "H"} {
		if addr, ok := n.Lookup(name, "80"); !ok || addr != "127.0.0.1:1" {
			t.Errorf("Lookup(%q) = %q, %v; want the address", name, addr, ok)
		}
	}
	n.Delete("H:80", "127.0.0.1:1")
	if _, ok := n.Lookup("h", "80"); ok {
		t.Error("a deleted name is still there")
	}
}

func TestBudget(t *testing.T) {
	b := Budget{ReadLimit: 10}
	if err := b.Read(10); err != nil {
		t.Errorf("Read(10) of 10 = %v", err)
	}
	err := b.Read(1)
	var l *LimitError
	if !errors.As(err, &l) || err.Error() != "limit exceeded: bytes read (10); --max-read sets it" {
		t.Errorf("Read(1) more = %v", err)
	}
	if err := errors.Join(b.Write(1<<60), b.Print(1<<60), b.Conn()); err != nil {
		t.Errorf("without a limit: %v", err)
	}
}

func TestStreamsOfNothing(t *testing.T) {
	h := From(new(starlark.Thread))
	if n, err := h.Stdin.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("Stdin.Read = %d, %v; want EOF", n, err)
	}
	if _, err := h.Stdout.Write([]byte("x")); err != nil {
		t.Errorf("Stdout.Write = %v", err)
	}
}

// TestPart closes the resources of parts with the whole, or by themselves.
func TestPart(t *testing.T) {
	var whole Resources
	part := whole.Part()
	inner := part.Part()
	a, b := new(closeCounter), new(closeCounter)
	if err := errors.Join(part.Add(a), inner.Add(b)); err != nil || whole.Len() != 1 {
		t.Fatalf("Add = %v, %d resources in the whole; want the part alone", err, whole.Len())
	}
	part.Remove(a)
	if err := inner.Close(); err != nil || b.n != 1 || whole.Len() != 0 {
		t.Errorf("Close of a part = %v, closed %d times, %d left in the whole; want nil, 1, 0", err, b.n, whole.Len())
	}
	if err := part.Add(a); err != nil {
		t.Errorf("Add = %v", err)
	}
	if err := whole.Close(); err != nil || a.n != 1 {
		t.Errorf("Close = %v, closed %d times; want nil, 1", err, a.n)
	}
	for _, r := range []*Resources{&whole, part, inner, whole.Part()} {
		if err := r.Add(b); err != ErrEnded {
			t.Errorf("Add after the end = %v; want %v", err, ErrEnded)
		}
	}
	if b.n != 5 {
		t.Errorf("closed %d times; want 5", b.n)
	}
}

type closeCounter struct{ n int }

func (c *closeCounter) Close() error {
	c.n++
	return nil
}
