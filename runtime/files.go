package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"starwire/runtime/host"
)

// A filePolicy is Permissions.Read and Write, ready to judge, and Config.FS.
type filePolicy struct {
	fsys        fs.FS
	read, write grants
	audit       func(kind GrantKind, target string, refused *host.PermissionError)
	audited     bool // whether anybody wants to know
}

// grants are the folders and files granted for one kind of access.
type grants struct {
	all   bool
	roots []root
}

// A root is a granted folder or file: as it was named, and where that was when it
// was granted. A link's target is granted under both names.
type root struct{ path, real string } // absolute

func newFilePolicy(rt *Runtime) (*filePolicy, error) {
	c := &rt.config
	p := &filePolicy{fsys: c.FS, audit: rt.audit, audited: c.Audit != nil}
	// Write comes first: what can be written need not be there to be read.
	for _, list := range []struct {
		field string
		to    *grants
		from  []string
	}{{"Write", &p.write, c.Permissions.Write}, {"Read", &p.read, c.Permissions.Read}} {
		for _, dir := range list.from {
			if dir == "*" {
				list.to.all = true
				continue
			}
			abs, err := filepath.Abs(dir)
			if dir == "" || err != nil {
				return nil, fmt.Errorf("runtime.Config: Permissions.%s: %q is not a folder", list.field, dir)
			}
			if !exists(abs) && !p.write.covers(abs) && (list.to == &p.read || !exists(filepath.Dir(abs))) {
				return nil, fmt.Errorf("runtime.Config: Permissions.%s: there is no file or folder %q", list.field, dir)
			}
			real, err := filepath.EvalSymlinks(abs)
			if err != nil {
				real = abs
			}
			list.to.roots = append(list.to.roots, root{abs, real})
			if real != abs {
				list.to.roots = append(list.to.roots, root{real, real})
			}
		}
	}
	return p, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// judged tells the audit of the use of a file, granted or not.
func (p *filePolicy) judged(name string, flag int, refused *host.PermissionError) {
	if !p.audited || strings.IndexByte(name, 0) >= 0 {
		return
	}
	if flag&writing != 0 {
		p.audit(GrantWrite, grantableFile(name, true), refused)
	}
	if flag&writing == 0 {
		p.audit(GrantRead, grantableFile(name, false), refused)
	} else if flag&os.O_RDWR != 0 {
		p.audit(GrantRead, grantableFile(name, false), nil) // the refusal was told
	}
}

// grantableFile returns what to grant so that the named file can be used: itself,
// or the nearest folder above that is there. A file to write need not be there.
func grantableFile(name string, write bool) string {
	name = filepath.Clean(name)
	if !write || !exists(filepath.Dir(name)) {
		for !exists(name) && name != filepath.Dir(name) {
			name = filepath.Dir(name)
		}
	}
	if name == "*" { // which as a grant is every file
		return "./*"
	}
	return name
}

// refuse refuses to open the named file.
func (p *filePolicy) refuse(name string, flag int) *host.PermissionError {
	refused := host.RefuseOpen(name, flag)
	p.judged(name, flag, refused)
	return refused
}

const writing = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREATE | os.O_TRUNC

// open is Host.Open. The end of ctx ends the wait for a pipe's reader.
func (p *filePolicy) open(ctx context.Context, name string, flag int) (host.File, error) {
	g := &p.read
	if flag&writing != 0 {
		g = &p.write
	}
	if p.fsys != nil && !filepath.IsAbs(name) && !path.IsAbs(name) {
		return p.openFS(name, flag)
	}
	if g.all {
		return p.opened(name, flag, func() (host.File, error) {
			return unblocked(ctx, flag, func(flag int) (*os.File, error) { return os.OpenFile(name, flag, 0o666) },
				func() (fs.FileInfo, error) { return os.Stat(name) })
		})
	}
	if strings.IndexByte(name, 0) >= 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	for _, root := range g.roots {
		rel, ok := within(root.path, abs)
		if !ok {
			continue
		}
		f, err := p.opened(name, flag, func() (host.File, error) {
			return unblocked(ctx, flag, func(flag int) (*os.File, error) { return openIn(root.real, rel, flag) },
				func() (fs.FileInfo, error) { return statIn(parentOfFile(root.real, rel)) })
		})
		if err == nil || !escapes(err) {
			return f, err
		}
	}
	return nil, p.refuse(name, flag)
}

// opened opens a file whose use, one of them, is granted. Whoever wants to write and
// to read needs the grant to read too, of the same file: a link may lead out of what
// can be read and stay in what can be written.
func (p *filePolicy) opened(name string, flag int, open func() (host.File, error)) (host.File, error) {
	both := flag&os.O_RDWR != 0 && !p.read.all
	var refused *host.PermissionError
	if both {
		if _, err := p.probe(name); errors.As(err, &refused) {
			return nil, p.refuse(name, os.O_RDONLY)
		}
	}
	f, err := open()
	if err != nil {
		if !escapes(err) {
			p.judged(name, flag, nil)
		}
		return nil, renamed(err, name)
	}
	if both && !p.isReadable(name, f) {
		f.Close()
		return nil, p.refuse(name, os.O_RDONLY)
	}
	p.judged(name, flag, nil)
	return f, nil
}

// isReadable reports whether f is the file that the name stands for to those who read.
func (p *filePolicy) isReadable(name string, f host.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	granted, err := p.probe(name)
	return err == nil && os.SameFile(info, granted)
}

// stat is Host.Stat.
func (p *filePolicy) stat(name string) (fs.FileInfo, error) {
	info, err := p.probe(name)
	var refused *host.PermissionError
	if errors.As(err, &refused) || p.fsys == nil || filepath.IsAbs(name) || path.IsAbs(name) {
		p.judged(name, os.O_RDONLY, refused)
	}
	return info, err
}

// probe is stat without the audit: the question whether there is a file to use.
func (p *filePolicy) probe(name string) (fs.FileInfo, error) {
	switch {
	case p.fsys != nil && !filepath.IsAbs(name) && !path.IsAbs(name):
		clean := path.Clean(filepath.ToSlash(name))
		if !fs.ValidPath(clean) {
			return nil, host.RefuseOpen(name, os.O_RDONLY)
		}
		info, err := fs.Stat(p.fsys, clean)
		return info, renamed(err, name)
	case p.read.all:
		return os.Stat(name)
	case strings.IndexByte(name, 0) >= 0:
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrInvalid}
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	for _, root := range p.read.roots {
		rel, ok := within(root.path, abs)
		if !ok {
			continue
		}
		dir, rel := parentOfFile(root.real, rel)
		info, err := statIn(dir, rel)
		if err == nil || !escapes(err) {
			return info, renamed(err, name)
		}
	}
	return nil, host.RefuseOpen(name, os.O_RDONLY)
}

// statIn describes a file below dir, as openIn opens one.
func statIn(dir, rel string) (fs.FileInfo, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(rel)
}

// openFS opens a file of Config.FS.
func (p *filePolicy) openFS(name string, flag int) (host.File, error) {
	clean := path.Clean(filepath.ToSlash(name))
	if flag&writing != 0 || !fs.ValidPath(clean) {
		return nil, p.refuse(name, flag)
	}
	f, err := p.fsys.Open(clean)
	if err != nil {
		return nil, renamed(err, name)
	}
	return f, nil
}

// covers reports whether the grants name the absolute path.
func (g *grants) covers(abs string) bool {
	return g.all || slices.ContainsFunc(g.roots, func(r root) bool {
		_, ok := within(r.path, abs)
		return ok
	})
}

// within returns abs relative to dir, if it is dir or below it.
func within(dir, abs string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, abs)
	return rel, err == nil && filepath.IsLocal(rel)
}

