package optparsemod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// method is how a built-in is implemented.
type method = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// What OptionParser is told to hide, and what an option without a default has.
const (
	suppressHelp  = starlark.String("SUPPRESSHELP")
	suppressUsage = starlark.String("SUPPRESSUSAGE")
)

var noDefault = starlark.Tuple{starlark.String("NO"), starlark.String("DEFAULT")}

// The classes, which refer to functions that refer to them: make fills them.
var optionKind, containerKind, parserKind, groupKind, formatterKind, indentedKind, titledKind *py.Kind

// Module returns the module optparse. It is immutable; runs may share it.
func Module() *starlarkstruct.Module {
	return module.Get(func() *starlarkstruct.Module {
		makeErrors()
		makeOption()
		makeContainers()
		makeFormatters()
		m := &starlarkstruct.Module{Name: "optparse", Members: starlark.StringDict{
			"AmbiguousOptionError":  AmbiguousOptionError,
			"BadOptionError":        BadOptionError,
			"HelpFormatter":         formatterKind,
			"IndentedHelpFormatter": indentedKind,
			"NO_DEFAULT":            noDefault,
			"OptParseError":         OptParseError,
			"Option":                optionKind,
			"OptionConflictError":   OptionConflictError,
			"OptionContainer":       containerKind,
			"OptionError":           OptionError,
			"OptionGroup":           groupKind,
			"OptionParser":          parserKind,
			"OptionValueError":      OptionValueError,
			"SUPPRESS_HELP":         suppressHelp,
			"SUPPRESS_USAGE":        suppressUsage,
			"TitledHelpFormatter":   titledKind,
			"Values":                starlark.NewBuiltin("Values", newValues),
			"make_option":           optionKind,
		}}
		m.Freeze()
		return m
	})
}

var module lazy.Value[*starlarkstruct.Module]
