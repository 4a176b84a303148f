package testservermod

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// An answer is what a route gives: it sends a response, or spoils one. Answers
// are immutable; a server sends one to many clients at a time.
type answer interface {
	send(x *exchange) error
}

// parseAnswer turns what a script may give for a response into an answer.
func parseAnswer(v starlark.Value) (answer, error) {
	switch v := v.(type) {
	case starlark.String, starlark.Bytes:
		body, _ := py.AsBytes(v)
		return &message{status: http.StatusOK, reason: http.StatusText(http.StatusOK), body: []byte(body)}, nil
	case *starlark.Dict:
		return parseMessage(v)
	case *fault:
		return v.answer, nil
	case starlark.Callable:
		return &handler{fn: v}, nil
	}
	return nil, py.TypeError.Errorf("want a string, a dict with status, reason, headers or body, testserver.raw(...) or another fault, or a function, not %s", py.TypeName(v))
}

// parseMessage reads a response's dict.
func parseMessage(d *starlark.Dict) (*message, error) {
	m := &message{status: http.StatusOK}
	named := false // whether there is a reason
	for _, item := range d.Items() {
		key, _ := starlark.AsString(item[0])
		var err error
		switch v := item[1]; key {
		case "status":
			m.status, err = parseStatus(v)
		case "reason":
			m.reason, err = parseReason(v)
			named = true
		case "headers":
			m.fields, err = parseFields(v)
		case "body":
			m.body, m.pieces, m.cut, err = parseBody(v)
		default:
			return nil, py.ValueError.Errorf("unknown key %s; a response has status, reason, headers and body", py.Repr(item[0]))
		}
		if err != nil {
			return nil, err
		}
	}
	if !named {
		m.reason = http.StatusText(m.status)
	}
	if !bodyAllowed(m.status) && len(m.body)+len(m.pieces) > 0 {
		return nil, py.ValueError.Errorf("a response with status %d has no body; use testserver.raw to send one all the same", m.status)
	}
	m.note()
	return m, nil
}

func parseStatus(v starlark.Value) (int, error) {
	n, ok := v.(starlark.Int)
	if !ok {
		return 0, py.TypeError.Errorf("status: want an int, not %s", py.TypeName(v))
	}
	code, ok := n.Int64()
	if !ok || code < 200 || code > 999 {
		return 0, py.ValueError.Errorf("status: want 200 to 999, not %s; use testserver.raw for others", n)
	}
	return int(code), nil
}

func parseReason(v starlark.Value) (string, error) {
	s, ok := py.AsBytes(v)
	if !ok {
		return "", py.TypeError.Errorf("reason: want a string, not %s", py.TypeName(v))
	}
	if strings.ContainsAny(s, "\r\n\x00") {
		return "", py.ValueError.Errorf("reason: %s has a line end or a NUL; use testserver.raw to send one", py.Quote(s))
	}
	return s, nil
}

// parseFields reads headers: a dict, whose values may be lists, or pairs. The
// order is the script's.
func parseFields(v starlark.Value) ([]field, error) {
	var pairs []starlark.Value
	switch v := v.(type) {
	case starlark.NoneType:
		return nil, nil
	case *starlark.Dict:
		for _, item := range v.Items() {
			values, ok := item[1].(*starlark.List)
			if !ok {
				pairs = append(pairs, item)
				continue
			}
			for i := range values.Len() {
				pairs = append(pairs, starlark.Tuple{item[0], values.Index(i)})
			}
		}
	case *starlark.List, starlark.Tuple:
		for i := range v.(starlark.Indexable).Len() {
			pairs = append(pairs, v.(starlark.Indexable).Index(i))
		}
	default:
		return nil, py.TypeError.Errorf("headers: want a dict or a list of pairs, not %s", py.TypeName(v))
	}
	fields := make([]field, 0, len(pairs))
	for _, p := range pairs {
		f, err := parseField(p)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func parseField(v starlark.Value) (field, error) {
	pair, ok := v.(starlark.Indexable)
	if _, text := v.(starlark.String); !ok || text || pair.Len() != 2 {
		return field{}, py.TypeError.Errorf("headers: want pairs of name and value, not %s", py.Escape(py.Repr(v)))
	}
	name, ok := py.AsBytes(pair.Index(0))
	if !ok {
		return field{}, py.TypeError.Errorf("headers: want names as strings, not %s", py.TypeName(pair.Index(0)))
	}
	value, ok := py.AsBytes(pair.Index(1))
	if n, isInt := pair.Index(1).(starlark.Int); isInt {
		value, ok = n.String(), true
	}
	switch {
	case !ok:
		return field{}, py.TypeError.Errorf("headers: want the value of %s as a string or an int, not %s", py.Quote(name), py.TypeName(pair.Index(1)))
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == ':' || r == 0x7f }):
		return field{}, py.ValueError.Errorf("headers: %s is no header name; use testserver.raw to send it", py.Quote(name))
	case strings.ContainsAny(value, "\r\n\x00"):
		return field{}, py.ValueError.Errorf("headers: the value of %s has a line end or a NUL; use testserver.raw to send one", py.Quote(name))
	}
	return field{name, value}, nil
}

// parseBody reads a body: bytes, or pieces to send as chunks. cut is whether it
// was given in pieces, of which there may be none.
func parseBody(v starlark.Value) (body []byte, pieces [][]byte, cut bool, err error) {
	if s, ok := py.AsBytes(v); ok {
		return []byte(s), nil, false, nil
	}
	switch v := v.(type) {
	case starlark.NoneType:
		return nil, nil, false, nil
	case *starlark.List, starlark.Tuple:
		for i := range v.(starlark.Indexable).Len() {
			item := v.(starlark.Indexable).Index(i)
			s, ok := py.AsBytes(item)
			if !ok {
				return nil, nil, false, py.TypeError.Errorf("body: want pieces as strings, not %s", py.TypeName(item))
			}
			if s != "" { // an empty chunk would be the last
				pieces = append(pieces, []byte(s))
			}
		}
		return nil, pieces, true, nil
	}
	return nil, nil, false, py.TypeError.Errorf("body: want a string, or a list of strings to send as chunks, not %s", py.TypeName(v))
}

// parseSeconds reads a time to wait.
func parseSeconds(what string, n py.Number) (time.Duration, error) {
	const most = 1e9 // some thirty years; a Duration holds ten times that
	f := float64(n)
	if !(f >= 0 && f <= most) { // false for NaN too
		return 0, py.ValueError.Errorf("%s: want 0 to %s seconds, not %s", what, strconv.FormatFloat(most, 'f', -1, 64), starlark.Float(f))
	}
	return time.Duration(math.Round(f * float64(time.Second))), nil
}
