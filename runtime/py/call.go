package py

import (
	"go.starlark.net/starlark"
)

// CallMethod calls the method of v with that name. One that v has not is
// Python's AttributeError; other errors are the method's own.
func CallMethod(thread *starlark.Thread, v starlark.Value, name string, args ...starlark.Value) (starlark.Value, error) {
	if v, ok := v.(starlark.HasAttrs); ok {
		if f, err := v.Attr(name); err == nil && f != nil {
			return starlark.Call(thread, f, args, nil)
		}
	}
	return nil, NoAttribute(v, name)
}
