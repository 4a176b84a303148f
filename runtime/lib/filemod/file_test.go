package filemod

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.starlark.net/starlark"
	"go.uber.org/goleak"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/py"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/file.session", Builtin)
}

// call calls a method.
func call(thread *starlark.Thread, v starlark.Value, name string, args ...starlark.Value) (starlark.Value, error) {
	m, err := v.(starlark.HasAttrs).Attr(name)
	if err != nil {
		return nil, err
	}
	return starlark.Call(thread, m, args, nil)
}

// text is call of a method that returns a string.
func text(t *testing.T, thread *starlark.Thread, v starlark.Value, name string, args ...starlark.Value) string {
	t.Helper()
	x, err := call(thread, v, name, args...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	s, _ := starlark.AsString(x)
	return s
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestNothingGranted(t *testing.T) {
	for mode, want := range map[string]string{
		"r": "PermissionError: not allowed to read file x (to allow it: --allow-read=DIR)",
		"w": "PermissionError: not allowed to write file x (to allow it: --allow-write=DIR)",
	} {
		_, err := Open(new(starlark.Thread), "x", mode)
		var refused *host.PermissionError
		if err == nil || err.Error() != want || !errors.As(err, &refused) {
			t.Errorf("Open(x, %s): %v; want %s", mode, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{&fs.PathError{Op: "open", Path: "real", Err: fs.ErrNotExist}, "IOError: [Errno 2] No such file or directory: 'x'"},
		{fs.ErrPermission, "IOError: [Errno 13] Permission denied: 'x'"},
		{fs.ErrExist, "IOError: [Errno 17] File exists: 'x'"},
		{fs.ErrInvalid, "IOError: [Errno 22] Invalid argument: 'x'"},
		{errors.New("odd"), "IOError: [Errno 5] odd: 'x'"},
		{os.ErrClosed, "ValueError: I/O operation on closed file"},
		{host.ErrEnded, host.ErrEnded.Error()},
		{&host.LimitError{Limit: "bytes read", Value: "1"}, "limit exceeded: bytes read (1)"},
		{py.KeyError.New(nil), "KeyError"},
	}
	for _, tt := range tests {
		if got := Error(tt.err, "x"); got.Error() != tt.want || !errors.Is(got, tt.err) && tt.err != os.ErrClosed {
			t.Errorf("Error(%v) = %v; want %s", tt.err, got, tt.want)
		}
	}
}

func TestFrozen(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	f, err := Open(thread, writeFile(t, "a\n"), "r+")
	if err != nil {
		t.Fatal(err)
	}
	f.Freeze()
	for name, want := range map[string]string{
		"read": "read from", "readline": "read from", "readlines": "read from", "next": "read from", "tell": "read from",
		"write": "write to", "writelines": "write to", "truncate": "write to", "flush": "write to", "seek": "seek in", "close": "close",
	} {
		var args []starlark.Value
		switch name {
		case "write", "writelines":
			args = []starlark.Value{starlark.String("x")}
		case "seek":
			args = []starlark.Value{starlark.MakeInt(0)}
		}
		if _, err := call(thread, f, name, args...); err == nil || err.Error() != "TypeError: cannot "+want+" frozen file" {
			t.Errorf("%s of a frozen file: %v", name, err)
		}
	}
	if _, err := f.Content(); err == nil {
		t.Error("Content of a frozen file: no error")
	}
	got := libtest.Eval(thread, starlark.StringDict{"f": f}, "[l for l in f]")
	if got != "! TypeError: 'cannot read from frozen file'\n" {
		t.Errorf("a loop over a frozen file: %s", got)
	}
}

func TestBudget(t *testing.T) {
	thread, h := libtest.Thread(t, host.Host{Budget: &host.Budget{ReadLimit: 20000, WriteLimit: 10}})
	f, err := Open(thread, writeFile(t, strings.Repeat("x", 30000)), "r+")
	if err != nil {
		t.Fatal(err)
	}
	var limit *host.LimitError
	if _, err := call(thread, f, "read"); !errors.As(err, &limit) {
		t.Errorf("read beyond the limit: %v; want a LimitError", err)
	}
	if _, err := call(thread, f, "write", starlark.String("0123456789a")); !errors.As(err, &limit) {
		t.Errorf("write beyond the limit: %v; want a LimitError", err)
	}
	h.Resources.Close()
	if _, err := call(thread, f, "readline"); err == nil {
		t.Error("readline after the end of the run: no error")
	}
}

func TestEndOfRunCloses(t *testing.T) {
	thread, h := libtest.Thread(t, host.Host{})
	name := writeFile(t, "abc")
	f, err := Open(thread, name, "r")
	if err != nil {
		t.Fatal(err)
	}
	g, err := Open(thread, name, "r")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := call(thread, g, "close"); err != nil || h.Resources.Len() != 1 {
		t.Errorf("close: %v; %d resources are open, want 1", err, h.Resources.Len())
	}
	h.Resources.Close()
	if _, err := call(thread, f, "read"); err == nil || err.Error() != "ValueError: I/O operation on closed file" {
		t.Errorf("read after the end of the run: %v", err)
	}
	if _, err := Open(thread, name, "r"); !errors.Is(err, host.ErrEnded) {
		t.Errorf("Open after the end of the run: %v; want ErrEnded", err)
	}
}

func TestContent(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	f, err := Open(thread, writeFile(t, "one\ntwo\nthree"), "r")
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := f.Remaining(); n != 13 || !ok {
		t.Errorf("Remaining() = %d, %v; want 13, true", n, ok)
	}
	if line := text(t, thread, f, "readline"); line != "one\n" {
		t.Errorf("readline() = %q", line)
	}
	if n, ok := f.Remaining(); n != 9 || !ok {
		t.Errorf("Remaining() after a line = %d, %v; want 9, true", n, ok)
	}
	r, err := f.Content()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.(*os.File); !ok {
		t.Errorf("Content() is a %T; want the *os.File", r)
	}
	p := make([]byte, 4)
	if _, err := io.ReadFull(r, p); err != nil || string(p) != "two\n" {
		t.Errorf("Content reads %q, %v; want two", p, err)
	}
	if rest := text(t, thread, f, "read"); rest != "three" {
		t.Errorf("read() after Content = %q; want three", rest)
	}
	call(thread, f, "close")
	if _, err := f.Content(); err == nil || err.Error() != "ValueError: I/O operation on closed file" {
		t.Errorf("Content of a closed file: %v", err)
	}
	if _, ok := f.Remaining(); ok {
		t.Error("Remaining of a closed file: ok")
	}
}

// openPipe returns a File over the read end of a pipe, and the write end.
func openPipe(t *testing.T, thread *starlark.Thread) (*File, *os.File) {
	t.Helper()
	f, err := Open(thread, "pipe", "r")
	if err != nil {
		t.Fatal(err)
	}
	return f, pipeEnd
}

var pipeEnd *os.File

func pipeHost(t *testing.T) host.Host {
	return host.Host{Open: func(name string, flag int) (host.File, error) {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		pipeEnd = w
		t.Cleanup(func() { w.Close() })
		return r, nil
	}}
}

func TestPipe(t *testing.T) {
	thread, _ := libtest.Thread(t, pipeHost(t))
	f, w := openPipe(t, thread)
	w.WriteString("one\ntwo\nthree\nrest")
	if line := text(t, thread, f, "readline"); line != "one\n" {
		t.Errorf("readline() = %q", line)
	}
	if s := text(t, thread, f, "read", starlark.MakeInt(4)); s != "two\n" {
		t.Errorf("read(4) = %q", s)
	}
	if _, ok := f.Remaining(); ok {
		t.Error("Remaining of a pipe: ok")
	}
	r, err := f.Content()
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 6)
	if n, err := r.Read(p); string(p[:n]) != "three\n" || err != nil {
		t.Errorf("Content reads %q, %v; want what was read ahead", p[:n], err)
	}
	if _, err := call(thread, f, "seek", starlark.MakeInt(0)); err == nil || err.Error() != "IOError: [Errno 29] Illegal seek" {
		t.Errorf("seek in a pipe: %v", err)
	}
	if _, err := call(thread, f, "tell"); err == nil || err.Error() != "IOError: [Errno 29] Illegal seek" {
		t.Errorf("tell of a pipe: %v", err)
	}
	w.Close()
	if s, err := io.ReadAll(r); string(s) != "rest" || err != nil {
		t.Errorf("the rest = %q, %v", s, err)
	}
}

// A blocked read ends with the run, and what came before is not lost.
func TestBlockedReadEndsWithTheRun(t *testing.T) {
	why := errors.New("why")
	block := func(t *testing.T, f *File, thread *starlark.Thread, h *host.Host, method string) {
		t.Helper()
		ctx, cancel := context.WithCancelCause(context.Background())
		part := new(starlark.Thread)
		host.Share(part, h.WithContext(ctx))
		done := make(chan error)
		go func() {
			_, err := call(part, f, method)
			done <- err
		}()
		cancel(why)
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("%s in a cancelled part of the run: %v; want its cause", method, err)
		}
	}
	t.Run("pipe", func(t *testing.T) {
		thread, h := libtest.Thread(t, pipeHost(t))
		f, w := openPipe(t, thread)
		w.WriteString("part")
		block(t, f, thread, h, "readline")
		block(t, f, thread, h, "read")
		w.WriteString(" whole\n")
		if line := text(t, thread, f, "readline"); line != "part whole\n" {
			t.Errorf("readline() afterwards = %q", line)
		}
	})
	t.Run("stream", func(t *testing.T) {
		thread, h := libtest.Thread(t, host.Host{})
		r, w := io.Pipe() // cannot be interrupted
		f := NewReader(h, "<stdin>", r)
		block(t, f, thread, h, "readline")
		go io.WriteString(w, "line\nmore")
		if line := text(t, thread, f, "readline"); line != "line\n" {
			t.Errorf("readline() afterwards = %q", line)
		}
		block(t, f, thread, h, "readline")
		go w.Close()
		if s := text(t, thread, f, "read"); s != "more" {
			t.Errorf("read() afterwards = %q", s)
		}
	})
}

func TestBlockedOpenEndsWithTheRun(t *testing.T) {
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(context.Background())
	thread := new(starlark.Thread)
	opening, open := make(chan bool), make(chan bool)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	host.Attach(thread, ctx, host.Host{Open: func(string, int) (host.File, error) {
		close(opening)
		<-open
		return r, nil
	}})
	go func() {
		<-opening
		cancel(why)
	}()
	if _, err := Open(thread, "pipe", "r"); !errors.Is(err, why) {
		t.Errorf("Open in a cancelled run: %v; want its cause", err)
	}
	close(open)
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read of what was opened too late: %v; want it closed", err)
	}
}

func TestBlockedWriteEndsWithTheRun(t *testing.T) {
	why := errors.New("why")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancelCause(context.Background())
	thread := new(starlark.Thread)
	h := host.Attach(thread, ctx, host.Host{Open: func(string, int) (host.File, error) { return w, nil }})
	defer h.Resources.Close()
	f, err := Open(thread, "pipe", "w")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := call(thread, f, "write", starlark.String(strings.Repeat("x", 1<<20)))
		done <- err
	}()
	r.Read(make([]byte, 1)) // it has begun
	cancel(why)
	if err := <-done; !errors.Is(err, why) {
		t.Errorf("write to a full pipe in a cancelled run: %v; want its cause", err)
	}
}

