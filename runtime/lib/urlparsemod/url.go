package urlparsemod

import (
	"strings"

	"starwire/runtime/py"
)

// parts are those of a URL; params is only split off by parse.
type parts struct {
	scheme, netloc, path, params, query, fragment string
}

// splitURL splits url, which has the given scheme if it names none.
//
// urlparse.py, urlsplit
func splitURL(url, scheme string, fragments bool) (parts, error) {
	p := parts{scheme: scheme, path: url}
	if i := strings.IndexByte(url, ':'); i > 0 && strings.Trim(url[:i], schemeChars) == "" {
		rest := url[i+1:]
		// "path:80" is a path, unless it is http's.
		if url[:i] == "http" || rest == "" || strings.Trim(rest, "0123456789") != "" {
			p.scheme, p.path = py.Lower(url[:i]), rest
		}
	}
	if strings.HasPrefix(p.path, "//") {
		rest := p.path[2:]
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		p.netloc, p.path = rest[:end], rest[end:]
		if strings.Contains(p.netloc, "[") != strings.Contains(p.netloc, "]") {
			return p, py.ValueError.Errorf("Invalid IPv6 URL")
		}
	}
	if fragments {
		p.path, p.fragment, _ = strings.Cut(p.path, "#")
	}
	p.path, p.query, _ = strings.Cut(p.path, "?")
	return p, nil
}

// parseURL is splitURL with the parameters of the last path segment apart.
//
// urlparse.py, urlparse
func parseURL(url, scheme string, fragments bool) (parts, error) {
	p, err := splitURL(url, scheme, fragments)
	if err != nil || !uses(usesParams, p.scheme) {
		return p, err
	}
	last := strings.LastIndexByte(p.path, '/') + 1
	if i := strings.IndexByte(p.path[last:], ';'); i >= 0 {
		p.path, p.params = p.path[:last+i], p.path[last+i+1:]
	}
	return p, nil
}

// url puts the parts together.
//
// urlparse.py, urlunparse and urlunsplit
func (p parts) url() string {
	url := p.path
	if p.params != "" {
		url += ";" + p.params
	}
	if p.netloc != "" || p.scheme != "" && uses(usesNetloc, p.scheme) && !strings.HasPrefix(url, "//") {
		if url != "" && url[0] != '/' {
			url = "/" + url
		}
		url = "//" + p.netloc + url
	}
	if p.scheme != "" {
		url = p.scheme + ":" + url
	}
	if p.query != "" {
		url += "?" + p.query
	}
	if p.fragment != "" {
		url += "#" + p.fragment
	}
	return url
}

// join resolves url against base; neither is empty.
//
// urlparse.py, urljoin
func join(base, url string, fragments bool) (string, error) {
	b, err := parseURL(base, "", fragments)
	if err != nil {
		return "", err
	}
	p, err := parseURL(url, b.scheme, fragments)
	if err != nil {
		return "", err
	}
	if p.scheme != b.scheme || !uses(usesRelative, p.scheme) {
		return url, nil
	}
	if uses(usesNetloc, p.scheme) {
		if p.netloc != "" {
			return p.url(), nil
		}
		p.netloc = b.netloc
	}
	if strings.HasPrefix(p.path, "/") {
		return p.url(), nil
	}
	if p.path == "" && p.params == "" {
		p.path, p.params = b.path, b.params
		if p.query == "" {
			p.query = b.query
		}
		return p.url(), nil
	}
	p.path = joinPaths(b.path, p.path)
	return p.url(), nil
}

// joinPaths resolves a relative path. Segments ".." that lead above the root
// stay, but for a last one.
func joinPaths(base, path string) string {
	segments := strings.Split(base[:strings.LastIndexByte(base, '/')+1]+path, "/")
	last := len(segments) - 1
	if segments[last] == "." {
		segments[last] = ""
	}
	// What is left of segments before the last: ".." takes the one before away,
	// as long as that has a name. urlparse.py searches from the start after each.
	kept := segments[:0]
	for i, s := range segments {
		switch {
		case s == ".":
		case s == ".." && i < last && len(kept) > 0 && kept[len(kept)-1] != "" && kept[len(kept)-1] != "..":
			kept = kept[:len(kept)-1]
		default:
			kept = append(kept, s)
		}
	}
	n := len(kept)
	switch {
	case n == 2 && kept[0] == "" && kept[1] == "..":
		kept[1] = ""
	case n >= 2 && kept[n-1] == "..":
		kept[n-2] = ""
		kept = kept[:n-1]
	}
	return strings.Join(kept, "/")
}
