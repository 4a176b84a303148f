package socketmod

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"

	"starwire/runtime/host"
)

// tempFile returns an open file with the content, at its start.
func tempFile(t testing.TB, content []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8)
	}
	return b
}

func TestReadFrom(t *testing.T) {
	content := pattern(3 << 20)
	sources := map[string]func() (r io.Reader, want []byte){
		"file": func() (io.Reader, []byte) { return tempFile(t, content), content },
		"file from an offset": func() (io.Reader, []byte) {
			f := tempFile(t, content)
			f.Seek(1000, io.SeekStart)
			return f, content[1000:]
		},
		"limited file": func() (io.Reader, []byte) { return io.LimitReader(tempFile(t, content), 5000), content[:5000] },
		"empty file":   func() (io.Reader, []byte) { return tempFile(t, nil), nil },
		"reader":       func() (io.Reader, []byte) { return bytes.NewReader(content), content },
		"pipe": func() (io.Reader, []byte) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.Close() })
			go func() {
				w.Write(content[:100_000])
				w.Close()
			}()
			return r, content[:100_000]
		},
	}
	for name, source := range sources {
		for _, timeout := range []Timeout{NoTimeout, Seconds(60)} {
			r := newRig(t, host.Host{Budget: new(host.Budget)}, timeout)
			got := make(chan []byte, 1)
			go func() {
				all, _ := io.ReadAll(r.peer)
				got <- all
			}()
			src, want := source()
			if n, err := r.s.ReadFrom(src); n != int64(len(want)) || err != nil {
				t.Errorf("%s: ReadFrom = %d, %v; want %d", name, n, err, len(want))
			}
			r.s.Close()
			if all := <-got; !bytes.Equal(all, want) {
				t.Errorf("%s, timeout %v: the peer got %d bytes that differ from the %d sent", name, timeout, len(all), len(want))
			}
			if lr, ok := src.(*io.LimitedReader); ok && lr.N != 0 {
				t.Errorf("%s: %d bytes left of the limit; want 0", name, lr.N)
			}
		}
	}
}

// A file that stalls ends at the timeout, like any write.
func TestReadFromTimeout(t *testing.T) {
	f := tempFile(t, nil)
	if err := os.Truncate(f.Name(), 64<<20); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, host.Host{}, Seconds(0.05))
	n, err := r.s.ReadFrom(f)
	wantError(t, "ReadFrom", err, TimeoutClass, "timeout('timed out',)")
	if at, _ := f.Seek(0, io.SeekCurrent); at != n {
		t.Errorf("the file is at %d after %d bytes were sent", at, n)
	}
}

func TestReadFromLimits(t *testing.T) {
	r := newRig(t, host.Host{Budget: &host.Budget{WriteLimit: 10}}, NoTimeout)
	var limit *host.LimitError
	if _, err := r.s.ReadFrom(tempFile(t, pattern(1000))); !errors.As(err, &limit) {
		t.Errorf("ReadFrom beyond the limit = %v; want a LimitError", err)
	}
	r = newRig(t, host.Host{}, NoTimeout)
	f := tempFile(t, pattern(1000))
	f.Close()
	var ours *os.PathError
	if _, err := r.s.ReadFrom(f); !errors.As(err, &ours) {
		t.Errorf("ReadFrom a closed file = %v; want the file's error", err)
	}
	if _, err := r.s.ReadFrom(io.MultiReader(bytes.NewReader(pattern(10)), failing{})); err != errStop {
		t.Errorf("ReadFrom a failing reader = %v; want its error", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errStop }

func TestCopyN(t *testing.T) {
	content := pattern(3 << 20)
	for _, timeout := range []Timeout{NoTimeout, Seconds(60)} {
		for name, dst := range map[string]func() (io.Writer, func() []byte){
			"buffer": func() (io.Writer, func() []byte) {
				b := new(bytes.Buffer)
				return struct{ io.Writer }{b}, b.Bytes
			},
			"file": func() (io.Writer, func() []byte) {
				f, err := os.Create(filepath.Join(t.TempDir(), "out"))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { f.Close() })
				return f, func() []byte {
					b, _ := os.ReadFile(f.Name())
					return b
				}
			},
		} {
			r := newRig(t, host.Host{}, timeout)
			go func() {
				r.peer.Write(content)
				r.peer.Write([]byte("tail"))
				r.peer.Close()
			}()
			// What a look has read ahead comes first.
			waitReadable(t, r.s)
			w, got := dst()
			if n, err := r.s.CopyN(w, int64(len(content))); n != int64(len(content)) || err != nil {
				t.Errorf("%s: CopyN = %d, %v", name, n, err)
			}
			if !bytes.Equal(got(), content) {
				t.Errorf("%s: %d bytes were copied that differ", name, len(got()))
			}
			if n, err := r.s.CopyN(w, 100); n != 4 || err != io.EOF {
				t.Errorf("%s: CopyN to the end = %d, %v; want 4, EOF", name, n, err)
			}
		}
	}
}

func TestCopyNErrors(t *testing.T) {
	r := newRig(t, host.Host{Budget: &host.Budget{ReadLimit: 3}}, NoTimeout)
	r.peer.Write([]byte("12345"))
	var limit *host.LimitError
	if _, err := r.s.CopyN(io.Discard, 5); !errors.As(err, &limit) {
		t.Errorf("CopyN beyond the limit = %v; want a LimitError", err)
	}
	r = newRig(t, host.Host{}, NoTimeout)
	r.peer.Write([]byte("12345"))
	f := tempFile(t, nil) // open for reading only
	var ours *fs.PathError
	if _, err := r.s.CopyN(f, 5); !errors.As(err, &ours) {
		t.Errorf("CopyN to a file that cannot be written = %v; want the file's error", err)
	}
	r = newRig(t, host.Host{}, NoTimeout)
	r.peer.SetLinger(0)
	r.peer.Close()
	if _, err := r.s.CopyN(io.Discard, 5); err == nil || err == io.EOF {
		t.Errorf("CopyN of a reset connection = %v; want an error", err)
	}
}

func TestWriteBuffersSmall(t *testing.T) {
	for _, timeout := range []Timeout{NoTimeout, Seconds(60), Seconds(0)} {
		r := newRig(t, host.Host{}, NoTimeout)
		r.s.SetTimeout(timeout)
		bufs := net.Buffers{[]byte("head"), []byte("body")}
		if n, err := r.s.WriteBuffers(&bufs); n != 8 || err != nil || len(bufs) != 0 {
			t.Errorf("WriteBuffers = %d, %v, %d buffers left; want 8, nil, 0", n, err, len(bufs))
		}
		buf := make([]byte, 8)
		if _, err := io.ReadFull(r.peer, buf); err != nil || string(buf) != "headbody" {
			t.Errorf("the peer got %q, %v", buf, err)
		}
	}
}
