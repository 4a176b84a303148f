package runtime

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// In .py files the interpreter's own errors have CPython's words, where these
// can be told from the interpreter's.

// pythonRules give texts of the interpreter's CPython's. A group in the text is
// $1; one of a type name becomes Python's name of it.
var pythonRules = []struct {
	expr  string
	class **py.Class
	text  string
}{
	{`^(?:pop: )?(list|tuple|string|bytes|range) index -?\d+ out of range `, &py.IndexError, "$1 index out of range"},
	{`^unicode index -?\d+ out of range `, &py.IndexError, "string index out of range"},
	{`^'in <string>' requires string as left operand, not unicode$`, &py.TypeError, "'in <string>' requires str, not unicode; encode('utf-8') it, or decode the str"},
	{`^collections\.deque index -?\d+ out of range `, &py.IndexError, "deque index out of range"},
	{`^index -?\d+ out of range: empty collections\.deque$`, &py.IndexError, "deque index out of range"},
	{`^collections\.deque index: got (\S+), want int$`, &py.TypeError, "sequence index must be integer, not '$1'"},
	{`^\S+ index -?\d+ out of range `, &py.IndexError, "tuple index out of range"}, // of exceptions, and tuples with names
	{`^index -?\d+ out of range: empty (\w+)$`, &py.IndexError, "$1 index out of range"},
	{`^(\S+) has no \.(\S+) field or method`, &py.AttributeError, "'$1' object has no attribute '$2'"},
	{`^(\S+) has no \.(\S+) attribute`, &py.AttributeError, "'$1' object has no attribute '$2'"},
	{`^can't assign to \.(\S+) field of module$`, &py.AttributeError, "'module' object attribute '$1' is read-only"},
	{`^can't assign to \.(\S+) field of (\S+)$`, &py.AttributeError, "'$2' object has no attribute '$1'"},
	{`^unknown binary op: string (\+) ([\w.]+)$`, &py.TypeError, "cannot concatenate 'str' and '$2' objects"},
	{`^unknown binary op: (list|tuple) (\+) (\w+)$`, &py.TypeError, `can only concatenate $1 (not "$3") to $1`},
	{`^unknown binary op: (string|list|tuple) \* (string|list|tuple|float|NoneType|dict)$`, &py.TypeError, "can't multiply sequence by non-int of type '$2'"},
	{`^unknown binary op: (\S+) in (\S+)$`, &py.TypeError, "argument of type '$2' is not iterable"},
	{`^unknown binary op: (\S+) (\S+) (\S+)$`, &py.TypeError, "unsupported operand type(s) for $2: '$1' and '$3'"},
	{`^unknown unary op: ([-+~]) ?(\S+)$`, &py.TypeError, "bad operand type for unary $1: '$2'"},
	{`^invalid call of non-function \((\S+)\)$`, &py.TypeError, "'$1' object is not callable"},
	{`^function (\S+) accepts no arguments \((\d+) given\)$`, &py.TypeError, "$1() takes no arguments ($2 given)"},
	{`^function (\S+) accepts (1) positional argument \((\d+) given\)$`, &py.TypeError, "$1() takes exactly 1 argument ($3 given)"},
	{`^function (\S+) accepts (\d+) positional arguments \((\d+) given\)$`, &py.TypeError, "$1() takes exactly $2 arguments ($3 given)"},
	{`^function (\S+) accepts at most (1) positional argument \((\d+) given\)$`, &py.TypeError, "$1() takes at most 1 argument ($3 given)"},
	{`^function (\S+) accepts at most (\d+) positional arguments \((\d+) given\)$`, &py.TypeError, "$1() takes at most $2 arguments ($3 given)"},
	{`^function (\S+) got an unexpected keyword argument "?(\w+)"?`, &py.TypeError, "$1() got an unexpected keyword argument '$2'"},
	{`^function (\S+) got multiple values for parameter "?(\w+)"?`, &py.TypeError, "$1() got multiple values for keyword argument '$2'"},
	{`^too few values to unpack \(got 0,`, &py.ValueError, "need more than 0 values to unpack"},
	{`^too few values to unpack \(got 1,`, &py.ValueError, "need more than 1 value to unpack"},
	{`^too few values to unpack \(got (\d+),`, &py.ValueError, "need more than $1 values to unpack"},
	{`^too many values to unpack`, &py.ValueError, "too many values to unpack"},
	{`^got (\S+) in sequence assignment$`, &py.TypeError, "'$1' object is not iterable"},
	{`^(\S+) value is not iterable$`, &py.TypeError, "'$1' object is not iterable"},
	{`^(?:\w+: )?unhashable(?: type)?: '?(\w+)'?$`, &py.TypeError, "unhashable type: '$1'"},
	{`^unhandled index operation ([\w.]+)\[`, &py.TypeError, "'$1' object has no attribute '__getitem__'"},
	{`^invalid slice operand dict$`, &py.TypeError, "unhashable type"},
	{`^invalid slice operand (\S+)$`, &py.TypeError, "'$1' object has no attribute '__getitem__'"},
	{`^invalid (start index|end index|slice step): got `, &py.TypeError, "slice indices must be integers or None or have an __index__ method"},
	{`^(list|string|tuple) index: got (\S+), want int$`, &py.TypeError, "$1 indices must be integers, not $2"},
	{`^(\S+) value does not support item assignment$`, &py.TypeError, "'$1' object does not support item assignment"},
	{`^negative shift count: `, &py.ValueError, "negative shift count"},
	{`^zero is not a valid slice step$`, &py.ValueError, "slice step cannot be zero"},
	{`^argument after \* must be iterable, not (\S+)$`, &py.TypeError, "argument after * must be an iterable, not $1"},
	{`^floored division by zero$`, &py.ZeroDivisionError, "integer division or modulo by zero"},
	{`^integer modulo by zero$`, &py.ZeroDivisionError, "integer division or modulo by zero"},
	{`^floating-point division by zero$`, &py.ZeroDivisionError, "float division by zero"},
	{`^floating-point modulo by zero$`, &py.ZeroDivisionError, "float modulo"},
}

