package runtime

import (
	"strings"

	"starwire/runtime/lazy"
)

// moduleRemedies say what to use in place of modules of Python's that are not here.
func moduleRemedies() map[string]string {
	return moduleRemediesTable.Get(func() map[string]string {
		return map[string]string{
			"threading": "use parallel(fn, items), which calls fn for each item at the same time",
			"thread":    "use parallel(fn, items), which calls fn for each item at the same time",
			"Queue":     "use parallel(fn, items): its results come back as a list, in order",

			"multiprocessing": "use parallel(fn, items), which calls fn for each item at the same time",
			"subprocess":      "scripts start no programs; hand its output in by standard input or a file",
			"commands":        "scripts start no programs; hand its output in by standard input or a file",
			"argparse":        "use optparse or getopt",
			"datetime":        "use time: time.strftime, time.gmtime and time.mktime",
			"calendar":        "use time: time.gmtime and time.mktime",
			"collections":     "use a dict: d.setdefault(key, []).append(x), d[key] = d.get(key, 0) + 1; a dict keeps its order",
			"itertools":       "use loops, or zip, map, filter and enumerate",
			"copy":            "use list(x), dict(x) or x[:]; of nested data json.loads(json.dumps(x))",
			"pickle":          "use json",
			"cPickle":         "use json",
			"select":          "use sock.settimeout(seconds) before recv, or parallel for several sockets",
			"asyncore":        "use parallel(fn, items), each with a socket of its own",
			"SocketServer":    "testserver serves in tests; scripts are clients",
			"BaseHTTPServer":  "testserver serves in tests; scripts are clients",
			"xmlrpclib":       "post the XML by httplib, and read the reply by re",
			"HTMLParser":      "use re",
			"htmllib":         "use re",
			"xml":             "use re",
			"csv":             "use line.split(',')",
			"tempfile":        "name the file",
			"shutil":          "open both files and copy in a loop",
			"glob":            "name the files",
			"ConfigParser":    "use json",
			"getpass":         "use raw_input, or os.environ",
			"struct":          "use ord, chr and base64's binascii.hexlify",
			"ftplib":          "only HTTP is spoken here",
			"smtplib":         "only HTTP is spoken here, and what socket speaks",
			"email":           "use rfc822 and mimetools",
			"requests":        "use urllib2, or httplib",
			"urllib3":         "use urllib2, or httplib",
			"httplib2":        "use httplib",
			"simplejson":      "use json",
			"types":           "use isinstance(x, str), or type(x)",
			"codecs":          "use s.encode(name), s.decode(name) and open",
			"unicodedata":     "use s.decode and s.encode",
			"decimal":         "use int, in the smallest unit there is",
			"signal":          "use --timeout, or a try around what may take long",
			"sqlite3":         "use a file of json",
		}
	})
}

var moduleRemediesTable lazy.Value[map[string]string]

// ModuleRemedy returns what to use in place of a module of Python's that is not
// here, by its dotted name, or "" where nothing is known. It is what an
// ImportError gives as its hint.
func ModuleRemedy(name string) string {
	name, _, _ = strings.Cut(name, ".")
	return moduleRemedies()[name]
}
