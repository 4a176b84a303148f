package runtime

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// The interpreter's own errors have no types, only texts. The rules give each
// text its class, the first that matches; TestInterpreterErrors provokes every
// one of them with the vendored interpreter, so that a new version of it cannot
// silently change a class.

// A rule maps texts to a class. The exception's argument is the interpreter's text;
// or what arg makes of the expression's first group; or text, with the group for %.
type rule struct {
	class **py.Class // the variable: what it holds, the compiler does not know
	exprs []string
	arg   func(group string) starlark.Value
	text  string
}

var rules = []rule{
	{class: &py.KeyError, arg: keyOf, exprs: []string{
		`^key (.*) not in \S+$`,
	}},
	{class: &py.KeyError, text: "%", exprs: []string{
		`^key not found: (.*)$`,
		`^format: keyword (.*) not found$`,
	}},
	{class: &py.KeyError, exprs: []string{
		`^pop: missing key$`,
		`^pop: empty set$`,
		`^popitem: empty dict$`,
		`^remove: missing key$`,
	}},
	{class: &py.IndexError, exprs: []string{
		`^(pop: )?[\w.]+ index -?\d+ out of range `,
		`^(pop: )?index -?\d+ out of range: empty `,
		`^[\w.]+ index: -?\d+ out of range$`,
		`^format: tuple index out of range$`,
	}},
	{class: &py.ZeroDivisionError, exprs: []string{
		`^floored division by zero$`,
		`^floating-point division by zero$`,
		`^integer modulo by zero$`,
		`^floating-point modulo by zero$`,
	}},
	{class: &py.AttributeError, exprs: []string{
		`^(getattr: )?\S+ has no \.\S+ field or method( |$)`,
		`^\S+ has no \.\S+ attribute( |$)`,
		`^can't assign to \.\S+ field of `,
	}},
	{class: &py.NameError, text: "name '%' is not defined", exprs: []string{
		`^global variable (\S+) referenced before assignment$`,
	}},
	{class: &py.UnboundLocalError, text: "local variable '%' referenced before assignment", exprs: []string{
		`^local variable (\S+) referenced before assignment$`,
	}},
	{class: &py.ImportError, exprs: []string{
		`^load: name \S+ not found in module `,
	}},
	{class: &py.RuntimeError, text: "maximum recursion depth exceeded", exprs: []string{
		`^Starlark stack (overflow)$`,
	}},
	{class: &py.RuntimeError, exprs: []string{
		`^comparison exceeded maximum recursion depth$`,
		`^(\w+: )?cannot .* (list|hash table) during iteration$`,
	}},
	{class: &py.MemoryError, exprs: []string{
		`^excessive repeat \(`,
	}},
	{class: &py.ValueError, exprs: []string{
		`^chr: .*out of range`,
		`^(int in bytes|bytes: at index \d+[:,]) ?:?.*out of range`,
		`^int: base must be an integer`,
		`^int: invalid literal with base `,
		`^invalid float literal: `,
		`^float: empty string$`,
		`^int: cannot convert float NaN to integer$`,
		`^negative shift count: `,
		`^too many values to unpack `,
		`^too few values to unpack `,
		`^zero is not a valid slice step$`,
		`^range: step argument must not be zero$`,
		`^split: empty separator$`,
		`^index: value not in list$`,
		`^remove: element not found$`,
		`^r?index: substring not found$`,
		`^(max|min): argument is an empty sequence$`,
		`^duplicate key: `,
		`dictionary update sequence element #\d+ has length `,
		`^incomplete format`,
		`^unknown conversion %`,
		`^format: `,
		`^format spec features not supported`,
	}},
	{class: &py.OverflowError, exprs: []string{
		`^int too large to convert to float$`,
		`^repeat count \S+ too large$`,
		`^shift count too large: `,
		`^(int: )?cannot convert float infinity to integer$`,
		`^floating-point number too large$`,
		` out of range( \(want value in |$)`,
	}},
	{class: &py.TypeError, exprs: []string{
		`^(\w+: )?cannot .* frozen `,
		`^unknown binary op: `,
		`^unknown unary op: `,
		`^invalid call of non-function \(`,
		`^(\w+: )?unhashable( type)?: `,
		`^\S+ (<|<=|>|>=|==|!=) \S+ not implemented$`,
		`^function \S+ accepts `,
		`^function \S+ missing \d+ argument`,
		`^function \S+ got an unexpected keyword argument `,
		`^function \S+ got multiple values for `,
		`^\w+: missing argument for `,
		`^\w+: unexpected keyword argument`,
		`^\w+: got multiple values for keyword argument `,
		`^\w+ does not accept keyword arguments$`,
		`^(\w+: got|float got) \d+ arguments?, wants? `,
		`^\w+: for parameter .*: got .*, want `,
		`^argument after \*\*? must be `,
		`^keywords must be strings, not `,
		`^(\w+: )?\S+ value is not iterable$`,
		`^\w+: argument #\d+ is not iterable: `,
		`dictionary update sequence element #\d+ is not iterable `,
		`^got \S+ in sequence assignment$`,
		`^unhandled index operation `,
		`^invalid slice operand `,
		`^invalid (start index|end index|slice step): got `,
		`^[\w.]+ index: got `,
		`^\S+ value does not support item assignment$`,
		`^'in (<string>|<range>|bytes)' requires `,
		`^(%. )?format requires `,
		`^(not enough|too many) arguments for format string$`,
		`^\w+ requires at least one positional argument$`,
		`^len: value of type \S+ has no len$`,
		`^join: in list, want string, got `,
		`^\w+: want string, got \S+, for element `,
		`^(\w+: )?(at index \d+, )?got \S+( for separator)?, want `,
		`^float got \S+, want number or string$`,
		`^ord: (string encodes|bytes has length) `,
		`^int: can't convert non-string with explicit base$`,
		`^int: cannot convert \S+ to int$`,
		`^dict: duplicate keyword arg: `,
	}},
}

