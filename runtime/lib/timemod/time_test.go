package timemod

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/time.session", Module{})
}

func eval(thread *starlark.Thread, expr string) string {
	return strings.TrimSuffix(libtest.Eval(thread, starlark.StringDict{"time": Module{}}, expr), "\n")
}

func TestClock(t *testing.T) {
	now := time.Unix(1600000000, 250_000_000)
	thread, _ := libtest.Thread(t, host.Host{Now: func() time.Time {
		defer func() { now = now.Add(time.Second) }()
		return now.In(time.FixedZone("X", 3600))
	}})
	tests := []struct{ expr, want string }{
		{"time.time()", "1600000000.25"},
		{"time.clock()", "1.0"}, // the first call reads the clock twice
		{"time.clock() > 1", "True"},
		{"time.now().unix", "1600000004"},
		{"time.now().hour", "13"},
		{"time.gmtime()[:6]", "(2020, 9, 13, 12, 26, 46)"},
		{"time.localtime()[:6]", "(2020, 9, 13, 13, 26, 47)"},
		{"time.ctime()", "'Sun Sep 13 13:26:48 2020'"},
		{"time.asctime()", "'Sun Sep 13 13:26:49 2020'"},
		{"time.strftime('%H:%M:%S %Z')", "'13:26:50 X'"},
		{"time.time(year=2020, month=2, day=1).month", "2"},
		{"time.time(year='x')", `! TypeError: 'time: for parameter "year": got string, want int'`},
		{"time.parse_time('x')", `! ValueError: 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'`},
		{"time.parse_duration('1m').seconds", "60.0"},
		{"(2 * time.second).seconds", "2.0"},
		{"time.from_timestamp(7).unix", "7"},
		{"time.is_valid_timezone('no/where')", "False"},
		{"time.now(1)", `! TypeError: 'now: got 1 arguments, want at most 0'`},
	}
	for _, tt := range tests {
		if got := eval(thread, tt.expr); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.expr, got, tt.want)
		}
	}
}

func TestSleep(t *testing.T) {
	var slept []time.Duration
	thread, _ := libtest.Thread(t, host.Host{Sleep: func(ctx context.Context, d time.Duration) error {
		slept = append(slept, d)
		return nil
	}})
	for _, expr := range []string{"time.sleep(0)", "time.sleep(1.5)", "time.sleep(True)", "time.sleep(2 * time.minute)", "time.sleep(1e15)"} {
		if got := eval(thread, expr); got != "" {
			t.Errorf("%s: %s", expr, got)
		}
	}
	want := []time.Duration{0, 1500 * time.Millisecond, time.Second, 2 * time.Minute, math.MaxInt64}
	for i, d := range want {
		if slept[i] != d {
			t.Errorf("sleep %d: %v; want %v", i, slept[i], d)
		}
	}
	if got := eval(thread, "time.sleep(-1 * time.second)"); got != "! IOError: '[Errno 22] Invalid argument'" || len(slept) != len(want) {
		t.Errorf("sleep of a negative duration: %s", got)
	}
}

func TestSleepEndsWithTheRun(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("why")
	thread := new(starlark.Thread)
	host.Attach(thread, ctx, host.Host{})
	done := make(chan error)
	go func() {
		_, err := starlark.Call(thread, clocks().Members["sleep"], starlark.Tuple{starlark.MakeInt(1000)}, nil)
		done <- err
	}()
	cancel(why)
	if err := <-done; !errors.Is(err, why) {
		t.Errorf("sleep in a cancelled run: %v; want its cause", err)
	}
}

// In every zone, mktime undoes localtime.
func TestMkTimeUndoesLocalTime(t *testing.T) {
	for _, name := range []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/Dublin", "Pacific/Apia"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for unix := int64(1_577_000_000); unix < 1_577_000_000+400*86400; unix += 1801 {
			in := time.Unix(unix, 0).In(loc)
			if got := fieldsOf(in).unix(loc); got != unix {
				t.Fatalf("%s: mktime(localtime(%d)) = %d (%v)", name, unix, got, in)
			}
		}
	}
}

func TestZones(t *testing.T) {
	for name, want := range map[string][2]zone{
		"UTC":                 {{"UTC", 0}, {"UTC", 0}},
		"America/New_York":    {{"EST", -5 * 3600}, {"EDT", -4 * 3600}},
		"Australia/Melbourne": {{"AEST", 10 * 3600}, {"AEDT", 11 * 3600}},
	} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		if std, dst := zones(loc, 2020); std != want[0] || dst != want[1] {
			t.Errorf("zones(%s) = %v, %v; want %v", name, std, dst, want)
		}
	}
}

func TestLongFormats(t *testing.T) {
	thread, _ := libtest.Thread(t, host.Host{})
	for expr, want := range map[string]string{
		"time.strptime('x', 'a b' * 2000)":             "! ValueError: 'format has more than 1000 parts'",
		"time.strptime(' ' * 1000000, ' %d')":          "! ValueError: \"time data '" + strings.Repeat(" ", 1000000) + "' does not match format ' %d'\"",
		"len(time.strftime('%99999999999999999999Y'))": "0",
		"len(time.strftime('%Y' * 100000))":            "400000",
	} {
		if got := eval(thread, expr); got != want {
			t.Errorf("%s = %.100s; want %.100s", expr, got, want)
		}
	}
}
