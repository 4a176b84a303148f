package rfc822mod

import (
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// Members returns what Python's module rfc822 offers besides Message, under
// Python's names. The dict is the caller's.
func Members() starlark.StringDict {
	return starlark.StringDict{
		"AddressList":       starlark.NewBuiltin("AddressList", newAddressList),
		"dump_address_pair": starlark.NewBuiltin("dump_address_pair", dumpAddressPair),
		"formatdate":        starlark.NewBuiltin("formatdate", formatDate),
		"mktime_tz":         starlark.NewBuiltin("mktime_tz", mktimeTZ),
		"parseaddr":         starlark.NewBuiltin("parseaddr", parseAddr),
		"parsedate":         starlark.NewBuiltin("parsedate", parseDate),
		"parsedate_tz":      starlark.NewBuiltin("parsedate_tz", parseDateTZ),
		"quote":             starlark.NewBuiltin("quote", quote),
		"unquote":           starlark.NewBuiltin("unquote", unquote),
	}
}

// Tuple returns the nine items of time.mktime's argument, of which weekday, day
// of the year and summer time are always 0, 1 and 0.
//
// rfc822.py, parsedate.
func (d Date) Tuple() starlark.Tuple {
	items := make(starlark.Tuple, 0, 10)
	for _, n := range [...]int64{d.Year, d.Month, d.Day, d.Hour, d.Minute, d.Second, 0, 1, 0} {
		items = append(items, starlark.MakeInt64(n))
	}
	return items
}

// TupleTZ returns Tuple's items and the offset in seconds, or None.
//
// rfc822.py, parsedate_tz.
func (d Date) TupleTZ() starlark.Tuple {
	if !d.HasOffset {
		return append(d.Tuple(), starlark.None)
	}
	return append(d.Tuple(), starlark.MakeInt64(d.Offset))
}

// Tuple returns (name, address).
func (a Address) Tuple() starlark.Tuple {
	return starlark.Tuple{starlark.String(a.Name), starlark.String(a.Addr)}
}

// textArg unpacks the one argument of a function of a text. An argument of
// another type is the exception that refuse makes of it, or "" if that is nil.
func textArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, param string, refuse func(starlark.Value) *py.Exception) (string, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, param, &v); err != nil {
		return "", err
	}
	s, ok := py.AsBytes(v)
	if !ok {
		if x := refuse(v); x != nil {
			return "", x
		}
	}
	return s, nil
}

func noAttribute(name string) func(starlark.Value) *py.Exception {
	return func(v starlark.Value) *py.Exception { return py.NoAttribute(v, name) }
}

func noLen(v starlark.Value) *py.Exception {
	return py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(v))
}

// date unpacks the one argument of parsedate and parsedate_tz; anything false is
// no date.
func date(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (d Date, ok bool, err error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &v); err != nil || !v.Truth() {
		return d, false, err
	}
	s, isText := py.AsBytes(v)
	if !isText {
		return d, false, py.NoAttribute(v, "split")
	}
	d, ok = ParseDate(s)
	return d, ok, nil
}

func parseDate(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, ok, err := date(b, args, kwargs)
	if err != nil || !ok {
		return starlark.None, err
	}
	return d.Tuple(), nil
}

func parseDateTZ(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, ok, err := date(b, args, kwargs)
	if err != nil || !ok {
		return starlark.None, err
	}
	return d.TupleTZ(), nil
}

// mktimeTZ is mktime_tz for a tuple of the script's making: the first six items
// count, and the tenth, which may have a fraction. Local time is the host's.
func mktimeTZ(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &v); err != nil {
		return nil, err
	}
	data, ok := v.(starlark.Tuple)
	if !ok {
		return nil, py.TypeError.Errorf("mktime_tz: data must be a tuple, not %s", py.TypeName(v))
	}
	if len(data) < 10 {
		return nil, py.IndexError.Errorf("tuple index out of range")
	}
	var d Date
	for i, to := range [...]*int64{&d.Year, &d.Month, &d.Day, &d.Hour, &d.Minute, &d.Second} {
		var err error
		if *to, err = cLong(data[i]); err != nil {
			return nil, err
		}
	}
	if data[9] == starlark.None {
		t, err := Mktime(d, host.From(thread).Now().Location())
		return starlark.Float(t), err
	}
	offset, ok := starlark.AsFloat(data[9])
	if !ok {
		return nil, py.TypeError.Errorf("unsupported operand type(s) for -: 'float' and '%s'", py.TypeName(data[9]))
	}
	t, err := Mktime(d, time.UTC)
	return starlark.Float(t) - starlark.Float(offset), err
}

// cLong is an argument of a C function that takes integers.
func cLong(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.Int:
		n, ok := v.Int64()
		if !ok {
			return 0, py.OverflowError.Errorf("Python int too large to convert to C long")
		}
		return n, nil
	case starlark.Float:
		return 0, py.TypeError.Errorf("integer argument expected, got float")
	}
	return 0, py.TypeError.Errorf("an integer is required")
}

func formatDate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	seconds := py.Number(host.From(thread).Now().Unix())
	if err := py.UnpackArgs(b.Name(), args, kwargs, "timeval??", &seconds); err != nil {
		return nil, err
	}
	s, err := FormatDate(float64(seconds))
	return starlark.String(s), err
}

func quote(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "s", noAttribute("replace"))
	return starlark.String(Quote(s)), err
}

func unquote(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, err := textArg(b, args, kwargs, "s", noLen)
	return starlark.String(Unquote(s)), err
}

// First returns the first address as a tuple, or (None, None).
//
// rfc822.py, parseaddr and Message.getaddr.
func First(addresses []Address) starlark.Tuple {
	if len(addresses) == 0 {
		return starlark.Tuple{starlark.None, starlark.None}
	}
	return addresses[0].Tuple()
}

func parseAddr(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	field, err := addressField(thread, b, args, kwargs, "address")
	if err != nil {
		return nil, err
	}
	return First(ParseAddresses(field)), nil
}

// addressCost is the most bytes that addresses take for each byte of the text that
// they are read from: "a," becomes an Address and a tuple of two strings.
const addressCost = 80

// addressField unpacks the one argument of parseaddr and AddressList; anything
// false holds no addresses. There is room for the addresses, or an error.
func addressField(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, param string) (string, error) {
	field, err := textArg(b, args, kwargs, param, func(v starlark.Value) *py.Exception {
		if v.Truth() {
			return noLen(v)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := host.Spend(thread, len(field)/host.BytesPerStep); err != nil {
		return "", err
	}
	return field, host.Reserve(thread, addressCost*int64(len(field)))
}

func dumpAddressPair(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "pair", &v); err != nil {
		return nil, err
	}
	pair, ok := v.(starlark.Indexable)
	if !ok {
		return nil, py.TypeError.Errorf("'%s' object has no attribute '__getitem__'", py.TypeName(v))
	}
	if pair.Len() < 2 {
		return nil, py.IndexError.Errorf("%s index out of range", py.TypeName(v))
	}
	if !pair.Index(0).Truth() {
		return pair.Index(1), nil
	}
	var a Address
	for i, to := range [...]*string{&a.Name, &a.Addr} {
		if *to, ok = py.AsBytes(pair.Index(i)); !ok {
			return nil, py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(pair.Index(i)))
		}
	}
	return starlark.String(a.String()), nil
}
