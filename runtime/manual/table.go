package manual

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"starwire/runtime/lazy"
)

//go:embed text/*.txt
var files embed.FS

// A table is the manual, parsed. It does not change afterwards.
type table struct {
	entries map[string]Entry
	names   []string            // in the order of the files
	members map[string][]string // by what they belong to, in that order
	byLast  map[string][]string // by the last part of the name
	byType  map[string][]string // classes by what type() says of their instances
}

// manual returns the table, parsed at the first call.
func manual() *table {
	return manualTable.Get(func() *table {
		t, _ := load(files) // a test sees that there is no error
		return t
	})
}

var manualTable lazy.Value[*table]

// load parses the files of fsys. With an error it returns what it has by then.
func load(fsys fs.FS) (*table, error) {
	t := &table{
		entries: make(map[string]Entry, 1200),
		members: make(map[string][]string),
		byLast:  make(map[string][]string, 1000),
		byType:  make(map[string][]string),
	}
	list, err := fs.Glob(fsys, "text/*.txt")
	if err != nil {
		return t, err
	}
	for _, name := range list {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return t, err
		}
		if err := t.parse(name, string(text)); err != nil {
			return t, err
		}
	}
	return t, nil
}

// add adds one entry.
func (t *table) add(e Entry) error {
	if _, twice := t.entries[e.Name]; twice {
		return fmt.Errorf("%s: described twice", e.Name)
	}
	t.entries[e.Name] = e
	t.names = append(t.names, e.Name)
	owner, last := split(e.Name)
	t.members[owner] = append(t.members[owner], e.Name)
	t.byLast[last] = append(t.byLast[last], e.Name)
	if e.Kind.hasMembers() {
		types := append(e.types[:len(e.types):len(e.types)], e.Name)
		if len(e.types) == 0 && e.Kind != Module && e.Kind != Exception {
			types = append(types, last)
		}
		for _, typ := range types {
			if !slices.Contains(t.byType[typ], e.Name) {
				t.byType[typ] = append(t.byType[typ], e.Name)
			}
		}
	}
	return nil
}

// check reports names that lead nowhere. It is for tests: the text does not change
// once it is embedded.
func (t *table) check() error {
	for _, name := range t.names {
		e := t.entries[name]
		if owner, _ := split(name); owner != "" && !t.entries[owner].Kind.hasMembers() {
			return fmt.Errorf("%s: there is no module or class %s", name, owner)
		}
		for _, other := range slices.Concat(e.Bases, e.See) {
			if _, ok := t.lookup(other); !ok {
				return fmt.Errorf("%s: there is no %s", name, other)
			}
		}
		if t.derives(name, name, 0) {
			return fmt.Errorf("%s derives from itself", name)
		}
	}
	return nil
}

// derives reports whether the class, or one it derives from, names base.
func (t *table) derives(class, base string, depth int) bool {
	if depth > len(t.names) {
		return true
	}
	for _, b := range t.entries[class].Bases {
		if b == base || t.derives(b, base, depth+1) {
			return true
		}
	}
	return false
}

// split cuts a name at its last dot.
func split(name string) (owner, last string) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:]
}
