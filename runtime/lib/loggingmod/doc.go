// Package loggingmod is Python 2.7's module logging: loggers by name, basicConfig,
// handlers for streams and files, formatters and filters.
//
// The module belongs to one run. Its functions may be called on several threads.
//
// The differences from CPython 2.7's logging:
//
//   - A logger's handlers are a tuple, which cannot be changed: use addHandler and removeHandler.
//   - A handler whose stream is sys.stderr follows the standard error of the thread that logs, so
//     that what parallel prints comes in the order of its items.
//   - What goes wrong while a record is formatted is told in one line, before "Logged from file".
//   - There are no handlers of sockets, queues and rotating files, no LoggerAdapter, no configuration
//     by files, and no classes to derive from: write a function, and give it the records by a Filter's
//     place, an object with the method filter.
package loggingmod
