package runtime

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestAudit runs scripts with every permission, then with those that the first run
// needed, and with none.
func TestAudit(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"data/in.txt": "in", "data/more/in.txt": "more", "lib.star": "x = 1", "mod.star": "y = 2", "*": "star", "a,b": "comma",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("data/in.txt", filepath.Join(dir, "link")); err != nil {
		t.Skipf("the system lets this user make no symbolic link: %v", err)
	}
	t.Chdir(dir)
	t.Setenv("STARWIRE_A", "1")
	server := accepting(t)
	at := fmt.Sprint(server.Port())
	lookup := func(_ context.Context, name string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.2"), server.Addr()}, nil
	}
	for _, tt := range []struct {
		name, src string
		want      Permissions
		refused   []string // how the run without permissions is refused, begun; nil: not at all
	}{
		{"nothing", `print(1 + 1, json.dumps([1]))`, Permissions{}, nil},
		{"caught", `attempt(httplib.HTTPConnection("a.test", 1).connect)`, Permissions{}, nil}, // see below
		{"env", `print(os.environ.get("STARWIRE_A"), os.getenv("STARWIRE_NONE"))`,
			Permissions{Env: []string{"STARWIRE_A", "STARWIRE_NONE"}}, []string{"read environment variable STARWIRE_A (to allow it: --allow-env=STARWIRE_A)"}},
		{"all of env", `print(len(os.environ) > 0, os.environ.get("STARWIRE_A"))`,
			Permissions{Env: []string{"*"}}, []string{"read environment variable STARWIRE_A"}},
		{"read", `print(open("data/in.txt").read(), open("data/../data/in.txt").read())`,
			Permissions{Read: []string{"data/in.txt"}}, []string{"read file data/in.txt (to allow it: --allow-read=data/in.txt)"}},
		{"read by link", `print(open("link").read())`, Permissions{Read: []string{"link"}}, []string{"read file link"}},
		{"odd names", `print(open("*").read(), open("a,b").read())`, Permissions{Read: []string{"./*", "a,b"}}, []string{"read file *"}},
		{"missing", `print(attempt(open, "data/none/x").error)`, Permissions{Read: []string{"data"}}, nil},
		{"exists", `print(os.path.exists("data/none"), os.path.exists("data/in.txt"), os.path.isdir("data/more"))`,
			Permissions{Read: []string{"data"}}, []string{"read file data/none (to allow it: --allow-read=data)"}},
		{"write", `
f = open("out.txt", "w")
f.write("x")
f.close()
print(open("out.txt").read())
`, Permissions{Read: []string{"out.txt"}, Write: []string{"out.txt"}}, []string{"write file out.txt (to allow it: --allow-write=out.txt)"}},
		{"read and write", `
f = open("data/in.txt", "r+")
f.write("in")
f.close()
`, Permissions{Read: []string{"data/in.txt"}, Write: []string{"data/in.txt"}}, []string{"write file data/in.txt"}},
		{"load", `load("lib.star", "x")`, Permissions{Read: []string{"lib.star"}}, []string{"read file lib.star"}},
		{"listen", `
srv = testserver.start({"/": "hello"}, names=["www.python.org:80"])
for host in [srv.netloc, "www.python.org"]:
    c = httplib.HTTPConnection(host)
    c.request("GET", "/")
    print(c.getresponse().read())
`, Permissions{Listen: true}, []string{"listen on 127.0.0.1 (to allow it: --allow-listen)"}},
		{"address", `socket.create_connection(("127.0.0.1", PORT)).close()`,
			Permissions{Net: []string{"127.0.0.1:" + at}}, []string{"connect to 127.0.0.1:" + at}},
		{"localhost", `attempt(socket.create_connection, ("LocalHost.", PORT))`, Permissions{Net: []string{"localhost:" + at}}, nil},
		{"name for private addresses", `socket.create_connection(("app.test", PORT)).close()`,
			Permissions{Net: []string{"127.0.0.1:" + at, "127.0.0.2:" + at, "app.test:" + at}}, []string{"connect to app.test:" + at}},
		{"numeric spelling", `socket.create_connection(("2130706433", PORT)).close()`,
			Permissions{Net: []string{"127.0.0.1:" + at, "127.0.0.2:" + at, "2130706433:" + at}}, []string{"connect to 2130706433:" + at}},
		{"routed", `httplib.HTTPConnection("routed.test").connect()`, Permissions{Net: []string{"routed.test:80"}}, []string{"connect to routed.test:80"}},
		{"tunnel", `
c = httplib.HTTPSConnection("127.0.0.1", PORT)
c.set_tunnel("Far.test", 443)
attempt(c.connect)
`, Permissions{Net: []string{"127.0.0.1:" + at, "far.test:443"}}, nil},
		{"unix", `attempt(socket.socket(socket.AF_UNIX).connect, "/none/x")`, Permissions{Net: []string{"unix:/none/x"}}, nil},
		{"parallel", `parallel(lambda name: open(name).read(), ["data/in.txt", "data/more/in.txt"])`,
			Permissions{Read: []string{"data/in.txt", "data/more/in.txt"}}, []string{"read file data/"}},
		{"failure", `
open("data/in.txt")
fail("enough")
`, Permissions{Read: []string{"data/in.txt"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := []byte(strings.ReplaceAll(tt.src, "PORT", at))
			run := func(p Permissions) (*Audit, string, error) {
				t.Helper()
				var a Audit
				rt, out := newRuntime(t, Config{
					Permissions: p, Audit: a.Add, Lookup: lookup,
					Resolve: map[string]string{"routed.test:80": server.String()},
				})
				_, err := rt.Run(context.Background(), "x.star", src)
				return &a, out.String(), err
			}
			want := tt.want
			if tt.name == "caught" { // the addresses were tried too
				want.Net = []string{"127.0.0.1:1", "127.0.0.2:1", "a.test:1"}
			}
			os.Remove("out.txt")
			first, out, err := run(Everything())
			if got := first.Permissions(); !reflect.DeepEqual(got, want) || len(first.Refused()) > 0 {
				t.Errorf("needed %+v, refused %v, error %v; want %+v", got, first.Refused(), err, want)
			}
			second, out2, err2 := run(first.Permissions())
			if fmt.Sprint(err2) != fmt.Sprint(err) || out2 != out || len(second.Refused()) > 0 {
				t.Errorf("with what it needed: %v, printed %q, refused %v; want %v, %q", err2, out2, second.Refused(), err, out)
			}
			if got := second.Permissions(); !reflect.DeepEqual(got, want) {
				t.Errorf("then it needed %+v; want %+v", got, want)
			}
			for what, p := range without(first.Permissions()) {
				if a, _, err := run(p); len(a.Refused()) == 0 {
					t.Errorf("without %s nothing is refused: %v", what, err)
				}
			}
			os.Remove("out.txt")
			third, _, err3 := run(Permissions{})
			refusals := third.Refused()
			if tt.refused != nil && !refused(err3) {
				t.Errorf("without permissions: %v; want a refusal", err3)
			}
			for i, text := range tt.refused {
				if i >= len(refusals) || !strings.HasPrefix(refusals[i].Error(), "not allowed to "+text) {
					t.Errorf("refused %v; want %s", refusals, text)
				}
			}
		})
	}
}

// without returns p without each of its grants in turn.
func without(p Permissions) map[string]Permissions {
	all := make(map[string]Permissions)
	for i := range p.Net {
		q := p
		q.Net = slices.Delete(slices.Clone(p.Net), i, i+1)
		all["Net "+p.Net[i]] = q
	}
	for i := range p.Read {
		q := p
		q.Read = slices.Delete(slices.Clone(p.Read), i, i+1)
		all["Read "+p.Read[i]] = q
	}
	for i := range p.Write {
		q := p
		q.Write = slices.Delete(slices.Clone(p.Write), i, i+1)
		all["Write "+p.Write[i]] = q
	}
	for i := range p.Env {
		q := p
		q.Env = slices.Delete(slices.Clone(p.Env), i, i+1)
		all["Env "+p.Env[i]] = q
	}
	if q := p; q.Listen {
		q.Listen = false
		all["Listen"] = q
	}
	return all
}

// TestAuditImports: import looks for several files, and needs the one it finds.
func TestAuditImports(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("mod.star", []byte("y = 2"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Permissions{Everything(), {}} {
		var a Audit
		rt, _ := newRuntime(t, Config{Permissions: p, Audit: a.Add})
		_, err := rt.Run(context.Background(), "x.py", []byte("import mod\nimport none\n"))
		if got := a.Permissions().Read; err == nil || !reflect.DeepEqual(got, []string{"mod.star"}) || (len(a.Refused()) > 0) == (p.Read != nil) {
			t.Errorf("Read %q: needed %q, refused %v, error %v; want mod.star", p.Read, got, a.Refused(), err)
		}
	}
}

// TestAuditOfTricks: what a script makes up as a name is no grant of more.
func TestAuditOfTricks(t *testing.T) {
	for _, p := range []Permissions{{}, {Net: []string{"*", "unix:*"}, Env: []string{"*"}, DenyNet: []string{"denied.test", "unix:/denied"}}} {
		var a Audit
		rt, _ := newRuntime(t, Config{Permissions: p, Audit: a.Add, Lookup: func(context.Context, string) ([]netip.Addr, error) {
			return nil, fmt.Errorf("nobody knows")
		}})
		_, err := rt.Run(context.Background(), "x.star", []byte(`
for name in ["*", "private", "*.com", "10.0.0.0/8", "http://a", "a,b", "unix:*", "a@b", "denied.test"]:
    attempt(httplib.HTTPConnection(name, 80).connect)
    attempt(socket.create_connection, (name, 80))
attempt(socket.socket(socket.AF_UNIX).connect, "/denied")
attempt(os.getenv, "a=b")
`))
		got := a.Permissions()
		if p.Net == nil {
			got.Net = remove(remove(got.Net, "denied.test:80"), "unix:/denied")
		}
		if err != nil || len(got.Net)+len(got.Env) > 0 {
			t.Errorf("needed %+v, %v; want nothing", got, err)
		}
	}
}

func remove(list []string, item string) []string {
	var rest []string
	for _, s := range list {
		if s != item {
			rest = append(rest, s)
		}
	}
	return rest
}

// TestAuditIsBounded has a script ask for more names than an Audit keeps.
func TestAuditIsBounded(t *testing.T) {
	for _, src := range []string{
		`for i in range(30000): attempt(os.getenv, "A" + str(i))`,
		`for i in range(600): attempt(os.getenv, "A" * 10000 + str(i))`,
	} {
		var a Audit
		rt, _ := newRuntime(t, Config{Audit: a.Add})
		_, err := rt.Run(context.Background(), "x.star", []byte(src))
		if n := len(a.Permissions().Env); err != nil || a.Dropped() == 0 || n == 0 || n > maxAudited || a.bytes > maxAuditedBytes {
			t.Errorf("%s: %d names in %d bytes, %d dropped, error %v", src, n, a.bytes, a.Dropped(), err)
		}
	}
}

func TestAuditFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ targets, want string }{
		{"a b/c", "a b/c"},
		{"a a/b a/b/c ab", "a ab"},
		{". a b/c", "."},
		{"/ a /b", "/"},
		{cwd + "/a a", "a"},
		{cwd + " a", cwd},
		{"../x ../x/y", "../x"},
	} {
		var a Audit
		for target := range strings.FieldsSeq(tt.targets) {
			a.Add(Grant{Kind: GrantRead, Target: target})
		}
		if got := strings.Join(a.Permissions().Read, " "); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.targets, got, tt.want)
		}
	}
}
