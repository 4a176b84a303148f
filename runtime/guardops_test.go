package runtime

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestDictInPlace: x |= y of dicts is the interpreter's own, and its errors are.
func TestDictInPlace(t *testing.T) {
	rt, out := newRuntime(t, Config{})
	_, err := rt.Run(context.Background(), "x.star", []byte(`
x = {1: 2}
same = x
def f(y):
    z = x
    z |= y
    return z
f({3: 4})
f(x)
print(same, f({}) == same)
s = set([1])
s |= set([2])
n = 1
n |= 6
print(s, n)
def during():
    for k in x:
        f({})
print(attempt(during).error)
print(attempt(f, 1).error)
`))
	want := "{1: 2, 3: 4} True\nset([1, 2]) 7\ncannot apply |= to hash table during iteration\nunknown binary op: dict | int\n"
	if err != nil || out.String() != want {
		t.Errorf("printed\n%s%v; want\n%s", out, FormatError(err), want)
	}
	for _, y := range []string{"{}", "{1: 2}"} {
		_, err := rt.Run(context.Background(), "z.star", fmt.Appendf(nil, "d = {}\ndef f():\n    e = d\n    e |= %s\nparallel(lambda x: f(), [0])\n", y))
		if err == nil || !strings.Contains(err.Error(), "cannot apply |= to frozen hash table") {
			t.Errorf("x |= %s of a frozen dict: %v", y, err)
		}
	}
}
