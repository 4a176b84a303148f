package runtime

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

// preludeOfErrors is what the expressions of interpreterErrors use.
const preludeOfErrors = `
huge = 1 << 500
for i in range(3):
    huge = huge * huge
many = [1, 2]
few = {1: 1, 2: 2}
def unpack(v):
    a, b = v
def setitem(x):
    x[0] = 1
def setx(x):
    x.x = 1
def local():
    print(y)
    y = 1
def late():
    return later
def recurse():
    return recurse()
def cyclic(x):
    x.append(x)
    return x
def test():
    return %s
result = attempt(test)
later = 1
`

// interpreterErrors has an expression for each text that the interpreter and its
// built-in functions can give an error, and the exception that stands for it.
var interpreterErrors = []struct{ expr, want string }{
	{`{}["a"]`, `KeyError: 'a'`},
	{`{1: 2}[3]`, `KeyError: 3`},
	{`{}[(1, 2)]`, `KeyError: '(1, 2)'`},
	{`{}["it's \"x\"\n"]`, `KeyError: 'it\'s "x"\n'`},
	{`{}.pop("a")`, `KeyError: 'pop: missing key'`},
	{`{}.popitem()`, `KeyError: 'popitem: empty dict'`},
	{`set().pop()`, `KeyError: 'pop: empty set'`},
	{`set([1]).remove(2)`, `KeyError: 'remove: missing key'`},
	{`"%(a)s" % {}`, `KeyError: 'a'`},
	{`"{a}".format()`, `KeyError: 'a'`},
	{`[][0]`, `IndexError: index 0 out of range: empty list`},
	{`[1][5]`, `IndexError: list index 5 out of range [-1:0]`},
	{`"abc"[7]`, `IndexError: string index 7 out of range [-3:2]`},
	{`range(3)[5]`, `IndexError: range index 5 out of range [-3:2]`},
	{`"abc".elems()[9]`, `IndexError: string.elems index 9 out of range [-3:2]`},
	{`[1][1 << 70]`, `IndexError: list index: 1180591620717411303424 out of range`},
	{`[].pop()`, `IndexError: pop: index -1 out of range: empty list`},
	{`[1].pop(7)`, `IndexError: pop: list index 7 out of range [-1:0]`},
	{`"{}".format()`, `IndexError: format: tuple index out of range`},
	{`1 // 0`, `ZeroDivisionError: floored division by zero`},
	{`1.0 // 0`, `ZeroDivisionError: floored division by zero`},
	{`1 / 0`, `ZeroDivisionError: floating-point division by zero`},
	{`1 % 0`, `ZeroDivisionError: integer modulo by zero`},
	{`1 % 0.0`, `ZeroDivisionError: floating-point modulo by zero`},
	{`(1).x`, `AttributeError: int has no .x field or method`},
	{`"".joinn`, `AttributeError: string has no .joinn field or method (did you mean .join?)`},
	{`getattr(1, "x")`, `AttributeError: getattr: int has no .x field or method`},
	{`struct(a=1).x`, `AttributeError: struct has no .x attribute`},
	{`setx([])`, `AttributeError: can't assign to .x field of list`},
	{`local()`, `UnboundLocalError: local variable 'y' referenced before assignment`},
	{`late()`, `NameError: name 'later' is not defined`},
	{`recurse()`, `RuntimeError: maximum recursion depth exceeded`},
	{`cyclic([]) == cyclic([])`, `RuntimeError: maximum recursion depth exceeded in cmp`},
	{`{((((((((((((1,),),),),),),),),),),),): 1}[((((((((((((1,),),),),),),),),),),),)]`, `RuntimeError: comparison exceeded maximum recursion depth`},
	{`[many.append(1) for x in many]`, `RuntimeError: append: cannot append to list during iteration`},
	{`[few.pop(x) for x in few]`, `RuntimeError: pop: cannot delete from hash table during iteration`},
	{`[1] * (1 << 30)`, `MemoryError: excessive repeat (1 * 1073741824 elements)`},
	{`chr(-1)`, `ValueError: chr: Unicode code point -1 out of range (<0)`},
	{`chr(1 << 30)`, `ValueError: chr: Unicode code point U+40000000 out of range (>0x10FFFF)`},
	{`300 in b"x"`, `ValueError: int in bytes: 300 out of range (want value in unsigned 8-bit range)`},
	{`bytes([300])`, `ValueError: bytes: at index 0, 300 out of range (want value in unsigned 8-bit range)`},
	{`int("5", 99)`, `ValueError: int: base must be an integer >= 2 && <= 36`},
	{`int("x")`, `ValueError: int: invalid literal with base 10: x`},
	{`float("x")`, `ValueError: invalid float literal: x`},
	{`float("")`, `ValueError: float: empty string`},
	{`int(float("nan"))`, `ValueError: int: cannot convert float NaN to integer`},
	{`1 << -1`, `ValueError: negative shift count: -1`},
	{`unpack([1, 2, 3])`, `ValueError: too many values to unpack (got 3, want 2)`},
	{`unpack([1])`, `ValueError: too few values to unpack (got 1, want 2)`},
	{`[1][::0]`, `ValueError: zero is not a valid slice step`},
	{`range(1, 2, 0)`, `ValueError: range: step argument must not be zero`},
	{`"a".split("")`, `ValueError: split: empty separator`},
	{`[1].index(2)`, `ValueError: index: value not in list`},
	{`[1].remove(2)`, `ValueError: remove: element not found`},
	{`"".index("a")`, `ValueError: index: substring not found`},
	{`"".rindex("a")`, `ValueError: rindex: substring not found`},
	{`max([])`, `ValueError: max: argument is an empty sequence`},
	{`{"a": 1, "a": 2}`, `ValueError: duplicate key: "a"`},
	{`dict([[1, 2, 3]])`, `ValueError: dict: dictionary update sequence element #0 has length 3, want 2`},
	{`"%" % 1`, `ValueError: incomplete format`},
	{`"%(a" % {}`, `ValueError: incomplete format key`},
	{`"%y" % 1`, `ValueError: unknown conversion %y`},
	{`"{".format()`, `ValueError: format: unmatched '{' in format`},
	{`"{0:x}".format(1)`, `ValueError: format spec features not supported in replacement fields: x`},
	{`float("1e999")`, `OverflowError: floating-point number too large`},
	{`float(huge)`, `OverflowError: int too large to convert to float`},
	{`huge * 1.0`, `OverflowError: int too large to convert to float`},
	{`[1] * (1 << 40)`, `OverflowError: repeat count 1099511627776 too large`},
	{`1 << 600`, `OverflowError: shift count too large: 600`},
	{`int(float("inf"))`, `OverflowError: int: cannot convert float infinity to integer`},
	{`math.floor(float("inf"))`, `OverflowError: cannot convert float infinity to integer`},
	{`range(1 << 70)`, `OverflowError: range: for parameter 1: 1180591620717411303424 out of range (want value in signed 64-bit range)`},
	{`[1].insert(1 << 70, 0)`, `OverflowError: insert: for parameter 1: 1180591620717411303424 out of range (want value in signed 64-bit range)`},
	{`"a" * 2 + 1`, `TypeError: unknown binary op: string + int`},
	{`"x" in 1`, `TypeError: unknown binary op: string in int`},
	{`-"a"`, `TypeError: unknown unary op: - string`},
	{`None()`, `TypeError: invalid call of non-function (NoneType)`},
	{`{[]: 1}`, `TypeError: unhashable type: list`},
	{`set([[]])`, `TypeError: set: unhashable type: list`},
	{`{range(1): 1}`, `TypeError: unhashable: range`},
	{`1 < "a"`, `TypeError: int < string not implemented`},
	{`sorted([1, "a"])`, `TypeError: string < int not implemented`},
	{`frozen.append(1)`, `TypeError: append: cannot append to frozen list`},
	{`setitem(httplib.responses)`, `TypeError: cannot insert into frozen hash table`},
	{`local(1)`, `TypeError: function local accepts no arguments (1 given)`},
	{`unpack()`, `TypeError: function unpack missing 1 argument (v)`},
	{`unpack(1, 2)`, `TypeError: function unpack accepts 1 positional argument (2 given)`},
	{`unpack(w=1)`, `TypeError: function unpack got an unexpected keyword argument "w"`},
	{`unpack(1, v=2)`, `TypeError: function unpack got multiple values for parameter "v"`},
	{`sorted()`, `TypeError: sorted: missing argument for iterable`},
	{`print(1, foo=2)`, `TypeError: print: unexpected keyword argument "foo"`},
	{`sorted([], iterable=[])`, `TypeError: sorted: got multiple values for keyword argument "iterable"`},
	{`str(1, x=2)`, `TypeError: str does not accept keyword arguments`},
	{`{}.pop()`, `TypeError: pop: got 0 arguments, want at least 1`},
	{`float(1, 2)`, `TypeError: float got 2 arguments, wants 1`},
	{`len(1)`, `TypeError: len: value of type int has no len`},
	{`sorted(1)`, `TypeError: sorted: for parameter iterable: got int, want iterable`},
	{`unpack(*1)`, `TypeError: argument after * must be iterable, not int`},
	{`unpack(**1)`, `TypeError: argument after ** must be a mapping, not int`},
	{`unpack(**{1: 2})`, `TypeError: keywords must be strings, not int`},
	{`[x for x in 1]`, `TypeError: int value is not iterable`},
	{`max(1)`, `TypeError: max: int value is not iterable`},
	{`zip(1)`, `TypeError: zip: argument #1 is not iterable: int`},
	{`dict([1])`, `TypeError: dict: dictionary update sequence element #0 is not iterable (int)`},
	{`unpack(1)`, `TypeError: got int in sequence assignment`},
	{`(1)[1]`, `TypeError: unhandled index operation int[int]`},
	{`(1)[1:]`, `TypeError: invalid slice operand int`},
	{`[1]["a":]`, `TypeError: invalid start index: got string, want int`},
	{`[1][:"a"]`, `TypeError: invalid end index: got string, want int`},
	{`[1][::"a"]`, `TypeError: invalid slice step: got string, want int`},
	{`[1]["a"]`, `TypeError: list index: got string, want int`},
	{`setitem((1,))`, `TypeError: tuple value does not support item assignment`},
	{`1 in "x"`, `TypeError: 'in <string>' requires string as left operand, not int`},
	{`"a" in range(3)`, `TypeError: 'in <range>' requires integer as left operand, not string`},
	{`"a" in b"x"`, `TypeError: 'in bytes' requires bytes or int as left operand, not string`},
	{`"%(a)s" % 1`, `TypeError: format requires a mapping`},
	{`"%d" % "x"`, `TypeError: %d format requires integer: cannot convert string to int`},
	{`"%c" % "ab"`, `TypeError: %c format requires a single-character string`},
	{`"%s %s" % 1`, `TypeError: not enough arguments for format string`},
	{`"%s" % (1, 2)`, `TypeError: too many arguments for format string`},
	{`min()`, `TypeError: min requires at least one positional argument`},
	{`"a".join([1])`, `TypeError: join: in list, want string, got int`},
	{`"a".startswith((1,))`, `TypeError: startswith: want string, got int, for element 0`},
	{`"a".startswith(1)`, `TypeError: startswith: got int, want string or tuple of string`},
	{`"a".split(1)`, `TypeError: split: got int for separator, want string`},
	{`bytes(["a"])`, `TypeError: bytes: at index 0, got string, want int`},
	{`abs("a")`, `TypeError: got string, want int or float`},
	{`hash(1)`, `TypeError: hash: got int, want string or bytes`},
	{`float([])`, `TypeError: float got list, want number or string`},
	{`ord("ab")`, `TypeError: ord: string encodes 2 Unicode code points, want 1`},
	{`int(1, 2)`, `TypeError: int: can't convert non-string with explicit base`},
	{`int([])`, `TypeError: int: cannot convert list to int`},
	{`dict(a=1, **{"a": 2})`, `TypeError: dict: duplicate keyword arg: "a"`},
	{`foreign()`, `Error: boom`},
}

