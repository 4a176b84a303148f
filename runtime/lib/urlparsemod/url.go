package urlparsemod

import (
	"strings"

	"starwire/runtime/py"
)

// parts are those of a URL; params is only split off by parse. What the URL does not have
// is an empty str, whatever the type of the URL.
type parts struct {
	scheme, netloc, path, params, query, fragment py.Chars
}

// splitURL splits url, which has the given scheme if it names none.
//
// urlparse.py, urlsplit
func splitURL(whole, scheme py.Chars, fragments bool) (parts, error) {
	url := whole.S
	p := parts{scheme: scheme}
	if i := strings.IndexByte(url, ':'); i > 0 && strings.Trim(url[:i], schemeChars) == "" {
		rest := url[i+1:]
		// "path:80" is a path, unless it is http's.
		if url[:i] == "http" || rest == "" || strings.Trim(rest, "0123456789") != "" {
			p.scheme, url = whole.Of(py.Lower(url[:i])), rest
		}
	}
	if strings.HasPrefix(url, "//") {
		rest := url[2:]
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		p.netloc, url = whole.Of(rest[:end]), rest[end:]
		if strings.Contains(p.netloc.S, "[") != strings.Contains(p.netloc.S, "]") {
			return p, py.ValueError.Errorf("Invalid IPv6 URL")
		}
	}
	cut := func(sep string) (after py.Chars) {
		before, rest, found := strings.Cut(url, sep)
		if found {
			url, after = before, whole.Of(rest)
		}
		return after
	}
	if fragments {
		p.fragment = cut("#")
	}
	p.query = cut("?")
	p.path = whole.Of(url)
	return p, checkNetloc(p.netloc)
}

// disguised are the characters that NFKC makes one of "/?#@:" of, or what has one.
const disguised = "⁇⁈⁉℀℁℅℆⩴︓︖﹕﹖﹟﹫＃／：？＠"

// checkNetloc refuses a host that would be another once it is in the form that IDNA wants.
//
// urlparse.py, _checknetloc
func checkNetloc(netloc py.Chars) error {
	if netloc.Wide && strings.ContainsAny(netloc.S, disguised) {
		return py.ValueError.Errorf("netloc %s contains invalid characters under NFKC normalization", py.Repr(netloc.Value()))
	}
	return nil
}

// parseURL is splitURL with the parameters of the last path segment apart.
//
// urlparse.py, urlparse
func parseURL(url, scheme py.Chars, fragments bool) (parts, error) {
	p, err := splitURL(url, scheme, fragments)
	if err != nil || !uses(usesParams, p.scheme.S) {
		return p, err
	}
	path := p.path.S
	last := strings.LastIndexByte(path, '/') + 1
	if i := strings.IndexByte(path[last:], ';'); i >= 0 {
		p.path, p.params = p.path.Of(path[:last+i]), p.path.Of(path[last+i+1:])
	}
	return p, nil
}

// url puts the parts together. The error is the UnicodeDecodeError of a part that is no
// ASCII, beside one that is unicode text.
//
// urlparse.py, urlunparse and urlunsplit
func (p parts) url() (py.Chars, error) {
	var err error
	// sum is a + b + c, as it is written: an error counts from the start of what is there by then.
	sum := func(parts ...py.Chars) (url py.Chars) {
		for _, c := range parts {
			if err == nil {
				url, err = py.JoinChars("", url, c)
			}
		}
		return url
	}
	text := func(s string) py.Chars { return py.Chars{S: s} }
	url := p.path
	if p.params.S != "" {
		if url, err = py.JoinChars(";", url, p.params); err != nil {
			return url, err
		}
	}
	if p.netloc.S != "" || p.scheme.S != "" && uses(usesNetloc, p.scheme.S) && !strings.HasPrefix(url.S, "//") {
		if url.S != "" && url.S[0] != '/' {
			url = sum(text("/"), url)
		}
		if p.netloc.S == "" {
			p.netloc = text("")
		}
		url = sum(text("//"), p.netloc, url)
	}
	if p.scheme.S != "" {
		url = sum(p.scheme, text(":"), url)
	}
	if p.query.S != "" {
		url = sum(url, text("?"), p.query)
	}
	if p.fragment.S != "" {
		url = sum(url, text("#"), p.fragment)
	}
	return url, err
}

// join resolves url against base; neither is empty.
//
// urlparse.py, urljoin
func join(base, url py.Chars, fragments bool) (py.Chars, error) {
	b, err := parseURL(base, py.Chars{}, fragments)
	if err != nil {
		return url, err
	}
	p, err := parseURL(url, b.scheme, fragments)
	if err != nil {
		return url, err
	}
	if p.scheme.S != b.scheme.S || !uses(usesRelative, p.scheme.S) {
		return url, nil
	}
	if uses(usesNetloc, p.scheme.S) {
		if p.netloc.S != "" {
			return p.url()
		}
		p.netloc = b.netloc
	}
	if strings.HasPrefix(p.path.S, "/") {
		return p.url()
	}
	if p.path.S == "" && p.params.S == "" {
		p.path, p.params = b.path, b.params
		if p.query.S == "" {
			p.query = b.query
		}
		return p.url()
	}
	if p.path, err = joinPaths(b.path, p.path); err != nil {
		return url, err
	}
	return p.url()
}

// joinPaths resolves a relative path. Segments ".." that lead above the root
// stay, but for a last one.
func joinPaths(base, path py.Chars) (py.Chars, error) {
	var segments []py.Chars
	add := func(c py.Chars) {
		for s := range strings.SplitSeq(c.S, "/") {
			segments = append(segments, c.Of(s))
		}
	}
	add(base)
	segments = segments[:len(segments)-1]
	add(path)
	last := len(segments) - 1
	if segments[last].S == "." {
		segments[last] = py.Chars{}
	}
	// What is left of segments before the last: ".." takes the one before away,
	// as long as that has a name. urlparse.py searches from the start after each.
	kept := segments[:0]
	for i, s := range segments {
		switch {
		case s.S == ".":
		case s.S == ".." && i < last && len(kept) > 0 && kept[len(kept)-1].S != "" && kept[len(kept)-1].S != "..":
			kept = kept[:len(kept)-1]
		default:
			kept = append(kept, s)
		}
	}
	n := len(kept)
	switch {
	case n == 2 && kept[0].S == "" && kept[1].S == "..":
		kept[1] = py.Chars{}
	case n >= 2 && kept[n-1].S == "..":
		kept[n-2] = py.Chars{}
		kept = kept[:n-1]
	}
	return py.JoinChars("/", kept...)
}
