package loggingmod

import (
	"errors"
	"slices"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// A logger logs under a name. Its handlers get what its level lets pass, and those of the loggers above.
//
// logging/__init__.py, Logger.
type logger struct {
	m    *manager
	name string

	// guarded by m.mu
	level     int
	handlers  []*handler
	filters   []starlark.Value
	propagate bool
	disabled  bool
	frozen    bool
}

var _ starlark.HasSetField = (*logger)(nil)

// String returns what CPython does, without the address.
func (l *logger) String() string { return "<logging.Logger " + l.name + ">" }

// Type returns "Logger".
func (l *logger) Type() string { return "Logger" }

// Freeze makes the settings of the logger, and of its handlers, immutable.
func (l *logger) Freeze() {
	l.m.mu.Lock()
	frozen, handlers, filters := l.frozen, l.handlers, l.filters
	l.frozen = true
	l.m.mu.Unlock()
	if frozen {
		return
	}
	for _, h := range handlers {
		h.Freeze()
	}
	for _, f := range filters {
		f.Freeze()
	}
}

// Truth is always true.
func (l *logger) Truth() starlark.Bool { return true }

// Hash hashes the name.
func (l *logger) Hash() (uint32, error) { return starlark.String(l.name).Hash() }

// loggerMethods are made when a script first asks for one.
func loggerMethods() map[string]*starlark.Builtin {
	return loggerMethodsTable.Get(func() map[string]*starlark.Builtin {
		table := map[string]function{
			"addFilter":         loggerFilter,
			"addHandler":        loggerHandler,
			"getChild":          loggerChild,
			"getEffectiveLevel": loggerEffective,
			"isEnabledFor":      loggerEnabled,
			"removeFilter":      loggerFilter,
			"removeHandler":     loggerHandler,
			"setLevel":          loggerSetLevel,
		}
		for _, name := range loggingNames {
			table[name] = func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				return b.Receiver().(*logger).call(thread, b.Name(), args, kwargs)
			}
		}
		return py.Functions(table)
	})
}

var loggerMethodsTable lazy.Value[map[string]*starlark.Builtin]

// Attr returns a method or a setting.
func (l *logger) Attr(name string) (starlark.Value, error) {
	if f := loggerMethods()[name]; f != nil {
		return f.BindReceiver(l), nil
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	switch name {
	case "disabled":
		return flag(l.disabled), nil
	case "filters":
		return starlark.Tuple(slices.Clone(l.filters)), nil
	case "handlers":
		all := make(starlark.Tuple, len(l.handlers))
		for i, h := range l.handlers {
			all[i] = h
		}
		return all, nil
	case "level":
		return starlark.MakeInt(l.level), nil
	case "name":
		return starlark.String(l.name), nil
	case "parent":
		if l == l.m.root {
			return starlark.None, nil
		}
		return l.m.parent(l.name), nil
	case "propagate":
		return flag(l.propagate), nil
	}
	return nil, nil
}

// AttrNames lists what Attr knows.
func (l *logger) AttrNames() []string {
	return attrNames(loggerMethods(), "disabled", "filters", "handlers", "level", "name", "parent", "propagate")
}

// SetField sets propagate, disabled, level or handlers.
func (l *logger) SetField(name string, v starlark.Value) error {
	switch name {
	case "level":
		return l.setLevel(v)
	case "propagate":
		return l.change(func() error { l.propagate = bool(v.Truth()); return nil })
	case "disabled":
		return l.change(func() error { l.disabled = bool(v.Truth()); return nil })
	case "handlers":
		list, ok := v.(starlark.Iterable)
		if !ok {
			return py.NotIterable(v)
		}
		var all []*handler
		for x := range starlark.Elements(list) {
			h, ok := x.(*handler)
			if !ok {
				return py.TypeError.Errorf("not a handler: %s", py.Repr(x))
			}
			all = append(all, h)
		}
		return l.change(func() error { l.handlers = all; return nil })
	}
	return py.AttributeError.Errorf("'%s' object attribute '%s' cannot be assigned", l.Type(), name)
}

// change changes the settings, unless they are frozen.
func (l *logger) change(f func() error) error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.frozen {
		return py.TypeError.Errorf("cannot change frozen %s", l.Type())
	}
	return f()
}

func (l *logger) setLevel(v starlark.Value) error {
	level, err := l.m.level(v)
	if err != nil {
		return err
	}
	return l.change(func() error { l.level = level; return nil })
}

func (l *logger) add(h *handler) error {
	return l.change(func() error {
		if len(l.handlers) >= maxLoggers {
			return py.MemoryError.Errorf("a logger has %d handlers at most", maxLoggers)
		}
		if !slices.Contains(l.handlers, h) {
			l.handlers = append(l.handlers, h)
		}
		return nil
	})
}

func (l *logger) handlersNow() []*handler {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	return slices.Clone(l.handlers)
}

// enabled reports whether the logger logs what is of a level.
//
// logging/__init__.py, Logger.isEnabledFor and getEffectiveLevel.
func (l *logger) enabled(level int) bool {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	return level > l.m.disabled && level >= l.effective()
}

