package randommod

import (
	"encoding/binary"
	"io"
	"math"
	"math/big"
	"sync"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// A generator is what a Random draws from. Scripts may share one between threads.
type generator struct {
	mu     sync.Mutex
	system io.Reader

	twister *twister // nil for SystemRandom
	seeded  bool

	gauss    float64 // the second of a pair that gauss drew
	hasGauss bool
}

// word returns the next 32 bits. The mutex is held.
func (g *generator) word() (uint32, error) {
	if g.twister == nil {
		var b [4]byte
		if _, err := io.ReadFull(g.system, b[:]); err != nil {
			return 0, noRandomness(err)
		}
		return binary.LittleEndian.Uint32(b[:]), nil
	}
	if !g.seeded {
		key := make([]uint32, 8)
		if err := binary.Read(g.system, binary.LittleEndian, key); err != nil {
			return 0, noRandomness(err)
		}
		g.twister.seedKey(key)
		g.seeded = true
	}
	return g.twister.word()
}

func noRandomness(err error) error { return py.OSError.Errorf("no randomness: %w", err) }

// random returns a float of [0, 1), with all of its 53 bits drawn.
//
// _randommodule.c, random_random.
func (g *generator) random() (float64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a, err := g.word()
	if err != nil {
		return 0, err
	}
	b, err := g.word()
	if err != nil {
		return 0, err
	}
	return (float64(a>>5)*67108864 + float64(b>>6)) / 9007199254740992, nil
}

// below returns an index of [0, n), for n up to 2^53.
func (g *generator) below(n int) (int, error) {
	f, err := g.random()
	return int(f * float64(n)), err
}

// bits returns a number of n bits, n > 0.
//
// _randommodule.c, random_getrandbits.
func (g *generator) bits(n int) (*big.Int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	out, digit := new(big.Int), new(big.Int)
	for at := 0; at < n; at += 32 {
		w, err := g.word()
		if err != nil {
			return nil, err
		}
		if left := n - at; left < 32 {
			w >>= 32 - left
		}
		out.Or(out, digit.Lsh(digit.SetUint64(uint64(w)), uint(at)))
	}
	return out, nil
}

// reseed starts the sequence of a seed. SystemRandom has none.
//
// random.py, Random.seed.
func (g *generator) reseed(seed starlark.Value) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hasGauss = false
	if g.twister == nil {
		return nil
	}
	var n *big.Int
	switch seed := seed.(type) {
	case starlark.NoneType:
		g.seeded = false
		return nil
	case starlark.Bool:
		n = new(big.Int)
		if seed {
			n.SetInt64(1)
		}
	case starlark.Int:
		n = seed.BigInt()
	case starlark.String:
		n = new(big.Int).SetUint64(uint64(py.StringHash(string(seed))))
	case starlark.Float:
		if f := float64(seed); f != math.Trunc(f) || math.IsInf(f, 0) || math.Abs(f) >= 1<<63 {
			return py.ValueError.Errorf("a float with a fraction is no seed here; seed with an int or a string")
		}
		n = new(big.Int).SetUint64(uint64(int64(seed)))
	default:
		return py.TypeError.Errorf("a seed is None, an int or a string here, not %s", py.TypeName(seed))
	}
	g.twister.seedInt(n)
	g.seeded = true
	return nil
}
