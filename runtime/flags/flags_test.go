package flags

import (
	"flag"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"starwire/httplibmod"
	"starwire/runtime"
	"starwire/runtime/shell"
	"starwire/wire"
)

func TestParse(t *testing.T) {
	tests := []struct {
		args []string
		get  func(o Options) any
		want any
	}{
		{[]string{"run", "a.star", "-x"}, func(o Options) any { return append([]string{o.Command}, o.Args...) }, []string{"run", "a.star", "-x"}},
		{[]string{"-c", "1", "--timeout", "5"}, func(o Options) any { return append([]string{o.Code}, o.Args...) }, []string{"1", "--timeout", "5"}},
		{[]string{"--debuglevel", "2", "-c=1", "-y"}, func(o Options) any { return append([]string{o.Code}, o.Args...) }, []string{"1", "-y"}},
		{[]string{"--", "-a"}, func(o Options) any { return o.Args }, []string{"-a"}},
		{[]string{"-"}, func(o Options) any { return o.Args }, []string{"-"}},
		{[]string{"--timeout", "1.5"}, func(o Options) any { return o.Config.Limits.Wall }, 1500 * time.Millisecond},
		{[]string{"--timeout=500ms"}, func(o Options) any { return o.Config.Limits.Wall }, 500 * time.Millisecond},
		{[]string{"--timeout=2m"}, func(o Options) any { return o.Config.Limits.Wall }, 2 * time.Minute},
		{nil, func(o Options) any { return o.Config.SocketTimeout }, time.Minute},
		{[]string{"--socket-timeout=1.5"}, func(o Options) any { return o.Config.SocketTimeout }, 1500 * time.Millisecond},
		{[]string{"--socket-timeout=none"}, func(o Options) any { return o.Config.SocketTimeout }, time.Duration(0)},
		{[]string{"--max-read=64MiB"}, func(o Options) any { return o.Config.Limits.ReadBytes }, int64(64 << 20)},
		{[]string{"--max-write=1GB"}, func(o Options) any { return o.Config.Limits.WriteBytes }, int64(1e9)},
		{[]string{"--max-print=4096"}, func(o Options) any { return o.Config.Limits.PrintBytes }, int64(4096)},
		{[]string{"--max-memory=2KiB"}, func(o Options) any { return o.Config.Limits.Memory }, int64(2048)},
		{[]string{"--max-conns=7"}, func(o Options) any { return o.Config.Limits.Conns }, 7},
		{[]string{"--max-depth=7"}, func(o Options) any { return o.Config.Limits.CallDepth }, 7},
		{[]string{"--max-json-depth=8"}, func(o Options) any { return o.Config.Limits.JSONDepth }, 8},
		{nil, func(o Options) any { return o.Config.Limits }, runtime.NoLimits()},
		{nil, func(o Options) any { return o.Config.Permissions }, runtime.Everything()},
		{[]string{"--sandbox"}, func(o Options) any { return o.Config.Permissions }, runtime.Permissions{}},
		{[]string{"--allow-net=a,b:80", "--allow-net", "c"}, func(o Options) any { return o.Config.Permissions }, runtime.Permissions{Net: []string{"a", "b:80", "c"}}},
		{[]string{"--allow-listen"}, func(o Options) any { return o.Config.Permissions }, runtime.Permissions{Listen: true}},
		{[]string{"--deny-net=a"}, func(o Options) any { return o.Config.Permissions.DenyNet }, []string{"a"}},
		{[]string{"--deny-net=a"}, func(o Options) any { return o.Config.Permissions.Net }, []string{"*", "unix:*"}},
		{[]string{"--resolve=h:80:127.0.0.1"}, func(o Options) any { return o.Config.Resolve }, map[string]string{"h:80": "127.0.0.1:80"}},
		{[]string{"--resolve=h:80:127.0.0.1:81"}, func(o Options) any { return o.Config.Resolve }, map[string]string{"h:80": "127.0.0.1:81"}},
		{[]string{"--resolve=h:80:[::1]"}, func(o Options) any { return o.Config.Resolve }, map[string]string{"h:80": "[::1]:80"}},
		{[]string{"--resolve=h:80:[::1]:81"}, func(o Options) any { return o.Config.Resolve }, map[string]string{"h:80": "[::1]:81"}},
		{nil, func(o Options) any { return o.Config.HTTP }, httplibmod.Options{}},
		{[]string{"--policy=strict"}, func(o Options) any { return o.Config.HTTP }, httplibmod.Options{Strict: true}},
		{[]string{"--policy", "strict", "--policy", "python"}, func(o Options) any { return o.Config.HTTP }, httplibmod.Options{}},
		{[]string{"--deadline=1.5"}, func(o Options) any { return o.Config.HTTP }, httplibmod.Options{Deadline: 1500 * time.Millisecond}},
		{[]string{"--max-body=1MiB"}, func(o Options) any { return o.Config.HTTP }, httplibmod.Options{MaxBody: 1 << 20}},
		{[]string{"--max-body=none"}, func(o Options) any { return o.Config.HTTP }, httplibmod.Options{MaxBody: -1}},
		{[]string{"--limit=headers=50", "--limit", "head_bytes=64KiB", "--limit=head_time=500ms", "--limit=interim=1"},
			func(o Options) any { return o.Config.HTTP.Limits },
			httplibmod.Limits{Limits: wire.Limits{FieldLines: 50, HeadBytes: 64 << 10}, HeadTime: 500 * time.Millisecond, Interim: 1}},
		{[]string{"test", "-run", "x.*", "-v"}, func(o Options) any { return []any{o.Run.String(), o.Verbose} }, []any{"x.*", true}},
	}
	for _, tt := range tests {
		o, err := Parse(tt.args)
		if err != nil {
			t.Errorf("Parse(%q) error %v", tt.args, err)
			continue
		}
		if got := tt.get(o); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Parse(%q): %v; want %v", tt.args, got, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--nonsense"}, "unknown flag --nonsense"},
		{[]string{"-x"}, "unknown flag -x"},
		{[]string{"--timeout"}, "flag needs an argument: --timeout"},
		{[]string{"--timeout=0"}, `invalid value "0" for flag --timeout: want a time above zero such as 1.5, 500ms or 2m`},
		{[]string{"--timeout=soon"}, `invalid value "soon" for flag --timeout: want a time above zero such as 1.5, 500ms or 2m`},
		{[]string{"--max-read=1PB"}, `invalid value "1PB" for flag --max-read: want a size such as 4096, 64MiB or 1GB`},
		{[]string{"--max-read=9999999999GiB"}, `invalid value "9999999999GiB" for flag --max-read: want a size such as 4096, 64MiB or 1GB`},
		{[]string{"--max-steps=-1"}, `invalid value "-1" for flag --max-steps: want a number above 0`},
		{[]string{"--resolve=h:80"}, `invalid value "h:80" for flag --resolve: want HOST:PORT:ADDR or HOST:PORT:ADDR:PORT`},
		{[]string{"--policy=lax"}, `invalid value "lax" for flag --policy: want python or strict`},
		{[]string{"--socket-timeout=0"}, `invalid value "0" for flag --socket-timeout: want a time above zero such as 1.5, 500ms or 2m, or none`},
		{[]string{"--deadline=-1"}, `invalid value "-1" for flag --deadline: want a time above zero such as 1.5, 500ms or 2m`},
		{[]string{"--max-body=all"}, `invalid value "all" for flag --max-body: want a size such as 4096, 64MiB or 1GB, or none`},
		{[]string{"--max-body=0"}, `invalid value "0" for flag --max-body: want a size such as 4096, 64MiB or 1GB, or none`},
		{[]string{"--limit=headers"}, `invalid value "headers" for flag --limit: want NAME=N, such as headers=50 or head_bytes=64KiB`},
		{[]string{"--limit=headers=0"}, `invalid value "headers=0" for flag --limit: want a number from 1 to 2147483647 behind headers=, or a size such as 64KiB`},
		{[]string{"--limit=line=2147483648"}, `invalid value "line=2147483648" for flag --limit: want a number from 1 to 2147483647 behind line=, or a size such as 64KiB`},
		{[]string{"--limit=head_time=never"}, `invalid value "head_time=never" for flag --limit: want a time above zero such as 1.5, 500ms or 2m`},
		{[]string{"--limit=lines=1"}, `invalid value "lines=1" for flag --limit: no limit is called lines; there are line, headers, head_bytes, interim, ` +
			`chunk_line, chunk_overhead, trailers, trailer_bytes, empty_lines, read_ahead, host, request_line, request_value, head_time`},
		{[]string{"--setup", "x", "a.star"}, "flag --setup belongs to starwire doctest"},
		{[]string{"-run", "x"}, "flag -run belongs to starwire test"},
		{[]string{"doctest", "--json", "x"}, "flag --json belongs to starwire check"},
	}
	for _, tt := range tests {
		if _, err := Parse(tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("Parse(%q) error %v; want %s", tt.args, err, tt.want)
		}
	}
}

