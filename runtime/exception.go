package runtime

import (
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A PanicError is a panic in a built-in, which the run survives: a defect of the
// program that embeds the runtime, or of ours. Scripts see a RuntimeError.
type PanicError struct {
	Value any    // what panic was called with
	Stack []byte // the Go stack, as of debug.Stack
}

// Error returns the panic's text.
func (e *PanicError) Error() string { return fmt.Sprintf("internal error: %v", e.Value) }

// recoverTo turns a panic into an error; it must be deferred.
func recoverTo(err *error) {
	if v := recover(); v != nil {
		cause := &PanicError{Value: v, Stack: debug.Stack()}
		*err = py.RuntimeError.New(cause, starlark.String(cause.Error()))
	}
}

// exceptionOf returns the exception that stands for an error in scripts, or nil
// for errors that no script may catch.
func exceptionOf(err error) *py.Exception {
	var fatal py.Uncatchable
	if errors.As(err, &fatal) {
		return nil
	}
	var x *py.Exception
	errors.As(err, &x)
	var refused *host.PermissionError
	if errors.As(err, &refused) && (x == nil || !x.IsA(py.PermissionError)) {
		return py.PermissionError.New(refused, starlark.String(refused.Error()))
	}
	if x != nil {
		return x
	}
	var bad *SyntaxError
	if errors.As(err, &bad) {
		return py.SyntaxError.New(bad, starlark.String(bad.Error()))
	}
	var path *fs.PathError
	var errno syscall.Errno
	if errors.As(err, &errno) {
		args := []starlark.Value{starlark.MakeInt(int(errno)), starlark.String(errno.Error())}
		if errors.As(err, &path) {
			args = append(args, starlark.String(path.Path))
		}
		return py.IOError.New(err, args...)
	}
	return classify(err)
}

// classify gives an error of the interpreter, or of a built-in that knows no
// exceptions, its class by its text.
func classify(err error) *py.Exception {
	msg := err.Error()
	for _, p := range patterns() {
		if m := p.re.FindStringSubmatch(msg); m != nil {
			if p.make != nil {
				return p.make(err, m)
			}
			return p.class.New(err, starlark.String(msg))
		}
	}
	return py.Error.New(err, starlark.String(msg))
}

// A pattern maps texts of the interpreter to a class.
type pattern struct {
	re    *regexp.Regexp
	class *py.Class
	make  func(err error, match []string) *py.Exception // nil: the class, with the text
}

// patterns is the table from the vendored interpreter's texts to classes, in the
// order in which they are tried. The test TestInterpreterErrors provokes each.
var patterns = sync.OnceValue(func() []pattern {
	var table []pattern
	add := func(class *py.Class, exprs ...string) {
		for _, expr := range exprs {
			table = append(table, pattern{re: regexp.MustCompile(`(?s)` + expr), class: class})
		}
	}
	with := func(expr string, make func(error, []string) *py.Exception) {
		table = append(table, pattern{re: regexp.MustCompile(`(?s)` + expr), make: make})
	}
	named := func(class *py.Class, format string) func(error, []string) *py.Exception {
		return func(err error, m []string) *py.Exception {
			return class.New(err, starlark.String(fmt.Sprintf(format, m[1])))
		}
	}
	key := func(err error, m []string) *py.Exception { return py.KeyError.New(err, keyOf(m[1])) }

	with(`^key (.*) not in \S+$`, key)
	with(`^pop: missing key$`, func(err error, _ []string) *py.Exception { return py.KeyError.New(err) })
	with(`^key not found: (.*)$`, func(err error, m []string) *py.Exception {
		return py.KeyError.New(err, starlark.String(m[1]))
	})
	with(`^format: keyword (.*) not found$`, func(err error, m []string) *py.Exception {
		return py.KeyError.New(err, starlark.String(m[1]))
	})
	add(py.KeyError, `^popitem: empty dict$`, `^remove: element not found$`, `^remove: missing key`)
	add(py.IndexError,
		`^\S+ index -?\d+ out of range`, `^index -?\d+ out of range`, `^pop: index`, `^format: tuple index out of range$`)
	add(py.ZeroDivisionError, `(division|modulo) by zero$`)
	add(py.AttributeError, `has no \.\S+ field or method`, `^can't assign to \.\S+ field`)
	with(`^internal error: predeclared variable (\S+) is uninitialized$`, named(py.NameError, "name '%s' is not defined"))
	with(`^global variable (\S+) referenced before assignment$`, named(py.NameError, "name '%s' is not defined"))
	with(`^local variable (\S+) referenced before assignment$`, named(py.NameError, "local variable '%s' referenced before assignment"))
	add(py.ImportError, `^load: name \S+ not found in module`, `^cannot load `)
	with(`^Starlark stack overflow$`, func(err error, _ []string) *py.Exception {
		return py.RuntimeError.New(err, starlark.String("maximum recursion depth exceeded"))
	})
	add(py.RuntimeError, `called recursively$`, `^comparison exceeded maximum recursion depth$`,
		`(list|table|dict|set) during iteration$`)
	add(py.MemoryError, `^excessive repeat`)
	add(py.OverflowError, `too large to convert to float$`, `^repeat count .* too large$`, `^shift count too large`,
		`^cannot convert float infinity to integer$`, ` out of range( |$)`, `^floating-point number too large$`)
	add(py.ValueError, `^negative shift count`, `^cannot convert float NaN to integer$`,
		`invalid literal`, `invalid float literal`, `^float: empty string$`, `base must be an integer`,
		`^too (many|few) values to unpack`, `^zero is not a valid slice step$`, `^split: empty separator$`,
		`^index: value not in list$`, `^remove: element not found`, `substring not found$`,
		`^(max|min): argument is an empty sequence$`, `^(ord|chr): .*(encodes|out of range|has length)`,
		`^format: `, `incomplete format`, `unknown conversion`, `^dictionary update sequence element #\d+ has length`,
		`^range: step argument must not be zero$`)
	add(py.TypeError, `^cannot .* frozen `, `frozen`,
		`^unknown (binary|unary) op: `, `^invalid call of non-function`, `^unhashable`, `^not callable`,
		` not implemented$`, `accepts? (no|at most|at least|\d+)`, `missing \d+ arguments? `, `: missing argument for `,
		`got an unexpected keyword`, `: unexpected keyword arguments?`, `got multiple values for`, `does not accept keyword`,
		`: got \d+ arguments?, want`, `^float got `, `: for parameter `, `^argument after \*`, `^keywords must be strings`,
		` value is not iterable$`, `is not iterable`, `in sequence assignment$`, `^unhandled index operation`,
		`^invalid slice operand`, `invalid (start|end|slice) `, ` index: got `, `does not support item assignment$`,
		` requires (string|bytes|integer|a mapping)`, `^duplicate k`, `format requires`, `arguments for format string$`,
		`requires at least one`, `has no len$`, `want `, `can't convert non-string`, `^cannot convert `, `is not a `)
	return table
})

// keyOf returns the key that the interpreter shows as text: a string or an
// integer as itself, anything else as its text.
func keyOf(text string) starlark.Value {
	if strings.HasPrefix(text, `"`) {
		if v, err := starlark.EvalOptions(&options, new(starlark.Thread), "", text, nil); err == nil {
			return v
		}
	}
	if n, ok := new(big.Int).SetString(text, 10); ok {
		return starlark.MakeBigInt(n)
	}
	return starlark.String(text)
}
