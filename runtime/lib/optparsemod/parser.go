package optparsemod

import (
	"io"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/lib/sysmod"
	"starwire/runtime/py"
)

func makeParser() {
	parserKind = &py.Kind{Module: "optparse", Class: "OptionParser", Base: containerKind, Init: initParser,
		Methods: py.Functions(map[string]method{
			"add_option_group":          addOptionGroup,
			"check_values":              checkValues,
			"disable_interspersed_args": intersperse,
			"enable_interspersed_args":  intersperse,
			"error":                     parserError,
			"exit":                      parserExit,
			"expand_prog_name":          expandProgName,
			"format_epilog":             formatEpilog,
			"format_help":               formatHelp,
			"format_option_help":        formatOptionHelp,
			"get_default_values":        getDefaultValues,
			"get_option_group":          getOptionGroup,
			"get_prog_name":             getProgName,
			"get_usage":                 getUsage,
			"get_version":               getVersion,
			"parse_args":                parseArgs,
			"print_help":                printer(printedHelp),
			"print_usage":               printer(printedUsage),
			"print_version":             printer(printedVersion),
			"set_default":               setDefaults,
			"set_defaults":              setDefaults,
			"set_process_default_values": func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				return setter("process_default_values")(thread, b, args, kwargs)
			},
			"set_usage": setUsage,
		}),
		Get: func(o *py.Object, name string) (starlark.Value, error) {
			if name == "option_groups" {
				return objects(o.Data.(*container).groups), nil
			}
			return nil, nil
		},
		Computed: []string{"option_groups"},
	}
}

// initParser is OptionParser(usage=None, option_list=None, option_class=Option, version=None,
// conflict_handler="error", description=None, formatter=None, add_help_option=True, prog=None, epilog=None).
func initParser(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	none := starlark.Value(starlark.None)
	usage, list, version, description, formatter, prog, epilog := none, none, none, none, none, none, none
	var class starlark.Value = optionKind
	var handler starlark.Value = starlark.String("error")
	var help starlark.Value = starlark.True
	if err := py.UnpackArgs(o.Type(), args, kwargs, "usage?", &usage, "option_list?", &list, "option_class?", &class,
		"version?", &version, "conflict_handler?", &handler, "description?", &description, "formatter?", &formatter,
		"add_help_option?", &help, "prog?", &prog, "epilog?", &epilog); err != nil {
		return err
	}
	if class != starlark.Value(optionKind) {
		return py.TypeError.Errorf("option_class is Option; give options a callback instead")
	}
	if err := checkHandler(handler); err != nil {
		return err
	}
	if formatter == starlark.None {
		var err error
		if formatter, err = starlark.Call(thread, indentedKind, nil, nil); err != nil {
			return err
		}
	}
	f, ok := formatter.(*py.Object)
	if !ok || !f.Kind().IsA(formatterKind) {
		return py.TypeError.Errorf("not a HelpFormatter: %s", py.Repr(formatter))
	}
	o.Data = &container{shared: &shared{map[string]*py.Object{}, new(starlark.Dict)}}
	o.Set("prog", prog)
	o.Set("version", version)
	o.Set("epilog", epilog)
	o.Set("description", description)
	o.Set("conflict_handler", handler)
	o.Set("formatter", f)
	o.Set("allow_interspersed_args", starlark.True)
	o.Set("process_default_values", starlark.True)
	for _, name := range []string{"rargs", "largs", "values"} {
		o.Set(name, starlark.None)
	}
	setUsageOf(o, usage)
	if list != starlark.None {
		if err := addAll(o, list); err != nil {
			return err
		}
	}
	standard := func(action, help string, names ...starlark.Value) error {
		opt, err := starlark.Call(thread, optionKind, names, []starlark.Tuple{
			{starlark.String("action"), starlark.String(action)}, {starlark.String("help"), starlark.String(help)},
		})
		if err != nil {
			return err
		}
		return add(o, opt)
	}
	if version.Truth() {
		if err := standard("version", "show program's version number and exit", starlark.String("--version")); err != nil {
			return err
		}
	}
	if help.Truth() {
		return standard("help", "show this help message and exit", starlark.String("-h"), starlark.String("--help"))
	}
	return nil
}

// setUsage is set_usage(usage).
func setUsage(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var usage starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "usage", &usage); err != nil {
		return nil, err
	}
	o := b.Receiver().(*py.Object)
	if err := o.Changing(); err != nil {
		return nil, err
	}
	setUsageOf(o, usage)
	return starlark.None, nil
}

// setUsageOf keeps the usage: None is the usual one, SUPPRESS_USAGE none, and a "usage: " that it begins with
// is dropped.
func setUsageOf(o *py.Object, usage starlark.Value) {
	s, ok := py.AsBytes(usage)
	switch {
	case usage == starlark.None:
		usage = starlark.String("%prog [options]")
	case usage == starlark.Value(suppressUsage):
		usage = starlark.None
	case ok && strings.HasPrefix(py.Lower(s), "usage: "):
		usage = starlark.String(s[len("usage: "):])
	}
	o.Set("usage", usage)
}

