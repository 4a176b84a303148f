package optparsemod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// maxOptions bounds the options of a parser.
const maxOptions = 10_000

// A container has options: a parser, or a group of one. Groups share the parser's names.
//
// optparse.py, OptionContainer.
type container struct {
	options []*py.Object
	shared  *shared
	// of a parser
	groups []*py.Object
}

// shared is what a parser and its groups share.
type shared struct {
	options  map[string]*py.Object // by name, "-f" and "--file"
	defaults *starlark.Dict        // by destination
}

// Freeze freezes what the options lead to.
func (c *container) Freeze() {
	c.shared.defaults.Freeze()
	for _, o := range c.options {
		o.Freeze()
	}
	for _, g := range c.groups {
		g.Freeze()
	}
}

func makeContainers() {
	containerKind = &py.Kind{Module: "optparse", Class: "OptionContainer",
		Init: func(*starlark.Thread, *py.Object, starlark.Tuple, []starlark.Tuple) error {
			return py.TypeError.Errorf("OptionContainer has no instances; make an OptionParser or OptionGroup")
		},
		Methods: py.Functions(map[string]method{
			"add_option":           addOption,
			"add_options":          addOptions,
			"get_description":      getDescription,
			"get_option":           getOption,
			"has_option":           getOption,
			"remove_option":        removeOption,
			"set_conflict_handler": setConflictHandler,
			"set_description":      setter("description"),
		}),
		Get: func(o *py.Object, name string) (starlark.Value, error) {
			c := o.Data.(*container)
			switch name {
			case "defaults":
				return c.shared.defaults, nil
			case "option_list":
				return objects(c.options), nil
			}
			return nil, nil
		},
		Computed: []string{"defaults", "option_list"},
	}
	groupKind = &py.Kind{Module: "optparse", Class: "OptionGroup", Base: containerKind, Init: initGroup,
		Methods: py.Functions(map[string]method{"set_title": setter("title")})}
	makeParser()
}

func objects(list []*py.Object) *starlark.List {
	all := make([]starlark.Value, len(list))
	for i, o := range list {
		all[i] = o
	}
	return starlark.NewList(all)
}

// setter makes a method that sets an attribute to its one argument.
func setter(attr string) method {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var v starlark.Value
		if err := py.UnpackArgs(b.Name(), args, kwargs, attr, &v); err != nil {
			return nil, err
		}
		return starlark.None, b.Receiver().(*py.Object).SetField(attr, v)
	}
}

// initGroup is OptionGroup(parser, title, description=None).
func initGroup(_ *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var parser, title starlark.Value
	var description starlark.Value = starlark.None
	if err := py.UnpackArgs(o.Type(), args, kwargs, "parser", &parser, "title", &title, "description?", &description); err != nil {
		return err
	}
	p, ok := parser.(*py.Object)
	if !ok || !p.Kind().IsA(parserKind) {
		return py.TypeError.Errorf("not an OptionParser: %s", py.Repr(parser))
	}
	o.Data = &container{shared: p.Data.(*container).shared}
	o.Set("parser", p)
	o.Set("title", title)
	o.Set("description", description)
	o.Set("conflict_handler", p.Field("conflict_handler"))
	return nil
}

// addOption is add_option(option) and add_option(*opts, **attrs).
func addOption(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o := b.Receiver().(*py.Object)
	if len(args) == 0 {
		return nil, py.TypeError.Errorf("at least one option string must be supplied")
	}
	if _, ok := py.AsBytes(args[0]); ok {
		opt, err := starlark.Call(thread, optionKind, args, kwargs)
		if err != nil {
			return nil, err
		}
		return opt, add(o, opt)
	}
	if len(args) > 1 || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("invalid arguments")
	}
	return args[0], add(o, args[0])
}

// addOptions is add_options(option_list).
func addOptions(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "option_list", &list); err != nil {
		return nil, err
	}
	return starlark.None, addAll(b.Receiver().(*py.Object), list)
}

func addAll(o *py.Object, list starlark.Value) error {
	it := starlark.Iterate(list)
	if it == nil {
		return py.NotIterable(list)
	}
	defer it.Done()
	var v starlark.Value
	for it.Next(&v) {
		if err := add(o, v); err != nil {
			return err
		}
	}
	return nil
}

