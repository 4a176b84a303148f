package py

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Bounds of a key: what one lookup takes must stay short, and the interpreter
// goes into nested keys by recursion, each time the key is used.
const (
	maxKeyItems = 1 << 20 // values of a tuple
	maxKeyParts = 10_000  // values of what is inside it, counted as often as they are there
)

// CheckKey returns a RuntimeError if v cannot be a key, nor a member of a set:
// a tuple or a struct that has too many values inside, or that is nested too
// deeply, which is all the same. It says nothing of types that are unhashable.
func CheckKey(v starlark.Value) error {
	c := keyCheck{maxKeyParts}
	ok := true
	switch v := v.(type) {
	case starlark.Tuple:
		if ok = len(v) <= maxKeyItems; ok {
			c.left += len(v)
			ok = c.all(v)
		}
	case *Named, *starlarkstruct.Struct:
		ok = c.visit(v)
	}
	if !ok {
		return RuntimeError.Errorf("a key of more than %d values", maxKeyParts)
	}
	return nil
}

// A keyCheck counts the values that are inside a key.
type keyCheck struct{ left int }

// visit counts v and what is in it, and reports whether that is within bounds.
func (c *keyCheck) visit(v starlark.Value) bool {
	if c.left--; c.left < 0 {
		return false
	}
	switch v := v.(type) {
	case starlark.String:
		c.left -= len(v) / bytesPerStep
	case starlark.Bytes:
		c.left -= len(v) / bytesPerStep
	case *Unicode:
		c.left -= len(v.text) / bytesPerStep
	case starlark.Tuple:
		return c.all(v)
	case *Named:
		return c.all(v.items)
	case *starlarkstruct.Struct:
		for _, name := range v.AttrNames() {
			if f, err := v.Attr(name); err == nil && !c.visit(f) {
				return false
			}
		}
	}
	return c.left >= 0
}

func (c *keyCheck) all(items starlark.Tuple) bool {
	for _, v := range items {
		if !c.visit(v) {
			return false
		}
	}
	return c.left >= 0
}
