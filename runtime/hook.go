package runtime

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// hookGrace is how long a hook has to return when its context ends. One that needs
// longer heeds no context; the run ends without it.
const hookGrace = 10 * time.Millisecond

var errHookExit = errors.New("the hook ended its goroutine")

// hooked calls a function of Config that may block, on a goroutine of its own, and
// returns what it returns, or the cause of ctx's end if it is not back soon after:
// the end of a run must not wait for code that heeds no context. What such a
// call returns in the end goes to late, unless that is nil. A panic is an error.
func hooked[T any](ctx context.Context, call func() (T, error), late func(T)) (T, error) {
	type result struct {
		v   T
		err error
	}
	back := make(chan result, 1)
	go func() {
		r := result{err: errHookExit}
		defer func() { back <- r }()
		r.v, r.err = recovering(call)
	}()
	select {
	case r := <-back:
		return r.v, r.err
	case <-ctx.Done():
	}
	grace := time.NewTimer(hookGrace)
	defer grace.Stop()
	select {
	case r := <-back:
		return r.v, r.err
	case <-grace.C:
	}
	go func() {
		if r := <-back; r.err == nil && late != nil {
			late(r.v)
		}
	}()
	var none T
	return none, context.Cause(ctx)
}

// callDial calls Config.Dial. A connection that comes too late is closed.
func (rt *Runtime) callDial(ctx context.Context, network, address string) (net.Conn, error) {
	return hooked(ctx, func() (net.Conn, error) { return rt.config.Dial(ctx, network, address) },
		func(conn net.Conn) {
			if conn != nil {
				conn.Close()
			}
		})
}

// callLookup calls Config.Lookup.
func (rt *Runtime) callLookup(ctx context.Context, name string) ([]netip.Addr, error) {
	return hooked(ctx, func() ([]netip.Addr, error) { return rt.config.Lookup(ctx, name) }, nil)
}

// callSleep calls Config.Sleep.
func (rt *Runtime) callSleep(ctx context.Context, d time.Duration) error {
	_, err := hooked(ctx, func() (struct{}, error) { return struct{}{}, rt.config.Sleep(ctx, d) }, nil)
	return err
}
