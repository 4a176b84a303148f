package manual

import (
	"fmt"
	"strings"
)

// A Kind says what an entry is about.
type Kind uint8

// The kinds of entries.
const (
	Topic     Kind = iota + 1 // a page about no one thing
	Module                    // a module
	Class                     // a class that scripts call to make instances
	Type                      // a class whose instances come from elsewhere
	Exception                 // an exception class
	Function                  // a function or method
	Attribute                 // what an instance or a module holds: a value that may differ
	Constant                  // a value that is always the same, or another name for something
)

var kindNames = [...]string{
	Topic: "topic", Module: "module", Class: "class", Type: "type", Exception: "exception",
	Function: "function", Attribute: "attribute", Constant: "constant",
}

// String returns "module", "class", and so on.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// hasMembers reports whether names below the entry's own belong to it.
func (k Kind) hasMembers() bool { return k >= Module && k <= Exception }

// isClass reports whether the kind is one of the three that have instances.
func (k Kind) isClass() bool { return k >= Class && k <= Exception }

// An Entry is what the manual says about one name. Its slices are borrowed: do
// not change them.
type Entry struct {
	Name string // "httplib.HTTPConnection.request"
	Kind Kind
	// Signature is the head of the page: "urllib.quote(s, safe="/") -> str".
	Signature string
	// Params are the parameters of a call, in order.
	Params []Param
	// Result is the type of what a call returns or an attribute holds, or "".
	Result string
	// Value is a constant's value as a script would write it, or the name that
	// this one is another name for; or "".
	Value string
	// Bases are the classes that a class derives from.
	Bases []string
	// From is the class that the member was defined in, if it is not the one in
	// Name; or "".
	From string
	// Text is the description, without its indentation.
	Text string
	// See lists what else to read.
	See []string

	plain bool     // Text is shown as it is
	types []string // what type() says of instances, beside the last part of Name
}

// Summary returns the first sentence of the text, without its end.
func (e Entry) Summary() string {
	paragraph, _, _ := strings.Cut(e.Text, "\n\n")
	s := strings.Join(strings.Fields(paragraph), " ")
	for i := range len(s) {
		if s[i] == '.' && strings.HasPrefix(s[i+1:], " ") && !strings.HasSuffix(s[:i], "e.g") {
			s = s[:i]
			break
		}
	}
	return strings.TrimRight(s, ".:")
}

// A Param is one parameter of a call.
type Param struct {
	Name    string
	Default string // as the signature writes it; "" if the argument is required
	Kind    ParamKind
}

// A ParamKind says how an argument can be given.
type ParamKind uint8

// The kinds of parameters.
const (
	Normal         ParamKind = iota // by position or by keyword
	PositionalOnly                  // by position
	KeywordOnly                     // by keyword
	VarArgs                         // *args: any further positional arguments
	KwArgs                          // **kwargs: any further keyword arguments
)

// Required reports whether a call must give the argument.
func (p Param) Required() bool { return p.Default == "" && p.Kind < VarArgs }
