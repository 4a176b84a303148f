// Package jsonmod is the module json: Python 2.7's dumps, loads, dump and load,
// and go.starlark.net/lib/json's encode, encode_indent, decode and indent.
//
// Texts are bytes in UTF-8, on both sides: what Python returns as unicode is the
// same text in UTF-8 in Starlark files. Python files get unicode text, which is
// py.Text, and dumps takes it everywhere. Neither way recurses without bound, and
// both end with the run.
//
// Differences from CPython 2.7's json:
//
//   - Values nested deeper than MaxDepth are a ValueError, not a RuntimeError.
//   - An integer of more than MaxDigits digits is a ValueError, as in Python 3.11.
//   - In Starlark files dumps writes valid JSON for every string: a byte that is not
//     UTF-8 becomes U+FFFD. In Python files it is UnicodeDecodeError, as in CPython,
//     or with ensure_ascii=False the byte.
//   - Dicts keep the order of insertion; sort_keys is as in Python.
//   - indent may also be a string, as in Python 3, and at most MaxIndent bytes wide.
//   - A string that the text's last byte opens or cuts off in an escape is "Unterminated
//     string starting at", where CPython says "end is out of bounds" or blames the escape.
//   - Structs, mappings that are no dicts, and values with Go's MarshalJSON are encoded.
//   - cls must be None. Encodings are utf-8, latin-1 and ascii.
//
// Differences from go.starlark.net/lib/json: errors are exceptions, a lone
// surrogate survives decode and encode, DEL is not written as \x7f.
package jsonmod

const (
	// MaxDepth is how many lists and dicts may be nested in each other.
	MaxDepth = 1000
	// MaxDigits is how many digits an integer may have: converting more takes
	// time that grows with their square.
	MaxDigits = 4300
	// MaxIndent is how many bytes one level of indentation may have.
	MaxIndent = 1000
)
