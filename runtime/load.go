package runtime

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/jsonmod"
	"starwire/runtime/py"
)

// loads are the files a run has loaded or is loading: each at most once.
type loads struct {
	mu    sync.Mutex
	files map[string]*loadedFile // by canonical name
}

// A loadedFile is one file of a run.
type loadedFile struct {
	name    string        // as shown in messages
	done    chan struct{} // closed when globals or err is there
	globals starlark.StringDict
	err     error

	// While the file is being loaded, parent is the file that asked for it, and
	// waits the file that its thread waits for another thread to load. Both are
	// guarded by loads.mu.
	parent *loadedFile
	waits  *loadedFile
}

// maxLoadDepth bounds files that load files.
const maxLoadDepth = 100

// loadHook is the Load function of every thread.
func loadHook(thread *starlark.Thread, module string) (starlark.StringDict, error) {
	st := stateOf(thread)
	r := st.task.run
	if members, ok := r.module(module); ok {
		return members, nil
	}
	if !isFileName(module) {
		return nil, py.ImportError.Errorf("no module named %s%s; a file is loaded by its path, as \"./%s.star\"",
			module, didYouMean(module, r.rt.moduleNames()), path.Base(module))
	}
	return st.load(thread, relativeTo(callerFile(thread, 0), module))
}

// isFileName reports whether load takes the name for that of a file.
func isFileName(name string) bool {
	switch path.Ext(name) {
	case ".star", ".py", ".bzl", ".sky":
		return true
	}
	return strings.ContainsAny(name, "/"+string(filepath.Separator))
}

// callerFile returns the name of the file whose code is running, depth frames
// below the top.
func callerFile(thread *starlark.Thread, depth int) string {
	if thread.CallStackDepth() <= depth {
		return ""
	}
	return thread.CallFrame(depth).Pos.Filename()
}

// relativeTo returns the name that module has for a file named from. Code without a
// file of its own ("<string>") stands in the working folder.
func relativeTo(from, module string) string {
	if filepath.IsAbs(module) || path.IsAbs(module) {
		return filepath.Clean(module)
	}
	if strings.HasPrefix(from, "<") {
		from = ""
	}
	return filepath.ToSlash(filepath.Join(filepath.Dir(from), module))
}

// canonical is the name under which a run knows the file.
func (rt *Runtime) canonical(name string) string {
	if rt.config.FS == nil || filepath.IsAbs(name) {
		if abs, err := filepath.Abs(name); err == nil {
			return abs
		}
	}
	return name
}

// load returns the globals of the named file, run once a run whoever asks.
func (st *threadState) load(thread *starlark.Thread, name string) (starlark.StringDict, error) {
	r := st.task.run
	f, mine, err := r.loads.enter(r.rt.canonical(name), name, st.loading)
	if err != nil {
		return nil, err
	}
	if !mine {
		select {
		case <-f.done:
		case <-st.task.host.Context().Done():
			return nil, st.task.stopped()
		}
		r.loads.leave(st.loading)
		return f.globals, f.err
	}
	// What a call of parallel loads is everyone's: its own end does not stop it.
	f.globals, f.err = st.task.root().loadFile(f)
	close(f.done)
	return f.globals, f.err
}

// enter finds the file's entry, or makes it: then the caller has to load it. The
// error is a cycle: the file is being loaded, and waits for one that parent is
// loaded for.
func (l *loads) enter(key, name string, parent *loadedFile) (f *loadedFile, mine bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[key]
	if !ok {
		depth := 0
		for p := parent; p != nil; p = p.parent {
			depth++
		}
		if depth >= maxLoadDepth {
			return nil, false, py.ImportError.Errorf("%s: files load each other more than %d deep", name, maxLoadDepth)
		}
		f = &loadedFile{name: name, done: make(chan struct{}), parent: parent}
		if l.files == nil {
			l.files = make(map[string]*loadedFile)
		}
		l.files[key] = f
		return f, true, nil
	}
	select {
	case <-f.done:
		return f, false, nil
	default:
	}
	// The thread that loads f may itself wait, through a chain of files, for one
	// that this thread loads.
	for p := parent; p != nil; p = p.parent {
		for g, hops := f, 0; g != nil && hops <= len(l.files); g, hops = g.next(l), hops+1 {
			if g == p {
				return nil, false, py.ImportError.Errorf("%s", cycle(f, parent))
			}
		}
	}
	if parent != nil {
		parent.waits = f
	}
	return f, false, nil
}

// next returns the file that f's thread is loading or waiting for on f's behalf.
func (f *loadedFile) next(l *loads) *loadedFile {
	if f.waits != nil {
		return f.waits
	}
	for _, g := range l.files {
		if g.parent == f {
			select {
			case <-g.done:
			default:
				return g
			}
		}
	}
	return nil
}

// leave ends the wait of the thread that loads parent.
func (l *loads) leave(parent *loadedFile) {
	if parent != nil {
		l.mu.Lock()
		parent.waits = nil
		l.mu.Unlock()
	}
}

