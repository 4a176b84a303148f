// Package pyport writes the Starlark program that does what a Python 2 program does.
//
// What File writes is compiled from the same tree that the runtime runs the .py file from, so the two do
// the same: prints, exceptions, the exit status, the bytes on the wire. What Starlark has otherwise, or
// not at all, the program gets from the module python2, by name: a / b is div(a, b), because of integers
// it is the floor of the quotient; x == y is eq(x, y) where True might meet 1; a for loop goes over
// each(s), which may be a string; methods that Python has and Starlark has not, or has otherwise, are
// looked up by getattr. Where the text shows that Starlark's own form does the same, that stands.
//
// Statements become the forms that scripts use:
//
//   - import is nothing for a built-in module, from … import is load, and either is a function of python2
//     for what is found when the program runs;
//   - print is python2's print, which shows values as Python 2 does;
//   - the body of a try is a function; catch calls it where the classes are known and nothing asks which
//     exception is being handled, else try_call and finally_call of python2;
//   - with is a for loop over using, or over entering where the manager may have methods of its own;
//   - raise and assert are fail, or raise_error where what is raised is not known to be an exception.
//
// A variable that such a function assigns, or that a global statement names, is a field of an object:
// local.x, or module.x.
//
// # Differences
//
// A traceback shows the lines and functions of the new program, and sys.argv[0] and __file__ its name.
// Module variables that are fields of module are not found by programs that load the file.
package pyport
