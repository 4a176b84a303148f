package runtime

import (
	"context"
	"testing"

	"starwire/runtime/py"
)

// The expectations are CPython 2.7.18's.
func TestPower(t *testing.T) {
	tests := []struct{ expr, want string }{
		{"2 ** 10", "1024"},
		{"2 ** 100", "1267650600228229401496703205376"},
		{"(-2) ** 3", "-8"},
		{"0 ** 0", "1"},
		{"0 ** 5", "0"},
		{"1 ** 10 ** 30", "1"},
		{"(-1) ** (10 ** 30 + 1)", "-1"},
		{"(-1) ** (10 ** 30)", "1"},
		{"0 ** 10 ** 30", "0"},
		{"2 ** -1", "0.5"},
		{"2.0 ** 3", "8.0"},
		{"2 ** 0.5", "1.4142135623730951"},
		{"True ** 2", "1"},
		{"(-8.0) ** 2", "64.0"},
		{"0 ** -1", "ZeroDivisionError: 0.0 cannot be raised to a negative power"},
		{"(-8) ** 0.5", "ValueError: negative number cannot be raised to a fractional power"},
		{"10.0 ** 400", "OverflowError: (34, 'Numerical result out of range')"},
		{"'a' ** 2", "TypeError: unsupported operand type(s) for ** or pow(): 'str' and 'int'"},
		{"2 ** 10 ** 9", "OverflowError: the result of ** is too large"},
		{"2 ** 10 ** 30", "OverflowError: the result of ** is too large"},
	}
	testDialect(t, tests)
}

func TestIs(t *testing.T) {
	tests := []struct{ expr, want string }{
		{"'a' is 'a'", "True"},
		{"1 is 1", "True"},
		{"1 is 1.0", "False"},
		{"1 is True", "False"},
		{"[] is []", "False"},
		{"[x is y for x in [[]] for y in [x]]", "[True]"},
		{"() is ()", "True"},
		{"(1, 2) is (1, 2)", "True"},
		{"(1,) is not (2,)", "True"},
		{"1.5 is 1.5", "True"},
		{"len is len", "True"},
		{"len is str", "False"},
		{"{1, 2} == set([1, 2])", "True"},
		{"{1, 1}", "set([1])"},
		{"{[]}", "TypeError: unhashable type: 'list'"},
	}
	testDialect(t, tests)
}

func testDialect(t *testing.T, tests []struct{ expr, want string }) {
	t.Helper()
	rt, _ := newRuntime(t, Config{})
	for _, tt := range tests {
		got := ""
		globals, err := rt.Run(context.Background(), "x.py", []byte("x = "+tt.expr))
		if err != nil {
			got = err.Error()
		} else {
			got = py.Repr(globals["x"])
		}
		if got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
}
