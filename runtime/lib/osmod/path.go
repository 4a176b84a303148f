package osmod

import (
	"errors"
	"io/fs"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

var path lazy.Module

// Path returns the module os.path, by the rules of posixpath.py, made on first use.
// It is immutable; runs may share it.
func Path() *starlarkstruct.Module { return path.Get("posixpath", pathMembers) }

func pathMembers() starlark.StringDict {
	return starlark.StringDict{
		"basename":     starlark.NewBuiltin("basename", pathBasename),
		"commonprefix": starlark.NewBuiltin("commonprefix", pathCommonPrefix),
		"dirname":      starlark.NewBuiltin("dirname", pathDirname),
		"exists":       starlark.NewBuiltin("exists", pathExists),
		"getmtime":     starlark.NewBuiltin("getmtime", pathGetMTime),
		"getsize":      starlark.NewBuiltin("getsize", pathGetSize),
		"isabs":        starlark.NewBuiltin("isabs", pathIsAbs),
		"isdir":        starlark.NewBuiltin("isdir", pathIsDir),
		"isfile":       starlark.NewBuiltin("isfile", pathIsFile),
		"join":         starlark.NewBuiltin("join", pathJoin),
		"normcase":     starlark.NewBuiltin("normcase", pathNormCase),
		"normpath":     starlark.NewBuiltin("normpath", pathNormPath),
		"split":        starlark.NewBuiltin("split", pathSplit),
		"splitdrive":   starlark.NewBuiltin("splitdrive", pathSplitDrive),
		"splitext":     starlark.NewBuiltin("splitext", pathSplitExt),

		"altsep":  starlark.None,
		"curdir":  starlark.String("."),
		"defpath": starlark.String(":/bin:/usr/bin"),
		"devnull": starlark.String("/dev/null"),
		"extsep":  starlark.String("."),
		"pardir":  starlark.String(".."),
		"pathsep": starlark.String(":"),
		"sep":     starlark.String("/"),
	}
}

// pathArg unpacks the one path that most functions take. first is the method
// that posixpath.py calls on it first.
func pathArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, param, first string) (py.Chars, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, param, &v); err != nil {
		return py.Chars{}, err
	}
	c, ok := py.CharsOf(v)
	if !ok {
		return c, py.NoAttribute(v, first)
	}
	return c, nil
}

// pathJoin is os.path.join(a, *p).
func pathJoin(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 || len(kwargs) > 0 {
		return nil, py.TypeError.Errorf("join() takes at least 1 argument (%d given)", len(args))
	}
	if len(args) == 1 {
		return args[0], nil
	}
	first, ok := py.CharsOf(args[0])
	if !ok {
		return nil, py.NoAttribute(args[0], "endswith")
	}
	parts := []py.Chars{first} // what is joined: the last absolute one and the rest
	path := first.S
	for _, v := range args[1:] {
		p, ok := py.CharsOf(v)
		if !ok {
			return nil, py.NoAttribute(v, "startswith")
		}
		switch {
		case strings.HasPrefix(p.S, "/"):
			parts = parts[:0]
		case path != "" && !strings.HasSuffix(path, "/"):
			p.S = "/" + p.S
		}
		parts = append(parts, p)
		if p.S != "" { // else the whole ends as before
			path = p.S
		}
	}
	joined, err := py.JoinChars("", parts...)
	if err == nil {
		return joined.Value(), nil
	}
	whole := parts[0] // an error counts from the start of what is there by then
	for _, p := range parts[1:] {
		if whole, err = py.JoinChars("", whole, p); err != nil {
			break
		}
	}
	return nil, err
}

// pathSplit is os.path.split(p): the head without its last slashes, and the tail.
func pathSplit(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p, err := pathArg(b, args, kwargs, "p", "rfind")
	head, tail := split(p.S)
	return starlark.Tuple{p.Of(head).Value(), p.Of(tail).Value()}, err
}

func split(p string) (head, tail string) {
	i := strings.LastIndexByte(p, '/') + 1
	head, tail = p[:i], p[i:]
	if h := strings.TrimRight(head, "/"); h != "" {
		head = h
	}
	return head, tail
}

// pathBasename is os.path.basename(p).
func pathBasename(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p, err := pathArg(b, args, kwargs, "p", "rfind")
	_, tail := split(p.S)
	return p.Of(tail).Value(), err
}

// pathDirname is os.path.dirname(p).
func pathDirname(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p, err := pathArg(b, args, kwargs, "p", "rfind")
	head, _ := split(p.S)
	return p.Of(head).Value(), err
}

// pathSplitExt is os.path.splitext(p): dots that lead the name begin no extension.
//
// genericpath.py, _splitext
func pathSplitExt(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p, err := pathArg(b, args, kwargs, "p", "rfind")
	if err != nil {
		return nil, err
	}
	name := p.S[strings.LastIndexByte(p.S, '/')+1:]
	if i := strings.LastIndexByte(name, '.'); i >= 0 && strings.Trim(name[:i], ".") != "" {
		dot := len(p.S) - len(name) + i
		return starlark.Tuple{p.Of(p.S[:dot]).Value(), p.Of(p.S[dot:]).Value()}, nil
	}
	return starlark.Tuple{p.Value(), starlark.String("")}, nil
}

