package timemod

import (
	"fmt"
	"math"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

var structTimeType = &py.NamedType{
	Name:   "time.struct_time",
	Fields: []string{"tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"},
}

// structTime returns the time.struct_time of t in its zone.
func structTime(t time.Time) *py.Named {
	f := fieldsOf(t)
	return structTimeType.New(
		starlark.MakeInt(f.year), starlark.MakeInt(f.mon+1), starlark.MakeInt(f.mday),
		starlark.MakeInt(f.hour), starlark.MakeInt(f.min), starlark.MakeInt(f.sec),
		starlark.MakeInt((f.wday+6)%7), starlark.MakeInt(f.yday+1), starlark.MakeInt(f.isdst))
}

// newStructTime is time.struct_time(sequence).
func newStructTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var seq starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "sequence", &seq); err != nil {
		return nil, err
	}
	if _, ok := seq.(starlark.Indexable); !ok && starlark.Len(seq) != 0 {
		return nil, py.TypeError.Errorf("constructor requires a sequence")
	}
	items := make([]starlark.Value, 9)
	if n := starlark.Len(seq); n != len(items) {
		return nil, py.TypeError.Errorf("time.struct_time() takes a 9-sequence (%d-sequence given)", n)
	}
	for i := range items {
		items[i] = seq.(starlark.Indexable).Index(i)
	}
	return structTimeType.New(items...), nil
}

// fields is C's struct tm: mon and yday count from 0, wday from Sunday.
type fields struct {
	year, mon, mday, hour, min, sec, wday, yday, isdst int
}

func fieldsOf(t time.Time) fields {
	f := fields{
		year: t.Year(), mon: int(t.Month()) - 1, mday: t.Day(),
		hour: t.Hour(), min: t.Minute(), sec: t.Second(),
		wday: int(t.Weekday()), yday: t.YearDay() - 1,
	}
	if t.IsDST() {
		f.isdst = 1
	}
	return f
}

// unpackFields reads nine integers: years of one or two digits become 1969 to
// 2068, earlier ones than 1900 are refused.
//
// timemodule.c, gettmarg
func unpackFields(v starlark.Value) (fields, error) {
	seq, ok := v.(starlark.Indexable)
	if _, text := py.AsBytes(v); !ok || text {
		return fields{}, py.TypeError.Errorf("argument must be 9-item sequence, not %s", py.TypeName(v))
	}
	var n [9]int
	if seq.Len() != len(n) {
		return fields{}, py.TypeError.Errorf("argument must be sequence of length 9, not %d", seq.Len())
	}
	for i := range n {
		var err error
		if n[i], err = cInt(seq.Index(i)); err != nil {
			return fields{}, err
		}
	}
	f := fields{n[0], n[1] - 1, n[2], n[3], n[4], n[5], (n[6] + 1) % 7, n[7] - 1, n[8]}
	switch {
	case 0 <= f.year && f.year <= 68:
		f.year += 2000
	case 69 <= f.year && f.year <= 99:
		f.year += 1900
	case f.year < 1900:
		return f, py.ValueError.Errorf("year out of range")
	}
	return f, nil
}

// cInt is a C int as PyArg_Parse reads it.
func cInt(v starlark.Value) (int, error) {
	switch v := v.(type) {
	case starlark.Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case starlark.Int:
		n, ok := v.Int64()
		switch {
		case !ok:
			return 0, py.OverflowError.Errorf("Python int too large to convert to C long")
		case n > math.MaxInt32:
			return 0, py.OverflowError.Errorf("signed integer is greater than maximum")
		case n < math.MinInt32:
			return 0, py.OverflowError.Errorf("signed integer is less than minimum")
		}
		return int(n), nil
	case starlark.Float:
		return 0, py.TypeError.Errorf("integer argument expected, got float")
	}
	return 0, py.TypeError.Errorf("an integer is required")
}

// check refuses fields that strftime and asctime could not index their tables
// with. A zero month, day or day of the year counts as one.
//
// timemodule.c, checktm
func (f *fields) check() error {
	if f.mon == -1 {
		f.mon = 0
	}
	if f.mday == 0 {
		f.mday = 1
	}
	if f.yday == -1 {
		f.yday = 0
	}
	f.isdst = min(max(f.isdst, -1), 1)
	for _, c := range []struct {
		value, low, high int
		name             string
	}{
		{f.mon, 0, 11, "month"},
		{f.mday, 0, 31, "day of month"},
		{f.hour, 0, 23, "hour"},
		{f.min, 0, 59, "minute"},
		{f.sec, 0, 61, "seconds"},
		{f.wday, 0, 6, "day of week"},
		{f.yday, 0, 365, "day of year"},
	} {
		if c.value < c.low || c.value > c.high {
			return py.ValueError.Errorf("%s out of range", c.name)
		}
	}
	return nil
}

var (
	dayNames   = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
)

// asctime returns the 24 characters of C's asctime, without its newline.
func (f fields) asctime() string {
	return fmt.Sprintf("%s %s%3d %02d:%02d:%02d %d",
		dayNames[f.wday][:3], monthNames[f.mon][:3], f.mday, f.hour, f.min, f.sec, f.year)
}

// timeAscTime is time.asctime([tuple]).
func timeAscTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f, err := fieldsArg(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return starlark.String(f.asctime()), nil
}
