//go:build unix

package socketmod

import "syscall"

// platformConstants are the constants that not every system has.
var platformConstants = map[string]int{
	"SO_ERROR": syscall.SO_ERROR, "SO_TYPE": syscall.SO_TYPE,
	"SO_RCVTIMEO": syscall.SO_RCVTIMEO, "SO_SNDTIMEO": syscall.SO_SNDTIMEO,
	"AF_UNIX":  syscall.AF_UNIX,
	"MSG_PEEK": syscall.MSG_PEEK, "MSG_DONTWAIT": syscall.MSG_DONTWAIT, "MSG_WAITALL": syscall.MSG_WAITALL,
}

// setOption sets an integer socket option.
func (l *link) setOption(level, name, value int) error {
	return l.option(func(fd int) error { return syscall.SetsockoptInt(fd, level, name, value) })
}

// getOption returns an integer socket option.
func (l *link) getOption(level, name int) (value int, err error) {
	err = l.option(func(fd int) (err error) {
		value, err = syscall.GetsockoptInt(fd, level, name)
		return err
	})
	return value, err
}

func (l *link) option(do func(fd int) error) error {
	if l.raw == nil {
		return errNoOption
	}
	// What is set must not be changed by the way the connection goes to the poller.
	if _, err := l.tcp(); err != nil {
		return err
	}
	var err error
	if cerr := l.raw.Control(func(fd uintptr) { err = do(int(fd)) }); cerr != nil {
		return cerr
	}
	return err
}
