package urlopenmod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/py"
)

// Proxies returns the proxies that the environment names, as urllib.getproxies: a
// URL by scheme, and under "no" the hosts that need none. A run that was granted
// no environment has none.
//
// urllib.py, getproxies_environment.
func Proxies(h *host.Host) (*starlark.Dict, error) {
	proxies := new(starlark.Dict)
	names := h.Environ()
	for _, lower := range []bool{false, true} {
		for _, name := range names {
			key, isProxy := strings.CutSuffix(py.Lower(name), "_proxy")
			if !isProxy || lower && !strings.HasSuffix(name, "_proxy") {
				continue
			}
			value, ok, err := h.Getenv(name)
			switch {
			case err != nil || !ok: // not granted, or gone meanwhile
			case value != "":
				if err := proxies.SetKey(starlark.String(key), starlark.String(value)); err != nil {
					return nil, err
				}
			case lower:
				if _, _, err := proxies.Delete(starlark.String(key)); err != nil {
					return nil, err
				}
			}
		}
		if !lower && contains(names, "REQUEST_METHOD") { // a CGI script's HTTP_PROXY is the client's header
			if _, _, err := proxies.Delete(starlark.String("http")); err != nil {
				return nil, err
			}
		}
	}
	return proxies, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Bypass reports whether the environment's no_proxy names the host, which may have a port.
//
// urllib.py, proxy_bypass_environment.
func Bypass(h *host.Host, name string) (bool, error) {
	proxies, err := Proxies(h)
	if err != nil {
		return false, err
	}
	v, found, err := proxies.Get(starlark.String("no"))
	if !found || err != nil {
		return false, err
	}
	list := py.Str(v)
	if list == "*" {
		return true, nil
	}
	only, _, _ := urllibmod.SplitPort(name)
	for _, suffix := range strings.Split(list, ",") {
		suffix = py.Lower(strings.TrimLeft(py.Strip(suffix), "."))
		if suffix == "" {
			continue
		}
		for _, host := range []string{py.Lower(only), py.Lower(name)} {
			if host == suffix || strings.HasSuffix(host, "."+suffix) && len(host) > len(suffix)+1 {
				return true, nil
			}
		}
	}
	return false, nil
}

// getProxies is getproxies().
func getProxies(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return Proxies(host.From(thread))
}

// proxyBypass is proxy_bypass(host): 1 or 0.
func proxyBypass(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "host", &name); err != nil {
		return nil, err
	}
	ok, err := Bypass(host.From(thread), string(name))
	if ok {
		return starlark.MakeInt(1), err
	}
	return starlark.MakeInt(0), err
}
