// Package optparsemod is Python 2.7's module optparse: OptionParser with its options,
// groups, callbacks, defaults and help.
//
// The differences from CPython 2.7's optparse.py:
//
//   - Scripts have no classes, so Option and the formatters have no subclasses; option_class
//     is Option alone, and there are no options of type complex.
//   - The width of the help is that of $COLUMNS where the run may read it, and else 80.
//   - Values has no read_module and read_file.
package optparsemod
