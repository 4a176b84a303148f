package sslmod

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"net"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
)

// certificateDict is what getpeercert() shows of a certificate.
// Modules/_ssl.c, _decode_certificate.
func certificateDict(cert *x509.Certificate) *starlark.Dict {
	d := new(starlark.Dict)
	set := func(key string, v starlark.Value) {
		d.SetKey(starlark.String(key), v) // a new dict refuses nothing
	}
	set("subject", nameTuple(cert.RawSubject))
	set("issuer", nameTuple(cert.RawIssuer))
	set("version", starlark.MakeInt(cert.Version))
	set("serialNumber", starlark.String(serialText(cert)))
	set("notBefore", starlark.String(timeText(cert.NotBefore)))
	set("notAfter", starlark.String(timeText(cert.NotAfter)))
	if names := alternativeNames(cert); len(names) > 0 {
		set("subjectAltName", names)
	}
	setURIs := func(key string, uris []string) {
		if len(uris) == 0 {
			return
		}
		t := make(starlark.Tuple, len(uris))
		for i, u := range uris {
			t[i] = starlark.String(u)
		}
		set(key, t)
	}
	setURIs("OCSP", cert.OCSPServer)
	setURIs("caIssuers", cert.IssuingCertificateURL)
	setURIs("crlDistributionPoints", cert.CRLDistributionPoints)
	return d
}

// serialText is the serial number in hexadecimal, two digits a byte.
func serialText(cert *x509.Certificate) string {
	s := fmt.Sprintf("%X", cert.SerialNumber)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	if len(s)%2 == 1 {
		s = "0" + s
	}
	return sign + s
}

// timeText is the form cert_time_to_seconds reads: "Jan  5 09:34:43 2018 GMT".
func timeText(t time.Time) string { return t.UTC().Format("Jan _2 15:04:05 2006 GMT") }

// attributeNames are OpenSSL's long names; other types show their number.
func attributeNames() map[string]string {
	return attributeNamesTable.Get(func() map[string]string {
		return map[string]string{
			"2.5.4.3": "commonName", "2.5.4.4": "surname", "2.5.4.5": "serialNumber", "2.5.4.6": "countryName",
			"2.5.4.7": "localityName", "2.5.4.8": "stateOrProvinceName", "2.5.4.9": "streetAddress",
			"2.5.4.10": "organizationName", "2.5.4.11": "organizationalUnitName", "2.5.4.12": "title",
			"2.5.4.13": "description", "2.5.4.15": "businessCategory", "2.5.4.17": "postalCode", "2.5.4.41": "name",
			"2.5.4.42": "givenName", "2.5.4.43": "initials", "2.5.4.44": "generationQualifier",
			"2.5.4.46": "dnQualifier", "2.5.4.65": "pseudonym", "2.5.4.97": "organizationIdentifier",
			"1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.25": "domainComponent",
			"0.9.2342.19200300.100.1.1": "userId",
			"1.3.6.1.4.1.311.60.2.1.1":  "jurisdictionLocalityName",
			"1.3.6.1.4.1.311.60.2.1.2":  "jurisdictionStateOrProvinceName",
			"1.3.6.1.4.1.311.60.2.1.3":  "jurisdictionCountryName",
			"2.5.4.45":                  "x500UniqueIdentifier",
			"1.2.840.113549.1.9.2":      "unstructuredName",
		}
	})
}

var attributeNamesTable lazy.Value[map[string]string]

// attribute is one part of a distinguished name. RFC 5280 §4.1.2.4.
type attribute struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

// nameTuple shows a distinguished name: a tuple of sets of (type, value).
func nameTuple(der []byte) starlark.Value {
	var sets []asn1.RawValue
	if _, err := asn1.Unmarshal(der, &sets); err != nil {
		return starlark.Tuple{}
	}
	name := make(starlark.Tuple, 0, len(sets))
	for _, set := range sets {
		var parts starlark.Tuple
		for rest := set.Bytes; len(rest) > 0; {
			var a attribute
			var err error
			if rest, err = asn1.Unmarshal(rest, &a); err != nil {
				break
			}
			key := a.Type.String()
			if long, ok := attributeNames()[key]; ok {
				key = long
			}
			parts = append(parts, starlark.Tuple{starlark.String(key), starlark.String(attributeText(a.Value))})
		}
		name = append(name, parts)
	}
	return name
}

// attributeText returns a directory string as UTF-8.
func attributeText(v asn1.RawValue) string {
	switch v.Tag {
	case asn1.TagBMPString:
		var b strings.Builder
		for i := 0; i+1 < len(v.Bytes); i += 2 {
			b.WriteRune(rune(v.Bytes[i])<<8 | rune(v.Bytes[i+1]))
		}
		return b.String()
	case asn1.TagT61String:
		var b strings.Builder
		for _, c := range v.Bytes {
			b.WriteRune(rune(c))
		}
		return b.String()
	}
	return string(v.Bytes)
}

var oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}

// The kinds of GeneralName, by tag. RFC 5280 §4.2.1.6.
const (
	tagEmail     = 1
	tagDNS       = 2
	tagDirectory = 4
	tagURI       = 6
	tagIP        = 7
	tagRegID     = 8
)

// alternativeNames shows subjectAltName in the certificate's order.
func alternativeNames(cert *x509.Certificate) starlark.Tuple {
	var names starlark.Tuple
	for _, e := range cert.Extensions {
		if !e.Id.Equal(oidSubjectAltName) {
			continue
		}
		var list []asn1.RawValue
		if _, err := asn1.Unmarshal(e.Value, &list); err != nil {
			return nil
		}
		for _, n := range list {
			kind, value := generalName(n)
			names = append(names, starlark.Tuple{starlark.String(kind), value})
		}
	}
	return names
}

func generalName(n asn1.RawValue) (kind string, value starlark.Value) {
	switch n.Tag {
	case tagEmail:
		return "email", starlark.String(n.Bytes)
	case tagDNS:
		return "DNS", starlark.String(n.Bytes)
	case tagDirectory:
		return "DirName", nameTuple(n.Bytes)
	case tagURI:
		return "URI", starlark.String(n.Bytes)
	case tagIP:
		return "IP Address", starlark.String(addressText(n.Bytes))
	case tagRegID:
		var id asn1.ObjectIdentifier
		if _, err := asn1.UnmarshalWithParams(n.FullBytes, &id, "tag:8"); err == nil {
			return "Registered ID", starlark.String(id.String())
		}
	}
	return "othername", starlark.String("<unsupported>")
}

// addressText is OpenSSL's form of an address: for IPv6 eight groups, nothing
// left out.
func addressText(b []byte) string {
	switch len(b) {
	case net.IPv4len:
		return net.IP(b).String()
	case net.IPv6len:
		groups := make([]string, 8)
		for i := range groups {
			groups[i] = fmt.Sprintf("%X", uint16(b[2*i])<<8|uint16(b[2*i+1]))
		}
		return strings.Join(groups, ":")
	}
	return "<invalid>"
}
