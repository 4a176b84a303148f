// Package randommod is Python 2.7's module random: the Mersenne Twister, with
// CPython's own sequence for a seed, so that a script that seeds it draws what it
// always drew. Unseeded generators, and SystemRandom, take the host's randomness
// (host.Host.Rand), as a rule the system's.
//
// A seed may be None, an int, a float that is one, or a str. The distributions are
// uniform, triangular, gauss, normalvariate, lognormvariate, expovariate,
// paretovariate and weibullvariate; there is no getstate, setstate, jumpahead and no
// WichmannHill.
//
// Its numbers are no secrets: for those use SystemRandom, or os.urandom.
package randommod
