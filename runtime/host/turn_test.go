package host

import (
	"context"
	"errors"
	"sync"
	"testing"

	"go.starlark.net/starlark"
)

func TestTurnsAlone(t *testing.T) {
	h := Attach(new(starlark.Thread), context.Background(), Host{})
	if h.Pause() {
		t.Error("Pause() without guests = true; want nothing to happen")
	}
	h.Resume(false)
	h.Invite()
	h.Invite()
	outer := h.Pause()
	inner := h.WithContext(context.Background()).Pause()
	if !outer || inner {
		t.Errorf("Pause() = %v, then %v inside; want true, false", outer, inner)
	}
	h.Resume(inner)
	h.Resume(outer)
	if fork := h.Fork(context.Background()); fork.Pause() {
		t.Error("a fork's Pause() = true; want it to have turns of its own")
	}
}

// TestTurns counts without a lock in a script and its guests: the race detector
// and the sum say whether they took turns.
func TestTurns(t *testing.T) {
	ctx := context.Background()
	h := Attach(new(starlark.Thread), ctx, Host{})
	h.Invite()
	const guests, times = 8, 50
	count := 0
	var wg sync.WaitGroup
	for range guests {
		g := h.Guest(ctx, func() { t.Error("a guest was stopped") })
		wg.Go(func() {
			for range times {
				if err := g.Enter(ctx); err != nil {
					t.Errorf("Enter() = %v", err)
					return
				}
				count++
				paused := g.Pause()
				g.Resume(paused)
				count++
				g.Leave()
			}
		})
	}
	for range times {
		count++
		h.Resume(h.Pause())
	}
	paused := h.Pause()
	wg.Wait()
	h.Resume(paused)
	if want := 2*guests*times + times; count != want {
		t.Errorf("count = %d; want %d", count, want)
	}
}

func TestEnterCancelled(t *testing.T) {
	h := Attach(new(starlark.Thread), context.Background(), Host{})
	h.Invite()
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	if err := h.Guest(ctx, func() {}).Enter(ctx); err != why {
		t.Errorf("Enter() while the script runs = %v; want the cause of the end", err)
	}
}

// TestResumeStops has a cancelled script want its turn back from a guest that
// would keep it.
func TestResumeStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	h := Attach(new(starlark.Thread), context.Background(), Host{}).WithContext(ctx)
	h.Invite()
	entered, stopped := make(chan struct{}), make(chan struct{})
	g := h.Guest(context.Background(), sync.OnceFunc(func() { close(stopped) }))
	paused := h.Pause()
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := g.Enter(context.Background()); err != nil {
			t.Errorf("Enter() = %v", err)
			return
		}
		defer g.Leave()
		close(entered)
		<-stopped
	})
	<-entered
	cancel()
	h.Resume(paused)
	wg.Wait()
}

// TestUrgent has a guest enter while a cancelled script is already waiting
// behind it.
func TestUrgent(t *testing.T) {
	h := Attach(new(starlark.Thread), context.Background(), Host{})
	h.Invite()
	stops := 0
	g := h.Guest(context.Background(), func() { stops++ })
	paused := h.Pause()
	h.turns.hurry(1)
	if err := g.Enter(context.Background()); err != nil || stops != 1 {
		t.Errorf("Enter() = %v, stopped %d times; want once", err, stops)
	}
	g.Resume(g.Pause())
	if stops != 2 {
		t.Errorf("stopped %d times after Resume; want twice", stops)
	}
	h.turns.hurry(-1)
	g.Resume(g.Pause())
	if stops != 2 {
		t.Errorf("stopped %d times although nobody waits; want twice", stops)
	}
	g.Leave()
	h.Resume(paused)
}

// TestScript pauses a script by way of the Host a guest left behind.
func TestScript(t *testing.T) {
	h := Attach(new(starlark.Thread), context.Background(), Host{})
	h.Invite()
	g := h.Guest(context.Background(), func() {})
	s := g.Script()
	paused := s.Pause()
	if !paused || h.Pause() {
		t.Errorf("Pause() = %v and the script can pause again; want them to be one", paused)
	}
	if err := g.Enter(context.Background()); err != nil {
		t.Errorf("Enter() in the script's pause = %v", err)
	}
	g.Leave()
	s.Resume(paused)
	h.Resume(h.Pause())
}

// TestJoin leaves a guest of a fork, and one that comes later, to the script.
func TestJoin(t *testing.T) {
	ctx := context.Background()
	h := Attach(new(starlark.Thread), ctx, Host{})
	loan := h.Lend()
	f := h.Fork(ctx)
	f.Invite()
	count := 0 // guarded by the turns
	paused, entered := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	early, late := f.Guest(ctx, func() {}), f.Guest(ctx, func() {})
	wg.Go(func() {
		if err := early.Enter(ctx); err != nil {
			t.Errorf("Enter() in the fork's pause = %v", err)
			return
		}
		p := early.Pause()
		close(paused)
		<-entered
		early.Resume(p)
		count++
		early.Leave()
	})
	lent := f.Pause()
	<-paused
	f.Resume(lent)
	wg.Go(func() {
		close(entered)
		if err := late.Enter(ctx); err != nil {
			t.Errorf("Enter() of a fork that ends = %v", err)
			return
		}
		count++
		late.Leave()
	})
	<-entered
	f.Join()
	h.Return(loan)
	count++
	if !h.Pause() {
		t.Fatal("Pause() = false; want the guests of the fork to be the script's")
	}
	wg.Wait()
	h.Resume(true)
	script := f.Script()
	script.Resume(script.Pause())
	if count != 3 {
		t.Errorf("count = %d; want 3", count)
	}
}

// TestLend has forks that leave nobody behind: then Pause costs nothing again.
func TestLend(t *testing.T) {
	h := Attach(new(starlark.Thread), context.Background(), Host{})
	loan := h.Lend()
	h.Fork(context.Background()).Join()
	h.Return(loan)
	if h.Pause() {
		t.Error("Pause() without guests = true after forks; want nothing to happen")
	}
	h.Invite()
	loan = h.Lend()
	h.Return(loan)
	if !h.Pause() {
		t.Error("Pause() = false; want the guests of before to be let in")
	}
	h.Resume(true)
}
