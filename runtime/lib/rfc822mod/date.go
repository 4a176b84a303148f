package rfc822mod

import (
	"fmt"
	"math"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A Date is what a date field says, without checks of range: day 32 and hour 25
// pass, and a year of two digits stays one.
type Date struct {
	Year, Month, Day, Hour, Minute, Second int64
	// Offset is the zone's offset from UTC in seconds, positive to the east.
	// It means something only if HasOffset is true.
	Offset    int64
	HasOffset bool
}

// months maps the English names, short and long, in lower case, to 1–12.
func months() map[string]int64 {
	return monthsTable.Get(func() map[string]int64 {
		return map[string]int64{
			"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
			"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
			"january": 1, "february": 2, "march": 3, "april": 4, "june": 6,
			"july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
		}
	})
}

var monthsTable lazy.Value[map[string]int64]

func days() map[string]bool {
	return daysTable.Get(func() map[string]bool {
		return map[string]bool{"mon": true, "tue": true, "wed": true, "thu": true, "fri": true, "sat": true, "sun": true}
	})
}

var daysTable lazy.Value[map[string]bool]

// zones maps the names that RFC 822 §5.1 defines, without the military ones, to
// hours and minutes as +hhmm read in decimal.
func zones() map[string]int64 {
	return zonesTable.Get(func() map[string]int64 {
		return map[string]int64{
			"ut": 0, "utc": 0, "gmt": 0, "z": 0,
			"ast": -400, "adt": -300, "est": -500, "edt": -400, "cst": -600,
			"cdt": -500, "mst": -700, "mdt": -600, "pst": -800, "pdt": -700,
		}
	})
}

var zonesTable lazy.Value[map[string]int64]

// ParseDate reads a date in any of the forms mail and HTTP have used: RFC 822,
// RFC 850 and C's asctime, with fields missing, swapped or followed by commas.
// ok is false for a text that is no date.
//
// rfc822.py, parsedate_tz.
func ParseDate(text string) (d Date, ok bool) {
	fields, ok := dateFields(text)
	if !ok {
		return Date{}, false
	}
	day, month, year, clock, zone := fields[0], py.Lower(fields[1]), fields[2], fields[3], fields[4]
	if d.Month = months()[month]; d.Month == 0 {
		day, month = month, py.Lower(day)
		if d.Month = months()[month]; d.Month == 0 {
			return Date{}, false
		}
	}
	day = strings.TrimSuffix(day, ",")
	if strings.IndexByte(year, ':') > 0 {
		year, clock = clock, year
	}
	if year = strings.TrimSuffix(year, ","); year == "" {
		return Date{}, false
	}
	if year[0] < '0' || year[0] > '9' {
		year, zone = zone, year
	}
	parts := strings.SplitN(strings.TrimSuffix(clock, ","), ":", 4)
	switch len(parts) {
	case 2:
		parts = append(parts, "0")
	case 3:
	default:
		return Date{}, false
	}
	texts := [...]string{year, day, parts[0], parts[1], parts[2]}
	for i, to := range [...]*int64{&d.Year, &d.Day, &d.Hour, &d.Minute, &d.Second} {
		if *to, ok = number64(texts[i]); !ok {
			return Date{}, false
		}
	}
	d.Offset, d.HasOffset = parseZone(zone)
	return d, true
}

// dateFields finds day, month, year, time and zone, or what stands in their
// places. Only the first five fields count, but how many there are decides the
// form, so a text with more is cut into more.
func dateFields(text string) (fields []string, ok bool) {
	data := py.Split(text, 6)
	if len(data) == 0 {
		return nil, false
	}
	first := data[0]
	if last := first[len(first)-1]; last == ',' || last == '.' || days()[py.Lower(first)] {
		data = data[1:]
	} else if i := strings.LastIndexByte(first, ','); i >= 0 {
		data[0] = first[i+1:] // "Sun,06": no blank after the day's name
	}
	if len(data) == 3 { // RFC 850: "06-Nov-94 08:49:37 GMT"
		if dmy := strings.SplitN(data[0], "-", 4); len(dmy) == 3 {
			data = append(dmy, data[1:]...)
		}
	}
	if len(data) == 4 { // no zone, or one without a blank before it
		if i := strings.IndexByte(data[3], '+'); i > 0 {
			data = append(data[:3:3], data[3][:i], data[3][i+1:])
		} else {
			data = append(data, "")
		}
	}
	if len(data) < 5 {
		return nil, false
	}
	return data[:5], true
}

// parseZone returns a zone's offset in seconds. A number is +hhmm, though its
// hours may have any number of digits.
func parseZone(zone string) (seconds int64, ok bool) {
	n, ok := zones()[py.Lower(zone)]
	if !ok {
		if n, ok = number64(zone); !ok {
			return 0, false
		}
	}
	if n/100 > math.MaxInt64/3600-1 || n/100 < -(math.MaxInt64/3600-1) {
		return 0, false
	}
	// Go's division cuts toward zero, so hours and minutes have the sign of n.
	return n/100*3600 + n%100*60, true
}

// number64 is int(s) for numbers of 64 bits; py.Int10 saturates at their ends.
func number64(s string) (int64, bool) {
	n, ok := py.Int10(s)
	if n == math.MaxInt64 || n == -math.MaxInt64 {
		return 0, false
	}
	return n, ok
}

// Mktime returns the seconds since 1970 of a date taken for local time in loc,
// its Offset disregarded. Fields beyond their range carry over, day 32 into the
// next month; years 69–99 are in the last century, 0–68 in this one. Other years
// before 1900 are a ValueError; a field that does not fit C's int is an OverflowError.
//
// time.mktime.
func Mktime(d Date, loc *time.Location) (int64, error) {
	for _, n := range []int64{d.Year, d.Month, d.Day, d.Hour, d.Minute, d.Second} {
		if n > math.MaxInt32 {
			return 0, py.OverflowError.Errorf("signed integer is greater than maximum")
		}
		if n < math.MinInt32 {
			return 0, py.OverflowError.Errorf("signed integer is less than minimum")
		}
	}
	year := d.Year
	switch {
	case year >= 1900:
	case 69 <= year && year <= 99:
		year += 1900
	case 0 <= year && year <= 68:
		year += 2000
	default:
		return 0, py.ValueError.Errorf("year out of range")
	}
	t := time.Date(int(year), time.Month(d.Month), int(d.Day), int(d.Hour), int(d.Minute), int(d.Second), 0, loc)
	return t.Unix(), nil
}

// MktimeTZ returns the seconds since 1970 of a date. One without a zone is local
// time in loc. Errors are those of Mktime.
//
// rfc822.py, mktime_tz.
func MktimeTZ(d Date, loc *time.Location) (int64, error) {
	if !d.HasOffset {
		return Mktime(d, loc)
	}
	t, err := Mktime(d, time.UTC)
	return t - d.Offset, err
}

// The seconds at which C's struct tm ends: its year is an int that counts from 1900.
const (
	minGmtime = -67768040609740800
	maxGmtime = 67768036191676799
)

// FormatDate returns the date HTTP and mail prefer, "Sun, 06 Nov 1994 08:49:37
// GMT", for a time in seconds since 1970. Fractions are cut off. A time beyond
// the years of C's struct tm is a ValueError.
//
// rfc822.py, formatdate.
func FormatDate(seconds float64) (string, error) {
	if math.Abs(seconds) >= 1<<63 {
		return "", py.ValueError.Errorf("timestamp out of range for platform time_t")
	}
	if !(minGmtime <= seconds && seconds <= maxGmtime) { // NaN too
		return "", py.ValueError.New(nil, starlark.MakeInt(75), starlark.String("Value too large for defined data type"))
	}
	// Days come again after 400 years, and Go's int may not hold the year.
	const again = 146097 * 24 * 60 * 60
	times := int64(seconds) / again
	t := time.Unix(int64(seconds)-times*again, 0).UTC()
	return t.Format("Mon, 02 Jan ") + fmt.Sprintf("%04d", int64(t.Year())+400*times) + t.Format(" 15:04:05 GMT"), nil
}
