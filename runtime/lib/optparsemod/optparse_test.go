package optparsemod

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) { libtest.Run(t, "testdata/optparse.session", Module()) }

// TestCommandLine: mistakes go to standard error, with the status 2; help and version to standard output, with 0.
func TestCommandLine(t *testing.T) {
	usage := "Usage: prog.py [options]\n\n"
	for _, tt := range []struct {
		args, stdout, stderr, want string
	}{
		{"-n 5 rest", "", "", "(5, ['rest'])\n"},
		{"-n x", "", usage + "prog.py: error: option -n: invalid integer value: 'x'\n", "! exit 2\n"},
		{"-n", "", usage + "prog.py: error: -n option requires an argument\n", "! exit 2\n"},
		{"-p 1", "", usage + "prog.py: error: -p option requires 2 arguments\n", "! exit 2\n"},
		{"--num=1", "", usage + "prog.py: error: ambiguous option: --num (--number, --numeral?)\n", "! exit 2\n"},
		{"--flag=1", "", usage + "prog.py: error: --flag option does not take a value\n", "! exit 2\n"},
		{"-fz", "", usage + "prog.py: error: no such option: -z\n", "! exit 2\n"},
		{"--version", "prog.py 1.5\n", "", "! exit 0\n"},
		{"-h", usage + "Options:\n  --version  show program's version\n             number and exit\n  -h, --help\n" +
			"             show this help message and\n             exit\n  -n NUMBER, --number=NUMBER\n  -p PAIR    \n" +
			"  -f, --flag\n  --numeral=X\n", "", "! exit 0\n"},
	} {
		var stdout, stderr strings.Builder
		thread, _ := libtest.Thread(t, host.Host{
			Args: append([]string{"/bin/prog.py"}, strings.Fields(tt.args)...), Stdout: &stdout, Stderr: &stderr,
			Getenv: func(string) (string, bool, error) { return "42", true, nil },
		})
		globals := starlark.StringDict{"optparse": Module()}
		for _, line := range []string{
			"p = optparse.OptionParser(version='%prog 1.5', formatter=optparse.IndentedHelpFormatter(max_help_position=13))",
			"o = p.add_option('-n', '--number', type='int')",
			"o = p.add_option('-p', dest='pair', nargs=2)",
			"o = p.add_option('-f', '--flag', action='store_true')",
			"o = p.add_option('--numeral', metavar='X')",
		} {
			libtest.Eval(thread, globals, line)
		}
		_, err := starlark.EvalOptions(libtest.Options, thread, "x", "p.parse_args()", globals)
		var exit *host.ExitError
		got := ""
		if errors.As(err, &exit) {
			got = fmt.Sprintf("! exit %d\n", exit.Code)
		} else {
			got = libtest.Eval(thread, globals, "[(v.number, rest) for v, rest in [p.parse_args()]][0]")
		}
		if got != tt.want || stdout.String() != tt.stdout || stderr.String() != tt.stderr {
			t.Errorf("%s: %q, printed %q and %q; want %q, %q, %q", tt.args, got, stdout.String(), stderr.String(), tt.want, tt.stdout, tt.stderr)
		}
	}
}

// TestFrozen: a parser that several runs share cannot be changed.
func TestFrozen(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	globals := starlark.StringDict{"optparse": Module()}
	libtest.Eval(thread, globals, "p = optparse.OptionParser(prog='p')")
	globals["p"].Freeze()
	for _, line := range []string{"p.add_option('-x')", "p.set_usage('x')", "p.set_defaults(x=1)", "p.parse_args([])", "p.remove_option('-h')",
		"p.add_option_group('x')", "p.disable_interspersed_args()", "p.set_description('x')", "p.error = 1"} {
		if got := libtest.Eval(thread, globals, line); !strings.Contains(got, "cannot change frozen OptionParser") {
			t.Errorf("%s of a frozen parser: %s", line, got)
		}
	}
}

// TestInItself: values may hold themselves; their text has an end.
func TestInItself(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	globals := starlark.StringDict{"optparse": Module()}
	libtest.Eval(thread, globals, "v = optparse.Values()")
	libtest.Eval(thread, globals, "v.v = [v]")
	for _, line := range []string{"str(v)", "v", "[v]", "'%s' % v"} {
		if got := libtest.Eval(thread, globals, line); !strings.Contains(got, "...") {
			t.Errorf("%s = %.200s; want ... in it", line, got)
		}
	}
}

// TestMany: what a script may make of a parser has an end.
func TestMany(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	globals := starlark.StringDict{"optparse": Module()}
	libtest.Eval(thread, globals, "p = optparse.OptionParser(prog='p')")
	got := libtest.Eval(thread, globals, "[p.add_option('--o%d' % i) and None for i in range(11000)]")
	if !strings.HasPrefix(got, "! MemoryError") {
		t.Errorf("11,000 options: %.100s; want a MemoryError", got)
	}
	if got := libtest.Eval(thread, globals, "optparse.OptionParser(formatter=optparse.IndentedHelpFormatter(1 << 30))"); !strings.HasPrefix(got, "! ValueError") {
		t.Errorf("an indentation of a billion columns: %.100s; want a ValueError", got)
	}
}
