// Package repl is how a person at a terminal talks to a session: it reads
// statements, runs them, and shows what their expressions are worth.
//
// Lines are edited by github.com/chzyer/readline, behind the interface
// lineEditor. What that library gets wrong is put right in editor.go, hooks.go
// and paste.go: it knows no bracketed paste, takes the Delete key on an empty
// line for Ctrl-D, misplaces the cursor behind wide characters, keeps a history
// of lines in a file that everybody can read, stops the shell on Ctrl-Z, and
// divides by zero when a candidate of completion is wider than the screen.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/host"
	"starwire/runtime/progress"
	"starwire/runtime/tty"
)

// Options say what a REPL works with.
type Options struct {
	Stdin          *os.File  // the terminal
	Stdout, Stderr io.Writer // what it shows
	Colors         bool
	History        string // name of the history file, or "" for none; see HistoryFile
	File           string // what %reload runs: the FILE of starwire -i, or ""

	// Exit ends the process: when a second Ctrl-C finds an item still running,
	// which then is stuck. nil is os.Exit.
	Exit func(code int)
}

// A REPL is a conversation: one terminal, one session. It is made before the
// session is, because what the session's scripts print and read goes through it.
type REPL struct {
	options        Options
	stdout, stderr io.Writer
	line           *progress.Line // of the screen, with what scripts print and bars
	kb             *keyboard

	session *runtime.Session
	reader  *itemReader
	trace   bool
	last    atomic.Pointer[host.Request]

	signals chan os.Signal

	mu        sync.Mutex
	cancel    context.CancelFunc // of the item that runs, or nil
	interrupt bool               // it was cancelled
	early     bool               // Ctrl-C came between two statements of a paste
	patience  *time.Timer        // until it is told how to leave
	items     atomic.Int64
}

// New returns a REPL on a terminal.
func New(o Options) *REPL {
	if o.Exit == nil {
		o.Exit = os.Exit
	}
	p := &REPL{options: o, kb: newKeyboard(source(o.Stdin)), signals: make(chan os.Signal, 1)}
	p.line = progress.NewLine(o.Stdout)
	p.stdout, p.stderr = p.line.Writer(o.Stdout), p.line.Writer(o.Stderr)
	return p
}

// Configure sets the streams of a Config to the REPL's, and shows bars. The
// session given to Run must be of a Runtime with that Config.
func (p *REPL) Configure(c *runtime.Config) {
	c.Stdin, c.Stdout, c.Stderr = scriptInput{p.kb}, p.stdout, p.stderr
	c.Progress = func(label string, total int64) runtime.Meter { return p.line.Begin(label, total) }
}

// Run reads items from the terminal until Ctrl-D or sys.exit and runs them in s.
// Values go to standard output, errors to standard error. Ctrl-C drops the item
// that is being typed, or stops the one that is running. The error is the one
// that ended it, an *runtime.ExitError or the cause of ctx, or nil for Ctrl-D.
func (p *REPL) Run(ctx context.Context, s *runtime.Session) error {
	r := &itemReader{history: openHistory(p.options.History)}
	t, err := newTerminal(p.options.Stdin, p.kb, p.options.Stdout, func(line string) completion {
		return complete(s, r.before()+line)
	})
	if err != nil {
		return err
	}
	defer t.Close()
	r.ed = t
	signal.Notify(p.signals, os.Interrupt)
	defer signal.Stop(p.signals)
	p.say("", "starwire: Python 2.7's httplib in Starlark. help() explains, Tab completes, Ctrl-D leaves.\n")
	if s.Python {
		p.say("", "What is typed means what it means in a .py file: 7 / 2 is 3.\n")
	}
	return p.loop(ctx, s, r)
}

// say writes a remark of the REPL's own.
func (p *REPL) say(st tty.Style, text string) {
	if p.options.Colors && st != "" {
		text = tty.Paint(st, text)
	}
	io.WriteString(p.stderr, text)
}

// errLeave is a person's wish to leave, said in words.
var errLeave = errors.New("leave")

func (p *REPL) loop(ctx context.Context, s *runtime.Session, r *itemReader) error {
	p.session, p.reader = s, r
	s.Display = p.display
	s.OnRequest(func(r host.Request) { p.last.Store(&r) })
	stop := p.watch()
	defer stop()
	for {
		err := p.item(ctx)
		var exit *runtime.ExitError
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == io.EOF, err == errLeave:
			return nil
		case errors.As(err, &exit):
			return err
		default:
			p.report(err)
		}
	}
}

// report shows why an item ended.
func (p *REPL) report(err error) {
	p.line.Fresh()
	switch {
	case err == errInterrupted:
		p.reader.queue, p.reader.draft = nil, nil
	case errors.Is(err, context.Canceled):
		p.reader.queue, p.reader.draft = nil, nil
		p.say(tty.Red, "KeyboardInterrupt\n")
	default:
		text := runtime.FormatError(err)
		if p.options.Colors {
			text = tty.Error(text)
		}
		io.WriteString(p.stderr, text)
	}
}

// item reads and runs one item.
func (p *REPL) item(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer p.end(cancel)
	var command string
	read := false
	_, err := p.session.Next(ctx, func(string) (string, error) {
		if read {
			return "", io.EOF // the item is what it is, complete or not
		}
		read = true
		p.line.Fresh()
		if len(p.reader.queue) == 0 {
			p.forget() // at the prompt Ctrl-C is a key
		}
		item, err := p.reader.next()
		if err != nil {
			return "", err
		}
		p.begin(cancel)
		if isCommand(item) {
			command = item
			return "\n", nil
		}
		return item + "\n\n", nil
	})
	if err == nil && command != "" {
		err = p.command(ctx, command)
	}
	return err
}

// begin makes Ctrl-C stop the item that begins now.
func (p *REPL) begin(cancel context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel, p.interrupt = cancel, false
	if p.early {
		p.early, p.interrupt = false, true
		cancel()
	}
}

// forget drops a Ctrl-C that came when nothing ran.
func (p *REPL) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.early = false
}

func (p *REPL) end(cancel context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel = nil
	if p.patience != nil {
		p.patience.Stop()
		p.patience = nil
	}
	cancel()
}

// watch acts on Ctrl-C while items run, until stop is called. (At the prompt it
// is a key like others.)
func (p *REPL) watch() (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-p.signals:
				p.interrupted()
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// patience is how long an item may take to stop before that is remarked upon.
const patience = 500 * time.Millisecond

// interrupted stops the item that runs; if that was tried before, in vain, it
// ends the process.
func (p *REPL) interrupted() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.cancel == nil: // between two statements of a paste
		p.early = true
	case !p.interrupt:
		p.interrupt = true
		p.cancel()
		p.patience = time.AfterFunc(patience, func() {
			p.say(tty.Dim, "\n(still stopping it; Ctrl-C once more leaves starwire)\n")
		})
	default:
		fmt.Fprintln(p.options.Stderr, "\nstarwire: what runs does not heed Ctrl-C; leaving")
		p.options.Exit(130)
	}
}

// eval runs text as an item of the session and returns its value.
func (p *REPL) eval(ctx context.Context, text string) (starlark.Value, error) {
	return p.session.Eval(ctx, fmt.Sprintf("<command %d>", p.items.Add(1)), text)
}
