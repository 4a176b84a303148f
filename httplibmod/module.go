package httplibmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Module is the httplib module. It is immutable: runtimes and runs share it.
var Module = newModule()

func newModule() *starlarkstruct.Module {
	members := starlark.StringDict{
		"HTTPConnection":  plainClass,
		"HTTPSConnection": secureClass,
		"HTTPMessage":     httpMessageClass,
		"HTTPResponse":    responseClass,
		"error":           HTTPException,
		"HTTP_PORT":       starlark.MakeInt(httpPort),
		"HTTPS_PORT":      starlark.MakeInt(httpsPort),
		"MAXAMOUNT":       starlark.MakeInt(maxAmount),
		"_MAXLINE":        starlark.MakeInt(maxLine),
		"_MAXHEADERS":     starlark.MakeInt(maxHeaders),
		"_UNKNOWN":        unknown,
		"_CS_IDLE":        starlark.String(idle.String()),
		"_CS_REQ_STARTED": starlark.String(reqStarted.String()),
		"_CS_REQ_SENT":    starlark.String(reqSent.String()),
	}
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
	members.Freeze()
	return &starlarkstruct.Module{Name: "httplib", Members: members}
}
