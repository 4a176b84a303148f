package pysyntax

import (
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// operatorBuiltins are Python's operators as far as tests need them.
var operatorBuiltins = map[string]builtin{
	DivideName: func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		op := syntax.SLASH
		if args[0].Type() == "int" && args[1].Type() == "int" {
			op = syntax.SLASHSLASH
		}
		return starlark.Binary(op, args[0], args[1])
	},
	ModuloName: func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		format, ok := starlark.AsString(args[0])
		if n, isInt := args[1].(starlark.Int); ok && isInt {
			return starlark.String(fmt.Sprintf(format, n.BigInt())), nil
		}
		return starlark.Binary(syntax.PERCENT, args[0], args[1])
	},
	EqualName: func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		for i, v := range args {
			if b, ok := v.(starlark.Bool); ok {
				n := 0
				if b {
					n = 1
				}
				args[i] = starlark.MakeInt(n)
			}
		}
		eq, err := starlark.Equal(args[0], args[1])
		return starlark.Bool(eq), err
	},
	IterateName: func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		s, ok := starlark.AsString(args[0])
		if !ok {
			return args[0], nil
		}
		var list []starlark.Value
		for _, c := range []byte(s) {
			list = append(list, starlark.String(c))
		}
		return starlark.NewList(list), nil
	},
	AttrName: func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		s, ok := starlark.AsString(args[0])
		if !ok {
			return args[0].(starlark.HasAttrs).Attr(string(args[1].(starlark.String)))
		}
		return starlark.NewBuiltin("ljust", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			var n int
			err := starlark.UnpackPositionalArgs("ljust", args, nil, 1, &n)
			return starlark.String(s + strings.Repeat(" ", n-len(s))), err
		}), nil
	},
}

func TestOperators(t *testing.T) {
	ljust := func(name string) bool { return name == "ljust" }
	for _, c := range []struct{ src, want string }{
		{"print 7 / 2, -7 / 2, 7 / 2.0, 7.0 / 2, 7 // 2", "3 -4 3.5 3.5 3\n"},
		{"from __future__ import division\nprint 7 / 2", "3.5\n"},
		{"x = 7; x /= 2; y = [9]; y[0] /= 2; print x, y", "3 [4]\n"},
		{"x = 1\ntry: x /= 0\nexcept RuntimeError, e: print e", "floored division by zero\n"},
		{"print '%05d|' % 42, '%-4d|' % 3, 7 % 4, '%s' % ('a',)", "00042| 3   | 3 a\n"},
		{"x = '%3d'; x %= 5; print x", "  5\n"},
		{"print True == 1, 1 != False, 0 == False != 1, 1 == 1.0, 'a' == 1, [] == 0, None == 0", "True True True True False False False\n"},
		{"x = True\nprint x is True, x is 1, x == 1, x is not None, 1 in [x == 1]", "True False True True False\n"},
		{"for c in 'ab': print c,\nprint [c for c in 'cd' if c != 'd'], [a + b for a in 'ef' for b in 'gh']", "a b ['c'] ['eg', 'eh', 'fg', 'fh']\n"},
		{"print ''.join(c + '.' for c in 'ab'), any(c == 'b' for c in 'ab'), {c: 1 for c in 'x'}, list(set(c for c in 'yy'))", "a.b. True {'x': 1} ['y']\n"},
		{"for i in (1, 2): print i,\nfor i in range(2): print i,\nfor i in {3: 4}: print i,\nfor i in [5] + [6]: print i,", "1 2 0 1 3 5 6"},
		{"x = 'ab'\nprint x.ljust(4) + '|', x.upper().ljust(3) + '|'", "ab  | AB |\n"},
		{"o = object()\no.ljust = 1\no.ljust += 1\no.upper = o.ljust\nprint o.upper, o.ljust", "2 2\n"},
		{"def f(ljust): return ljust\nprint f(ljust=3)", "3\n"},
		{"x = 1 / (1 - 1)", "error: 1:7: floored division by zero"},
		{"x = 5 == 5 == 5 == True", ""},
	} {
		w := &world{operators: true}
		_, err := w.run(c.src, Config{Mode: Script, Attr: ljust})
		got := w.out.String()
		if err != nil {
			got += "error: " + describe(err)
		}
		if got != c.want {
			t.Errorf("run(%q) printed %q; want %q", c.src, got, c.want)
		}
	}
}

// TestOperatorsAreStarlarksAtThePrompt: nothing of the kind in a session.
func TestOperatorsAreStarlarksAtThePrompt(t *testing.T) {
	w := &world{operators: true}
	if _, err := w.run("print 7 / 2, True == 1\nx = 7; x /= 2; print x", Config{Attr: func(string) bool { return true }}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.out.String(), "3.5 False\n3.5\n"; got != want {
		t.Errorf("printed %q; want %q", got, want)
	}
}