// setDefaults is set_default(dest, value) and set_defaults(**kwargs).
func setDefaults(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, c := py.Receiver[*container](b)
	if b.Name() == "set_default" {
		var dest, value starlark.Value
		if err := py.UnpackArgs(b.Name(), args, kwargs, "dest", &dest, "value", &value); err != nil {
			return nil, err
		}
		kwargs = []starlark.Tuple{{dest, value}}
	} else if err := py.UnpackArgs(b.Name(), args, nil); err != nil {
		return nil, err
	}
	if err := o.Changing(); err != nil {
		return nil, err
	}
	for _, kv := range kwargs {
		if err := c.shared.defaults.SetKey(kv[0], kv[1]); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

// intersperse is enable_interspersed_args() and disable_interspersed_args().
func intersperse(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*py.Object).SetField("allow_interspersed_args", starlark.Bool(b.Name()[0] == 'e'))
}

// addOptionGroup is add_option_group(group) and add_option_group(title, description=None).
func addOptionGroup(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, c := py.Receiver[*container](b)
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("invalid arguments")
	}
	group := args[0]
	if _, ok := py.AsBytes(group); ok {
		var err error
		if group, err = starlark.Call(thread, groupKind, append(starlark.Tuple{o}, args...), kwargs); err != nil {
			return nil, err
		}
	} else if len(args) > 1 || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("invalid arguments")
	}
	g, ok := group.(*py.Object)
	if !ok || !g.Kind().IsA(groupKind) {
		return nil, py.TypeError.Errorf("not an OptionGroup instance: %s", py.Repr(group))
	}
	if g.Data.(*container).shared != c.shared {
		return nil, py.ValueError.Errorf("invalid OptionGroup (wrong parser)")
	}
	if err := o.Changing(); err != nil {
		return nil, err
	}
	if len(c.groups) >= maxOptions {
		return nil, py.MemoryError.Errorf("a parser has %d groups at most", maxOptions)
	}
	c.groups = append(c.groups, g)
	return g, nil
}

// getOptionGroup is get_option_group(opt_str): the group of an option, or None.
func getOptionGroup(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "opt_str", &name); err != nil {
		return nil, err
	}
	o, c := py.Receiver[*container](b)
	if found := c.shared.options[string(name)]; found != nil && found.Data.(*option).container != o {
		return found.Data.(*option).container, nil
	}
	return starlark.None, nil
}

// programName is prog, or what the script is called.
func programName(thread *starlark.Thread, o *py.Object) string {
	if prog := o.Field("prog"); prog != starlark.None {
		return py.Str(prog)
	}
	if argv := sysmod.Argv(host.From(thread)); argv.Len() > 0 {
		name := py.Str(argv.Index(0))
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	return ""
}

// expandProgram is expandProgName where no thread is at hand: the attribute prog alone is known.
func expandProgram(o *py.Object, s string) string {
	if prog := o.Field("prog"); prog != starlark.None {
		return strings.ReplaceAll(s, "%prog", py.Str(prog))
	}
	return s
}

func expand(thread *starlark.Thread, o *py.Object, s string) string {
	return strings.ReplaceAll(s, "%prog", programName(thread, o))
}

// getProgName is get_prog_name().
func getProgName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.String(programName(thread, b.Receiver().(*py.Object))), py.UnpackArgs(b.Name(), args, kwargs)
}

// expandProgName is expand_prog_name(s): with the program's name in place of %prog.
func expandProgName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "s", &s); err != nil {
		return nil, err
	}
	return starlark.String(expand(thread, b.Receiver().(*py.Object), string(s))), nil
}

// parserExit is exit(status=0, msg=None): the message goes to standard error.
func parserExit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var status starlark.Value = starlark.MakeInt(0)
	var msg starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "status?", &status, "msg?", &msg); err != nil {
		return nil, err
	}
	if msg.Truth() {
		if err := write(thread, "<stderr>", py.Str(msg)); err != nil {
			return nil, err
		}
	}
	return starlark.Call(thread, sysmod.Exit, starlark.Tuple{status}, nil)
}

// parserError is error(msg): usage and message on standard error, and exit status 2.
func parserError(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var msg starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "msg", &msg); err != nil {
		return nil, err
	}
	o := b.Receiver().(*py.Object)
	if err := write(thread, "<stderr>", printedUsage(thread, o)); err != nil {
		return nil, err
	}
	text := programName(thread, o) + ": error: " + py.Str(msg) + "\n"
	return py.CallMethod(thread, o, "exit", starlark.MakeInt(2), starlark.String(text))
}

// write writes text to a standard stream.
func write(thread *starlark.Thread, stream, text string) error {
	file := filemod.NewWriter(host.From(thread), stream, func(h *host.Host) io.Writer {
		if stream == "<stderr>" {
			return h.Stderr
		}
		return h.Stdout
	})
	_, err := py.CallMethod(thread, file, "write", starlark.String(text))
	return err
}

// printer makes a method that writes text to a file, by default standard output.
func printer(text func(*starlark.Thread, *py.Object) string) method {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var file starlark.Value
		if err := py.UnpackArgs(b.Name(), args, kwargs, "file??", &file); err != nil {
			return nil, err
		}
		s := text(thread, b.Receiver().(*py.Object))
		if s == "" {
			return starlark.None, nil
		}
		if file == nil {
			return starlark.None, write(thread, "<stdout>", s)
		}
		_, err := py.CallMethod(thread, file, "write", starlark.String(s))
		return starlark.None, err
	}
}

// printedUsage is what print_usage prints: nothing where the usage is suppressed.
func printedUsage(thread *starlark.Thread, o *py.Object) string {
	if !bool(o.Field("usage").Truth()) {
		return ""
	}
	return usageOf(thread, o) + "\n"
}

func printedVersion(thread *starlark.Thread, o *py.Object) string {
	if !bool(o.Field("version").Truth()) {
		return ""
	}
	return expand(thread, o, py.Str(o.Field("version"))) + "\n"
}

// getVersion is get_version().
func getVersion(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := printedVersion(thread, b.Receiver().(*py.Object))
	return starlark.String(strings.TrimSuffix(s, "\n")), py.UnpackArgs(b.Name(), args, kwargs)
}

// getUsage is get_usage().
func getUsage(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.String(usageOf(thread, b.Receiver().(*py.Object))), py.UnpackArgs(b.Name(), args, kwargs)
}
