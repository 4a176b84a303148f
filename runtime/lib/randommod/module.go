package randommod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// methods are those of both classes, and the module's functions.
func methods() map[string]*starlark.Builtin {
	return methodsTable.Get(func() map[string]*starlark.Builtin {
		return py.Functions(map[string]func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error){
			"choice":         choice,
			"expovariate":    distribution(1, expovariate),
			"gauss":          distribution(2, gauss),
			"getrandbits":    getRandBits,
			"lognormvariate": distribution(2, lognormvariate),
			"normalvariate":  distribution(2, normalvariate),
			"paretovariate":  distribution(1, paretovariate),
			"randint":        randInt,
			"random":         random,
			"randrange":      randRange,
			"sample":         sample,
			"seed":           seed,
			"shuffle":        shuffle,
			"triangular":     triangular,
			"uniform":        distribution(2, uniform),
			"weibullvariate": distribution(2, weibullvariate),
		})
	})
}

// Random returns the class random.Random.
func Random() *py.Kind {
	return randomTable.Get(func() *py.Kind {
		return &py.Kind{Module: "random", Class: "Random", Methods: methods(), Init: initRandom}
	})
}

// SystemRandom returns the class random.SystemRandom.
func SystemRandom() *py.Kind {
	return systemRandomTable.Get(func() *py.Kind {
		return &py.Kind{Module: "random", Class: "SystemRandom", Base: Random(), Init: initSystemRandom}
	})
}

var (
	methodsTable                   lazy.Value[map[string]*starlark.Builtin]
	randomTable, systemRandomTable lazy.Value[*py.Kind]
)

func initRandom(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var from starlark.Value = starlark.None
	if err := py.UnpackArgs("Random", args, kwargs, "x?", &from); err != nil {
		return err
	}
	g := newGenerator(host.From(thread), new(twister))
	o.Data = g
	return g.reseed(from)
}

func initSystemRandom(thread *starlark.Thread, o *py.Object, args starlark.Tuple, kwargs []starlark.Tuple) error {
	var from starlark.Value
	o.Data = newGenerator(host.From(thread), nil)
	return py.UnpackArgs("SystemRandom", args, kwargs, "x?", &from)
}

// newGenerator returns an unseeded generator; t is nil for one that is the host's.
func newGenerator(h *host.Host, t *twister) *generator {
	return &generator{system: h.Rand, twister: t}
}

// New returns the module random of one run, whose functions share a generator of the run's own.
func New(h *host.Host) *starlarkstruct.Module {
	hidden := Random().New()
	hidden.Data = newGenerator(h, new(twister))
	members := starlark.StringDict{"Random": Random(), "SystemRandom": SystemRandom()}
	for name, m := range methods() {
		method := m.BindReceiver(hidden)
		members[name] = starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return method.CallInternal(thread, args, kwargs)
		})
	}
	return &starlarkstruct.Module{Name: "random", Members: members}
}

func generatorOf(b *starlark.Builtin) *generator {
	_, g := py.Receiver[*generator](b)
	return g
}
