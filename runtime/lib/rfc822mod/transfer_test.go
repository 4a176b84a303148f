package rfc822mod

import (
	"errors"
	"strings"
	"testing"

	"starwire/runtime/py"
)

func TestTransferEncodings(t *testing.T) {
	// failing returns what a decoder made of its input as the table has it.
	failing := func(s string, err error) string {
		var e *py.Exception
		if errors.As(err, &e) {
			return e.Class().QualifiedName() + ": " + e.String()
		}
		return s
	}
	table(t, "transfers.txt", 600, func(c []string) {
		text := c[0]
		uu := "None"
		if text != "" {
			uu = failing(DecodeUULine(text))
		}
		for i, got := range []string{
			EncodeQuotedPrintable(text), DecodeQuotedPrintable(text), failing(DecodeBase64(text)), EncodeUULine(text[:min(len(text), 45)]), uu,
		} {
			if name := []string{"EncodeQuotedPrintable", "DecodeQuotedPrintable", "DecodeBase64", "EncodeUULine", "DecodeUULine"}[i]; got != c[i+1] {
				t.Errorf("%s(%q) = %q; want %q", name, text, got, c[i+1])
			}
		}
	})
}

func FuzzTransferEncodings(f *testing.F) {
	for _, s := range []string{"", "a b \r\n.\n=", "=3D=\n=GG", "YQ=*=", "#86)C\n", strings.Repeat("=", 100), "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		DecodeQuotedPrintable(s)
		DecodeBase64(s)
		if s != "" {
			DecodeUULine(s)
		}
		encoded := EncodeQuotedPrintable(s)
		for line := range strings.Lines(encoded) {
			// A blank at the end of a full line is quoted all the same.
			if len(strings.TrimRight(line, "\r\n")) > maxQuotedLine+2 {
				t.Errorf("EncodeQuotedPrintable(%q) has the line %q", s, line)
			}
		}
		// Line ends become alike and a CR at the end of one is lost; all else comes back.
		if !strings.Contains(s, "\r") {
			if got := DecodeQuotedPrintable(encoded); got != s {
				t.Errorf("%q encoded and decoded = %q", s, got)
			}
		}
		block := s[:min(len(s), 45)]
		if got, err := DecodeUULine(EncodeUULine(block)); got != block || err != nil {
			t.Errorf("%q uuencoded and decoded = %q, %v", block, got, err)
		}
	})
}
