package httplibmod

import (
	"maps"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/remod"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/lib/stringiomod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the httplib module, made on first use. It is immutable: runtimes
// and runs share it. See RunModule for the one of a single run, in which
// _MAXHEADERS can be assigned.
func Module() *starlarkstruct.Module { return module.Get("httplib", members) }

func members() starlark.StringDict {
	classes := classes()
	members := make(starlark.StringDict, 32+len(statuses)+len(classes))
	maps.Copy(members, starlark.StringDict{
		"HTTP":                     httpClass,
		"HTTPS":                    httpsClass,
		"HTTPConnection":           plainClass,
		"HTTPSConnection":          secureClass,
		"HTTPMessage":              httpMessageClass,
		"HTTPResponse":             responseClass,
		"LineAndFileWrapper":       lineAndFileClass,
		"FakeSocket":               starlark.NewBuiltin("FakeSocket", newFakeSocket),
		"error":                    HTTPException,
		"HTTP_PORT":                starlark.MakeInt(httpPort),
		"HTTPS_PORT":               starlark.MakeInt(httpsPort),
		"MAXAMOUNT":                starlark.MakeInt(maxAmount),
		"_MAXLINE":                 starlark.MakeInt(maxLine),
		"_MAXHEADERS":              starlark.MakeInt(maxHeaders),
		"_UNKNOWN":                 unknown,
		"_METHODS_EXPECTING_BODY":  stringSet(methodsExpectingBody),
		"_is_illegal_header_value": starlark.NewBuiltin("_is_illegal_header_value", isIllegalHeaderValue),
		"_is_legal_header_name":    starlark.NewBuiltin("_is_legal_header_name", isLegalHeaderName),
		"mimetools":                Mimetools(),
		"re":                       remod.Module(),
		"socket":                   socketmod.Module(),
		"StringIO":                 stringiomod.CModule().Members["StringIO"],
		"urlsplit":                 urlparsemod.Module().Members["urlsplit"],
		"ssl":                      sslmod.Module(),
		"_CS_IDLE":                 starlark.String(idle.String()),
		"_CS_REQ_STARTED":          starlark.String(reqStarted.String()),
		"_CS_REQ_SENT":             starlark.String(reqSent.String()),
	})
	responses := starlark.NewDict(len(statuses))
	for _, s := range statuses {
		if s.name != "" {
			members[s.name] = starlark.MakeInt(s.code)
		}
		if s.phrase != "" {
			responses.SetKey(starlark.MakeInt(s.code), starlark.String(s.phrase))
		}
	}
	members["responses"] = responses
	for _, c := range classes {
		members[c.Name()] = c
	}
	return members
}

func stringSet(items []string) *starlark.Set {
	set := starlark.NewSet(len(items))
	for _, s := range items {
		set.Insert(starlark.String(s))
	}
	return set
}

// isLegalHeaderName is _is_legal_header_name(name), a bool where Python has a
// match or None.
func isLegalHeaderName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &s); err != nil {
		return nil, err
	}
	return starlark.Bool(legalHeaderName(string(s))), nil
}

// isIllegalHeaderValue is _is_illegal_header_value(value), likewise.
func isIllegalHeaderValue(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "value", &s); err != nil {
		return nil, err
	}
	return starlark.Bool(!legalHeaderValue(string(s))), nil
}