// openIn opens a file below dir. No symbolic link leads out of dir, whoever
// moves what meanwhile. If dir is itself a file, it is the one that was granted.
func openIn(dir, rel string, flag int) (*os.File, error) {
	dir, rel = parentOfFile(dir, rel)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(rel, flag, 0o666)
}

// parentOfFile makes a granted file one of its folder: os.OpenRoot wants folders.
func parentOfFile(dir, rel string) (string, string) {
	if rel == "." {
		info, err := os.Lstat(dir)
		if err == nil && !info.IsDir() || errors.Is(err, fs.ErrNotExist) {
			return filepath.Split(dir)
		}
	}
	return dir, rel
}

// escapes reports whether os.Root refused a path that leads out of it.
func escapes(err error) bool {
	var pe *fs.PathError
	return errors.As(err, &pe) && pe.Err.Error() == "path escapes from parent"
}

// renamed returns a file error with the name by which the script knows the file.
func renamed(err error, name string) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return &fs.PathError{Op: "open", Path: name, Err: pe.Err}
	}
	return err
}

// getenv is Host.Getenv.
func (rt *Runtime) getenv(name string) (string, bool, error) {
	if !rt.grantsEnv(name) {
		refused := &host.PermissionError{Action: "read environment variable", Target: name, Grant: "--allow-env=" + name}
		rt.audit(GrantEnv, name, refused)
		return "", false, refused
	}
	rt.audit(GrantEnv, name, nil)
	v, ok := os.LookupEnv(name)
	return v, ok, nil
}

// environ is Host.Environ.
func (rt *Runtime) environ() []string {
	if slices.Contains(rt.config.Permissions.Env, "*") {
		rt.audit(GrantEnv, "*", nil)
	}
	var names []string
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); name != "" && rt.grantsEnv(name) {
			names = append(names, name)
		}
	}
	return names
}

func (rt *Runtime) grantsEnv(name string) bool {
	env := rt.config.Permissions.Env
	return slices.Contains(env, name) || slices.Contains(env, "*")
}
