package command

import (
	"fmt"
	"io"
	"strings"

	"starwire/runtime/manual"
	"starwire/runtime/tty"
)

const version = "0.1.0"

const usage = `starwire runs scripts that talk HTTP through Python's httplib.

  starwire [flags] FILE [ARG...]      run a script (also: starwire run FILE)
  starwire [flags] -c CODE [ARG...]   run CODE: Starlark, or with Python's statements
  starwire [flags]                    talk to it; run standard input if it is no terminal
  starwire [flags] -i [FILE [ARG...]] run a script, or -c CODE, then talk to it, or run
                                      line by line what comes through a pipe; after
                                      a .py FILE, in Python
  starwire doctest [flags] FILE...    run the >>> examples of documents and docstrings
  starwire test [flags] [PATH...]     run the test_* functions of *_test.star files
  starwire check [flags] FILE...      find mistakes without running
  starwire port [-o OUT] FILE         write the Starlark program that a Python 2 program is
  starwire help [NAME]                explain a module, a function, a method, a topic
  starwire completion bash|zsh|fish   print what makes that shell complete all this

FILE may be - for standard input.

Flags, before FILE:
  --timeout DURATION        end the whole run after that long: 1.5, 500ms, 2m
  --cacert FILE             trust the authorities in FILE (PEM) instead of the system's
  --resolve HOST:PORT:ADDR[:PORT]
                            connect to ADDR when a script names HOST:PORT
  --debuglevel N            new connections print what they send and receive
  --policy python|strict    as httplib does, or refuse what RFC 9112 lets a client refuse
  --socket-timeout DURATION|none
                            what socket.getdefaulttimeout() is at first: 60
  --deadline DURATION       for one request and its response, however often a byte drips
  --max-body SIZE|none      the most that one read() may return
  --limit NAME=N            of what a server sends: --limit headers=50; a script's limits={}
  --color WHEN              auto, always or never; NO_COLOR=1 is never
  --setup FILE              doctest: a script to run first, to start servers
  -run REGEX  -v            test: only functions of these names; show every test
  --tap  --junit FILE       test: print TAP; write a report in JUnit's XML
  --json                    check: print JSON, for editors
  -o OUT                    port: write to OUT, a new file, instead of standard output
  --help, --version

Permissions; without any of these flags a script may do what you may:
  --sandbox                 nothing but what is allowed below
  --allow-net LIST          [http[s]://]HOST[:PORT], *.DOMAIN, CIDR, private or
                            unix:PATH, comma-separated
  --deny-net LIST           of what is allowed, not these
  --allow-read LIST         folders to read
  --allow-write LIST        folders to write
  --allow-env LIST          environment variables to read
  --allow-listen            run test servers on this machine
  --audit                   tell, at the end, the flags that the run needed

Limits; there are none unless given:
  --max-steps N  --max-read SIZE  --max-write SIZE  --max-print SIZE  --max-conns N
  --max-depth N  --max-json-depth N   calls in calls, lists and dicts in JSON
  --max-memory SIZE         sizes as 4096, 64MiB, 1GB
  --isolate                 run the script in a process of its own, which the system
                            limits to --max-memory, 512MiB by default

Exit status: 0, 1 script error, 2 usage, 3 limit or refused permission, 130
interrupt, or what sys.exit asks for.

Example:
  starwire -c 'c = httplib.HTTPConnection("127.0.0.1", 8000)
  c.request("GET", "/")
  print(c.getresponse().status)'
`

// explain prints the manual's page on a name, or with --names the names that
// begin so.
func (o *options) explain(args []string, stdout, stderr io.Writer) int {
	name := strings.Join(args, " ")
	if o.Names {
		for _, n := range manual.Names(name) {
			fmt.Fprintln(stdout, n)
		}
		return 0
	}
	columns, _ := tty.Size(stdout)
	text, ok := manual.Page(name, columns)
	if !ok {
		fmt.Fprint(stderr, "starwire: "+text)
		return 1
	}
	io.WriteString(stdout, text)
	return 0
}
