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

// ComparisonNames are the functions that stand for x == y, x < y and so on.
var ComparisonNames = map[syntax.Token]string{
	syntax.EQL: "$equal", syntax.NEQ: "$unequal",
	syntax.LT: "$less", syntax.LE: "$lessequal", syntax.GT: "$greater", syntax.GE: "$greaterequal",
}

// SetNames are the functions that stand for the operators of sets and dicts.
var SetNames = map[syntax.Token]string{
	syntax.PIPE: "$or", syntax.AMP: "$and", syntax.CIRCUMFLEX: "$xor", syntax.MINUS: "$minus",
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

// methodNames are the names of the methods that Tree hands to $method.
var methodNames = map[string]bool{
	"extend": true, "format": true, "join": true, "replace": true,
	"rsplit": true, "split": true, "splitlines": true, "update": true, "union": true,
	"count": true, "find": true, "index": true, "remove": true, "rfind": true, "rindex": true,
	"difference": true, "difference_update": true, "intersection": true, "intersection_update": true,
	"issubset": true, "issuperset": true, "symmetric_difference": true, "symmetric_difference_update": true,
}

// keyMethods are the names of methods whose first argument is looked up in a dict
// or a set: Tree puts a probe around it.
var keyMethods = map[string]bool{"add": true, "discard": true, "get": true, "pop": true, "setdefault": true}

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
