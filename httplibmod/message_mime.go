package httplibmod

import (
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/lib/rfc822mod"
	"starwire/runtime/py"
)

// A mimePart is what mimetools.Message computes when a message is made: later
// changes of its fields do not reach it.
type mimePart struct {
	typeHeader, encodingHeader starlark.Value // a string or None; a script may assign them
	typ                        rfc822mod.MIMEType
}

// mimePart returns the message's MIME part. It is computed at the latest when
// something is about to change, and so as if it had been at once.
func (m *HTTPMessage) mimePart() *mimePart {
	m.parse()
	if m.mime == nil {
		p := &mimePart{typeHeader: starlark.None, encodingHeader: starlark.None}
		if v, ok := m.find("content-type"); ok {
			p.typeHeader = v
		}
		if v, ok := m.find("content-transfer-encoding"); ok {
			p.encodingHeader = v
		}
		p.parseType()
		m.mime = p
	}
	return m.mime
}

// parseType is mimetools.py, Message.parsetype.
func (p *mimePart) parseType() {
	header, ok := py.AsBytes(p.typeHeader)
	if !ok {
		header = rfc822mod.DefaultType
	}
	p.typ = rfc822mod.ParseType(header)
}

// plist returns a new list of the parameters.
func (p *mimePart) plist() *starlark.List {
	return stringList(slices.Collect(p.typ.List()))
}

// encoding is mimetools.py, Message.getencoding.
func (p *mimePart) encoding() string {
	header, ok := py.AsBytes(p.encodingHeader)
	if !ok {
		return rfc822mod.DefaultEncoding
	}
	return py.Lower(header)
}

// attr returns an attribute of mimeFields.
func (p *mimePart) attr(name string) starlark.Value {
	switch name {
	case "encodingheader":
		return p.encodingHeader
	case "maintype":
		return starlark.String(p.typ.Main)
	case "plist":
		return p.plist()
	case "plisttext":
		return starlark.String(p.typ.Params)
	case "subtype":
		return starlark.String(p.typ.Sub)
	case "type":
		return starlark.String(p.typ.Type)
	case "typeheader":
		return p.typeHeader
	}
	return nil
}

var mimeFields = []string{"encodingheader", "maintype", "plist", "plisttext", "subtype", "type", "typeheader"}

// mimeMethods returns those that mimetools.Message adds to rfc822.Message's.
func mimeMethods() map[string]method {
	return map[string]method{
		"getencoding":   msgGetEncoding,
		"getmaintype":   msgMIMEAttr("maintype"),
		"getparam":      msgGetParam,
		"getparamnames": msgGetParamNames,
		"getplist":      msgMIMEAttr("plist"),
		"getsubtype":    msgMIMEAttr("subtype"),
		"gettype":       msgMIMEAttr("type"),
		"parseplist":    msgParseType,
		"parsetype":     msgParseType,
	}
}

// msgMIMEAttr returns the method that is another name for an attribute.
func msgMIMEAttr(name string) method {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
			return nil, err
		}
		return msgOf(b).mimePart().attr(name), nil
	}
}

// msgGetEncoding is getencoding().
func msgGetEncoding(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.String(msgOf(b).mimePart().encoding()), nil
}

// msgGetParam is getparam(name): the value of a parameter of the type, or None.
func msgGetParam(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := nameArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	value, ok := msgOf(b).mimePart().typ.Param(name)
	return stringOrNone(value, ok), nil
}

// msgGetParamNames is getparamnames().
func msgGetParamNames(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return stringList(slices.Collect(msgOf(b).mimePart().typ.ParamNames())), nil
}

// msgParseType is parsetype() and parseplist(), which Python calls when a
// message is made: they take typeheader apart again.
func msgParseType(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackMethod(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	m := msgOf(b)
	if err := m.mutable(); err != nil {
		return nil, err
	}
	m.mime.parseType()
	return starlark.None, nil
}