// zeros is an endless file.
type zeros struct{ read int64 }

func (z *zeros) Read(p []byte) (int, error) { z.read += int64(len(p)); clear(p); return len(p), nil }
func (z *zeros) Close() error               { return nil }
func (z *zeros) Stat() (fs.FileInfo, error) { return fakeInfo{}, nil }

type fakeInfo struct{ fs.FileInfo }

func (fakeInfo) Mode() fs.FileMode { return 0 }
func (fakeInfo) IsDir() bool       { return false }
func (fakeInfo) Size() int64       { return 1 << 50 }

func TestMemoryFollowsWhatArrives(t *testing.T) {
	small := fstest.MapFS{"f": {Data: []byte("abc")}}
	thread, _ := libtest.Thread(t, host.Host{Open: func(name string, flag int) (host.File, error) { return small.Open("f") }})
	f, err := Open(thread, "f", "r")
	if err != nil {
		t.Fatal(err)
	}
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	s := text(t, thread, f, "read", starlark.MakeInt64(1<<40))
	goruntime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; s != "abc" || got > 1<<20 {
		t.Errorf("read(1<<40) = %q and allocated %d bytes", s, got)
	}
	if _, err := call(thread, f, "fileno"); err == nil || err.Error() != "ValueError: the file has no descriptor" {
		t.Errorf("fileno of a file that has none: %v", err)
	}

	// An endless file that claims to be huge ends with the run's limit.
	z := new(zeros)
	thread, _ = libtest.Thread(t, host.Host{
		Open:   func(string, int) (host.File, error) { return z, nil },
		Budget: &host.Budget{ReadLimit: 1 << 20},
	})
	if f, err = Open(thread, "z", "r"); err != nil {
		t.Fatal(err)
	}
	var limit *host.LimitError
	for _, method := range []string{"read", "readline", "readlines"} {
		if _, err := call(thread, f, method); !errors.As(err, &limit) || z.read > 20<<20 {
			t.Errorf("%s of an endless file: %v after %d bytes", method, err, z.read)
		}
	}
}

