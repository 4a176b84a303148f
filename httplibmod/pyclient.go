package httplibmod

import (
	"maps"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/py"
)

// HTTPModule returns Python 3's package http, with its one module client: httplib
// under the name it has had since, for scripts that import http.client.
//
//	has                                   has not
//	HTTPConnection, HTTPSConnection       key_file, cert_file (give a context)
//	  without strict: no HTTP/0.9         blocksize is taken and not needed
//	request, putrequest, …, as httplib    encode_chunked, chunked upload
//	set_debuglevel, set_tunnel            get_proxy_response_headers
//	HTTPResponse: read, read1, peek,      readinto, detach, fileno of a pipe
//	  readline, readlines, for line in
//	  headers, msg, info, getheader,      headers is 2.7's HTTPMessage, not
//	  getheaders, getcode, closed         email's: getheaders(n) for get_all(n)
//	every exception of httplib,           text is bytes: read returns a string
//	  RemoteDisconnected, and the         that may hold any, as in 2.7
//	  ConnectionError family raised by
//	  its connections
//	every constant, the newer codes too   the enum http.HTTPStatus
//	responses with the newer phrases
//
// It is made on first use, and immutable.
func HTTPModule() *starlarkstruct.Module {
	return packageHTTP.Get("http", func() starlark.StringDict { return starlark.StringDict{"client": clientModule()} })
}

var packageHTTP, moduleClient lazy.Module

func clientModule() *starlarkstruct.Module { return moduleClient.Get("http.client", clientMembers) }

// The classes that Python 3 has below socket.error, and what a server's silence
// is there. Exceptions of connections of http.client are of these classes, and so
// of those httplib's programs test for as well.
var (
	ConnectionError        = py.NewClass("", "ConnectionError", py.Spec{Doc: "A connection was refused, reset or aborted."}, socketmod.ErrorClass)
	ConnectionRefusedError = py.NewClass("", "ConnectionRefusedError", py.Spec{Doc: "Nothing listens at the address."}, ConnectionError)
	ConnectionResetError   = py.NewClass("", "ConnectionResetError", py.Spec{Doc: "The server reset the connection."}, ConnectionError)
	ConnectionAbortedError = py.NewClass("", "ConnectionAbortedError", py.Spec{Doc: "The connection was aborted."}, ConnectionError)
	BrokenPipeError        = py.NewClass("", "BrokenPipeError", py.Spec{Doc: "The server has closed its side of the connection."}, ConnectionError)

	RemoteDisconnected = py.NewClass("http.client", "RemoteDisconnected", py.Spec{
		Doc: "The server closed the connection without an answer.",
	}, BadStatusLine, ConnectionResetError)
)

// ConnectionErrors lists the classes that Python 3 has among its built-in names.
func ConnectionErrors() []*py.Class {
	return []*py.Class{ConnectionError, ConnectionRefusedError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError}
}

// newerStatuses are the codes and phrases that came after 2.7.
var newerStatuses = []status{
	{102, "PROCESSING", "Processing"},
	{103, "EARLY_HINTS", "Early Hints"},
	{207, "MULTI_STATUS", "Multi-Status"},
	{208, "ALREADY_REPORTED", "Already Reported"},
	{226, "IM_USED", "IM Used"},
	{308, "PERMANENT_REDIRECT", "Permanent Redirect"},
	{418, "IM_A_TEAPOT", "I'm a Teapot"},
	{421, "MISDIRECTED_REQUEST", "Misdirected Request"},
	{422, "UNPROCESSABLE_ENTITY", "Unprocessable Entity"},
	{423, "LOCKED", "Locked"},
	{424, "FAILED_DEPENDENCY", "Failed Dependency"},
	{425, "TOO_EARLY", "Too Early"},
	{426, "UPGRADE_REQUIRED", "Upgrade Required"},
	{428, "PRECONDITION_REQUIRED", "Precondition Required"},
	{429, "TOO_MANY_REQUESTS", "Too Many Requests"},
	{431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large"},
	{451, "UNAVAILABLE_FOR_LEGAL_REASONS", "Unavailable For Legal Reasons"},
	{506, "VARIANT_ALSO_NEGOTIATES", "Variant Also Negotiates"},
	{507, "INSUFFICIENT_STORAGE", "Insufficient Storage"},
	{508, "LOOP_DETECTED", "Loop Detected"},
	{510, "NOT_EXTENDED", "Not Extended"},
	{511, "NETWORK_AUTHENTICATION_REQUIRED", "Network Authentication Required"},
}

func clientMembers() starlark.StringDict {
	classes := classes()
	members := make(starlark.StringDict, 8+len(classes)+len(statuses)+len(newerStatuses))
	maps.Copy(members, starlark.StringDict{
		"HTTPConnection":     &clientClass{class{"http.client", plainClass.name}, plainClass},
		"HTTPSConnection":    &clientClass{class{"http.client", secureClass.name}, secureClass},
		"HTTPResponse":       clientResponseClass,
		"HTTPMessage":        httpMessageClass,
		"RemoteDisconnected": RemoteDisconnected,
		"error":              HTTPException,
		"HTTP_PORT":          starlark.MakeInt(httpPort),
		"HTTPS_PORT":         starlark.MakeInt(httpsPort),
	})
	for _, c := range classes {
		members[c.Name()] = c
	}
	responses := starlark.NewDict(len(statuses) + len(newerStatuses))
	for _, table := range [][]status{statuses, newerStatuses} {
		for _, s := range table {
			if s.name == "" {
				continue // 306, which Python 3 has dropped
			}
			members[s.name] = starlark.MakeInt(s.code)
			if s.phrase != "" {
				responses.SetKey(starlark.MakeInt(s.code), starlark.String(s.phrase))
			}
		}
	}
	members["responses"] = responses
	return members
}
