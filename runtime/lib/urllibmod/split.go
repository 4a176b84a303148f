package urllibmod

import (
	"regexp"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// The expressions of urllib.py. Python's $ also matches before a newline that
// ends the text, which RE2 spells \n?\z.
var (
	typeProg   = &expression{text: `^([^/:]+):`}
	hostProg   = &expression{text: `(?s)^//([^/#?]*)(.*)`}
	userProg   = &expression{text: `^(.*)@(.*)\n?\z`}
	passwdProg = &expression{text: `(?s)^([^:]*):(.*)\z`}
	portProg   = &expression{text: `^(.*):([0-9]*)\n?\z`}
	nportProg  = &expression{text: `^(.*):(.*)\n?\z`}
	queryProg  = &expression{text: `^(.*)\?([^?]*)\z`}
	tagProg    = &expression{text: `^(.*)#([^#]*)\z`}
	valueProg  = &expression{text: `^([^=]*)=(.*)\n?\z`}
)

// An expression is compiled when it is first used: most programs use none, and
// all of them would wait for nine.
type expression struct {
	text     string
	once     sync.Once
	compiled *regexp.Regexp
}

// match returns what the expression and its groups match in s, or nil.
func (e *expression) match(s string) []string {
	e.once.Do(func() { e.compiled = regexp.MustCompile(e.text) })
	return e.compiled.FindStringSubmatch(s)
}

// matchArg unpacks the one string argument of a function that matches prog
// against it, and matches: m is nil where prog does not match.
func matchArg(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, param string, prog *expression) (s py.Chars, m []string, err error) {
	var v starlark.Value
	if err := py.UnpackAny(b.Name(), args, kwargs, param, &v); err != nil {
		return s, nil, err
	}
	return matchValue(v, prog)
}

func matchValue(v starlark.Value, prog *expression) (s py.Chars, m []string, err error) {
	s, ok := py.CharsOf(v)
	if !ok {
		return s, nil, py.TypeError.Errorf("expected string or buffer")
	}
	return s, prog.match(s.S), nil
}

// pair returns two parts of whole.
func pair(whole py.Chars, a, b string) starlark.Value {
	return starlark.Tuple{whole.Of(a).Value(), whole.Of(b).Value()}
}

// unwrap is urllib.unwrap: '<URL:type://host/path>' without its wrapping.
func unwrap(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	url, err := textArg(b, args, kwargs, "url", "strip")
	if err != nil {
		return nil, err
	}
	return url.Of(Unwrap(url.S)).Value(), nil
}

// splitType is urllib.splittype: scheme in small letters, and the rest.
func splitType(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	url, m, err := matchArg(b, args, kwargs, "url", typeProg)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return starlark.Tuple{starlark.None, url.Value()}, nil
	}
	scheme := url.Of(m[1]).Lower()
	return pair(url, scheme.S, url.S[len(m[0]):]), nil
}

// splitHost is urllib.splithost: '//host[:port]/path' in two.
func splitHost(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	url, m, err := matchArg(b, args, kwargs, "url", hostProg)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return starlark.Tuple{starlark.None, url.Value()}, nil
	}
	path := m[2]
	if path != "" && path[0] != '/' {
		path = "/" + path
	}
	return pair(url, m[1], path), nil
}

// splitUser is urllib.splituser: 'user[:passwd]@host' at its last @.
func splitUser(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	host, m, err := matchArg(b, args, kwargs, "host", userProg)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return starlark.Tuple{starlark.None, host.Value()}, nil
	}
	return pair(host, m[1], m[2]), nil
}

// splitPasswd is urllib.splitpasswd: 'user:passwd' at its first colon.
func splitPasswd(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return firstAndRest(b, args, kwargs, "user", passwdProg)
}

// splitQuery is urllib.splitquery: '/path?query' at its last question mark.
func splitQuery(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return firstAndRest(b, args, kwargs, "url", queryProg)
}

// splitTag is urllib.splittag: '/path#tag' at its last #.
func splitTag(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return firstAndRest(b, args, kwargs, "url", tagProg)
}

// splitValue is urllib.splitvalue: 'attr=value' at its first =.
func splitValue(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return firstAndRest(b, args, kwargs, "attr", valueProg)
}

// firstAndRest is the two groups of prog, or the whole and None.
func firstAndRest(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, param string, prog *expression) (starlark.Value, error) {
	s, m, err := matchArg(b, args, kwargs, param, prog)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return starlark.Tuple{s.Value(), starlark.None}, nil
	}
	return pair(s, m[1], m[2]), nil
}

// splitPort is urllib.splitport: 'host:port', the port as text; an empty port
// is dropped, and one that is no number belongs to the host.
func splitPort(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	host, m, err := matchArg(b, args, kwargs, "host", portProg)
	if err != nil {
		return nil, err
	}
	if m != nil {
		if m[2] != "" {
			return pair(host, m[1], m[2]), nil
		}
		host = host.Of(m[1])
	}
	return starlark.Tuple{host.Value(), starlark.None}, nil
}

// splitNPort is urllib.splitnport: 'host:port', the port as a number; defport
// without one, None when it is no number.
func splitNPort(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var defport starlark.Value = starlark.MakeInt(-1)
	if err := py.UnpackAny(b.Name(), args, kwargs, "host", &v, "defport?", &defport); err != nil {
		return nil, err
	}
	host, m, err := matchValue(v, nportProg)
	if err != nil {
		return nil, err
	}
	port := defport
	if m != nil {
		if host = host.Of(m[1]); m[2] != "" {
			port = starlark.None
			if n, ok := py.Int10(m[2]); ok {
				port = starlark.MakeInt64(n)
			}
		}
	}
	return starlark.Tuple{host.Value(), port}, nil
}

// splitAttr is urllib.splitattr: '/path;attr=value;…' as the path and a list.
func splitAttr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	url, err := textArg(b, args, kwargs, "url", "split")
	if err != nil {
		return nil, err
	}
	words := strings.Split(url.S, ";")
	attrs := make([]starlark.Value, 0, len(words)-1)
	for _, w := range words[1:] {
		attrs = append(attrs, url.Of(w).Value())
	}
	return starlark.Tuple{url.Of(words[0]).Value(), starlark.NewList(attrs)}, nil
}
