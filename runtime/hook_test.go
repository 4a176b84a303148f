package runtime

import (
	"context"
	"errors"
	"net"
	"net/netip"
	goruntime "runtime"
	"strings"
	"testing"
	"time"
)

// TestHookPanics: a panic in a hook of Config is an error of the script, with its
// frames; and so is the end of the hook's goroutine.
func TestHookPanics(t *testing.T) {
	const connect = "def f(): httplib.HTTPConnection('name.test').connect()\nf()\n"
	for _, tt := range []struct {
		name, src string
		config    Config
	}{
		{"Dial", connect, Config{Dial: func(context.Context, string, string) (net.Conn, error) { panic("in Dial") }}},
		{"Lookup", connect, Config{Lookup: func(context.Context, string) ([]netip.Addr, error) { panic("in Lookup") }}},
		{"Sleep", "def f(): time.sleep(1)\nf()\n", Config{Sleep: func(context.Context, time.Duration) error { panic("in Sleep") }}},
	} {
		tt.config.Permissions = Everything()
		err := failing(t, tt.config, "x.star", tt.src)
		var p *PanicError
		if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestHookPanics") || !strings.Contains(FormatError(err), "in f\n") ||
			!strings.Contains(err.Error(), "RuntimeError: internal error: in "+tt.name) {
			t.Errorf("%s that panics: %s; want a *PanicError, and the frame of f", tt.name, FormatError(err))
		}
	}
	err := failing(t, Config{Permissions: Everything(), Dial: func(context.Context, string, string) (net.Conn, error) {
		goruntime.Goexit()
		return nil, nil
	}}, "x.star", connect)
	if !errors.Is(err, errHookExit) {
		t.Errorf("Dial that ends its goroutine: %s; want %v", FormatError(err), errHookExit)
	}
}
