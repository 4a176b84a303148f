package main

import (
	"context"
	"encoding/pem"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"starwire/runtime/command"
	"starwire/runtime/oneproc"
	"starwire/runtime/racetest"
	"starwire/runtime/shell"
)

func TestMain(m *testing.M) {
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") != "starwire" {
		// The commands under test stay on one processor, as package oneproc wants; they
		// run beside each other.
		oneproc.All(os.Getenv("GOMAXPROCS") != "")
		flag.Set("test.parallel", strconv.Itoa(runtime.GOMAXPROCS(0)))
	}
	testscript.Main(m, map[string]func(){"starwire": main})
}

// TestCommand runs testdata/cli: what each command line prints, and its exit status.
func TestCommand(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "cli"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root)
			e.Vars = append(e.Vars, racetest.Environment)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

// status runs a command that must end with the given exit status: status 2 starwire --nonsense.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit, ok := err.(*exec.ExitError); ok {
		got = strings.TrimPrefix(exit.String(), "exit status ")
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit status %s; want %s", got, args[0])
	}
}

// TestScripts runs every script of scripts/; its output is in testdata/scripts.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("scripts/*.star")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", "scripts", strings.TrimSuffix(filepath.Base(script), ".star")+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			out, errs, code := starwire(t, "", script)
			if code != 0 || errs != "" || out != string(want) {
				t.Errorf("exit status %d, standard error:\n%s\nstandard output:\n%s\nwant:\n%s", code, errs, out, want)
			}
		})
	}
}

// TestDocumentation runs the examples of httplib's documentation to the letter.
func TestDocumentation(t *testing.T) {
	docs, err := filepath.Glob("testdata/docs/*.txt")
	if err != nil || len(docs) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, doc := range docs {
		t.Run(filepath.Base(doc), func(t *testing.T) {
			out, errs, code := starwire(t, "", "doctest", "--setup", "testdata/docs/setup.star", doc)
			if code != 0 || !regexp.MustCompile(`^[1-9]\d* passed, 0 failed\n$`).MatchString(out) {
				t.Errorf("exit status %d\n%s%s", code, out, errs)
			}
		})
	}
}

// starwire runs the command in this process, with text as its standard input.
func starwire(t *testing.T, text string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "stdin")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	stdin, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	var out, errs strings.Builder
	code = command.Run(context.Background(), args, stdin, &out, &errs, false)
	return out.String(), errs.String(), code
}

// TestInterruptedRead: a pipe that sends nothing does not keep Ctrl-C out.
func TestInterruptedRead(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errs strings.Builder
	if code := command.Run(ctx, nil, r, io.Discard, &errs, false); code != 130 || !strings.Contains(errs.String(), "KeyboardInterrupt") {
		t.Errorf("status %d, %q; want 130", code, errs.String())
	}
}

// TestPipedBlock: the last block of piped input runs, though neither a blank line
// nor the end of a line follows it, and what went wrong is the exit status.
func TestPipedBlock(t *testing.T) {
	for _, tt := range []struct {
		text, stdout, stderr string
		code                 int
	}{
		{"def f():\n    print('last')\nfor i in [1]:\n    f()", "last\n", "", 0},
		{"x = 1\nif x:\n    print('last')\n    1//0", "last\n", "ZeroDivisionError", 1},
		{"import sys\nfor i in [1]:\n    print i", "1\n", "", 0},
		{"", "", "", 0},
	} {
		stdout, stderr, code := starwire(t, tt.text)
		if stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) || (stderr != "") != (tt.stderr != "") || code != tt.code {
			t.Errorf("piping %q: status %d\n%s%s", tt.text, code, stdout, stderr)
		}
	}
}

