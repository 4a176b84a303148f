package httplibmod

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/rfc822mod"
	"starwire/runtime/py"
)

// mailMethods returns those of rfc822.Message, and pop, which stands in for del.
func mailMethods() map[string]method {
	return map[string]method{
		"get":                    msgGetHeader,
		"getaddr":                msgGetAddr,
		"getaddrlist":            msgGetAddrList,
		"getallmatchingheaders":  msgGetAllMatchingHeaders,
		"getdate":                msgGetDate,
		"getdate_tz":             msgGetDateTZ,
		"getfirstmatchingheader": msgGetFirstMatchingHeader,
		"getheader":              msgGetHeader,
		"getheaders":             msgGetHeaders,
		"getrawheader":           msgGetRawHeader,
		"has_key":                msgHasKey,
		"iscomment":              msgIsComment,
		"isheader":               msgIsHeader,
		"islast":                 msgIsLast,
		"items":                  msgItems,
		"keys":                   msgKeys,
		"pop":                    msgPop,
		"readheaders":            msgReadHeaders,
		"rewindbody":             msgRewindBody,
		"setdefault":             msgSetDefault,
		"values":                 msgValues,
	}
}

var mailFields = []string{"dict", "fp", "headers", "seekable", "startofbody", "startofheaders", "status", "unixfrom"}

// joinMethods returns those that HTTPMessage adds to mimetools.Message's.
func joinMethods() map[string]method {
	return map[string]method{
		"addcontinue": msgAddContinue,
		"addheader":   msgAddHeader,
	}
}

func msgOf(b *starlark.Builtin) *HTTPMessage { return b.Receiver().(*HTTPMessage) }

// Attr returns a field of the message's class or a bound method.
func (m *HTTPMessage) Attr(name string) (starlark.Value, error) {
	k := m.kind()
	if b, ok := k.methods()[name]; ok {
		return b.BindReceiver(m), nil
	}
	switch name {
	case "__class__":
		return k, nil
	case "dict":
		m.mimePart() // which the script's changes must not reach
		return m.dict, nil
	}
	m.parse()
	switch name {
	case "headers":
		return m.headers, nil
	case "status":
		return starlark.String(m.status), nil
	case "unixfrom":
		return starlark.String(m.unixfrom), nil
	case "fp", "seekable", "startofbody", "startofheaders":
		return m.source.attr(name), nil
	}
	if k.mime && slices.Contains(mimeFields, name) {
		return m.mimePart().attr(name), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows, sorted.
func (m *HTTPMessage) AttrNames() []string {
	if m.kind().mime {
		return methodNames(m.kind().methods(), slices.Concat(mailFields, mimeFields))
	}
	return methodNames(m.kind().methods(), mailFields)
}

// SetField assigns headers, dict, status, unixfrom, fp, seekable, the offsets,
// typeheader or encodingheader. Python lets a script assign anything; here each
// keeps its type.
func (m *HTTPMessage) SetField(name string, v starlark.Value) error {
	if m.frozen {
		return fmt.Errorf("cannot set .%s of frozen %s", name, m.Type())
	}
	m.mimePart()
	k := m.kind()
	ok := true
	switch name {
	case "dict":
		var d *starlark.Dict
		if d, ok = v.(*starlark.Dict); ok {
			m.dict = d
		}
	case "headers":
		var l *starlark.List
		if l, ok = v.(*starlark.List); ok {
			m.headers = l
		}
	case "status", "unixfrom":
		to := &m.status
		if name == "unixfrom" {
			to = &m.unixfrom
		}
		*to, ok = py.AsBytes(v)
	case "fp", "seekable", "startofbody", "startofheaders":
		if m.source == nil {
			m.source = newSource(starlark.None, starlark.MakeInt(0))
		}
		m.source.setAttr(name, v)
	case "typeheader", "encodingheader":
		if !k.mime {
			return starlark.NoSuchAttrError(fmt.Sprintf("can't assign to .%s field of %s", name, m.Type()))
		}
		if _, isText := py.AsBytes(v); !isText && v != starlark.None {
			ok = false
		} else if name == "typeheader" {
			m.mime.typeHeader = v
		} else {
			m.mime.encodingHeader = v
		}
	default:
		return starlark.NoSuchAttrError(fmt.Sprintf("can't assign to .%s field of %s", name, m.Type()))
	}
	if !ok {
		return py.TypeError.Errorf("%s.%s cannot be %s", m.Type(), name, py.TypeName(v))
	}
	return nil
}

// nameArg unpacks the one argument of the methods that ask for a field or a
// parameter.
func nameArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (string, error) {
	var name starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "name", &name); err != nil {
		return "", err
	}
	return fieldName(name)
}

// stringOrNone is a value that may be missing.
func stringOrNone(s string, ok bool) starlark.Value {
	if !ok {
		return starlark.None
	}
	return starlark.String(s)
}

func stringList(values []string) *starlark.List {
	list := make([]starlark.Value, len(values))
	for i, v := range values {
		list[i] = starlark.String(v)
	}
	return starlark.NewList(list)
}

// msgGetHeader is getheader(name[, default]); get is another name for it.
func msgGetHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name, fallback starlark.Value = nil, starlark.None
	if err := py.UnpackMethod("getheader", args, kwargs, "name", &name, "default?", &fallback); err != nil {
		return nil, err
	}
	return msgOf(b).lookup(name, fallback)
}

