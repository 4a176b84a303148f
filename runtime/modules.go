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
	"starwire/runtime/lib/builtinmod"
	"starwire/runtime/lib/collectionsmod"
	"starwire/runtime/lib/contextlibmod"
	"starwire/runtime/lib/cookielibmod"
	"starwire/runtime/lib/cookiemod"
	"starwire/runtime/lib/errnomod"
	"starwire/runtime/lib/functoolsmod"
	"starwire/runtime/lib/getoptmod"
	"starwire/runtime/lib/hashlibmod"
	"starwire/runtime/lib/hmacmod"
	"starwire/runtime/lib/itertoolsmod"
	"starwire/runtime/lib/jsonmod"
	"starwire/runtime/lib/loggingmod"
	"starwire/runtime/lib/markupmod"
	"starwire/runtime/lib/mathmod"
	"starwire/runtime/lib/mimetypesmod"
	"starwire/runtime/lib/optparsemod"
	"starwire/runtime/lib/osmod"
	"starwire/runtime/lib/pprintmod"
	"starwire/runtime/lib/randommod"
	"starwire/runtime/lib/remod"
	"starwire/runtime/lib/socketmod"
	"starwire/runtime/lib/sslmod"
	"starwire/runtime/lib/stringiomod"
	"starwire/runtime/lib/stringmod"
	"starwire/runtime/lib/testservermod"
	"starwire/runtime/lib/textwrapmod"
	"starwire/runtime/lib/timemod"
	"starwire/runtime/lib/urllib2mod"
	"starwire/runtime/lib/urlopenmod"
	"starwire/runtime/lib/urlparsemod"
	"starwire/runtime/lib/uuidmod"
	"starwire/runtime/lib/zlibmod"
	"starwire/runtime/py"
	"starwire/runtime/pysyntax"
)

// builtinModules are the modules that every script finds, the same for all runs,
// made on first use; all but traceback, whose functions lead back to this table.
var builtinModules = [...]struct {
	name string
	get  func() *starlarkstruct.Module
}{
	{"binascii", base64mod.Binascii},
	{"base64", base64mod.Module},
	{"collections", collectionsmod.Module},
	{"cgi", markupmod.CGI},
	{"contextlib", contextlibmod.Module},
	{"cookielib", cookielibmod.Module},
	{"Cookie", cookiemod.Module},
	{"errno", errnomod.Module},
	{"functools", functoolsmod.Module},
	{"getopt", getoptmod.Module},
	{"gzip", zlibmod.Gzip},
	{"hashlib", hashlibmod.Module},
	{"hmac", hmacmod.Module},
	{"htmlentitydefs", markupmod.Entities},
	{"http", httplibmod.HTTPModule},
	{"itertools", itertoolsmod.Module},
	{"md5", hashlibmod.MD5},
	{"mimetools", httplibmod.Mimetools},
	{"operator", operatorModule},
	{"optparse", optparsemod.Module},
	{"pprint", pprintmod.Module},
	{"rfc822", httplibmod.RFC822},
	{"sha", hashlibmod.SHA},
	{"json", jsonmod.Module},
	{"math", mathmod.Module},
	{"re", remod.Module},
	{"socket", socketmod.Module},
	{"ssl", sslmod.Module},
	{"cStringIO", stringiomod.CModule},
	{"StringIO", stringiomod.Module},
	{"string", stringmod.Module},
	{"testserver", testservermod.Module},
	{"textwrap", textwrapmod.Module},
	{"types", builtinmod.Types},
	{"urllib2", urllib2mod.Module},
	{"urllib", urlopenmod.Module},
	{"urlparse", urlparsemod.Module},
	{"uuid", uuidmod.Module},
	{"xml", markupmod.XML},
	{"zlib", zlibmod.Module},
}

// specialModules names those made anew for each run, on first use: modules, and
// values like a module, some of whose members can be assigned, or are found late.
var specialModules = [...]string{"httplib", "logging", "mimetypes", "os", "random", "sys", "time"}

// newSpecial makes one of them.
func newSpecial(name string, h *host.Host) starlark.HasAttrs {
	switch name {
	case "httplib":
		return httplibmod.NewRunModule(h)
	case "logging":
		return loggingmod.New(h, func(thread *starlark.Thread) (string, error) {
			lines, err := handledTraceback(thread, nil)
			return strings.Join(lines, ""), err
		})
	case "mimetypes":
		return mimetypesmod.New()
	case "os":
		return osmod.New(h)
	case "random":
		return randommod.New(h)
	case "time":
		return timemod.Module{}
	default:
		return newSys(h)
	}
}

// isSpecial reports whether the name is that of a special module.
func isSpecial(name string) bool { return slices.Contains(specialModules[:], name) }

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
	if !isSpecial(name) {
		return nil
	}
	m := newSpecial(name, r.task.host)
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
	shared := r.rt.namesOf(p.python)
	env := make(starlark.StringDict, len(p.uses))
	for _, name := range p.uses {
		switch v := shared.get(name); {
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

// declare fills the predeclared names and the table of the embedder's modules.
func (rt *Runtime) declare() error {
	env := make(starlark.StringDict, 128)
	rt.predeclared.values = env
	rt.modules = make(map[string]starlark.StringDict)
	for _, c := range py.Builtins() {
		env[c.Name()] = c
	}
	for _, c := range httplibmod.ConnectionErrors() {
		env[c.Name()] = c
	}
	for name, fn := range builtins() {
		env[name] = fn
	}
	for name, members := range rt.config.Modules {
		if !isName(name) {
			return fmt.Errorf("runtime.Config: Modules: %q is not a name", name)
		}
		if name == portModule || isBuiltinModule(name) || isSpecial(name) {
			return fmt.Errorf("runtime.Config: Modules: there is a built-in module %q", name)
		}
		members = maps.Clone(members)
		for member, v := range members {
			if v == nil {
				return fmt.Errorf("runtime.Config: Modules: %s.%s is nil", name, member)
			}
		}
		members.Freeze()
		env[name] = &starlarkstruct.Module{Name: name, Members: members}
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
		env[name] = v
	}
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

// membersOf returns the members of a module that is not a file and the same for
// all runs.
func (rt *Runtime) membersOf(name string) (starlark.StringDict, bool) {
	if name == portModule {
		return portMembers(), true
	}
	if m := builtinModule(name); m != nil {
		return m.Members, true
	}
	members, ok := rt.modules[name]
	return members, ok
}

// module returns the members of a module that is not a file.
func (r *run) module(name string) (starlark.StringDict, bool) {
	if members, ok := r.rt.membersOf(name); ok {
		return members, true
	}
	if m := r.specialModule(name); m != nil {
		return membersOf(m), true
	}
	return nil, false
}

// moduleNames lists the modules that are not files, sorted.
func (rt *Runtime) moduleNames() []string {
	names := append(slices.Collect(maps.Keys(rt.modules)), portModule)
	names = slices.AppendSeq(names, builtinModuleNames())
	names = append(names, specialModules[:]...)
	slices.Sort(names)
	return names
}

// exports lists what "from name import *" binds.
func (rt *Runtime) exports(name string) ([]string, error) {
	members, ok := rt.membersOf(name)
	if !ok && isSpecial(name) {
		members, ok = membersOf(newSpecial(name, host.From(new(starlark.Thread)))), true
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
