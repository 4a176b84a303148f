package scripttest

import (
	"bytes"
	"strings"
	"testing"
)

func TestEncode(t *testing.T) {
	ports := Ports{"PORT": 40123, "PORT2": 41234}
	tests := []struct {
		name, data, want string
	}{
		{"nothing", "", ""},
		{"lines", "a\r\nb\n", "\"a\\r\\n\"\n\"b\\n\"\n"},
		{"no end of line", "a\nb", "\"a\\n\"\n\"b\"\n"},
		{"escapes", "\\\"\t\x00\x7f\xff", `"\\\"\t\x00\x7f\xff"` + "\n"},
		{"run", strings.Repeat("a", minRun), "48 * \"a\"\n"},
		{"no run", strings.Repeat("a", minRun-1), `"` + strings.Repeat("a", minRun-1) + "\"\n"},
		{"run within", "x" + strings.Repeat("\x00", 50) + "y\n", `"x" 50 * "\x00" "y\n"` + "\n"},
		{"run of line ends", strings.Repeat("\n", 2), "\"\\n\"\n\"\\n\"\n"},
		{"port", "h:40123 41234", `"h:\{PORT} \{PORT2}"` + "\n"},
		{"not a port", "140123 401230", `"140123 401230"` + "\n"},
		{"port after a byte that is escaped", "\x9940123", `"\x99\{PORT}"` + "\n"},
		{"digits that only look like a port once escaped", "\x41234\xff234", `"A234\xff234"` + "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Encode([]byte(test.data), ports)
			if got != test.want {
				t.Errorf("Encode(%q) = %q; want %q", test.data, got, test.want)
			}
			back, err := Decode(got, ports)
			if err != nil || string(back) != test.data {
				t.Errorf("Decode(%q) = %q, %v; want %q", got, back, err, test.data)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, text, want, err string
	}{
		{"terms", ` "a" 3 * "bc"` + "\n\t2*\"d\" ", "abcbcbcdd", ""},
		{"none", " \n", "", ""},
		{"bare word", `abc`, "", "not in the escaped form"},
		{"open quote", `"abc`, "", "not in the escaped form"},
		{"escape", `"\q"`, "", `unknown escape \q`},
		{"hex", `"\x4"`, "", "hex digits"},
		{"hex digits", `"\x4g"`, "", "hex digits"},
		{"port", `"\{PORT9}"`, "", `\{PORT9}: no such port`},
		{"too long", `99999999999 * "a"`, "", "repetition too long"},
		{"much too long", `99999999999999999999999 * "a"`, "", "repetition too long"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Decode(test.text, nil)
			if string(got) != test.want || (err == nil) != (test.err == "") {
				t.Fatalf("Decode(%q) = %q, %v; want %q, error %q", test.text, got, err, test.want, test.err)
			}
			if err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("Decode(%q): error %q; want one with %q", test.text, err, test.err)
			}
		})
	}
}

func TestNamePorts(t *testing.T) {
	ports := Ports{"PORT": 80}
	tests := []struct{ text, want string }{
		{"80", "{PORT}"},
		{"h:80/180 8080 80", "h:{PORT}/180 8080 {PORT}"},
		{"", ""},
	}
	for _, test := range tests {
		if got := NamePorts(test.text, ports, ""); got != test.want {
			t.Errorf("NamePorts(%q) = %q; want %q", test.text, got, test.want)
		}
	}
	if got := NamePorts("80", nil, ""); got != "80" {
		t.Errorf("NamePorts without ports = %q; want %q", got, "80")
	}
}

// FuzzEncode: every byte string survives the way there and back.
func FuzzEncode(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: h:40123\r\n\r\n"))
	f.Add(bytes.Repeat([]byte{0}, 100))
	f.Add([]byte(`\{PORT}"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ports := Ports{"PORT": 40123, "PORT2": 1}
		text := Encode(data, ports)
		for i := range len(text) {
			if c := text[i]; c != '\n' && (c < ' ' || c > '~') {
				t.Fatalf("Encode(%q) = %q: byte %#x", data, text, c)
			}
		}
		back, err := Decode(text, ports)
		if err != nil || !bytes.Equal(back, data) {
			t.Fatalf("Decode(Encode(%q)) = %q, %v", data, back, err)
		}
	})
}
