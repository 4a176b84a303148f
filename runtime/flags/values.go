package flags

import (
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"starwire/httplibmod"
	"starwire/runtime"
)

// list adds a comma-separated list to a field; the flag can be repeated.
func list(field *[]string) func(string) error {
	return func(s string) error {
		for item := range strings.SplitSeq(s, ",") {
			if item = strings.TrimSpace(item); item == "" {
				return errors.New("an item of the list is empty")
			}
			*field = append(*field, item)
		}
		return nil
	}
}

// count reads a positive number.
func count(field *int64) func(string) error {
	return func(s string) error {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 1 {
			return errors.New("want a number above 0")
		}
		*field = n
		return nil
	}
}

// number is count of an int.
func number(field *int) func(string) error {
	return func(s string) error {
		var n int64
		if err := count(&n)(s); err != nil {
			return err
		}
		*field = int(min(n, 1<<31-1))
		return nil
	}
}

// units are the suffixes of sizes, longer ones before those they end in.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1},
}

// size reads a number of bytes, with a unit or without.
func size(field *int64) func(string) error {
	return func(s string) error {
		for _, u := range units {
			digits, ok := strings.CutSuffix(s, u.suffix)
			if !ok {
				continue
			}
			n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
			if err != nil || n < 1 || n > 1<<62/u.bytes {
				break
			}
			*field = n * u.bytes
			return nil
		}
		return errors.New("want a size such as 4096, 64MiB or 1GB")
	}
}

// parseDuration reads seconds (1.5) or Go's notation (500ms, 2m).
func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if seconds, e := strconv.ParseFloat(s, 64); e == nil {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d <= 0 {
		return 0, errors.New("want a time above zero such as 1.5, 500ms or 2m")
	}
	return d, nil
}

// defaultSocketTimeout is how long sockets wait that no script gave a timeout: in
// front of a person, what hangs had better say so.
const defaultSocketTimeout = time.Minute

// parseSocketTimeout reads a duration, or none.
func parseSocketTimeout(s string, field *time.Duration) (err error) {
	if s == "none" {
		*field = 0
		return nil
	}
	if *field, err = parseDuration(s); err != nil {
		return errors.New("want a time above zero such as 1.5, 500ms or 2m, or none")
	}
	return nil
}

// parsePolicy reads what a script gives as policy.
func parsePolicy(s string, o *httplibmod.Options) error {
	if s != "python" && s != "strict" {
		return errors.New("want python or strict")
	}
	o.Strict = s == "strict"
	return nil
}

// parseMaxBody reads what a script gives as max_body; none lifts what the strict
// policy sets.
func parseMaxBody(s string, o *httplibmod.Options) error {
	if s == "none" {
		o.MaxBody = -1
		return nil
	}
	if size(&o.MaxBody)(s) != nil {
		return errors.New("want a size such as 4096, 64MiB or 1GB, or none")
	}
	return nil
}

// parseLimit reads NAME=N, one item of what a script gives as limits.
func parseLimit(s string, l *httplibmod.Limits) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return errors.New("want NAME=N, such as headers=50 or head_bytes=64KiB")
	}
	switch field := l.Field(name).(type) {
	case *int:
		var n int64
		if size(&n)(value) != nil || n > math.MaxInt32 {
			return fmt.Errorf("want a number from 1 to %d behind %s=, or a size such as 64KiB", math.MaxInt32, name)
		}
		*field = int(n)
	case *time.Duration:
		d, err := parseDuration(value)
		if err != nil {
			return err
		}
		*field = d
	default:
		return fmt.Errorf("no limit is called %s; there are %s", name, strings.Join(httplibmod.LimitNames(), ", "))
	}
	return nil
}

// parseResolve reads HOST:PORT:ADDR[:PORT]; ADDR may be an IPv6 address in brackets.
func parseResolve(s string, c *runtime.Config) error {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) < 3 || parts[0] == "" || parts[1] == "" {
		return errors.New("want HOST:PORT:ADDR or HOST:PORT:ADDR:PORT")
	}
	target := parts[2]
	if ap, err := netip.ParseAddrPort(target); err == nil {
		target = ap.String()
	} else if a, err := netip.ParseAddr(strings.Trim(target, "[]")); err == nil {
		target = a.String() + ":" + parts[1]
		if a.Is6() {
			target = "[" + a.String() + "]:" + parts[1]
		}
	} else {
		return fmt.Errorf("%s is no address", target)
	}
	if c.Resolve == nil {
		c.Resolve = make(map[string]string)
	}
	c.Resolve[parts[0]+":"+parts[1]] = target
	return nil
}

// readCAs reads the certificates of a PEM file.
func readCAs(name string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", name)
	}
	return pool, nil
}
