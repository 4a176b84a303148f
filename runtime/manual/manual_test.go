package manual_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/manual"
	"starwire/runtime/py"
)

func TestLookup(t *testing.T) {
	tests := []struct{ name, signature, from string }{
		{"urllib.quote", `urllib.quote(s, safe="/") -> str`, ""},
		{"httplib.OK", "httplib.OK = 200", ""},
		{"httplib.HTTPSConnection.send", "httplib.HTTPSConnection.send(data, *, progress=False)", "httplib.HTTPConnection"},
		{"httplib.HTTPMessage.getdate", "httplib.HTTPMessage.getdate(name) -> tuple", "rfc822.Message"},
		{"httplib.error.args", "httplib.HTTPException.args: tuple", "BaseException"},
		{"httplib.socket.error", "exception socket.error(*args) < IOError", ""},
		{"str.upper", "str.upper() -> str", ""},
		{"sys.stdout.write", "file.write(str)", ""},
		{"httplib.HTTPResponse.msg.keys", "httplib.HTTPMessage.keys() -> list", "rfc822.Message"},
		{"errors", "topic errors", ""},
	}
	for _, tt := range tests {
		e, ok := manual.Lookup(tt.name)
		if !ok || e.Signature != tt.signature || e.From != tt.from {
			t.Errorf("Lookup(%q) = %q from %q, %v; want %q from %q", tt.name, e.Signature, e.From, ok, tt.signature, tt.from)
		}
	}
	for _, name := range []string{"", ".", "a.b", "urllib.", "urllib.quotation", "True.real", "httplib.OK.real", "errors.x"} {
		if e, ok := manual.Lookup(name); ok {
			t.Errorf("Lookup(%q) = %q; want none", name, e.Name)
		}
	}
}

func TestParamsOfEntry(t *testing.T) {
	e, _ := manual.Lookup("httplib.HTTPConnection.request")
	want := []manual.Param{{Name: "method"}, {Name: "url"}, {Name: "body", Default: "None"}, {Name: "headers", Default: "{}"},
		{Name: "progress", Default: "False", Kind: manual.KeywordOnly}}
	if !slices.Equal(e.Params, want) {
		t.Errorf("request has the parameters %+v; want %+v", e.Params, want)
	}
	e, _ = manual.Lookup("print")
	want = []manual.Param{{Name: "args", Kind: manual.VarArgs}, {Name: "sep", Default: `" "`, Kind: manual.KeywordOnly},
		{Name: "end", Default: `"\n"`, Kind: manual.KeywordOnly}, {Name: "file", Default: "None", Kind: manual.KeywordOnly}}
	if !slices.Equal(e.Params, want) {
		t.Errorf("print has the parameters %+v; want %+v", e.Params, want)
	}
	e, _ = manual.Lookup("range")
	if p := e.Params[1]; p.Kind != manual.PositionalOnly || p.Required() || !e.Params[0].Required() {
		t.Errorf("range has the parameters %+v", e.Params)
	}
}

func TestNames(t *testing.T) {
	tests := []struct {
		prefix string
		want   []string
	}{
		{"urllib.quote", []string{"urllib.quote", "urllib.quote_plus"}},
		{"httplib.HTTPSConnection.putr", []string{"httplib.HTTPSConnection.putrequest"}},
		{"httplib.error.a", []string{"httplib.error.args"}},
		{"sys.stdout.writ", []string{"sys.stdout.write", "sys.stdout.writelines"}},
		{"no.such", nil},
	}
	for _, tt := range tests {
		if got := manual.Names(tt.prefix); !slices.Equal(got, tt.want) {
			t.Errorf("Names(%q) = %q; want %q", tt.prefix, got, tt.want)
		}
	}
	if names := manual.Names(""); len(names) < 900 || !slices.IsSorted(names) {
		t.Errorf("Names(\"\") lists %d names", len(names))
	}
}

