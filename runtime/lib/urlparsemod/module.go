package urlparsemod

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
)

var module lazy.Module

// Module returns the module urlparse, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("urlparse", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"ParseResult":   starlark.NewBuiltin("ParseResult", newParseResult),
		"SplitResult":   starlark.NewBuiltin("SplitResult", newSplitResult),
		"parse_qs":      starlark.NewBuiltin("parse_qs", parseQS),
		"parse_qsl":     starlark.NewBuiltin("parse_qsl", parseQSL),
		"scheme_chars":  starlark.String(schemeChars),
		"unquote":       starlark.NewBuiltin("unquote", unquote),
		"urldefrag":     starlark.NewBuiltin("urldefrag", urlDefrag),
		"urljoin":       starlark.NewBuiltin("urljoin", urlJoin),
		"urlparse":      starlark.NewBuiltin("urlparse", urlParse),
		"urlsplit":      starlark.NewBuiltin("urlsplit", urlSplit),
		"urlunparse":    starlark.NewBuiltin("urlunparse", urlUnparse),
		"urlunsplit":    starlark.NewBuiltin("urlunsplit", urlUnsplit),
		"uses_fragment": list(usesFragment),
		"uses_netloc":   list(usesNetloc),
		"uses_params":   list(usesParams),
		"uses_query":    list(usesQuery),
		"uses_relative": list(usesRelative),
	}
}

func list(schemes []string) *starlark.List {
	items := make([]starlark.Value, len(schemes))
	for i, s := range schemes {
		items[i] = starlark.String(s)
	}
	return starlark.NewList(items)
}

const schemeChars = "abcdefghijklmnopqrstuvwxyz" +
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" +
	"0123456789" +
	"+-."

// What schemes have, by urlparse.py; "" stands for a URL without one.
var (
	usesRelative = []string{"ftp", "http", "gopher", "nntp", "imap", "wais", "file", "https", "shttp", "mms",
		"prospero", "rtsp", "rtspu", "", "sftp", "svn", "svn+ssh"}
	usesNetloc = []string{"ftp", "http", "gopher", "nntp", "telnet", "imap", "wais", "file", "mms", "https", "shttp",
		"snews", "prospero", "rtsp", "rtspu", "rsync", "", "svn", "svn+ssh", "sftp", "nfs", "git", "git+ssh"}
	usesParams = []string{"ftp", "hdl", "prospero", "http", "imap", "https", "shttp", "rtsp", "rtspu", "sip", "sips",
		"mms", "", "sftp", "tel"}
	usesQuery = []string{"http", "wais", "imap", "https", "shttp", "mms", "gopher", "rtsp", "rtspu", "sip", "sips", ""}

	usesFragment = []string{"ftp", "hdl", "http", "gopher", "news", "nntp", "wais", "https", "shttp", "snews", "file",
		"prospero", ""}
)

func uses(schemes []string, scheme string) bool { return slices.Contains(schemes, scheme) }
