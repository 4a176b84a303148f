// Package remod is Python 2.7's module re over RE2, the engine of Go's regexp:
// its time grows with the text, never with its square or worse, whatever the
// expression.
//
// Expressions are Python's: they are parsed as sre_parse.py parses them, errors
// included, and then said in RE2's words. A text is bytes, or the characters of
// unicode text. What RE2 cannot do is an error that says so: references back to
// groups, lookahead and lookbehind, conditions, and \b and \B with UNICODE where the
// text is not ASCII.
//
// Differences from CPython 2.7's re:
//
//   - What a group inside a repetition caught last can differ where the repetition
//     is lazy or may match nothing, as in (a|b*)*; CPython is wrong in some cases.
//   - LOCALE makes no difference, and DEBUG prints nothing. Letters, digits and case
//     with UNICODE are those of today's Unicode.
//   - A template that is unicode text makes unicode text; CPython takes a str's place
//     for it if that equals it and was used before.
//   - A repetition counts to MaxRepeat, and an expression has a limited size.
//   - Scanner, template and the objects' scanner are not there.
package remod

const (
	// MaxRepeat is the largest count in {m,n}.
	MaxRepeat = 1000
	// maxNesting is how many groups may be inside each other.
	maxNesting = 250
	// maxSize bounds an expression's instructions: the work for each byte of text.
	maxSize = 10_000
	// maxClasses bounds the \w and the like of an expression with UNICODE, each of which is
	// hundreds of ranges.
	maxClasses = 200
	// maxPattern is how long an expression may be, in bytes.
	maxPattern = 1 << 16
)
