package sysmod

import (
	"encoding/binary"
	"io"
	"math"
	goruntime "runtime"
	"unicode"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

// Version is what sys.version begins with: the version of CPython that starwire
// follows.
const Version = "2.7.18"

var versionInfoType = &py.NamedType{
	Name:   "sys.version_info",
	Fields: []string{"major", "minor", "micro", "releaselevel", "serial"},
}

var floatInfoType = &py.NamedType{
	Name: "sys.float_info",
	Fields: []string{"max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig",
		"epsilon", "radix", "rounds"},
}

// Exit is sys.exit, for the built-in exit and quit of Python's module site.
var Exit = starlark.NewBuiltin("exit", sysExit)

type argvKey struct{}

// Argv returns sys.argv of the run: a copy of h.Args that the script may change.
func Argv(h *host.Host) *starlark.List {
	return host.State(h, argvKey{}, func() *starlark.List {
		argv := make([]starlark.Value, len(h.Args))
		for i, arg := range h.Args {
			argv[i] = starlark.String(arg)
		}
		return starlark.NewList(argv)
	})
}

// New returns the module sys of one run. Only its streams touch the outside, by
// way of the Host.
func New(h *host.Host) *starlarkstruct.Module {
	stdin := filemod.NewReader(h, "<stdin>", h.Stdin)
	stdout := filemod.NewWriter(h, "<stdout>", func(h *host.Host) io.Writer { return h.Stdout })
	stderr := filemod.NewWriter(h, "<stderr>", func(h *host.Host) io.Writer { return h.Stderr })
	return &starlarkstruct.Module{
		Name: "sys",
		Members: starlark.StringDict{
			"__stderr__":            stderr,
			"__stdin__":             stdin,
			"__stdout__":            stdout,
			"api_version":           starlark.MakeInt(1013),
			"argv":                  Argv(h),
			"byteorder":             starlark.String(byteOrder()),
			"executable":            starlark.String(""),
			"exit":                  Exit,
			"float_info":            floatInfo,
			"getdefaultencoding":    starlark.NewBuiltin("getdefaultencoding", getEncoding("ascii")),
			"getfilesystemencoding": starlark.NewBuiltin("getfilesystemencoding", getEncoding("UTF-8")),
			"hexversion":            starlark.MakeInt(0x020712f0),
			"maxint":                starlark.MakeInt64(math.MaxInt64),
			"maxsize":               starlark.MakeInt64(math.MaxInt64),
			"maxunicode":            starlark.MakeInt(unicode.MaxRune),
			"platform":              starlark.String(platform(goruntime.GOOS)),
			"stderr":                stderr,
			"stdin":                 stdin,
			"stdout":                stdout,
			"version":               starlark.String(Version + " (starwire)\n[" + goruntime.Version() + "]"),
			"version_info": versionInfoType.New(starlark.MakeInt(2), starlark.MakeInt(7), starlark.MakeInt(18),
				starlark.String("final"), starlark.MakeInt(0)),
		},
	}
}

var floatInfo = floatInfoType.New(
	starlark.Float(math.MaxFloat64), starlark.MakeInt(1024), starlark.MakeInt(308),
	starlark.Float(0x1p-1022), starlark.MakeInt(-1021), starlark.MakeInt(-307),
	starlark.MakeInt(15), starlark.MakeInt(53), starlark.Float(0x1p-52), starlark.MakeInt(2), starlark.MakeInt(1))

// platform is Python 2's name for Go's.
func platform(goos string) string {
	switch goos {
	case "linux":
		return "linux2"
	case "windows":
		return "win32"
	}
	return goos
}

func byteOrder() string {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return "little"
	}
	return "big"
}

// getEncoding makes a function that returns the name of an encoding.
func getEncoding(name string) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
			return nil, err
		}
		return starlark.String(name), nil
	}
}

// sysExit is sys.exit([arg]), which raises SystemExit(arg), of a tuple
// SystemExit(*arg).
//
// sysmodule.c, sys_exit
func sysExit(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 1 {
		return nil, py.TypeError.Errorf("exit expected at most 1 arguments, got %d", len(args))
	}
	var arg starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "status?", &arg); err != nil {
		return nil, err
	}
	switch arg := arg.(type) {
	case starlark.NoneType:
		return nil, Exiting(py.SystemExit.New(nil))
	case starlark.Tuple: // nobody who does not catch it looks at the exception's code
		return nil, &host.ExitError{Code: 1, Message: py.Str(arg), Raised: py.SystemExit.New(nil, arg...)}
	}
	return nil, Exiting(py.SystemExit.New(nil, arg))
}

// Exiting returns the end of the run for which a SystemExit asks. None is success,
// an integer the exit status, and anything else is printed on standard error and
// means 1.
//
// pythonrun.c, handle_system_exit
func Exiting(x *py.Exception) *host.ExitError {
	switch code := x.Fields["code"].(type) {
	case starlark.NoneType:
		return &host.ExitError{Raised: x}
	case starlark.Bool:
		if code {
			return &host.ExitError{Code: 1, Raised: x}
		}
		return &host.ExitError{Raised: x}
	case starlark.Int:
		n, ok := code.Int64()
		if !ok {
			n = -1 // what PyInt_AsLong makes of it
		}
		return &host.ExitError{Code: int(n), Raised: x}
	default:
		return &host.ExitError{Code: 1, Message: py.Str(code), Raised: x}
	}
}
