package optparsemod

import (
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/sysmod"
	"starwire/runtime/py"
)

// getDefaultValues is get_default_values().
func getDefaultValues(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return defaultValues(thread, b.Receiver().(*py.Object))
}

// defaultValues are the values that options have which nobody gives. Defaults that are strings are taken as
// if they stood on the command line.
//
// optparse.py, OptionParser.get_default_values.
func defaultValues(thread *starlark.Thread, o *py.Object) (*values, error) {
	c := o.Data.(*container)
	v := new(values)
	for _, item := range c.shared.defaults.Items() {
		if err := v.d.SetKey(item[0], item[1]); err != nil {
			return nil, err
		}
	}
	if !bool(o.Field("process_default_values").Truth()) {
		return v, nil
	}
	options := slices.Clone(c.options)
	for _, g := range c.groups {
		options = append(options, g.Data.(*container).options...)
	}
	for _, opt := range options {
		dest, ok := py.AsBytes(opt.Field("dest"))
		if !ok {
			continue
		}
		given := v.get(dest)
		s, ok := py.AsBytes(given)
		if !ok {
			continue
		}
		x, err := check(thread, opt, opt.Data.(*option).name(), s)
		if err != nil {
			return nil, err
		}
		if err := v.SetField(dest, x); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// check returns the value that text is for an option, or an OptionValueError.
//
// optparse.py, check_builtin and check_choice.
func check(thread *starlark.Thread, opt *py.Object, name, s string) (starlark.Value, error) {
	var v starlark.Value
	what := ""
	switch kind := text(opt, "type"); kind {
	case "int", "long":
		what = map[string]string{"int": "integer", "long": "long integer"}[kind]
		v = parseInt(s)
	case "float":
		what = "floating-point"
		v = parseFloat(s)
	case "choice":
		choices, ok := opt.Field("choices").(starlark.Iterable)
		if !ok {
			return nil, py.NotIterable(opt.Field("choices"))
		}
		var all []string
		for choice := range starlark.Elements(choices) {
			if c, ok := py.AsBytes(choice); ok && c == s {
				return starlark.String(s), nil
			}
			all = append(all, py.Repr(choice))
		}
		return nil, OptionValueError.New(nil, starlark.String("option "+name+": invalid choice: "+py.Quote(s)+
			" (choose from "+strings.Join(all, ", ")+")"))
	default:
		v = starlark.String(s)
	}
	if v == nil {
		return nil, OptionValueError.New(nil, starlark.String("option "+name+": invalid "+what+" value: "+py.Quote(s)))
	}
	return v, host.Spend(thread, len(s))
}

// maxDigits bounds the integers that options have.
const maxDigits = 10_000

// parseInt reads an integer as int() does, of the base that its beginning tells, or returns nil.
//
// optparse.py, _parse_num.
func parseInt(s string) starlark.Value {
	if len(s) > maxDigits {
		return nil
	}
	base := 10
	switch low := py.Lower(s); {
	case strings.HasPrefix(low, "0x"):
		base, s = 16, s[2:]
	case strings.HasPrefix(low, "0b"):
		base, s = 2, s[2:]
		if s == "" {
			s = "0"
		}
	case strings.HasPrefix(low, "0o"):
		base, s = 8, s[2:]
	case strings.HasPrefix(low, "0"):
		base = 8
	}
	s = py.Strip(s)
	if strings.Contains(s, "_") || base == 16 && strings.HasPrefix(s, "-") {
		return nil
	}
	n, ok := new(big.Int).SetString(s, base)
	if !ok {
		return nil
	}
	return starlark.MakeBigInt(n)
}

// parseFloat reads a number as float() does, or returns nil.
func parseFloat(s string) starlark.Value {
	s = py.Strip(s)
	if strings.ContainsAny(s, "xXpP_") {
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil
	}
	return starlark.Float(f)
}

// checkValues is check_values(values, args), which lets everything pass.
func checkValues(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, rest starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "values", &v, "args", &rest); err != nil {
		return nil, err
	}
	return starlark.Tuple{v, rest}, nil
}

// A command is one command line being parsed.
type command struct {
	thread      *starlark.Thread
	parser      *py.Object
	c           *container
	values      starlark.HasSetField
	rest, taken []starlark.Value // what is still to be looked at, and what are no options
}

// parseArgs is parse_args(args=None, values=None).
func parseArgs(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list, given starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "args??", &list, "values??", &given); err != nil {
		return nil, err
	}
	o, c := py.Receiver[*container](b)
	if err := o.Changing(); err != nil {
		return nil, err
	}
	cmd := &command{thread: thread, parser: o, c: c}
	var err error
	if list == nil {
		if argv := sysmod.Argv(host.From(thread)); argv.Len() > 0 {
			cmd.rest, err = listOf(argv.Slice(1, argv.Len(), 1))
		}
	} else {
		cmd.rest, err = listOf(list)
	}
	if err != nil {
		return nil, err
	}
	if given != nil {
		v, ok := given.(starlark.HasSetField)
		if !ok {
			return nil, py.TypeError.Errorf("values has no attributes: %s", py.Repr(given))
		}
		cmd.values = v
	} else {
		v, err := defaultValues(thread, o)
		if cmd.values = v; err != nil {
			return cmd.wrong(err)
		}
	}
	if err := cmd.process(); err != nil {
		return cmd.wrong(err)
	}
	return py.CallMethod(thread, o, "check_values", cmd.values, starlark.NewList(append(cmd.taken, cmd.rest...)))
}

