package urllib2mod

import (
	"go.starlark.net/starlark"

	"starwire/runtime/lib/urllibmod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
)

// Request is the class urllib2.Request. Its instances have the fields data,
// headers, unredirected_hdrs, host, type, origin_req_host, unverifiable and, once
// opened, timeout.
var Request *py.Kind

// A request is what a Request keeps of its URL.
type request struct {
	original string // without its fragment
	fragment string
	afterType,
	selector starlark.Value // of the steps that take the URL apart; nil before
}

func makeRequest() {
	Request = &py.Kind{Module: "urllib2", Class: "Request", Init: requestInit,
		Methods: py.Functions(map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
			"add_data":                reqAddData,
			"add_header":              reqAddHeader,
			"add_unredirected_header": reqAddHeader,
			"get_data":                reqField,
			"get_full_url":            reqFullURL,
			"get_header":              reqGetHeader,
			"get_host":                reqGetHost,
			"get_method":              reqGetMethod,
			"get_origin_req_host":     reqField,
			"get_selector":            reqGetSelector,
			"get_type":                reqGetType,
			"has_data":                reqHasData,
			"has_header":              reqHasHeader,
			"has_proxy":               reqHasProxy,
			"header_items":            reqHeaderItems,
			"is_unverifiable":         reqField,
			"set_proxy":               reqSetProxy,
		})}
}

// requestInit is __init__(url, data=None, headers={}, origin_req_host=None, unverifiable=False).
func requestInit(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var url py.ByteStr
	var data, headers, origin starlark.Value = starlark.None, starlark.None, starlark.None
	var unverifiable starlark.Value = starlark.False
	if err := py.UnpackArgs("Request", args, kwargs, "url", &url, "data?", &data, "headers?", &headers,
		"origin_req_host?", &origin, "unverifiable?", &unverifiable); err != nil {
		return err
	}
	r := &request{}
	r.original, r.fragment, _ = urllibmod.SplitTag(urllibmod.Unwrap(string(url)))
	o.Data = r
	for _, name := range []string{"type", "host", "port", "_tunnel_host"} {
		o.Set(name, starlark.None)
	}
	o.Set("data", data)
	o.Set("headers", new(starlark.Dict))
	o.Set("unredirected_hdrs", new(starlark.Dict))
	if headers != starlark.None {
		m, ok := headers.(starlark.IterableMapping)
		if !ok {
			return py.AttributeError.Errorf("'%s' object has no attribute 'items'", py.TypeName(headers))
		}
		names := make([]string, 0, 8)
		values := make(map[string]starlark.Value)
		for _, item := range m.Items() {
			name, ok := py.AsBytes(item[0])
			for _, v := range item {
				if err := py.AsASCII(v); err != nil {
					return err
				}
			}
			if !ok {
				return py.AttributeError.Errorf("'%s' object has no attribute 'capitalize'", py.TypeName(item[0]))
			}
			names, values[name] = append(names, name), item[1]
		}
		for _, name := range py.HashOrder(names) {
			if err := setHeader(o, "headers", name, values[name]); err != nil {
				return err
			}
		}
	}
	if origin == starlark.None {
		host, err := requestHost(thread, o)
		if err != nil {
			return err
		}
		origin = starlark.String(host)
	}
	o.Set("origin_req_host", origin)
	o.Set("unverifiable", unverifiable)
	return nil
}

func (r *request) fullURL() string {
	if r.fragment != "" {
		return r.original + "#" + r.fragment
	}
	return r.original
}

// requestHost is request_host(request): the host in small letters, without its port.
func requestHost(thread *starlark.Thread, o *py.Object) (string, error) {
	v, err := starlark.Call(thread, urlparsemod.Module().Members["urlsplit"], starlark.Tuple{starlark.String(o.Data.(*request).fullURL())}, nil)
	if err != nil {
		return "", err
	}
	host := ""
	if parts, ok := v.(starlark.Indexable); ok {
		host = py.Str(parts.Index(1))
	}
	if host == "" {
		if v := findHeader(o, "Host"); v != nil {
			host = py.Str(v)
		}
	}
	host, _, _ = urllibmod.SplitPort(host)
	return py.Lower(host), nil
}

// capitalize is str.capitalize.
func capitalize(s string) string {
	b := []byte(py.Lower(s))
	if len(b) > 0 && 'a' <= b[0] && b[0] <= 'z' {
		b[0] -= 'a' - 'A'
	}
	return string(b)
}

// setHeader puts a field into headers or unredirected_hdrs.
func setHeader(o *py.Object, table, name string, value starlark.Value) error {
	if err := py.AsASCII(value); err != nil {
		return err
	}
	d, ok := o.Field(table).(*starlark.Dict)
	if !ok {
		return py.TypeError.Errorf("%s is no dict", table)
	}
	return d.SetKey(starlark.String(capitalize(name)), value)
}

// findHeader returns a field's value, or nil. The name is capitalized by the caller.
func findHeader(o *py.Object, name string) starlark.Value {
	for _, table := range []string{"headers", "unredirected_hdrs"} {
		if d, ok := o.Field(table).(*starlark.Dict); ok {
			if v, found, err := d.Get(starlark.String(name)); found && err == nil {
				return v
			}
		}
	}
	return nil
}

// reqAddHeader is add_header and add_unredirected_header(key, val).
func reqAddHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	var key py.ByteStr
	var val starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "key", &key, "val", &val); err != nil {
		return nil, err
	}
	table := "headers"
	if b.Name() == "add_unredirected_header" {
		table = "unredirected_hdrs"
	}
	return starlark.None, setHeader(o, table, string(key), val)
}

// reqAddData is add_data(data).
func reqAddData(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	var data starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "data", &data); err != nil {
		return nil, err
	}
	return starlark.None, o.SetField("data", data)
}

