package osmod

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

var listdirFn = starlark.NewBuiltin("listdir", osListDir)

// listPiece is how many names are read at a time.
const listPiece = 1000

// osListDir is os.listdir(path): the names in a folder, sorted, where CPython's order is arbitrary.
func osListDir(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, "path", &v); err != nil {
		return nil, err
	}
	path, ok := py.CharsOf(v)
	if !ok {
		return nil, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(v))
	}
	names, err := list(thread, path.S)
	if err != nil {
		var x *py.Exception
		if failed := filemod.Error(err, ""); !errors.As(failed, &x) || !x.IsA(py.IOError) {
			return nil, failed
		}
		errno, text := filemod.Number(err)
		return nil, py.OSError.New(err, starlark.MakeInt(errno), starlark.String(text), v)
	}
	slices.Sort(names)
	items := make([]starlark.Value, 0, len(names))
	for _, name := range names {
		items = append(items, path.Of(name).Value())
	}
	return starlark.NewList(items), nil
}

// list returns the names in a folder.
func list(thread *starlark.Thread, path string) (names []string, err error) {
	info, err := host.From(thread).Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	}
	f, err := host.From(thread).Open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: path, Err: syscall.ENOTDIR}
	}
	for {
		entries, err := dir.ReadDir(listPiece)
		room, noRoom := host.Grow(thread, names, len(entries))
		if noRoom != nil {
			return nil, noRoom
		}
		names = room
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if errors.Is(err, io.EOF) || len(entries) == 0 && err == nil {
			return names, nil
		}
		if err == nil {
			err = host.Spend(thread, len(entries))
		}
		if err != nil {
			return nil, err
		}
	}
}
