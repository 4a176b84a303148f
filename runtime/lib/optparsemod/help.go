package optparsemod

import (
	"math"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/textwrapmod"
	"starwire/runtime/py"
)

// A layout is how a formatter lays out help. Widths are columns.
//
// optparse.py, HelpFormatter.
type layout struct {
	increment, most, width int
	shortFirst, titled     bool
	short, long            string // between an option and its value

	// while help is written
	indent, level   int
	position, right int // of the texts of options: where they begin, and how wide they are
}

// minText is the least width of a text.
const minText = 11

func makeFormatters() {
	delimiter := func(allowed ...string) method {
		return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var delim py.ByteStr
			if err := py.UnpackArgs(b.Name(), args, kwargs, "delim", &delim); err != nil {
				return nil, err
			}
			o, l := py.Receiver[*layout](b)
			if err := o.Changing(); err != nil {
				return nil, err
			}
			short := b.Name() == "set_short_opt_delimiter"
			if string(delim) != allowed[0] && string(delim) != allowed[1] {
				which := "long"
				if short {
					which = "short"
				}
				return nil, py.ValueError.Errorf("invalid metavar delimiter for %s options: %s", which, py.Quote(string(delim)))
			}
			if short {
				l.short = string(delim)
			} else {
				l.long = string(delim)
			}
			return starlark.None, nil
		}
	}
	formatterKind = &py.Kind{Module: "optparse", Class: "HelpFormatter",
		Init: func(*starlark.Thread, *py.Object, starlark.Tuple, []starlark.Tuple) error {
			return py.TypeError.Errorf("HelpFormatter has no instances; make an IndentedHelpFormatter or TitledHelpFormatter")
		},
		Methods: py.Functions(map[string]method{
			"set_long_opt_delimiter":  delimiter("=", " "),
			"set_short_opt_delimiter": delimiter("", " "),
		})}
	// one makes a class, whose constructor takes indent_increment, max_help_position, width and short_first.
	one := func(class string, increment int, shortFirst bool) *py.Kind {
		return &py.Kind{Module: "optparse", Class: class, Base: formatterKind,
			Init: func(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
				l := &layout{increment: increment, most: 24, width: math.MinInt, titled: !shortFirst, short: " ", long: "="}
				var first starlark.Value = starlark.Bool(shortFirst)
				if err := py.UnpackArgs(o.Type(), args, kwargs, "indent_increment?", &l.increment, "max_help_position?", &l.most,
					"width??", &l.width, "short_first?", &first); err != nil {
					return err
				}
				if l.width == math.MinInt {
					l.width = columns(thread) - 2
				}
				const far = 10_000
				if l.increment < 0 || l.increment > far || l.most > far || l.width > far {
					return py.ValueError.Errorf("a help of %d, %d and %d columns is not supported", l.increment, l.most, l.width)
				}
				l.shortFirst = bool(first.Truth())
				l.most = min(l.most, max(l.width-20, l.increment*2))
				o.Data = l
				return nil
			}}
	}
	indentedKind = one("IndentedHelpFormatter", 2, true)
	titledKind = one("TitledHelpFormatter", 0, false)
}

// columns is the width of the terminal, by $COLUMNS where that may be read.
func columns(thread *starlark.Thread) int {
	if s, ok, err := host.From(thread).Getenv("COLUMNS"); ok && err == nil {
		if n, ok := py.Int10(s); ok && 0 <= n && n <= 10_000 {
			return int(n)
		}
	}
	return 80
}

func layoutOf(o *py.Object) *layout {
	if f, ok := o.Field("formatter").(*py.Object); ok {
		if l, ok := f.Data.(*layout); ok {
			c := *l // whoever else writes help by it is not disturbed
			return &c
		}
	}
	return &layout{increment: 2, most: 24, width: 78, shortFirst: true, short: " ", long: "="}
}

func (l *layout) deeper() { l.indent, l.level = l.indent+l.increment, l.level+1 }
func (l *layout) back()   { l.indent, l.level = l.indent-l.increment, l.level-1 }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// pad returns s with spaces behind it, to a width.
func pad(s string, width int) string { return s + spaces(width-len(s)) }

func (l *layout) usage(usage string) string {
	if l.titled {
		return l.heading("Usage") + "  " + usage + "\n"
	}
	return "Usage: " + usage + "\n"
}

func (l *layout) heading(heading string) string {
	if l.titled {
		return heading + "\n" + strings.Repeat("=-"[min(l.level, 1):][:1], len(heading)) + "\n"
	}
	return spaces(l.indent) + heading + ":\n"
}

// text is a paragraph at the current indentation.
func (l *layout) text(text string) string {
	w := textwrapmod.Wrapper{Width: max(l.width-l.indent, minText), First: spaces(l.indent), Rest: spaces(l.indent)}
	return strings.Join(w.Wrap(text), "\n")
}

// names are the names of an option with what stands for its values, as help shows them.
func (l *layout) names(o *py.Object) string {
	opt := o.Data.(*option)
	metavar := ""
	if takesValue(o) {
		if metavar = py.Str(o.Field("metavar")); !bool(o.Field("metavar").Truth()) {
			metavar = strings.ToUpper(py.Str(o.Field("dest")))
		}
	}
	var short, long []string
	for _, name := range opt.short {
		if metavar != "" {
			name += l.short + metavar
		}
		short = append(short, name)
	}
	for _, name := range opt.long {
		if metavar != "" {
			name += l.long + metavar
		}
		long = append(long, name)
	}
	if l.shortFirst {
		return strings.Join(append(short, long...), ", ")
	}
	return strings.Join(append(long, short...), ", ")
}

