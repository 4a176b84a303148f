package py

import (
	"go.starlark.net/starlark"
)

// The built-in classes, with CPython 2.7's hierarchy. PermissionError is ours:
// a refused permission, under Exception and no kind of IOError, so that a retry
// loop cannot mistake policy for weather. Error is what fail("text") raises.
var (
	BaseException = NewClass("", "BaseException", Spec{Doc: "The root of all exception classes."})
	SystemExit    = NewClass("", "SystemExit", Spec{
		Init: initExit, Fields: []string{"code"},
		Doc: "What sys.exit raises, with its argument as code. Only the try statement of the Python dialect catches it.",
	}, BaseException)
	KeyboardInterrupt = NewClass("", "KeyboardInterrupt", Spec{Doc: "The person interrupted the run. It cannot be caught."}, BaseException)

	ExceptionClass  = NewClass("", "Exception", Spec{Doc: "The base of all exceptions a script may catch."}, BaseException)
	Error           = NewClass("", "Error", Spec{Doc: "What fail(\"text\") raises."}, ExceptionClass)
	PermissionError = NewClass("", "PermissionError", Spec{Doc: "The run was not granted what it tried to do. The text names the grant."}, ExceptionClass)
	StopIteration   = NewClass("", "StopIteration", Spec{Doc: "An iterator has no more items."}, ExceptionClass)

	StandardError       = NewClass("", "StandardError", Spec{Doc: "The base of the built-in exceptions."}, ExceptionClass)
	ArithmeticError     = NewClass("", "ArithmeticError", Spec{Doc: "The base of arithmetic errors."}, StandardError)
	OverflowError       = NewClass("", "OverflowError", Spec{Doc: "A number is too large to be represented."}, ArithmeticError)
	ZeroDivisionError   = NewClass("", "ZeroDivisionError", Spec{Doc: "A division by zero."}, ArithmeticError)
	AssertionError      = NewClass("", "AssertionError", Spec{Doc: "An assertion did not hold."}, StandardError)
	AttributeError      = NewClass("", "AttributeError", Spec{Doc: "A value has no such attribute."}, StandardError)
	EOFError            = NewClass("", "EOFError", Spec{Doc: "Input ended."}, StandardError)
	ImportError         = NewClass("", "ImportError", Spec{Doc: "There is no such module, or no such name in it."}, StandardError)
	LookupError         = NewClass("", "LookupError", Spec{Doc: "The base of KeyError and IndexError."}, StandardError)
	IndexError          = NewClass("", "IndexError", Spec{Doc: "A sequence index is out of range."}, LookupError)
	KeyError            = NewClass("", "KeyError", Spec{Str: strKeyError, Doc: "A mapping has no such key."}, LookupError)
	MemoryError         = NewClass("", "MemoryError", Spec{Doc: "Memory ran out."}, StandardError)
	NameError           = NewClass("", "NameError", Spec{Doc: "There is no such name."}, StandardError)
	UnboundLocalError   = NewClass("", "UnboundLocalError", Spec{Doc: "A local variable has no value yet."}, NameError)
	RuntimeError        = NewClass("", "RuntimeError", Spec{Doc: "An error of no other class."}, StandardError)
	NotImplementedError = NewClass("", "NotImplementedError", Spec{Doc: "The operation is not to be had here."}, RuntimeError)
	SyntaxError         = NewClass("", "SyntaxError", Spec{Doc: "The source text is not a program."}, StandardError)
	TypeError           = NewClass("", "TypeError", Spec{Doc: "A value is of the wrong type."}, StandardError)
	ValueError          = NewClass("", "ValueError", Spec{Doc: "A value is of the right type, but unfit."}, StandardError)
	UnicodeError        = NewClass("", "UnicodeError", Spec{Doc: "Text could not be encoded or decoded."}, ValueError)

	EnvironmentError = NewClass("", "EnvironmentError", Spec{
		Init: initEnvironment, Str: strEnvironment,
		Fields: []string{"errno", "filename", "strerror"},
		Doc:    "The base of errors of the system outside: errno, strerror, filename.",
	}, StandardError)
	IOError = NewClass("", "IOError", Spec{Doc: "An input or output operation went wrong."}, EnvironmentError)
	OSError = NewClass("", "OSError", Spec{Doc: "A call to the operating system went wrong."}, EnvironmentError)
)

// Builtins lists the classes a script finds among its built-in names, the roots first.
func Builtins() []*Class {
	return []*Class{
		BaseException, SystemExit, KeyboardInterrupt, ExceptionClass, Error, PermissionError, StopIteration,
		StandardError, ArithmeticError, OverflowError, ZeroDivisionError, AssertionError, AttributeError,
		EOFError, ImportError, LookupError, IndexError, KeyError, MemoryError, NameError, UnboundLocalError, RuntimeError,
		NotImplementedError, SyntaxError, TypeError, ValueError, UnicodeError, UnicodeDecodeError, UnicodeEncodeError, EnvironmentError, IOError, OSError,
	}
}

// initExit is SystemExit.__init__.
//
// exceptions.c, SystemExit_init.
func initExit(e *Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if err := initArgs(e, args, kwargs); err != nil {
		return err
	}
	switch len(args) {
	case 0:
		e.Set("code", starlark.None)
	case 1:
		e.Set("code", args[0])
	default:
		e.Set("code", args)
	}
	return nil
}

// strKeyError is KeyError.__str__: one argument is shown by its repr.
func strKeyError(e *Exception) string {
	if len(e.Args) == 1 {
		return Repr(e.Args[0])
	}
	return strArgs(e)
}

// initEnvironment is EnvironmentError.__init__: two arguments are errno and
// strerror; a third is the file's name and is left out of args.
func initEnvironment(e *Exception, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if err := noKeywords(e.class, kwargs); err != nil {
		return err
	}
	e.Args = args
	e.Fields = starlark.StringDict{"errno": starlark.None, "strerror": starlark.None, "filename": starlark.None}
	if len(args) == 3 {
		e.Fields["filename"] = args[2]
		e.Args = args[:2:2]
	}
	if len(e.Args) == 2 {
		e.Fields["errno"], e.Fields["strerror"] = args[0], args[1]
	}
	return nil
}

// strEnvironment is EnvironmentError.__str__: "[Errno 2] text: 'file'".
func strEnvironment(e *Exception) string {
	if len(e.Args) != 2 {
		return strArgs(e)
	}
	s := "[Errno " + Str(e.Args[0]) + "] " + Str(e.Args[1])
	if f := e.Fields["filename"]; f != nil && f != starlark.None {
		s += ": " + Repr(f)
	}
	return s
}