// failing is a file whose reads fail.
type failing struct{ zeros }

func (failing) Read(p []byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestLoopRaisesErrors(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{Open: func(string, int) (host.File, error) { return new(failing), nil }})
	globals := starlark.StringDict{"open": Builtin}
	if got := libtest.Eval(thread, globals, "[l for l in open('f')]"); got != "! IOError: '[Errno 5] the disk is gone'\n" {
		t.Errorf("a loop over a file that fails: %s", got)
	}
	if got := libtest.Eval(thread, globals, "f = open('f')\nf.close()\nfor l in f: pass\n"); got != "! ValueError: 'I/O operation on closed file'\n" {
		t.Errorf("a loop over a closed file: %s", got)
	}
}

func TestStandardStreams(t *testing.T) {
	var out bytes.Buffer
	thread, h := libtest.Thread(t, host.Host{})
	in := NewReader(h, "<stdin>", strings.NewReader("one\ntwo\nthree"))
	w := NewWriter(h, "<stdout>", func(*host.Host) io.Writer { return &out })
	in.Freeze()
	w.Freeze() // they stay in use
	env := starlark.StringDict{"stdin": in, "stdout": w}
	tests := []struct{ expr, want string }{
		{"stdin, stdout", "(<open file '<stdin>', mode 'r'>, <open file '<stdout>', mode 'w'>)\n"},
		{"stdin.readline()", "'one\\n'\n"},
		{"[l for l in stdin]", "['two\\n', 'three']\n"},
		{"stdin.read()", "''\n"},
		{"stdin.write('x')", "! IOError: 'File not open for writing'\n"},
		{"stdin.isatty(), stdout.isatty()", "(False, False)\n"},
		{"stdin.seek(0)", "! IOError: '[Errno 29] Illegal seek'\n"},
		{"stdout.write('a')", ""},
		{"stdout.writelines(['b', 'c'])", ""},
		{"stdout.flush()", ""},
		{"stdout.read()", "! IOError: 'File not open for reading'\n"},
		{"stdout.truncate()", "! IOError: '[Errno 29] Illegal seek'\n"},
		{"stdout.name, stdout.mode", "('<stdout>', 'w')\n"},
		{"stdin.close()", ""},
		{"stdin.read()", "! ValueError: 'I/O operation on closed file'\n"},
	}
	for _, tt := range tests {
		if got := libtest.Eval(thread, env, tt.expr); got != tt.want {
			t.Errorf("%s = %swant %s", tt.expr, got, tt.want)
		}
	}
	if out.String() != "abc" {
		t.Errorf("stdout = %q; want abc", out.String())
	}
}

// Threads of one run read standard input in turns, and one that waits for its
// turn ends with its run.
func TestStandardStreamTurns(t *testing.T) {
	thread, h := libtest.Thread(t, host.Host{})
	r, w := io.Pipe()
	f := NewReader(h, "<stdin>", r)
	first := make(chan string)
	go func() { first <- text(t, thread, f, "readline") }()
	io.WriteString(w, "x") // the first is reading
	ctx, cancel := context.WithTimeoutCause(context.Background(), time.Millisecond, errors.New("why"))
	defer cancel()
	other := new(starlark.Thread)
	host.Share(other, h.Fork(ctx))
	if _, err := call(other, f, "readline"); err == nil || err.Error() != "why" {
		t.Errorf("readline while another thread reads: %v; want the end of the run", err)
	}
	w.Close()
	if line := <-first; line != "x" {
		t.Errorf("readline() = %q", line)
	}
}

func TestAttrNames(t *testing.T) {
	f := NewReader(nil, "x", nil)
	for _, name := range f.AttrNames() {
		if v, err := f.Attr(name); v == nil || err != nil {
			t.Errorf("AttrNames lists %q, but Attr = %v, %v", name, v, err)
		}
	}
}
