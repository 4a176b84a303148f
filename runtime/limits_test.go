package runtime

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// TestEveryLimit exceeds each limit in a script, in a file it loads, in a function
// that Go calls and in one that parallel calls: no catch helps, and the error names
// the limit, its value and the flag.
func TestEveryLimit(t *testing.T) {
	const server = "def handler(req): return 'x' * 10000\nsrv = testserver.start({'/': handler})\n"
	const get = "c = httplib.HTTPConnection(srv.host, srv.port); c.request('POST', '/', 'x' * 5000); c.getresponse().read()"
	tests := []struct {
		limits     Limits
		want       LimitError
		head, body string
	}{
		{Limits{Wall: 20 * time.Millisecond}, LimitError{Limit: "time", Value: "20ms", Flag: "--timeout"}, "", "time.sleep(3600)"},
		{Limits{Steps: 20_000}, LimitError{Limit: "steps", Value: "20000", Flag: "--max-steps"}, "", "while True: pass"},
		{Limits{ReadBytes: 5000}, LimitError{Limit: "bytes read", Value: "5000", Flag: "--max-read"}, server, get},
		{Limits{WriteBytes: 3000}, LimitError{Limit: "bytes written", Value: "3000", Flag: "--max-write"}, server, get},
		{Limits{PrintBytes: 100}, LimitError{Limit: "bytes printed", Value: "100", Flag: "--max-print"}, "", "print('x' * 200)"},
		{Limits{Conns: 2}, LimitError{Limit: "connections", Value: "2", Flag: "--max-conns"}, server, "[socket.create_connection((srv.host, srv.port)) for i in range(3)]"},
		{Limits{CallDepth: 50}, LimitError{Limit: "call depth", Value: "50 calls", Flag: "--max-depth"}, "def deep(): deep()\n", "deep()"},
		{Limits{JSONDepth: 3}, LimitError{Limit: "JSON depth", Value: "3 levels", Flag: "--max-json-depth"}, "", "json.loads('[[[[]]]]')"},
		{Limits{JSONDepth: 3}, LimitError{Limit: "JSON depth", Value: "3 levels", Flag: "--max-json-depth"}, "", "json.dumps([[[[]]]])"},
		{Limits{Memory: 32 << 20}, LimitError{Limit: "memory", Value: "33554432 bytes", Flag: "--max-memory"}, "", "'x' * (1 << 28)"},
	}
	shown := make(map[string]bool) // the limits that a row has, by their names in Limits
	for _, tt := range tests {
		fields := reflect.ValueOf(tt.limits)
		for i := range fields.NumField() {
			shown[fields.Type().Field(i).Name] = shown[fields.Type().Field(i).Name] || !fields.Field(i).IsZero()
		}
		text := tt.head + "def f(x):\n  " + strings.ReplaceAll(tt.body, "; ", "\n  ") + "\n"
		check := func(how string, err error) {
			t.Helper()
			var limit *LimitError
			if !errors.As(err, &limit) || *limit != tt.want {
				t.Errorf("%s %s: error %v; want %v", tt.body, how, err, &tt.want)
			}
		}
		rt, _ := newRuntime(t, Config{
			Permissions: Permissions{Listen: true},
			Limits:      tt.limits,
			FS:          fstest.MapFS{"lib.star": {Data: []byte(text + "attempt(f, 0)\n")}},
		})
		run := func(src string) error {
			_, err := rt.Run(context.Background(), "x.star", []byte(src))
			return err
		}
		check("in a script", run(text+"attempt(f, 0)\nfail('goes on')\n"))
		check("in a file", run("load('lib.star', 'f')\nfail('goes on')\n"))
		for _, clause := range []string{"except:", "except BaseException:", "finally:"} {
			src := "import httplib, json, socket, testserver, time\n" + text + "try:\n  f(0)\n" + clause + "\n  pass\nraise ValueError('goes on')\n"
			_, err := rt.Run(context.Background(), "x.py", []byte(src))
			check("before "+clause, err)
		}
		check("in parallel", run(text+"attempt(parallel, f, [0, 1], errors='return')\nfail('goes on')\n"))
		if tt.head != server { // which ends with its run
			globals, err := rt.Run(context.Background(), "x.star", []byte(text+"def g(): attempt(f, 0)\n"))
			if err != nil {
				t.Errorf("%s: %v", tt.body, err)
				continue
			}
			_, err = rt.Call(context.Background(), globals["g"].(starlark.Callable), nil, nil)
			check("by Call", err)
		}
	}
	for name, ok := range shown {
		if !ok {
			t.Errorf("no row shows the limit %s", name)
		}
	}
}

// TestBudgetIsShared: calls of parallel, and what they load, have one budget.
func TestBudgetIsShared(t *testing.T) {
	rt, out := newRuntime(t, Config{Limits: Limits{Steps: 200_000}})
	const src = "def f(x):\n  for i in range(15000): pass\n  print(x)\nparallel(f, range(1000), limit=4)\n"
	_, err := rt.Run(context.Background(), "x.star", []byte(src))
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "steps" {
		t.Errorf("error %v; want the limit of steps", err)
	}
	if n := strings.Count(out.String(), "\n"); n > 7 {
		t.Errorf("%d calls of 30,000 steps ended within 200,000", n)
	}
}
