package randommod

import (
	"math/big"
)

// A twister is the generator MT19937 of Matsumoto and Nishimura.
//
// _randommodule.c.
type twister struct {
	state [624]uint32
	next  int
}

// seed starts from one number.
func (t *twister) seed(s uint32) {
	t.state[0] = s
	for i := 1; i < len(t.state); i++ {
		prev := t.state[i-1]
		t.state[i] = 1812433253*(prev^prev>>30) + uint32(i)
	}
	t.next = len(t.state)
}

// seedKey starts from a key of one or more numbers.
//
// _randommodule.c, init_by_array.
func (t *twister) seedKey(key []uint32) {
	t.seed(19650218)
	n := len(t.state)
	i, j := 1, 0
	for range max(n, len(key)) {
		prev := t.state[i-1]
		t.state[i] = (t.state[i] ^ (prev^prev>>30)*1664525) + key[j] + uint32(j)
		if i++; i == n {
			t.state[0] = t.state[n-1]
			i = 1
		}
		if j++; j == len(key) {
			j = 0
		}
	}
	for range n - 1 {
		prev := t.state[i-1]
		t.state[i] = (t.state[i] ^ (prev^prev>>30)*1566083941) - uint32(i)
		if i++; i == n {
			t.state[0] = t.state[n-1]
			i = 1
		}
	}
	t.state[0] = 1 << 31
}

// seedInt starts from the 32-bit digits of |n|, the lowest first.
//
// _randommodule.c, random_seed.
func (t *twister) seedInt(n *big.Int) {
	rest, digit, mask := new(big.Int).Abs(n), new(big.Int), big.NewInt(1<<32-1)
	key := []uint32{}
	for rest.Sign() > 0 {
		key = append(key, uint32(digit.And(rest, mask).Uint64()))
		rest.Rsh(rest, 32)
	}
	if len(key) == 0 {
		key = []uint32{0}
	}
	t.seedKey(key)
}

// word returns the next 32 bits.
func (t *twister) word() (uint32, error) {
	const n, m = len(t.state), 397
	if t.next >= n {
		for i := range n {
			y := t.state[i]&(1<<31) | t.state[(i+1)%n]&(1<<31-1)
			x := t.state[(i+m)%n] ^ y>>1
			if y&1 != 0 {
				x ^= 0x9908b0df
			}
			t.state[i] = x
		}
		t.next = 0
	}
	y := t.state[t.next]
	t.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18, nil
}
