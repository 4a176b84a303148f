package builtinmod

import (
	"context"
	"errors"
	"math/big"
	"testing"

	"go.starlark.net/starlark"

	"starwire/runtime/host"
)

// TestPowModLarge: the power of large numbers is Exp's, and ends with the run.
func TestPowModLarge(t *testing.T) {
	number := func(bits uint, and int64) *big.Int {
		return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(and))
	}
	for _, z := range []*big.Int{number(20_000, 6), new(big.Int).Neg(number(20_000, 9))} {
		x, y := number(21_000, 5), number(3000, 11)
		got, err := powMod(new(starlark.Thread), x, y, z)
		if want := new(big.Int).Exp(x, y, z); err != nil || got.Cmp(want) != 0 {
			t.Errorf("powMod of %d bits = %.30v, %v; want %.30v", z.BitLen(), got, err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	thread := new(starlark.Thread)
	host.Attach(thread, ctx, host.Host{})
	if _, err := powMod(thread, number(1<<20, 1), number(1<<20, 1), number(1<<20, 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("powMod after the end of the run: %v; want %v", err, context.Canceled)
	}
}
