package jsonmod

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// A decoder reads one JSON text, function by function as CPython's _json.c, so
// that its errors name the same places.
type decoder struct {
	thread *starlark.Thread
	s      string

	strict    bool      // refuse control characters in strings
	constants bool      // know NaN, Infinity and -Infinity
	unicode   bool      // strings become py.Text, as Python 2's json makes unicode of them
	chars     bool      // places count characters: the text is unicode
	replace   bool      // what is no UTF-8 becomes U+FFFD instead of an error
	decode    codecFunc // from the text's encoding to UTF-8, or nil

	// The hooks, each nil or a callable.
	objectHook, pairsHook, parseFloat, parseInt, parseConstant starlark.Value

	depth  int
	values int
}

// document reads the whole text: one value and white space around it.
//
// json/decoder.py, JSONDecoder.decode
func (d *decoder) document() (starlark.Value, error) {
	v, i, err := d.value(d.space(0))
	if err != nil {
		return nil, err
	}
	if i = d.space(i); i != len(d.s) {
		return nil, d.failure("Extra data", i, len(d.s))
	}
	return v, host.Spend(d.thread, len(d.s)/host.BytesPerStep)
}

// failure is the ValueError of the text's place at, or from at to end (-1: none).
//
// json/decoder.py, errmsg
func (d *decoder) failure(msg string, at, end int) error {
	line, column := d.place(at)
	if d.chars { // scanner.c has other words for unicode text
		msg = strings.NewReplacer(", delim", "',' delim", ": delim", "':' delim",
			"property name", "property name enclosed in double quotes").Replace(msg)
		at = utf8.RuneCountInString(d.s[:at])
	}
	if end < 0 {
		return py.ValueError.Errorf("%s: line %d column %d (char %d)", msg, line, column, at)
	}
	endLine, endColumn := d.place(end)
	if d.chars {
		end = utf8.RuneCountInString(d.s[:end])
	}
	return py.ValueError.Errorf("%s: line %d column %d - line %d column %d (char %d - %d)",
		msg, line, column, endLine, endColumn, at, end)
}

// place returns the line and column of offset i, both from 1.
func (d *decoder) place(i int) (line, column int) {
	before := d.s[:i]
	if d.chars {
		return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	}
	return strings.Count(before, "\n") + 1, i - strings.LastIndexByte(before, '\n')
}

// noValue is the error where a value should be and none is.
func noValue() error { return py.ValueError.Errorf("No JSON object could be decoded") }

// space returns the offset of the first byte from i on that is not white space.
func (d *decoder) space(i int) int {
	for i < len(d.s) && (d.s[i] == ' ' || d.s[i] == '\t' || d.s[i] == '\n' || d.s[i] == '\r') {
		i++
	}
	return i
}

// at reports whether byte i is c.
func (d *decoder) at(i int, c byte) bool { return i < len(d.s) && d.s[i] == c }

// value reads the value at i and returns the offset after it.
//
// _json.c, scan_once_str
func (d *decoder) value(i int) (starlark.Value, int, error) {
	if d.values++; d.values%256 == 0 {
		if err := host.Spend(d.thread, 1); err != nil {
			return nil, i, err
		}
	}
	if i >= len(d.s) {
		return nil, i, noValue()
	}
	switch d.s[i] {
	case '"':
		s, i, err := d.str(i + 1)
		return d.made(s), i, err
	case '{', '[':
		d.depth++
		if most, err := depthLimit(d.thread, d.depth); err != nil {
			return nil, i, err
		} else if d.depth > most {
			return nil, i, d.failure(fmt.Sprintf("Nested more than %d levels deep", most), i, -1)
		}
		defer func() { d.depth-- }()
		if d.s[i] == '{' {
			return d.object(i + 1)
		}
		return d.array(i + 1)
	}
	for _, c := range literals {
		if strings.HasPrefix(d.s[i:], c.text) {
			return c.value, i + len(c.text), nil
		}
	}
	if d.constants {
		for _, c := range constants {
			if strings.HasPrefix(d.s[i:], c.text) {
				i += len(c.text)
				if d.parseConstant == nil {
					return c.value, i, nil
				}
				v, err := starlark.Call(d.thread, d.parseConstant, starlark.Tuple{starlark.String(c.text)}, nil)
				return v, i, err
			}
		}
	}
	return d.number(i)
}

