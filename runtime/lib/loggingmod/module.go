package loggingmod

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/py"
)

// function is how a built-in is implemented.
type function = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// The levels.
const (
	notSet   = 0
	debug    = 10
	info     = 20
	warning  = 30
	errLevel = 40
	critical = 50
)

// maxLoggers bounds the loggers, handlers and level names of a run.
const maxLoggers = 10_000

// A manager is the logging of one run.
type manager struct {
	traceback func(thread *starlark.Thread) (string, error) // of the exception being handled
	began     time.Time

	mu       sync.Mutex // guards all that follows, and the loggers and handlers
	root     *logger
	loggers  map[string]*logger
	disabled int            // levels up to this one are not logged
	names    map[int]string // of levels
	levels   map[string]int // by name
	handlers int            // that were made
	told     bool           // that there is no handler
}

// New returns the module logging of a run. traceback returns the text that
// traceback.format_exc does.
func New(h *host.Host, traceback func(thread *starlark.Thread) (string, error)) *starlarkstruct.Module {
	m := &manager{
		traceback: traceback,
		began:     h.Now(),
		loggers:   map[string]*logger{},
		names:     map[int]string{notSet: "NOTSET", debug: "DEBUG", info: "INFO", warning: "WARNING", errLevel: "ERROR", critical: "CRITICAL"},
		levels: map[string]int{"NOTSET": notSet, "DEBUG": debug, "INFO": info, "WARNING": warning, "WARN": warning,
			"ERROR": errLevel, "CRITICAL": critical},
	}
	m.root = &logger{m: m, name: "root", level: warning, propagate: true}
	members := starlark.StringDict{
		"BASIC_FORMAT": starlark.String(basicFormat),
		"root":         m.root,
	}
	for name, level := range map[string]int{"NOTSET": notSet, "DEBUG": debug, "INFO": info, "WARNING": warning, "WARN": warning,
		"ERROR": errLevel, "CRITICAL": critical, "FATAL": critical} {
		members[name] = starlark.MakeInt(level)
	}
	for name, fn := range map[string]function{
		"FileHandler":   m.newHandler,
		"Filter":        newFilter,
		"Formatter":     newFormatter,
		"NullHandler":   m.newHandler,
		"StreamHandler": m.newHandler,
		"addLevelName":  m.addLevelName,
		"basicConfig":   m.basicConfig,
		"disable":       m.disable,
		"getLevelName":  m.getLevelName,
		"getLogger":     m.getLogger,
		"shutdown":      m.shutdown,
	} {
		members[name] = starlark.NewBuiltin(name, fn)
	}
	for _, name := range loggingNames {
		members[name] = starlark.NewBuiltin(name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(m.root.handlersNow()) == 0 {
				if _, err := m.basicConfig(thread, b, nil, nil); err != nil {
					return nil, err
				}
			}
			return m.root.call(thread, b.Name(), args, kwargs)
		})
	}
	return &starlarkstruct.Module{Name: "logging", Members: members}
}

// loggingNames are the functions that log.
var loggingNames = []string{"critical", "debug", "error", "exception", "fatal", "info", "log", "warn", "warning"}

// levelOf returns the level of one of them; of log, which takes it as an argument, 0.
func levelOf(name string) int {
	switch name {
	case "critical", "fatal":
		return critical
	case "debug":
		return debug
	case "error", "exception":
		return errLevel
	case "info":
		return info
	case "warn", "warning":
		return warning
	}
	return 0
}

// level returns a level given by its number or name.
//
// logging/__init__.py, _checkLevel.
func (m *manager) level(v starlark.Value) (int, error) {
	if n, ok := v.(starlark.Int); ok {
		if i, ok := n.Int64(); ok && -1<<31 <= i && i < 1<<31 {
			return int(i), nil
		}
	}
	if name, ok := py.AsBytes(v); ok {
		m.mu.Lock()
		level, ok := m.levels[name]
		m.mu.Unlock()
		if !ok {
			return 0, py.ValueError.Errorf("Unknown level: %s", py.Quote(name))
		}
		return level, nil
	}
	return 0, py.TypeError.Errorf("Level not an integer or a valid string: %s", py.Repr(v))
}

