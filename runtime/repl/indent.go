package repl

import "strings"

// indentation is one level.
const indentation = "    "

// nextIndent returns the indentation that the line after lines begins with: one
// level more after a colon, one less after a statement that leaves its block.
func nextIndent(lines []string) string {
	var s scanner
	start := 0 // of the logical line
	for i, line := range lines {
		if !s.open() {
			start = i
		}
		s.line(line)
	}
	last := lines[len(lines)-1]
	indent := leading(last)
	if s.quote != "" {
		return ""
	}
	if s.open() {
		if body := strings.TrimSpace(last[:s.code]); body != "" && strings.ContainsRune("([{", rune(body[len(body)-1])) {
			return indent + indentation
		}
		return indent
	}
	indent = leading(lines[start])
	if strings.HasSuffix(strings.TrimSpace(last[:s.code]), ":") {
		return indent + indentation
	}
	word, _, _ := strings.Cut(strings.TrimSpace(lines[start]), " ")
	switch word {
	case "return", "break", "continue", "pass", "raise":
		return indent[:max(len(indent)-len(indentation), 0)]
	}
	return indent
}

// leading returns the white space at the front of a line.
func leading(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
