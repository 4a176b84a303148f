// Package suite runs the tests that scripts have: the functions test_* of files
// *_test.star, with the module testing for what they expect.
package suite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime"
)

// An Outcome is how a test ended.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "ok"
	Failed  Outcome = "FAIL"
	Skipped Outcome = "skip"
)

// A Result is one test that was run.
type Result struct {
	Name    string // of the function; "" for the file itself, which could not be run
	Line    int    // where the function, or what failed in it, is
	Outcome Outcome
	Text    string // why it failed, with traceback; or why it was skipped
	Output  string // what it printed
	Time    time.Duration
}

// A File is the results of one file.
type File struct {
	Name    string
	Results []Result
	Time    time.Duration
}

// Failures counts what failed in the file.
func (f File) Failures() int { return f.count(Failed) }

func (f File) count(o Outcome) (n int) {
	for _, r := range f.Results {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// Options say what is run, and how.
type Options struct {
	Config runtime.Config // what tests may do; its streams and Args are not used
	Run    *regexp.Regexp // names of the functions to run; nil is all
}

// Find returns the test files that paths name: files as they are, and of folders
// every *_test.star and *_test.py below them, but for hidden folders and those
// named testdata. No path is the working folder.
func Find(paths ...string) ([]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			base := filepath.Base(name)
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != path && (strings.HasPrefix(base, ".") || base == "testdata"):
				return filepath.SkipDir
			case !d.IsDir() && (strings.HasSuffix(base, "_test.star") || strings.HasSuffix(base, "_test.py")):
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// RunFiles runs the tests of files, some files at the same time, each in a session
// of its own. report gets the results of each file in the order of the names, as
// soon as those before it are done. The error is the cause of ctx, if it ended.
func RunFiles(ctx context.Context, files []string, o Options, report func(File)) error {
	results := make([]chan File, len(files))
	for i := range results {
		results[i] = make(chan File, 1)
	}
	var workers sync.WaitGroup
	defer workers.Wait()
	next := make(chan int, len(files))
	for i := range files {
		next <- i
	}
	close(next)
	for range min(goruntime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := range next {
				results[i] <- RunFile(ctx, files[i], o)
			}
		})
	}
	for _, c := range results {
		f := <-c
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		report(f)
	}
	return nil
}

// RunFile runs the tests of one file, in the order in which they stand there. Its
// functions setup and teardown, where it has them, run before and after each.
func RunFile(ctx context.Context, name string, o Options) File {
	begin := time.Now()
	f := File{Name: name}
	f.Results = runFile(ctx, name, o)
	f.Time = time.Since(begin)
	return f
}

func runFile(ctx context.Context, name string, o Options) []Result {
	broken := func(err error, output string) []Result {
		return []Result{{Outcome: Failed, Line: lineIn(name, err), Text: runtime.FormatError(err), Output: output}}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return broken(err, "")
	}
	var out bytes.Buffer
	c := o.Config
	c.Stdin, c.Stdout, c.Stderr, c.Print = nil, &out, &out, nil
	c.Args = []string{name}
	var catch starlark.Value
	c.Modules = map[string]starlark.StringDict{"testing": module(&catch)}
	rt, err := runtime.New(c)
	if err != nil {
		return broken(err, "")
	}
	s := rt.NewSession()
	defer s.Close()
	catch, _ = s.Lookup("catch")
	if err := s.Run(ctx, name, text); err != nil {
		return broken(err, out.String())
	}
	var results []Result
	for _, fn := range tests(s.Globals(), name) {
		if o.Run != nil && !o.Run.MatchString(fn.Name()) {
			continue
		}
		out.Reset()
		begin := time.Now()
		r := Result{Name: fn.Name(), Line: int(fn.Position().Line), Outcome: Passed}
		err := call(ctx, s, fn)
		r.Time, r.Output = time.Since(begin), out.String()
		if ctx.Err() != nil {
			return results
		}
		var skip *skipError
		switch {
		case errors.As(err, &skip):
			r.Outcome, r.Text = Skipped, skip.reason
		case err != nil:
			r.Outcome, r.Text = Failed, failureText(err)
			if n := lineIn(name, err); n > 0 {
				r.Line = n
			}
		}
		results = append(results, r)
	}
	return results
}

// call runs one test between setup and teardown.
func call(ctx context.Context, s *runtime.Session, fn *starlark.Function) error {
	run := func(name string) error {
		f, ok := s.Globals()[name].(*starlark.Function)
		if !ok {
			return nil
		}
		_, err := s.Call(ctx, f, nil, nil)
		return err
	}
	if err := run("setup"); err != nil {
		return err
	}
	_, err := s.Call(ctx, fn, nil, nil)
	return errors.Join(err, run("teardown"))
}

// tests returns the test functions of the file itself, in its order.
func tests(globals starlark.StringDict, file string) []*starlark.Function {
	var fns []*starlark.Function
	for name, v := range globals {
		if fn, ok := v.(*starlark.Function); ok && strings.HasPrefix(name, "test_") && fn.Position().Filename() == file {
			fns = append(fns, fn)
		}
	}
	slices.SortFunc(fns, func(a, b *starlark.Function) int {
		return int(a.Position().Line) - int(b.Position().Line)
	})
	return fns
}

// lineIn returns the line of the file at which err arose: that of the innermost
// call from the file.
func lineIn(file string, err error) int {
	var e *runtime.Error
	if errors.As(err, &e) {
		for _, f := range slices.Backward(e.Frames) {
			if f.Pos.Filename() == file {
				return int(f.Pos.Line)
			}
		}
	}
	var syntax *runtime.SyntaxError
	if errors.As(err, &syntax) && syntax.Problems[0].Pos.Filename() == file {
		return int(syntax.Problems[0].Pos.Line)
	}
	return 0
}

// failureText is the traceback, or for an expectation that was not met what it
// says: the line is told anyway.
func failureText(err error) string {
	var failed *failure
	var e *runtime.Error
	if errors.As(err, &failed) && errors.As(err, &e) && len(e.Frames) == 1 {
		return sourceOf(e.Frames[0]) + failed.Error() + "\n"
	}
	return runtime.FormatError(err)
}

func sourceOf(f runtime.Frame) string {
	if s := strings.TrimSpace(f.Source); s != "" {
		return "    " + s + "\n"
	}
	return ""
}

// A Summary counts tests.
type Summary struct{ Passed, Failed, Skipped int }

// Add counts the results of a file.
func (s *Summary) Add(f File) {
	s.Passed += f.count(Passed)
	s.Failed += f.count(Failed)
	s.Skipped += f.count(Skipped)
}

// String returns "3 passed, 1 failed, 1 skipped".
func (s Summary) String() string {
	text := fmt.Sprintf("%d passed, %d failed", s.Passed, s.Failed)
	if s.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", s.Skipped)
	}
	return text
}
