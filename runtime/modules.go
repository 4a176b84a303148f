package runtime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/httplibmod"
	"starwire/runtime/host"
	"starwire/runtime/lib/base64mod"
	"starwire/runtime/lib/cookielibmod"
	"starwire/runtime/lib/errnomod"
	"starwire/runtime/lib/getoptmod"
	"starwire/runtime/lib/hashlibmod"
	"starwire/runtime/lib/hmacmod"
	"starwire/runtime/lib/jsonmod"
	"starwire/runtime/lib/mathmod"
	"starwire/runtime/lib/mimetypesmod"
	"starwire/runtime/lib/osmod"
	"starwire/runtime/lib/randommod"
	"starwire/runtime/lib/remod"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/lib/stringiomod"
	"starwire/runtime/lib/stringmod"
	"starwire/runtime/lib/testservermod"
	"starwire/runtime/lib/timemod"
	"starwire/runtime/lib/urllib2mod"
	"starwire/runtime/lib/urlopenmod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// builtinModules are the modules that every script finds, the same for all runs.
var builtinModules = []*starlarkstruct.Module{
	base64mod.Binascii,
	base64mod.Module,
	cookielibmod.Module,
	errnomod.Module,
	getoptmod.Module,
	hashlibmod.Module,
	hmacmod.Module,
	httplibmod.HTTPModule,
	httplibmod.Mimetools,
	httplibmod.RFC822,
	jsonmod.Module,
	mathmod.Module,
	remod.Module,
	socketmod.Module,
	sslmod.Module,
	stringiomod.CModule,
	stringiomod.Module,
	stringmod.Module,
	testservermod.Module,
	timemod.Module,
	urllib2mod.Module,
	urlopenmod.Module,
	urlparsemod.Module,
}

// specialModules are those made anew for each run, on first use: modules, and
// values like a module whose members can be assigned.
var specialModules = map[string]func(h *host.Host) starlark.HasAttrs{
	"httplib":   func(h *host.Host) starlark.HasAttrs { return httplibmod.NewRunModule(h) },
	"mimetypes": func(*host.Host) starlark.HasAttrs { return mimetypesmod.New() },
	"os":        func(h *host.Host) starlark.HasAttrs { return osmod.New(h) },
	"random":    func(h *host.Host) starlark.HasAttrs { return randommod.New(h) },
}

// isSpecial reports whether the name is that of a special module.
func isSpecial(name string) bool { return specialModules[name] != nil }

// specials are the special modules of one run.
type specials struct {
	mu sync.Mutex
	m  map[string]starlark.HasAttrs
}

// specialModule returns the run's own module of that name, or nil.
func (r *run) specialModule(name string) starlark.HasAttrs {
	r.special.mu.Lock()
	defer r.special.mu.Unlock()
	if m := r.special.m[name]; m != nil {
		return m
	}
	make := specialModules[name]
	if make == nil {
		return nil
	}
	m := make(r.task.host)
	if m, ok := m.(*httplibmod.RunModule); ok {
		m.OS = func() starlark.Value { return r.specialModule("os") }
	}
	if r.special.m == nil {
		r.special.m = map[string]starlark.HasAttrs{}
	}
	r.special.m[name] = m
	return m
}

// membersOf returns the members of a special module.
func membersOf(m starlark.HasAttrs) starlark.StringDict {
	if m, ok := m.(interface{ Members() starlark.StringDict }); ok {
		return m.Members()
	}
	return m.(*starlarkstruct.Module).Members
}

// ownEnv returns the predeclared names that the program uses, with the run's own
// values of some, and $global if it is among them. What the embedder declares
// comes first.
func (r *run) ownEnv(thread *starlark.Thread, p *program) (starlark.StringDict, *globals) {
	var g *globals
	shared := r.rt.envOf(p.python)
	env := make(starlark.StringDict, len(p.uses))
	for _, name := range p.uses {
		switch v := shared[name]; {
		case v != nil:
			env[name] = v
		case name == pysyntax.GlobalName:
			g = newGlobals(r, shared)
			env[name] = g
		case name == moduleNameName:
			env[name] = starlark.String(moduleName(thread))
		case name == fileNameName:
			env[name] = starlark.String(p.name)
		default:
			env[name] = r.specialModule(name)
		}
	}
	return env, g
}

// declare fills the predeclared names and the table of modules.
func (rt *Runtime) declare() error {
	rt.env = make(starlark.StringDict, 128)
	rt.modules = make(map[string]starlark.StringDict)
	for _, c := range slices.Concat(py.Builtins(), httplibmod.ConnectionErrors()) {
		rt.env[c.Name()] = c
	}
	for name, fn := range builtins {
		rt.env[name] = fn
	}
	for _, m := range builtinModules {
		rt.env[m.Name] = m
		rt.modules[m.Name] = m.Members
	}
	rt.modules[portModule] = portMembers
	for name, members := range rt.config.Modules {
		if !isName(name) {
			return fmt.Errorf("runtime.Config: Modules: %q is not a name", name)
		}
		if rt.modules[name] != nil || isSpecial(name) {
			return fmt.Errorf("runtime.Config: Modules: there is a built-in module %q", name)
		}
		members = maps.Clone(members)
		for member, v := range members {
			if v == nil {
				return fmt.Errorf("runtime.Config: Modules: %s.%s is nil", name, member)
			}
		}
		members.Freeze()
		rt.env[name] = &starlarkstruct.Module{Name: name, Members: members}
		rt.modules[name] = members
	}
	for name, v := range rt.config.Predeclared {
		switch {
		case !isName(name):
			return fmt.Errorf("runtime.Config: Predeclared: %q is not a name", name)
		case v == nil:
			return fmt.Errorf("runtime.Config: Predeclared: %s is nil", name)
		}
		v.Freeze()
		rt.env[name] = v
	}
	rt.declarePython()
	return nil
}

// isName reports whether s can be written as a name in a script.
func isName(s string) bool {
	if s == "" || '0' <= s[0] && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		if !isWord(s[i]) {
			return false
		}
	}
	return true
}

// module returns the members of a module that is not a file.
func (r *run) module(name string) (starlark.StringDict, bool) {
	if members, ok := r.rt.modules[name]; ok {
		return members, true
	}
	if m := r.specialModule(name); m != nil {
		return membersOf(m), true
	}
	return nil, false
}

// moduleNames lists the modules that are not files, sorted.
func (rt *Runtime) moduleNames() []string {
	names := slices.Collect(maps.Keys(rt.modules))
	names = slices.AppendSeq(names, maps.Keys(specialModules))
	slices.Sort(names)
	return names
}

// exports lists what "from name import *" binds.
func (rt *Runtime) exports(name string) ([]string, error) {
	members, ok := rt.modules[name]
	if make := specialModules[name]; !ok && make != nil {
		members, ok = membersOf(make(host.From(new(starlark.Thread)))), true
	}
	if !ok {
		return nil, fmt.Errorf("there is no built-in module %s to import * from; name what you import", name)
	}
	var names []string
	for member := range members {
		if !strings.HasPrefix(member, "_") {
			names = append(names, member)
		}
	}
	slices.Sort(names)
	return names, nil
}
