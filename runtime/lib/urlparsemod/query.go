package urlparsemod

import (
	"strings"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/py"
)

// A field is a name and its value in a query.
type field struct{ name, value py.Chars }

// queryFields takes a query apart at & and ;. Fields without a value, or with an
// empty one, are left out unless keep_blank_values; without "=" they are an error
// if strict_parsing.
//
// urlparse.py, parse_qsl
func queryFields(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) ([]field, error) {
	var v starlark.Value
	var keep, strict, limit starlark.Value = starlark.False, starlark.False, starlark.None
	if err := py.UnpackAny(b.Name(), args, kwargs,
		"qs", &v, "keep_blank_values?", &keep, "strict_parsing?", &strict, "max_num_fields?", &limit); err != nil {
		return nil, err
	}
	text, ok := py.CharsOf(v)
	if !ok {
		return nil, py.NoAttribute(v, "split")
	}
	qs := text.S
	if limit != starlark.None {
		n := starlark.MakeInt(1 + strings.Count(qs, "&") + strings.Count(qs, ";"))
		var max starlark.Int
		if max, ok = limit.(starlark.Int); !ok {
			return nil, py.TypeError.Errorf("max_num_fields must be an int, not %s", py.TypeName(limit))
		}
		if n.Sub(max).Sign() > 0 {
			return nil, py.ValueError.Errorf("Max number of fields exceeded")
		}
	}
	var fields []field
	for i := 0; i <= len(qs); {
		if err := host.Spend(thread, 1); err != nil {
			return nil, err
		}
		pair := qs[i:]
		if j := strings.IndexAny(pair, "&;"); j >= 0 {
			pair = pair[:j]
		}
		i += len(pair) + 1
		name, value, found := strings.Cut(pair, "=")
		switch {
		case pair == "" && !bool(strict.Truth()):
			continue
		case !found && bool(strict.Truth()):
			return nil, py.ValueError.Errorf("bad query field: %s", py.Repr(text.Of(pair).Value()))
		case value == "" && !bool(keep.Truth()):
			continue
		}
		unquoted := func(s string) py.Chars { return urllibmod.UnquoteText(text.Of(strings.ReplaceAll(s, "+", " "))) }
		f := field{unquoted(name), unquoted(value)}
		if !found {
			f.value = py.Chars{}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// parseQSL is urlparse.parse_qsl(qs, …): a list of pairs.
func parseQSL(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	fields, err := queryFields(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	pairs := make([]starlark.Value, len(fields))
	for i, f := range fields {
		pairs[i] = starlark.Tuple{f.name.Value(), f.value.Value()}
	}
	return starlark.NewList(pairs), nil
}

// parseQS is urlparse.parse_qs(qs, …): a dict of lists.
func parseQS(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	fields, err := queryFields(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	dict := new(starlark.Dict)
	for _, f := range fields {
		v, found, err := dict.Get(f.name.Value())
		if err != nil {
			return nil, err
		}
		if !found {
			v = new(starlark.List)
			if err := dict.SetKey(f.name.Value(), v); err != nil {
				return nil, err
			}
		}
		if err := v.(*starlark.List).Append(f.value.Value()); err != nil {
			return nil, err
		}
	}
	return dict, nil
}
