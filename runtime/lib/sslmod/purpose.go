package sslmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// asn1Type is the type of OpenSSL's object identifiers.
var asn1Type = &py.NamedType{Name: "_ASN1Object", Fields: []string{"nid", "shortname", "longname", "oid"}}

func newASN1Object(nid int, shortname, longname, oid string) *py.Named {
	return asn1Type.New(starlark.MakeInt(nid), starlark.String(shortname), starlark.String(longname), starlark.String(oid))
}

// The purposes of a context.
var serverAuthTable, clientAuthTable lazy.Value[*py.Named]

func serverAuth() *py.Named {
	return serverAuthTable.Get(func() *py.Named {
		return newASN1Object(129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1")
	})
}

func clientAuth() *py.Named {
	return clientAuthTable.Get(func() *py.Named {
		return newASN1Object(130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2")
	})
}

// checkPurpose is the TypeError of what is no object identifier: its text is
// the value itself.
func checkPurpose(v starlark.Value) error {
	if n, ok := v.(*py.Named); ok && n.NamedType() == asn1Type {
		return nil
	}
	return py.TypeError.New(nil, v)
}

// isClientAuth reports whether a checked purpose is CLIENT_AUTH.
func isClientAuth(v starlark.Value) bool {
	return v == starlark.Value(clientAuth())
}

// purposeClass is ssl.Purpose: the two purposes, and lookups of them. It knows
// no other object.
type purposeClass struct{}

var (
	_ starlark.Callable = purposeClass{}
	_ starlark.HasAttrs = purposeClass{}
)

func (purposeClass) String() string        { return "<class 'ssl.Purpose'>" }
func (purposeClass) Type() string          { return "type" }
func (purposeClass) Name() string          { return "Purpose" }
func (purposeClass) Freeze()               {}
func (purposeClass) Truth() starlark.Bool  { return true }
func (purposeClass) Hash() (uint32, error) { return starlark.String("ssl.Purpose").Hash() }

// CallInternal is Purpose(oid).
func (purposeClass) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var oid string
	if err := py.UnpackArgs("Purpose", args, kwargs, "oid", &oid); err != nil {
		return nil, err
	}
	return findPurpose(oid, 3)
}

// findPurpose returns the purpose one of whose items of the given indices is text.
func findPurpose(text string, items ...int) (starlark.Value, error) {
	for _, p := range []*py.Named{serverAuth(), clientAuth()} {
		for _, i := range items {
			if p.Index(i) == starlark.String(text) {
				return p, nil
			}
		}
	}
	return nil, py.ValueError.Errorf("unknown object %s", py.Quote(text))
}

// Attr returns a purpose, fromname or fromnid.
func (purposeClass) Attr(name string) (starlark.Value, error) {
	switch name {
	case "SERVER_AUTH":
		return serverAuth(), nil
	case "CLIENT_AUTH":
		return clientAuth(), nil
	case "fromname", "fromnid":
		return purposeMethods.Get(purposeFunctions)[name], nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (purposeClass) AttrNames() []string {
	return []string{"CLIENT_AUTH", "SERVER_AUTH", "fromname", "fromnid"}
}

var purposeMethods lazy.Methods

func purposeFunctions() map[string]lazy.Method {
	return map[string]lazy.Method{"fromname": purposeFromName, "fromnid": purposeFromNID}
}

func purposeFromName(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	return findPurpose(name, 1, 2, 3)
}

func purposeFromNID(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var nid int
	if err := py.UnpackArgs(b.Name(), args, kwargs, "nid", &nid); err != nil {
		return nil, err
	}
	switch nid {
	case 129:
		return serverAuth(), nil
	case 130:
		return clientAuth(), nil
	}
	return nil, py.ValueError.Errorf("unknown NID %d", nid)
}