func TestInterpreterErrors(t *testing.T) {
	racetest.OneGoroutine(t)
	rt, _ := newRuntime(t, Config{Predeclared: starlark.StringDict{
		"frozen": starlark.NewList(nil),
		"foreign": starlark.NewBuiltin("foreign", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return nil, errors.New("boom")
		}),
	}})
	used := make(map[string]bool)
	for _, tt := range interpreterErrors {
		globals, err := rt.Run(context.Background(), "x.star", fmt.Appendf(nil, preludeOfErrors, tt.expr))
		if err != nil {
			t.Errorf("%s: %v", tt.expr, err)
			continue
		}
		r := globals["result"].(*Result)
		if r.err == nil {
			t.Errorf("%s = %v; want %s", tt.expr, r, tt.want)
			continue
		}
		want := strings.ReplaceAll(tt.want, "64-bit", fmt.Sprintf("%d-bit", strconv.IntSize))
		if got := r.err.Error(); got != want {
			t.Errorf("%s: %s; want %s", tt.expr, got, want)
		}
		if r.err.Cause != nil {
			note(used, r.err.Cause.Error())
		}
	}
	_, err := rt.Run(context.Background(), "x.star", []byte(`load("math", "florr")`))
	var x *py.Exception
	if want := "ImportError: load: name florr not found in module math (did you mean floor?)"; !errors.As(err, &x) || x.Error() != want {
		t.Errorf("load of a missing name: %v; want %s", err, want)
	} else {
		note(used, x.Cause.Error())
	}
	// The runtime stops a recursion before the interpreter does.
	_, err = starlark.ExecFileOptions(&options, new(starlark.Thread), "x.star", "def f(): f()\nf()", nil)
	note(used, err.Error())
	// A rule that nothing provokes may have lost its text to a new version.
	for _, r := range rules {
		for _, expr := range r.exprs {
			if !used[expr] {
				t.Errorf("no expression provokes the text %s (%s)", expr, (*r.class).Name())
			}
		}
	}
}

