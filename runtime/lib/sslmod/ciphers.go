package sslmod

import (
	"crypto/tls"
	"slices"
	"strings"

	"go.starlark.net/starlark"
)

// A suite is a cipher suite by OpenSSL's name. The keywords are those of
// OpenSSL's cipher lists that select it.
type suite struct {
	id       uint16
	name     string
	version  string // the version that introduced it, as SSL_CIPHER_get_version says
	bits     int
	keywords string
}

// suites are the cipher suites of TLS 1.2 that crypto/tls calls secure, in
// OpenSSL's order.
var suites = []suite{
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2", 256, "aECDSA ECDSA AES AES256 AESGCM SHA384"},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", "TLSv1.2", 256, "aRSA AES AES256 AESGCM SHA384"},
	{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2", 256, "aECDSA ECDSA CHACHA20"},
	{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305", "TLSv1.2", 256, "aRSA CHACHA20"},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", 128, "aECDSA ECDSA AES AES128 AESGCM SHA256"},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2", 128, "aRSA AES AES128 AESGCM SHA256"},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDHE-ECDSA-AES256-SHA", "TLSv1.0", 256, "aECDSA ECDSA AES AES256 SHA SHA1"},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "ECDHE-RSA-AES256-SHA", "TLSv1.0", 256, "aRSA AES AES256 SHA SHA1"},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDHE-ECDSA-AES128-SHA", "TLSv1.0", 128, "aECDSA ECDSA AES AES128 SHA SHA1"},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "ECDHE-RSA-AES128-SHA", "TLSv1.0", 128, "aRSA AES AES128 SHA SHA1"},
}

// everySuite are the keywords that select all of suites.
const everySuite = "ALL HIGH DEFAULT COMPLEMENTOFALL FIPS TLSv1.2 ECDH ECDHE EECDH kECDHE kEECDH"

// newSuites are those of TLS 1.3, which no cipher list selects or excludes.
var newSuites = []suite{
	{tls.TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", "TLSv1.3", 128, ""},
	{tls.TLS_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", "TLSv1.3", 256, ""},
	{tls.TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3", 256, ""},
}

// matches reports whether all parts of "ECDH+AESGCM" select the suite. kRSA, DH
// and the like select none of ours.
func (s *suite) matches(expression string) bool {
	for part := range strings.SplitSeq(expression, "+") {
		if part == s.name || slices.Contains(strings.Fields(s.keywords), part) {
			continue
		}
		if !slices.Contains(strings.Fields(everySuite), part) {
			return false
		}
	}
	return true
}

// parseCiphers reads an OpenSSL cipher list: words separated by colons, commas
// or spaces, of which ! excludes for good, - excludes for now and + moves to the
// end; @ commands are passed over, as unknown words are. Nothing selected is an
// SSLError.
//
// openssl-ciphers(1), CIPHER LIST FORMAT.
func parseCiphers(list string) ([]uint16, error) {
	var chosen []*suite
	killed := make(map[*suite]bool)
	for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(":, ;", r) }) {
		prefix := byte(0)
		if strings.IndexByte("!-+@", word[0]) >= 0 {
			prefix, word = word[0], word[1:]
		}
		if prefix == '@' {
			continue
		}
		for i := range suites {
			s := &suites[i]
			if !s.matches(word) || killed[s] {
				continue
			}
			at := slices.Index(chosen, s)
			switch {
			case prefix == 0 && at < 0:
				chosen = append(chosen, s)
			case prefix == '+' && at >= 0:
				chosen = append(slices.Delete(chosen, at, at+1), s)
			case prefix == '-' && at >= 0:
				chosen = slices.Delete(chosen, at, at+1)
			case prefix == '!':
				killed[s] = true
				if at >= 0 {
					chosen = slices.Delete(chosen, at, at+1)
				}
			}
		}
	}
	if len(chosen) == 0 {
		return nil, SSLError.New(nil, starlark.String("No cipher can be selected."))
	}
	ids := make([]uint16, len(chosen))
	for i, s := range chosen {
		ids[i] = s.id
	}
	return ids, nil
}

// cipherTuple is what SSLSocket.cipher() shows: name, version, secret bits.
func cipherTuple(id uint16) starlark.Value {
	for _, list := range [][]suite{newSuites, suites} {
		for i := range list {
			if s := &list[i]; s.id == id {
				return starlark.Tuple{starlark.String(s.name), starlark.String(s.version), starlark.MakeInt(s.bits)}
			}
		}
	}
	return starlark.Tuple{starlark.String(tls.CipherSuiteName(id)), starlark.String("TLSv1.2"), starlark.None}
}

// curveOf returns the curve of a name that set_ecdh_curve knows, or 0.
func curveOf(name string) tls.CurveID {
	switch name {
	case "prime256v1":
		return tls.CurveP256
	case "secp384r1":
		return tls.CurveP384
	case "secp521r1":
		return tls.CurveP521
	case "X25519":
		return tls.X25519
	}
	return 0
}
