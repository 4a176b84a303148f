// Package mimetypesmod is Python 2.7's module mimetypes: guess_type,
// guess_extension, guess_all_extensions, add_type, init and the tables.
//
// The tables are CPython's own. It adds those of files as /etc/mime.types, which
// differ from system to system; here init() and init([]) change nothing, and init
// with the names of files, read_mime_types and the class MimeTypes are not there.
package mimetypesmod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/py"
)

// New returns the module mimetypes of one run, whose tables add_type changes.
func New() *starlarkstruct.Module {
	m := &module{
		standard:  table(standardTypes),
		common:    table(commonTypes),
		encodings: table(encodings),
		suffixes:  table(suffixes),
	}
	members := starlark.StringDict{
		"inited":        starlark.True,
		"types_map":     m.standard,
		"common_types":  m.common,
		"encodings_map": m.encodings,
		"suffix_map":    m.suffixes,
	}
	for name, fn := range map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
		"add_type":             m.addType,
		"guess_all_extensions": m.extensions,
		"guess_extension":      m.extensions,
		"guess_type":           m.guessType,
		"init":                 initialize,
	} {
		members[name] = starlark.NewBuiltin(name, fn)
	}
	return &starlarkstruct.Module{Name: "mimetypes", Members: members}
}

// A module is the tables of one run.
type module struct {
	standard, common, encodings, suffixes *starlark.Dict
}

func table(text string) *starlark.Dict {
	d := new(starlark.Dict)
	for _, field := range strings.Fields(text) {
		ext, value, _ := strings.Cut(field, "=")
		if err := d.SetKey(starlark.String(ext), starlark.String(value)); err != nil {
			panic(err)
		}
	}
	return d
}

func initialize(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var files starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "files??", &files); err != nil {
		return nil, err
	}
	if files != nil && starlark.Len(files) != 0 {
		return nil, py.NotImplementedError.Errorf("mimetypes.init reads no files here; add what you need with add_type")
	}
	return starlark.None, nil
}

// lookup returns the string under a key, or "".
func lookup(d *starlark.Dict, key string) string {
	v, _, _ := d.Get(starlark.String(key))
	s, _ := py.AsBytes(orNone(v))
	return s
}

func orNone(v starlark.Value) starlark.Value {
	if v == nil {
		return starlark.None
	}
	return v
}

func textOrNone(s string) starlark.Value {
	if s == "" {
		return starlark.None
	}
	return starlark.String(s)
}

// splitExt is posixpath.splitext: dots at the front of the last part belong to no extension.
func splitExt(path string) (root, ext string) {
	name := strings.LastIndexByte(path, '/') + 1
	for name < len(path) && path[name] == '.' {
		name++
	}
	if dot := strings.LastIndexByte(path[name:], '.'); dot >= 0 {
		return path[:name+dot], path[name+dot:]
	}
	return path, ""
}

// maxSuffixes bounds suffixes that stand for suffixes.
const maxSuffixes = 16

// guessType is guess_type(url, strict=True): the type and the encoding, each None if unknown.
//
// mimetypes.py, MimeTypes.guess_type.
func (m *module) guessType(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var urlArg py.ByteStr
	var strict starlark.Value = starlark.True
	if err := py.UnpackArgs(b.Name(), args, kwargs, "url", &urlArg, "strict?", &strict); err != nil {
		return nil, err
	}
	url := string(urlArg)
	if i := strings.IndexAny(url, "/:"); i > 0 && url[i] == ':' { // urllib.splittype
		scheme := py.Lower(url[:i])
		if url = url[i+1:]; scheme == "data" {
			return starlark.Tuple{dataType(url), starlark.None}, nil
		}
	}
	base, ext := splitExt(url)
	for range maxSuffixes {
		longer := lookup(m.suffixes, ext)
		if longer == "" {
			break
		}
		base, ext = splitExt(base + longer)
	}
	encoding := lookup(m.encodings, ext)
	if encoding != "" {
		_, ext = splitExt(base)
	}
	tables := []*starlark.Dict{m.standard}
	if !strict.Truth() {
		tables = append(tables, m.common)
	}
	for _, t := range tables {
		for _, e := range []string{ext, py.Lower(ext)} {
			if typ := lookup(t, e); typ != "" {
				return starlark.Tuple{starlark.String(typ), textOrNone(encoding)}, nil
			}
		}
	}
	return starlark.Tuple{starlark.None, textOrNone(encoding)}, nil
}

// dataType is the type of a data: URL, whose part after the colon is given.
func dataType(url string) starlark.Value {
	head, _, found := strings.Cut(url, ",")
	if !found {
		return starlark.None
	}
	typ, _, _ := strings.Cut(head, ";")
	if strings.Contains(typ, "=") || !strings.Contains(typ, "/") {
		return starlark.String("text/plain")
	}
	return starlark.String(typ)
}

// extensions is guess_all_extensions and guess_extension(type, strict=True): the
// extensions of a type, or the first of them, or None.
func (m *module) extensions(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var typ py.ByteStr
	var strict starlark.Value = starlark.True
	if err := py.UnpackArgs(b.Name(), args, kwargs, "type", &typ, "strict?", &strict); err != nil {
		return nil, err
	}
	tables := []*starlark.Dict{m.standard}
	if !strict.Truth() {
		tables = append(tables, m.common)
	}
	want := starlark.String(py.Lower(string(typ)))
	var found []starlark.Value
	for _, t := range tables {
		for ext, v := range t.Entries() {
			if v == starlark.Value(want) && !slices.Contains(found, ext) {
				found = append(found, ext)
			}
		}
	}
	if b.Name() == "guess_all_extensions" {
		return starlark.NewList(found), nil
	}
	if len(found) == 0 {
		return starlark.None, nil
	}
	return found[0], nil
}

// addType is add_type(type, ext, strict=True).
func (m *module) addType(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var typ, ext py.ByteStr
	var strict starlark.Value = starlark.True
	if err := py.UnpackArgs(b.Name(), args, kwargs, "type", &typ, "ext", &ext, "strict?", &strict); err != nil {
		return nil, err
	}
	t := m.standard
	if !strict.Truth() {
		t = m.common
	}
	return starlark.None, t.SetKey(starlark.String(ext), starlark.String(typ))
}
