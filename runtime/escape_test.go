package runtime

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"starwire/runtime/racetest"
)

// TestEscape runs scripts that try to get at what they were not granted, or to
// use more than they may. The comment lines of each say what it tries, the error
// that stops it, and how long it may take if that matters.
func TestEscape(t *testing.T) {
	files, err := filepath.Glob("testdata/escape/*.star")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	granted := escapeFolder(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".star")
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "cpu-") || strings.HasPrefix(name, "memory-") {
				racetest.OneGoroutine(t)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			src := strings.ReplaceAll(string(text), "GRANTED", filepath.ToSlash(granted))
			needsWideInts(t, src)
			want, wall := escapeHead(t, src)
			rt, _ := newRuntime(t, escapeConfig(granted, wall))
			goruntime.GC() // what other tests left is not the script's
			began := time.Now()
			_, err = rt.Run(context.Background(), "escape.star", []byte(src))
			if got := FormatError(err); err == nil || !strings.Contains(got, want) {
				t.Errorf("error:\n%swant %q", got, want)
			}
			if over := time.Since(began) - wall; over > soon {
				t.Errorf("the script ended %v after its time", over)
			} else if strings.Contains(want, "time") {
				t.Logf("%v over", over)
			}
		})
	}
}

// needsWideInts skips a script that counts to 1<<40 or so where Go's int has 32 bits,
// and Starlark's range with it: it does not get to what it would try.
func needsWideInts(t *testing.T, src string) {
	t.Helper()
	if strconv.IntSize < 64 && regexp.MustCompile(`1 << [3-6]\d`).MatchString(src) {
		t.Skip("range counts no further than 1 << 31 here")
	}
}

// escapeHead returns what the comment lines at the head of a script say.
func escapeHead(t *testing.T, src string) (want string, wall time.Duration) {
	wall = 2 * time.Minute // which does not end the others, however busy the machine is
	for line := range strings.Lines(src) {
		field, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), ": ")
		switch {
		case !strings.HasPrefix(line, "#"):
			if want == "" {
				t.Fatal("the script does not say its error")
			}
			return want, wall
		case ok && field == "error":
			want = value
		case ok && field == "wall":
			var err error
			if wall, err = time.ParseDuration(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	return want, wall
}

// escapeConfig grants a little.
func escapeConfig(granted string, wall time.Duration) Config {
	var rebound atomic.Int32
	return Config{
		Permissions: Permissions{
			Net: []string{
				"allowed.test:80", "rebind.test", "*.wild.test", "proxy.test:3128", "198.51.100.1",
				"127.1", "2130706433", "0x7f000001", "0177.0.0.1", "https://secure.test",
			},
			DenyNet: []string{"denied.wild.test"},
			Read:    []string{granted},
			Env:     []string{"GRANTED"},
			Listen:  true,
		},
		Limits: Limits{
			Wall: wall, Steps: 50_000_000, Memory: 128 << 20, PrintBytes: 1 << 20, Conns: 50,
			ReadBytes: 2 << 20, WriteBytes: 2 << 20,
		},
		Stderr: io.Discard,
		Lookup: func(_ context.Context, name string) ([]netip.Addr, error) {
			addrs := map[string][]string{
				"allowed.test":       {"127.0.0.1"},
				"a.wild.test":        {"10.0.0.1"},
				"metadata.wild.test": {"169.254.169.254"},
				"mapped.wild.test":   {"::ffff:127.0.0.1"},
				"nat64.wild.test":    {"64:ff9b::a00:1"},
				"both.wild.test":     {"10.0.0.1", "10.0.0.2"},
				"rebind.test":        {"10.0.0.1"},
				"127.1":              {"127.0.0.1"},
				"2130706433":         {"127.0.0.1"},
				"0x7f000001":         {"127.0.0.1"},
				"0177.0.0.1":         {"127.0.0.1"},
			}[name]
			if name == "rebind.test" && rebound.Add(1) > 1 {
				addrs = []string{"127.0.0.1"}
			}
			if addrs == nil {
				return nil, fmt.Errorf("the name %s was asked for", name)
			}
			var list []netip.Addr
			for _, a := range addrs {
				list = append(list, netip.MustParseAddr(a))
			}
			return list, nil
		},
	}
}

// escapeFolder makes a folder to grant, and secrets around it.
func escapeFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	granted := filepath.Join(dir, "granted")
	for name, text := range map[string]string{
		"secret.txt": "secret", "lib.star": "x = 1", "granted-not/secret.txt": "secret",
		"granted/a.txt": "a", "granted/sub/b.txt": "b", "granted/lib.star": "shared = []",
		"granted/loads.star": `load("../lib.star", "x")`,
		"granted/deep.star":  "x = " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"link": "../secret.txt", "up": "..", "passwd": "/etc/passwd", "liblink.star": "../lib.star",
	} {
		if err := os.Symlink(to, filepath.Join(granted, link)); err != nil {
			t.Skipf("the system lets this user make no symbolic link: %v", err)
		}
	}
	return granted
}
