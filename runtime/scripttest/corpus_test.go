package scripttest

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

const corpus = "../../testdata/httplib"

// predeclared are the names that testdata/record/README.md promises a script.
const predeclared = `httplib ssl socket urllib urlparse StringIO mimetools rfc822 HOST PORT PORT2 PORT3 DIR CERTS
	rep raw catch attempt fail using isinstance issubclass FakeSocket wait signal open
	Exception StandardError EnvironmentError IOError OSError ValueError TypeError AttributeError LookupError KeyError IndexError
	RuntimeError AssertionError NotImplementedError`

// source is how a case's comment begins: with a file of CPython's library.
var source = regexp.MustCompile(`^(test_)?(httplib|ssl|socket|urllib|urlparse|rfc822|mimetools|StringIO)\.py[,:] .`)

// TestCorpus: each case is well-formed, says what it is about, and is valid
// Starlark (the recorder saw to it that it is valid Python).
func TestCorpus(t *testing.T) {
	prelude, err := os.ReadFile(corpus + "/prelude.star")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := LoadCases(corpus)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 250 {
		t.Errorf("%d cases; want 250 at least", len(cases))
	}
	options := &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}
	names := strings.Fields(predeclared)
	isPredeclared := func(name string) bool { return slices.Contains(names, name) }
	for _, c := range cases {
		if !source.MatchString(c.Source) {
			t.Errorf("%s: its comment does not begin with its source: %s", c.Name, c.Source)
		}
		if _, err := ParseServer(c.Server); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		for name, text := range c.Files {
			if _, err := Decode(text, nil); err != nil {
				t.Errorf("%s: files/%s: %v", c.Name, name, err)
			}
		}
		if _, _, err := starlark.SourceProgramOptions(options, c.Name, string(prelude)+c.Script, isPredeclared); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if (c.CPython.Error != "") != c.Uncaught {
			t.Errorf("%s: `uncaught` is %t, error is %q", c.Name, c.Uncaught, c.CPython.Error)
		}
		if c.HasServer != (c.CPython.Sent != "") {
			t.Errorf("%s: it has a server: %t, sent is %q", c.Name, c.HasServer, c.CPython.Sent)
		}
		if c.CPython.Stdout == "" && c.CPython.Error == "" {
			t.Errorf("%s: nothing can be seen of it", c.Name)
		}
	}
}

// cpythonTests are all tests of CPython 2.7.18's own Lib/test/test_httplib.py.
// The two that need what a script has not are checked in its spirit: subclasses
// are attributes, and hosts of the Internet are local ones.
const cpythonTests = `
	BasicTest: test_bad_status_repr test_chunked test_chunked_head test_early_eof test_epipe test_error_leak
		test_filenoattr test_host_port test_incomplete_read test_negative_content_length
		test_overflowing_chunked_line test_overflowing_header_line test_overflowing_status_line
		test_partial_reads test_partial_reads_incomplete_body test_partial_reads_no_content_length
		test_proxy_tunnel_without_status_line test_putrequest_override_domain_validation
		test_putrequest_override_host_validation test_read_head test_response_headers test_send
		test_send_file test_send_tempfile test_status_lines test_too_many_headers
	HeaderTests: test_auto_headers test_blank_line_forms test_content_length_0 test_from_line
		test_invalid_headers test_ipv6host_header test_malformed_headers_coped_with
		test_malformed_truncation test_parse_all_octets test_putheader
	HTTPSTest: test_attributes test_host_port test_local_bad_hostname test_local_good_hostname
		test_local_unknown_cert test_networked test_networked_bad_cert test_networked_good_cert
		test_networked_noverification test_networked_trusted_by_default_cert
	HTTPTest: testHTTPConnection testHTTPWithConnectHostPort
	OfflineTest: test_responses
	SourceAddressTest: testHTTPConnectionSourceAddress testHTTPSConnectionSourceAddress
	TimeoutTest: testTimeoutAttribute
	TunnelTests: test_connect`

// TestCPythonTests: each test of CPython's own has a case that names it.
func TestCPythonTests(t *testing.T) {
	cases, err := LoadCases(corpus)
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`[A-Za-z]+Tests?\.test[A-Za-z0-9_]+`)
	covered := map[string]bool{}
	for _, c := range cases {
		for _, name := range named.FindAllString(c.Source, -1) {
			covered[name] = true
		}
	}
	count, class := 0, ""
	for _, word := range strings.Fields(cpythonTests) {
		if name, ok := strings.CutSuffix(word, ":"); ok {
			class = name
			continue
		}
		count++
		if name := class + "." + word; !covered[name] {
			t.Errorf("no case names %s", name)
		}
		delete(covered, class+"."+word)
	}
	if count != 53 {
		t.Errorf("%d tests of test_httplib.py; it has 53", count)
	}
	for name := range covered {
		t.Errorf("test_httplib.py has no %s", name)
	}
}

// TestDifferencesHaveCases: each place where starwire leaves CPython on purpose
// is shown by a case that carries both outcomes, but for those that no script
// and no server can see.
func TestDifferencesHaveCases(t *testing.T) {
	cases, err := LoadCases(corpus)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{
		"D20": true, // which TLS versions are offered
		"D21": true, // debug output shows credentials, as in CPython
		"D22": true, // memory follows the bytes received
		"H18": true, // the same
	}
	for _, c := range cases {
		for _, d := range c.Differences {
			for _, id := range d.IDs {
				shown[id] = true
			}
		}
	}
	for letter, count := range map[string]int{"D": 22, "H": 18} {
		for i := range count {
			if id := fmt.Sprint(letter, i+1); !shown[id] {
				t.Errorf("no case shows %s", id)
			}
		}
	}
}