// levelName is the text of a level.
func (m *manager) levelName(level int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if name, ok := m.names[level]; ok {
		return name
	}
	return fmt.Sprintf("Level %d", level)
}

// getLevelName is getLevelName(level): the name of a number, and the number of a name.
func (m *manager) getLevelName(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level", &v); err != nil {
		return nil, err
	}
	level, err := m.level(v)
	switch _, isName := py.AsBytes(v); {
	case err != nil:
		return starlark.String("Level " + py.Str(v)), nil
	case isName:
		return starlark.MakeInt(level), nil
	}
	return starlark.String(m.levelName(level)), nil
}

// addLevelName is addLevelName(level, levelName).
func (m *manager) addLevelName(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var level int
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level", &level, "levelName", &name); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.names) >= maxLoggers || len(m.levels) >= maxLoggers {
		return nil, py.MemoryError.Errorf("a run has %d levels at most", maxLoggers)
	}
	m.names[level], m.levels[string(name)] = string(name), level
	return starlark.None, nil
}

// disable is disable(level).
func (m *manager) disable(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "level", &v); err != nil {
		return nil, err
	}
	level, err := m.level(v)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.disabled = level
	return starlark.None, nil
}

// getLogger is getLogger(name=None).
//
// logging/__init__.py, Manager.getLogger.
func (m *manager) getLogger(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name py.ByteStr
	if err := py.UnpackArgs(b.Name(), args, kwargs, "name??", &name); err != nil {
		return nil, err
	}
	return m.logger(string(name))
}

func (m *manager) logger(name string) (*logger, error) {
	if name == "" {
		return m.root, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.loggers[name]
	if l == nil {
		if len(m.loggers) >= maxLoggers {
			return nil, py.MemoryError.Errorf("a run has %d loggers at most", maxLoggers)
		}
		l = &logger{m: m, name: name, propagate: true}
		m.loggers[name] = l
	}
	return l, nil
}

// parent returns the nearest logger above one of that name. m is locked.
func (m *manager) parent(name string) *logger {
	for {
		i := strings.LastIndexByte(name, '.')
		if i < 0 {
			return m.root
		}
		name = name[:i]
		if l := m.loggers[name]; l != nil {
			return l
		}
	}
}

// basicConfig is basicConfig(**kwargs): a handler for the root logger, if it has none.
//
// logging/__init__.py, basicConfig.
func (m *manager) basicConfig(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var stream, filename, level starlark.Value
	var filemode, format, datefmt starlark.Value
	if err := py.UnpackArgs(b.Name(), args, kwargs, "filename??", &filename, "filemode??", &filemode, "format??", &format,
		"datefmt??", &datefmt, "level??", &level, "stream??", &stream); err != nil {
		return nil, err
	}
	if len(m.root.handlersNow()) > 0 {
		return starlark.None, nil
	}
	var h *handler
	var err error
	if filename != nil {
		mode := "a"
		if filemode != nil {
			mode = py.Str(filemode)
		}
		h, err = m.fileHandler(thread, py.Str(filename), mode, false)
	} else {
		h, err = m.handler("StreamHandler", stream)
	}
	if err != nil {
		return nil, err
	}
	f := &formatter{format: basicFormat}
	if format != nil {
		f.format = py.Str(format)
	}
	if datefmt != nil {
		f.date = py.Str(datefmt)
	}
	h.formatter = f
	if err := m.root.add(h); err != nil {
		return nil, err
	}
	if level == nil {
		return starlark.None, nil
	}
	return starlark.None, m.root.setLevel(level)
}

// shutdown is shutdown(): nothing waits to be written.
func (m *manager) shutdown(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, py.UnpackArgs(b.Name(), args, kwargs)
}

// attrNames lists the names in a table of methods, and more.
func attrNames(methods map[string]*starlark.Builtin, more ...string) []string {
	for name := range methods {
		more = append(more, name)
	}
	slices.Sort(more)
	return more
}
