package runtime

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"starwire/runtime/host"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"in", "in/sub", "out"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"in/a": "A", "in/sub/b": "B", "out/c": "C", "in.txt": "D"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"in/good": "sub/b", "in/bad": "../out/c", "in/abs": filepath.Join(dir, "out/c"), "in/dir": "../out", "alias": "in",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	t.Chdir(dir)
	tests := []struct {
		grant, name string
		want        string // the content, "refused", or "missing"
	}{
		{"", "in/a", "refused"},
		{"*", "in/a", "A"},
		{"*", "out/c", "C"},
		{"*", "in/bad", "C"},
		{"*", "none", "missing"},
		{"in", "in/a", "A"},
		{"in", "./in/../in/a", "A"},
		{"in", filepath.Join(dir, "in/a"), "A"},
		{"in", "in/sub/b", "B"},
		{"in", "in/good", "B"},
		{"in", "in/none", "missing"},
		{"in", "in/bad", "refused"},
		{"in", "in/abs", "refused"},
		{"in", "in/dir/c", "refused"},
		{"in", "out/c", "refused"},
		{"in", "in/../out/c", "refused"},
		{"in", "in.txt", "refused"},
		{"in", "/etc/passwd", "refused"},
		{"in", "in/a\x00", "invalid"},
		{"in", "", "refused"},
		{"alias", "alias/a", "A"},
		{"alias", "in/a", "A"},
		{"alias", "alias/bad", "refused"},
		{"in/", "in/a", "A"},
		{".", "out/c", "C"},
		{"in/a", "in/a", "A"},
		{"in/a", "in/sub/b", "refused"},
		{"in/good", "in/good", "B"},
		{"in/good", "in/a", "refused"},
		{"in/abs", "in/abs", "C"},
		{"in/abs", "out/c", "C"},
		{"in/dir", "in/dir/c", "C"},
		{"in/dir/c", "in/dir/c", "C"},
	}
	for _, tt := range tests {
		var c Config
		if tt.grant != "" {
			c.Permissions.Read = []string{tt.grant}
		}
		rt, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		if got := content(rt.files.open(context.Background(), tt.name, os.O_RDONLY)); got != tt.want {
			t.Errorf("Read %q: open(%q) = %s; want %s", tt.grant, tt.name, got, tt.want)
		}
		if got, want := statted(rt.files.stat(tt.name)), content(rt.files.open(context.Background(), tt.name, os.O_RDONLY)); got != want && (got != "there" || len(want) != 1) {
			t.Errorf("Read %q: stat(%q) = %s; but open = %s", tt.grant, tt.name, got, want)
		}
		if _, err := rt.files.open(context.Background(), tt.name, os.O_WRONLY|os.O_CREATE); !refused(err) && tt.want != "invalid" {
			t.Errorf("Read %q: open(%q) for writing: %v; want a refusal", tt.grant, tt.name, err)
		}
	}
}

func refused(err error) bool {
	var p *host.PermissionError
	return errors.As(err, &p)
}

// statted tells how a stat ended.
func statted(info fs.FileInfo, err error) string {
	if err == nil {
		return "there"
	}
	return content(nil, err)
}

