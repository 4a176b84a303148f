package loggingmod

import (
	"strings"
	"sync"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/stringiomod"
)

func noTraceback(*starlark.Thread) (string, error) { return "None\n", nil }

func TestRecorded(t *testing.T) {
	libtest.RunOn(t, "testdata/logging.session", host.Host{}, func(h *host.Host) []starlark.Value {
		return []starlark.Value{New(h, noTraceback), stringiomod.Module(), filemod.Builtin}
	})
}

// logged evaluates lines, and returns what standard error got and the last outcome.
func logged(t *testing.T, lines ...string) (stderr, last string) {
	t.Helper()
	var out strings.Builder
	thread, h := libtest.Thread(t, host.Host{Stderr: &out})
	globals := starlark.StringDict{"logging": New(h, func(*starlark.Thread) (string, error) {
		return "Traceback (most recent call last):\nKeyError: 'k'\n", nil
	})}
	for _, line := range lines {
		last = libtest.Eval(thread, globals, line)
	}
	return out.String(), last
}

func TestStandardError(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		lines      []string
	}{
		{"usual format", "WARNING:root:w\nERROR:x:e 5\n", []string{"logging.info('i')", "logging.warning('w')", "logging.getLogger('x').error('e %d', 5)"}},
		{"dates", "2020-09-13 08:26:40,250 a\n", []string{"logging.basicConfig(format='%(asctime)s %(message)s')", "logging.error('a')"}},
		{"dates of its own", "13.09.20 a\n", []string{"logging.basicConfig(format='%(asctime)s %(message)s', datefmt='%d.%m.%y')", "logging.error('a')"}},
		{"exception", "ERROR:root:failed\nTraceback (most recent call last):\nKeyError: 'k'\n", []string{"logging.exception('failed')"}},
		{"exc_info", "WARNING:root:failed\nTraceback (most recent call last):\nKeyError: 'k'\n", []string{"logging.warning('failed', exc_info=True)"}},
		{"no handlers", "No handlers could be found for logger \"x\"\n", []string{"logging.getLogger('x').error('a')", "logging.getLogger('y').error('a')"}},
		{"wrong arguments", "TypeError: not all arguments converted during string formatting\nLogged from file session, line 1\n",
			[]string{"logging.error('a', 1)"}},
		{"where", "session:<module>:1 a\n", []string{"logging.basicConfig(format='%(filename)s:%(funcName)s:%(lineno)d %(message)s')", "logging.error('a')"}},
		{"second configuration", "ERROR:root:a\n", []string{"logging.basicConfig()", "logging.basicConfig(format='x')", "logging.error('a')"}},
	} {
		if got, _ := logged(t, tt.lines...); got != tt.want {
			t.Errorf("%s: standard error got %q; want %q", tt.name, got, tt.want)
		}
	}
}

// TestFrozen: loggers and handlers that several runs share cannot be changed, but log.
func TestFrozen(t *testing.T) {
	var out strings.Builder
	thread, h := libtest.Thread(t, host.Host{Stderr: &out})
	globals := starlark.StringDict{"logging": New(h, noTraceback)}
	libtest.Eval(thread, globals, "l = logging.getLogger('x')")
	libtest.Eval(thread, globals, "h = logging.StreamHandler()")
	libtest.Eval(thread, globals, "l.addHandler(h)")
	globals["l"].Freeze()
	for _, line := range []string{"l.setLevel(10)", "l.addHandler(logging.NullHandler())", "h.setLevel(10)", "h.setFormatter(None)",
		"l.addFilter(logging.Filter())", "h.addFilter(logging.Filter())"} {
		if got := libtest.Eval(thread, globals, line); !strings.Contains(got, "cannot change frozen") {
			t.Errorf("%s = %s; want an error", line, got)
		}
	}
	if got := libtest.Eval(thread, globals, "l.error('still')"); got != "" || out.String() != "still\n" {
		t.Errorf("a frozen logger logs %q, %s", out.String(), got)
	}
}

// TestTogether has threads log at the same time, and change what is shared.
func TestTogether(t *testing.T) {
	_, h := libtest.Thread(t, host.Host{})
	module := New(h, noTraceback)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			thread, _ := libtest.Thread(t, host.Host{})
			globals := starlark.StringDict{"logging": module}
			for _, line := range []string{"logging.getLogger('a.b').setLevel('DEBUG')", "logging.basicConfig()", "logging.getLogger('a').info('x')",
				"logging.getLogger('a').addHandler(logging.NullHandler())", "logging.getLogger('a.b').debug('x')", "logging.addLevelName(5, 'FIVE')",
				"[x.level for x in logging.getLogger('a').handlers]"} {
				if got := libtest.Eval(thread, globals, line); strings.HasPrefix(got, "!") {
					t.Errorf("%s: %s", line, got)
				}
			}
		})
	}
	wg.Wait()
}

// TestMany: what a script may make has an end.
func TestMany(t *testing.T) {
	for _, line := range []string{"[logging.getLogger('x%d' % i) and None for i in range(11000)]", "[logging.NullHandler() and None for i in range(11000)]",
		"[logging.addLevelName(i, 'x%d' % i) for i in range(11000)]"} {
		if _, got := logged(t, line); !strings.HasPrefix(got, "! MemoryError") {
			t.Errorf("%s: %.100s; want a MemoryError", line, got)
		}
	}
}
