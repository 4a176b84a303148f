package manual_test

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/manual"
)

// setup is a script that starts the servers the examples talk to, and makes one
// of each kind of value.
const setup = `
files = testserver.start({"*": {"headers": {"Content-Type": "text/plain"}, "body": "ok"}}, names = ["www.example.com:80"])
secure = testserver.start("ok", tls = True, client_ca = True, names = ["client.example.com:443"])
python = testserver.start("ok", tls = True, names = ["www.python.org:443"])
unknown = testserver.start("ok", tls = "self-signed", names = ["self.example.com:443"])
raw = testserver.start(testserver.raw("HTTP/1.1 200 OK\r\n\r\nok"), names = ["raw.example.com:80"])

def get(conn):
    conn.request("GET", "/")
    return conn.getresponse()

plain = httplib.HTTPConnection("www.example.com")
response = get(plain)
message = response.msg
unread = httplib.HTTPConnection("raw.example.com")
over_tls = httplib.HTTPSConnection("www.python.org")
over_tls_response = get(over_tls)
modern = http.client.HTTPConnection("www.example.com")
modern_tls = http.client.HTTPSConnection("www.python.org")
modern_response = get(modern)
old = httplib.HTTP("www.example.com")
old.putrequest("GET", "/")
old.endheaders()
reply = old.getreply()
old_tls = httplib.HTTPS("www.python.org")
legacy_tls = ssl.wrap_socket(socket.create_connection(("www.python.org", 443)))
ended = socket.create_connection(("raw.example.com", 80)) # the server closes it
ended.sendall("GET / HTTP/1.1\r\nHost: raw.example.com\r\n\r\n")
missing = testserver.start({"/": {"status": 404, "body": "no"}}, names = ["missing.example.com:80"])
failed = attempt(urllib2.urlopen, "http://missing.example.com/")
def where():
    try:
        fail(ValueError, "x")
    except ValueError:
        return sys.exc_info()[2]

text = "A: 1\r\n\r\n"

values = [
    ended.makefile(), files, secure, files.requests[0], files.requests[0].headers, testserver.raw(""),
    plain, response, response.chunks(), response.fp, message, unread, get(unread).fp, plain.sock,
    over_tls, over_tls.sock, over_tls_response, modern, modern_tls, modern_response, old, old_tls, legacy_tls,
    httplib.LineAndFileWrapper("a\n", StringIO.StringIO("")), httplib.HTTPResponse("HTTP/1.1 200 OK\r\n\r\n"),
    rfc822.Message(text), mimetools.Message(text), httplib.HTTPMessage(text), rfc822.AddressList("a@b"),
    socket.socket(), socket._GLOBAL_DEFAULT_TIMEOUT,
    ssl.create_default_context(), ssl.Purpose.SERVER_AUTH, ssl.get_default_verify_paths(),
    open("/dev/null", "r+"), sys.stdin, os.environ, sys.version_info, sys.float_info,
    StringIO.StringIO(""), cStringIO.StringIO(""), hashlib.md5(), hmac.new("k"),
    uuid.uuid4(), zlib.compressobj(), zlib.decompressobj(), gzip.GzipFile(fileobj = StringIO.StringIO("")), Cookie.BaseCookie(), Cookie.SimpleCookie("a=b"), Cookie.Morsel(),
    cookielib.CookieJar(), cookielib.Cookie(*([None] * 16)), urllib.URLopener(), urllib.FancyURLopener(), urllib.urlopen("http://www.example.com"),
    urllib2.urlopen("http://www.example.com"), urllib2.Request("http://h/", "x"), urllib2.build_opener(),
    urllib2.HTTPHandler(), urllib2.HTTPSHandler(), urllib2.HTTPErrorProcessor(), urllib2.HTTPDefaultErrorHandler(),
    urllib2.HTTPRedirectHandler(), urllib2.ProxyHandler({}), urllib2.HTTPPasswordMgr(),
    urllib2.HTTPPasswordMgrWithDefaultRealm(), urllib2.HTTPBasicAuthHandler(), urllib2.ProxyBasicAuthHandler(),
    urllib2.HTTPDigestAuthHandler(), urllib2.ProxyDigestAuthHandler(), urllib2.HTTPCookieProcessor(),
    urllib2.UnknownHandler(), urllib2.BaseHandler(), failed.error, logging.getLogger(), logging.getLogger("x"), logging.StreamHandler(),
    logging.FileHandler("/dev/null"), logging.NullHandler(), logging.Formatter(), logging.Filter(), optparse.OptionParser(), optparse.OptionGroup(optparse.OptionParser(), "x"),
    optparse.Option("-x"), optparse.Values(), optparse.IndentedHelpFormatter(), optparse.TitledHelpFormatter(),
    collections.defaultdict(int), collections.OrderedDict(), collections.Counter(), collections.deque(),
    random.Random(), random.SystemRandom(), re.compile("a"), re.match("a", "a"), re.finditer("a", "a"),
    time.gmtime(0), time.now(), time.second, urlparse.urlsplit("http://h/"), urlparse.urlparse("http://h/"),
    attempt(get, httplib.HTTPSConnection("self.example.com")).error,
    attempt(int, "1"), attempt(int, "x"), where(), using(plain), struct(a = 1),
    None, True, 1, 1.5, "s", bytes("b"), [], {}, (), set(), range(3), "a".elems(), "a".codepoints(), bytes("b").elems(), len, get,
]
`

