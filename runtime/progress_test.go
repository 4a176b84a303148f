package runtime

import (
	"path/filepath"
	"strings"
	"testing"

	"starwire/runtime/host"
)

// counter is a Meter.
type counter struct{ moved, ended int64 }

func (c *counter) Add(n int64) { c.moved += n }
func (c *counter) Done()       { c.ended++ }

// TestConfigProgress: an embedder hears of transfers that scripts want shown.
func TestConfigProgress(t *testing.T) {
	var label string
	var total int64
	var c counter
	rt, err := New(Config{
		Permissions: Everything(),
		Progress:    func(l string, n int64) host.Meter { label, total = l, n; return &c },
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.ToSlash(filepath.Join(t.TempDir(), "page.txt"))
	script := strings.ReplaceAll(`
srv = testserver.start({"/": "x" * 100000})
c = httplib.HTTPConnection(srv.host, srv.port)
c.request("GET", "/")
n = c.getresponse().save("PATH", progress = True)
`, "PATH", path)
	globals, err := rt.Run(t.Context(), "get.star", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	if label != "page.txt" || total != 100000 || c != (counter{100000, 1}) || globals["n"].String() != "100000" {
		t.Errorf("Progress(%q, %d), then %+v; saved %s; want page.txt, 100000 bytes, one end", label, total, c, globals["n"])
	}
}
