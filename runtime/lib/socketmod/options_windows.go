package socketmod

import "syscall"

// platformConstants are the constants that not every system has.
var platformConstants = map[string]int{"MSG_PEEK": 2, "MSG_WAITALL": 8, "SO_ERROR": 0x1007, "SO_TYPE": 0x1008}

// setOption sets an integer socket option.
func (l *link) setOption(level, name, value int) error {
	if l.raw == nil {
		return errNoOption
	}
	var err error
	if cerr := l.raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(syscall.Handle(fd), level, name, value)
	}); cerr != nil {
		return cerr
	}
	return err
}

// getOption returns an integer socket option.
func (l *link) getOption(level, name int) (value int, err error) {
	if l.raw == nil {
		return 0, errNoOption
	}
	if cerr := l.raw.Control(func(fd uintptr) {
		value, err = syscall.GetsockoptInt(syscall.Handle(fd), level, name)
	}); cerr != nil {
		return 0, cerr
	}
	return value, err
}