// cycle words the error of a file that needs itself: "a.star loads b.star loads a.star".
func cycle(f, parent *loadedFile) string {
	var names []string
	for p := parent; p != nil; p = p.parent {
		names = append(names, p.name)
		if p == f {
			break
		}
	}
	s := "cycle in the files that are loaded: " + f.name
	for i := len(names) - 1; i >= 0; i-- {
		if i < len(names)-1 || names[i] != f.name {
			s += " loads " + names[i]
		}
	}
	return s + " loads " + f.name
}

// loadFile reads, compiles and runs the file on a thread of its own and returns
// its globals, frozen.
func (t *task) loadFile(f *loadedFile) (starlark.StringDict, error) {
	src, err := t.readSource(f.name)
	if err != nil {
		return nil, err
	}
	p, err := t.run.rt.compile(t.host.Context(), f.name, src)
	if err != nil {
		return nil, err
	}
	t.run.addSource(p.name, p.text)
	thread := t.newThread(f.name)
	defer t.release(thread)
	stateOf(thread).loading = f
	globals, err := t.init(thread, p)
	if err != nil {
		return nil, err
	}
	freezeDict(globals)
	return globals, nil
}

// readSource reads a file of source text through the host, which judges it.
func (t *task) readSource(name string) ([]byte, error) {
	f, err := t.host.Open(name, os.O_RDONLY)
	if err != nil {
		var perm *host.PermissionError
		switch {
		case errors.As(err, &perm):
			return nil, err
		case errors.Is(err, fs.ErrNotExist):
			return nil, py.ImportError.Errorf("there is no file %s", name)
		}
		return nil, py.ImportError.Errorf("%w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxSourceSize+1))
	switch {
	case err != nil:
		return nil, py.ImportError.Errorf("%s: %w", name, err)
	case len(src) > maxSourceSize:
		return nil, tooLarge(name)
	}
	if err := t.host.Budget.Read(int64(len(src))); err != nil {
		return nil, err
	}
	return src, nil
}

// importName is $import: what "import path" binds.
func importName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &name); err != nil {
		return nil, err
	}
	first, rest, _ := strings.Cut(name, ".")
	m, err := importModule(thread, first)
	switch {
	case err != nil:
		return nil, err
	case m == nil:
		return nil, py.ImportError.Errorf("No module named %s", name)
	case attrPath(m, name) == nil: // CPython names what it found nothing for, from the first package on
		return nil, py.ImportError.Errorf("No module named %s", rest)
	}
	return m, nil
}

// importFrom is $from: the attribute name of the module path.
func importFrom(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from, name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &from, &name); err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(from, ".")
	m, err := importModule(thread, first)
	if err != nil {
		return nil, err
	}
	if m != nil {
		m = attrPath(m, from)
	}
	if m == nil {
		return nil, py.ImportError.Errorf("No module named %s", from)
	}
	v := attr(m, name)
	if v == nil {
		return nil, py.ImportError.New(&noMember{from, name}, starlark.String("cannot import name "+name))
	}
	return v, nil
}

// A noMember is why a name cannot be imported: the module has none of that name.
type noMember struct{ module, name string }

func (e *noMember) Error() string { return "module " + e.module + " has no attribute " + e.name }

// importModule returns the module of that name: a built-in one, or the file
// name.py or name.star beside the importing one; nil if there is none.
func importModule(thread *starlark.Thread, name string) (starlark.Value, error) {
	st := stateOf(thread)
	r := st.task.run
	if v := r.rt.predeclared.get(name); v != nil {
		if m, ok := v.(*starlarkstruct.Module); ok {
			return forPython(m), nil
		}
	}
	if m := r.specialModule(name); m != nil {
		return m, nil
	}
	for _, ext := range []string{".py", ".star"} {
		file := relativeTo(callerFile(thread, 1), name+ext)
		if !st.task.canRead(file) {
			continue
		}
		globals, err := st.load(thread, file)
		if err != nil {
			return nil, err
		}
		return &starlarkstruct.Module{Name: name, Members: globals}, nil
	}
	return nil, nil
}

// forPython returns the module that Python files find in place of m.
func forPython(m *starlarkstruct.Module) *starlarkstruct.Module {
	if m.Name == "json" && m == jsonmod.Module() {
		return jsonmod.Python2()
	}
	return m
}

// canRead reports whether the file is there and granted. Import looks for several
// files and wants one: what is not there is no use of a permission.
func (t *task) canRead(name string) bool {
	files := t.run.rt.files
	if !files.audited {
		info, err := t.host.Stat(name)
		return err == nil && info.Mode().IsRegular()
	}
	info, err := files.probe(name)
	var refused *host.PermissionError
	if errors.As(err, &refused) && exists(name) {
		files.judged(name, os.O_RDONLY, refused)
	}
	return err == nil && info.Mode().IsRegular()
}

// attrPath follows the names after the first of a dotted path from v, or returns nil.
func attrPath(v starlark.Value, dotted string) starlark.Value {
	_, rest, more := strings.Cut(dotted, ".")
	for more && v != nil {
		var name string
		name, rest, more = strings.Cut(rest, ".")
		v = attr(v, name)
	}
	return v
}

// attr returns an attribute of v, or nil.
func attr(v starlark.Value, name string) starlark.Value {
	if v, ok := v.(starlark.HasAttrs); ok {
		if a, err := v.Attr(name); err == nil {
			return a
		}
	}
	return nil
}
