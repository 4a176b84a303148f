package osmod

import (
	"io"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

// New returns the module os of one run.
func New(h *host.Host) *starlarkstruct.Module {
	return &starlarkstruct.Module{
		Name: "os",
		Members: starlark.StringDict{
			"altsep":   starlark.None,
			"curdir":   starlark.String("."),
			"defpath":  starlark.String(":/bin:/usr/bin"),
			"devnull":  starlark.String("/dev/null"),
			"environ":  &environ{h: h},
			"error":    py.OSError,
			"extsep":   starlark.String("."),
			"getenv":   getenvFn,
			"listdir":  listdirFn,
			"linesep":  starlark.String("\n"),
			"name":     starlark.String("posix"),
			"pardir":   starlark.String(".."),
			"path":     Path(),
			"pathsep":  starlark.String(":"),
			"sep":      starlark.String("/"),
			"strerror": strerrorFn,
			"urandom":  urandomFn,
		},
	}
}

var (
	getenvFn   = starlark.NewBuiltin("getenv", osGetenv)
	strerrorFn = starlark.NewBuiltin("strerror", osStrError)
	urandomFn  = starlark.NewBuiltin("urandom", osURandom)
)

// osGetenv is os.getenv(varname[, value]).
func osGetenv(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var varname starlark.Value
	var value starlark.Value = starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs, "varname", &varname, "value?", &value); err != nil {
		return nil, err
	}
	name, ok := py.CharsOf(varname)
	if !ok {
		return nil, py.TypeError.Errorf("%s: for parameter varname: got %s, want str", b.Name(), py.TypeName(varname))
	}
	v, ok, err := host.From(thread).Getenv(name.S)
	if err != nil {
		return nil, filemod.Error(err, "")
	}
	if !ok {
		return value, nil
	}
	return starlark.String(v), nil
}

// osStrError is os.strerror(code).
func osStrError(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var code int
	if err := py.UnpackArgs(b.Name(), args, kwargs, "code", &code); err != nil {
		return nil, err
	}
	return starlark.String(filemod.StrError(code)), nil
}

// osURandom is os.urandom(n): n bytes of the host's randomness.
func osURandom(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var n int64
	if err := py.UnpackArgs(b.Name(), args, kwargs, "n", &n); err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, py.ValueError.Errorf("negative argument not allowed")
	}
	// Nobody allocates what a script says at once: its limits act between the parts.
	const part = 64 << 10
	var out strings.Builder
	for n > 0 {
		m, err := io.CopyN(&out, host.From(thread).Rand, min(n, part))
		if err != nil {
			return nil, py.OSError.Errorf("no randomness: %w", err)
		}
		n -= m
		if err := host.Spend(thread, int(m/host.BytesPerStep)); err != nil {
			return nil, err
		}
	}
	return starlark.String(out.String()), nil
}
