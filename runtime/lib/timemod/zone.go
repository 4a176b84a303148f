package timemod

import (
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A zone is one of the two times of a time zone: its name, and the seconds it is
// ahead of UTC.
type zone struct {
	name   string
	offset int
}

// zones returns the standard and the daylight saving time of loc in the year;
// the same twice where clocks are not changed.
func zones(loc *time.Location, year int) (std, dst zone) {
	var found [2]bool
	for _, month := range []time.Month{time.January, time.July} {
		t := time.Date(year, month, 1, 0, 0, 0, 0, loc)
		name, offset := t.Zone()
		if t.IsDST() {
			dst, found[1] = zone{name, offset}, true
		} else {
			std, found[0] = zone{name, offset}, true
		}
	}
	switch {
	case !found[0]:
		std = dst
	case !found[1]:
		dst = std
	}
	return std, dst
}

// timeMkTime is time.mktime(tuple): the seconds since 1970 of a local time.
// Fields beyond their range carry over.
func timeMkTime(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "tuple", &v); err != nil {
		return nil, err
	}
	f, err := unpackFields(v)
	if err != nil {
		return nil, err
	}
	return starlark.Float(f.unix(host.From(thread).Now().Location())), nil
}

// unix returns the seconds since 1970 of the fields in loc. isdst says whether
// they are daylight saving time; negative, they are whichever holds then: the
// later of the two in the hour that comes twice, the time before the change in
// the hour that is left out.
func (f fields) unix(loc *time.Location) int64 {
	wall := time.Date(f.year, time.Month(f.mon+1), f.mday, f.hour, f.min, f.sec, 0, time.UTC).Unix()
	at := func(unix int64) (offset int64, isdst int) {
		t := time.Unix(unix, 0).In(loc)
		_, n := t.Zone()
		if t.IsDST() {
			isdst = 1
		}
		return int64(n), isdst
	}
	const day = 24 * 60 * 60
	before, _ := at(wall - day)
	after, _ := at(wall + day)
	wanted := min(f.isdst, 1)
	// Standard time is behind, so the smaller offset is the later of two times.
	for _, offset := range []int64{min(before, after), max(before, after)} {
		if real, isdst := at(wall - offset); real == offset && (wanted < 0 || wanted == isdst) {
			return wall - offset
		}
	}
	if wanted >= 0 {
		// The fields are given in a time that does not hold then.
		std, dst := zones(loc, time.Unix(wall, 0).UTC().Year())
		if std != dst {
			return wall - int64([]zone{std, dst}[wanted].offset)
		}
	}
	return wall - before
}
