package randommod

import (
	"math"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

// distribution makes a method of a function of one or two parameters.
func distribution(params int, draw func(g *generator, a, b float64) (float64, error)) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var p [2]py.Number
		names := parameterNames()[b.Name()]
		pairs := []any{names[0], &p[0]}
		if params == 2 {
			pairs = append(pairs, names[1], &p[1])
		}
		if err := py.UnpackArgs(b.Name(), args, kwargs, pairs...); err != nil {
			return nil, err
		}
		f, err := draw(generatorOf(b), float64(p[0]), float64(p[1]))
		return starlark.Float(f), err
	}
}

func parameterNames() map[string][2]string {
	return parameterNamesTable.Get(func() map[string][2]string {
		return map[string][2]string{
			"expovariate":    {"lambd"},
			"gauss":          {"mu", "sigma"},
			"lognormvariate": {"mu", "sigma"},
			"normalvariate":  {"mu", "sigma"},
			"paretovariate":  {"alpha"},
			"uniform":        {"a", "b"},
			"weibullvariate": {"alpha", "beta"},
		}
	})
}

var parameterNamesTable lazy.Value[map[string][2]string]

func uniform(g *generator, a, b float64) (float64, error) {
	f, err := g.random()
	return a + (b-a)*f, err
}

// triangular is triangular(low=0.0, high=1.0, mode=None).
//
// random.py, Random.triangular.
func triangular(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	low, high, mode := py.Number(0), py.Number(1), py.Number(math.NaN())
	if err := py.UnpackArgs(b.Name(), args, kwargs, "low?", &low, "high?", &high, "mode??", &mode); err != nil {
		return nil, err
	}
	u, err := generatorOf(b).random()
	if err != nil {
		return nil, err
	}
	c := 0.5
	if mode == mode {
		if high == low {
			return starlark.Float(low), nil
		}
		c = float64((mode - low) / (high - low))
	}
	if u > c {
		u, c, low, high = 1-u, 1-c, high, low
	}
	return starlark.Float(low + (high-low)*py.Number(math.Sqrt(u*c))), nil
}

// normalvariate draws by Kinderman and Monahan's method.
func normalvariate(g *generator, mu, sigma float64) (float64, error) {
	magic := 4 * math.Exp(-0.5) / math.Sqrt(2)
	for {
		u, err := g.random()
		if err != nil {
			return 0, err
		}
		v, err := g.random()
		if err != nil {
			return 0, err
		}
		v = 1 - v
		if z := magic * (u - 0.5) / v; z*z/4 <= -math.Log(v) {
			return mu + z*sigma, nil
		}
	}
}

func lognormvariate(g *generator, mu, sigma float64) (float64, error) {
	f, err := normalvariate(g, mu, sigma)
	return math.Exp(f), err
}

// gauss draws two numbers at a time.
//
// random.py, Random.gauss.
func gauss(g *generator, mu, sigma float64) (float64, error) {
	g.mu.Lock()
	z, has := g.gauss, g.hasGauss
	g.hasGauss = false
	g.mu.Unlock()
	if !has {
		angle, err := g.random()
		if err != nil {
			return 0, err
		}
		length, err := g.random()
		if err != nil {
			return 0, err
		}
		angle *= 2 * math.Pi
		length = math.Sqrt(-2 * math.Log(1-length))
		z = math.Cos(angle) * length
		g.mu.Lock()
		g.gauss, g.hasGauss = math.Sin(angle)*length, true
		g.mu.Unlock()
	}
	return mu + z*sigma, nil
}

func expovariate(g *generator, lambd, _ float64) (float64, error) {
	if lambd == 0 {
		return 0, py.ZeroDivisionError.Errorf("float division by zero")
	}
	f, err := g.random()
	return -math.Log(1-f) / lambd, err
}

func paretovariate(g *generator, alpha, _ float64) (float64, error) {
	if alpha == 0 {
		return 0, py.ZeroDivisionError.Errorf("float division by zero")
	}
	f, err := g.random()
	return 1 / math.Pow(1-f, 1/alpha), err
}

func weibullvariate(g *generator, alpha, beta float64) (float64, error) {
	if beta == 0 {
		return 0, py.ZeroDivisionError.Errorf("float division by zero")
	}
	f, err := g.random()
	return alpha * math.Pow(-math.Log(1-f), 1/beta), err
}
