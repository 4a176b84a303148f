package pysyntax

import (
	"strconv"
	"strings"
)

// The names that compiled programs use beside their author's. The predicate given to
// starlark.FileProgram must accept them, and the predeclared environment must hold the functions. Each
// does what the bytecode of CPython does that stands beside it.
const (
	// PrintName is print(*items, nl=True, file=None). It writes the items to file, or, if that is
	// None, to standard output: str of each, a space between. Before its first item it writes a
	// space if the last thing printed to that file asks for one (a print with nl=False, unless what
	// it printed ended in white space other than a space: softspace). With nl it ends the line.
	//
	// One print statement may be several calls, all but the last with nl=False. No items and nl
	// ends the line; a file is anything with a write method. It returns None.
	// CPython: PRINT_ITEM, PRINT_NEWLINE, PRINT_ITEM_TO, PRINT_NEWLINE_TO.
	PrintName = "$print"

	// ImportName is import(path). It returns what "import path" binds: of "a.b", having seen to it
	// that the module a.b exists and is an attribute of its parent, the module a. The path is a
	// string. An unknown module is ImportError("No module named " + path).
	// CPython: IMPORT_NAME.
	ImportName = "$import"

	// ImportFromName is importfrom(path, name). It returns the attribute name of the module path, or
	// the module path.name. Neither existing is ImportError("cannot import name " + name).
	// CPython: IMPORT_NAME, IMPORT_FROM.
	ImportFromName = "$from"

	// PowerName is pow(x, y): x ** y, which of integers is an integer if y >= 0, and else a float.
	// CPython: BINARY_POWER.
	PowerName = "$pow"

	// IsName is is(x, y): whether the two are one object. Strings, numbers and tuples that are equal
	// and of one type are one object. Never called with None.
	// CPython: COMPARE_OP (is).
	IsName = "$is"

	// GlobalName is no function but an object, whose fields are the module's global variables: those
	// that a function declares global, that a try at module level binds, or that del deletes. They
	// are read and assigned nowhere but there, so the host joins them to the module's other globals.
	// Reading a field gives a variable if it is set, then what the host predeclares, then what is
	// built in, or NameError("name 'x' is not defined"). Each run of a module has one of its own; a
	// session has one for all it runs. It is also the module's frame, for TryName.
	// CPython: LOAD_GLOBAL, STORE_GLOBAL.
	GlobalName = "$global"

	// FrameName is frame(names). It returns an object for one call of the function that calls it,
	// whose fields are the local variables with those names, a list. Reading a field before it was
	// assigned is UnboundLocalError("local variable 'x' referenced before assignment").
	// CPython: LOAD_FAST, STORE_FAST.
	FrameName = "$frame"

	// TryName is try(frame, block). It calls block, without arguments, and returns (signal, None)
	// with what block returned, or (None, exception) if it raised what except clauses may catch;
	// this becomes the exception that frame handles, as sys.exc_info tells and a bare raise raises,
	// until the function of the frame returns or handles another. Errors nothing may catch
	// (cancellation, limits) go on.
	// CPython: SETUP_EXCEPT.
	TryName = "$try"

	// FinallyName is finally(block). It is TryName for try … finally: it makes no difference to
	// which exception is being handled, and it also returns, as the exception, what no except
	// clause catches but a finally clause must see, such as sys.exit; ReraiseName sends it on.
	// CPython: SETUP_FINALLY.
	FinallyName = "$finally"

	// ExceptName is except(exception, types): whether the exception is an instance of types, a class
	// or a tuple of such.
	// CPython: COMPARE_OP (exception match).
	ExceptName = "$except"

	// ReraiseName is reraise(exception). It raises what TryName or FinallyName returned, with the
	// traceback it had.
	// CPython: END_FINALLY.
	ReraiseName = "$reraise"

	// RaiseName is raise(type=None, value=None, traceback=None), positional. Without arguments it
	// raises the exception being handled again, with the traceback it had: that of the innermost
	// call with a frame that handles one. There being none is TypeError("exceptions must be
	// old-style classes or derived from BaseException, not NoneType"). With a class it raises
	// type(), type(*value) if value is a tuple, value itself if it is an instance of type, or else
	// type(value); with an instance value must be None.
	// CPython: RAISE_VARARGS, do_raise.
	RaiseName = "$raise"

	// AssertName is assert(message), with no or one argument: it raises AssertionError of it.
	AssertName = "$assert"

	// WithName is with(manager). It returns an iterable of one item, what the block knows the
	// manager as. The iterator's Done ends the block: it closes the manager. The interpreter calls
	// Done from the outermost to the innermost when an error or a return leaves several blocks of one
	// function, so Done must first end the blocks that were begun after its own and are still open.
	// CPython: SETUP_WITH.
	WithName = "$with"

	// DelNameName is delname(frame, name): it unsets a field of GlobalName's or FrameName's object.
	// One that is not set is the error of reading it.
	// CPython: DELETE_FAST, DELETE_NAME, DELETE_GLOBAL.
	DelNameName = "$delname"

	// DelAttrName is delattr(x, name), DelItemName delitem(x, key), DelSliceName
	// delslice(x, lo, hi, step) and SetSliceName setslice(value, x, lo, hi, step), where limits left
	// out are None.
	// CPython: DELETE_ATTR, DELETE_SUBSCR, DELETE_SLICE, STORE_SLICE.
	DelAttrName  = "$delattr"
	DelItemName  = "$delitem"
	DelSliceName = "$delslice"
	SetSliceName = "$setslice"

	// GeneratorName is generator(iterable, fn, nested=False), positional. It returns an iterable that
	// can be gone through once, and that works only as far as it is asked to: for each item of
	// iterable fn(item) returns a list of no or one element, which is the next item, or, if nested,
	// an iterable of the next items.
	// CPython: generator expressions.
	GeneratorName = "$generator"

	// LeakName is leak(frame, name, value): it sets a field of GlobalName's or FrameName's object and
	// returns True.
	LeakName = "$leak"

	// DivideName is divide(x, y), x / y without from __future__ import division: of integers the
	// floor of the quotient, else Starlark's /. ModuloName is modulo(x, y), x % y: of a string x
	// Python's formatting, else Starlark's %. EqualName is equal(x, y), x == y, for which True is 1
	// and False 0, in lists, tuples and dicts too. IterateName is iterate(x), which stands around
	// what a for goes over: the list of a string's bytes, each a string, or x itself.
	// These are called only in scripts, and only if Config.Known knows them.
	// CPython: BINARY_DIVIDE, BINARY_MODULO, COMPARE_OP (==), GET_ITER.
	DivideName  = "$div"
	ModuloName  = "$mod"
	EqualName   = "$eq"
	IterateName = "$iter"

	// LessName is less(x, y), x < y, and the others are <=, > and >=: values of different types have
	// an order, None below all. They are called only in scripts, only if Config.Known knows them, and
	// not where an operand is a literal number.
	// CPython: COMPARE_OP.
	LessName           = "$lt"
	LessOrEqualName    = "$le"
	GreaterName        = "$gt"
	GreaterOrEqualName = "$ge"

	// AddName is add(x, y), x + y, and the others are -, *, //, <<, >>, &, | and ^: a bool counts as 0 or 1,
	// but & | ^ of two bools are a bool. InPlaceName is inplace(x, y), what x += y makes of x: a list is
	// extended. NegativeName is negative(x), -x, and InvertName invert(x), ~x. IndexName is index(x, i), x[i],
	// and ContainsName contains(x, y), x in y, for an i or x that is a bool. They are called only in scripts,
	// only if Config.Known knows AddName, and only where an operand may be a bool.
	// CPython: BINARY_ADD, INPLACE_ADD, UNARY_NEGATIVE, UNARY_INVERT, BINARY_SUBSCR, COMPARE_OP (in), …
	AddName        = "$plus"
	SubtractName   = "$sub"
	MultiplyName   = "$times"
	FloorName      = "$floor"
	ShiftLeftName  = "$shl"
	ShiftRightName = "$shr"
	AndName        = "$bitand"
	OrName         = "$bitor"
	XorName        = "$bitxor"
	InPlaceName    = "$iadd"
	NegativeName   = "$neg"
	InvertName     = "$invert"
	IndexName      = "$index"
	ContainsName   = "$contains"

	// SlicedName is sliced(x): what has the items and slices of x, of the type of x. It is called only in scripts
	// that may have unicode text, only if Config.Known knows it, and only where a slice has a step.
	// CPython: BINARY_SUBSCR.
	SlicedName = "$sliced"

	// AttrName is attr(x, name): x.name, for the names that Config.Attr picks.
	// CPython: LOAD_ATTR.
	AttrName = "$attr"

	// SetName is set(list): the set of the elements.
	// CPython: BUILD_SET.
	SetName = "$set"

	// UnicodeName is unicode(text): the value of a literal u'…', unless Config.Unicode made it. It is called only in
	// scripts, and only if Config.Known knows it.
	// CPython: LOAD_CONST.
	UnicodeName = "$unicode"
)

// internal reports whether this package made the name up.
func internal(name string) bool { return strings.HasPrefix(name, "$") }

// IsStatement reports whether a call of the function with this name is all there is of a statement, such as
// print or del. A call of any other stands for an expression.
func IsStatement(name string) bool {
	switch name {
	case PrintName, AssertName, RaiseName, ReraiseName, DelNameName, DelAttrName, DelItemName, DelSliceName, SetSliceName:
		return true
	}
	return false
}

// blockName is the name of the n-th block that became a function, of those in the function fn.
func blockName(fn string, n int) string { return fn + "$" + strconv.Itoa(n) }

// FrameFunction tells how a traceback shows a call of a function with this name. The calls that compiled
// programs make beside their author's have a dollar sign in it. Those of blocks ("f$3") belong to the
// call of their function ("f") that is further out in the stack: what happens in the block happens there,
// and the stack between the two is no business of the author's. So a traceback goes through the stack
// from the outside in, leaves out calls with an empty function, and lets one with block true take the
// place of the last it has.
func FrameFunction(name string) (function string, block bool) {
	i := strings.LastIndexByte(name, '$')
	switch {
	case i < 0:
		return name, false
	case i == 0:
		return "", false
	}
	return name[:i], true
}
