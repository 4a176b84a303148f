package zlibmod

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/base64mod"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/lib/libtest"
	"starwire/runtime/lib/stringiomod"
)

func TestRecorded(t *testing.T) {
	for _, name := range []string{"zlib", "gzip"} {
		libtest.Run(t, "testdata/"+name+".session", base64mod.Module(), stringiomod.Module(), Module(), Gzip(), filemod.Builtin)
	}
}

// samples are data of which each kind of block comes.
func samples() []string {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 40_000)
	letters := make([]byte, 36_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for i := range letters {
		letters[i] = "aaaabbcdefgh     \n"[r.IntN(18)]
	}
	return []string{"", "a", "hello, hello", strings.Repeat("a", 40_000), string(noise), string(letters),
		strings.Repeat(string(letters[:30_000]), 2), string(letters[:33_000]) + string(noise[:5000])}
}

// TestPieces: whatever the pieces that the input comes in, and the most that may come out at once, the same comes out.
func TestPieces(t *testing.T) {
	thread := new(starlark.Thread)
	for i, want := range samples() {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level += 8 {
			var b bytes.Buffer
			w, err := zlib.NewWriterLevel(&b, level)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, want); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			packed := b.String() + "rest"
			for _, how := range []struct{ piece, limit int }{{len(packed), 0}, {1, 0}, {1000, 0}, {len(packed), 1000}, {100, 300}} {
				if how.piece < 100 && len(packed) > 10_000 {
					continue // which takes long
				}
				z := newInflater(zlibForm, maxWBits)
				var got strings.Builder
				for in := packed; z.state != inEnd && in != ""; {
					n := min(how.piece, len(in))
					out, rest, err := z.write(thread, in[:n], how.limit)
					if err != nil || how.limit > 0 && len(out) > how.limit {
						t.Fatalf("sample %d, level %d, %+v: %d bytes, %v", i, level, how, len(out), err)
					}
					got.WriteString(out)
					in = rest + in[n:]
					if z.state == inEnd && in != "rest" && how.piece >= len(packed) {
						t.Errorf("sample %d, level %d, %+v: %q follows; want rest", i, level, how, in)
					}
				}
				if got.String() != want || z.state != inEnd {
					t.Errorf("sample %d, level %d, %+v: other data", i, level, how)
				}
			}
		}
	}
}

// TestCompressed: what is compressed here is what others decompress.
func TestCompressed(t *testing.T) {
	thread := new(starlark.Thread)
	for i, want := range samples() {
		for _, bits := range []int{15, 31} {
			c, err := newCompressor(thread, 6, bits)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(c.write(thread, want[:len(want)/2]), c.flush(thread, syncFlush), c.write(thread, want[len(want)/2:]), c.flush(thread, finish)); err != nil {
				t.Fatal(err)
			}
			packed := strings.NewReader(string(c.taken()))
			var r io.Reader = flate.NewReader(packed)
			switch bits {
			case 15:
				r, err = zlib.NewReader(packed)
			case 31:
				r, err = gzip.NewReader(packed)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); string(got) != want || err != nil {
				t.Errorf("sample %d, %d bits: other data, %v", i, bits, err)
			}
		}
	}
}

var errNoRoom = errors.New("no room")

// TestBomb: what a little input brings takes no more memory than there may be.
func TestBomb(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range 3 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	thread, _ := libtest.Thread(t, host.Host{Reserve: func(_ *starlark.Thread, n int64) error {
		if n > 1<<20 {
			return errNoRoom
		}
		return nil
	}})
	globals := starlark.StringDict{"bomb": starlark.String(b.String()), "zlib": Module(), "gzip": Gzip(), "StringIO": stringiomod.Module()}
	for _, source := range []string{
		"zlib.decompress(bomb, 31)", "zlib.decompressobj(31).decompress(bomb)", "gzip.GzipFile(fileobj = StringIO.StringIO(bomb)).read()",
		"gzip.GzipFile(fileobj = StringIO.StringIO(bomb)).readline()", "[x for x in gzip.GzipFile(fileobj = StringIO.StringIO(bomb))]",
	} {
		if got := libtest.Eval(thread, globals, source); !strings.Contains(got, errNoRoom.Error()) {
			t.Errorf("%s = %.100s; want %v", source, got, errNoRoom)
		}
	}
	if got := libtest.Eval(thread, globals, "len(zlib.decompressobj(31).decompress(bomb, 1 << 18))"); got != "262144\n" {
		t.Errorf("decompress(bomb, 1 << 18) = %s; want a quarter of a mebibyte", got)
	}
}

// FuzzInflate: what the standard library decompresses is decompressed to the same, whole and byte by byte, and what it
// refuses is refused.
func FuzzInflate(f *testing.F) {
	for _, s := range samples() {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, 6)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := io.WriteString(w, s[:min(len(s), 5000)]); err != nil {
			f.Fatal(err)
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.String())
	}
	f.Fuzz(func(t *testing.T, in string) {
		want, wantErr := io.ReadAll(io.LimitReader(flate.NewReader(strings.NewReader(in)), 1<<20))
		if len(want) == 1<<20 {
			return
		}
		thread := new(starlark.Thread)
		z := newInflater(raw, maxWBits)
		got, _, err := z.write(thread, in, 0)
		if ok := err == nil && z.state == inEnd; ok != (wantErr == nil) || ok && got != string(want) {
			t.Fatalf("write(%q) = %.100q, state %d, %v; want %.100q, %v", in, got, z.state, err, want, wantErr)
		}
		slow := newInflater(raw, maxWBits)
		var pieces strings.Builder
		var slowErr error
		for i := 0; i < len(in) && slowErr == nil; i++ {
			var out string
			out, _, slowErr = slow.write(thread, in[i:i+1], 0)
			pieces.WriteString(out)
		}
		if (slowErr == nil) != (err == nil) || err == nil && (pieces.String() != got || slow.state != z.state) {
			t.Fatalf("byte by byte %q is %.100q, %v; want %.100q, %v", in, pieces.String(), slowErr, got, err)
		}
	})
}
