package repl

import (
	"strings"

	"starwire/runtime/pysyntax"
)

// split cuts a pasted text into the statements it holds, each to be run as if it
// had been typed, and what is left in the end: a statement that goes on, or the
// last line if no newline ends it. Blank lines inside a block do not end it. Of
// a documentation's example only what follows the prompts counts, not what it
// shows as printed.
func split(text string) (statements []string, rest string) {
	text, ended := strings.CutSuffix(text, "\n")
	lines := strings.Split(text, "\n")
	var open bool
	if hasPrompts(lines) {
		statements, open = splitPrompted(lines)
	} else {
		statements = splitPlain(dedent(lines))
		open = true
	}
	if n := len(statements); n > 0 && open {
		last := statements[n-1]
		if !ended || opensBlock(last) || pysyntax.NeedsMore(last+"\n\n", pysyntax.Interactive) {
			return statements[:n-1], last
		}
	}
	return statements, ""
}

// opensBlock reports whether the block that the statement's last line begins is
// yet to come.
func opensBlock(statement string) bool {
	var s scanner
	last := ""
	for line := range strings.SplitSeq(statement, "\n") {
		s.line(line)
		if code := strings.TrimSpace(line[:s.code]); code != "" {
			last = code
		}
	}
	return !s.open() && strings.HasSuffix(last, ":")
}

// cutPrompt takes the prompt from the front of a line of documentation.
func cutPrompt(line, mark string) (code string, ok bool) {
	code, ok = strings.CutPrefix(strings.TrimLeft(line, " \t"), mark)
	if !ok || code != "" && code[0] != ' ' {
		return line, false
	}
	return strings.TrimPrefix(code, " "), true
}

func hasPrompts(lines []string) bool {
	for _, line := range lines {
		if _, ok := cutPrompt(line, ">>>"); ok {
			return true
		}
	}
	return false
}

// splitPrompted returns the statements after the prompts. open is whether the
// last one ends with the lines.
func splitPrompted(lines []string) (statements []string, open bool) {
	var current []string
	flush := func() {
		if len(current) > 0 {
			statements = append(statements, strings.Join(current, "\n"))
			current = nil
		}
	}
	for i, line := range lines {
		if code, ok := cutPrompt(line, ">>>"); ok {
			flush()
			current = []string{code}
		} else if code, ok := cutPrompt(line, "..."); ok && current != nil {
			current = append(current, code)
		} else if i == 0 && isStatement(line) {
			// The selection began behind the first prompt.
			current = []string{strings.TrimSpace(line)}
		} else {
			flush()
		}
	}
	open = len(current) > 0
	flush()
	return statements, open
}

// isStatement reports whether the line by itself is a program.
func isStatement(line string) bool {
	line = strings.TrimSpace(line) + "\n"
	if pysyntax.NeedsMore(line, pysyntax.Interactive) {
		return true
	}
	_, err := pysyntax.Parse("", line, pysyntax.Config{Exports: func(string) ([]string, error) { return nil, nil }})
	return err == nil && strings.TrimSpace(line) != ""
}

// dedent removes the indentation that all lines have in common.
func dedent(lines []string) []string {
	common := ""
	first := true
	for _, line := range lines {
		body := strings.TrimLeft(line, " \t")
		if body == "" {
			continue
		}
		indent := line[:len(line)-len(body)]
		if first {
			common, first = indent, false
		}
		for !strings.HasPrefix(indent, common) {
			common = common[:len(common)-1]
		}
	}
	if common == "" {
		return lines
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.TrimPrefix(line, common)
	}
	return out
}

// splitPlain cuts source text at the lines where a statement begins.
func splitPlain(lines []string) []string {
	var statements, current, between []string
	code := false // whether current has any, rather than comments alone
	var s scanner
	for _, line := range lines {
		body := strings.TrimSpace(line)
		if !s.open() && (body == "" || body[0] == '#') {
			between = append(between, line)
			continue
		}
		begins := !s.open() && line[0] != ' ' && line[0] != '\t' && !continues(body)
		if begins && code {
			statements = append(statements, strings.Join(current, "\n"))
			current = nil
		}
		for len(current) == 0 && len(between) > 0 && strings.TrimSpace(between[0]) == "" {
			between = between[1:]
		}
		current = append(append(current, between...), line)
		between, code = nil, true
		s.line(line)
	}
	if code {
		statements = append(statements, strings.Join(current, "\n"))
	}
	return statements
}

// continues reports whether a line at the margin belongs to the statement before it.
func continues(line string) bool {
	end := 0
	for end < len(line) && 'a' <= line[end] && line[end] <= 'z' {
		end++
	}
	switch line[:end] {
	case "else", "elif", "except", "finally":
		return true
	}
	return line[0] == ')' || line[0] == ']' || line[0] == '}'
}

// A scanner follows brackets, strings and backslashes over lines, to tell where
// a logical line ends.
type scanner struct {
	depth   int
	quote   string // of the string that is open: """ or '''
	escaped bool   // the line ended in a backslash
	code    int    // how much of the last line comes before its comment
}

func (s *scanner) open() bool { return s.depth > 0 || s.quote != "" || s.escaped }

func (s *scanner) line(line string) {
	s.escaped, s.code = false, len(line)
	for i := 0; i < len(line); {
		rest := line[i:]
		if s.quote != "" {
			switch {
			case rest[0] == '\\':
				i += 2
			case strings.HasPrefix(rest, s.quote):
				i += len(s.quote)
				s.quote = ""
			default:
				i++
			}
			continue
		}
		i++
		switch c := rest[0]; c {
		case '#':
			s.code = i - 1
			return
		case '(', '[', '{':
			s.depth++
		case ')', ']', '}':
			s.depth = max(s.depth-1, 0)
		case '\\':
			s.escaped = rest == `\`
		case '"', '\'':
			s.quote = string(c)
			if strings.HasPrefix(rest, strings.Repeat(s.quote, 3)) {
				s.quote = rest[:3]
				i += 2
			}
		}
	}
	if len(s.quote) == 1 {
		s.escaped = strings.HasSuffix(line, `\`)
		if !s.escaped {
			s.quote = "" // an error, which ends here
		}
	}
}
