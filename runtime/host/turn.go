package host

import (
	"context"
	"sync"
	"sync/atomic"
)

// Script code that shares mutable data runs on one goroutine at a time. A
// script alone never notices. When a built-in calls script functions on other
// goroutines, as a test server does for its handlers, they and the script take
// turns: the script gives its turn up only while one of our built-ins blocks
// (Pause, Resume), and a handler, the guest, runs in that gap (Enter, Leave).
// So a handler may use and change whatever the script can, and nothing races.

// turns is who may run script code now.
type turns struct {
	shared atomic.Bool   // whether there may be guests
	free   chan struct{} // holds one token while nobody runs; made by Invite
	out    bool          // whether the script, not a guest, has given up its turn

	// When a fork has ended, its guests take turns with the script it was a fork
	// of: left is closed, made by Invite, and heir set before.
	of   *turns // of which these are a fork's, or nil
	heir atomic.Pointer[turns]
	left chan struct{}

	mu     sync.Mutex
	joined bool   // whether a fork has left guests here
	stop   func() // stops the guest whose turn it is; nil if it is no guest's
	urgent int    // how many cancelled scripts wait for their turn
}

// Pause gives up the thread's turn while a built-in blocks, so that handlers of
// the run's own servers can run, and returns what Resume wants to know. Every
// built-in that may wait for the network, for input or for time uses it:
//
//	defer h.Resume(h.Pause())
//
// Between the two nothing may touch a script value that could change. Pauses
// nest: an inner one does nothing. Without guests both cost an atomic load.
func (h *Host) Pause() (paused bool) {
	if !h.turns.shared.Load() {
		return false
	}
	t := h.turns.now()
	out := h.given(t)
	if *out {
		return false
	}
	*out = true
	t.give()
	return true
}

// given returns where it is noted that this goroutine, the script's or a
// guest's, has given up its turn.
func (h *Host) given(t *turns) *bool {
	if h.stop == nil {
		return &t.out
	}
	return h.out
}

// Resume waits for the turn that Pause gave up. It always gets it, even in a
// cancelled run: a guest that is in the way of a cancelled script is stopped.
func (h *Host) Resume(paused bool) {
	if !paused {
		return
	}
	t := h.turns.take(h.ctx, h.stop)
	*h.given(t) = false
}

// Invite says that there may be guests from now on. It must be called by a
// built-in, on the goroutine whose turn it is, before the first Guest.
func (h *Host) Invite() {
	if !h.turns.shared.Load() {
		h.turns.free, h.turns.left = make(chan struct{}, 1), make(chan struct{})
		h.turns.shared.Store(true)
	}
}

// Guest returns a Host for a thread that runs script functions on another
// goroutine, taking turns with h's. ctx is the guest's. stop makes the guest end
// soon, as Thread.Cancel does; it is called when a cancelled script wants its
// turn back, from any goroutine, perhaps more than once.
func (h *Host) Guest(ctx context.Context, stop func()) *Host {
	g := h.WithContext(ctx)
	out := true
	g.out, g.stop = &out, stop
	return g
}

// Script returns the Host of the script that h, perhaps a guest's, takes turns
// with: for what a guest leaves to be done on the script's own goroutine, such
// as the closing of its resources.
func (h *Host) Script() *Host {
	s := *h
	s.out, s.stop = nil, nil
	return &s
}

// Enter waits for the guest's turn, or for the end of ctx, whose cause it then
// returns. A guest that entered must Leave.
func (h *Host) Enter(ctx context.Context) error {
	t := h.turns
	for {
		select {
		case <-t.free:
			t.begin(h.stop)
			*h.out = false
			return nil
		case <-t.left:
			t = t.heir.Load()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Leave ends the guest's turn.
func (h *Host) Leave() { h.Pause() }

// Fork returns a Host for a thread that runs at the same time as h's and shares
// no mutable value with it: a worker of parallel, whose data is frozen. It has
// turns and Resources of its own; what it blocks on does not let h's guests in.
// h's thread has to Lend its turn meanwhile.
func (h *Host) Fork(ctx context.Context) *Host {
	f := h.WithContext(ctx)
	f.turns = &turns{of: h.turns.now()}
	f.out, f.stop = nil, nil
	f.Resources = h.Resources.Part()
	return f
}

// Join ends a fork, on its thread's goroutine, when the thread runs no more. What
// it opened stays open; handlers of its servers take turns with the script that
// it was a fork of from now on, because they may share what it returned.
func (h *Host) Join() {
	t := h.turns
	if !t.shared.Load() {
		return
	}
	t.of.mu.Lock()
	t.of.joined = true
	t.of.mu.Unlock()
	t.heir.Store(t.of)
	close(t.left)
}

// A Loan is what Return wants to know of Lend.
type Loan struct{ invited, paused bool }

// Lend gives up the thread's turn, as Pause does, while forks of h run: guests
// that they leave behind may take it.
func (h *Host) Lend() Loan {
	var l Loan
	if !h.turns.shared.Load() {
		l.invited = true
		h.Invite()
	}
	l.paused = h.Pause()
	return l
}

// Return takes back the turn that Lend gave up, after the last fork's Join.
func (h *Host) Return(l Loan) {
	h.Resume(l.paused)
	if !l.invited {
		return
	}
	t := h.turns
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.joined {
		t.shared.Store(false) // nobody came: let Pause cost nothing again
	}
}

// now returns the turns that those who had t take: t, or those of the script it
// was joined to.
func (t *turns) now() *turns {
	for heir := t.heir.Load(); heir != nil; heir = t.heir.Load() {
		t = heir
	}
	return t
}

// give lets the next one run.
func (t *turns) give() {
	t.mu.Lock()
	t.stop = nil
	t.mu.Unlock()
	t.free <- struct{}{}
}

// take waits for the turn. Once the ctx of a script has ended, the guest that
// runs is stopped, and so are those that come before us. A guest waits: it must
// not stop others because its own server closes. take returns whose turns they
// are by now.
func (t *turns) take(ctx context.Context, stop func()) *turns {
	if stop != nil {
		for {
			select {
			case <-t.free:
				t.begin(stop)
				return t
			case <-t.left:
				t = t.heir.Load()
			}
		}
	}
	t = t.now()
	select {
	case <-t.free:
		return t
	case <-ctx.Done():
	}
	t.hurry(1)
	<-t.free
	t.hurry(-1)
	return t
}

// begin notes how to stop the new holder of the turn.
func (t *turns) begin(stop func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stop = stop
	if t.urgent > 0 {
		stop()
	}
}

func (t *turns) hurry(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.urgent += n
	if n > 0 && t.stop != nil {
		t.stop()
	}
}