// TestCompletionsAreComplete: every flag and every subcommand of the usage text is
// in each shell's script.
func TestCompletionsAreComplete(t *testing.T) {
	usage, _, _ := starwire(t, "", "--help")
	flags := regexp.MustCompile(`(?m)(?:^|[\s\[(])(--?[a-z][a-z-]*)`).FindAllStringSubmatch(usage, -1)
	commands := regexp.MustCompile(`(?m)^  starwire ([a-z]+)`).FindAllStringSubmatch(usage, -1)
	if len(flags) < 25 || len(commands) < 5 {
		t.Fatalf("%d flags, %d commands in the usage text; there are more", len(flags), len(commands))
	}
	for _, name := range shell.Shells {
		text, err := shell.Completion(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range flags {
			pattern := regexp.QuoteMeta(m[1]) + `[^a-z-]`
			if name == "fish" {
				bare := strings.TrimLeft(m[1], "-")
				pattern = ` -[lso] ` + regexp.QuoteMeta(bare) + `\s`
			}
			if !regexp.MustCompile(pattern).MatchString(text) {
				t.Errorf("the completion of %s does not have %s", name, m[1])
			}
		}
		for _, m := range commands {
			if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(text) {
				t.Errorf("the completion of %s does not have the command %s", name, m[1])
			}
		}
	}
}

// TestReadme runs what README.md tells a reader to type and to write.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	blocks := regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(readme, -1)

	t.Run("session", func(t *testing.T) {
		out, errs, code := starwire(t, "", "doctest", "README.md")
		if code != 0 || !regexp.MustCompile(`^[1-9]\d* passed, 0 failed\n$`).MatchString(out) {
			t.Errorf("exit status %d\n%s%s", code, out, errs)
		}
	})
	t.Run("script", func(t *testing.T) {
		var script, want string
		for i, b := range blocks {
			if b[1] == "python" {
				script, want = b[2], blocks[i+1][2]
			}
		}
		out, errs, code := starwire(t, script)
		if script == "" || code != 0 || errs != "" || out != want {
			t.Errorf("exit status %d, %s\ngot\n%s\nwant\n%s", code, errs, out, want)
		}
	})
	t.Run("commands", func(t *testing.T) {
		ran := 0
		for _, b := range blocks {
			if b[1] != "sh" {
				continue
			}
			for line := range strings.Lines(b[2]) {
				args, ok := strings.CutPrefix(strings.TrimSpace(line), "go run . ")
				if !ok {
					if strings.TrimSpace(line) != "go test ./..." { // which is running
						t.Errorf("a command this test does not know: %s", line)
					}
					continue
				}
				ran++
				if out, errs, code := starwire(t, "", shellWords(args)...); code != 0 || out == "" {
					t.Errorf("%s: exit status %d, %s%s", line, code, out, errs)
				}
			}
		}
		if ran < 2 {
			t.Errorf("ran %d commands; want at least 2", ran)
		}
	})
	t.Run("embedding", func(t *testing.T) {
		program, err := os.ReadFile("testdata/embed/main.go")
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, b := range blocks {
			if b[1] == "go" {
				found++
				if !strings.Contains(string(program), b[2]) {
					t.Errorf("testdata/embed/main.go does not have\n%s", b[2])
				}
			}
		}
		out, err := exec.Command("go", "run", "./testdata/embed").CombinedOutput()
		if err != nil || string(out) != "total: 42\n" || found == 0 {
			t.Errorf("%v, output %q, %d blocks", err, out, found)
		}
	})
	t.Run("links", func(t *testing.T) {
		for _, m := range regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(readme, -1) {
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("a link leads nowhere: %v", err)
			}
		}
	})
}

// shellWords splits at spaces outside single quotes.
func shellWords(s string) []string {
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|[^ ']+`).FindAllStringSubmatch(s, -1) {
		if m[1] != "" {
			words = append(words, m[1])
		} else {
			words = append(words, m[0])
		}
	}
	return words
}

// TestNetworkFlags is --resolve, --cacert and --debuglevel against servers of
// the test's own.
func TestNetworkFlags(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello "+r.Host) })
	plain := httptest.NewServer(hello)
	defer plain.Close()
	secure := httptest.NewUnstartedServer(hello)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that the client refuses
	secure.StartTLS()
	defer secure.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	const get = "c.request('GET', '/'); print(c.getresponse().read())"
	overHTTP := "c = httplib.HTTPConnection('www.example.org'); " + get
	overTLS := "c = httplib.HTTPSConnection('example.com'); " + get // a name of httptest's certificate
	toPlain := "--resolve=www.example.org:80:" + plain.Listener.Addr().String()
	toSecure := "--resolve=example.com:443:" + secure.Listener.Addr().String()
	tests := []struct {
		name           string
		args           []string
		stdout, stderr string // patterns
		code           int
	}{
		{"resolve", []string{toPlain, "-c", overHTTP}, `^hello www\.example\.org\n$`, `^$`, 0},
		{"cacert", []string{toSecure, "--cacert", ca, "-c", overTLS}, `^hello example\.com\n$`, `^$`, 0},
		{"no cacert", []string{toSecure, "-c", overTLS}, `^$`, `ssl\.SSLError: .*CERTIFICATE_VERIFY_FAILED`, 1},
		{"wrong name", []string{strings.Replace(toSecure, "example.com", "other.org", 1), "--cacert", ca, "-c", strings.Replace(overTLS, "example.com", "other.org", 1)},
			`^$`, `ssl\.CertificateError: hostname 'other\.org' doesn't match`, 1},
		{"debuglevel", []string{toPlain, "--debuglevel", "1", "-c", overHTTP},
			`^send: 'GET / HTTP/1\.1\\r\\nHost: www\.example\.org\\r\\n.*\nreply: 'HTTP/1\.1 200 OK\\r\\n'\nheader: `, `^$`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stdout, stderr, code := starwire(t, "", tt.args...)
			if code != tt.code || !regexp.MustCompile(tt.stdout).MatchString(stdout) || !regexp.MustCompile(tt.stderr).MatchString(stderr) {
				t.Errorf("%q: exit status %d\n%s%s", tt.args, code, stdout, stderr)
			}
		})
	}
}
