//go:build unix

package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"starwire/runtime/host"
)

// TestPipeWithoutPeer has scripts open named pipes to which nobody comes. Each
// has one of its own: the open that a run leaves behind may come to another's.
func TestPipeWithoutPeer(t *testing.T) {
	dir := t.TempDir()
	pipes := 0
	for _, src := range []string{
		"open(NAME).read()",
		"open(NAME, 'w').write('x')",
		"open(NAME, 'a').write('x')",
		"load(NAME, 'x')",
		"ssl.create_default_context(cafile=NAME)",
	} {
		for _, perm := range []Permissions{Everything(), {Read: []string{dir}, Write: []string{dir}}} {
			name := filepath.Join(dir, fmt.Sprintf("pipe%d.star", pipes))
			pipes++
			if err := syscall.Mkfifo(name, 0o600); err != nil {
				t.Skipf("the system has no named pipes: %v", err)
			}
			rt, _ := newRuntime(t, Config{Permissions: perm, Limits: Limits{Wall: 20 * time.Millisecond}})
			_, err := rt.Run(context.Background(), "x.star", []byte(replaceName(src, name)))
			var limit *LimitError
			if !errors.As(err, &limit) || limit.Limit != "time" {
				t.Errorf("%s: %v; want the limit of time", src, err)
			}
		}
	}
}

func TestPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skipf("the system has no named pipes: %v", err)
	}
	rt, out := newRuntime(t, Config{Permissions: Everything()})
	for range 2 {
		written := make(chan error)
		go func() { written <- os.WriteFile(name, []byte("through the pipe"), 0o600) }()
		if _, err := rt.Run(context.Background(), "x.star", []byte(replaceName("print(open(NAME).read())", name))); err != nil {
			t.Fatal(err)
		}
		if err := <-written; err != nil { // or the next reader would see this writer's end
			t.Fatal(err)
		}
	}
	read := make(chan string)
	go func() {
		text, _ := os.ReadFile(name)
		read <- string(text)
	}()
	if _, err := rt.Run(context.Background(), "x.star", []byte(replaceName("f = open(NAME, 'w')\nf.write('back')\nf.close()", name))); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != "back" || out.String() != "through the pipe\nthrough the pipe\n" {
		t.Errorf("wrote %q, read %q", got, out)
	}
}

// TestPipeClosed has a pipe closed while a read waits for a writer.
func TestPipeClosed(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skipf("the system has no named pipes: %v", err)
	}
	f, err := unblocked(context.Background(), os.O_RDONLY, func(flag int) (*os.File, error) { return os.OpenFile(name, flag, 0) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func(f host.File) {
		_, err := f.Read(make([]byte, 1))
		done <- err
	}(f)
	f.Close()
	if err := <-done; !errors.Is(err, os.ErrClosed) {
		t.Errorf("a read of a closed pipe: %v", err)
	}
}

// replaceName puts a file's name in a script.
func replaceName(src, name string) string {
	return strings.ReplaceAll(src, "NAME", strconv.Quote(name))
}
