package urllibmod

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// urlEncode is urllib.urlencode(query, doseq=0): a mapping or a sequence of
// pairs as key=value&key=value, quoted by quote_plus. With doseq, a value that
// is a sequence makes one pair for each of its elements.
func urlEncode(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var query starlark.Value
	var doseq starlark.Value = starlark.False
	if err := py.UnpackArgs(b.Name(), args, kwargs, "query", &query, "doseq?", &doseq); err != nil {
		return nil, err
	}
	e := encoder{thread: thread, doseq: bool(doseq.Truth())}
	if m, ok := query.(starlark.IterableMapping); ok {
		for _, item := range m.Items() {
			if err := e.add(item[0], item[1]); err != nil {
				return nil, err
			}
		}
		return e.result(), nil
	}
	pairs, err := queryPairs(thread, query)
	if err != nil {
		return nil, err
	}
	iter := starlark.Iterate(pairs)
	if iter == nil {
		return nil, py.NotIterable(pairs)
	}
	defer iter.Done()
	var p starlark.Value
	for iter.Next(&p) {
		k, v, err := unpackPair(p)
		if err != nil {
			return nil, err
		}
		if err := e.add(k, v); err != nil {
			return nil, err
		}
	}
	return e.result(), nil
}

// queryPairs returns query, or what its method items returns, where it is what
// urlencode takes: an object with items, something empty, or a sequence whose
// first element is a tuple. The others are not looked at.
func queryPairs(thread *starlark.Thread, query starlark.Value) (starlark.Value, error) {
	if h, ok := query.(starlark.HasAttrs); ok {
		items, err := h.Attr("items")
		if err != nil {
			return nil, err
		}
		if items != nil {
			return starlark.Call(thread, items, nil, nil)
		}
	}
	if n := starlark.Len(query); n == 0 {
		return starlark.Tuple{}, nil
	} else if n > 0 {
		if seq, ok := query.(starlark.Indexable); ok {
			switch seq.Index(0).(type) {
			case starlark.Tuple, *py.Named:
				return query, nil
			}
		}
	}
	return nil, py.TypeError.Errorf("not a valid non-string sequence or mapping object")
}

// unpackPair is Python's "k, v = p".
func unpackPair(p starlark.Value) (k, v starlark.Value, err error) {
	if s, ok := py.AsBytes(p); ok { // a string unpacks to its bytes
		t := make(starlark.Tuple, 0, 3)
		for i := 0; i < min(len(s), 3); i++ {
			t = append(t, starlark.String(s[i:i+1]))
		}
		p = t
	}
	iter := starlark.Iterate(p)
	if iter == nil {
		return nil, nil, py.NotIterable(p)
	}
	defer iter.Done()
	var extra starlark.Value
	switch {
	case !iter.Next(&k):
		return nil, nil, py.ValueError.Errorf("need more than 0 values to unpack")
	case !iter.Next(&v):
		return nil, nil, py.ValueError.Errorf("need more than 1 value to unpack")
	case iter.Next(&extra):
		return nil, nil, py.ValueError.Errorf("too many values to unpack")
	}
	return k, v, nil
}

// An encoder builds the query string.
type encoder struct {
	thread *starlark.Thread
	doseq  bool
	b      strings.Builder
	pairs  int
}

func (e *encoder) result() starlark.Value { return starlark.String(e.b.String()) }

func (e *encoder) add(k, v starlark.Value) error {
	if err := py.AsASCII(k); err != nil {
		return err
	}
	key := QuotePlus(py.Str(k), "")
	if u, ok := v.(*py.Unicode); ok && e.doseq { // v.encode("ASCII", "replace")
		return e.write(key, starlark.String(replaced(u.Text())))
	}
	if _, text := py.AsBytes(v); !e.doseq || text || starlark.Len(v) < 0 {
		return e.write(key, v)
	}
	iter := starlark.Iterate(v)
	if iter == nil {
		return py.NotIterable(v)
	}
	defer iter.Done()
	var elem starlark.Value
	for iter.Next(&elem) {
		if err := e.write(key, elem); err != nil {
			return err
		}
	}
	return nil
}

// replaced is text with ? for each character that is not ASCII.
func replaced(text string) string {
	var b strings.Builder
	for text != "" {
		r, size := py.DecodeRune(text)
		if text = text[size:]; r >= utf8.RuneSelf {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}

// write adds one pair. A range may hold billions, so it asks now and then
// whether the run goes on.
func (e *encoder) write(key string, v starlark.Value) error {
	if err := py.AsASCII(v); err != nil {
		return err
	}
	if e.b.Len() > 0 || e.pairs > 0 {
		e.b.WriteByte('&')
	}
	e.b.WriteString(key)
	e.b.WriteByte('=')
	e.b.WriteString(QuotePlus(py.Str(v), ""))
	if e.pairs++; e.pairs%256 == 0 {
		return host.Spend(e.thread, 256)
	}
	return nil
}
