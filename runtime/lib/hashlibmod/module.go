package hashlibmod

import (
	"crypto/hmac"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var module lazy.Module

// Module returns the module hashlib, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("hashlib", members) }

func members() starlark.StringDict {
	m := starlark.StringDict{
		"new":         starlark.NewBuiltin("new", hashlibNew),
		"pbkdf2_hmac": starlark.NewBuiltin("pbkdf2_hmac", pbkdf2),
	}
	var names starlark.Tuple
	set := starlark.NewSet(len(algorithms))
	for _, a := range algorithms {
		names = append(names, starlark.String(a.name))
		if err := set.Insert(starlark.String(a.name)); err != nil {
			panic(err) // a new set takes every string
		}
		m[a.name] = starlark.NewBuiltin(a.name, constructor)
	}
	m["algorithms"], m["algorithms_available"], m["algorithms_guaranteed"] = names, set, set
	return m
}

// constructor is hashlib.md5([string]) and the others.
func constructor(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value = starlark.String("")
	if err := py.UnpackArgs(b.Name(), args, kwargs, "string?", &v); err != nil {
		return nil, err
	}
	h := New(b.Name())
	return h, Update(thread, h.state, "new", v)
}

// named returns a Hash of the algorithm that v names.
func named(v starlark.Value) (*Hash, error) {
	name, ok := py.AsBytes(v)
	if !ok {
		return nil, py.TypeError.Errorf("cannot concatenate 'str' and '%s' objects", py.TypeName(v))
	}
	h := New(name)
	if h == nil {
		return nil, py.ValueError.Errorf("unsupported hash type %s", name)
	}
	return h, nil
}

// hashlibNew is hashlib.new(name[, string]).
func hashlibNew(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name starlark.Value
	var v starlark.Value = starlark.String("")
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name", &name, "string?", &v); err != nil {
		return nil, err
	}
	h, err := named(name)
	if err != nil {
		return nil, err
	}
	return h, Update(thread, h.state, "new", v)
}

// pbkdf2 is hashlib.pbkdf2_hmac(hash_name, password, salt, iterations[, dklen]).
// The end of the run ends it.
//
// RFC 8018 §5.2
func pbkdf2(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name starlark.Value
	var password, salt py.ByteStr
	var iterations int64
	var dklen starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs,
		"hash_name", &name, "password", &password, "salt", &salt, "iterations", &iterations, "dklen?", &dklen); err != nil {
		return nil, err
	}
	h, err := named(name)
	if err != nil {
		return nil, err
	}
	size := int64(h.state.Size())
	want := size
	if dklen != starlark.None {
		n, ok := dklen.(starlark.Int)
		if !ok {
			return nil, py.TypeError.Errorf("an integer is required")
		}
		if want, ok = n.Int64(); !ok && n.Sign() > 0 || want > (1<<32-1)*size {
			return nil, py.OverflowError.Errorf("key length is too great")
		}
	}
	switch {
	case iterations < 1:
		return nil, py.ValueError.Errorf("iteration value must be greater than 0.")
	case want < 1:
		return nil, py.ValueError.Errorf("key length must be greater than 0.")
	}
	mac := hmac.New(h.new, []byte(password))
	var key []byte
	for block := uint32(1); int64(len(key)) < want; block++ {
		mac.Reset()
		mac.Write([]byte(salt))
		mac.Write([]byte{byte(block >> 24), byte(block >> 16), byte(block >> 8), byte(block)})
		u := mac.Sum(nil)
		t := append([]byte(nil), u...)
		for i := int64(1); i < iterations; i++ {
			mac.Reset()
			mac.Write(u)
			u = mac.Sum(u[:0])
			for j := range t {
				t[j] ^= u[j]
			}
			if i%256 == 0 {
				if err := host.Spend(thread, 256); err != nil {
					return nil, err
				}
			}
		}
		key = append(key, t...)
		if err := host.Spend(thread, 1); err != nil {
			return nil, err
		}
	}
	return starlark.String(key[:want]), nil
}
