package runtime

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/py"
)

// A printer is a run's standard output: Config.Stdout, or Config.Print line by
// line. Runs share those, so writes go one at a time. Each call that parallel
// makes has one of its own.
type printer struct {
	mu     *sync.Mutex
	w      io.Writer
	line   func(string)
	budget *host.Budget

	partial []byte // for line: what has no newline yet; guarded by mu

	// soft holds the files on which a print statement ended in a comma: the next
	// one writes a space first. nil is standard output itself. CPython: softspace.
	softMu sync.Mutex
	soft   map[any]struct{}
}

func (p *printer) init(rt *Runtime) {
	p.mu, p.w, p.line = &rt.outMu, rt.config.Stdout, rt.config.Print
}

// Write prints b. The error is a *LimitError or the writer's.
func (p *printer) Write(b []byte) (int, error) {
	if err := p.budget.Print(int64(len(b))); err != nil {
		return 0, err
	}
	return p.put(b)
}

// put prints b, which was charged for.
func (p *printer) put(b []byte) (int, error) {
	p.setSoft(nil, false)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.line == nil {
		return p.w.Write(b)
	}
	n := len(b)
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			p.partial = append(p.partial, b...)
			return n, nil
		}
		if len(p.partial) == 0 {
			p.line(string(b[:i]))
		} else {
			p.line(string(append(p.partial, b[:i]...)))
			p.partial = p.partial[:0]
		}
		b = b[i+1:]
	}
}

// flush prints the line that no newline has ended yet.
func (p *printer) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.partial) > 0 {
		p.line(string(p.partial))
		p.partial = nil
	}
}

// isSoft reports whether the next print to the file begins with a space.
func (p *printer) isSoft(file any) bool {
	p.softMu.Lock()
	defer p.softMu.Unlock()
	_, ok := p.soft[file]
	return ok
}

func (p *printer) setSoft(file any, on bool) {
	p.softMu.Lock()
	defer p.softMu.Unlock()
	if !on {
		delete(p.soft, file)
		return
	}
	if p.soft == nil {
		p.soft = make(map[any]struct{})
	}
	p.soft[file] = struct{}{}
}

// endLine ends the line that a print statement with a comma at its end left open,
// at the end of the program. The error is Write's.
//
// CPython: Py_FlushLine.
func (p *printer) endLine() error {
	if !p.isSoft(nil) {
		return nil
	}
	_, err := p.Write([]byte("\n"))
	return err
}

// A stream is a run's standard error.
type stream struct {
	w      io.Writer
	mu     *sync.Mutex
	budget *host.Budget
}

// Write writes b. The error is a *LimitError or the writer's.
func (s *stream) Write(b []byte) (int, error) {
	if err := s.budget.Print(int64(len(b))); err != nil {
		return 0, err
	}
	return s.put(b)
}

// put writes b, which was charged for.
func (s *stream) put(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}

// printHook is the Print function of every thread: for built-ins that print.
func printHook(thread *starlark.Thread, msg string) {
	t := stateOf(thread).task
	if _, err := t.out.Write([]byte(msg + "\n")); err != nil {
		t.root().stop(err)
	}
}

// printFn is print(*args, sep=" ", end="\n", file=None).
func printFn(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sep, end := " ", "\n"
	var file starlark.Value
	if len(kwargs) > 0 {
		if err := starlark.UnpackArgs(b.Name(), nil, kwargs, "sep??", &sep, "end??", &end, "file??", &file); err != nil {
			return nil, err
		}
	}
	var text strings.Builder
	for i, v := range args {
		if i > 0 {
			text.WriteString(sep)
		}
		s, err := textOf(thread, v)
		if err != nil {
			return nil, err
		}
		text.WriteString(s)
	}
	text.WriteString(end)
	return starlark.None, writeTo(thread, file, text.String())
}

// printStmt is $print(*items, nl=True, file=None), Python 2's print statement.
//
// CPython: PRINT_ITEM and PRINT_NEWLINE.
func printStmt(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	nl := true
	var file starlark.Value
	if len(kwargs) > 0 {
		if err := starlark.UnpackArgs(b.Name(), nil, kwargs, "nl?", &nl, "file??", &file); err != nil {
			return nil, err
		}
	}
	out := stateOf(thread).task.out
	var key any
	if file != nil && reflect.TypeOf(file).Comparable() {
		key = file
	}
	soft := out.isSoft(key)
	line := make([]py.Chars, 0, 2*len(args)+1)
	for _, v := range args {
		if soft {
			line = append(line, py.Chars{S: " "})
		}
		c, err := builtinmod.Shown(thread, v)
		if err != nil { // what is before it is printed
			if len(line) > 0 {
				if err := writeLine(thread, file, line); err != nil {
					return nil, err
				}
			}
			out.setSoft(key, false)
			return nil, err
		}
		line = append(line, c)
		soft = c.S == "" || !py.IsSpace(c.S[len(c.S)-1]) || c.S[len(c.S)-1] == ' '
	}
	if nl {
		line = append(line, py.Chars{S: "\n"})
		soft = false
	}
	if err := writeLine(thread, file, line); err != nil {
		return nil, err
	}
	out.setSoft(key, soft)
	return starlark.None, nil
}

// writeLine is writeTo of the parts of a line, each of which is a str or unicode text.
// Standard streams write that in UTF-8, and other files as a str; any other object
// gets it as it is, one part after the other.
func writeLine(thread *starlark.Thread, file starlark.Value, line []py.Chars) error {
	var text strings.Builder
	wide := false
	for _, c := range line {
		text.WriteString(c.S)
		wide = wide || c.Wide
	}
	f, isFile := file.(*filemod.File)
	if !wide || file == nil || isFile && f.Standard() {
		return writeTo(thread, file, text.String())
	}
	for _, c := range line {
		if isFile {
			if err := py.AsASCII(c.Value()); err != nil {
				return err
			}
			continue
		}
		if err := writeValue(thread, file, c.Value()); err != nil {
			return err
		}
	}
	if isFile {
		return writeTo(thread, file, text.String())
	}
	return nil
}

// writeTo writes text to standard output, or to anything with a write method.
func writeTo(thread *starlark.Thread, file starlark.Value, text string) error {
	if file == nil {
		_, err := stateOf(thread).task.out.Write([]byte(text))
		return err
	}
	return writeValue(thread, file, starlark.String(text))
}

// writeValue calls the write method of a file.
func writeValue(thread *starlark.Thread, file, text starlark.Value) error {
	write := attr(file, "write")
	if write == nil {
		return py.AttributeError.Errorf("'%s' object has no attribute 'write'", py.TypeName(file))
	}
	_, err := starlark.Call(thread, write, starlark.Tuple{text}, nil)
	return err
}
