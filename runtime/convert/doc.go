// Package convert answers one question: how do Go values become Starlark values,
// and back?
//
// ToValue and FromValue convert data, the way encoding/json does; ToDict converts
// what runtime.Config.Predeclared and Modules want; Func makes a Go function one
// that scripts can call. The other way round, a script's function as a Go function,
// is runtime.Runtime.Bind.
//
//	Go                                Starlark
//	nil, nil pointer                  None
//	bool                              bool
//	integers, *big.Int                int, range checked
//	floats                            float; an int is taken for one, too
//	string                            string, whatever bytes it has
//	[]byte                            string; bytes are taken, too
//	time.Time, time.Duration          time.time, time.duration
//	slices, arrays                    list; tuples, sets, ranges are taken, too
//	maps                              dict, keys in order
//	structs                           dict; a struct is taken, too
//	encoding.TextMarshaler            string
//	functions                         builtin; not back
//	starlark.Value                    itself
//	any                               from Starlark: nil, bool, int64 (*big.Int beyond it),
//	                                  float64, string, []byte, time.Time, time.Duration,
//	                                  []any, map[string]any
//
// The fields of a struct are named by the tag starwire:"name", or else json:"name",
// or else as in Go; "-" leaves one out, the options omitempty and omitzero work as
// encoding/json's, and embedded structs are flattened as it does. From Starlark, a
// key without a field is an error, unless a field of a map type has the option
// rest, which takes them all: `starwire:",rest"`. A field without a key keeps what
// it had.
//
// Nothing is shared between the two sides but what cannot change, and what was a
// starlark.Value already: results of ToValue are new, not frozen, and belong to
// the caller; a frozen value converts like another. A value must not be changed by
// others while it is converted.
//
// What does not convert is an *Error, which has the path to it. Data that contains
// itself, that is nested deeper than MaxDepth or has more than MaxValues values is
// an error, never a hang.
package convert
