// Package timemod is the module time: Python 2.7's clock, calendar and text
// functions, and the members of go.starlark.net/lib/time.
//
// Where the two collide, Python wins: time.time() is the seconds since 1970 as a
// float. With keyword arguments, which Python's does not take,
// time.time(year=2020, …) is still go.starlark.net's Time of those fields.
//
// The clock is the Host's (Host.Now), and the local time zone is that of the
// times it returns. Locale-dependent texts are those of the C locale.
//
// Differences from CPython 2.7's time:
//
//   - clock() counts the wall clock's seconds since its first call in the run, as
//     CPython does on Windows.
//   - timezone, altzone, daylight and tzname are the machine's, read once, when a
//     script first asks for one.
//   - strptime refuses a repeated directive with ValueError, not re.error, and if
//     two name the same thing (%y and %Y) the last in the format counts.
//   - A struct_time never equals a plain tuple: compare tuple(t).
//   - sleep also takes a duration, as in time.sleep(2 * time.second).
package timemod
