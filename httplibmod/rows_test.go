package httplibmod

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rows is what an HTTP/1.1 client has to decide, topic by topic, and the cases
// that hold both policies to the decision: the name of one in policyCases,
// reuseCases, readCases or sentCases, a call of requestCases, or a test that runs
// its rows in both policies itself. TestRows keeps the list and the cases
// together.
var rows = []struct {
	topic string
	cases []string
}{
	// The status line: RFC 9112 §2.2, §2.3, §4.
	{"octets, not text", []string{"octets in the reason"}},
	{"a single LF may end a line", []string{"LF ends lines"}},
	{"bare CR", []string{"CR in the status line", "CR in the reason", "CR in a value", "NBSP for a space"}},
	{"empty lines before the status line", []string{"empty line first", "TestEmptyLines"}},
	{"one SP between the parts", []string{"two spaces", "tabs and VT for spaces", "leading space"}},
	{"version", []string{"version 1.2", "version 1.10", "version 1.x", "version 2.0", "version 5.6", "version 1.", "version 1.1;"}},
	{"case of the version", []string{"lower case"}},
	{"status-code of three digits", []string{"code with a zero", "code with a sign", "code below 100", "code of two digits", "code of four digits", "code with an underscore"}},
	{"status-code from 600 on", []string{"code above 599"}},
	{"no reason", []string{"no reason", "no space before no reason"}},
	{"bytes of the reason", []string{"NUL in the reason", "CR in the reason", "octets in the reason"}},
	{"no prefix", []string{"no prefix", "HTTP/0.9 on a used connection", "end in the prefix"}},
	{"HTTP/0.9 on the wire", []string{"HTTP/0.9 spelled out"}},
	{"a status line over the limit", []string{"endless status line", "TestLimits"}},
	{"the end inside the status line", []string{"end in the status line", "end before the status line", "end in the prefix", "end in the code"}},

	// Field lines: RFC 9112 §2.2, §5, RFC 9110 §5.
	{"field-name is a token", []string{"name with a space"}},
	{"space before the colon", []string{"space before the colon"}},
	{"line without colon", []string{"line without colon"}},
	{"empty name", []string{"empty name"}},
	{"whitespace behind the status line", []string{"blank before the first field", "a line of whitespace first"}},
	{"From line", []string{"From line"}},
	{"obs-fold", []string{"folded value", "folded Connection"}},
	{"fold of a framing field", []string{"folded length", "folded coding"}},
	{"CR or NUL in a value", []string{"CR in a value", "NUL in a value", "NUL in the length", "CR in the length", "NUL in the coding", "NUL in Connection", "CR in Connection"}},
	{"other controls", []string{"ESC and DEL in a value", "DEL in the length"}},
	{"OWS around a value", []string{"VT around a value", "VT around the length"}},
	{"8-bit bytes in a value", []string{"8 bit in a value"}},
	{"repeated field", []string{"repeated field"}},
	{"the end inside the head", []string{"head ends at the end", "head ends inside a line"}},
	{"CR before the blank line", []string{"CR CR LF for the blank line"}},
	{"100 lines", []string{"100 lines", "101 lines", "TestLimits"}},
	{"a field line over the limit", []string{"endless line", "TestLimits"}},

	// The length of a message: RFC 9112 §6.3.
	{"precedence", []string{"HEAD", "HEAD, chunked", "204 chunked", "304 with a length", "304 chunked", "CONNECT"}},
	{"chunked in any case", []string{"CHUNKED"}},
	{"any other coding", []string{"identity", "gzip, chunked", "chunked twice", "chunked with a parameter"}},
	{"Transfer-Encoding and Content-Length", []string{"both", "TestReuse"}},
	{"Transfer-Encoding in HTTP/1.0", []string{"coding in 1.0"}},
	{"Content-Length that is no number", []string{"length with a sign", "empty length", "length with an underscore", "length in hex"}},
	{"Content-Length below zero", []string{"negative length", "length of minus zero"}},
	{"Content-Length over 2^63", []string{"length over int64", "TestFixedLimits"}},
	{"Content-Length repeated, same", []string{"length repeated, same", "length list, same"}},
	{"Content-Length repeated, different", []string{"length repeated, different"}},
	{"content shorter than its length", []string{"short body", "short body in pieces", "short body, what came before its end"}},
	{"content longer than its length", []string{"the next answer waits already", "TestFaultsBetweenRequests"}},
	{"content to the end, cut", []string{"TestFaults"}},
	{"205", []string{"205 with a body"}},

	// The chunked coding: RFC 9112 §7.1.
	{"digits of a chunk-size", []string{"negative size", "size with a sign", "size with 0x", "space before the size", "VT after the size",
		"no size", "size with an underscore", "size beyond 64 bits", "space after the size", "TestFixedLimits"}},
	{"leading zeros", []string{"long zero", "TestFixedLimits"}},
	{"extensions", []string{"space before an extension", "NUL in an extension", "CR in an extension"}},
	{"floods of extensions", []string{"long extension", "extensions without end", "TestLimits"}},
	{"LF behind a size", []string{"size ended by LF"}},
	{"bytes behind the data", []string{"no CRLF after data", "LF after data"}},
	{"no last chunk", []string{"no last chunk", "chunks before a broken one, at once"}},
	{"the end in the trailer section", []string{"end after the last chunk", "end inside the trailers"}},
	{"trailers", []string{"trailers", "framing field in the trailers"}},
	{"the end of the trailer section", []string{"trailers ended by LF"}},
	{"read(n) across chunks", []string{"pieces across chunks", "a piece to the end of a chunk"}},
	{"data before an error", []string{"chunks before a broken one"}},

	// Interim responses, upgrades, tunnels: RFC 9110 §7.8, §9.3.6, §15.2.
	{"interim responses", []string{"100, 102, 103"}},
	{"endless interim responses", []string{"11 interim responses", "101 interim responses", "101 lines in an interim response", "TestLimits"}},
	{"length or coding of an interim response", []string{"100, 102, 103"}},
	{"101", []string{"101", "101 asked for"}},
	{"Expect", []string{"an announced body that is not sent"}},
	{"CONNECT answered by 2xx", []string{"TestFaultsOfProxies"}},
	{"CONNECT answered by anything else", []string{"a proxy's 201", "TestFaultsOfProxies"}},

	// Whether a connection is used again: RFC 9112 §9.
	{"Connection: close", []string{"close", "close in another word", "close on a second line"}},
	{"HTTP/1.0", []string{"1.0", "1.0 keep-alive", "1.0 keep-alive, close", "1.0 Keep-Alive field", "1.0 Proxy-Connection", "1.0 with keep-alive and close"}},
	{"no length", []string{"no length"}},
	{"content is read before the next answer", []string{"a body of which the end was not read"}},
	{"data on an idle connection", []string{"the next answer waits already", "TestFaultsBetweenRequests"}},
	{"the server closed an idle connection", []string{"the server closes after the second request", "TestFaultsBetweenRequests"}},
	{"nothing is sent twice", []string{"the server closes after the second request", "HTTP/1.1 goes on"}},
	{"an answer before the request", []string{"an answer before the request"}},
	{"an answer before the end of the request", []string{"an early answer"}},

	// What is sent: RFC 9112 §3, §6.2, RFC 9110 §7.2, §8.6.
	{"Host always, and first", []string{"Host comes first", "Host with a port", "Host without the default port", "Host of an IPv6 address"}},
	{"the caller's Host", []string{"the caller's Host", `c.putrequest("GET", "/", skip_host=1)` + "\n" + `c.putheader("Host", "a\r\nB: c")`,
		`c.putrequest("GET", "/", skip_host=1)` + "\n" + `c.putheader("Host", "a b")`, `c.putrequest("GET", "/", skip_host=1)` + "\n" + `c.putheader("Host", "a/b")`}},
	{"absolute-form", []string{"Host of an absolute target", `c.putrequest("GET", "http://h/p?q")`}},
	{"asterisk-form and authority-form", []string{`c.putrequest("GET", "*")`, `c.putrequest("OPTIONS", "*")`, `c.putrequest("GET", "h:1")`,
		`c.putrequest("CONNECT", "h:1")`, `c.putrequest("CONNECT", "/")`}},
	{"characters of a target", []string{`c.putrequest("GET", "/a b")`, `c.putrequest("GET", "/\x7f")`, `c.putrequest("GET", "/a\"b")`, `c.putrequest("GET", "/<")`,
		`c.putrequest("GET", "/>")`, `c.putrequest("GET", "/\\")`, `c.putrequest("GET", "/^")`, "c.putrequest('GET', '/`')", `c.putrequest("GET", "/{")`,
		`c.putrequest("GET", "/|")`, `c.putrequest("GET", "/a#b")`, `c.putrequest("GET", "")`}},
	{"characters of a host", []string{`c = httplib.HTTPConnection("h\r\n")`, `c = httplib.HTTPConnection("h i")`}},
	{"method", []string{`c.putrequest("GE T", "/")`}},
	{"field-name and field-value", []string{`c.putrequest("GET", "/")` + "\n" + `c.putheader("A b", "c")`, `c.putrequest("GET", "/")` + "\n" + `c.putheader("A\u00e9", "c")`,
		`c.putrequest("GET", "/")` + "\n" + `c.putheader("A", "b\r\n c")`, `c.putrequest("GET", "/")` + "\n" + `c.putheader("A", "b", "c")`,
		`c.putrequest("GET", "/")` + "\n" + `c.putheader("A", "b\x00")`, `c.set_tunnel("h", 1, {"A b": "c"})`, `c.set_tunnel("h", 1, {"A": "b\r\n c"})`}},
	{"Content-Length of a body", []string{"a string's length", "no body of GET", "no body of DELETE", "no body of POST", "no body of PUT", "no body of PATCH", "a file's length",
		"half a body", "more than a body", "more than a body, later", `c.request("POST", "/", "hello", {"Content-Length": "3"})`,
		`c.request("GET", "/", None, {"Content-Length": "3", "content-length": "3"})`}},
	{"a file that grows or shrinks", []string{"a file that grows", "a file that shrinks"}},
	{"nothing behind a body", []string{"a string's length", "a file's length"}},
	{"no Transfer-Encoding, Trailer or Expect of ours", []string{"no body of POST", "the caller's coding",
		`c.request("GET", "/", None, {"Transfer-Encoding": "chunked", "content-length": "3"})`}},
}