// pythonValues are those that only .py files make.
const pythonValues = `
values = [
    itertools.combinations([], 1), itertools.combinations_with_replacement([], 1), itertools.compress([], []), itertools.count(),
    itertools.cycle([]), itertools.dropwhile(len, []), itertools.groupby([]), itertools.ifilter(len, []), itertools.ifilterfalse(len, []),
    itertools.imap(len, []), itertools.islice([], 1), itertools.izip([]), itertools.izip_longest([]), itertools.permutations([]),
    itertools.product([]), itertools.repeat(1), itertools.starmap(len, []), itertools.takewhile(len, []), itertools.tee([], 1)[0],
    itertools.chain([]), iter(collections.deque()),
    iter([]), iter({}), iter(set()), {}.itervalues(), {}.iteritems(), iter(len, 1), enumerate([]), reversed([]),
    (x for x in []), 1 << 70,
]
`

// config is what the setup needs: everything.
func config() runtime.Config {
	return runtime.Config{Permissions: runtime.Everything(), Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Limits: runtime.NoLimits()}
}

// A world is a session in which one of each kind of value exists.
type world struct {
	session *runtime.Session
	values  []starlark.Value
	python  starlark.StringDict // what .py files find beside that, or in its place
}

func newWorld(t *testing.T) *world {
	t.Helper()
	rt, err := runtime.New(config())
	if err != nil {
		t.Fatal(err)
	}
	s := rt.NewSession()
	t.Cleanup(func() { s.Close() })
	if err := s.Run(context.Background(), "setup", []byte(setup)); err != nil {
		t.Fatal(runtime.FormatError(err))
	}
	w := &world{session: s}
	w.runPython(t, rt)
	v, _ := s.Lookup("values")
	for x := range starlark.Elements(v.(*starlark.List)) {
		w.values = append(w.values, x)
	}
	// An instance of each exception class.
	for _, name := range w.names() {
		v := w.lookup(name)
		for path, c := range w.members(name, v) {
			if class, ok := c.(starlark.Callable); ok && c.Type() == "type" && isException(class) {
				x, err := instance(class)
				if err != nil {
					t.Fatalf("no instance of %s: %v", path, err)
				}
				w.values = append(w.values, x)
			}
		}
	}
	return w
}

// runPython asks a .py file for its built-in names and values.
func (w *world) runPython(t *testing.T, rt *runtime.Runtime) {
	t.Helper()
	var src strings.Builder
	src.WriteString(pythonValues + "names = {")
	names := builtinmod.Members(nil)
	for _, more := range []string{"raw_input", "exit", "quit"} {
		names[more] = starlark.None
	}
	for name := range names {
		fmt.Fprintf(&src, "%q: %s, ", name, name)
	}
	src.WriteString("}\n")
	globals, err := rt.Run(context.Background(), "world.py", []byte(src.String()))
	if err != nil {
		t.Fatal(runtime.FormatError(err))
	}
	w.python = make(starlark.StringDict)
	for _, item := range globals["names"].(*starlark.Dict).Items() {
		w.python[string(item[0].(starlark.String))] = item[1]
	}
	for x := range starlark.Elements(globals["values"].(*starlark.List)) {
		w.values = append(w.values, x)
	}
}

