// Package urlopenmod is the part of Python 2.7's urllib that opens URLs: urlopen,
// urlretrieve, URLopener and FancyURLopener, with what package urllibmod has the
// whole module.
//
// They open http and https URLs as urllib.py does: by an HTTP/1.0 request, through
// the proxies that the environment names. The differences from it:
//
//   - file, ftp and data URLs are refused: open opens files.
//   - urlretrieve needs a filename: it makes no temporary files.
//   - A challenge (401, 407) is IOError("http error", …) where CPython asks the person
//     at the terminal for a name and a password; put them in the URL.
//   - A run that was granted no environment variables has no proxies.
package urlopenmod

import (
	"maps"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/urllibmod"
)

var module lazy.Module

// Module returns the module urllib, made on first use. It is immutable; runs may
// share it. Its classes, as URLopener, are made with it, and nil before.
func Module() *starlarkstruct.Module { return module.Get("urllib", members) }

// members makes the classes, and lists what is in the module.
func members() starlark.StringDict {
	makeKinds()
	m := maps.Clone(urllibmod.Module().Members)
	maps.Copy(m, starlark.StringDict{
		"ContentTooShortError": ContentTooShortError,
		"FancyURLopener":       FancyURLopener,
		"URLopener":            URLopener,
		"getproxies":           starlark.NewBuiltin("getproxies", getProxies),
		"proxy_bypass":         starlark.NewBuiltin("proxy_bypass", proxyBypass),
		"urlcleanup":           starlark.NewBuiltin("urlcleanup", urlCleanup),
		"urlopen":              starlark.NewBuiltin("urlopen", urlOpen),
		"urlretrieve":          starlark.NewBuiltin("urlretrieve", urlRetrieve),
	})
	return m
}