// wrong tells the user of a mistake of theirs; other errors go on.
func (cmd *command) wrong(err error) (starlark.Value, error) {
	var x *py.Exception
	if !errors.As(err, &x) || !x.IsA(BadOptionError) && !x.IsA(OptionValueError) {
		return nil, err
	}
	if _, err := py.CallMethod(cmd.thread, cmd.parser, "error", starlark.String(x.String())); err != nil {
		return nil, err
	}
	// The script's own error function has returned.
	return starlark.Tuple{cmd.values, starlark.NewList(append(cmd.taken, cmd.rest...))}, nil
}

// listOf returns the items of a list or tuple, which are strings.
func listOf(v starlark.Value) ([]starlark.Value, error) {
	seq, ok := v.(starlark.Indexable)
	if _, isText := py.AsBytes(v); !ok || isText {
		return nil, py.TypeError.Errorf("args is a list of strings, not %s", py.TypeName(v))
	}
	all := make([]starlark.Value, seq.Len())
	for i := range all {
		all[i] = seq.Index(i)
		if _, ok := py.AsBytes(all[i]); !ok {
			return nil, py.TypeError.Errorf("args is a list of strings, and args[%d] is %s", i, py.TypeName(all[i]))
		}
	}
	return all, nil
}

// pop takes the next argument.
func (cmd *command) pop() string {
	s, _ := py.AsBytes(cmd.rest[0])
	cmd.rest = cmd.rest[1:]
	return s
}

