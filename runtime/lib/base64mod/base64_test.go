package base64mod

import (
	"encoding/base64"
	"strings"
	"testing"

	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/base64.session", Module(), Binascii())
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"YWJj", "YQ==", "YQ=\n=", "=A=A=A=A", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := decode(s)
		if want, err := base64.StdEncoding.DecodeString(s); err == nil && (!ok || got != string(want)) {
			t.Errorf("decode(%q) = %q, %v; want %q", s, got, ok, want)
		}
		if back, ok := decode(base64.StdEncoding.EncodeToString([]byte(s))); !ok || back != s {
			t.Errorf("%q comes back as %q, %v", s, back, ok)
		}
		if !ok && len(strings.Trim(s, "=")) == 0 {
			t.Errorf("decode(%q) failed", s)
		}
	})
}