// reqField is get_data(), get_origin_req_host() and is_unverifiable().
func reqField(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	field := map[string]string{"get_data": "data", "get_origin_req_host": "origin_req_host", "is_unverifiable": "unverifiable"}[b.Name()]
	return o.Field(field), nil
}

// reqHasData is has_data().
func reqHasData(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	return starlark.Bool(o.Field("data") != starlark.None), py.UnpackArgs(b.Name(), args, kwargs)
}

// reqGetMethod is get_method(): POST with data, else GET.
func reqGetMethod(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	has, err := py.CallMethod(thread, o, "has_data")
	if err != nil {
		return nil, err
	}
	if has.Truth() {
		return starlark.String("POST"), nil
	}
	return starlark.String("GET"), nil
}

// reqFullURL is get_full_url().
func reqFullURL(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	_, r := py.Receiver[*request](b)
	return starlark.String(r.fullURL()), py.UnpackArgs(b.Name(), args, kwargs)
}

// reqGetType is get_type(): the scheme.
func reqGetType(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, r := py.Receiver[*request](b)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return typeOf(o, r)
}

func typeOf(o *py.Object, r *request) (starlark.Value, error) {
	if t := o.Field("type"); t != starlark.None {
		return t, nil
	}
	scheme, rest, ok := urllibmod.SplitType(r.original)
	if !ok {
		return nil, py.ValueError.Errorf("unknown url type: %s", r.original)
	}
	r.afterType = starlark.String(rest)
	return starlark.String(scheme), o.SetField("type", starlark.String(scheme))
}

// reqGetHost is get_host(): the host with its port, or None.
func reqGetHost(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, r := py.Receiver[*request](b)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return hostOf(o, r)
}

func hostOf(o *py.Object, r *request) (starlark.Value, error) {
	if h := o.Field("host"); h != starlark.None {
		return h, nil
	}
	if r.afterType == nil {
		if _, err := typeOf(o, r); err != nil {
			return nil, err
		}
		if r.afterType == nil { // a script set the type
			_, rest, _ := urllibmod.SplitType(r.original)
			r.afterType = starlark.String(rest)
		}
	}
	host, path, ok := urllibmod.SplitHost(py.Str(r.afterType))
	r.selector = starlark.String(path)
	if !ok {
		return starlark.None, nil
	}
	v := starlark.String(host)
	if host != "" {
		v = starlark.String(urllibmod.Unquote(host))
	}
	return v, o.SetField("host", v)
}

// reqGetSelector is get_selector(): what is asked for, a path or, of a proxy, a URL.
func reqGetSelector(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, r := py.Receiver[*request](b)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return selectorOf(o, r)
}

func selectorOf(o *py.Object, r *request) (starlark.Value, error) {
	if r.selector == nil {
		if _, err := hostOf(o, r); err != nil {
			return nil, err
		}
		if r.selector == nil { // a script set the host
			_, rest, _ := urllibmod.SplitType(r.original)
			_, path, _ := urllibmod.SplitHost(rest)
			r.selector = starlark.String(path)
		}
	}
	return r.selector, nil
}

// reqSetProxy is set_proxy(host, type).
func reqSetProxy(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, r := py.Receiver[*request](b)
	var host, scheme starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "host", &host, "type", &scheme); err != nil {
		return nil, err
	}
	if o.Field("type") == starlark.Value(starlark.String("https")) && !o.Field("_tunnel_host").Truth() {
		if err := o.SetField("_tunnel_host", o.Field("host")); err != nil {
			return nil, err
		}
	} else {
		if err := o.SetField("type", scheme); err != nil {
			return nil, err
		}
		r.selector = starlark.String(r.original)
	}
	return starlark.None, o.SetField("host", host)
}

// reqHasProxy is has_proxy().
func reqHasProxy(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, r := py.Receiver[*request](b)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	selector, err := selectorOf(o, r)
	return starlark.Bool(selector == starlark.Value(starlark.String(r.original))), err
}

// reqHasHeader is has_header(header_name).
func reqHasHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "header_name", &name); err != nil {
		return nil, err
	}
	return starlark.Bool(findHeader(o, string(name)) != nil), nil
}

// reqGetHeader is get_header(header_name, default=None).
func reqGetHeader(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	var name py.ByteStr
	var otherwise starlark.Value = starlark.None
	if err := py.UnpackArgs(b.Name(), args, kwargs, "header_name", &name, "default?", &otherwise); err != nil {
		return nil, err
	}
	if v := findHeader(o, string(name)); v != nil {
		return v, nil
	}
	return otherwise, nil
}

// reqHeaderItems is header_items().
func reqHeaderItems(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o, _ := py.Receiver[*request](b)
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	var order py.HashDict
	values := make(map[string]starlark.Value)
	for _, table := range []string{"unredirected_hdrs", "headers"} {
		var part py.HashDict
		for _, f := range fieldsOf(o, table) {
			part.Add(f.name)
			values[f.name] = f.value
		}
		order.Merge(&part)
	}
	var items []starlark.Value
	for _, name := range order.Keys() {
		items = append(items, starlark.Tuple{starlark.String(name), values[name]})
	}
	return starlark.NewList(items), nil
}

type field struct {
	name  string
	value starlark.Value
}

// fieldsOf lists headers or unredirected_hdrs in the order in which they were set.
func fieldsOf(o *py.Object, table string) []field {
	d, ok := o.Field(table).(*starlark.Dict)
	if !ok {
		return nil
	}
	var all []field
	for k, v := range d.Entries() {
		name, ok := py.AsBytes(k)
		if !ok {
			name = py.Str(k)
		}
		all = append(all, field{name, v})
	}
	return all
}
