package collectionsmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/py"
)

// A Deque is a queue with two ends, collections.deque. Like a list it is for one goroutine at a time, or
// frozen.
type Deque struct {
	ring   []starlark.Value // of which len(ring) is 0 or a power of two
	head   int              // where the first item is
	n      int
	max    int              // most items, -1 without a limit
	state  int              // how often it was changed
	thread *starlark.Thread // that made it
	frozen bool
}

var (
	_ starlark.HasSetIndex = (*Deque)(nil)
	_ starlark.Sequence    = (*Deque)(nil)
	_ starlark.Container   = (*Deque)(nil)
	_ starlark.HasAttrs    = (*Deque)(nil)
	_ starlark.HasSetField = (*Deque)(nil)
	_ starlark.HasBinary   = (*Deque)(nil)
	_ starlark.Comparable  = (*Deque)(nil)
	_ py.Comparer          = (*Deque)(nil)
	_ py.Composite         = (*Deque)(nil)
	_ py.Stepper           = (*Deque)(nil)
)

// valueSize is the bytes that a value takes.
const valueSize = 16

var theDequeClass lazy.Value[*class]

func dequeClass() *class {
	return theDequeClass.Get(func() *class {
		return &class{name: "deque", builtin: true, make: newDeque, has: func(v starlark.Value) bool { _, ok := v.(*Deque); return ok }}
	})
}

// newDeque is deque(iterable=(), maxlen=None).
//
// _collectionsmodule.c, deque_init.
func newDeque(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var items, most starlark.Value
	if len(args) > 2 {
		return nil, py.TypeError.Errorf("deque() takes at most 2 arguments (%d given)", len(args)+len(kwargs))
	}
	if err := py.UnpackAny("deque", args, kwargs, "iterable?", &items, "maxlen?", &most); err != nil {
		return nil, err
	}
	d := &Deque{max: -1, thread: thread}
	if most != nil && most != starlark.None {
		n, err := py.CInt(most)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, py.ValueError.Errorf("maxlen must be non-negative")
		}
		d.max = n
	}
	if items == nil {
		return d, nil
	}
	return d, d.addAll(thread, items, (*Deque).pushBack)
}

// addAll adds the items at one end.
func (d *Deque) addAll(thread *starlark.Thread, items starlark.Value, push func(*Deque, *starlark.Thread, starlark.Value) error) error {
	if items == starlark.Value(d) {
		items = starlark.NewList(d.items())
	}
	step, err := builtinmod.Steps(thread, items)
	if err != nil {
		return err
	}
	var tick builtinmod.Ticker
	for {
		v, err := step()
		if v == nil || err != nil {
			return err
		}
		if err := push(d, thread, v); err != nil {
			return err
		}
		if err := tick.Tick(thread); err != nil {
			return err
		}
	}
}

// changing returns the error of changing a frozen deque, or notes the change.
func (d *Deque) changing() error {
	if d.frozen {
		return py.TypeError.Errorf("cannot change frozen deque")
	}
	d.state++
	return nil
}

// at returns the place of item i.
func (d *Deque) at(i int) *starlark.Value { return &d.ring[(d.head+i)&(len(d.ring)-1)] }

// grow makes room for one more item.
func (d *Deque) grow(thread *starlark.Thread) error {
	if d.n < len(d.ring) {
		return nil
	}
	size := max(8, 2*len(d.ring))
	if err := host.Reserve(thread, int64(size)*valueSize); err != nil {
		return err
	}
	ring := make([]starlark.Value, size)
	for i := range d.n {
		ring[i] = *d.at(i)
	}
	d.ring, d.head = ring, 0
	return nil
}

// pushBack adds an item behind the last; the first gives way to it if need be.
func (d *Deque) pushBack(thread *starlark.Thread, v starlark.Value) error {
	if err := d.changing(); err != nil || d.max == 0 {
		return err
	}
	if d.n == d.max {
		d.takeFront()
	}
	if err := d.grow(thread); err != nil {
		return err
	}
	*d.at(d.n) = v
	d.n++
	return nil
}

// pushFront adds an item before the first; the last gives way to it if need be.
func (d *Deque) pushFront(thread *starlark.Thread, v starlark.Value) error {
	if err := d.changing(); err != nil || d.max == 0 {
		return err
	}
	if d.n == d.max {
		d.takeBack()
	}
	if err := d.grow(thread); err != nil {
		return err
	}
	d.head = (d.head - 1) & (len(d.ring) - 1)
	*d.at(0) = v
	d.n++
	return nil
}

// takeFront removes the first item of a deque that has one.
func (d *Deque) takeFront() starlark.Value {
	p := d.at(0)
	v := *p
	*p = nil
	d.head = (d.head + 1) & (len(d.ring) - 1)
	d.n--
	return v
}

// takeBack removes the last item of a deque that has one.
func (d *Deque) takeBack() starlark.Value {
	p := d.at(d.n - 1)
	v := *p
	*p = nil
	d.n--
	return v
}

// items returns the items in a slice of its own.
func (d *Deque) items() []starlark.Value {
	items := make([]starlark.Value, d.n)
	for i := range items {
		items[i] = *d.at(i)
	}
	return items
}

// replace makes the items those of the slice, as many as before or fewer.
func (d *Deque) replace(items []starlark.Value) {
	for i := range d.n {
		if i < len(items) {
			*d.at(i) = items[i]
		} else {
			*d.at(i) = nil
		}
	}
	d.n = len(items)
}

// String returns Python's str(d).
func (d *Deque) String() string { return py.Repr(d) }

