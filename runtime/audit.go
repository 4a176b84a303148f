package runtime

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"starwire/runtime/host"
)

// A GrantKind says which field of Permissions a Grant belongs to.
type GrantKind string

// The kinds of grants, each with the name of its flag.
const (
	GrantNet    GrantKind = "allow-net"
	GrantRead   GrantKind = "allow-read"
	GrantWrite  GrantKind = "allow-write"
	GrantEnv    GrantKind = "allow-env"
	GrantListen GrantKind = "allow-listen"
)

// A Grant is one use of a permission, or the want of one, as Config.Audit sees it.
type Grant struct {
	Kind GrantKind
	// Target is the least element of the field of Permissions that grants it:
	// "example.com:443", "data/in.txt", "HOME"; "" for GrantListen, and for what no
	// element grants. A file that is not there is granted by the nearest folder that is.
	Target string
	// Refused is the refusal the script met, or nil if it was granted.
	Refused *host.PermissionError
}

// audit tells Config.Audit of a use of a permission. A target that no element of
// Permissions stands for, such as the host name "*", is none.
func (rt *Runtime) audit(kind GrantKind, target string, refused *host.PermissionError) {
	if rt.config.Audit == nil {
		return
	}
	switch {
	case kind == GrantNet && !isNetTarget(target),
		kind == GrantEnv && strings.ContainsAny(target, "\x00="),
		refused != nil && strings.HasPrefix(refused.Grant, noDeny):
		target = ""
	}
	rt.config.Audit(Grant{Kind: kind, Target: target, Refused: refused})
}

// isNetTarget reports whether target, as an element of Permissions.Net, grants
// one name or one address, and no more.
func isNetTarget(target string) bool {
	r, err := parseNetRule(target)
	return err == nil && (r.name != "" || r.prefix.IsValid() && r.prefix.IsSingleIP() || r.unix != "" && r.unix != "*")
}

// An Audit collects Grants: the least permissions that runs needed, and what was
// refused. The zero value is ready; it is safe for concurrent use, and bounded:
// beyond a number that no script needs in good order it only counts.
//
//	var needed runtime.Audit
//	rt, err := runtime.New(runtime.Config{Audit: needed.Add, …})
type Audit struct {
	mu      sync.Mutex
	grants  map[GrantKind]map[string]struct{}
	refused map[string]*host.PermissionError // by text
	order   []string                         // of refused
	bytes   int
	dropped int
}

// What an Audit keeps.
const (
	maxAudited      = 10_000  // grants and refusals
	maxAuditedBytes = 4 << 20 // of their texts
)

// Add takes one grant: it is what Config.Audit wants.
func (a *Audit) Add(g Grant) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if g.Target != "" || g.Kind == GrantListen {
		if _, ok := a.grants[g.Kind][g.Target]; !ok && a.keep(len(g.Target)) {
			if a.grants == nil {
				a.grants = make(map[GrantKind]map[string]struct{})
			}
			if a.grants[g.Kind] == nil {
				a.grants[g.Kind] = make(map[string]struct{})
			}
			a.grants[g.Kind][g.Target] = struct{}{}
		}
	}
	if g.Refused == nil {
		return
	}
	refused := *g.Refused
	if g.Target != "" {
		refused.Grant = "--" + string(g.Kind) + "=" + g.Target
	}
	text := refused.Error()
	if a.refused[text] == nil && a.keep(len(text)) {
		if a.refused == nil {
			a.refused = make(map[string]*host.PermissionError)
		}
		a.refused[text] = &refused
		a.order = append(a.order, text)
	}
}

// keep reports whether there is room for one more text of n bytes.
func (a *Audit) keep(n int) bool {
	if len(a.order) >= maxAudited || a.size() >= maxAudited || a.bytes+n > maxAuditedBytes {
		a.dropped++
		return false
	}
	a.bytes += n
	return true
}

func (a *Audit) size() (n int) {
	for _, targets := range a.grants {
		n += len(targets)
	}
	return n
}

// Permissions returns the least permissions that grant everything that was used or
// refused so far, sorted. What a DenyNet refused is not among them.
func (a *Audit) Permissions() Permissions {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, listen := a.grants[GrantListen]
	return Permissions{
		Net:    slices.Sorted(maps.Keys(a.grants[GrantNet])),
		Read:   leastFolders(a.grants[GrantRead]),
		Write:  leastFolders(a.grants[GrantWrite]),
		Env:    leastNames(a.grants[GrantEnv]),
		Listen: listen,
	}
}

// leastNames returns the names, or "*" alone if it is among them.
func leastNames(names map[string]struct{}) []string {
	if _, all := names["*"]; all {
		return []string{"*"}
	}
	return slices.Sorted(maps.Keys(names))
}

// leastFolders returns the files and folders that none of the folders holds, each
// by its shortest name.
func leastFolders(targets map[string]struct{}) []string {
	byPath := make(map[string]string, len(targets))
	for t := range targets {
		abs, err := filepath.Abs(t)
		if err != nil {
			abs = t
		}
		if other, ok := byPath[abs]; !ok || len(t) < len(other) || len(t) == len(other) && t < other {
			byPath[abs] = t
		}
	}
	var least []string
	for abs, t := range byPath {
		held := false
		for dir := filepath.Dir(abs); !held && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			_, held = byPath[dir]
		}
		if _, root := byPath[filepath.VolumeName(abs)+string(filepath.Separator)]; !held && (!root || filepath.Dir(abs) == abs) {
			least = append(least, t)
		}
	}
	slices.Sort(least)
	return least
}

// Refused returns the refusals, each text once, in the order in which they came
// first. Their Grant is what Permissions lists.
func (a *Audit) Refused() []*host.PermissionError {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]*host.PermissionError, len(a.order))
	for i, text := range a.order {
		list[i] = a.refused[text]
	}
	return list
}

// Dropped returns how many grants and refusals came when there was no more room.
func (a *Audit) Dropped() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.dropped
}