// measure finds where the texts of the options begin.
//
// optparse.py, HelpFormatter.store_option_strings.
func (l *layout) measure(c *container) {
	widest := 0
	l.deeper()
	for _, o := range c.options {
		widest = max(widest, len(l.names(o))+l.indent)
	}
	l.deeper()
	for _, g := range c.groups {
		for _, o := range g.Data.(*container).options {
			widest = max(widest, len(l.names(o))+l.indent)
		}
	}
	l.back()
	l.back()
	l.position = min(widest+2, l.most)
	l.right = max(l.width-l.position, minText)
}

// option is what help says of one option.
func (l *layout) option(o *py.Object, defaults *starlark.Dict) string {
	names := l.names(o)
	width := l.position - l.indent - 2
	first := 0
	var b strings.Builder
	b.WriteString(spaces(l.indent))
	if len(names) > width {
		b.WriteString(names + "\n")
		first = l.position
	} else {
		b.WriteString(pad(names, width) + "  ")
	}
	help, _ := py.AsBytes(o.Field("help"))
	if help == "" {
		if len(names) <= width {
			b.WriteString("\n")
		}
		return b.String()
	}
	value, _, _ := defaults.Get(o.Field("dest"))
	if value == nil || value == starlark.None || isNoDefault(value) {
		value = starlark.String("none")
	}
	if strings.Contains(help, "%default") {
		help = strings.ReplaceAll(help, "%default", py.Str(value))
	}
	w := textwrapmod.Wrapper{Width: l.right}
	for _, line := range w.Wrap(help) {
		b.WriteString(spaces(first) + line + "\n")
		first = l.position
	}
	return b.String()
}

// options is what help says of the options of a container.
func (l *layout) options(c *container) string {
	var b strings.Builder
	for _, o := range c.options {
		if o.Field("help") != starlark.Value(suppressHelp) {
			b.WriteString(l.option(o, c.shared.defaults))
		}
	}
	return b.String()
}

// all is what help says of all options.
//
// optparse.py, OptionParser.format_option_help and OptionGroup.format_help.
func (l *layout) all(c *container) string {
	l.measure(c)
	parts := []string{l.heading("Options")}
	l.deeper()
	if len(c.options) > 0 {
		parts = append(parts, l.options(c), "\n")
	}
	for _, g := range c.groups {
		text := l.heading(py.Str(g.Field("title")))
		l.deeper()
		var blocks []string
		if d := g.Field("description"); d.Truth() {
			blocks = append(blocks, l.text(py.Str(d))+"\n")
		}
		if group := g.Data.(*container); len(group.options) > 0 {
			blocks = append(blocks, l.options(group))
		}
		l.back()
		parts = append(parts, text+strings.Join(blocks, "\n"), "\n")
	}
	l.back()
	return strings.Join(parts[:len(parts)-1], "")
}

func usageOf(thread *starlark.Thread, o *py.Object) string {
	usage := o.Field("usage")
	if !bool(usage.Truth()) {
		return ""
	}
	return layoutOf(o).usage(expand(thread, o, py.Str(usage)))
}

// printedHelp is the help.
//
// optparse.py, OptionParser.format_help.
func printedHelp(thread *starlark.Thread, o *py.Object) string { return helpOf(thread, o, layoutOf(o)) }

func helpOf(thread *starlark.Thread, o *py.Object, l *layout) string {
	var b strings.Builder
	if o.Field("usage").Truth() {
		b.WriteString(usageOf(thread, o) + "\n")
	}
	if d := o.Field("description"); d.Truth() {
		b.WriteString(l.text(expand(thread, o, py.Str(d))) + "\n\n")
	}
	b.WriteString(l.all(o.Data.(*container)))
	b.WriteString(epilogOf(o, l))
	return b.String()
}

func epilogOf(o *py.Object, l *layout) string {
	if e := o.Field("epilog"); e.Truth() {
		return "\n" + l.text(py.Str(e)) + "\n"
	}
	return ""
}

// unpackFormatter takes the formatter that the format methods are given, if any.
func unpackFormatter(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (o *py.Object, l *layout, err error) {
	var formatter starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "formatter??", &formatter); err != nil {
		return nil, nil, err
	}
	o = b.Receiver().(*py.Object)
	if formatter == nil {
		return o, layoutOf(o), nil
	}
	f, _ := formatter.(*py.Object)
	if f == nil || !f.Kind().IsA(formatterKind) {
		return nil, nil, py.TypeError.Errorf("not a HelpFormatter: %s", py.Repr(formatter))
	}
	c := *f.Data.(*layout)
	return o, &c, nil
}

// formatHelp is format_help(formatter=None).
func formatHelp(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, l, err := unpackFormatter(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.String(helpOf(thread, o, l)), nil
}

// formatOptionHelp is format_option_help(formatter=None).
func formatOptionHelp(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, l, err := unpackFormatter(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.String(l.all(o.Data.(*container))), nil
}

// formatEpilog is format_epilog(formatter).
func formatEpilog(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, l, err := unpackFormatter(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.String(epilogOf(o, l)), nil
}
