package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"starwire/runtime/tty/ttytest"
)

// onTerminal starts the command on a terminal of 80 columns, in an empty folder.
func onTerminal(t *testing.T, prepare func(cmd *exec.Cmd), args ...string) *ttytest.Console {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Args = append([]string{"starwire"}, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "STARWIRE_HISTORY="+filepath.Join(cmd.Dir, "history"))
	if prepare != nil {
		prepare(cmd)
	}
	return ttytest.Start(t, 80, cmd)
}

// BenchmarkStart is how long it takes to the first line that a script prints, and
// to the first prompt.
func BenchmarkStart(b *testing.B) {
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("to=print", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command(exe)
			cmd.Args = []string{"starwire", "-c", "print('here')"}
			if out, err := cmd.Output(); err != nil || string(out) != "here\n" {
				b.Fatalf("%v, %q", err, out)
			}
		}
	})
	b.Run("to=prompt", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command(exe)
			cmd.Args = []string{"starwire"}
			cmd.Env = append(os.Environ(), "STARWIRE_HISTORY="+filepath.Join(b.TempDir(), "history"))
			c := ttytest.Start(b, 80, cmd)
			c.Expect(">>> ")
			b.StopTimer()
			c.Send(ttytest.CtrlD)
			c.Exit()
			b.StartTimer()
		}
	})
}

// A slowServer sends and takes a third of 3 MB, and the rest once it is let.
type slowServer struct {
	*httptest.Server
	goOn chan struct{}
}

func newSlowServer(t *testing.T) *slowServer {
	s := &slowServer{goOn: make(chan struct{})}
	wait := func(r *http.Request) {
		select {
		case <-s.goOn:
		case <-r.Context().Done():
		}
	}
	third := strings.Repeat("x", 1_000_000)
	mux := http.NewServeMux()
	send := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, third)
		w.(http.Flusher).Flush()
		wait(r)
		if r.URL.Path == "/short" {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, third+third)
	}
	mux.HandleFunc("/known", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "3000000")
		send(w, r)
	})
	mux.HandleFunc("/unknown", send)
	mux.HandleFunc("/short", send)
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, 1_000_000)
		wait(r)
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, 1_000_000+n)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// connect is a script's first line.
func (s *slowServer) connect() string {
	return fmt.Sprintf("c = httplib.HTTPConnection(%q)\n", s.Listener.Addr())
}

// TestProgress: on a terminal a transfer that lasts shows a bar, which leaves no trace.
func TestProgress(t *testing.T) {
	tests := []struct {
		name, script, bar, keys string
		end                     string // what the screen shows in the end
		code                    int
	}{
		{"a download", "c.request('GET', '/known')\nprint(c.getresponse().save('out.bin', progress=True))",
			`^out\.bin  \[#*\.+\] +\d+%  [\d.]+ [kM]B of 3\.0 MB  [^\n]*/s[^\n]*\n$`, "", "3000000\n", 0},
		{"of unknown length", "c.request('GET', '/unknown')\nf = open('it', 'w')\nprint(c.getresponse().save(f, progress=1))",
			`^it  [\d.]+ [kM]B  [^\n]*/s\n$`, "", "3000000\n", 0},
		{"with print before and after", "sys.stdout.write('go')\nc.request('GET', '/known')\nn = c.getresponse().save('out.bin', progress=True)\nprint(n)",
			`^go\nout\.bin  \[`, "", "go\n3000000\n", 0},
		{"an upload", "c.request('PUT', '/upload', 'x' * 60000000, progress=True)\nprint(c.getresponse().read())",
			`^PUT  \[[#.]+\] +\d+%  [\d.]+ MB of 60 MB  `, "", "60000000\n", 0},
		{"of a file", "f = open('in.bin', 'w')\nf.write('x' * 60000000)\nf.close()\nc.request('PUT', '/upload', open('in.bin'), progress=True)\nprint(c.getresponse().read())",
			`^in\.bin  \[[#.]+\] +\d+%  [\d.]+ MB of 60 MB  `, "", "60000000\n", 0},
		{"by send", "c.putrequest('PUT', '/upload')\nc.putheader('Content-Length', 60000000)\nc.endheaders()\nc.send('x' * 60000000, progress=True)\nprint(c.getresponse().read())",
			`^PUT  \[[#.]+\] +\d+%  [\d.]+ MB of 60 MB  `, "", "60000000\n", 0},
		{"cut off", "c.request('GET', '/short')\nprint(catch(httplib.IncompleteRead, c.getresponse().save, 'out.bin', progress=True).ok)",
			`^out\.bin  [\d.]+ [kM]B  `, "", "False\n", 0},
		{"interrupted", "c.request('GET', '/known')\nc.getresponse().save('out.bin', progress=True)",
			`^out\.bin  \[`, ttytest.CtrlC, "Traceback (most recent call last):\n  <string>:3:21: in <toplevel>\n    c.getresponse().save('out.bin', progress=True)\n                        ^\nKeyboardInterrupt\n", 130},
		{"not asked for", "c.request('GET', '/known')\nr = c.getresponse()\nprint('begun', len(r.read(1000000)))\nprint(r.save('out.bin'))",
			`^begun 1000000\n`, "", "begun 1000000\n2000000\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSlowServer(t)
			c := onTerminal(t, nil, "-c", s.connect()+tt.script)
			c.Contains(tt.bar)
			if tt.keys != "" {
				c.Send(tt.keys)
			} else {
				close(s.goOn)
			}
			if code := c.Exit(); code != tt.code {
				t.Errorf("exit status %d; want %d", code, tt.code)
			}
			if tt.code == 0 && c.Look(func(s *ttytest.Screen) bool { return s.Styled }) {
				t.Error("the bar has colours")
			}
			c.Until(fmt.Sprintf("in the end %q", tt.end), func(s *ttytest.Screen) bool {
				return strings.TrimRight(s.Text(), "\n") == strings.TrimRight(tt.end, "\n")
			})
		})
	}
}

