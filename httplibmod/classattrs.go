package httplibmod

import (
	"slices"
	"sync"
	"sync/atomic"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/py"
)

// classAttrs are the class attributes that a run's script has assigned, as
// programs do to debug all their connections:
//
//	httplib.HTTPConnection.debuglevel = 1
//
// They count for connections made afterwards, and those of HTTPConnection for
// HTTPSConnection too, unless that has its own.
type classAttrs struct {
	any           atomic.Bool // something was assigned
	mu            sync.Mutex
	plain, secure starlark.StringDict
}

// assignable are the attributes that a class has and a script can assign. Their
// values are plain ones, because the run's threads share them.
var assignable = []string{"_http_vsn", "_http_vsn_str", "auto_open", "debuglevel", "default_port", "strict"}

// SetField assigns a class attribute for the connections made from now on.
func (k *connectionClass) SetField(name string, v starlark.Value) error {
	if k.run == nil || !slices.Contains(assignable, name) {
		return py.AttributeError.Errorf("%s.%s cannot be assigned; one of a connection may be", k.name, name)
	}
	switch v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Int, starlark.Float, starlark.String:
	default:
		return py.TypeError.Errorf("%s.%s cannot be %s", k.name, name, py.TypeName(v))
	}
	if err := k.new().SetField(name, v); err != nil { // which knows its type
		return err
	}
	a := &k.run.classes
	a.mu.Lock()
	defer a.mu.Unlock()
	of := &a.plain
	if k.secure {
		of = &a.secure
	}
	if *of == nil {
		*of = make(starlark.StringDict)
	}
	(*of)[name] = v
	a.any.Store(true)
	return nil
}

// CompareSameType compares the names: each run has its own classes.
func (k *connectionClass) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	same := k.secure == y.(*connectionClass).secure
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, py.TypeError.Errorf("%s %s %s not implemented", k.name, op, k.name)
}

// classAttr returns what was assigned to the class, or to the one it derives
// from, or nil.
func (s *settings) classAttr(k *connectionClass, name string) starlark.Value {
	if s == nil || !s.classes.any.Load() {
		return nil
	}
	a := &s.classes
	a.mu.Lock()
	defer a.mu.Unlock()
	if v := a.secure[name]; v != nil && k.secure {
		return v
	}
	if name == "default_port" && k.secure { // HTTPSConnection has one of its own
		return nil
	}
	return a.plain[name]
}

// initConnection gives a new connection what was assigned to its class.
func (s *settings) initConnection(c *HTTPConnection) {
	if !s.classes.any.Load() {
		return
	}
	for _, name := range assignable {
		if v := s.classAttr(c.class, name); v != nil {
			c.SetField(name, v) // was tried when it was assigned
		}
	}
}
