package rfc822mod

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the recorded zones, whatever the machine has

	"starwire/runtime/py"
)

// dateText returns a date as the tables have it.
func dateText(d Date, ok bool) string {
	if !ok {
		return "None"
	}
	var parts []string
	for _, v := range d.TupleTZ() {
		parts = append(parts, v.String())
	}
	return strings.Join(parts, " ")
}

func TestParseDate(t *testing.T) {
	table(t, "dates.txt", 1000, func(c []string) {
		want := c[1]
		if want == "IndexError" { // the listed difference
			want = "None"
		}
		if got := dateText(ParseDate(c[0])); got != want {
			t.Errorf("ParseDate(%q) = %s; want %s", c[0], got, want)
		}
	})
}

func TestParseDateLongNumbers(t *testing.T) {
	const date = "06 Nov 1994 08:49:37 GMT"
	huge := strings.Repeat("9", 20)
	for _, tt := range []struct{ text, want string }{
		{strings.Replace(date, "1994", huge, 1), "None"},
		{strings.Replace(date, "1994", "9223372036854775806", 1), "9223372036854775806 11 6 8 49 37 0 1 0 0"},
		{strings.Replace(date, "37", "-"+huge, 1), "None"},
		{strings.Replace(date, "37", strings.Repeat("0", 1000)+"37", 1), "1994 11 6 8 49 37 0 1 0 0"},
		{strings.Replace(date, "GMT", huge, 1), "1994 11 6 8 49 37 0 1 0 None"},
		{strings.Replace(date, "GMT", "9223372036854775800", 1), "1994 11 6 8 49 37 0 1 0 None"},
		{strings.Replace(date, "GMT", "-9223372036854775800", 1), "1994 11 6 8 49 37 0 1 0 None"},
		{strings.Replace(date, "GMT", "256204778801521400", 1), "1994 11 6 8 49 37 0 1 0 9223372036854770400"},
	} {
		if got := dateText(ParseDate(tt.text)); got != tt.want {
			t.Errorf("ParseDate(%q) = %s; want %s", tt.text, got, tt.want)
		}
	}
}

// exceptionText returns an exception as the tables have it.
func exceptionText(err error) string {
	var e *py.Exception
	if !errors.As(err, &e) {
		return err.Error()
	}
	return e.Type() + "\t" + e.String()
}

func TestMktimeTZ(t *testing.T) {
	table(t, "times.txt", 60, func(c []string) {
		loc, err := time.LoadLocation(c[0])
		if err != nil {
			t.Fatal(err)
		}
		var n [10]int64
		items := strings.Fields(c[1])
		for i, item := range items {
			if item != "None" {
				if n[i], err = strconv.ParseInt(item, 10, 64); err != nil {
					t.Fatal(err)
				}
			}
		}
		d := Date{n[0], n[1], n[2], n[3], n[4], n[5], n[9], items[9] != "None"}
		want := strings.Join(c[2:], "\t")
		got, err := MktimeTZ(d, loc)
		text := strconv.FormatInt(got, 10)
		if err != nil {
			text = exceptionText(err)
		}
		if text != want {
			t.Errorf("MktimeTZ(%+v, %v) = %q; want %q", d, loc, text, want)
		}
	})
}

func TestFormatDate(t *testing.T) {
	table(t, "stamps.txt", 25, func(c []string) {
		seconds, err := strconv.ParseFloat(c[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Join(c[1:], "\t")
		got, err := FormatDate(seconds)
		if err != nil {
			got = exceptionText(err)
		}
		if got != want {
			t.Errorf("FormatDate(%v) = %q; want %q", seconds, got, want)
		}
	})
}

// What FormatDate writes, ParseDate and MktimeTZ read.
func TestFormatDateRoundTrip(t *testing.T) {
	for _, seconds := range []int64{0, 1, 951782400, 784111777, 4102444800, 253402300799} {
		text, err := FormatDate(float64(seconds))
		if err != nil {
			t.Fatal(err)
		}
		d, ok := ParseDate(text)
		got, err := MktimeTZ(d, time.UTC)
		if !ok || err != nil || got != seconds {
			t.Errorf("MktimeTZ(ParseDate(%q)) = %d, %v, %v; want %d", text, got, ok, err, seconds)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", " ", ",", "-Nov-94 1 2",
		"06 Nov 08:49:37 1994 GMT", "6 Nov , , ,", "06 Nov 1994 08:49:37+0530", "1 may 1 1:1 9223372036854775807",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDate(s)
		if !ok {
			if d != (Date{}) {
				t.Errorf("ParseDate(%q) = %+v, false; want the zero Date", s, d)
			}
			return
		}
		if d.Month < 1 || d.Month > 12 {
			t.Errorf("ParseDate(%q).Month = %d; want 1–12", s, d.Month)
		}
		if again, ok := ParseDate(s + " more words"); len(py.Split(s, -1)) > 6 && (!ok || again != d) {
			t.Errorf("ParseDate(%q) = %+v, %v; want %+v", s+" more words", again, ok, d)
		}
		if n, err := MktimeTZ(d, time.UTC); err == nil {
			if _, err := FormatDate(float64(n)); err != nil && math.Abs(float64(n)) < 1e15 {
				t.Errorf("FormatDate(%d) = %v", n, err)
			}
		}
	})
}