func TestMembers(t *testing.T) {
	tests := []struct {
		name string
		want []string // some of them
		none string
	}{
		{"", []string{"httplib", "catch", "ValueError", "errors"}, "urllib.quote"},
		{"urllib", []string{"urllib.quote"}, "quote"},
		{"httplib.HTTPSConnection", []string{"httplib.HTTPSConnection._context", "httplib.HTTPSConnection.request"}, "httplib.HTTPConnection.request"},
		{"sys.stdout", []string{"file.write"}, "sys.stdout.write"},
		{"httplib.ssl", []string{"ssl.SSLContext"}, "httplib.ssl.SSLContext"},
	}
	for _, tt := range tests {
		got := manual.Members(tt.name)
		for _, want := range tt.want {
			if !slices.Contains(got, want) {
				t.Errorf("Members(%q) lacks %q", tt.name, want)
			}
		}
		if slices.Contains(got, tt.none) {
			t.Errorf("Members(%q) has %q", tt.name, tt.none)
		}
	}
	if got := manual.Members("nothing"); got != nil {
		t.Errorf("Members(nothing) = %q", got)
	}
}

func TestSuggest(t *testing.T) {
	tests := []struct{ name, want string }{
		{"urlencode", "urllib.urlencode"},
		{"HTTPConection", "httplib.HTTPConnection http.client.HTTPConnection"},
		{"httplib.NotFound", "httplib.NOT_FOUND"},
		{"httplib.NOTFOUND", "httplib.NOT_FOUND"},
		{"httplib.HTTPSConnection.requst", "httplib.HTTPSConnection.request"},
		{"urlib.quote", "urllib.quote"},
		{"valueerror", "ValueError"},
		{"x", ""},
		{"zzzzzzzzz", ""},
		{strings.Repeat("x", 1000), ""},
	}
	for _, tt := range tests {
		got := strings.Join(manual.Suggest(tt.name), " ")
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("Suggest(%.20q) = %q; want %q first", tt.name, got, tt.want)
		}
	}
}