// TestRows: every topic has a case, every case exists, and none is without a topic.
func TestRows(t *testing.T) {
	cases := make(map[string]bool) // and whether a row names it
	add := func(name string) {
		if _, ok := cases[name]; ok {
			t.Errorf("two cases are called %s", name)
		}
		cases[name] = false
	}
	for _, c := range policyCases() {
		add(c.name)
	}
	for _, c := range reuseCases() {
		if c.name != "101" { // which is in policyCases, too
			add(c.name)
		}
	}
	for _, c := range readCases() {
		add(c.name)
	}
	for _, c := range sentCases() {
		add(c.name)
	}
	for _, c := range requestCases() {
		add(c.call)
	}
	var tests strings.Builder
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}

	topics := make(map[string]bool)
	for _, row := range rows {
		if topics[row.topic] || len(row.cases) == 0 {
			t.Errorf("%s is there twice, or without a case", row.topic)
		}
		topics[row.topic] = true
		for _, name := range row.cases {
			if _, ok := cases[name]; ok {
				cases[name] = true
			} else if !strings.HasPrefix(name, "Test") || !strings.Contains(tests.String(), "\nfunc "+name+"(t *testing.T)") {
				t.Errorf("%s: there is no case %s", row.topic, name)
			}
		}
	}
	for name, named := range cases {
		if !named {
			t.Errorf("no row names the case %s", name)
		}
	}
}
