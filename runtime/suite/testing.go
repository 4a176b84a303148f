package suite

import (
	"fmt"
	"regexp"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// A failure is an expectation that was not met. No catch keeps it from failing
// the test.
type failure struct{ text string }

func (f *failure) Error() string { return f.text }

// Uncatchable marks the error as one that catch lets pass.
func (f *failure) Uncatchable() {}

// A skipError ends a test that cannot be run here.
type skipError struct{ reason string }

func (s *skipError) Error() string { return "skipped: " + s.reason }

// Uncatchable marks the error as one that catch lets pass.
func (s *skipError) Uncatchable() {}

// module returns the members of the module testing. *catch is the built-in catch
// of the session, once there is one.
func module(catch *starlark.Value) starlark.StringDict {
	members := starlark.StringDict{}
	for name, fn := range map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
		"assert_eq":      assertEq,
		"assert_false":   assertTruth(false),
		"assert_in":      assertIn,
		"assert_matches": assertMatches,
		"assert_ne":      assertNe,
		"assert_raises":  assertRaises(catch),
		"assert_true":    assertTruth(true),
		"fail":           testFail,
		"skip":           testSkip,
	} {
		members[name] = starlark.NewBuiltin(name, fn)
	}
	return members
}

// failed words a failure; msg is the test's own words, or "".
func failed(msg, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if msg != "" {
		text = msg + ": " + text
	}
	return &failure{text}
}

// short returns the text of a value, cut where nobody reads on.
func short(v starlark.Value) string {
	s := py.Repr(v)
	const most = 2000
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + fmt.Sprintf("... (%d characters)", len(s))
	}
	return s
}

// assertEq is assert_eq(got, want, msg="").
func assertEq(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var got, want starlark.Value
	var msg string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "got", &got, "want", &want, "msg?", &msg); err != nil {
		return nil, err
	}
	equal, err := starlark.Equal(got, want)
	if err != nil || equal {
		return starlark.None, err
	}
	g, gok := starlark.AsString(got)
	w, wok := starlark.AsString(want)
	if gok && wok && (strings.Contains(g, "\n") || strings.Contains(w, "\n")) {
		return nil, failed(msg, "the texts differ:\n%s", diff(g, w))
	}
	return nil, failed(msg, "got %s\nwant %s", short(got), short(want))
}

// assertNe is assert_ne(got, unwanted, msg="").
func assertNe(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var got, unwanted starlark.Value
	var msg string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "got", &got, "unwanted", &unwanted, "msg?", &msg); err != nil {
		return nil, err
	}
	equal, err := starlark.Equal(got, unwanted)
	if err != nil || !equal {
		return starlark.None, err
	}
	return nil, failed(msg, "got %s\nwant anything else", short(got))
}

// assertTruth is assert_true(x, msg="") or assert_false(x, msg="").
func assertTruth(want bool) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var x starlark.Value
		var msg string
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "msg?", &msg); err != nil {
			return nil, err
		}
		if bool(x.Truth()) == want {
			return starlark.None, nil
		}
		return nil, failed(msg, "got %s\nwant something %v", short(x), want)
	}
}

// assertIn is assert_in(x, container, msg="").
func assertIn(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, container starlark.Value
	var msg string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "container", &container, "msg?", &msg); err != nil {
		return nil, err
	}
	in, err := starlark.Binary(syntax.IN, x, container)
	if err != nil {
		return nil, err
	}
	if in.Truth() {
		return starlark.None, nil
	}
	return nil, failed(msg, "got %s\nwant %s in it", short(container), short(x))
}

// assertMatches is assert_matches(text, pattern, msg=""): the pattern, in RE2
// syntax, matches somewhere in the text.
func assertMatches(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text, pattern, msg string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "text", &text, "pattern", &pattern, "msg?", &msg); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, py.ValueError.Errorf("%s: %w", b.Name(), err)
	}
	if re.MatchString(text) {
		return starlark.None, nil
	}
	return nil, failed(msg, "got %s\nwant a match of %s", short(starlark.String(text)), short(starlark.String(pattern)))
}

// testFail is fail(msg).
func testFail(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var msg string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "msg", &msg); err != nil {
		return nil, err
	}
	return nil, failed("", "%s", msg)
}

// testSkip is skip(reason).
func testSkip(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var reason string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "reason", &reason); err != nil {
		return nil, err
	}
	return nil, &skipError{reason}
}

// assertRaises is assert_raises(types, fn, *args, **kwargs): the call raises one of
// the types. It returns the exception.
func assertRaises(catch *starlark.Value) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) < 2 {
			return nil, py.TypeError.Errorf("%s: want the types to expect and the function to call, got %d arguments", b.Name(), len(args))
		}
		result, err := starlark.Call(thread, *catch, args, kwargs)
		if err != nil {
			return nil, err
		}
		pair := result.(starlark.Indexable) // (value, error)
		if pair.Index(1) != starlark.None {
			return pair.Index(1), nil
		}
		return nil, failed("", "got %s\nwant %s", short(pair.Index(0)), typeNames(args[0]))
	}
}

// typeNames returns the names of exception classes, as text.
func typeNames(v starlark.Value) string {
	switch v := v.(type) {
	case *py.Class:
		return v.QualifiedName()
	case starlark.Tuple:
		names := make([]string, len(v))
		for i, c := range v {
			names[i] = typeNames(c)
		}
		return strings.Join(names, " or ")
	}
	return py.Repr(v)
}

// diff shows two texts line by line, without most of what they have in common.
func diff(got, want string) string {
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	same := 0
	for same < len(g) && same < len(w) && g[same] == w[same] {
		same++
	}
	end := 0
	for end < len(g)-same && end < len(w)-same && g[len(g)-1-end] == w[len(w)-1-end] {
		end++
	}
	var b strings.Builder
	show := func(sign string, lines []string) {
		const most = 50
		for i, line := range lines {
			if i == most {
				fmt.Fprintf(&b, "%s ... (%d lines)\n", sign, len(lines))
				return
			}
			if line != "" {
				fmt.Fprintf(&b, "%s %s\n", sign, py.Repr(starlark.String(line)))
			}
		}
	}
	fmt.Fprintf(&b, "line %d\n", same+1)
	show(" ", g[max(same-2, 0):same])
	show("got ", g[same:len(g)-end])
	show("want", w[same:len(w)-end])
	return strings.TrimSuffix(b.String(), "\n")
}
