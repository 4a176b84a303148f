package ttytest

import "testing"

func TestScreen(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb":                    "a\nb\n",
		"abc\rX":                    "Xbc\n",
		"ab\b\bX":                   "Xb\n",
		"0123456789ab":              "0123456789\nab\n",
		"a\r\nb\x1b[A\rX":           "X\nb\n",
		"a\r\nb\x1b[A\r\x1b[JX":     "X\n",
		"日本\b\bX":                   "日X\n",
		"abcdef\b\b\x1b[K":          "abcd\n",
		"a\tb":                      "a       b\n",
		"\x1b[31mred\x1b[0m\x1b[2K": "\n",
	} {
		v := NewScreen(10, 5)
		for _, c := range []byte(in) { // in pieces, as they may come
			v.Write(string([]byte{c}))
		}
		if got := v.Text(); got != want {
			t.Errorf("%q shows %q; want %q", in, got, want)
		}
	}
}
