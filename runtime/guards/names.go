package guards

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starwire/runtime/lazy"
)

// Names of the functions to which Tree leaves what may take long, or much; see also
// ComparisonNames and SetNames.
const (
	MultiplyName = "$mul"      // x * y
	ShiftName    = "$lshift"   // x << y
	FormatName   = "$percent"  // x % y
	ContainsName = "$contains" // x in y
	OperandName  = "$operand"  // the y of x *= y
	SetItemName  = "$setitem"  // x[i] = y, or x.i = y
	DoneName     = "$done"     // nothing, of what was done already
	MethodName   = "$method"   // x.join, x.replace, …
)

// A Function is the name of the function that stands for an operator.
type Function struct {
	Op   syntax.Token
	Name string
}

// ComparisonNames are the functions that stand for x == y, x < y and so on.
var ComparisonNames = Functions{
	{syntax.EQL, "$equal"}, {syntax.NEQ, "$unequal"},
	{syntax.LT, "$less"}, {syntax.LE, "$lessequal"}, {syntax.GT, "$greater"}, {syntax.GE, "$greaterequal"},
}

// SetNames are the functions that stand for the operators of sets and dicts.
var SetNames = Functions{
	{syntax.PIPE, "$or"}, {syntax.AMP, "$and"}, {syntax.CIRCUMFLEX, "$xor"}, {syntax.MINUS, "$minus"},
}

// Functions are few, and no map: the start would have to fill it.
type Functions []Function

// Of returns the name of the function for op, or "".
func (f Functions) Of(op syntax.Token) string {
	for _, fn := range f {
		if fn.Op == op {
			return fn.Name
		}
	}
	return ""
}

// Names of the probes: what tells about a value x as probe[x], at a fifth of what a
// call costs.
const (
	SmallName = "$small" // whether x is a number of one word at most, or nothing that * or << makes larger
	PlainName = "$plain" // whether to compare x with anything takes no time to speak of; see MaxPlain
	ItemName  = "$item"  // whether to look for x in anything takes little time
	KeyName   = "$key"   // x, if it can be a key
	SumName   = "$sum"   // x, or if it is large, or the embedder's, what adds it with care

	ReceiverName = "$receiver" // x, or what calls the methods of a value of the embedder's
)

// MaxPlain is how long a text may be that is compared as it is.
const MaxPlain = 1 << 12 // bytes

// isGuardedMethod reports whether Tree hands a method of that name to $method.
func isGuardedMethod(name string) bool {
	switch name {
	case "extend", "format", "join", "replace",
		"rsplit", "split", "splitlines", "update", "union",
		"count", "find", "index", "remove", "rfind", "rindex",
		"difference", "difference_update", "intersection", "intersection_update",
		"issubset", "issuperset", "symmetric_difference", "symmetric_difference_update":
		return true
	}
	return isKeyMethod(name)
}

// isKeyMethod reports whether the first argument of a method of that name is looked
// up in a dict or a set: Tree puts a probe around it.
func isKeyMethod(name string) bool {
	switch name {
	case "add", "discard", "get", "pop", "setdefault":
		return true
	}
	return false
}

// isStockMethod reports whether a type of the interpreter's has a method of that name.
func isStockMethod(name string) bool { return stockMethods.Get(listStockMethods)[name] }

var stockMethods lazy.Value[map[string]bool]

func listStockMethods() map[string]bool {
	all := make(map[string]bool)
	for _, v := range []starlark.HasAttrs{
		starlark.String(""), starlark.Bytes(""), new(starlark.List), new(starlark.Dict), new(starlark.Set),
	} {
		for _, name := range v.AttrNames() {
			all[name] = true
		}
	}
	return all
}