// process goes through the arguments.
//
// optparse.py, OptionParser._process_args.
func (cmd *command) process() error {
	for len(cmd.rest) > 0 {
		if err := host.Spend(cmd.thread, 1); err != nil {
			return err
		}
		arg, _ := py.AsBytes(cmd.rest[0])
		var err error
		switch {
		case arg == "--":
			cmd.pop()
			return nil
		case strings.HasPrefix(arg, "--"):
			err = cmd.long(cmd.pop())
		case len(arg) > 1 && arg[0] == '-':
			err = cmd.short(cmd.pop())
		case bool(cmd.parser.Field("allow_interspersed_args").Truth()):
			cmd.taken = append(cmd.taken, cmd.rest[0])
			cmd.rest = cmd.rest[1:]
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// long takes --opt, --opt=value or --opt value.
//
// optparse.py, OptionParser._process_long_opt and _match_abbrev.
func (cmd *command) long(arg string) error {
	name, value, explicit := strings.Cut(arg, "=")
	if explicit {
		cmd.rest = append([]starlark.Value{starlark.String(value)}, cmd.rest...)
	}
	if cmd.c.shared.options[name] == nil {
		var possible []string
		for known := range cmd.c.shared.options {
			if strings.HasPrefix(known, "--") && strings.HasPrefix(known, name) {
				possible = append(possible, known)
			}
		}
		switch slices.Sort(possible); len(possible) {
		case 0:
			return BadOptionError.New(nil, starlark.String(name))
		case 1:
			name = possible[0]
		default:
			return AmbiguousOptionError.New(nil, starlark.String(name), stringList(possible))
		}
	}
	opt := cmd.c.shared.options[name]
	if explicit && !takesValue(opt) {
		return cmd.complain("%s option does not take a value", name)
	}
	return cmd.take(opt, name)
}

// short takes -abc, -o value or -ovalue.
//
// optparse.py, OptionParser._process_short_opts.
func (cmd *command) short(arg string) error {
	for i := 1; i < len(arg); i++ {
		name := "-" + arg[i:i+1]
		opt := cmd.c.shared.options[name]
		if opt == nil {
			return BadOptionError.New(nil, starlark.String(name))
		}
		last := takesValue(opt)
		if last && i+1 < len(arg) {
			cmd.rest = append([]starlark.Value{starlark.String(arg[i+1:])}, cmd.rest...)
		}
		if err := cmd.take(opt, name); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
	return nil
}

// complain calls the parser's error.
func (cmd *command) complain(format string, args ...any) error {
	_, err := py.CallMethod(cmd.thread, cmd.parser, "error", starlark.String(py.ValueError.Errorf(format, args...).String()))
	return err
}

// take takes the values that an option wants, and does what it is for.
//
// optparse.py, Option.process and take_action.
func (cmd *command) take(opt *py.Object, name string) error {
	var value starlark.Value = starlark.None
	if takesValue(opt) {
		nargs, err := starlark.AsInt32(opt.Field("nargs"))
		if err != nil {
			return py.TypeError.Errorf("nargs: %v", err)
		}
		switch {
		case len(cmd.rest) < nargs && nargs == 1:
			return cmd.complain("%s option requires an argument", name)
		case len(cmd.rest) < nargs:
			return cmd.complain("%s option requires %d arguments", name, nargs)
		}
		var all starlark.Tuple
		for range nargs {
			v, err := check(cmd.thread, opt, name, cmd.pop())
			if err != nil {
				return err
			}
			all = append(all, v)
		}
		if value = all; nargs == 1 {
			value = all[0]
		}
	}
	dest := py.Str(opt.Field("dest"))
	switch action := text(opt, "action"); action {
	case "store":
		return cmd.values.SetField(dest, value)
	case "store_const":
		return cmd.values.SetField(dest, opt.Field("const"))
	case "store_true", "store_false":
		return cmd.values.SetField(dest, starlark.Bool(action == "store_true"))
	case "append_const":
		return cmd.append(dest, opt.Field("const"))
	case "append":
		return cmd.append(dest, value)
	case "count":
		old, err := cmd.ensure(dest, func() starlark.Value { return starlark.MakeInt(0) })
		if err != nil {
			return err
		}
		n, ok := old.(starlark.Int)
		if !ok {
			return py.TypeError.Errorf("unsupported operand type(s) for +: '%s' and 'int'", py.TypeName(old))
		}
		return cmd.values.SetField(dest, n.Add(starlark.MakeInt(1)))
	case "callback":
		return cmd.call(opt, name, value)
	case "help", "version":
		if _, err := py.CallMethod(cmd.thread, cmd.parser, "print_"+action); err != nil {
			return err
		}
		_, err := py.CallMethod(cmd.thread, cmd.parser, "exit")
		return err
	}
	return py.ValueError.Errorf("unknown action %s", py.Repr(opt.Field("action")))
}

// ensure returns the value at dest, which it makes if there is none.
func (cmd *command) ensure(dest string, make func() starlark.Value) (starlark.Value, error) {
	if v, ok := cmd.values.(*values); ok {
		return v.ensure(dest, make)
	}
	if v, err := cmd.values.Attr(dest); err == nil && v != nil && v != starlark.None {
		return v, nil
	}
	v := make()
	return v, cmd.values.SetField(dest, v)
}

// append appends to the list at dest.
func (cmd *command) append(dest string, v starlark.Value) error {
	list, err := cmd.ensure(dest, func() starlark.Value { return starlark.NewList(nil) })
	if err != nil {
		return err
	}
	if list, ok := list.(*starlark.List); ok {
		return list.Append(v)
	}
	_, err = py.CallMethod(cmd.thread, list, "append", v)
	return err
}

// call calls the callback, which finds the arguments to come in parser.rargs, and may change them.
func (cmd *command) call(opt *py.Object, name string, value starlark.Value) error {
	args := starlark.Tuple{opt, starlark.String(name), value, cmd.parser}
	if extra, ok := opt.Field("callback_args").(starlark.Tuple); ok {
		args = append(args, extra...)
	}
	var kwargs []starlark.Tuple
	if extra, ok := opt.Field("callback_kwargs").(*starlark.Dict); ok {
		kwargs = extra.Items()
	}
	rest, taken := starlark.NewList(slices.Clone(cmd.rest)), starlark.NewList(slices.Clone(cmd.taken))
	cmd.parser.Set("rargs", rest)
	cmd.parser.Set("largs", taken)
	cmd.parser.Set("values", cmd.values)
	if _, err := starlark.Call(cmd.thread, opt.Field("callback"), args, kwargs); err != nil {
		return err
	}
	var err error
	if cmd.rest, err = listOf(cmd.parser.Field("rargs")); err != nil {
		return err
	}
	cmd.taken, err = listOf(cmd.parser.Field("largs"))
	return err
}