// find returns the entry of a value from either kind of file.
func (w *world) find(v starlark.Value) (manual.Entry, bool) {
	if e, ok := manual.For(v, w.lookup); ok {
		return e, ok
	}
	return manual.For(v, func(name string) starlark.Value { return w.python[name] })
}

// names lists what is predeclared.
func (w *world) names() []string {
	var names []string
	globals := w.session.Globals()
	for _, name := range w.session.Names() {
		if !globals.Has(name) {
			names = append(names, name)
		}
	}
	return names
}

func (w *world) lookup(name string) starlark.Value {
	v, _ := w.session.Lookup(name)
	return v
}

// eval evaluates an expression in the session.
func (w *world) eval(expr string) (starlark.Value, error) {
	v, err := w.session.Eval(context.Background(), "test", expr+"\n")
	if v == nil {
		v = starlark.None
	}
	return v, err
}

// members returns v under its name, and if it is a module, what is in it and in
// the modules in it that cannot be had without it.
func (w *world) members(name string, v starlark.Value) map[string]starlark.Value {
	all := map[string]starlark.Value{name: v}
	if v.Type() != "module" {
		return all
	}
	h := v.(starlark.HasAttrs)
	for _, attr := range h.AttrNames() {
		member, err := h.Attr(attr)
		if err != nil || member == nil {
			panic(fmt.Sprintf("%s lists %s but does not have it: %v", name, attr, err))
		}
		path := name + "." + attr
		if member.Type() == "module" && w.lookup(attr) != nil {
			all[path] = member
			continue
		}
		for p, m := range w.members(path, member) {
			all[p] = m
		}
	}
	return all
}

// everything returns all that has a global name, by name.
func (w *world) everything() map[string]starlark.Value {
	all := make(map[string]starlark.Value)
	for name, v := range w.python {
		all[name] = v
		if h, ok := v.(*builtinmod.Type); ok {
			for _, attr := range h.AttrNames() {
				if x, _ := h.Attr(attr); x != nil {
					all[name+"."+attr] = x
				}
			}
		}
	}
	for _, name := range w.names() {
		for path, v := range w.members(name, w.lookup(name)) {
			all[path] = v
		}
	}
	return all
}

func isException(class starlark.Callable) bool {
	c, ok := class.(interface{ Doc() string })
	return ok && c != nil
}

// instance makes an exception, with as many arguments as its class wants.
func instance(class starlark.Callable) (starlark.Value, error) {
	one := starlark.MakeInt(1)
	var err error
	for _, args := range []starlark.Tuple{
		{}, {starlark.String("x")}, {starlark.String("x"), starlark.String("y")}, {starlark.String("ascii"), starlark.String("x"), one, one, starlark.String("why")},
	} {
		var v starlark.Value
		if v, err = starlark.Call(new(starlark.Thread), class, args, nil); err == nil {
			return v, nil
		}
	}
	return nil, err
}

// private are the names with an underscore that programs for CPython use, and
// which are therefore described; others need not be.
var private = regexp.MustCompile(`^(_MAXLINE|_MAXHEADERS|_UNKNOWN|_CS_\w+|_METHODS_EXPECTING_BODY|_is_\w+|_http_vsn\w*|_buffer|_method|_tunnel\w*|_create_connection|_HTTPConnection__\w+|_context|_conn|_get_hostport|_output|_send_\w+|_encode_request|_validate_\w+|_set_content_length|_read_status|_check_close|_read_chunked|_safe_read|_contains_\w+|_connection_class|_GLOBAL_DEFAULT_TIMEOUT|_create_\w+_context|_https_verify_certificates)$`)

func needsEntry(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return !strings.HasPrefix(last, "_") || private.MatchString(last)
}

func sorted(m map[string]starlark.Value) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// canonical is the name of what e is about: that of its target, if e is another
// name for something.
func canonical(e manual.Entry) string {
	if e.Kind == manual.Constant {
		if target, ok := manual.Lookup(e.Value); ok {
			return target.Name
		}
	}
	return e.Name
}