// add adds an option to a parser or group.
//
// optparse.py, OptionContainer.add_option and _check_conflict.
func add(o *py.Object, v starlark.Value) error {
	added, ok := v.(*py.Object)
	if !ok || !added.Kind().IsA(optionKind) {
		return py.TypeError.Errorf("not an Option instance: %s", py.Repr(v))
	}
	if err := o.Changing(); err != nil {
		return err
	}
	c := o.Data.(*container)
	opt := added.Data.(*option)
	var conflicts []string
	for _, name := range names(added) {
		if c.shared.options[name] != nil {
			conflicts = append(conflicts, name)
		}
	}
	if conflicts != nil && text(o, "conflict_handler") != "resolve" {
		return OptionConflictError.New(nil, starlark.String("conflicting option string(s): "+strings.Join(conflicts, ", ")),
			starlark.String(added.String()))
	}
	for _, name := range conflicts {
		c.shared.options[name].Data.(*option).drop(name)
		delete(c.shared.options, name)
	}
	if len(c.shared.options) >= maxOptions {
		return py.MemoryError.Errorf("a parser has %d options at most", maxOptions)
	}
	c.options = append(c.options, added)
	opt.container = o
	for _, name := range names(added) {
		c.shared.options[name] = added
	}
	dest := added.Field("dest")
	if dest == starlark.None {
		return nil
	}
	value := added.Field("default")
	if isNoDefault(value) {
		if _, found, err := c.shared.defaults.Get(dest); found || err != nil {
			return err
		}
		value = starlark.None
	}
	return c.shared.defaults.SetKey(dest, value)
}

func isNoDefault(v starlark.Value) bool {
	t, ok := v.(starlark.Tuple)
	return ok && len(t) == len(noDefault) && &t[0] == &noDefault[0]
}

// drop takes a name from the option, and the option without names from its container.
func (opt *option) drop(name string) {
	same := func(s string) bool { return s == name }
	opt.short, opt.long = slices.DeleteFunc(opt.short, same), slices.DeleteFunc(opt.long, same)
	if len(opt.short)+len(opt.long) == 0 {
		opt.leave()
	}
}

// leave takes the option out of its container.
func (opt *option) leave() {
	if opt.container != nil {
		c := opt.container.Data.(*container)
		c.options = slices.DeleteFunc(c.options, func(o *py.Object) bool { return o.Data.(*option) == opt })
	}
}

// getOption is get_option(opt_str), the option or None, and has_option.
func getOption(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "opt_str", &name); err != nil {
		return nil, err
	}
	_, c := py.Receiver[*container](b)
	found := c.shared.options[string(name)]
	if b.Name() == "has_option" {
		return starlark.Bool(found != nil), nil
	}
	if found == nil {
		return starlark.None, nil
	}
	return found, nil
}

// removeOption is remove_option(opt_str).
func removeOption(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "opt_str", &name); err != nil {
		return nil, err
	}
	o, c := py.Receiver[*container](b)
	if err := o.Changing(); err != nil {
		return nil, err
	}
	found := c.shared.options[string(name)]
	if found == nil {
		return nil, py.ValueError.Errorf("no such option %s", py.Quote(string(name)))
	}
	for _, name := range names(found) {
		delete(c.shared.options, name)
	}
	found.Data.(*option).leave()
	return starlark.None, nil
}

// getDescription is get_description().
func getDescription(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	o := b.Receiver().(*py.Object)
	if s, ok := py.AsBytes(o.Field("description")); ok && o.Kind().IsA(parserKind) {
		return starlark.String(expandProgram(o, s)), nil
	}
	return o.Field("description"), nil
}

// setConflictHandler is set_conflict_handler(handler): "error" or "resolve".
func setConflictHandler(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var handler starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "handler", &handler); err != nil {
		return nil, err
	}
	if err := checkHandler(handler); err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*py.Object).SetField("conflict_handler", handler)
}

func checkHandler(v starlark.Value) error {
	if s, _ := py.AsBytes(v); s != "error" && s != "resolve" {
		return py.ValueError.Errorf("invalid conflict_resolution value %s", py.Repr(v))
	}
	return nil
}
