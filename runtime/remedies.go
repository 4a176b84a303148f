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
			"copy":            "use list(x), dict(x) or x[:]; of nested data json.loads(json.dumps(x))",
			"pickle":          "use json",
			"cPickle":         "use json",
			"select":          "use sock.settimeout(seconds) before recv, or parallel for several sockets",
			"asyncore":        "use parallel(fn, items), each with a socket of its own",
			"SocketServer":    "testserver serves in tests; scripts are clients",
			"BaseHTTPServer":  "testserver serves in tests; scripts are clients",
			"xmlrpclib":       "post the XML by httplib, and read the reply by re",
			"BeautifulSoup":   "use re",
			"bs4":             "use re",
			"dom":             "use re",
			"elementtree":     "use re",
			"etree":           "use re",
			"lxml":            "use re",
			"HTMLParser":      "use re",
			"htmllib":         "use re",
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

// nameRemedies say what to write in place of built-in functions of Python's that are not here.
func nameRemedies() map[string]string {
	return nameRemediesTable.Get(func() map[string]string {
		const data = "use json.loads of data, int or float of numbers, and a dict of functions by their names"
		return map[string]string{
			"locals":     "name what is meant: dict(x=x, y=y)",
			"globals":    "keep what is looked up by name in a dict of your own",
			"vars":       "name what is meant: dict(x=x, y=y)",
			"eval":       data,
			"compile":    data,
			"execfile":   "write its functions into this file",
			"reload":     "leave it out: print writes unicode text as UTF-8 without sys.setdefaultencoding",
			"id":         "use is to compare, and a number of your own to name things",
			"frozenset":  "use set; as a key of a dict, tuple(sorted(x))",
			"bytearray":  "use a list, and ''.join; or StringIO.StringIO",
			"buffer":     "use a slice: x[i:j]",
			"memoryview": "use a slice: x[i:j]",
			"input":      "use raw_input, and int or float of what it returns",
			"intern":     "leave it out",
			"complex":    "keep the two parts apart",
			"__import__": "write import name",
			"super":      "there are no classes; call the function",
			"property":   "there are no classes; write a function",
		}
	})
}

// attributeRemedies say what to use in place of members of Python's modules that are not here, by their dotted
// names.
func attributeRemedies() map[string]string {
	return attributeRemediesTable.Get(func() map[string]string {
		const (
			inPlace  = "write x op= y"
			slices   = "write x[i:j]"
			programs = "scripts start no programs; hand its output in by standard input or a file"
			names    = "connect to the name itself: socket.create_connection((host, port))"
			folders  = "scripts write into folders that are there; make and remove them, and files, from outside"
			place    = "relative names are looked up from where the program was started"
			encoding = "leave it out: print writes unicode text as UTF-8"
		)
		return map[string]string{
			"Cookie.Cookie":            "use Cookie.SimpleCookie",
			"Cookie.SerialCookie":      "use Cookie.SimpleCookie, and json for the values",
			"Cookie.SmartCookie":       "use Cookie.SimpleCookie",
			"functools.total_ordering": "there are no classes; sort by a key",
			"functools.update_wrapper": "leave it out: it copies the name of the function and its text alone",
			"functools.wraps":          "leave it out: it copies the name of the function and its text alone",
			"operator.delslice":        slices,
			"operator.getslice":        slices,
			"operator.iand":            inPlace,
			"operator.idiv":            inPlace,
			"operator.ifloordiv":       inPlace,
			"operator.ilshift":         inPlace,
			"operator.imod":            inPlace,
			"operator.imul":            inPlace,
			"operator.ior":             inPlace,
			"operator.ipow":            inPlace,
			"operator.irepeat":         inPlace,
			"operator.irshift":         inPlace,
			"operator.isub":            inPlace,
			"operator.itruediv":        inPlace,
			"operator.ixor":            inPlace,
			"operator.setslice":        slices,
			"os._exit":                 "use sys.exit",
			"os.chdir":                 place,
			"os.getcwd":                place,
			"os.getpid":                "use random.getrandbits(32) to tell runs apart",
			"os.kill":                  programs,
			"os.makedirs":              folders,
			"os.mkdir":                 folders,
			"os.path.abspath":          place,
			"os.path.expanduser":       "use os.path.join(os.environ['HOME'], name)",
			"os.path.realpath":         place,
			"os.popen":                 programs,
			"os.putenv":                "keep it in a variable",
			"os.remove":                folders,
			"os.rename":                folders,
			"os.rmdir":                 folders,
			"os.stat":                  "use os.path.getsize, getmtime, isfile and isdir",
			"os.system":                programs,
			"os.uname":                 "use sys.platform",
			"os.unlink":                folders,
			"os.walk":                  "name the files, or give them as arguments",
			"socket.getaddrinfo":       names,
			"socket.getfqdn":           "give the name as an argument",
			"socket.gethostbyaddr":     names,
			"socket.gethostbyname":     names,
			"socket.gethostname":       "give the name as an argument",
			"socket.ssl":               "use ssl.wrap_socket, or httplib.HTTPSConnection",
			"string.Template":          "use % with a dict: '%(name)s' % d",
			"sys.exc_type":             "use sys.exc_info()[0]",
			"sys.exc_value":            "use sys.exc_info()[1]",
			"sys.modules":              "use import in a try, and keep a flag",
			"sys.path":                 "leave it out: imported modules are built in",
			"sys.setdefaultencoding":   encoding,
			"sys.setrecursionlimit":    "use a loop, with a list of what is to be done",
			"time.tzset":               "set TZ before the program starts",
			"urllib.basejoin":          "use urlparse.urljoin",
			"urllib2.socket":           "import socket",
			"urllib2.urlparse":         "import urlparse",
			"uuid.getnode":             "use uuid.uuid4",
			"uuid.uuid1":               "use uuid.uuid4",
		}
	})
}

// AssignmentRemedy returns what to do in place of an assignment to a member of a module, which other runs may
// share. It is what the AttributeError gives as its hint.
func AssignmentRemedy(module, name string) string {
	switch module + "." + name {
	case "sys.stdout", "sys.stderr":
		return "print to another file by print >>f, x, or send the program's output elsewhere"
	case "ssl._create_default_https_context":
		return "give HTTPSConnection or urlopen context=ssl._create_unverified_context()"
	case "socket.socket":
		return "use set_tunnel, urllib2.ProxyHandler, or give the connection its sock"
	}
	return "modules cannot be changed: put it into a variable, and use that"
}

var nameRemediesTable, attributeRemediesTable lazy.Value[map[string]string]

// NameRemedy returns what to write in place of a built-in function of Python's that is not here, or "" where
// nothing is known. It is what a NameError gives as its hint.
func NameRemedy(name string) string { return nameRemedies()[name] }

// AttributeRemedy returns what to use in place of a member of one of Python's modules that is not here, or "" where
// nothing is known. It is what an AttributeError gives as its hint.
func AttributeRemedy(module, name string) string { return attributeRemedies()[module+"."+name] }
