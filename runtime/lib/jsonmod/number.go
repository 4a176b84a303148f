package jsonmod

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"go.starlark.net/starlark"
)

// A word is a value that is spelled out.
type word struct {
	text  string
	value starlark.Value
}

var (
	literals = []word{{"null", starlark.None}, {"true", starlark.True}, {"false", starlark.False}}
	// constants are Python's own: RFC 8259 has no such numbers.
	constants = []word{
		{"NaN", starlark.Float(math.NaN())},
		{"Infinity", starlark.Float(math.Inf(1))},
		{"-Infinity", starlark.Float(math.Inf(-1))},
	}
)

// number reads the number at i.
//
// _json.c, _match_number_str
func (d *decoder) number(i int) (starlark.Value, int, error) {
	start := i
	if d.at(i, '-') {
		i++
	}
	switch {
	case d.at(i, '0'):
		i++
	case d.digit(i):
		i = d.digits(i)
	default:
		return nil, start, noValue()
	}
	end := i // of the integer part
	float := false
	if d.at(i, '.') && d.digit(i+1) {
		float = true
		i = d.digits(i + 1)
	}
	if d.at(i, 'e') || d.at(i, 'E') {
		j := i + 1
		if d.at(j, '+') || d.at(j, '-') {
			j++
		}
		if d.digit(j) {
			float = true
			i = d.digits(j)
		}
	}
	text := d.s[start:i]
	switch {
	case float && d.parseFloat != nil:
		v, err := starlark.Call(d.thread, d.parseFloat, starlark.Tuple{starlark.String(text)}, nil)
		return v, i, err
	case float:
		f, _ := strconv.ParseFloat(text, 64) // out of range: an infinity, as in Python
		return starlark.Float(f), i, nil
	case d.parseInt != nil:
		v, err := starlark.Call(d.thread, d.parseInt, starlark.Tuple{starlark.String(text)}, nil)
		return v, i, err
	}
	if end-start <= 18 {
		n, err := strconv.ParseInt(text, 10, 64)
		return starlark.MakeInt64(n), i, err
	}
	if end-start > MaxDigits {
		return nil, start, d.failure(fmt.Sprintf("Integer of more than %d digits", MaxDigits), start, -1)
	}
	n, _ := new(big.Int).SetString(text, 10)
	return starlark.MakeBigInt(n), i, nil
}

func (d *decoder) digit(i int) bool { return i < len(d.s) && '0' <= d.s[i] && d.s[i] <= '9' }

func (d *decoder) digits(i int) int {
	for d.digit(i) {
		i++
	}
	return i
}