// msgGetHeaders is getheaders(name): one value for each field of the name.
func msgGetHeaders(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return stringList(msgOf(b).values(name)), nil
}

// msgGetAllMatchingHeaders is getallmatchingheaders(name): raw lines.
func msgGetAllMatchingHeaders(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return stringList(msgOf(b).matching(name, false)), nil
}

// msgGetFirstMatchingHeader is getfirstmatchingheader(name): raw lines.
func msgGetFirstMatchingHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return stringList(msgOf(b).matching(name, true)), nil
}

// msgGetRawHeader is getrawheader(name).
func msgGetRawHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return stringOrNone(msgOf(b).rawValue(name)), nil
}

// msgGetAddr is getaddr(name): the first address, or (None, None).
func msgGetAddr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return rfc822mod.First(msgOf(b).addresses(name)), nil
}

// msgGetAddrList is getaddrlist(name): pairs of name and address.
func msgGetAddrList(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	addresses := msgOf(b).addresses(name)
	list := make([]starlark.Value, len(addresses))
	for i, a := range addresses {
		list[i] = a.Tuple()
	}
	return starlark.NewList(list), nil
}

// date reads the field that a method asks for; ok is false for no date.
func date(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (d rfc822mod.Date, ok bool, err error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return d, false, err
	}
	value, ok := msgOf(b).get(name)
	if !ok {
		return d, false, nil
	}
	d, ok = rfc822mod.ParseDate(value)
	return d, ok, nil
}

// msgGetDate is getdate(name): nine items, or None.
func msgGetDate(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, ok, err := date(b, args, kwargs)
	if err != nil || !ok {
		return starlark.None, err
	}
	return d.Tuple(), nil
}

// msgGetDateTZ is getdate_tz(name): ten items, or None.
func msgGetDateTZ(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, ok, err := date(b, args, kwargs)
	if err != nil || !ok {
		return starlark.None, err
	}
	return d.TupleTZ(), nil
}

// msgHasKey is has_key(name).
func msgHasKey(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	_, ok := msgOf(b).find(name)
	return starlark.Bool(ok), nil
}

// msgItems is items(): pairs of lower-cased name and joined value.
func msgItems(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return msgColumn(b, args, kwargs, func(kv starlark.Tuple) starlark.Value { return kv })
}

// msgKeys is keys().
func msgKeys(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return msgColumn(b, args, kwargs, func(kv starlark.Tuple) starlark.Value { return kv[0] })
}

// msgValues is values().
func msgValues(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return msgColumn(b, args, kwargs, func(kv starlark.Tuple) starlark.Value { return kv[1] })
}

func msgColumn(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, column func(starlark.Tuple) starlark.Value) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	items := msgOf(b).Items()
	list := make([]starlark.Value, len(items))
	for i, kv := range items {
		list[i] = column(kv)
	}
	return starlark.NewList(list), nil
}

