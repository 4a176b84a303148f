package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/convert"
	"starwire/runtime/py"
)

func TestBind(t *testing.T) {
	rt, _ := newRuntime(t, Config{Limits: Limits{Steps: 100_000}})
	globals, err := rt.Run(context.Background(), "x.star", []byte(`
def add(a, b): return a + b
def total(*numbers): return len(numbers)
def pair(n): return n, str(n)
def count(d): return {"n": len(d["items"]), "first": d["items"][0]}
def bad(): return [1, "x"]
def spin():
    while True: pass
def raises(): fail(ValueError("no"))
`))
	if err != nil {
		t.Fatal(FormatError(err))
	}
	var (
		add   func(a, b int) (int, error)
		total func(ctx context.Context, numbers ...any) (int, error)
		pair  func(n int) (int, string, error)
		count func(in struct {
			Items []string `json:"items"`
		}) (map[string]any, error)
		bad    func() ([]int, error)
		spin   func() error
		raises func(context.Context) error
		wrong  func(chan int, int) (int, error)
		triple func(n int) (int, string, int, error)
	)
	for name, dst := range map[string]any{
		"add": &add, "total": &total, "pair": &pair, "count": &count, "bad": &bad, "spin": &spin, "raises": &raises,
	} {
		if err := rt.Bind(globals[name], dst); err != nil {
			t.Fatalf("Bind(%s): %v", name, err)
		}
	}
	rt.Bind(globals["add"], &wrong)
	rt.Bind(globals["pair"], &triple)
	ctx := context.Background()
	if n, err := add(40, 2); n != 42 || err != nil {
		t.Errorf("add = %d, %v", n, err)
	}
	if n, err := total(ctx, 1, "x", nil); n != 3 || err != nil {
		t.Errorf("total = %d, %v", n, err)
	}
	if n, err := total(nil); n != 0 || err != nil {
		t.Errorf("total = %d, %v", n, err)
	}
	if n, s, err := pair(5); n != 5 || s != "5" || err != nil {
		t.Errorf("pair = %d, %q, %v", n, s, err)
	}
	if m, err := count(struct {
		Items []string `json:"items"`
	}{[]string{"a", "b"}}); err != nil || fmt.Sprint(m) != "map[first:a n:2]" {
		t.Errorf("count = %v, %v", m, err)
	}
	var converts *convert.Error
	if n, err := bad(); n != nil || !errors.As(err, &converts) || err.Error() != "bad() result: [1]: want int, got str" {
		t.Errorf("bad = %v, %v", n, err)
	}
	if _, err := wrong(nil, 1); !errors.As(err, &converts) || err.Error() != "add() argument 1: a chan int does not convert" {
		t.Errorf("wrong: %v", err)
	}
	if a, b, c, err := triple(1); a != 0 || b != "" || c != 0 || !errors.As(err, &converts) || err.Error() != "pair() result: want a tuple of 3, got tuple" {
		t.Errorf("triple = %v, %v, %v, %v", a, b, c, err)
	}
	var limit *LimitError
	if err := spin(); !errors.As(err, &limit) {
		t.Errorf("spin: %v; want a LimitError", err)
	}
	var exception *py.Exception
	if err := raises(ctx); !errors.As(err, &exception) || exception.Class() != py.ValueError {
		t.Errorf("raises: %v; want a ValueError", err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := raises(canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if n, err := add(i, i); n != 2*i || err != nil {
				t.Errorf("add(%d, %d) = %d, %v", i, i, n, err)
			}
		})
	}
	wg.Wait()
}

func TestBindErrors(t *testing.T) {
	rt, _ := newRuntime(t, Config{})
	fn := starlark.Universe["len"]
	var noError func() int
	var good func() error
	for _, tt := range []struct {
		fn   starlark.Value
		dst  any
		want string
	}{
		{nil, &good, "want a function, got nothing"},
		{starlark.None, &good, "want a function, got NoneType"},
		{fn, good, "want a pointer to a function, got func() error"},
		{fn, nil, "want a pointer to a function"},
		{fn, new(int), "want a pointer to a function, got *int"},
		{fn, &noError, "the last result of func() int is no error"},
	} {
		if err := rt.Bind(tt.fn, tt.dst); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Bind(%v, %T) = %v; want %s", tt.fn, tt.dst, err, tt.want)
		}
	}
}
