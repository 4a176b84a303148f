package optparsemod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// The exceptions of optparse. Those about a command line never leave parse_args,
// which tells the user and ends the program; a callback may raise them.
var OptParseError, OptionError, OptionConflictError, OptionValueError, BadOptionError, AmbiguousOptionError *py.Class

func makeErrors() {
	message := func(e *py.Exception) string { return py.Str(e.Fields["msg"]) }
	// take makes an Init that keeps the arguments as fields.
	take := func(class string, fields ...string) func(*py.Exception, starlark.Tuple, []starlark.Tuple) error {
		return func(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
			values := make([]starlark.Value, len(fields))
			pairs := make([]any, 0, 2*len(fields))
			for i, name := range fields {
				pairs = append(pairs, name, &values[i])
			}
			if err := py.UnpackArgs(class, args, kwargs, pairs...); err != nil {
				return err
			}
			e.Args = args
			for i, name := range fields {
				e.Set(name, values[i])
			}
			return nil
		}
	}
	OptParseError = py.NewClass("optparse", "OptParseError", py.Spec{
		Fields: []string{"msg"}, Init: take("OptParseError", "msg"), Str: message,
		Doc: "The base of optparse's exceptions.",
	}, py.ExceptionClass)
	OptionValueError = py.NewClass("optparse", "OptionValueError", py.Spec{
		Doc: "The value of an option does not do. Callbacks raise it.",
	}, OptParseError)
	takeOption := take("OptionError", "msg", "option_id")
	OptionError = py.NewClass("optparse", "OptionError", py.Spec{
		Fields: []string{"msg", "option_id"},
		Init: func(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
			if err := takeOption(e, args, kwargs); err != nil {
				return err
			}
			e.Set("option_id", starlark.String(py.Str(e.Fields["option_id"])))
			return nil
		},
		Str: func(e *py.Exception) string {
			if id := py.Str(e.Fields["option_id"]); id != "" {
				return "option " + id + ": " + message(e)
			}
			return message(e)
		},
		Doc: "An option is made of arguments that do not go together.",
	}, OptParseError)
	OptionConflictError = py.NewClass("optparse", "OptionConflictError", py.Spec{
		Doc: "Two options have the same name.",
	}, OptionError)
	BadOptionError = py.NewClass("optparse", "BadOptionError", py.Spec{
		Fields: []string{"opt_str"}, Init: take("BadOptionError", "opt_str"),
		Str: func(e *py.Exception) string { return "no such option: " + py.Str(e.Fields["opt_str"]) },
		Doc: "There is no such option.",
	}, OptParseError)
	AmbiguousOptionError = py.NewClass("optparse", "AmbiguousOptionError", py.Spec{
		Fields: []string{"opt_str", "possibilities"}, Init: take("AmbiguousOptionError", "opt_str", "possibilities"),
		Str: func(e *py.Exception) string {
			var names []string
			if list, ok := e.Fields["possibilities"].(starlark.Indexable); ok {
				for i := range list.Len() {
					names = append(names, py.Str(list.Index(i)))
				}
			}
			return "ambiguous option: " + py.Str(e.Fields["opt_str"]) + " (" + strings.Join(names, ", ") + "?)"
		},
		Doc: "What an option was cut short to may be several.",
	}, BadOptionError)
}

// refuse is the OptionError of an option.
func refuse(o *py.Object, format string, args ...any) error {
	text := py.ValueError.Errorf(format, args...).String()
	return OptionError.New(nil, starlark.String(text), starlark.String(o.String()))
}