func TestSummary(t *testing.T) {
	tests := []struct{ text, want string }{
		{"One. Two.", "One"},
		{"One\ngoes on.\n\nTwo.", "One goes on"},
		{"Such as this:", "Such as this"},
		{"HTTP/1.1 for clients, e.g. this one. Two.", "HTTP/1.1 for clients, e.g. this one"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := (manual.Entry{Text: tt.text}).Summary(); got != tt.want {
			t.Errorf("Summary of %q = %q; want %q", tt.text, got, tt.want)
		}
	}
}

func TestForOwnThings(t *testing.T) {
	w := newWorld(t)
	if err := w.session.Run(context.Background(), "own", []byte(`
def both(a, b=1, *args, c, d={"k": 1}, **kwargs):
    """Adds things.

        both(1)
    """

def only(a, *, b=2):
    pass
def lots(a=list(range(1000))):
    pass
own = struct(a=1, b=2)
`)); err != nil {
		t.Fatal(runtime.FormatError(err))
	}
	for name, want := range map[string]string{
		"both": `both(a, b=1, *args, c, d={'k': 1}, **kwargs)`,
		"only": `only(a, *, b=2)`,
		"lots": `lots(a=…)`,
	} {
		e, ok := manual.For(w.lookup(name), w.lookup)
		if !ok || e.Signature != want {
			t.Errorf("For(%s) = %q, %v; want %q", name, e.Signature, ok, want)
		}
	}
	mine := py.NewClass("mine", "Error", py.Spec{Doc: "Mine alone."}, py.ValueError)
	e, ok := manual.For(mine.New(nil), nil)
	if want := "exception mine.Error(*args) < ValueError"; !ok || e.Signature != want || e.Text != "Mine alone." {
		t.Errorf("For(an exception of one's own) = %q, %q, %v; want %q", e.Signature, e.Text, ok, want)
	}
	// Without lookup, a function is known by its name if that is enough.
	if e, ok := manual.For(w.everything()["urllib.urlencode"], nil); !ok || e.Name != "urllib.urlencode" {
		t.Errorf("For(urlencode, nil) = %q, %v", e.Name, ok)
	}
	if e, ok := manual.For(w.everything()["urllib.quote"], nil); ok {
		t.Errorf("For(quote, nil) = %q; it could be another", e.Name)
	}
	unknown := starlark.NewBuiltin("nothing_known", nil)
	if e, ok := manual.For(unknown, w.lookup); ok {
		t.Errorf("For(a function nobody knows) = %q", e.Name)
	}
	page := manual.PageFor(w.lookup("own"), w.lookup, 0)
	if want := "type struct\n\n    It has a, b.\n"; page != want {
		t.Errorf("page of a struct:\n%s\nwant:\n%s", page, want)
	}
	if page := manual.PageFor(unknown, w.lookup, 0); !strings.HasPrefix(page, "nothing_known(...)\n") {
		t.Errorf("page of a function nobody knows:\n%s", page)
	}
	if page := manual.PageFor(w.lookup("both"), w.lookup, 0); !strings.HasSuffix(page, "\n\n    Adds things.\n\n    both(1)\n") {
		t.Errorf("page of a function of the script's:\n%s", page)
	}
}

func TestRender(t *testing.T) {
	e, _ := manual.Lookup("httplib.HTTPSConnection.putheader")
	want := `httplib.HTTPSConnection.putheader(header,
        /, *values)

    Adds a header to the request. Values
    are shown by str(); several become
    one header of as many lines.

    Raises CannotSendHeader without a
    putrequest(), ValueError for a name
    or value that cannot stand in a
    header.

    Inherited from
    httplib.HTTPConnection.
`
	if got := manual.Render(e, 40); got != want {
		t.Errorf("Render = \n%s\nwant:\n%s", got, want)
	}
	e, _ = manual.Lookup("fail")
	e.Text = "First\nline.\n\none    with a text that is long enough to go on\n       here\ntwo    short\na_very_long_word_by_itself  below\n\n    verbatim   as it is\n\n    and on\n\nLast."
	want = `fail(*args, sep=" ")

    First line.

    one  with a text that is long enough
         to go on here
    two  short
    a_very_long_word_by_itself
         below

        verbatim   as it is

        and on

    Last.
`
	if got := manual.Render(e, 40); got != want {
		t.Errorf("Render = \n%s\nwant:\n%s", got, want)
	}
}

var (
	dotted   = regexp.MustCompile(`\b[a-zA-Z]\w*(?:\.[A-Za-z_]\w*)+`)
	exceptly = regexp.MustCompile(`\b[A-Z]\w*Error\b`)
)

// isLast reports whether a name of the manual ends in the word.
func isLast(word string) bool {
	return slices.ContainsFunc(manual.Names(""), func(name string) bool { return strings.HasSuffix(name, "."+word) })
}

// TestReferences looks up what texts speak of: names below a module's, and
// exceptions.
func TestReferences(t *testing.T) {
	exists := func(name, owner string) bool {
		for {
			if _, ok := manual.Lookup(strings.TrimPrefix(owner+"."+name, ".")); ok {
				return true
			}
			if owner == "" {
				return false
			}
			owner = owner[:max(strings.LastIndexByte(owner, '.'), 0)]
		}
	}
	seen := 0
	for _, name := range manual.Names("") {
		e, _ := manual.Lookup(name)
		for _, word := range append(dotted.FindAllString(e.Text, -1), exceptly.FindAllString(e.Text, -1)...) {
			first, _, isDotted := strings.Cut(word, ".")
			if m, ok := manual.Lookup(first); isDotted && (!ok || m.Kind != manual.Module) {
				continue // a variable of an example, a file, a host
			}
			if seen++; !exists(word, name) && (isDotted || !isLast(word)) {
				t.Errorf("%s speaks of %s, which is not in the manual", name, word)
			}
		}
	}
	if seen < 400 {
		t.Errorf("%d references were looked up; there are more", seen)
	}
}

// TestPages renders every page, and sees that none is wider than asked, but for
// what cannot be broken.
func TestPages(t *testing.T) {
	names := append(manual.Names(""), "", "httplib.HTTPSConnection.request")
	for _, name := range names {
		for _, width := range []int{0, 40, 120} {
			text, ok := manual.Page(name, width)
			if !ok || !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
				t.Errorf("Page(%q, %d) = %q, %v", name, width, text, ok)
			}
			for line := range strings.Lines(text) {
				if len(line) > 0 && strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
					t.Errorf("Page(%q, %d): blanks at the end of %q", name, width, line)
				}
				limit := max(width, 80) + 1
				if n := len([]rune(line)); n > limit && width != 40 {
					t.Errorf("Page(%q, %d): %d columns: %q", name, width, n-1, line)
				}
			}
		}
	}
}

