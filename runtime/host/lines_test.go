package host

import (
	"context"
	"errors"
	"testing"

	"go.starlark.net/starlark"
)

func TestReadLines(t *testing.T) {
	failure := errors.New("failure")
	for _, c := range []struct {
		hint  int64
		lines []string // then failure
		want  string
		steps uint64
	}{
		{0, []string{"a\n", "b\n", "c", ""}, `["a\n", "b\n", "c"]`, 3},
		{-1, []string{"a\n", "b\n", ""}, `["a\n", "b\n"]`, 2},
		{0, []string{""}, `[]`, 0},
		{1, []string{"a\n"}, `["a\n"]`, 1},
		{2, []string{"a\n"}, `["a\n"]`, 1},
		{3, []string{"a\n", "b\n"}, `["a\n", "b\n"]`, 2},
		{5, []string{"a\n", ""}, `["a\n"]`, 1},
		{0, []string{"a\n"}, "failure", 1},
	} {
		thread, rest := new(starlark.Thread), c.lines
		v, err := ReadLines(thread, c.hint, func() (string, error) {
			if len(rest) == 0 {
				return "", failure
			}
			line := rest[0]
			rest = rest[1:]
			return line, nil
		})
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = v.String()
		}
		if got != c.want || thread.Steps != c.steps || err == nil && len(rest) > 0 {
			t.Errorf("ReadLines(%d) of %q: %s in %d steps, not read %q; want %s in %d", c.hint, c.lines, got, thread.Steps, rest, c.want, c.steps)
		}
	}
}

// What a file holds of lines is as long as the file; the list of them may be
// much longer.
func TestReadLinesEnds(t *testing.T) {
	endless := func() (string, error) { return "\n", nil }
	full := errors.New("full")
	thread := new(starlark.Thread)
	Attach(thread, context.Background(), Host{Reserve: func(_ *starlark.Thread, n int64) error {
		if n > 1<<20 {
			return full
		}
		return nil
	}})
	if _, err := ReadLines(thread, 0, endless); err != full {
		t.Errorf("ReadLines without room for more lines: %v; want %v", err, full)
	}
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	Attach(thread, ctx, Host{})
	if _, err := ReadLines(thread, 0, endless); err != why {
		t.Errorf("ReadLines in a cancelled run: %v; want its cause", err)
	}
}
