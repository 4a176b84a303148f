package mathmod

import (
	"errors"
	"math"
	"strings"
	"testing"

	stock "go.starlark.net/lib/math"
	"go.starlark.net/starlark"

	"starwire/runtime/host"
	"starwire/runtime/lib/libtest"
)

func TestRecorded(t *testing.T) {
	libtest.Run(t, "testdata/math.session", Module())
}

func TestLargeNumbers(t *testing.T) {
	large := starlark.MakeInt(1).Lsh(4000)
	for name, want := range map[string]float64{"log": 4000 * math.Ln2, "log10": 4000 * math.Log10(2)} {
		v, err := starlark.Call(new(starlark.Thread), Module().Members[name], starlark.Tuple{large}, nil)
		if got, ok := v.(starlark.Float); err != nil || !ok || math.Abs(float64(got)-want) > 1e-9 {
			t.Errorf("%s(2**4000) = %v, %v; want %v", name, v, err, want)
		}
	}
	thread, _ := libtest.Thread(t, host.Host{})
	env := starlark.StringDict{"math": Module()}
	for expr, want := range map[string]string{
		"math.factorial(100001)":             "! OverflowError: 'factorial() of more than 100000'",
		"math.factorial(1 << 100)":           "! OverflowError: 'factorial() of more than 100000'",
		"len(str(math.factorial(1000)))":     "2568",
		"math.factorial(float('inf'))":       "! ValueError: 'factorial() only accepts integral values'",
		"math.trunc(1e300) == int(1e300)":    "True",
		"math.mod(5, 3), math.round(2.5)":    "(2.0, 3.0)",
		"math.ceil(1 << 100) == 1 << 100":    "True",
		"math.ldexp(float('inf'), 1 << 100)": "inf",
	} {
		if got := strings.TrimSuffix(libtest.Eval(thread, env, expr), "\n"); got != want {
			t.Errorf("%s = %s; want %s", expr, got, want)
		}
	}
}

func TestHasAllOfStock(t *testing.T) {
	for name := range stock.Module.Members {
		if Module().Members[name] == nil {
			t.Errorf("math.%s is missing", name)
		}
	}
}

func TestEndsWithTheRun(t *testing.T) {
	thread, why := libtest.EndedRun()
	if _, err := starlark.Call(thread, Module().Members["fsum"], starlark.Tuple{libtest.Huge(t)}, nil); !errors.Is(err, why) {
		t.Errorf("fsum in a cancelled run: %v; want its cause", err)
	}
}
