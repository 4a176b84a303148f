// Package getoptmod is Python 2.7's module getopt: getopt, gnu_getopt and the
// exception GetoptError, which is also called error.
package getoptmod

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// GetoptError is the exception class getopt.GetoptError: e.msg is what is wrong, e.opt the option.
var GetoptError = py.NewClass("getopt", "GetoptError", py.Spec{
	Fields: []string{"msg", "opt"},
	Doc:    "An option is unknown, ambiguous, without its argument, or with one too many.",
	Init:   initGetoptError,
	Str:    strGetoptError,
}, py.ExceptionClass)

func strGetoptError(e *py.Exception) string { return py.Str(e.Fields["msg"]) }

func initGetoptError(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var msg starlark.Value
	var opt starlark.Value = starlark.String("")
	if err := py.UnpackArgs("GetoptError", args, kwargs, "msg", &msg, "opt?", &opt); err != nil {
		return err
	}
	e.Args = starlark.Tuple{msg, opt}
	e.Set("msg", msg)
	e.Set("opt", opt)
	return nil
}

var module lazy.Module

// Module returns the module getopt, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("getopt", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"GetoptError": GetoptError,
		"error":       GetoptError,
		"getopt":      starlark.NewBuiltin("getopt", getopt),
		"gnu_getopt":  starlark.NewBuiltin("gnu_getopt", getopt),
	}
}

// A scan is one call of getopt.
type scan struct {
	short string
	long  []string
	args  []string
	opts  []starlark.Value
}

// getopt is getopt(args, shortopts, longopts=[]), which ends at the first argument
// that is no option, and gnu_getopt, which does so only if shortopts begins with a "+".
//
// getopt.py, getopt and gnu_getopt.
func getopt(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list, long starlark.Value
	var short py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "args", &list, "shortopts", &short, "longopts?", &long); err != nil {
		return nil, err
	}
	s := &scan{short: string(short)}
	var err error
	if s.args, err = texts(list); err != nil {
		return nil, err
	}
	if name, ok := py.AsBytes(long); ok {
		s.long = []string{name}
	} else if long != nil {
		if s.long, err = texts(long); err != nil {
			return nil, err
		}
	}
	if err := host.Spend(thread, len(s.args)*(1+len(s.long))); err != nil {
		return nil, err
	}
	gnu := b.Name() == "gnu_getopt"
	if gnu && strings.HasPrefix(s.short, "+") {
		s.short, gnu = s.short[1:], false
	}
	var rest []string
	for len(s.args) > 0 {
		arg := s.args[0]
		switch {
		case arg == "--":
			rest = append(rest, s.args[1:]...)
			s.args = nil
		case strings.HasPrefix(arg, "--"):
			s.args = s.args[1:]
			err = s.longOption(arg[2:])
		case strings.HasPrefix(arg, "-") && arg != "-":
			s.args = s.args[1:]
			err = s.shortOptions(arg[1:])
		case gnu:
			rest = append(rest, arg)
			s.args = s.args[1:]
		default:
			rest = append(rest, s.args...)
			s.args = nil
		}
		if err != nil {
			return nil, err
		}
	}
	left := make([]starlark.Value, len(rest))
	for i, arg := range rest {
		left[i] = starlark.String(arg)
	}
	if _, isTuple := list.(starlark.Tuple); isTuple && !gnu {
		return starlark.Tuple{starlark.NewList(s.opts), starlark.Tuple(left)}, nil
	}
	return starlark.Tuple{starlark.NewList(s.opts), starlark.NewList(left)}, nil
}

// texts returns the strings of a sequence.
func texts(v starlark.Value) ([]string, error) {
	it := starlark.Iterate(v)
	if it == nil {
		return nil, py.NotIterable(v)
	}
	defer it.Done()
	var all []string
	for it.Next(&v) {
		s, ok := py.AsBytes(v)
		if !ok {
			return nil, py.TypeError.Errorf("arguments are strings, not %s", py.TypeName(v))
		}
		all = append(all, s)
	}
	return all, nil
}

func (s *scan) add(name, value string) {
	s.opts = append(s.opts, starlark.Tuple{starlark.String(name), starlark.String(value)})
}

func wrong(opt, format string, a ...any) error {
	return GetoptError.New(nil, starlark.String(py.ValueError.Errorf(format, a...).String()), starlark.String(opt))
}

// longOption takes --opt, --opt=value or --opt value.
//
// getopt.py, do_longs and long_has_args.
func (s *scan) longOption(opt string) error {
	opt, value, given := strings.Cut(opt, "=")
	var found []string
	exact := ""
	for _, name := range s.long {
		if strings.HasPrefix(name, opt) {
			found = append(found, name)
			if name == opt || name == opt+"=" && exact == "" {
				exact = name
			}
		}
	}
	switch {
	case len(found) == 0:
		return wrong(opt, "option --%s not recognized", opt)
	case exact != "":
	case len(found) > 1:
		return wrong(opt, "option --%s not a unique prefix", opt)
	default:
		exact = found[0]
	}
	name, wants := strings.CutSuffix(exact, "=")
	switch {
	case wants && !given:
		if len(s.args) == 0 {
			return wrong(name, "option --%s requires argument", name)
		}
		value, s.args = s.args[0], s.args[1:]
	case !wants && given:
		return wrong(name, "option --%s must not have an argument", name)
	}
	s.add("--"+name, value)
	return nil
}

// shortOptions takes -abc, -o value or -ovalue.
//
// getopt.py, do_shorts and short_has_arg.
func (s *scan) shortOptions(letters string) error {
	for letters != "" {
		opt := letters[:1]
		letters = letters[1:]
		at := strings.Index(s.short, opt)
		if at < 0 || opt == ":" {
			return wrong(opt, "option -%s not recognized", opt)
		}
		value := ""
		if strings.HasPrefix(s.short[at+1:], ":") {
			if letters == "" {
				if len(s.args) == 0 {
					return wrong(opt, "option -%s requires argument", opt)
				}
				letters, s.args = s.args[0], s.args[1:]
			}
			value, letters = letters, ""
		}
		s.add("-"+opt, value)
	}
	return nil
}
