package urllib2mod

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// HTTPDigestAuthHandler and ProxyDigestAuthHandler answer the challenges 401 and
// 407 by Digest authentication.
var HTTPDigestAuthHandler, ProxyDigestAuthHandler *py.Kind

// A digest is what a handler knows of the challenges so far.
type digest struct {
	retried int
	nonce   string
	count   int
}

// maxDigestTries bounds the challenges that follow each other.
const maxDigestTries = 5

func makeDigest() {
	init := func(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
		o.Data = new(digest)
		return authInit(thread, o, args, kwargs)
	}
	HTTPDigestAuthHandler = &py.Kind{Module: "urllib2", Class: "HTTPDigestAuthHandler", Base: BaseHandler, Init: init,
		Computed: []string{"auth_header"}, Get: authHeader("Authorization", 490),
		Methods: py.Functions(map[string]method{"http_error_401": digestChallenge})}
	ProxyDigestAuthHandler = &py.Kind{Module: "urllib2", Class: "ProxyDigestAuthHandler", Base: BaseHandler, Init: init,
		Computed: []string{"auth_header"}, Get: authHeader("Proxy-Authorization", 490),
		Methods: py.Functions(map[string]method{"http_error_407": digestChallenge})}
}

// digestChallenge is http_error_401 and http_error_407(req, fp, code, msg, headers).
//
// urllib2.py, AbstractDigestAuthHandler.http_error_auth_reqed and retry_http_digest_auth.
func digestChallenge(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, d := py.Receiver[*digest](b)
	if err := o.Changing(); err != nil {
		return nil, err
	}
	f, err := unpackFailure(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	req, err := asRequest(b, f.req)
	if err != nil {
		return nil, err
	}
	challenge, _, ok, err := challengeOf(thread, f, b.Name() == "http_error_407")
	if err != nil {
		return nil, err
	}
	if d.retried > maxDigestTries {
		d.retried = 0
		url, err := py.CallMethod(thread, req, "get_full_url")
		if err != nil {
			return nil, err
		}
		return nil, HTTPError.New(nil, url, starlark.MakeInt(401), starlark.String("digest auth failed"), f.hdrs, starlark.None)
	}
	d.retried++
	v, err := d.retry(thread, o, req, challenge, ok)
	if err == nil {
		d.retried = 0
	}
	return v, err
}

func (d *digest) retry(thread *starlark.Thread, o, req *py.Object, challenge string, ok bool) (starlark.Value, error) {
	scheme, params, _ := strings.Cut(strings.TrimLeft(challenge, " \t"), " ")
	if !ok || py.Lower(scheme) != "digest" {
		return starlark.None, nil
	}
	answer, err := d.answer(thread, o, req, parameters(params))
	if err != nil || answer == "" {
		return starlark.None, err
	}
	answer = "Digest " + answer
	header, err := headerName(o)
	if err != nil {
		return nil, err
	}
	if table, ok := req.Field("headers").(*starlark.Dict); ok {
		if v, _, _ := table.Get(starlark.String(header)); v != nil && v == starlark.Value(starlark.String(answer)) {
			return starlark.None, nil
		}
	}
	if err := setHeader(req, "unredirected_hdrs", header, starlark.String(answer)); err != nil {
		return nil, err
	}
	return reopen(thread, o, req, req)
}

// answer returns the credentials, or "" if there are none.
//
// urllib2.py, AbstractDigestAuthHandler.get_authorization.
func (d *digest) answer(thread *starlark.Thread, o, req *py.Object, chal map[string]string) (string, error) {
	realm, hasRealm := chal["realm"]
	nonce, hasNonce := chal["nonce"]
	if !hasRealm || !hasNonce {
		return "", nil
	}
	algorithm, ok := chal["algorithm"]
	if !ok {
		algorithm = "MD5"
	}
	var hash func(s string) string
	switch strings.ToUpper(algorithm) {
	case "MD5":
		hash = func(s string) string { sum := md5.Sum([]byte(s)); return hex.EncodeToString(sum[:]) }
	case "SHA":
		hash = func(s string) string { sum := sha1.Sum([]byte(s)); return hex.EncodeToString(sum[:]) }
	default:
		return "", py.ValueError.Errorf("Unsupported digest authentication algorithm %s", py.Quote(py.Lower(algorithm)))
	}
	url, err := py.CallMethod(thread, req, "get_full_url")
	if err != nil {
		return "", err
	}
	user, password, err := passwordOf(thread, o, realm, py.Str(url))
	if err != nil || user == starlark.None {
		return "", err
	}
	verb, err := py.CallMethod(thread, req, "get_method")
	if err != nil {
		return "", err
	}
	selector, err := py.CallMethod(thread, req, "get_selector")
	if err != nil {
		return "", err
	}
	a1 := hash(py.Str(user) + ":" + realm + ":" + py.Str(password))
	a2 := hash(py.Str(verb) + ":" + py.Str(selector))
	var response, count, cnonce string
	qop, hasQOP := chal["qop"]
	switch {
	case !hasQOP:
		response = hash(a1 + ":" + nonce + ":" + a2)
	case qop == "auth":
		if nonce == d.nonce {
			d.count++
		} else {
			d.nonce, d.count = nonce, 1
		}
		var random [8]byte
		if _, err := io.ReadFull(host.From(thread).Rand, random[:]); err != nil {
			return "", py.OSError.Errorf("no randomness: %w", err)
		}
		count, cnonce = fmt.Sprintf("%08x", d.count), hex.EncodeToString(random[:])
		response = hash(strings.Join([]string{a1, nonce, count, cnonce, qop, a2}, ":"))
	default:
		return "", urlError(starlark.String("qop '"+qop+"' is not supported."), nil)
	}
	out := fmt.Sprintf(`username="%s", realm="%s", nonce="%s", uri="%s", response="%s"`, py.Str(user), realm, nonce, py.Str(selector), response)
	if opaque := chal["opaque"]; opaque != "" {
		out += `, opaque="` + opaque + `"`
	}
	out += `, algorithm="` + algorithm + `"`
	if qop != "" {
		out += `, qop=auth, nc=` + count + `, cnonce="` + cnonce + `"`
	}
	return out, nil
}

// parameters returns the name=value pairs of a list with commas, the values without their quotes.
//
// urllib2.py, parse_http_list and parse_keqv_list.
func parameters(s string) map[string]string {
	all := make(map[string]string)
	for _, part := range listParts(s) {
		name, value, found := strings.Cut(part, "=")
		if !found {
			continue
		}
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		all[name] = value
	}
	return all
}

// listParts splits at the commas that are outside quotes.
func listParts(s string) []string {
	var parts []string
	var part strings.Builder
	quoted, escaped := false, false
	for i := range len(s) {
		c := s[i]
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
			continue
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			parts = append(parts, py.Strip(part.String()))
			part.Reset()
			continue
		}
		part.WriteByte(c)
	}
	if part.Len() > 0 {
		parts = append(parts, py.Strip(part.String()))
	}
	return parts
}
