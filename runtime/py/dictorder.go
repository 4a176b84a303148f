package py

// A HashDict is a set of strings that lists them in the order in which CPython
// 2.7 lists the keys of a dict: by the places that their hashes give them. What
// urllib2 sends in that order, as header lines, is then sent as CPython sends it.
// The zero value is empty. Keys cannot be removed.
//
// dictobject.c, lookdict_string, insertdict and dictresize, of a 64-bit build
// without hash randomization.
type HashDict struct {
	table []hashEntry
	used  int
}

type hashEntry struct {
	key  string
	hash uint64
	set  bool
}

// minHashDict is PyDict_MINSIZE.
const minHashDict = 8

// Add adds a key, if it is not there.
func (d *HashDict) Add(key string) {
	if d.table == nil {
		d.table = make([]hashEntry, minHashDict)
	}
	e := hashEntry{key, uint64(StringHash(key)), true}
	if !d.place(e) {
		return
	}
	d.used++
	if d.used*3 >= len(d.table)*2 {
		factor := 4
		if d.used > 50000 {
			factor = 2
		}
		d.grow(d.used * factor)
	}
}

// Merge adds the keys of another, as dict(other) and d.update(other) do: with room for all at once.
func (d *HashDict) Merge(other *HashDict) {
	if d.table == nil {
		d.table = make([]hashEntry, minHashDict)
	}
	if (d.used+other.used)*3 >= len(d.table)*2 {
		d.grow((d.used + other.used) * 2)
	}
	for _, e := range other.table {
		if e.set && d.place(e) {
			d.used++
		}
	}
}

// Keys returns the keys in order.
func (d *HashDict) Keys() []string {
	keys := make([]string, 0, d.used)
	for _, e := range d.table {
		if e.set {
			keys = append(keys, e.key)
		}
	}
	return keys
}

// HashOrder returns keys in the order of a dict to which they were added one by one.
func HashOrder(keys []string) []string {
	var d HashDict
	for _, k := range keys {
		d.Add(k)
	}
	return d.Keys()
}

// place puts the entry into its slot, and reports whether it is new.
func (d *HashDict) place(e hashEntry) bool {
	mask := uint64(len(d.table) - 1)
	i := e.hash & mask
	for perturb := e.hash; ; perturb >>= 5 {
		at := &d.table[i&mask]
		if !at.set {
			*at = e
			return true
		}
		if at.key == e.key {
			return false
		}
		i = i<<2 + i + perturb + 1
	}
}

// grow moves the entries to a table of more than n slots.
func (d *HashDict) grow(n int) {
	size := minHashDict
	for size <= n {
		size <<= 1
	}
	old := d.table
	d.table = make([]hashEntry, size)
	for _, e := range old {
		if e.set {
			d.place(e)
		}
	}
}

// StringHash is CPython 2.7's hash(s), where a long has 64 bits and hashing is not randomized.
//
// stringobject.c, string_hash.
func StringHash(s string) int64 {
	if s == "" {
		return 0
	}
	x := int64(s[0]) << 7
	for i := range len(s) {
		x = 1000003*x ^ int64(s[i])
	}
	if x ^= int64(len(s)); x == -1 {
		x = -2
	}
	return x
}
