package optparsemod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// The attributes of an option that its maker may give, in the order of optparse.py.
var optionAttrs = []string{"action", "type", "dest", "default", "nargs", "const", "choices", "callback", "callback_args",
	"callback_kwargs", "help", "metavar"}

var (
	actions = []string{"store", "store_const", "store_true", "store_false", "append", "append_const", "count", "callback", "help", "version"}
	// those of them that keep something, have a type, always have one, and have a constant
	storing      = []string{"store", "store_const", "store_true", "store_false", "append", "append_const", "count"}
	typed        = []string{"store", "append", "callback"}
	alwaysTyped  = []string{"store", "append"}
	withConstant = []string{"store_const", "append_const"}

	types = []string{"string", "int", "long", "float", "choice"}
)

// An option is what an Option object keeps besides its attributes.
type option struct {
	short, long []string
	container   *py.Object // which it was added to
}

// Freeze freezes nothing more: names change only with the container, which is checked.
func (opt *option) Freeze() {
	if opt.container != nil {
		opt.container.Freeze()
	}
}

func makeOption() {
	optionKind = &py.Kind{Module: "optparse", Class: "Option", Init: initOption,
		Methods: py.Functions(map[string]method{
			"get_opt_string": func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				_, opt := py.Receiver[*option](b)
				return starlark.String(opt.name()), py.UnpackArgs(b.Name(), args, kwargs)
			},
			"takes_value": func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				o, _ := py.Receiver[*option](b)
				return starlark.Bool(takesValue(o)), py.UnpackArgs(b.Name(), args, kwargs)
			},
		}),
		Str: func(o *py.Object) string { return strings.Join(names(o), "/") },
		Get: func(o *py.Object, name string) (starlark.Value, error) {
			opt := o.Data.(*option)
			switch name {
			case "_short_opts":
				return stringList(opt.short), nil
			case "_long_opts":
				return stringList(opt.long), nil
			case "container":
				if opt.container == nil {
					return starlark.None, nil
				}
				return opt.container, nil
			}
			return nil, nil
		},
		Computed: []string{"_long_opts", "_short_opts", "container"},
	}
}

func stringList(list []string) *starlark.List {
	all := make([]starlark.Value, len(list))
	for i, s := range list {
		all[i] = starlark.String(s)
	}
	return starlark.NewList(all)
}

// names are the option's, short ones first.
func names(o *py.Object) []string {
	opt := o.Data.(*option)
	return append(slices.Clone(opt.short), opt.long...)
}

// name is the first of its names, a long one if it has any.
func (opt *option) name() string {
	if len(opt.long) > 0 {
		return opt.long[0]
	}
	return opt.short[0]
}

// text returns an attribute that is a string, and "" for all others.
func text(o *py.Object, name string) string {
	s, _ := py.AsBytes(o.Field(name))
	return s
}

func takesValue(o *py.Object) bool { return o.Field("type") != starlark.None }

// initOption is Option(*opts, **attrs).
//
// optparse.py, Option.__init__ and its _check_ methods.
func initOption(_ *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	opt := new(option)
	o.Data = opt
	given := 0
	for _, arg := range args {
		if !bool(arg.Truth()) {
			continue
		}
		s, ok := py.AsBytes(arg)
		if !ok {
			return py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(arg))
		}
		given++
		switch {
		case len(s) < 2:
			return refuse(o, "invalid option string %s: must be at least two characters long", py.Quote(s))
		case len(s) == 2:
			if s[0] != '-' || s[1] == '-' {
				return refuse(o, "invalid short option string %s: must be of the form -x, (x any non-dash char)", py.Quote(s))
			}
			opt.short = append(opt.short, s)
		default:
			if !strings.HasPrefix(s, "--") || s[2] == '-' {
				return refuse(o, "invalid long option string %s: must start with --, followed by non-dash", py.Quote(s))
			}
			opt.long = append(opt.long, s)
		}
	}
	if given == 0 {
		return py.TypeError.Errorf("at least one option string must be supplied")
	}
	for _, name := range optionAttrs {
		o.Set(name, starlark.None)
	}
	o.Set("default", noDefault)
	var unknown []string
	for _, kv := range kwargs {
		if name := string(kv[0].(starlark.String)); slices.Contains(optionAttrs, name) {
			o.Set(name, kv[1])
		} else {
			unknown = append(unknown, name)
		}
	}
	if unknown != nil {
		slices.Sort(unknown)
		return refuse(o, "invalid keyword arguments: %s", strings.Join(unknown, ", "))
	}
	if o.Field("action") == starlark.None {
		o.Set("action", starlark.String("store"))
	}
	action := text(o, "action")
	if !slices.Contains(actions, action) {
		return refuse(o, "invalid action: %s", py.Repr(o.Field("action")))
	}
	for _, check := range []func(*py.Object, *option, string) error{checkType, checkDest, checkConst, checkCallback} {
		if err := check(o, opt, action); err != nil {
			return err
		}
	}
	return nil
}

