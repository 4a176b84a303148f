package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// TestChunks runs the files testdata/*.star: chunks between lines of three
// dashes, each a script of its own. A comment ### "regexp" says that the chunk
// ends with an error at that line whose last traceback line matches. Beside the
// usual names a chunk finds eq(got, want), raises(want, fn, *args), where want
// is the traceback's last line, and log(), what was printed so far.
func TestChunks(t *testing.T) {
	files, err := filepath.Glob("testdata/*.star")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of chunks: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".star"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			line := 0
			for chunk := range strings.SplitSeq(string(text), "\n---\n") {
				runChunk(t, file, strings.Repeat("\n", line)+chunk)
				line += strings.Count(chunk, "\n") + 2
			}
		})
	}
}

var expectation = regexp.MustCompile(`### (".*")$`)

func runChunk(t *testing.T, name, src string) {
	t.Helper()
	wantLine, want := 0, ""
	for i, line := range strings.Split(src, "\n") {
		if m := expectation.FindStringSubmatch(line); m != nil {
			text, err := strconv.Unquote(m[1])
			if err != nil {
				t.Fatalf("%s:%d: %v", name, i+1, err)
			}
			wantLine, want = i+1, text
		}
	}
	var printed strings.Builder
	rt, _ := newRuntime(t, Config{Stdout: &printed, Predeclared: starlark.StringDict{
		"eq":     starlark.NewBuiltin("eq", chunkEq),
		"raises": starlark.NewBuiltin("raises", chunkRaises),
		"log": starlark.NewBuiltin("log", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.String(printed.String()), nil
		}),
		"panics": starlark.NewBuiltin("panics", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			panic("a defect")
		}),
	}})
	_, err := rt.Run(context.Background(), name, []byte(src))
	var e *Error
	switch {
	case err == nil && want == "":
		return
	case err == nil:
		t.Errorf("%s:%d: no error; want %q", name, wantLine, want)
		return
	case want == "" || !errors.As(err, &e):
		t.Errorf("%s", FormatError(err))
		return
	}
	at := wantLine // a panic leaves no frames
	if n := len(e.Frames); n > 0 {
		at = int(e.Frames[n-1].Pos.Line)
	}
	if ok, rerr := regexp.MatchString(want, e.Error()); rerr != nil || !ok || at != wantLine {
		t.Errorf("%s:%d: error at line %d: %s; want %q %v", name, wantLine, at, e.Error(), want, rerr)
	}
}

func chunkEq(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var got, want starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "got", &got, "want", &want); err != nil {
		return nil, err
	}
	if eq, err := starlark.Equal(got, want); err != nil || !eq {
		return nil, fmt.Errorf("got %s; want %s", py.Repr(got), py.Repr(want))
	}
	return starlark.None, nil
}

func chunkRaises(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := starlark.Call(thread, builtins()["attempt"], args[1:], kwargs)
	if err != nil {
		return nil, err
	}
	r := v.(*Result)
	if r.err == nil {
		return nil, fmt.Errorf("no error, but %s; want %s", py.Repr(r.value), args[0])
	}
	if got := r.err.Error(); got != string(args[0].(starlark.String)) {
		return nil, fmt.Errorf("raised %q; want %s", got, args[0])
	}
	return starlark.None, nil
}