// TestError: what runtime.New refuses is told by the flag's name.
func TestError(t *testing.T) {
	o, err := Parse([]string{"--allow-net=10.0.0.0/99"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = runtime.New(o.Config)
	if err == nil {
		t.Fatal("an impossible range is accepted")
	}
	if got := Error(err).Error(); got != `--allow-net: "10.0.0.0/99": "10.0.0.0/99" is not a range of addresses` {
		t.Errorf("Error = %s", got)
	}
}

// TestLimitNames: whatever a script can put into limits the command line can, too.
func TestLimitNames(t *testing.T) {
	for _, name := range httplibmod.LimitNames() {
		o, err := Parse([]string{"--limit", name + "=7"})
		if err != nil {
			t.Errorf("--limit %s=7: %v", name, err)
			continue
		}
		switch field := o.Config.HTTP.Limits.Field(name).(type) {
		case *int:
			if *field != 7 {
				t.Errorf("--limit %s=7 is %d", name, *field)
			}
		case *time.Duration:
			if *field != 7*time.Second {
				t.Errorf("--limit %s=7 is %v", name, *field)
			}
		default:
			t.Errorf("no field for %s", name)
		}
	}
}

// TestCompletion: the shells know every flag, and every limit of --limit.
func TestCompletion(t *testing.T) {
	fs, _, _ := newFlagSet(new(Options))
	for _, name := range shell.Shells {
		text, err := shell.Completion(name)
		if err != nil {
			t.Fatal(err)
		}
		text = strings.NewReplacer(" -l ", " --", " -o ", " -", " -s ", " -").Replace(text) // fish
		knows := func(word string) {
			if !regexp.MustCompile(`(?m)(^|[ '*])` + regexp.QuoteMeta(word) + `($|[ '\[:)])`).MatchString(text) {
				t.Errorf("%s is not told of %s", name, word)
			}
		}
		fs.VisitAll(func(f *flag.Flag) {
			if f.Name != "h" && f.Name != "names" { // short for help; for the shells themselves
				knows(dashed(f.Name))
			}
		})
		for _, limit := range httplibmod.LimitNames() {
			knows(limit)
		}
	}
}
