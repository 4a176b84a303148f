package httplibmod_test

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starwire/runtime"
	"starwire/runtime/scripttest"
)

var update = flag.Bool("update", false, "write starwire's outcome into the transcripts that differ on purpose")

const corpus = "../testdata/httplib"

// caseLimit is how long a case may take before its run is cancelled. None needs
// a tenth of it.
const caseLimit = 10 * time.Second

// TestTranscripts runs every script recorded from CPython 2.7.18 and compares
// what it prints and what the server receives. Where starwire differs on
// purpose the case says so, with the number of the difference.
func TestTranscripts(t *testing.T) {
	cases, err := scripttest.LoadCases(corpus)
	if err != nil {
		t.Fatal(err)
	}
	prelude, err := os.ReadFile(filepath.Join(corpus, "prelude.star"))
	if err != nil {
		t.Fatal(err)
	}
	certs, err := filepath.Abs(filepath.Join(corpus, "certs"))
	if err != nil {
		t.Fatal(err)
	}
	// What the system trusts is, for the recorder too, the cases' own authority.
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(certs, "ca.pem"))
	if err != nil || !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("ca.pem: %v", err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			got := replay(t, c, string(prelude), certs, roots)
			if *update && len(c.Differences) > 0 && !t.Failed() {
				if err := c.SaveStarwire(got); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := c.Starwire.Diff(got); d != "" {
				t.Errorf("%s\n%s", c.Source, d)
			}
		})
	}
}

// replay runs the case's script against its server.
func replay(t *testing.T, c *scripttest.Case, prelude, certs string, roots *x509.CertPool) scripttest.Outcome {
	t.Helper()
	folder := t.TempDir()
	for name, text := range c.Files {
		data, err := scripttest.Decode(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var peer *scripttest.Peer
	if c.HasServer {
		server, err := scripttest.ParseServer(c.Server)
		if err != nil {
			t.Fatal(err)
		}
		if peer, err = server.Start(certs, 0); err != nil {
			t.Fatal(err)
		}
	}
	stdout := new(strings.Builder)
	rt, err := runtime.New(runtime.Config{
		Permissions: runtime.Permissions{Net: []string{"*"}, Read: []string{folder, certs}},
		Stdout:      stdout,
		Dialect:     runtime.DialectStarlark,
		RootCAs:     roots,
		Predeclared: scripttest.World(peer, folder, certs),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), caseLimit)
	defer cancel()
	_, err = rt.Run(ctx, c.Name+".star", []byte(prelude+c.Script))
	var sent, lastLine string
	var ports scripttest.Ports
	if peer != nil {
		var perr error
		if sent, perr = peer.Finish(); perr != nil {
			t.Errorf("server: %v", perr)
		}
		ports = peer.Ports()
	}
	if err != nil {
		var failed *runtime.Error
		if !c.Uncaught || !errors.As(err, &failed) {
			t.Errorf("the script failed: %s", runtime.FormatError(err))
		}
		lastLine = err.Error() + "\n"
	}
	return scripttest.NewOutcome(sent, stdout.String(), lastLine, ports)
}
