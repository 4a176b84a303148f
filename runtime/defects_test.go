package runtime

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// defective panics in whatever it is asked.
type defective struct{}

func (defective) Read([]byte) (int, error)     { panic("a defect") }
func (defective) Write([]byte) (int, error)    { panic("a defect") }
func (defective) Open(string) (fs.File, error) { panic("a defect") }
func (defective) Add(int64)                    { panic("a defect") }
func (defective) Done()                        { panic("a defect") }

// TestDefects: a panic in a function of Config's, on whatever goroutine, is an error
// of the run and no end of the process.
func TestDefects(t *testing.T) {
	const get = `
srv = testserver.start({"/": "x"})
def get(n=0):
    c = httplib.HTTPConnection(srv.netloc)
    c.request("GET", "/")
    return c.getresponse()
`
	granted := func(c Config) Config {
		c.Permissions = Everything()
		return c
	}
	observe := granted(Config{Observe: func(*Exchange) { panic("a defect") }})
	audit := granted(Config{Audit: func(Grant) { panic("a defect") }})
	printing := Config{Print: func(string) { panic("a defect") }}
	for _, tt := range []struct {
		name string
		c    Config
		src  string
	}{
		{"Print", printing, "print(1)"},
		{"Print of a line without an end", printing, "sys.stdout.write('x')"},
		{"Print for print's comma", Config{Print: printing.Print, Dialect: DialectPython}, "print 1,"},
		{"Print in parallel", printing, "parallel(print, [1, 2])"},
		{"Print of what was kept", Config{Print: func(line string) {
			if line == "second" {
				panic("a defect")
			}
		}}, `
def f(n):
    if n == 0:
        time.sleep(0.01)
    print(["first", "second"][n])
parallel(f, range(2))`},
		{"Stdout", Config{Stdout: defective{}}, "print(1)"},
		{"Stderr", Config{Stderr: defective{}}, "sys.stderr.write('x')"},
		{"Stdin", Config{Stdin: defective{}}, "sys.stdin.read()"},
		{"FS", Config{FS: defective{}}, "open('x')"},
		{"FS, loading", Config{FS: defective{}}, "load('x.star', 'y')"},
		{"Dial", granted(Config{Dial: func(context.Context, string, string) (net.Conn, error) { panic("a defect") }}), "httplib.HTTPConnection('h').connect()"},
		{"Lookup", granted(Config{Lookup: func(context.Context, string) ([]netip.Addr, error) { panic("a defect") }}), "httplib.HTTPConnection('h').connect()"},
		{"Now", Config{Now: func() time.Time { panic("a defect") }}, "time.time()"},
		{"Now in parallel", Config{Now: func() time.Time { panic("a defect") }}, "parallel(len, ['a', 'b', 'c'], rate=(1, 1))"},
		{"Sleep", Config{Sleep: func(context.Context, time.Duration) error { panic("a defect") }}, "time.sleep(1)"},
		{"Rand", Config{Rand: defective{}}, "os.urandom(1)"},
		{"Observe", observe, get + "get().read()"},
		{"Observe at the end of the run", observe, get + "get()"},
		{"Observe in parallel", observe, get + "parallel(get, range(8))"},
		{"Audit", audit, "os.getenv('HOME')"},
		{"Audit of an address", audit, "httplib.HTTPConnection('localhost', 1).connect()"},
		{"Audit of a file", audit, "open('x')"},
		{"Progress", granted(Config{Progress: func(string, int64) Meter { panic("a defect") }}), get + "get().save(OUT, progress=True)"},
		{"Meter", granted(Config{Progress: func(string, int64) Meter { return defective{} }}), get + "get().save(OUT, progress=True)"},
		{"OnConcurrent", Config{OnConcurrent: func() { panic("a defect") }}, "parallel(len, ['a', 'b'])"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.c.Stdout == nil {
				tt.c.Stdout = io.Discard
			}
			rt, err := New(tt.c)
			if err != nil {
				t.Fatal(err)
			}
			globals, err := rt.Run(context.Background(), "x.star", []byte(strings.ReplaceAll(tt.src, "OUT", strconv.Quote(filepath.Join(t.TempDir(), "out")))))
			var defect *PanicError
			if !errors.As(err, &defect) || defect.Value != "a defect" || globals != nil || err.Error() != "RuntimeError: internal error: a defect" {
				t.Fatalf("Run = %v, %v; want the panic as an error", globals, err)
			}
			// The function is told, on whatever goroutine it panicked.
			if !strings.Contains(string(defect.Stack), "defects_test.go") {
				t.Errorf("the stack does not show the defect:\n%s", defect.Stack)
			}
			if !strings.Contains(FormatError(err), "hint: this is a defect of starwire or of the program around it") {
				t.Errorf("FormatError:\n%s", FormatError(err))
			}
		})
	}
}