// object reads the members after a brace.
//
// _json.c, _parse_object_str
func (d *decoder) object(i int) (starlark.Value, int, error) {
	dict := new(starlark.Dict)
	var pairs []starlark.Value
	i = d.space(i)
	for !d.at(i, '}') {
		if i >= len(d.s) {
			return nil, i, d.failure("Expecting object", len(d.s)-1, -1)
		}
		if d.s[i] != '"' {
			return nil, i, d.failure("Expecting property name", i, -1)
		}
		key, next, err := d.str(i + 1)
		if err != nil {
			return nil, i, err
		}
		if i = d.space(next); !d.at(i, ':') {
			return nil, i, d.failure("Expecting : delimiter", i, -1)
		}
		v, next, err := d.value(d.space(i + 1))
		if err != nil {
			return nil, i, err
		}
		if d.pairsHook != nil {
			pairs = append(pairs, starlark.Tuple{d.made(key), v})
		} else if err := dict.SetKey(d.made(key), v); err != nil {
			return nil, i, err
		}
		i = d.space(next)
		if i >= len(d.s) {
			return nil, i, d.failure("Expecting object", len(d.s)-1, -1)
		}
		if d.s[i] == '}' {
			break
		}
		if d.s[i] != ',' {
			return nil, i, d.failure("Expecting , delimiter", i, -1)
		}
		if i = d.space(i + 1); d.at(i, '}') {
			return nil, i, d.failure("Expecting property name", i, -1)
		}
	}
	i++
	switch {
	case d.pairsHook != nil:
		v, err := starlark.Call(d.thread, d.pairsHook, starlark.Tuple{starlark.NewList(pairs)}, nil)
		return v, i, err
	case d.objectHook != nil:
		v, err := starlark.Call(d.thread, d.objectHook, starlark.Tuple{dict}, nil)
		return v, i, err
	}
	return dict, i, nil
}

// manyValues are worth asking for their room.
const manyValues = 1 << 12

// array reads the elements after a bracket.
//
// _json.c, _parse_array_str
func (d *decoder) array(i int) (starlark.Value, int, error) {
	var elems []starlark.Value
	i = d.space(i)
	if !d.at(i, ']') {
		for i < len(d.s) {
			v, next, err := d.value(i)
			if err != nil {
				return nil, i, err
			}
			if len(elems) >= manyValues {
				if elems, err = host.Grow(d.thread, elems, 1); err != nil {
					return nil, i, err
				}
			}
			elems = append(elems, v)
			if i = d.space(next); i >= len(d.s) || d.s[i] == ']' {
				break
			}
			if d.s[i] != ',' {
				return nil, i, d.failure("Expecting , delimiter", i, -1)
			}
			i = d.space(i + 1)
		}
		if !d.at(i, ']') {
			return nil, i, d.failure("Expecting object", len(d.s)-1, -1)
		}
	}
	return starlark.NewList(elems), i + 1, nil
}

// made is the value of a string.
func (d *decoder) made(s string) starlark.Value {
	if d.unicode {
		return py.Text(s)
	}
	return starlark.String(s)
}

// str reads the string whose quote is before i.
//
// _json.c, scanstring_str
func (d *decoder) str(i int) (string, int, error) {
	begin := i - 1
	var b []byte // what came before an escape; nil if there was none
	for {
		start := i
		ascii := true
		for i < len(d.s) && d.s[i] != '"' && d.s[i] != '\\' {
			if d.s[i] < ' ' && d.strict {
				return "", i, d.failure("Invalid control character at", i, -1)
			}
			ascii = ascii && d.s[i] < utf8.RuneSelf
			i++
		}
		if i >= len(d.s) {
			return "", i, d.failure("Unterminated string starting at", begin, -1)
		}
		chunk := d.s[start:i]
		if !ascii {
			var err error
			if chunk, err = d.text(chunk); err != nil {
				return "", i, err
			}
		}
		if d.s[i] == '"' {
			if b == nil {
				return chunk, i + 1, nil
			}
			return string(append(b, chunk...)), i + 1, nil
		}
		b = append(b, chunk...)
		if i++; i >= len(d.s) {
			return "", i, d.failure("Unterminated string starting at", begin, -1)
		}
		c := d.s[i]
		if c == 'u' {
			r, next, ok := d.escape(i + 1)
			if !ok {
				return "", i, d.failure(`Invalid \uXXXX escape`, i, -1)
			}
			b, i = appendRune(b, r), next
			continue
		}
		j := strings.IndexByte(`"\/bfnrt`, c)
		if j < 0 {
			return "", i, d.failure(`Invalid \escape`, i-1, -1)
		}
		b = append(b, "\"\\/\b\f\n\r\t"[j])
		i++
	}
}

// escape reads the four digits at i, and a second \uXXXX if both are the halves
// of one character.
func (d *decoder) escape(i int) (r rune, next int, ok bool) {
	r, ok = d.hex4(i)
	if !ok {
		return 0, i, false
	}
	i += 4
	if r>>10 == 0xd800>>10 && d.at(i, '\\') && d.at(i+1, 'u') {
		if low, ok := d.hex4(i + 2); ok && low>>10 == 0xdc00>>10 {
			return 0x10000 + (r&0x3ff)<<10 + low&0x3ff, i + 6, true
		}
	}
	return r, i, true
}

// hex4 reads four hexadecimal digits.
func (d *decoder) hex4(i int) (r rune, ok bool) {
	if i+4 > len(d.s) {
		return 0, false
	}
	for _, c := range []byte(d.s[i : i+4]) {
		r <<= 4
		switch {
		case '0' <= c && c <= '9':
			r |= rune(c - '0')
		case 'a' <= c && c <= 'f':
			r |= rune(c-'a') + 10
		case 'A' <= c && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return 0, false
		}
	}
	return r, true
}

// text brings bytes beyond ASCII into UTF-8.
func (d *decoder) text(s string) (string, error) {
	if d.decode != nil {
		return d.decode(s)
	}
	err := py.CheckUTF8(s)
	switch {
	case err == nil:
		return s, nil
	case d.replace:
		return strings.ToValidUTF8(s, "\ufffd"), nil
	}
	return "", err
}
