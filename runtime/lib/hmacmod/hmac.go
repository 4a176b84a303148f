package hmacmod

import (
	"crypto/subtle"
	"encoding/hex"
	"hash"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/hashlibmod"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module hmac, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("hmac", members) }

func members() starlark.StringDict {
	return starlark.StringDict{
		"HMAC":           starlark.NewBuiltin("HMAC", hmacNew),
		"compare_digest": starlark.NewBuiltin("compare_digest", compareDigest),
		"digest_size":    starlark.None,
		"new":            starlark.NewBuiltin("new", hmacNew),
	}
}

// An HMAC is what hmac.new returns. RFC 2104.
type HMAC struct {
	name         string    // of the hash
	inner, outer hash.Hash // both keyed; outer waits for the digest of inner
	frozen       bool
}

var _ starlark.HasAttrs = (*HMAC)(nil)

// hmacNew is hmac.new(key, msg=None, digestmod=None).
func hmacNew(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Value
	var msg, digestmod starlark.Value = starlark.None, starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "key", &key, "msg?", &msg, "digestmod?", &digestmod); err != nil {
		return nil, err
	}
	h, err := newHash(thread, digestmod)
	if err != nil {
		return nil, err
	}
	keyText, ok := py.AsBytes(key)
	if !ok {
		return nil, py.TypeError.Errorf("object of type '%s' has no len()", py.TypeName(key))
	}
	m := &HMAC{name: h.Name(), inner: h.NewState(), outer: h.NewState()}
	block := make([]byte, m.inner.BlockSize())
	if len(keyText) > len(block) {
		long := h.NewState()
		if err := hashlibmod.Update(thread, long, "new", starlark.String(keyText)); err != nil {
			return nil, err
		}
		copy(block, long.Sum(nil))
	} else {
		copy(block, keyText)
	}
	for i := range block {
		block[i] ^= 0x36
	}
	m.inner.Write(block) // never fails: hash.Hash
	for i := range block {
		block[i] ^= 0x36 ^ 0x5c
	}
	m.outer.Write(block)
	if msg == starlark.None {
		return m, nil
	}
	return m, hashlibmod.Update(thread, m.inner, "update", msg)
}

// newHash makes a hash by digestmod.
func newHash(thread *starlark.Thread, digestmod starlark.Value) (*hashlibmod.Hash, error) {
	if digestmod == starlark.None {
		return hashlibmod.New("md5"), nil
	}
	if name, ok := py.AsBytes(digestmod); ok {
		h := hashlibmod.New(name)
		if h == nil {
			return nil, py.ValueError.Errorf("unsupported hash type %s", name)
		}
		return h, nil
	}
	if _, ok := digestmod.(starlark.Callable); !ok {
		var fn starlark.Value
		if x, ok := digestmod.(starlark.HasAttrs); ok {
			var err error
			if fn, err = x.Attr("new"); err != nil {
				return nil, err
			}
		}
		if fn == nil {
			return nil, py.NoAttribute(digestmod, "new")
		}
		digestmod = fn
	}
	v, err := starlark.Call(thread, digestmod, nil, nil)
	if err != nil {
		return nil, err
	}
	h, ok := v.(*hashlibmod.Hash)
	if !ok {
		return nil, py.TypeError.Errorf("digestmod must make a hash of hashlib, not %s", py.TypeName(v))
	}
	return h, nil
}

// String returns <hmac.HMAC instance>, without an address.
func (m *HMAC) String() string { return "<hmac.HMAC instance>" }

// Type returns "HMAC".
func (m *HMAC) Type() string { return "HMAC" }

// Freeze makes update fail.
func (m *HMAC) Freeze() { m.frozen = true }

// Truth is always true.
func (m *HMAC) Truth() starlark.Bool { return true }

// Hash refuses: the value may change.
func (m *HMAC) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: HMAC") }

func methods() map[string]*starlark.Builtin {
	return methodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"copy":      starlark.NewBuiltin("copy", hmacCopy),
			"digest":    starlark.NewBuiltin("digest", hmacDigest),
			"hexdigest": starlark.NewBuiltin("hexdigest", hmacHexDigest),
			"update":    starlark.NewBuiltin("update", hmacUpdate),
		}
	})
}

var methodsTable lazy.Value[map[string]*starlark.Builtin]

// Attr returns a method, or block_size, blocksize, digest_size or name.
func (m *HMAC) Attr(name string) (starlark.Value, error) {
	switch name {
	case "block_size", "blocksize":
		return starlark.MakeInt(m.inner.BlockSize()), nil
	case "digest_size":
		return starlark.MakeInt(m.inner.Size()), nil
	case "name":
		return starlark.String("hmac-" + m.name), nil
	}
	if method := methods()[name]; method != nil {
		return method.BindReceiver(m), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (m *HMAC) AttrNames() []string {
	return []string{"block_size", "blocksize", "copy", "digest", "digest_size", "hexdigest", "name", "update"}
}

// sum returns the digest of what was hashed so far and changes nothing.
func (m *HMAC) sum() []byte {
	outer := hashlibmod.Clone(m.outer)
	outer.Write(m.inner.Sum(nil))
	return outer.Sum(nil)
}

// hmacUpdate is m.update(msg).
func hmacUpdate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var msg starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "msg", &msg); err != nil {
		return nil, err
	}
	m := b.Receiver().(*HMAC)
	if m.frozen {
		return nil, py.TypeError.Errorf("cannot update frozen HMAC")
	}
	return starlark.None, hashlibmod.Update(thread, m.inner, "update", msg)
}

// hmacDigest is m.digest().
func hmacDigest(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.String(b.Receiver().(*HMAC).sum()), nil
}

// hmacHexDigest is m.hexdigest().
func hmacHexDigest(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.String(hex.EncodeToString(b.Receiver().(*HMAC).sum())), nil
}

// hmacCopy is m.copy().
func hmacCopy(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	m := b.Receiver().(*HMAC)
	return &HMAC{name: m.name, inner: hashlibmod.Clone(m.inner), outer: hashlibmod.Clone(m.outer)}, nil
}

// compareDigest is hmac.compare_digest(a, b). Its time depends on the length of
// its arguments alone.
//
// operator.c, compare_digest
func compareDigest(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "a", &x, "b", &y); err != nil {
		return nil, err
	}
	s, ok := py.AsBytes(x)
	t, ok2 := py.AsBytes(y)
	if !ok || !ok2 {
		return nil, py.TypeError.Errorf("unsupported operand types(s) or combination of types: '%s' and '%s'", py.TypeName(x), py.TypeName(y))
	}
	return starlark.Bool(subtle.ConstantTimeCompare([]byte(s), []byte(t)) == 1), nil
}