// ReprBy returns Python's repr(d): deque([1, 2], maxlen=3).
func (d *Deque) ReprBy(show func(part starlark.Value) string) string {
	text := "deque(" + show(starlark.NewList(d.items()))
	if d.max >= 0 {
		text += ", maxlen=" + starlark.MakeInt(d.max).String()
	}
	return text + ")"
}

// Type returns "collections.deque".
func (d *Deque) Type() string { return "collections.deque" }

// Class returns the class deque.
func (d *Deque) Class() starlark.Value { return dequeClass() }

// Freeze freezes the items.
func (d *Deque) Freeze() { d.FreezeBy(func(v starlark.Value) { v.Freeze() }) }

// FreezeBy is Freeze, but leaves the items to freeze, because deques can be nested without end.
func (d *Deque) FreezeBy(freeze func(starlark.Value)) {
	if d.frozen {
		return
	}
	d.frozen = true
	for i := range d.n {
		freeze(*d.at(i))
	}
}

// Held lists the items.
func (d *Deque) Held() []starlark.Value { return d.items() }

// Truth is whether there are items.
func (d *Deque) Truth() starlark.Bool { return d.n > 0 }

// Hash refuses.
func (d *Deque) Hash() (uint32, error) {
	return 0, py.TypeError.Errorf("unhashable type: 'collections.deque'")
}

// Len returns the number of items.
func (d *Deque) Len() int { return d.n }

// Index returns item i.
func (d *Deque) Index(i int) starlark.Value { return *d.at(i) }

// SetIndex sets item i.
func (d *Deque) SetIndex(i int, v starlark.Value) error {
	if d.frozen {
		return d.changing()
	}
	*d.at(i) = v
	return nil
}

// DeleteKey is del d[i].
func (d *Deque) DeleteKey(key starlark.Value) error {
	i, err := py.CInt(key)
	if err != nil {
		return py.TypeError.Errorf("sequence index must be integer, not '%s'", py.TypeName(key))
	}
	if i < 0 {
		i += d.n
	}
	if i < 0 || i >= d.n {
		return py.IndexError.Errorf("deque index out of range")
	}
	return d.remove(i)
}

// remove removes item i.
func (d *Deque) remove(i int) error {
	if err := d.changing(); err != nil {
		return err
	}
	for ; i < d.n-1; i++ {
		*d.at(i) = *d.at(i + 1)
	}
	d.takeBack()
	return nil
}

// Has reports whether an item equals x: x in d.
func (d *Deque) Has(x starlark.Value) (bool, error) {
	thread, release := host.Running(d.thread, d.frozen, "deque")
	defer release()
	i, err := d.find(thread, x)
	return i >= 0, err
}

// find returns the index of the first item that equals x, or -1.
func (d *Deque) find(thread *starlark.Thread, x starlark.Value) (int, error) {
	var tick builtinmod.Ticker
	for i := range d.n {
		if eq, err := builtinmod.EqualTo(thread, *d.at(i), x); eq || err != nil {
			return i, err
		}
		if err := tick.Tick(thread); err != nil {
			return -1, err
		}
	}
	return -1, nil
}

// Iterate goes over the items.
func (d *Deque) Iterate() starlark.Iterator {
	_, step := d.Steps()
	return &dequeIterator{d, step}
}

// A dequeIterator goes over a deque for the interpreter.
type dequeIterator struct {
	d    *Deque
	step builtinmod.Step
}

// Next returns the next item. A change of the deque ends the loop, and is raised after it.
func (it *dequeIterator) Next(p *starlark.Value) bool {
	v, err := it.step()
	if err != nil {
		host.From(it.d.thread).Raise(it.d.thread, err)
	}
	*p = v
	return v != nil
}

// Done does nothing: nobody waits for the end of a loop.
func (it *dequeIterator) Done() {}

// Steps returns what goes over the items, which must not change meanwhile.
//
// _collectionsmodule.c, dequeiter_next.
func (d *Deque) Steps() (string, func() (starlark.Value, error)) {
	i, state := 0, d.state
	return "deque_iterator", func() (starlark.Value, error) {
		if d.state != state {
			state, i = d.state, d.n
			return nil, py.RuntimeError.Errorf("deque mutated during iteration")
		}
		if i >= d.n {
			return nil, nil
		}
		i++
		return *d.at(i - 1), nil
	}
}

// SetField refuses: maxlen stays what it is.
func (d *Deque) SetField(name string, _ starlark.Value) error {
	if name == "maxlen" {
		return py.AttributeError.Errorf("attribute 'maxlen' of 'collections.deque' objects is not writable")
	}
	return py.NoAttribute(d, name)
}

// Binary refuses d + x and d += x, which look the same here; the latter is extend in CPython.
func (d *Deque) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op == syntax.PLUS && side == starlark.Left {
		return nil, py.TypeError.Errorf("unsupported operand type(s) for +: 'collections.deque' and '%s'; use extend", py.TypeName(y))
	}
	return nil, nil
}

// CompareSameType compares deques as lists.
func (d *Deque) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return new(py.Comparison).CompareDepth(op, starlark.NewList(d.items()), starlark.NewList(y.(*Deque).items()), py.MaxCompareDepth-depth)
}

// CompareBy is CompareSameType by c.
func (d *Deque) CompareBy(c *py.Comparison, op syntax.Token, y starlark.Value, depth int) (bool, error) {
	other, ok := y.(*Deque)
	if !ok {
		return false, py.TypeError.Errorf("%s %s %s not implemented", d.Type(), op, y.Type())
	}
	return c.CompareDepth(op, starlark.NewList(d.items()), starlark.NewList(other.items()), depth)
}