// pathSplitDrive is os.path.splitdrive(p): there are no drives.
func pathSplitDrive(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var p starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "p", &p); err != nil {
		return nil, err
	}
	return starlark.Tuple{starlark.String(""), p}, nil
}

// pathNormCase is os.path.normcase(s): case matters.
func pathNormCase(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "s", &s); err != nil {
		return nil, err
	}
	return s, nil
}

// pathIsAbs is os.path.isabs(s).
func pathIsAbs(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := pathArg(b, args, kwargs, "s", "startswith")
	return starlark.Bool(strings.HasPrefix(s.S, "/")), err
}

// pathNormPath is os.path.normpath(path). Two leading slashes stay, as POSIX has it.
//
// posixpath.py, normpath
func pathNormPath(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	text, err := pathArg(b, args, kwargs, "path", "startswith")
	if err != nil {
		return nil, err
	}
	path := text.S
	root := 0
	for root < len(path) && path[root] == '/' {
		root++
	}
	if root > 2 {
		root = 1
	}
	var parts []string
	for _, p := range strings.Split(path, "/") {
		switch {
		case p == "" || p == ".":
		case p != "..", root == 0 && len(parts) == 0, len(parts) > 0 && parts[len(parts)-1] == "..":
			parts = append(parts, p)
		case len(parts) > 0:
			parts = parts[:len(parts)-1]
		}
	}
	path = strings.Repeat("/", root) + strings.Join(parts, "/")
	if path == "" {
		path = "."
	}
	return text.Of(path).Value(), nil
}

// pathCommonPrefix is os.path.commonprefix(list): character by character, not by
// component. It is a part of the least path.
func pathCommonPrefix(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Iterable
	if err := py.UnpackArgs(b.Name(), args, kwargs, "list", &list); err != nil {
		return nil, err
	}
	iter := list.Iterate()
	defer iter.Done()
	var v starlark.Value
	var all []py.Chars
	for iter.Next(&v) {
		if err := host.Spend(thread, 1); err != nil {
			return nil, err
		}
		c, ok := py.CharsOf(v)
		if !ok {
			return nil, py.TypeError.Errorf("commonprefix() wants strings, not %s", py.TypeName(v))
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return starlark.String(""), nil
	}
	// Types that do not mix cannot be compared either.
	if _, err := py.JoinChars("", all...); err != nil {
		return nil, err
	}
	least, n := all[0], len(all[0].S)
	for _, c := range all[1:] {
		if c.S < least.S {
			least = c
		}
		same := 0
		for same < min(n, len(c.S)) && all[0].S[same] == c.S[same] {
			same++
		}
		n = same
	}
	for least.Wide && n < len(least.S) && least.S[n]&0xc0 == 0x80 { // within a character
		n--
	}
	return least.Of(least.S[:n]).Value(), nil
}

// stat asks the Host about a path; info is nil if it does not exist or cannot be
// reached. The error is a PermissionError, or a TypeError.
func stat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (path string, info fs.FileInfo, reason, err error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "path", &v); err != nil {
		return "", nil, nil, err
	}
	path, ok := py.AsBytes(v)
	if !ok {
		return "", nil, nil, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(v))
	}
	if strings.IndexByte(path, 0) >= 0 {
		return "", nil, nil, py.TypeError.Errorf("stat() argument 1 must be encoded string without null bytes, not str")
	}
	info, reason = host.From(thread).Stat(path)
	var refused *host.PermissionError
	if errors.As(reason, &refused) {
		return "", nil, nil, filemod.Error(reason, "")
	}
	if reason != nil {
		return path, nil, reason, nil
	}
	return path, info, nil, nil
}

// pathExists is os.path.exists(path).
func pathExists(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, info, _, err := stat(thread, b, args, kwargs)
	return starlark.Bool(info != nil), err
}

// pathIsFile is os.path.isfile(path).
func pathIsFile(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, info, _, err := stat(thread, b, args, kwargs)
	return starlark.Bool(info != nil && info.Mode().IsRegular()), err
}

// pathIsDir is os.path.isdir(path).
func pathIsDir(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, info, _, err := stat(thread, b, args, kwargs)
	return starlark.Bool(info != nil && info.IsDir()), err
}

// existing is stat for functions that need the file: an OSError if there is none.
func existing(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (fs.FileInfo, error) {
	path, info, reason, err := stat(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	if reason != nil {
		errno, text := filemod.Number(reason)
		return nil, py.OSError.New(reason, starlark.MakeInt(errno), starlark.String(text), starlark.String(path))
	}
	return info, nil
}

// pathGetSize is os.path.getsize(path).
func pathGetSize(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	info, err := existing(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt64(info.Size()), nil
}

// pathGetMTime is os.path.getmtime(path): seconds since 1970.
func pathGetMTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	info, err := existing(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	t := info.ModTime()
	return starlark.Float(float64(t.Unix()) + float64(t.Nanosecond())/1e9), nil
}
