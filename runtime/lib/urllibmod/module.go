package urllibmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
)

var module lazy.Module

// Module returns the module urllib, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("urllib", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"always_safe":  starlark.String(alwaysSafe),
		"pathname2url": starlark.NewBuiltin("pathname2url", pathname2url),
		"quote":        starlark.NewBuiltin("quote", quote),
		"quote_plus":   starlark.NewBuiltin("quote_plus", quotePlus),
		"splitattr":    starlark.NewBuiltin("splitattr", splitAttr),
		"splithost":    starlark.NewBuiltin("splithost", splitHost),
		"splitnport":   starlark.NewBuiltin("splitnport", splitNPort),
		"splitpasswd":  starlark.NewBuiltin("splitpasswd", splitPasswd),
		"splitport":    starlark.NewBuiltin("splitport", splitPort),
		"splitquery":   starlark.NewBuiltin("splitquery", splitQuery),
		"splittag":     starlark.NewBuiltin("splittag", splitTag),
		"splittype":    starlark.NewBuiltin("splittype", splitType),
		"splituser":    starlark.NewBuiltin("splituser", splitUser),
		"splitvalue":   starlark.NewBuiltin("splitvalue", splitValue),
		"unquote":      starlark.NewBuiltin("unquote", unquote),
		"unquote_plus": starlark.NewBuiltin("unquote_plus", unquotePlus),
		"unwrap":       starlark.NewBuiltin("unwrap", unwrap),
		"url2pathname": starlark.NewBuiltin("url2pathname", url2pathname),
		"urlencode":    starlark.NewBuiltin("urlencode", urlEncode),
	}
}
