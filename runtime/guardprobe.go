package runtime

import (
	"maps"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/guards"
	"starwire/runtime/py"
)

// A probe tells about a value, as probe[x], at a fifth of what a call costs: to
// look something up in a mapping is one instruction of the interpreter's. So
// scalars pay little for what only large operands need.
type probe struct {
	starlark.NoneType
	look func(v starlark.Value) (starlark.Value, error)
}

var _ starlark.Mapping = (*probe)(nil)

// Get returns what there is to tell about v.
func (p *probe) Get(v starlark.Value) (starlark.Value, bool, error) {
	x, err := p.look(v)
	return x, true, err
}

// Type returns "probe". No script gets hold of one.
func (p *probe) Type() string { return "probe" }

// declareProbes makes the probes known to scripts, and to the guards what the
// embedder declared.
func (rt *Runtime) declareProbes() {
	for name, look := range map[string]func(starlark.Value) (starlark.Value, error){
		guards.ItemName:  isItem,
		guards.KeyName:   asKey,
		guards.PlainName: isPlain,
		guards.SmallName: isSmall,
		guards.SumName:   rt.addend,

		guards.ReceiverName: asReceiver,
	} {
		rt.predeclared.values[name] = &probe{look: look}
	}
	rt.declared = guards.Declare(maps.Keys(rt.config.Predeclared), maps.Keys(rt.config.Modules))
}

// isSmall is $small[v]: whether v is a number of one word at most, or nothing
// that * or << makes larger.
func isSmall(v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case starlark.Int:
		_, ok := v.Int64()
		return starlark.Bool(ok), nil
	case starlark.Float, starlark.Bool, starlark.NoneType:
		return starlark.True, nil
	}
	return starlark.False, nil
}

// isPlain is $plain[v]: whether to compare v with anything takes no time to
// speak of.
func isPlain(v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case starlark.String:
		return starlark.Bool(len(v) <= guards.MaxPlain), nil
	case starlark.Int, starlark.Float, starlark.Bool, starlark.NoneType:
		return starlark.True, nil
	case starlark.Bytes:
		return starlark.Bool(len(v) <= guards.MaxPlain), nil
	}
	return starlark.False, nil
}

// maxNeedle is how long a text may be that is looked for as it is: the search for
// longer ones is several times slower.
const maxNeedle = 63 // bytes

// isItem is $item[v]: whether to look for v in anything takes little time.
func isItem(v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case starlark.String:
		return starlark.Bool(len(v) <= maxNeedle), nil
	case starlark.Int:
		_, small := v.Int64()
		return starlark.Bool(small), nil
	case starlark.Bool, starlark.NoneType:
		return starlark.True, nil
	}
	return starlark.False, nil
}

// asKey is $key[v]: v, if it can be a key (py.CheckKey).
func asKey(v starlark.Value) (starlark.Value, error) { return v, py.CheckKey(v) }

// addend is $sum[v]: v, or if it is large, or the embedder's, what adds it with care.
func (rt *Runtime) addend(v starlark.Value) (starlark.Value, error) {
	switch v.(type) {
	case starlark.Int, starlark.Float:
		return v, nil
	case starlark.String, starlark.Bytes, *starlark.List, starlark.Tuple:
		if sizeOf(v) < smallSize {
			return v, nil
		}
		return addend{v, rt}, nil
	}
	return asReceiver(v)
}

// sizeOf returns the bytes that x + y copies of x, or 0.
func sizeOf(v starlark.Value) int64 {
	switch v := v.(type) {
	case starlark.String:
		return int64(len(v))
	case starlark.Bytes:
		return int64(len(v))
	case *starlark.List:
		return int64(v.Len()) * valueSize
	case starlark.Tuple:
		return int64(len(v)) * valueSize
	}
	return 0
}

// An addend is the large left side of x + y, or the right side of x += y. The
// interpreter knows no + for it, and asks it.
type addend struct {
	starlark.Value
	rt *Runtime
}

var _ starlark.HasBinary = addend{}

// Binary adds, if there is room for the sum.
func (a addend) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op != syntax.PLUS {
		return nil, nil
	}
	if err := a.rt.reserve(sizeOf(a.Value) + sizeOf(y)); err != nil {
		return nil, err
	}
	if side == starlark.Left {
		return starlark.Binary(op, a.Value, y)
	}
	if list, ok := y.(*starlark.List); ok { // list += a extends the list itself
		extend, err := list.Attr("extend")
		if err == nil {
			_, err = extend.(*starlark.Builtin).CallInternal(nil, starlark.Tuple{a.Value}, nil)
		}
		return list, err
	}
	return starlark.Binary(op, y, a.Value)
}

// reserve is reserve(thread, n) where no thread is known. The heap is measured as
// a whole, so the meter of any run tells.
func (rt *Runtime) reserve(n int64) error {
	if n < smallSize {
		return nil
	}
	if m := rt.meters.full(n); m != nil {
		return m.task.exceed(memoryExceeded(m.limit))
	}
	if n > largeSize {
		return py.MemoryError.New(nil)
	}
	return nil
}