// checkType checks type and choices.
func checkType(o *py.Object, _ *option, action string) error {
	if kind := o.Field("type"); kind == starlark.None {
		switch {
		case !slices.Contains(alwaysTyped, action):
		case o.Field("choices") != starlark.None:
			o.Set("type", starlark.String("choice"))
		default:
			o.Set("type", starlark.String("string"))
		}
	} else {
		name, isText := py.AsBytes(kind)
		if t, ok := kind.(interface{ Name() string }); ok && !isText { // type=int
			name = t.Name()
		}
		if name == "str" {
			name = "string"
		}
		if !slices.Contains(types, name) {
			return refuse(o, "invalid option type: %s", py.Repr(kind))
		}
		o.Set("type", starlark.String(name))
		if !slices.Contains(typed, action) {
			return refuse(o, "must not supply a type for action %s", py.Quote(action))
		}
	}
	choices := o.Field("choices")
	if text(o, "type") != "choice" {
		if choices != starlark.None {
			return refuse(o, "must not supply choices for type %s", py.Repr(o.Field("type")))
		}
		return nil
	}
	switch choices.(type) {
	case starlark.NoneType:
		return refuse(o, "must supply a list of choices for type 'choice'")
	case *starlark.List, starlark.Tuple:
		return nil
	}
	return refuse(o, "choices must be a list of strings ('%s' supplied)", py.TypeName(choices))
}

// checkDest gives the option a destination if it needs one.
func checkDest(o *py.Object, opt *option, action string) error {
	if o.Field("dest") == starlark.None && (slices.Contains(storing, action) || takesValue(o)) {
		dest := opt.name()[1:]
		if len(opt.long) > 0 {
			dest = strings.ReplaceAll(dest[1:], "-", "_")
		}
		o.Set("dest", starlark.String(dest))
	}
	return nil
}

// checkConst checks const and nargs.
func checkConst(o *py.Object, _ *option, action string) error {
	if !slices.Contains(withConstant, action) && o.Field("const") != starlark.None {
		return refuse(o, "'const' must not be supplied for action %s", py.Quote(action))
	}
	switch nargs := o.Field("nargs"); {
	case !slices.Contains(typed, action):
		if nargs != starlark.None {
			return refuse(o, "'nargs' must not be supplied for action %s", py.Quote(action))
		}
	case nargs == starlark.None:
		o.Set("nargs", starlark.MakeInt(1))
	default:
		if n, err := starlark.AsInt32(nargs); err != nil || n < 1 {
			return refuse(o, "'nargs' must be a positive integer, not %s", py.Repr(nargs))
		}
	}
	return nil
}

func checkCallback(o *py.Object, _ *option, action string) error {
	callback, args, kwargs := o.Field("callback"), o.Field("callback_args"), o.Field("callback_kwargs")
	if action != "callback" {
		switch {
		case callback != starlark.None:
			return refuse(o, "callback supplied (%s) for non-callback option", py.Repr(callback))
		case args != starlark.None:
			return refuse(o, "callback_args supplied for non-callback option")
		case kwargs != starlark.None:
			return refuse(o, "callback_kwargs supplied for non-callback option")
		}
		return nil
	}
	if _, ok := callback.(starlark.Callable); !ok {
		return refuse(o, "callback not callable: %s", py.Repr(callback))
	}
	if _, ok := args.(starlark.Tuple); !ok && args != starlark.None {
		return refuse(o, "callback_args, if supplied, must be a tuple: not %s", py.Repr(args))
	}
	if _, ok := kwargs.(*starlark.Dict); !ok && kwargs != starlark.None {
		return refuse(o, "callback_kwargs, if supplied, must be a dict: not %s", py.Repr(kwargs))
	}
	return nil
}