func compiledPython() []*regexp.Regexp {
	return compiledPythonTable.Get(func() []*regexp.Regexp {
		list := make([]*regexp.Regexp, len(pythonRules))
		for i, r := range pythonRules {
			list[i] = regexp.MustCompile(r.expr)
		}
		return list
	})
}

var compiledPythonTable lazy.Value[[]*regexp.Regexp]

// typeWords are the interpreter's names of types that Python has others for.
func typeWords() map[string]string {
	return typeWordsTable.Get(func() map[string]string {
		return map[string]string{"string": "str", "bytes": "str", "range": "xrange"}
	})
}

var typeWordsTable lazy.Value[map[string]string]

// exceptionOf returns the exception that stands for an error in scripts, or nil
// for errors that no script may catch: the function exceptionOf, with CPython's
// words for what went wrong in a .py file or a program that was one.
func (r *run) exceptionOf(err error) *py.Exception {
	x := exceptionOf(err)
	if x == nil {
		return nil
	}
	at, ok := raisedAt(err)
	if !ok || !r.pythonWords(at.Pos.Filename()) {
		return x
	}
	pos := at.Pos
	if x.Class() == py.NameError {
		return inFunction(x, at.Name)
	}
	var already *py.Exception
	if errors.As(err, &already) {
		return x
	}
	cause := innermost(err)
	msg := cause.Error()
	if text, ok := strings.CutPrefix(msg, "key ("); ok && x.Class() == py.KeyError {
		if key := tupleOf("(" + strings.TrimSuffix(text, " not in dict")); key != nil {
			return py.KeyError.New(cause, key)
		}
	}
	for i, re := range compiledPython() {
		m := submatch(re, msg)
		if m == nil {
			continue
		}
		rule := &pythonRules[i]
		said := rule.text
		for n, group := range m[1:] {
			if word := typeWords()[group]; word != "" && !strings.HasPrefix(said, "$1 ind") {
				group = word
			}
			said = strings.ReplaceAll(said, "$"+string(rune('1'+n)), group)
		}
		if rest, found := strings.CutPrefix(said, "unsupported operand type(s) for "); found {
			if op, types, _ := strings.Cut(rest, ": "); r.augmentedAt(pos, op) {
				said = "unsupported operand type(s) for " + op + "=: " + types
			}
		}
		if said == "list index out of range" && r.assignedAt(pos) {
			said = "list assignment index out of range"
		}
		return (*rule.class).New(cause, starlark.String(said))
	}
	if m := submatch(missingArgs(), msg); m != nil {
		if said := r.tooFew(pos, m[1], m[2]); said != "" {
			return py.TypeError.New(cause, starlark.String(said))
		}
	}
	return x
}

// pythonWords reports whether errors in a file have CPython's words: in .py files,
// and in programs that were such files, which load the module python2.
func (r *run) pythonWords(file string) bool {
	if path.Ext(file) == ".py" {
		return true
	}
	r.mu.Lock()
	text := r.sources[file]
	r.mu.Unlock()
	return strings.Contains(text, `load("`+portModule+`", `)
}

// tupleOf returns the tuple of literals that the interpreter shows as text, or nil.
func tupleOf(text string) starlark.Value {
	if len(text) > maxMatched {
		return nil // to parse it takes long
	}
	thread := new(starlark.Thread)
	thread.SetMaxExecutionSteps(1000)
	v, err := starlark.EvalOptions(&options, thread, "", text, nil)
	if t, ok := v.(starlark.Tuple); ok && err == nil {
		return t
	}
	return nil
}

// inFunction words the error of a name that nothing has, in the function of that
// name: one that a function looks for is a global one.
//
// ceval.c, LOAD_GLOBAL.
func inFunction(x *py.Exception, function string) *py.Exception {
	text, isText := starlark.AsString(x.Args[0])
	name, _ := pysyntax.FrameFunction(function)
	if !isText || name == "<toplevel>" || !strings.HasPrefix(text, "name '") || x.Traceback != "" {
		return x
	}
	return py.NameError.New(x.Cause, starlark.String("global "+text))
}

// raisedAt returns where the script stood when the error was raised.
func raisedAt(err error) (starlark.CallFrame, bool) {
	var e, last *starlark.EvalError
	for errors.As(err, &e) {
		last, err = e, e.Unwrap()
	}
	if last == nil {
		return starlark.CallFrame{}, false
	}
	for i, f := range slices.Backward(last.CallStack) {
		if f.Pos.Filename() != "<builtin>" {
			for i >= 2 && portedBlock().MatchString(last.CallStack[i].Name) && last.CallStack[i-1].Pos.Filename() == "<builtin>" {
				i -= 2
				f.Name = last.CallStack[i].Name
			}
			return f, true
		}
	}
	return starlark.CallFrame{}, false
}

// portedBlock matches the names of functions that were blocks of try statements,
// in programs that were .py files: what happens there happens in the function
// that a built-in called them from.
func portedBlock() *regexp.Regexp {
	return portedBlockTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`^try_\d+$`)
	})
}

var portedBlockTable lazy.Value[*regexp.Regexp]

// augmentedAt reports whether the operator at the position is that of an
// augmented assignment.
func (r *run) augmentedAt(pos syntax.Position, op string) bool {
	line := []rune(r.sourceLine(pos))
	at := int(pos.Col) - 1
	return at >= 0 && at < len(line) && strings.HasPrefix(string(line[at:]), op+"=")
}