// note marks the first expression that matches the text.
func note(used map[string]bool, text string) {
	for _, r := range rules {
		for _, expr := range r.exprs {
			if regexp.MustCompile(`(?s)` + expr).MatchString(text) {
				used[expr] = true
				return
			}
		}
	}
}

// TestLongErrors: an error whose text holds much data is classified by the ends of
// the text, and its key is all of it.
func TestLongErrors(t *testing.T) {
	const name = "aaaaaaaaaaaaaaaa"
	tests := []struct{ expr, class, arg string }{
		{`getattr([], s)`, "AttributeError", "getattr: list has no .S field or method"},
		{`{}[s]`, "KeyError", "S"},
		{`{}.pop(s)`, "KeyError", "pop: missing key"},
		{`{}[(s[:9600],)]`, "KeyError", `("S",)`},
		{`int(s[:160000], 2)`, "ValueError", "int: invalid literal with base 2: S"},
		{`float(s)`, "ValueError", "invalid float literal: S"},
		{`"{%s}".format(**{s: 1}) if 0 else ("{" + s + "}").format()`, "KeyError", "S"},
		{`struct()[s]`, "TypeError", "unhandled index operation struct[string]"},
	}
	for _, tt := range tests {
		rt, _ := newRuntime(t, Config{})
		globals, err := rt.Run(context.Background(), "x.star", []byte("s = \""+name+"\" * 65536\ne = attempt(lambda: "+tt.expr+").error\n"))
		if err != nil {
			t.Fatal(FormatError(err))
		}
		e := globals["e"].(*py.Exception)
		arg, _ := starlark.AsString(e.Args[0])
		arg = regexp.MustCompile(`(`+name+`)+`).ReplaceAllString(arg, "S")
		if e.Type() != tt.class || arg != tt.arg {
			t.Errorf("%s: %s(%.200q); want %s(%q)", tt.expr, e.Type(), arg, tt.class, tt.arg)
		}
	}
}
