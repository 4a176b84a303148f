// Package uuidmod is Python 2.7's module uuid: UUID, uuid3, uuid4 and uuid5. There is neither uuid1 nor getnode, which
// tell of the machine.
package uuidmod

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module uuid, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module {
	return module.Get("uuid", func() starlark.StringDict {
		m := starlark.StringDict{
			"UUID":  starlark.NewBuiltin("UUID", newUUID),
			"uuid3": starlark.NewBuiltin("uuid3", named),
			"uuid4": starlark.NewBuiltin("uuid4", random),
			"uuid5": starlark.NewBuiltin("uuid5", named),
		}
		for i, name := range []string{"NAMESPACE_DNS", "NAMESPACE_URL", "NAMESPACE_OID"} {
			m[name] = uuid{0x6b, 0xa7, 0xb8, 0x10 + byte(i), 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
		}
		m["NAMESPACE_X500"] = uuid{0x6b, 0xa7, 0xb8, 0x14, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
		return m
	})
}

// A uuid is what RFC 4122 has.
type uuid [16]byte

var (
	_ starlark.HasAttrs   = uuid{}
	_ starlark.Comparable = uuid{}
	_ py.Reprer           = uuid{}
)

// String returns the 36 characters.
func (u uuid) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// Repr returns UUID('…').
func (u uuid) Repr() string { return "UUID('" + u.String() + "')" }

// Type returns "UUID".
func (u uuid) Type() string { return "UUID" }

// Freeze does nothing: a UUID never changes.
func (u uuid) Freeze() {}

// Truth is always true.
func (u uuid) Truth() starlark.Bool { return true }

// Hash hashes the bytes.
func (u uuid) Hash() (uint32, error) { return starlark.String(u[:]).Hash() }

// CompareSameType compares the numbers.
func (u uuid) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	v := y.(uuid)
	return starlark.CompareDepth(op, starlark.String(u[:]), starlark.String(v[:]), depth)
}

// Attr returns bytes, hex, int, urn, variant or version.
func (u uuid) Attr(name string) (starlark.Value, error) {
	switch name {
	case "bytes":
		return starlark.String(u[:]), nil
	case "hex":
		return starlark.String(hex.EncodeToString(u[:])), nil
	case "int":
		return starlark.MakeBigInt(new(big.Int).SetBytes(u[:])), nil
	case "urn":
		return starlark.String("urn:uuid:" + u.String()), nil
	case "variant":
		return starlark.String(u.variant()), nil
	case "version":
		if u.variant() != rfc4122 {
			return starlark.None, nil
		}
		return starlark.MakeInt(int(u[6] >> 4)), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (u uuid) AttrNames() []string {
	return []string{"bytes", "hex", "int", "urn", "variant", "version"}
}

const rfc4122 = "specified in RFC 4122"

func (u uuid) variant() string {
	switch {
	case u[8]&0x80 == 0:
		return "reserved for NCS compatibility"
	case u[8]&0x40 == 0:
		return rfc4122
	case u[8]&0x20 == 0:
		return "reserved for Microsoft compatibility"
	}
	return "reserved for future definition"
}

// versioned makes the 16 bytes those of a version of RFC 4122.
func versioned(b []byte, version byte) uuid {
	u := uuid(b[:16])
	u[6] = u[6]&0x0f | version<<4
	u[8] = u[8]&0x3f | 0x80
	return u
}

// newUUID is UUID(hex=None, bytes=None, …, int=None, version=None) of hex, bytes or int.
//
// uuid.py, UUID.__init__.
func newUUID(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text, raw, little, fields, number, version starlark.Value = starlark.None, starlark.None, starlark.None, starlark.None, starlark.None, starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "hex?", &text, "bytes?", &raw, "bytes_le?", &little, "fields?", &fields,
		"int?", &number, "version?", &version); err != nil {
		return nil, err
	}
	if little != starlark.None || fields != starlark.None {
		return nil, py.NotImplementedError.Errorf("UUID takes hex, bytes or int here")
	}
	given := 0
	for _, v := range []starlark.Value{text, raw, number} {
		if v != starlark.None {
			given++
		}
	}
	var u uuid
	switch {
	case given != 1:
		return nil, py.TypeError.Errorf("need one of hex, bytes, bytes_le, fields, or int")
	case text != starlark.None:
		s, ok := py.AsBytes(text)
		if !ok {
			return nil, py.NoAttribute(text, "replace")
		}
		s = strings.ReplaceAll(strings.ReplaceAll(s, "urn:", ""), "uuid:", "")
		s = strings.ReplaceAll(strings.Trim(s, "{}"), "-", "")
		if len(s) != 32 {
			return nil, py.ValueError.Errorf("badly formed hexadecimal UUID string")
		}
		if _, err := hex.Decode(u[:], []byte(s)); err != nil {
			return nil, py.ValueError.Errorf("invalid literal for long() with base 16: %s", py.Quote(s))
		}
	case raw != starlark.None:
		s, ok := py.AsBytes(raw)
		if !ok || len(s) != 16 {
			return nil, py.ValueError.Errorf("bytes is not a 16-char string")
		}
		u = uuid([]byte(s))
	default:
		n, ok := number.(starlark.Int)
		if !ok || n.Sign() < 0 || n.BigInt().BitLen() > 128 {
			return nil, py.ValueError.Errorf("int is out of range (need a 128-bit value)")
		}
		n.BigInt().FillBytes(u[:])
	}
	if version != starlark.None {
		n, err := starlark.AsInt32(version)
		if err != nil || n < 1 || n > 5 {
			return nil, py.ValueError.Errorf("illegal version number")
		}
		u = versioned(u[:], byte(n))
	}
	return u, nil
}

// random is uuid.uuid4(), of the randomness that scripts see.
func random(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	raw := make([]byte, 16)
	if _, err := io.ReadFull(host.From(thread).Rand, raw); err != nil {
		return nil, py.OSError.Errorf("no randomness: %w", err)
	}
	return versioned(raw, 4), nil
}

// named is uuid.uuid3(namespace, name), of MD5, and uuid5, of SHA-1.
func named(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var namespace starlark.Value
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "namespace", &namespace, "name", &name); err != nil {
		return nil, err
	}
	space, ok := namespace.(uuid)
	if !ok {
		return nil, py.NoAttribute(namespace, "bytes")
	}
	if err := host.Spend(thread, len(name)/host.BytesPerStep); err != nil {
		return nil, err
	}
	if b.Name() == "uuid3" {
		h := md5.New()
		h.Write(space[:]) // never fails: hash.Hash
		io.WriteString(h, string(name))
		return versioned(h.Sum(nil), 3), nil
	}
	h := sha1.New()
	h.Write(space[:])
	io.WriteString(h, string(name))
	return versioned(h.Sum(nil), 5), nil
}
