package doctest

import (
	"fmt"
	"strings"
)

// An Example is one prompt of a document and what is expected after it.
type Example struct {
	Source string // the statement, its continuation lines joined, prompts removed
	Want   string // the expected output, its indentation removed; "" for none
	Line   int    // of the prompt in the document, from 1
	Options
}

// Options change how an example is run or compared. A comment
// "# doctest: +ELLIPSIS, -SKIP" in its source sets them.
type Options struct {
	Ellipsis            bool // "..." in the expected output stands for any text
	NormalizeWhitespace bool // runs of white space are one
	Skip                bool // the example is not run
}

// Parse returns the examples of a document: lines that begin, after any
// indentation, with ">>> ", the lines with "... " that continue them, and the
// lines that follow up to a blank one or the next prompt, which are the expected
// output. <BLANKLINE> stands for a blank line in it. A fence of a Markdown code
// block ends the output too. The error names a line whose prompt or indentation
// is out of place.
//
// The rules are those of CPython's doctest.py, DocTestParser.
func Parse(name, text string) ([]Example, error) {
	var examples []Example
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); {
		indent, code, ok := prompt(lines[i], ">>>")
		if !ok {
			i++
			continue
		}
		e := Example{Line: i + 1}
		if err := checkPrompt(name, i, code); err != nil {
			return nil, err
		}
		source := []string{strings.TrimPrefix(code, " ")}
		for i++; i < len(lines); i++ {
			in, code, ok := prompt(lines[i], "...")
			if !ok || in != indent {
				break
			}
			if err := checkPrompt(name, i, code); err != nil {
				return nil, err
			}
			source = append(source, strings.TrimPrefix(code, " "))
		}
		e.Source = strings.Join(source, "\n") + "\n"
		var want strings.Builder
		for ; i < len(lines); i++ {
			line := lines[i]
			if strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "```") {
				break
			}
			if _, _, ok := prompt(line, ">>>"); ok {
				break
			}
			rest, ok := strings.CutPrefix(line, indent)
			if !ok {
				return nil, fmt.Errorf("%s:%d: expected output is indented less than its prompt: %s", name, i+1, strings.TrimSpace(line))
			}
			if rest == "<BLANKLINE>" {
				rest = ""
			}
			want.WriteString(rest + "\n")
		}
		e.Want = want.String()
		var err error
		if e.Options, err = options(e.Source); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, e.Line, err)
		}
		examples = append(examples, e)
	}
	return examples, nil
}

// prompt splits a line that begins with indentation and the given prompt.
func prompt(line, mark string) (indent, code string, ok bool) {
	rest := strings.TrimLeft(line, " \t")
	code, ok = strings.CutPrefix(rest, mark)
	if ok && mark == "..." && strings.HasPrefix(code, ".") {
		return "", "", false // an ellipsis in running text
	}
	return line[:len(line)-len(rest)], code, ok
}

// checkPrompt wants a space between a prompt and what follows it.
func checkPrompt(name string, i int, code string) error {
	if code != "" && code[0] != ' ' {
		return fmt.Errorf("%s:%d: there must be a space after the prompt: %s", name, i+1, code)
	}
	return nil
}

// options reads the "# doctest:" comments of an example.
func options(source string) (Options, error) {
	var o Options
	for line := range strings.SplitSeq(source, "\n") {
		_, list, ok := strings.Cut(line, "# doctest:")
		if !ok {
			continue
		}
		for _, opt := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
			on := opt[0] == '+'
			if !on && opt[0] != '-' {
				return o, fmt.Errorf("a doctest option begins with + or -: %s", opt)
			}
			switch opt[1:] {
			case "ELLIPSIS":
				o.Ellipsis = on
			case "NORMALIZE_WHITESPACE":
				o.NormalizeWhitespace = on
			case "SKIP":
				o.Skip = on
			default:
				return o, fmt.Errorf("unknown doctest option %s; there are ELLIPSIS, NORMALIZE_WHITESPACE and SKIP", opt[1:])
			}
		}
	}
	return o, nil
}