// content tells how an open ended.
func content(f host.File, err error) string {
	switch {
	case refused(err):
		return "refused"
	case errors.Is(err, fs.ErrNotExist):
		return "missing"
	case errors.Is(err, fs.ErrInvalid):
		return "invalid"
	case err != nil:
		return err.Error()
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestOpenForWriting(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, err := range []error{os.WriteFile("secret", []byte("secret"), 0o666), os.Symlink("../secret", "logs/link")} {
		if err != nil {
			t.Skipf("the system lets this user make no symbolic link: %v", err)
		}
	}
	for _, tt := range []struct {
		read, write string
		name        string
		flag        int
		ok          bool
	}{
		{"", "logs", "logs/new", os.O_WRONLY | os.O_CREATE | os.O_TRUNC, true},
		{"", "logs", "logs/new", os.O_WRONLY | os.O_APPEND, true},
		{"", "logs", "logs/new", os.O_RDONLY, false},
		{"", "logs", "logs/new", os.O_RDWR, false},
		{"logs", "logs", "logs/new", os.O_RDWR, true},
		{"*", "logs", "logs/new", os.O_RDWR, true},
		{"*", "*", "logs/new", os.O_RDWR, true},
		{"", "*", "logs/new", os.O_RDWR, false},
		{"logs", "*", "logs/new", os.O_RDWR, true},
		{"logs", "*", "logs/newer", os.O_RDWR | os.O_CREATE, true},
		{"logs", "*", "other", os.O_RDWR, false},
		// A link that leads out of what can be read, and stays in what can be written.
		{"logs", ".", "logs/link", os.O_WRONLY, true},
		{"logs", ".", "logs/link", os.O_RDWR, false},
		{"logs", "*", "logs/link", os.O_RDWR, false},
		{"logs,other", "*", "logs/link", os.O_RDWR, false},
		{"other", "*", "logs/link", os.O_RDWR, false},
		{"logs/link", "*", "logs/link", os.O_RDWR, true},
		{".", "logs", "logs/link", os.O_RDWR, false},
		{".", ".", "logs/link", os.O_RDWR, true},
		{"", "*", "other", os.O_WRONLY | os.O_CREATE, true},
		{"", "logs", "other", os.O_WRONLY, false},
		{"logs", "", "logs/new", os.O_WRONLY, false},
	} {
		c := Config{Permissions: Permissions{Read: one(tt.read), Write: one(tt.write)}}
		rt, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		f, err := rt.files.open(context.Background(), tt.name, tt.flag)
		if err == nil {
			f.Close()
		}
		if tt.ok != (err == nil) || !tt.ok && !refused(err) {
			t.Errorf("Read %q, Write %q: open(%q, %#x) = %v; want ok %v", tt.read, tt.write, tt.name, tt.flag, err, tt.ok)
		}
	}
	for _, tt := range []struct {
		p    Permissions
		want string // "" for none
	}{
		{Permissions{Read: []string{""}}, `runtime.Config: Permissions.Read: "" is not a folder`},
		{Permissions{Write: []string{""}}, `runtime.Config: Permissions.Write: "" is not a folder`},
		// A grant of what is not there is a slip, unless the script may make it.
		{Permissions{Read: []string{"logs", "nowhere"}}, `runtime.Config: Permissions.Read: there is no file or folder "nowhere"`},
		{Permissions{Read: []string{"nowhere/x"}}, `runtime.Config: Permissions.Read: there is no file or folder "nowhere/x"`},
		{Permissions{Write: []string{"nowhere/x"}}, `runtime.Config: Permissions.Write: there is no file or folder "nowhere/x"`},
		{Permissions{Write: []string{"later"}}, ""},
		{Permissions{Write: []string{"logs/later"}}, ""},
		{Permissions{Read: []string{"later"}, Write: []string{"later"}}, ""},
		{Permissions{Read: []string{"logs/later"}, Write: []string{"logs"}}, ""},
	} {
		if _, err := New(Config{Permissions: tt.p}); (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
			t.Errorf("New with %+v = %v; want %q", tt.p, err, tt.want)
		}
	}
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func TestOpenFS(t *testing.T) {
	rt, err := New(Config{FS: tree(map[string]string{"a/b": "B"})})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a/b": "B", "./a/b": "B", "a/../a/b": "B", "x": "missing", "../a/b": "refused", "/etc/passwd": "refused", "a/../../x": "refused",
	} {
		if got := content(rt.files.open(context.Background(), name, os.O_RDONLY)); got != want {
			t.Errorf("open(%q) = %s; want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{"a/b": "there", "a": "there", "a/../a/b": "there", "x": "missing", "../a/b": "refused", "/etc/passwd": "refused"} {
		if got := statted(rt.files.stat(name)); got != want {
			t.Errorf("stat(%q) = %s; want %s", name, got, want)
		}
	}
	if _, err := rt.files.open(context.Background(), "a/b", os.O_WRONLY); !refused(err) {
		t.Errorf("open for writing = %v; want a refusal", err)
	}
}

func TestGetenv(t *testing.T) {
	t.Setenv("STARWIRE_A", "1")
	t.Setenv("STARWIRE_B", "2")
	for grant, want := range map[string]string{
		"":           "refused refused refused",
		"STARWIRE_A": "1 refused refused",
		"*":          "1 2 unset",
	} {
		rt, err := New(Config{Permissions: Permissions{Env: one(grant)}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, name := range []string{"STARWIRE_A", "STARWIRE_B", "STARWIRE_C"} {
			v, ok, err := rt.getenv(name)
			switch {
			case refused(err):
				v = "refused"
			case !ok:
				v = "unset"
			}
			got = append(got, v)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Env %q: %s; want %s", grant, got, want)
		}
		names := rt.environ()
		if slices.Contains(names, "STARWIRE_B") != (grant == "*") || slices.Contains(names, "STARWIRE_A") != (grant != "") {
			t.Errorf("Env %q: environ() = %q", grant, names)
		}
	}
}