// effective is the nearest level that was set. m is locked.
func (l *logger) effective() int {
	for at := l; ; at = l.m.parent(at.name) {
		if at.level != 0 || at == l.m.root {
			return at.level
		}
	}
}

// call is debug(msg, *args, **kwargs) and so on, and log(level, msg, *args, **kwargs).
func (l *logger) call(thread *starlark.Thread, name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var excInfo, extra starlark.Value
	if name == "exception" {
		excInfo = starlark.True
	}
	if err := py.UnpackAny(name, nil, kwargs, "exc_info??", &excInfo, "extra??", &extra); err != nil {
		return nil, err
	}
	level, least := levelOf(name), 1
	if name == "log" {
		least = 2
	}
	if len(args) < least {
		return nil, py.TypeError.Errorf("%s() takes at least %d arguments (%d given)", name, least+1, len(args)+1)
	}
	if name == "log" {
		n, err := starlark.AsInt32(args[0])
		if err != nil {
			return nil, py.TypeError.Errorf("level must be an integer")
		}
		level, args = n, args[1:]
	}
	if !l.enabled(level) {
		return starlark.None, nil
	}
	r, err := l.record(thread, level, args[0], args[1:], excInfo, extra)
	if err != nil {
		return nil, err
	}
	return starlark.None, l.handle(thread, r)
}

// handle gives the record to the handlers.
//
// logging/__init__.py, Logger.handle and callHandlers.
func (l *logger) handle(thread *starlark.Thread, r *py.Object) error {
	if err := host.Spend(thread, 1); err != nil {
		return err
	}
	l.m.mu.Lock()
	disabled, filters := l.disabled, slices.Clone(l.filters)
	l.m.mu.Unlock()
	if disabled {
		return nil
	}
	if pass, err := passes(thread, filters, r); !pass || err != nil {
		return err
	}
	level, _ := starlark.AsInt32(r.Field("levelno"))
	found := 0
	for at := l; at != nil; {
		for _, h := range at.handlersNow() {
			found++
			if err := h.handle(thread, level, r); err != nil {
				return err
			}
		}
		l.m.mu.Lock()
		switch {
		case !at.propagate || at == l.m.root:
			at = nil
		default:
			at = l.m.parent(at.name)
		}
		l.m.mu.Unlock()
	}
	if found > 0 {
		return nil
	}
	l.m.mu.Lock()
	told := l.m.told
	l.m.told = true
	l.m.mu.Unlock()
	if told {
		return nil
	}
	return write(thread, nil, "No handlers could be found for logger \""+l.name+"\"\n")
}

// passes asks filters about a record.
//
// logging/__init__.py, Filterer.filter.
func passes(thread *starlark.Thread, filters []starlark.Value, r *py.Object) (bool, error) {
	for _, f := range filters {
		v, err := py.CallMethod(thread, f, "filter", r)
		if err != nil {
			return false, err
		}
		if !bool(v.Truth()) {
			return false, nil
		}
	}
	return true, nil
}

// uncatchable reports whether the error ends the run.
func uncatchable(err error) bool {
	var u py.Uncatchable
	return errors.As(err, &u)
}

// change adds to a list or removes from it, by the name of the method.
func change[T comparable](list []T, x T, add bool) ([]T, error) {
	i := slices.Index(list, x)
	switch {
	case add && i < 0:
		if len(list) >= maxLoggers {
			return nil, py.MemoryError.Errorf("at most %d of them", maxLoggers)
		}
		return append(slices.Clone(list), x), nil
	case !add && i >= 0:
		return slices.Delete(slices.Clone(list), i, i+1), nil
	}
	return list, nil
}

func loggerHandler(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "hdlr", &v); err != nil {
		return nil, err
	}
	h, ok := v.(*handler)
	if !ok {
		return nil, py.TypeError.Errorf("not a handler: %s", py.Repr(v))
	}
	l := b.Receiver().(*logger)
	return starlark.None, l.change(func() (err error) {
		l.handlers, err = change(l.handlers, h, b.Name()[0] == 'a')
		return err
	})
}

func loggerFilter(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := filterArg(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	l := b.Receiver().(*logger)
	return starlark.None, l.change(func() (err error) {
		l.filters, err = change(l.filters, v, b.Name()[0] == 'a')
		return err
	})
}

func loggerChild(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var suffix py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "suffix", &suffix); err != nil {
		return nil, err
	}
	l := b.Receiver().(*logger)
	if l == l.m.root {
		return l.m.logger(string(suffix))
	}
	return l.m.logger(l.name + "." + string(suffix))
}

func loggerEffective(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	l := b.Receiver().(*logger)
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	return starlark.MakeInt(l.effective()), py.UnpackArgs(b.Name(), args, kwargs)
}

func loggerEnabled(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var level int
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level", &level); err != nil {
		return nil, err
	}
	return starlark.Bool(b.Receiver().(*logger).enabled(level)), nil
}

func loggerSetLevel(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var level starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level", &level); err != nil {
		return nil, err
	}
	return starlark.None, b.Receiver().(*logger).setLevel(level)
}

// flag is 1 or 0, as CPython keeps it.
func flag(b bool) starlark.Int {
	if b {
		return starlark.MakeInt(1)
	}
	return starlark.MakeInt(0)
}
