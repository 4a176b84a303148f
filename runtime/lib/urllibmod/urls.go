package urllibmod

import (
	"strings"

	"starwire/runtime/py"
)

// The functions of split.go for Go callers; ok is false where Python's first result is None.

// SplitType is splittype(url): the scheme in lower case, and what is after its colon.
func SplitType(url string) (scheme, rest string, ok bool) {
	m := typeProg.match(url)
	if m == nil {
		return "", url, false
	}
	return py.Lower(m[1]), url[len(m[1])+1:], true
}

// SplitHost is splithost(url): of "//host[:port]/path" the host with its port, and the path.
func SplitHost(url string) (host, path string, ok bool) {
	m := hostProg.match(url)
	if m == nil {
		return "", url, false
	}
	host, path = m[1], m[2]
	if path != "" && path[0] != '/' {
		path = "/" + path
	}
	return host, path, true
}

// SplitUser is splituser(host): "user:password" and what is after the last @.
func SplitUser(host string) (user, rest string, ok bool) { return split(userProg, host) }

// SplitPasswd is splitpasswd(user): the name and the password; without a colon
// the name alone, and ok is false.
func SplitPasswd(user string) (name, password string, ok bool) {
	if m := passwdProg.match(user); m != nil {
		return m[1], m[2], true
	}
	return user, "", false
}

// SplitPort is splitport(host): the host, and the digits after its last colon, if there are any.
func SplitPort(host string) (name, port string, ok bool) {
	if m := portProg.match(host); m != nil {
		return m[1], m[2], m[2] != ""
	}
	return host, "", false
}

// SplitTag is splittag(url): the URL and its fragment.
func SplitTag(url string) (rest, tag string, ok bool) {
	if m := tagProg.match(url); m != nil {
		return m[1], m[2], true
	}
	return url, "", false
}

// Unwrap is unwrap(url): "<URL:type://host/path>" without its wrapping.
func Unwrap(url string) string {
	url = py.Strip(url)
	if strings.HasPrefix(url, "<") && strings.HasSuffix(url, ">") {
		url = py.Strip(url[1:max(len(url)-1, 1)])
	}
	if strings.HasPrefix(url, "URL:") {
		url = py.Strip(url[4:])
	}
	return url
}

func split(prog *expression, s string) (a, b string, ok bool) {
	if m := prog.match(s); m != nil {
		return m[1], m[2], true
	}
	return "", s, false
}
