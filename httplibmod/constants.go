package httplibmod

import "go.starlark.net/starlark"

// Limits of httplib.py, in bytes and lines.
const (
	maxAmount  = 1048576 // MAXAMOUNT, the largest single read
	maxLine    = 65536   // _MAXLINE, the longest line with its end
	maxHeaders = 100     // _MAXHEADERS, the most lines of one head
)

const (
	httpPort  = 80
	httpsPort = 443
)

// unknown is _UNKNOWN, the value of a response's fields before begin().
const unknown = starlark.String("UNKNOWN")

// A status is one line of httplib.py's two tables: a constant, an entry of
// responses, or both.
type status struct {
	code   int
	name   string // of the constant; "" where there is none
	phrase string // in responses; "" where there is none
}

var statuses = []status{
	{100, "CONTINUE", "Continue"},
	{101, "SWITCHING_PROTOCOLS", "Switching Protocols"},
	{102, "PROCESSING", ""},
	{200, "OK", "OK"},
	{201, "CREATED", "Created"},
	{202, "ACCEPTED", "Accepted"},
	{203, "NON_AUTHORITATIVE_INFORMATION", "Non-Authoritative Information"},
	{204, "NO_CONTENT", "No Content"},
	{205, "RESET_CONTENT", "Reset Content"},
	{206, "PARTIAL_CONTENT", "Partial Content"},
	{207, "MULTI_STATUS", ""},
	{226, "IM_USED", ""},
	{300, "MULTIPLE_CHOICES", "Multiple Choices"},
	{301, "MOVED_PERMANENTLY", "Moved Permanently"},
	{302, "FOUND", "Found"},
	{303, "SEE_OTHER", "See Other"},
	{304, "NOT_MODIFIED", "Not Modified"},
	{305, "USE_PROXY", "Use Proxy"},
	{306, "", "(Unused)"},
	{307, "TEMPORARY_REDIRECT", "Temporary Redirect"},
	{400, "BAD_REQUEST", "Bad Request"},
	{401, "UNAUTHORIZED", "Unauthorized"},
	{402, "PAYMENT_REQUIRED", "Payment Required"},
	{403, "FORBIDDEN", "Forbidden"},
	{404, "NOT_FOUND", "Not Found"},
	{405, "METHOD_NOT_ALLOWED", "Method Not Allowed"},
	{406, "NOT_ACCEPTABLE", "Not Acceptable"},
	{407, "PROXY_AUTHENTICATION_REQUIRED", "Proxy Authentication Required"},
	{408, "REQUEST_TIMEOUT", "Request Timeout"},
	{409, "CONFLICT", "Conflict"},
	{410, "GONE", "Gone"},
	{411, "LENGTH_REQUIRED", "Length Required"},
	{412, "PRECONDITION_FAILED", "Precondition Failed"},
	{413, "REQUEST_ENTITY_TOO_LARGE", "Request Entity Too Large"},
	{414, "REQUEST_URI_TOO_LONG", "Request-URI Too Long"},
	{415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type"},
	{416, "REQUESTED_RANGE_NOT_SATISFIABLE", "Requested Range Not Satisfiable"},
	{417, "EXPECTATION_FAILED", "Expectation Failed"},
	{422, "UNPROCESSABLE_ENTITY", ""},
	{423, "LOCKED", ""},
	{424, "FAILED_DEPENDENCY", ""},
	{426, "UPGRADE_REQUIRED", ""},
	{500, "INTERNAL_SERVER_ERROR", "Internal Server Error"},
	{501, "NOT_IMPLEMENTED", "Not Implemented"},
	{502, "BAD_GATEWAY", "Bad Gateway"},
	{503, "SERVICE_UNAVAILABLE", "Service Unavailable"},
	{504, "GATEWAY_TIMEOUT", "Gateway Timeout"},
	{505, "HTTP_VERSION_NOT_SUPPORTED", "HTTP Version Not Supported"},
	{507, "INSUFFICIENT_STORAGE", ""},
	{510, "NOT_EXTENDED", ""},
}