// TestInteractiveCode: -i -c CODE runs CODE, then talks.
func TestInteractiveCode(t *testing.T) {
	c := onTerminal(t, nil, "-i", "-c", "print('ran'); x = 6", "arg")
	c.Contains(`^ran\n`)
	c.Send("x * 7, sys.argv\r%reload\r")
	c.Contains(`\n\(42, \['-c', 'arg'\]\)\n`)
	c.Contains(`this session has none\n>>> *\n`)
	c.Send(ttytest.CtrlD)
	if code := c.Exit(); code != 0 {
		t.Errorf("exit status %d; want 0", code)
	}
}

// TestInteractiveFile: -i FILE runs FILE, then talks, however the script ended.
func TestInteractiveFile(t *testing.T) {
	tests := []struct {
		name, script string
		keys         string
		shows        []string // patterns
		code         int
	}{
		{"a script", "import httplib\nprint 'ran'\ndef f(x): return x * 2\n", "f(21)\rsys.argv\r",
			[]string{`^ran\n`, `\n>>> f\(21\)\n42\n`, `\n\['it\.py', '-x'\]\n>>> *\n`}, 0},
		{"Python", "from __future__ import print_function\nn = 7 / 2\ndef half(x): return x / 2\n", "n, half(9), 9 / 2, len(xrange(2))\rprint(1, 2)\rhal\t7)\r",
			[]string{`in a \.py file`, `\n\(3, 4, 4, 2\)\n`, `\n1 2\n`, `>>> half\(7\)\n3\n`}, 0},
		{"late binding", "def f(): return g()\n", "def g(): return 'new'\r\rf()\r", []string{`>>> f\(\)\n'new'\n`}, 0},
		{"an error", "x = 7\n1 / 0\ny = 8\n", "x\ry\r",
			[]string{`it\.py:2:3: in <toplevel>\n(.*\n)*ZeroDivisionError: [^\n]*\n`, `>>> x\n7\n`, `NameError: name 'y' is not defined\n`}, 0},
		{"a syntax error", "x = (\n", "1\r", []string{`it\.py:\d+:\d+: SyntaxError: `, `>>> 1\n1\n`}, 0},
		{"sys.exit", "import sys\nx = 5\nsys.exit(3)\n", "x\r", []string{`it\.py ended by sys\.exit, status 3\n`, `>>> x\n5\n`}, 0},
		{"sys.exit with words", "import sys\nsys.exit('enough')\n", "sys.exit(9)\r", []string{`^enough\n`, `sys\.exit, status 1\n`}, 9},
		{"an interrupt", "print 'waiting'\nwhile True: pass\n", "", []string{`KeyboardInterrupt\n`}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := onTerminal(t, func(cmd *exec.Cmd) {
				if err := os.WriteFile(filepath.Join(cmd.Dir, "it.py"), []byte(tt.script), 0o600); err != nil {
					t.Fatal(err)
				}
			}, "-i", "it.py", "-x")
			if tt.name == "an interrupt" {
				c.Contains(`^waiting\n`)
				c.Send(ttytest.CtrlC)
			}
			c.Contains(`>>> *\n`)
			c.Send(tt.keys)
			for _, pattern := range tt.shows {
				c.Contains(pattern)
			}
			if !strings.Contains(tt.keys, "exit") {
				c.Send(ttytest.CtrlD)
			}
			if code := c.Exit(); code != tt.code {
				t.Errorf("exit status %d; want %d", code, tt.code)
			}
		})
	}
}

// TestWaitingForInput: a run that waits for a terminal ends with Ctrl-C and with
// --timeout.
func TestWaitingForInput(t *testing.T) {
	for _, script := range []string{"for line in sys.stdin: pass", "sys.stdin.read()", "sys.stdin.readline()"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			c := onTerminal(t, nil, "-c", "print('waiting')\n"+script)
			c.Contains(`^waiting\n`)
			c.Send(ttytest.CtrlC)
			c.Contains(`\nKeyboardInterrupt\n`)
			if code := c.Exit(); code != 130 {
				t.Errorf("Ctrl-C: exit status %d; want 130", code)
			}
			c = onTerminal(t, nil, "--timeout=100ms", "-c", script)
			c.Contains(`limit exceeded: time`)
			if code := c.Exit(); code != 3 {
				t.Errorf("--timeout: exit status %d; want 3", code)
			}
		})
	}
}
