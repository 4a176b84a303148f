package manual_test

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/manual"
)

// specified lists every public name of httplib.py, Message of mimetools.py and
// rfc822.py, and of those parts of ssl.py, urllib.py and socket.py that programs
// around httplib use; and the private ones they use besides.
var specified = []struct {
	owner string
	names string
}{
	{"httplib", // __all__
		`HTTP HTTPResponse HTTPConnection HTTPException NotConnected UnknownProtocol UnknownTransferEncoding
		UnimplementedFileMode IncompleteRead InvalidURL ImproperConnectionState CannotSendRequest CannotSendHeader
		ResponseNotReady BadStatusLine error responses HTTPSConnection`},
	{"httplib", // and beside it
		`HTTP_PORT HTTPS_PORT MAXAMOUNT HTTPMessage LineTooLong LineAndFileWrapper HTTPS FakeSocket
		socket ssl mimetools os re urlsplit StringIO
		_MAXLINE _MAXHEADERS _UNKNOWN _CS_IDLE _CS_REQ_STARTED _CS_REQ_SENT _METHODS_EXPECTING_BODY
		_is_legal_header_name _is_illegal_header_value _contains_disallowed_url_pchar_re`},
	{"httplib", // status codes
		`CONTINUE SWITCHING_PROTOCOLS PROCESSING OK CREATED ACCEPTED NON_AUTHORITATIVE_INFORMATION NO_CONTENT
		RESET_CONTENT PARTIAL_CONTENT MULTI_STATUS IM_USED MULTIPLE_CHOICES MOVED_PERMANENTLY FOUND SEE_OTHER
		NOT_MODIFIED USE_PROXY TEMPORARY_REDIRECT BAD_REQUEST UNAUTHORIZED PAYMENT_REQUIRED FORBIDDEN NOT_FOUND
		METHOD_NOT_ALLOWED NOT_ACCEPTABLE PROXY_AUTHENTICATION_REQUIRED REQUEST_TIMEOUT CONFLICT GONE
		LENGTH_REQUIRED PRECONDITION_FAILED REQUEST_ENTITY_TOO_LARGE REQUEST_URI_TOO_LONG UNSUPPORTED_MEDIA_TYPE
		REQUESTED_RANGE_NOT_SATISFIABLE EXPECTATION_FAILED UNPROCESSABLE_ENTITY LOCKED FAILED_DEPENDENCY
		UPGRADE_REQUIRED INTERNAL_SERVER_ERROR NOT_IMPLEMENTED BAD_GATEWAY SERVICE_UNAVAILABLE GATEWAY_TIMEOUT
		HTTP_VERSION_NOT_SUPPORTED INSUFFICIENT_STORAGE NOT_EXTENDED`},
	{"httplib.HTTPConnection",
		`request getresponse set_debuglevel set_tunnel connect close putrequest putheader endheaders send
		host port timeout source_address sock strict debuglevel auto_open response_class default_port
		_http_vsn _http_vsn_str _buffer _method _tunnel_host _tunnel_port _tunnel_headers _tunnel
		_create_connection _HTTPConnection__state _HTTPConnection__response
		_get_hostport _output _send_output _encode_request _validate_path _validate_host _set_content_length
		_send_request`},
	{"httplib.HTTPSConnection", `request getresponse sock default_port key_file cert_file _context`},
	{"httplib.HTTPResponse",
		`begin read close isclosed fileno getheader getheaders
		fp msg version status reason chunked chunk_left length will_close strict debuglevel _method
		_read_status _check_close _read_chunked _safe_read`},
	{"httplib.HTTP",
		`send putrequest putheader endheaders set_debuglevel connect getreply getfile close headers file
		debuglevel _conn _connection_class _http_vsn _http_vsn_str`},
	{"httplib.HTTPS", `getreply key_file cert_file`},
	{"httplib.LineAndFileWrapper", `read readline readlines`},
	{"httplib.UnknownProtocol", `args version`},
	{"httplib.IncompleteRead", `args partial expected`},
	{"httplib.BadStatusLine", `args line`},
	{"httplib.HTTPMessage",
		`getheader get getheaders getallmatchingheaders getfirstmatchingheader getrawheader getaddr getaddrlist
		getdate getdate_tz keys values items has_key setdefault headers dict status unixfrom fp seekable
		startofheaders startofbody rewindbody addheader addcontinue readheaders isheader islast iscomment
		typeheader encodingheader type gettype maintype getmaintype subtype getsubtype plisttext plist getplist
		getparam getparamnames getencoding`},
	{"ssl",
		`create_default_context _create_unverified_context _create_stdlib_context _https_verify_certificates
		_create_default_https_context match_hostname wrap_socket get_default_verify_paths cert_time_to_seconds
		DER_cert_to_PEM_cert PEM_cert_to_DER_cert get_server_certificate get_protocol_name SSLContext SSLSocket
		Purpose SSLError SSLZeroReturnError SSLWantReadError SSLWantWriteError SSLSyscallError SSLEOFError
		CertificateError`},
	{"ssl",
		`PROTOCOL_SSLv23 PROTOCOL_TLS PROTOCOL_TLSv1 PROTOCOL_TLSv1_1 PROTOCOL_TLSv1_2
		CERT_NONE CERT_OPTIONAL CERT_REQUIRED
		OP_ALL OP_NO_SSLv2 OP_NO_SSLv3 OP_NO_TLSv1 OP_NO_TLSv1_1 OP_NO_TLSv1_2 OP_NO_TLSv1_3 OP_NO_COMPRESSION
		OP_CIPHER_SERVER_PREFERENCE OP_SINGLE_DH_USE OP_SINGLE_ECDH_USE OP_ENABLE_MIDDLEBOX_COMPAT
		VERIFY_DEFAULT VERIFY_CRL_CHECK_LEAF VERIFY_CRL_CHECK_CHAIN VERIFY_X509_STRICT VERIFY_X509_TRUSTED_FIRST
		SSL_ERROR_SSL SSL_ERROR_WANT_READ SSL_ERROR_WANT_WRITE SSL_ERROR_WANT_X509_LOOKUP SSL_ERROR_SYSCALL
		SSL_ERROR_ZERO_RETURN SSL_ERROR_WANT_CONNECT SSL_ERROR_EOF SSL_ERROR_INVALID_ERROR_CODE
		HAS_SNI HAS_ALPN HAS_ECDH HAS_NPN HAS_TLSv1_3 OPENSSL_VERSION OPENSSL_VERSION_INFO OPENSSL_VERSION_NUMBER`},
	{"ssl.Purpose", `SERVER_AUTH CLIENT_AUTH`},
	{"ssl.SSLContext",
		`protocol verify_mode check_hostname options verify_flags load_cert_chain load_verify_locations
		load_default_certs set_default_verify_paths set_ciphers cert_store_stats get_ca_certs set_alpn_protocols
		set_npn_protocols set_ecdh_curve load_dh_params session_stats set_servername_callback wrap_socket`},
	{"ssl.SSLSocket",
		`getpeercert cipher version selected_alpn_protocol compression context server_hostname read write recv
		send sendall close unwrap pending settimeout gettimeout getpeername makefile`},
	{"ssl.SSLError", `args errno strerror library reason`},
	{"urllib",
		`quote quote_plus unquote unquote_plus pathname2url url2pathname urlencode splittype splithost splituser
		splitpasswd splitport splitnport splitquery splittag splitattr splitvalue unwrap`},
	{"socket",
		`setdefaulttimeout getdefaulttimeout _GLOBAL_DEFAULT_TIMEOUT create_connection error timeout gaierror
		herror sslerror`},
	{"socket.socket",
		`recv sendall settimeout gettimeout getpeername getsockname fileno makefile close`},
	{"socket.error", `args errno strerror`},
}

// TestSpecifiedNames holds the runtime to the specification: every name exists,
// and is described.
func TestSpecifiedNames(t *testing.T) {
	w := newWorld(t)
	exists := make(map[string]bool)
	for name, v := range w.everything() {
		exists[name] = true
		if h, ok := v.(starlark.HasAttrs); ok {
			for _, attr := range h.AttrNames() {
				exists[name+"."+attr] = true
			}
		}
	}
	for _, v := range w.values {
		e, ok := w.find(v)
		h, hasAttrs := v.(starlark.HasAttrs)
		if ok && hasAttrs {
			for _, attr := range h.AttrNames() {
				exists[e.Name+"."+attr] = true
			}
		}
	}
	count := 0
	for _, s := range specified {
		for last := range strings.FieldsSeq(s.names) {
			count++
			name := s.owner + "." + last
			_, described := manual.Lookup(name)
			if !exists[name] {
				t.Errorf("%s is specified, and missing", name)
			}
			if !described {
				t.Errorf("%s is specified, and not in the manual", name)
			}
		}
	}
	if count < 330 {
		t.Errorf("%d names are specified; there were more", count)
	}
}
