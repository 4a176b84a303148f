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
}

// grants are the folders granted for one kind of access.
type grants struct {
	all   bool
	roots []string // absolute; a folder that a symbolic link leads to is there under both names
}

func newFilePolicy(c *Config) (*filePolicy, error) {
	p := &filePolicy{fsys: c.FS}
	for _, list := range []struct {
		field string
		to    *grants
		from  []string
	}{{"Read", &p.read, c.Permissions.Read}, {"Write", &p.write, c.Permissions.Write}} {
		for _, dir := range list.from {
			if dir == "*" {
				list.to.all = true
				continue
			}
			abs, err := filepath.Abs(dir)
			if dir == "" || err != nil {
				return nil, fmt.Errorf("runtime.Config: Permissions.%s: %q is not a folder", list.field, dir)
			}
			list.to.roots = append(list.to.roots, abs)
			if real, err := filepath.EvalSymlinks(abs); err == nil && real != abs {
				list.to.roots = append(list.to.roots, real)
			}
		}
	}
	return p, nil
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
	if g.all && (flag&os.O_RDWR == 0 || p.read.all) {
		return unblocked(ctx, flag, func(flag int) (*os.File, error) { return os.OpenFile(name, flag, 0o666) },
			func() (fs.FileInfo, error) { return os.Stat(name) })
	}
	if strings.IndexByte(name, 0) >= 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	for _, dir := range g.roots {
		rel, ok := within(dir, abs)
		if !ok || flag&os.O_RDWR != 0 && !p.read.covers(abs) {
			continue
		}
		f, err := unblocked(ctx, flag, func(flag int) (*os.File, error) { return openIn(dir, rel, flag) },
			func() (fs.FileInfo, error) { return statIn(parentOfFile(dir, rel)) })
		if err != nil && escapes(err) {
			continue
		}
		return f, renamed(err, name)
	}
	return nil, host.RefuseOpen(name, flag)
}

// stat is Host.Stat.
func (p *filePolicy) stat(name string) (fs.FileInfo, error) {
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
	for _, dir := range p.read.roots {
		rel, ok := within(dir, abs)
		if !ok {
			continue
		}
		dir, rel = parentOfFile(dir, rel)
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
		return nil, host.RefuseOpen(name, flag)
	}
	f, err := p.fsys.Open(clean)
	if err != nil {
		return nil, renamed(err, name)
	}
	return f, nil
}

// covers reports whether the grants name the absolute path.
func (g *grants) covers(abs string) bool {
	return g.all || slices.ContainsFunc(g.roots, func(dir string) bool {
		_, ok := within(dir, abs)
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
		if err == nil && info.Mode().IsRegular() || errors.Is(err, fs.ErrNotExist) {
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
		return "", false, &host.PermissionError{Action: "read environment variable", Target: name, Grant: "--allow-env=" + name}
	}
	v, ok := os.LookupEnv(name)
	return v, ok, nil
}

// environ is Host.Environ.
func (rt *Runtime) environ() []string {
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
