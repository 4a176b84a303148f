package runtime

import (
	"context"
	"errors"
	"strings"
	"testing"

	"starwire/runtime/racetest"
)

func TestSyntaxErrors(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"x.star", "x = 1\ny = = 2\n",
			"x.star:2:5: SyntaxError: got '=', want primary expression\n    y = = 2\n        ^\n"},
		{"x.star", "if True:\n\tx = 'abc\n", "x.star:2:6: SyntaxError: unexpected newline in string\n    x = 'abc\n        ^\n"},
		{"x.star", "x = prnt(1)\nhtplib.OK\nzzzzz\n",
			"x.star:1:5: SyntaxError: undefined: prnt (did you mean print?)\n    x = prnt(1)\n        ^\n" +
				"x.star:2:1: SyntaxError: undefined: htplib (did you mean httplib?)\n    htplib.OK\n    ^\n" +
				"x.star:3:1: SyntaxError: undefined: zzzzz\n    zzzzz\n    ^\n"},
		{"x.star", "counter = 1\ndef f(): return countr\n",
			"x.star:2:17: SyntaxError: undefined: countr (did you mean counter?)\n    def f(): return countr\n                    ^\n"},
		{"x.star", "return 1\n", "x.star:1:1: SyntaxError: return statement not within a function\n    return 1\n    ^\n"},
		{"x.star", "print 'x'\n", "hint: print is a function: print(x); or name the file .py\n"},
		{"x.star", "import httplib\n", "hint: the modules are there without an import; load(\"./lib.star\", \"f\") loads a file; or name the file .py\n"},
		{"x.star", "from httplib import OK\n", "hint: load(\"httplib\", \"OK\") binds names of a module; or name the file .py\n"},
		{"x.star", "def f():\n  try:\n    pass\n", "hint: Starlark has no try: use catch(types, fn, …), or name the file .py\n"},
		{"x.star", "raise ValueError\n", "hint: use fail(exception), or name the file .py\n"},
		{"x.star", "with open('x') as f:\n  pass\n", "hint: use \"for x in using(value):\", or name the file .py\n"},
		{"x.star", "class C:\n  pass\n", "hint: Starlark has no classes: use functions, dicts and closures\n"},
		{"x.star", "del x\n", "hint: use d.pop(key), or name the file .py\n"},
		{"x.star", "assert x\n", "hint: use \"if not …: fail(AssertionError, text)\", or name the file .py\n"},
		{"x.star", "x = 1 is 2\n", "hint: use ==, or name the file .py\n"},
		{"x.star", "x = 1 < 2 < 3\n", "hint: compare in two steps: a < b and b < c; or name the file .py\n"},
		{"x.star", "def f():\n  global x\n", "hint: Starlark functions cannot rebind globals: return the value, or keep it in a dict or list\n"},
		{"x.star", "print(2 ** 3)\n", "hint: Python has this, Starlark has not: name the file .py\n"},
		{"x.star", "a = b = 0777L\n", "hint: Python has this, Starlark has not: name the file .py\n"},
		{"x.star", "print(f'{x}')\n", "got string literal, want ','\n    print(f'{x}')\n                ^\n"},
		{"x.py", "x = = 1\n", "x.py:1:5: SyntaxError: "},
		{"x.py", "x = 1\nbreak\n", "x.py:2:1: SyntaxError: break outside a loop\n    break\n    ^\n"},
		{"x.star", strings.Repeat("zzzzz\n", 50), "and 40 more\n"},
	}
	for _, tt := range tests {
		err := failing(t, Config{}, tt.name, tt.src)
		if got := FormatError(err); !strings.HasSuffix(got, tt.want) && !(strings.HasPrefix(got, tt.want) && tt.name == "x.py") {
			t.Errorf("%s: FormatError\n%s\nwant\n%s", tt.src, got, tt.want)
		}
		var syn *SyntaxError
		if !errors.As(err, &syn) || ExitCode(err) != 1 || len(syn.Problems) == 0 {
			t.Errorf("%s: %v, exit status %d; want a *SyntaxError and 1", tt.src, err, ExitCode(err))
			continue
		}
		p := syn.Problems[0]
		if want := p.Pos.String() + ": " + p.Msg; !strings.HasPrefix(err.Error(), want) || !p.Pos.IsValid() {
			t.Errorf("%s: Error() = %q; want %q", tt.src, err, want)
		}
	}
}

// TestNesting has texts that would exhaust the Go stack.
func TestNesting(t *testing.T) {
	racetest.OneGoroutine(t)
	const n = 100_000
	half := func(open, mid, close string) string {
		return "x = " + strings.Repeat(open, n) + mid + strings.Repeat(close, n) + "\n"
	}
	tests := map[string]string{
		"parens":        half("(", "1", ")"),
		"lists":         half("[", "1", "]"),
		"dicts":         half("{1:", "1", "}"),
		"calls":         half("f(", "1", ")"),
		"open parens":   half("(", "", ""),
		"after strings": "y = ['(', \"\"\"(\n\"\"\", '''['''] # (\n" + half("(", "1", ")"),
		"signs":         half("-", "1", ""),
		"spaced signs":  half("- ", "1", ""),
		"nots":          half("not ", "1", ""),
		"lambdas":       half("lambda:", "1", ""),
		"else":          half("1 if 1 else ", "1", ""),
		"sums":          half("1+", "1", ""),
		"attributes":    half("a", "", ".b"),
		"indexes":       half("", "a", "[0]"),
		"call chain":    half("", "a", "()"),
		"comparisons":   half("1 and ", "1", ""),
		"nested blocks": blocks(3000),
		"elifs":         "if 1: pass\n" + strings.Repeat("elif 1: pass\n", n/5),
	}
	for name, src := range tests {
		for _, file := range []string{"x.star", "x.py"} {
			rt, _ := newRuntime(t, Config{})
			_, err := rt.Run(context.Background(), file, []byte(src))
			var syn *SyntaxError
			if !errors.As(err, &syn) {
				t.Errorf("%s in %s: %.100v; want a *SyntaxError", name, file, err)
			}
			if got := FormatError(err); len(got) > 2000 {
				t.Errorf("%s in %s: a text of %d bytes", name, file, len(got))
			}
		}
	}
	rt, _ := newRuntime(t, Config{})
	if _, err := rt.Run(context.Background(), "x.star", make([]byte, maxSourceSize+1)); err == nil || !strings.Contains(err.Error(), "x.star: the text is larger than 1 MiB") {
		t.Errorf("a text too large: %v", err)
	}
	// What people write is far from the bounds.
	ok := "x = " + strings.Repeat("(", 50) + "1" + strings.Repeat(")", 50) + "\nif not -1: y = lambda: lambda: 'a' + \"(((\" # (((\n"
	if _, err := rt.Run(context.Background(), "x.star", []byte(ok)); err != nil {
		t.Errorf("a text nested 50 deep: %v", err)
	}
}

// blocks returns n nested if statements.
func blocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if 1:\n")
	}
	b.WriteString(strings.Repeat(" ", n) + "undefined_name\n")
	return b.String()
}
