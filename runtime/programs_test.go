package runtime_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starwire/runtime"
	"starwire/runtime/scripttest"
)

// TestPrograms runs the Python 2 programs of testdata/python, unchanged, and
// compares what they print and what the server receives with CPython 2.7.18.
func TestPrograms(t *testing.T) {
	programs, err := scripttest.LoadPrograms("../testdata/python")
	if err != nil {
		t.Fatal(err)
	}
	if len(programs) < 80 {
		t.Errorf("%d programs; want 80 at least", len(programs))
	}
	for _, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			if d := p.CPython.Diff(runProgram(t, p, "program.py", p.Source)); d != "" {
				t.Errorf("%s\n%s", p.About, d)
			}
		})
	}
}

// runProgram runs a program's source under the name against the program's server.
func runProgram(t *testing.T, p *scripttest.Program, name, source string) scripttest.Outcome {
	t.Helper()
	certs, err := filepath.Abs("../testdata/httplib/certs")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(filepath.Join(certs, "ca.pem")); err != nil || !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("ca.pem: %v", err)
	}
	folder := t.TempDir()
	for name, text := range p.Files {
		data, err := scripttest.Decode(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := strings.ReplaceAll(p.Args, "{DIR}", folder)
	var peer *scripttest.Peer
	var ports scripttest.Ports
	if p.HasServer {
		server, err := scripttest.ParseServer(p.Server)
		if err != nil {
			t.Fatal(err)
		}
		if peer, err = server.Start(certs, 0); err != nil {
			t.Fatal(err)
		}
		ports = peer.Ports()
		for name, port := range ports {
			args = strings.ReplaceAll(args, "{"+name+"}", fmt.Sprint(port))
		}
	}
	var stdout, stderr strings.Builder
	rt, err := runtime.New(runtime.Config{
		Permissions: runtime.Permissions{Net: []string{"*"}, Read: []string{"*"}, Write: []string{folder}},
		Args:        append([]string{name}, splitArgs(args)...),
		Stdin:       strings.NewReader(p.Stdin),
		Stdout:      &stdout,
		Stderr:      &stderr,
		RootCAs:     roots,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err = rt.Run(ctx, name, []byte(source))
	said := stderr.String()
	if i := strings.Index(said, "Traceback (most recent call last)"); i >= 0 {
		said = said[:i] + strings.SplitAfter(strings.TrimSuffix(said[i:], "\n"), "\n")[strings.Count(strings.TrimSuffix(said[i:], "\n"), "\n")] + "\n"
	}
	var exit *runtime.ExitError
	var failed *runtime.Error
	switch {
	case errors.As(err, &exit):
		said += runtime.FormatError(err)
	case errors.As(err, &failed):
		said += err.Error() + "\n"
		t.Logf("%s", runtime.FormatError(err))
	case err != nil:
		t.Errorf("%s", runtime.FormatError(err))
	}
	if said != "" && !strings.HasSuffix(said, "\n") {
		said += "\n"
	}
	if code := runtime.ExitCode(err); code != 0 {
		said += fmt.Sprintf("exit %d\n", code)
	}
	var sent string
	if peer != nil {
		var perr error
		if sent, perr = peer.Finish(); perr != nil {
			t.Errorf("server: %v", perr)
		}
	}
	unnamed := strings.NewReplacer(folder, "{DIR}")
	return scripttest.NewOutcome(sent, unnamed.Replace(stdout.String()), unnamed.Replace(said), ports)
}

// splitArgs splits as a shell does, as far as the programs need it: at spaces
// outside single quotes.
func splitArgs(line string) []string {
	var args []string
	for i, part := range strings.Split(strings.TrimSpace(line), "'") {
		if i%2 == 1 {
			args = append(args, part)
			continue
		}
		args = append(args, strings.Fields(part)...)
	}
	return args
}
