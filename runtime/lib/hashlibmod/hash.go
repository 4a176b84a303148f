package hashlibmod

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// algorithms are those of hashlib.algorithms, in its order.
var algorithms = []struct {
	name string
	new  func() hash.Hash
}{
	{"md5", md5.New},
	{"sha1", sha1.New},
	{"sha224", sha256.New224},
	{"sha256", sha256.New},
	{"sha384", sha512.New384},
	{"sha512", sha512.New},
}

// New returns a Hash of the named algorithm, in small letters or capitals; nil if
// there is no such.
func New(name string) *Hash {
	for _, a := range algorithms {
		if name == a.name || name == upper(a.name) {
			return &Hash{name: a.name, new: a.new, state: a.new()}
		}
	}
	return nil
}

// upper makes ASCII letters capitals.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// A Hash is what hashlib.md5() and the others return.
type Hash struct {
	name   string
	new    func() hash.Hash
	state  hash.Hash
	frozen bool
}

var _ starlark.HasAttrs = (*Hash)(nil)

// Name returns the algorithm's name.
func (h *Hash) Name() string { return h.name }

// NewState returns the algorithm's hash of nothing yet.
func (h *Hash) NewState() hash.Hash { return h.new() }

// Clone returns a copy of a hash's state; s is one that NewState returned.
func Clone(s hash.Hash) hash.Hash {
	c, err := s.(hash.Cloner).Clone()
	if err != nil {
		panic(fmt.Sprintf("hashlib: %v", err)) // the standard library's hashes all can
	}
	return c
}

// String returns <md5 HASH object>, without an address.
func (h *Hash) String() string { return "<" + h.name + " HASH object>" }

// Type returns "HASH".
func (h *Hash) Type() string { return "HASH" }

// Freeze makes update fail.
func (h *Hash) Freeze() { h.frozen = true }

// Truth is always true.
func (h *Hash) Truth() starlark.Bool { return true }

// Hash refuses: the value may change.
func (h *Hash) Hash() (uint32, error) { return 0, py.TypeError.Errorf("unhashable type: HASH") }

func hashMethods() map[string]*starlark.Builtin {
	return hashMethodsTable.Get(func() map[string]*starlark.Builtin {
		return map[string]*starlark.Builtin{
			"copy":      starlark.NewBuiltin("copy", hashCopy),
			"digest":    starlark.NewBuiltin("digest", hashDigest),
			"hexdigest": starlark.NewBuiltin("hexdigest", hashHexDigest),
			"update":    starlark.NewBuiltin("update", hashUpdate),
		}
	})
}

var hashMethodsTable lazy.Value[map[string]*starlark.Builtin]

// Attr returns a method, or block_size, digest_size, digestsize or name.
func (h *Hash) Attr(name string) (starlark.Value, error) {
	switch name {
	case "block_size":
		return starlark.MakeInt(h.state.BlockSize()), nil
	case "digest_size", "digestsize":
		return starlark.MakeInt(h.state.Size()), nil
	case "name":
		return starlark.String(h.name), nil
	}
	if m := hashMethods()[name]; m != nil {
		return m.BindReceiver(h), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (h *Hash) AttrNames() []string {
	return []string{"block_size", "copy", "digest", "digest_size", "digestsize", "hexdigest", "name", "update"}
}

// Update hashes what fn(…) was given as its argument: CPython's name in errors.
func Update(thread *starlark.Thread, state hash.Hash, fn string, v starlark.Value) error {
	s, ok := py.AsBytes(v)
	if !ok {
		name := py.TypeName(v)
		if v == starlark.None {
			name = "None"
		}
		return py.TypeError.Errorf("%s() argument 1 must be string or buffer, not %s", fn, name)
	}
	const piece = 1 << 20 // bytes between two looks at the run
	for {
		n := min(len(s), piece)
		state.Write([]byte(s[:n])) // never fails: hash.Hash
		if err := host.Spend(thread, n/host.BytesPerStep); err != nil {
			return err
		}
		if s = s[n:]; s == "" {
			return nil
		}
	}
}

// hashUpdate is h.update(arg).
func hashUpdate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "arg", &v); err != nil {
		return nil, err
	}
	h := b.Receiver().(*Hash)
	if h.frozen {
		return nil, py.TypeError.Errorf("cannot update frozen HASH")
	}
	return starlark.None, Update(thread, h.state, "update", v)
}

// hashDigest is h.digest().
func hashDigest(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.String(b.Receiver().(*Hash).state.Sum(nil)), nil
}

// hashHexDigest is h.hexdigest().
func hashHexDigest(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.String(hex.EncodeToString(b.Receiver().(*Hash).state.Sum(nil))), nil
}

// hashCopy is h.copy().
func hashCopy(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	h := b.Receiver().(*Hash)
	return &Hash{name: h.name, new: h.new, state: Clone(h.state)}, nil
}
