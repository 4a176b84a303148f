package manual

import (
	"cmp"
	"slices"
	"strings"

	"starwire/runtime/spell"
)

// Lookup returns the entry of a name: "urllib", "urllib.quote",
// "httplib.HTTPConnection.request", "catch", "errors". A member that a class
// inherits is found under its name too, and so is what a module has from another
// one, and what an attribute's class has: "sys.stdout.write". ok is false if the manual has no such name; see Suggest.
func Lookup(name string) (e Entry, ok bool) { return manual().lookup(name) }

func (t *table) lookup(name string) (Entry, bool) {
	if e, ok := t.entries[name]; ok {
		return e, true
	}
	owner, last := split(name)
	if owner == "" {
		return Entry{}, false
	}
	o, ok := t.lookup(owner)
	if !ok {
		return Entry{}, false
	}
	if h := t.holder(o); h.Name != o.Name {
		return t.lookup(h.Name + "." + last)
	}
	for _, base := range o.Bases {
		if e, ok := t.lookup(base + "." + last); ok {
			return e.as(o.Name, last), true
		}
	}
	return Entry{}, false
}

// as returns the entry of a base class's member under the name of a class below.
func (e Entry) as(class, member string) Entry {
	if e.From == "" {
		e.From, _ = split(e.Name)
	}
	old := e.Name
	e.Name = class + "." + member
	e.Signature = strings.Replace(e.Signature, old, e.Name, 1)
	return e
}

// target returns what e is another name for.
func (t *table) target(e Entry) (Entry, bool) {
	if e.Kind != Constant || e.Value == e.Name {
		return Entry{}, false
	}
	target, ok := t.entries[e.Value]
	return target, ok
}

// holder returns the module or class whose members e has: what e is another name
// for, or the class of what an attribute holds; otherwise e itself.
func (t *table) holder(e Entry) Entry {
	if target, ok := t.target(e); ok {
		return target
	}
	if class, ok := t.entries[e.Result]; ok && e.Kind == Attribute && class.Kind.isClass() {
		return class
	}
	return e
}

// Members lists what a module or class has, in the order of the manual; for a
// class, what it inherits comes last. For "" it lists what needs no module: the
// modules, the built-in names and the topics. Names are whole.
func Members(name string) []string {
	t := manual()
	if name == "" {
		return slices.Clone(t.members[""])
	}
	e, ok := t.lookup(name)
	if !ok {
		return nil
	}
	return t.membersOf(t.holder(e))
}

func (t *table) membersOf(e Entry) []string {
	names := slices.Clone(t.members[e.Name])
	for _, base := range e.Bases {
		for _, inherited := range t.membersOf(t.entries[base]) {
			_, last := split(inherited)
			if name := e.Name + "." + last; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Names lists the names that begin with prefix, sorted: for completion. Those
// that a class inherits count once the prefix reaches into the class.
func Names(prefix string) []string {
	t := manual()
	var names []string
	owner, _ := split(prefix)
	if e, ok := t.lookup(owner); ok && owner != "" {
		for _, member := range t.membersOf(t.holder(e)) {
			_, last := split(member)
			if name := owner + "." + last; strings.HasPrefix(name, prefix) {
				names = append(names, name)
			}
		}
	}
	for _, name := range t.names {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// maxSuggestions is how many names Suggest returns at most.
const maxSuggestions = 5

// Suggest returns names that were perhaps meant by one that the manual does not
// have, the likeliest first, five at most: those that end in it
// ("urllib.urlencode" for "urlencode"), and those that are spelt alike.
func Suggest(name string) []string {
	t := manual()
	if names := t.byLast[name]; len(names) > 0 {
		return names[:min(len(names), maxSuggestions)]
	}
	if len(name) < 2 || len(name) > 100 {
		return nil
	}
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	limit := max(len(name)/3, 1)
	whole := strings.Contains(name, ".")
	consider := func(full string) {
		spelt := full
		if !whole {
			_, spelt = split(full)
		}
		d := 0
		if !strings.EqualFold(spelt, name) {
			if d = spell.Distance(strings.ToLower(name), strings.ToLower(spelt), limit); d > limit {
				return
			}
		}
		found = append(found, candidate{full, d})
	}
	for _, full := range t.names {
		consider(full)
	}
	if owner, _ := split(name); owner != "" {
		for _, full := range Members(owner) {
			if t.entries[full].Name == "" { // inherited, so not among t.names
				consider(full)
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance),
			cmp.Compare(strings.Count(a.name, "."), strings.Count(b.name, ".")), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, c := range found {
		if c.distance > found[0].distance+1 || len(names) == maxSuggestions {
			break
		}
		names = append(names, c.name)
	}
	return names
}
