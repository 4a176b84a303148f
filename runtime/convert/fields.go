package convert

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A structField is a field of a struct as scripts see it.
type structField struct {
	name      string
	index     []int
	omitEmpty bool
	omitZero  bool
	tagged    bool
}

// A structType is how a struct converts.
type structType struct {
	fields []structField // in the order of the struct
	byName map[string]int
	rest   []int // the index of the field with the option rest, or nil
}

var structTypes sync.Map // of reflect.Type to *structType

// structOf returns how values of a struct type convert.
func structOf(t reflect.Type) *structType {
	if st, ok := structTypes.Load(t); ok {
		return st.(*structType)
	}
	st := new(structType)
	// Go's rule for promoted names, as encoding/json has it: the shallowest field of
	// a name counts; of several of these the only tagged one, or else none.
	found := make(map[string][]structField)
	var names []string
	st.collect(t, nil, map[reflect.Type]bool{}, func(f structField) {
		if found[f.name] == nil {
			names = append(names, f.name)
		}
		found[f.name] = append(found[f.name], f)
	})
	for _, name := range names {
		if f, ok := dominant(found[name]); ok {
			st.fields = append(st.fields, f)
		}
	}
	slices.SortFunc(st.fields, func(a, b structField) int { return slices.Compare(a.index, b.index) })
	st.byName = make(map[string]int, len(st.fields))
	for i, f := range st.fields {
		st.byName[f.name] = i
	}
	actual, _ := structTypes.LoadOrStore(t, st)
	return actual.(*structType)
}

func dominant(list []structField) (structField, bool) {
	depth := len(list[0].index)
	for _, f := range list {
		depth = min(depth, len(f.index))
	}
	var plain, tagged []structField
	for _, f := range list {
		switch {
		case len(f.index) > depth:
		case f.tagged:
			tagged = append(tagged, f)
		default:
			plain = append(plain, f)
		}
	}
	if len(tagged) > 0 {
		return tagged[0], len(tagged) == 1
	}
	return plain[0], len(plain) == 1
}

// collect finds the fields of t, which is embedded at index; around are the types
// that it is embedded in.
func (st *structType) collect(t reflect.Type, index []int, around map[reflect.Type]bool, add func(structField)) {
	if around[t] {
		return
	}
	around[t] = true
	defer delete(around, t)
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		name, options, tagged := tagOf(sf)
		embedded := sf.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		flat := sf.Anonymous && name == "" && embedded.Kind() == reflect.Struct && !isScalar(embedded)
		switch {
		case name == "-" && options == "":
		case flat && (sf.IsExported() || sf.Type.Kind() == reflect.Struct):
			st.collect(embedded, at, around, add)
		case !sf.IsExported():
		case hasOption(options, "rest") && sf.Type.Kind() == reflect.Map && sf.Type.Key().Kind() == reflect.String:
			if st.rest == nil {
				st.rest = at
			}
		default:
			if name == "" {
				name = sf.Name
			}
			add(structField{
				name: name, index: at, tagged: tagged,
				omitEmpty: hasOption(options, "omitempty"), omitZero: hasOption(options, "omitzero"),
			})
		}
	}
}

// tagOf returns what the tag of a field says; tagged is whether it names it.
func tagOf(sf reflect.StructField) (name, options string, tagged bool) {
	tag, ok := sf.Tag.Lookup("starwire")
	if !ok {
		tag = sf.Tag.Get("json")
	}
	name, options, _ = strings.Cut(tag, ",")
	return name, options, name != ""
}

func hasOption(options, name string) bool {
	return slices.Contains(strings.Split(options, ","), name)
}

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// get returns the field at index, or ok false if an embedded pointer on the way is nil.
func get(v reflect.Value, index []int) (f reflect.Value, ok bool) {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// settable returns the field at index to be set. Embedded pointers on the way are
// replaced by copies, so that what they led to stays as it is.
func settable(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			v.Set(copied(v))
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// copied returns a pointer to a copy of what the pointer leads to, or to a zero value.
func copied(p reflect.Value) reflect.Value {
	c := reflect.New(p.Type().Elem())
	if !p.IsNil() {
		c.Elem().Set(p.Elem())
	}
	return c
}

// names lists the fields, for messages.
func (st *structType) names() string {
	var names []string
	for _, f := range st.fields {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}