// msgSetDefault is setdefault(name[, default]).
func msgSetDefault(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var k, fallback starlark.Value = nil, starlark.String("")
	if err := py.UnpackMethod(b.Name(), args, kwargs, "name", &k, "default?", &fallback); err != nil {
		return nil, err
	}
	name, err := fieldName(k)
	if err != nil {
		return nil, err
	}
	m := msgOf(b)
	if v, ok := m.find(name); ok {
		return v, nil
	}
	if err := m.mutable(); err != nil {
		return nil, err
	}
	if err := m.appendField(name, fallback); err != nil {
		return nil, err
	}
	return fallback, m.dict.SetKey(starlark.String(py.Lower(name)), fallback)
}

// msgPop is pop(name[, default]): del m[name], which refuses no name, and the
// value that was there.
func msgPop(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var k, value starlark.Value = nil, starlark.None
	if err := py.UnpackMethod(b.Name(), args, kwargs, "name", &k, "default?", &value); err != nil {
		return nil, err
	}
	name, err := fieldName(k)
	if err != nil {
		return nil, err
	}
	m := msgOf(b)
	if err := m.mutable(); err != nil {
		return nil, err
	}
	if v, ok := m.find(name); ok {
		value = v
	}
	return value, m.remove(name)
}

// msgAddHeader is addheader(key, value): into dict alone, under the key as it
// is, joined to what is there.
func msgAddHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, value starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "key", &key, "value", &value); err != nil {
		return nil, err
	}
	m := msgOf(b)
	if err := m.mutable(); err != nil {
		return nil, err
	}
	old, ok, err := m.dict.Get(key)
	if err != nil {
		return nil, err
	}
	if ok && old != starlark.None {
		var texts [2]string
		for i, v := range []starlark.Value{old, value} {
			if texts[i], ok = py.AsBytes(v); !ok {
				return nil, py.TypeError.Errorf("sequence item %d: expected string, %s found", i, py.TypeName(v))
			}
		}
		value = starlark.String(texts[0] + ", " + texts[1])
	}
	return starlark.None, m.dict.SetKey(key, value)
}

// msgAddContinue is addcontinue(key, more): one more line of a value in dict.
func msgAddContinue(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, more starlark.Value
	if err := py.UnpackMethod(b.Name(), args, kwargs, "key", &key, "more", &more); err != nil {
		return nil, err
	}
	m := msgOf(b)
	if err := m.mutable(); err != nil {
		return nil, err
	}
	old, ok, err := m.dict.Get(key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, py.KeyError.New(nil, key)
	}
	text, ok := py.AsBytes(old)
	if !ok {
		switch name := py.TypeName(old); name {
		case "list", "tuple":
			return nil, py.TypeError.Errorf("can only concatenate %s (not \"str\") to %s", name, name)
		default:
			return nil, py.TypeError.Errorf("unsupported operand type(s) for +: '%s' and 'str'", name)
		}
	}
	moreText, ok := py.AsBytes(more)
	if !ok {
		return nil, py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(more))
	}
	return starlark.None, m.dict.SetKey(key, starlark.String(text+"\n "+moreText))
}

// lineArg unpacks the one argument of isheader, islast and iscomment.
func lineArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var line starlark.Value
	err := py.UnpackMethod(b.Name(), args, kwargs, "line", &line)
	return line, err
}

// msgIsHeader is isheader(line): the lower-cased name in front of the first
// colon, which may be empty, or None.
func msgIsHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := lineArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	line, ok := py.AsBytes(v)
	if !ok {
		return nil, py.NoAttribute(v, "find")
	}
	name, _, ok := strings.Cut(line, ":")
	return stringOrNone(py.Lower(name), ok), nil
}

// msgIsLast is islast(line): whether it ends a head.
func msgIsLast(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := lineArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	line, _ := py.AsBytes(v)
	return starlark.Bool(isLast(line)), nil
}

// msgIsComment is iscomment(line): no line is one.
func msgIsComment(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, err := lineArg(b, args, kwargs)
	return starlark.False, err
}