// keyOf returns the key that the interpreter shows as text: a string, unicode text
// beyond ASCII, an integer, a bool or None as itself, anything else as its text.
func keyOf(text string) starlark.Value {
	if len(text) > 2 && text[0] == 'u' && (text[1] == '\'' || text[1] == '"') {
		if key, ok := unquoted(text[1:]); ok {
			return py.Text(key)
		}
	}
	if strings.HasPrefix(text, `"`) {
		if s, err := strconv.Unquote(text); err == nil {
			return starlark.String(s)
		}
	}
	if n, ok := new(big.Int).SetString(text, 10); ok {
		return starlark.MakeBigInt(n)
	}
	switch text {
	case "None":
		return starlark.None
	case "True", "False":
		return starlark.Bool(text == "True")
	}
	return starlark.String(text)
}

// unquoted returns the characters of which Python's repr of unicode text is, without
// its u.
func unquoted(repr string) (string, bool) {
	quote, rest := repr[0], repr[1:]
	var text []byte
	for rest != "" && rest[0] != quote {
		c, _, tail, err := strconv.UnquoteChar(rest, quote)
		if err != nil {
			return "", false
		}
		text, rest = py.AppendRune(text, c), tail
	}
	return string(text), rest == string(quote)
}

// compiled holds, for each rule, its expressions as one.
func compiled() []*regexp.Regexp {
	return compiledTable.Get(func() []*regexp.Regexp {
		list := make([]*regexp.Regexp, len(rules))
		for i, r := range rules {
			list[i] = regexp.MustCompile(`(?s)` + strings.Join(r.exprs, "|"))
		}
		return list
	})
}

var compiledTable lazy.Value[[]*regexp.Regexp]

// flattened matches an exception of which a stock built-in kept only the text:
// "get: TypeError: unhashable type: Result".
func flattened() *regexp.Regexp {
	return flattenedTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`(?s)^\w+: (?:for parameter [^:]+: )?([A-Z]\w+): (.*)$`)
	})
}

var flattenedTable lazy.Value[*regexp.Regexp]

// maxMatched is how many bytes of a text are matched: what a script provokes may have
// the size of its data, and to match that takes seconds.
const maxMatched = 1 << 12

// submatch is re.FindStringSubmatch(text), but does not look at the middle of a long
// text. A group may begin before it and end behind it.
func submatch(re *regexp.Regexp, text string) []string {
	if len(text) <= maxMatched {
		return re.FindStringSubmatch(text)
	}
	const half = maxMatched / 2
	left := len(text) - maxMatched // out of the middle
	places := re.FindStringSubmatchIndex(text[:half] + text[half+left:])
	if places == nil {
		return nil
	}
	groups := make([]string, len(places)/2)
	for i := range groups {
		from, to := places[2*i], places[2*i+1]
		if from < 0 {
			continue
		}
		if from > half {
			from += left
		}
		if to >= half {
			to += left
		}
		groups[i] = text[from:to]
	}
	return groups
}

// classify returns the exception for an error that is none: the interpreter's,
// by the rules; of an embedder's built-in, Error.
func classify(err error) *py.Exception {
	msg := err.Error()
	if m := submatch(flattened(), msg); m != nil {
		for _, c := range py.Builtins() {
			if c.Name() == m[1] {
				return c.New(err, starlark.String(m[2]))
			}
		}
	}
	for i, re := range compiled() {
		m := submatch(re, msg)
		if m == nil {
			continue
		}
		r := &rules[i]
		var arg starlark.Value = starlark.String(msg)
		if group := strings.Join(m[1:], ""); r.arg != nil {
			arg = r.arg(group)
		} else if r.text != "" {
			arg = starlark.String(strings.Replace(r.text, "%", group, 1))
		}
		return (*r.class).New(err, arg)
	}
	return py.Error.New(err, starlark.String(msg))
}
