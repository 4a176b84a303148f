package urlopenmod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/filemod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
)

// ContentTooShortError is what urlretrieve raises if the content ends before its
// Content-Length: e.content is what urlretrieve would have returned.
var ContentTooShortError = py.NewClass("urllib", "ContentTooShortError", py.Spec{
	Fields: []string{"content"},
	Doc:    "The content ended before its Content-Length. e.content is (filename, headers).",
	Init:   initContentTooShort,
	Str:    strContentTooShort,
}, py.IOError)

func strContentTooShort(e *py.Exception) string { return py.Str(e.Args[0]) }

func initContentTooShort(e *py.Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var message starlark.Value
	var content starlark.Value = starlark.None
	if err := py.UnpackArgs("ContentTooShortError", args, kwargs, "message", &message, "content?", &content); err != nil {
		return err
	}
	e.Args = starlark.Tuple{message}
	for _, name := range []string{"errno", "strerror", "filename"} {
		e.Set(name, starlark.None)
	}
	e.Set("content", content)
	return nil
}

// join is urlparse.urljoin.
func join(thread *starlark.Thread, base, url string) (string, error) {
	v, err := starlark.Call(thread, urlparsemod.Module().Members["urljoin"], starlark.Tuple{starlark.String(base), starlark.String(url)}, nil)
	if err != nil {
		return "", err
	}
	return py.Str(v), nil
}

// urlOpen is urlopen(url, data=None, proxies=None, context=None).
func urlOpen(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var url starlark.Value
	var data, proxies, context starlark.Value = starlark.None, starlark.None, starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "url", &url, "data?", &data, "proxies?", &proxies, "context?", &context); err != nil {
		return nil, err
	}
	o, err := starlark.Call(thread, FancyURLopener, starlark.Tuple{proxies, context}, nil)
	if err != nil {
		return nil, err
	}
	return open(thread, o.(*py.Object), url, data)
}

// urlRetrieve is urlretrieve(url, filename=None, reporthook=None, data=None, context=None).
func urlRetrieve(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r := retrieval{data: starlark.None}
	var context starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "url", &r.url, "filename??", &r.name, "reporthook??", &r.hook, "data?", &r.data, "context?", &context); err != nil {
		return nil, err
	}
	o, err := starlark.Call(thread, FancyURLopener, starlark.Tuple{starlark.None, context}, nil)
	if err != nil {
		return nil, err
	}
	return r.run(thread, o.(*py.Object))
}

// openerRetrieve is retrieve(url, filename=None, reporthook=None, data=None).
func openerRetrieve(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[any](b)
	r := retrieval{data: starlark.None}
	if err := py.UnpackArgs(b.Name(), args, kwargs, "url", &r.url, "filename??", &r.name, "reporthook??", &r.hook, "data?", &r.data); err != nil {
		return nil, err
	}
	return r.run(thread, o)
}

// A retrieval saves what a URL holds.
type retrieval struct {
	url, name, data starlark.Value
	hook            starlark.Callable
}

// retrieveBlock is how much is read at a time, which the hook hears.
const retrieveBlock = 8 << 10

// run reads the URL into the file.
//
// urllib.py, URLopener.retrieve.
func (r *retrieval) run(thread *starlark.Thread, o *py.Object) (starlark.Value, error) {
	if r.name == nil {
		return nil, py.NotImplementedError.Errorf("urlretrieve makes no temporary files here; give it a filename")
	}
	name, ok := py.AsBytes(r.name)
	if !ok {
		return nil, py.TypeError.Errorf("coercing to Unicode: need string or buffer, %s found", py.TypeName(r.name))
	}
	v, err := open(thread, o, r.url, r.data)
	if err != nil {
		return nil, err
	}
	answer := v.(*Response)
	defer py.CallMethod(thread, answer, "close")
	headers := answer.fields["headers"]
	length, err := py.CallMethod(thread, headers, "getheader", starlark.String("Content-Length"))
	if err != nil {
		return nil, err
	}
	size := int64(-1)
	if text, ok := py.AsBytes(length); ok {
		if size, ok = py.Int10(text); !ok {
			return nil, py.ValueError.Errorf("invalid literal for int() with base 10: %s", py.Quote(text))
		}
	}
	out, err := filemod.Open(thread, name, "wb")
	if err != nil {
		return nil, err
	}
	read, err := r.copy(thread, answer, out, size)
	if _, cerr := py.CallMethod(thread, out, "close"); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	result := starlark.Tuple{r.name, headers}
	if size >= 0 && read < size {
		return nil, ContentTooShortError.New(nil, starlark.String(
			py.IOError.Errorf("retrieval incomplete: got only %d out of %d bytes", read, size).Args[0].(starlark.String)), result)
	}
	return result, nil
}

// copy moves the content block by block.
func (r *retrieval) copy(thread *starlark.Thread, answer *Response, out *filemod.File, size int64) (read int64, err error) {
	report := func(block int) error {
		if r.hook == nil {
			return nil
		}
		_, err := starlark.Call(thread, r.hook, starlark.Tuple{starlark.MakeInt(block), starlark.MakeInt(retrieveBlock), starlark.MakeInt64(size)}, nil)
		return err
	}
	if err := report(0); err != nil {
		return 0, err
	}
	for block := 1; ; block++ {
		v, err := py.CallMethod(thread, answer, "read", starlark.MakeInt(retrieveBlock))
		if err != nil {
			return read, err
		}
		data, _ := py.AsBytes(v)
		if data == "" {
			return read, nil
		}
		if _, err := py.CallMethod(thread, out, "write", v); err != nil {
			return read, err
		}
		read += int64(len(data))
		if err := host.Spend(thread, 1); err != nil {
			return read, err
		}
		if err := report(block); err != nil {
			return read, err
		}
	}
}

// urlCleanup is urlcleanup(), which has nothing to clean.
func urlCleanup(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, py.UnpackArgs(b.Name(), args, kwargs)
}