func TestPageMisspelt(t *testing.T) {
	tests := []struct {
		name, want string
		ok         bool
	}{
		{"urlencode", "urllib.urlencode(query, doseq=0) -> str\n", true},
		{" catch() ", "catch(types, fn, *args, **kwargs) -> Result\n", true},
		{"urlib.urlencode", "there is no help on 'urlib.urlencode'; did you mean urllib.urlencode?\n", false},
		{"quote", "there is no help on 'quote'; did you mean rfc822.quote, urllib.quote or urllib2.quote?\n", false},
		{"zzzzz", "there is no help on 'zzzzz'; help() lists what there is\n", false},
		{"a\x1b[31m", "there is no help on 'a\\x1b[31m'; help() lists what there is\n", false},
	}
	for _, tt := range tests {
		text, ok := manual.Page(tt.name, 0)
		if ok != tt.ok || !strings.HasPrefix(text, tt.want) {
			t.Errorf("Page(%q) = %q, %v; want %q", tt.name, text, ok, tt.want)
		}
	}
}

// TestHelp is the built-in function.
func TestHelp(t *testing.T) {
	tests := []struct{ call, want string }{
		{"help(pow)", "pow(x, y, z=<none>, /)\n"}, // from here on in a .py file
		{"help(map)", "map(function, /, *sequences) -> list\n"},
		{"help(str)", "str(x, /)\n"},
		{"help(type(''))", "str(x, /)\n"},
		{"help(type(httplib.HTTPConnection('h')))", "httplib.HTTPConnection(host,"},
		{"help(u'x'.center)", "str.center(width,"},
		{"help(str.count)", "count(...)\n\n    It may be one of these.\n\n    See also str.count,"},
		{"", ""}, // and in a .star file
		{"help(urllib.quote)", "urllib.quote(s, safe=\"/\") -> str\n"},
		{"help(rfc822.quote)", "rfc822.quote(s) -> str\n"},
		{"help('urllib.quote')", "urllib.quote(s, safe=\"/\") -> str\n"},
		{"help(httplib)", "module httplib\n"},
		{"help(httplib.HTTPConnection('h'))", "httplib.HTTPConnection(host,"},
		{"help(httplib.HTTPConnection('h').request)", "httplib.HTTPConnection.request("},
		{"help(httplib.HTTPMessage)", "httplib.HTTPMessage(fp, seekable=1) < mimetools.Message\n"},
		{"help(rfc822.Message(''))", "rfc822.Message(fp, seekable=1)\n"},
		{"help(httplib.error)", "exception httplib.HTTPException(*args) < Exception\n"},
		{"help(httplib.BadStatusLine('x'))", "exception httplib.BadStatusLine(line) < httplib.HTTPException\n"},
		{"help(os.path.join)", "os.path.join(a, /, *p) -> str\n"},
		{"help(''.upper)", "str.upper() -> str\n"},
		{"help(12)", "int("},
		{"help(None)", "type NoneType\n"},
		{"help()", "help(x) explains x:"},
		{"help('urlib')", "there is no help on 'urlib'; did you mean urllib?\n"},
	}
	var out bytes.Buffer
	rt, err := runtime.New(runtime.Config{Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	file := "help.py"
	for _, tt := range tests {
		if tt.call == "" {
			file = "help.star"
		}
		out.Reset()
		if _, err := rt.Run(context.Background(), file, []byte(tt.call)); err != nil {
			t.Errorf("%s: %v", tt.call, err)
		}
		if !strings.HasPrefix(out.String(), tt.want) {
			t.Errorf("%s prints\n%s\nwant it to begin with\n%s", tt.call, out.String(), tt.want)
		}
	}
}
