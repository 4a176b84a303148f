package builtinmod

import (
	"math"
	"strconv"
	"strings"
)

// floatText formats f by a letter of e, f, g, or their capitals, as C's printf does; with alt the point
// and the zeros after it stay.
//
// pystrtod.c, PyOS_double_to_string.
func floatText(f float64, c byte, prec int, alt bool) string {
	upper := c < 'a'
	s := ""
	switch {
	case math.IsInf(f, 0) || math.IsNaN(f):
		s = map[bool]string{true: "nan", false: "inf"}[math.IsNaN(f)]
		if f < 0 {
			s = "-inf"
		}
	default:
		s = finiteText(f, c|0x20, prec, alt)
	}
	if upper {
		return strings.ToUpper(s)
	}
	return s
}

func finiteText(f float64, c byte, prec int, alt bool) string {
	prec = min(prec, 2000) // no float has more digits than that
	switch c {
	case 'e', 'f':
		s := strconv.FormatFloat(f, c, prec, 64)
		if alt && prec == 0 {
			mantissa, exponent, found := strings.Cut(s, "e")
			s = mantissa + "."
			if found {
				s += "e" + exponent
			}
		}
		return s
	}
	prec = max(prec, 1)
	s := strconv.FormatFloat(f, 'e', prec-1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exponent)
	if e < -4 || e >= prec {
		if !alt {
			mantissa = trimZeros(mantissa)
		}
		return mantissa + "e" + exponent
	}
	s = strconv.FormatFloat(f, 'f', prec-1-e, 64)
	if alt {
		if !strings.Contains(s, ".") {
			s += "."
		}
		return s
	}
	return trimZeros(s)
}

// trimZeros drops the zeros at the end of a fraction, and the point if nothing follows.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
