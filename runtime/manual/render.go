package manual

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"starwire/runtime/lazy"
)

const (
	defaultWidth = 80
	minWidth     = 40
	margin       = "    "
)

// Render returns the entry as a page of text for a screen of that many columns,
// 80 if width is 0. It ends in a newline. The page of a module or class lists
// what it has.
func Render(e Entry, width int) string {
	if width == 0 {
		width = defaultWidth
	}
	p := page{width: max(width, minWidth)}
	p.signature(e)
	if e.plain {
		p.plain(e.Text)
	} else {
		p.text(e.Text)
	}
	t := manual()
	if e.From != "" {
		p.paragraph("", "Inherited from "+e.From+".")
	}
	if target, ok := t.target(e); ok {
		p.line("")
		p.b.WriteString(Render(target, p.width))
	}
	if known, ok := t.entries[e.Name]; ok && known.Kind == e.Kind && e.Kind.hasMembers() {
		p.members(t, e, t.membersOf(e))
	}
	if len(e.See) > 0 {
		p.paragraph("", "See also "+strings.Join(e.See, ", ")+".")
	}
	return p.b.String()
}

// A page is text being laid out.
type page struct {
	b     strings.Builder
	width int
}

// fill writes words, the first line after first, the others after next, none
// wider than the page if that can be helped.
func (p *page) fill(first, next string, words []string) {
	line, empty := first, true
	for _, w := range words {
		switch {
		case empty:
			line += w
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) <= p.width:
			line += " " + w
		default:
			p.line(line)
			line = next + w
		}
		empty = false
	}
	p.line(line)
}

func (p *page) line(s string) { p.b.WriteString(strings.TrimRight(s, " ") + "\n") }

// paragraph writes a blank line and text, filled.
func (p *page) paragraph(indent, text string) {
	p.line("")
	p.fill(margin+indent, margin+indent, strings.Fields(text))
}

// signature writes the head line. Parameters that do not fit go on below the
// first one.
func (p *page) signature(e Entry) {
	s := e.Signature
	if e.Kind == Topic {
		s = e.Name
	}
	if utf8.RuneCountInString(s) <= p.width {
		p.line(s)
		return
	}
	open := strings.IndexByte(s, '(')
	params, rest, _ := cutCall(s[max(open, 0):])
	words := splitList(params)
	if len(words) == 0 {
		p.fill("", margin+margin, strings.Fields(s))
		return
	}
	for i := range words[:len(words)-1] {
		words[i] += ","
	}
	words[len(words)-1] += ")"
	words = append(words, strings.Fields(rest)...)
	next := strings.Repeat(" ", open+1)
	if open+1 > p.width/2 {
		next = margin + margin
	}
	p.fill(s[:open+1], next, words)
}

// definition is a line that describes a parameter, or some other word.
func definition() *regexp.Regexp {
	return definitionTable.Get(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\S+(?:, \S+)*)  +(\S.*)$`)
	})
}

var definitionTable lazy.Value[*regexp.Regexp]

// isVerbatim reports whether the line is shown as it is.
func isVerbatim(line string) bool { return strings.HasPrefix(line, margin) }

// text lays out an entry's text: paragraphs, definitions, and what is shown as
// it is.
func (p *page) text(s string) {
	var definitions [][2]string
	var words []string
	flush := func() {
		if len(words) > 0 {
			p.paragraph("", strings.Join(words, " "))
		}
		if len(definitions) > 0 {
			p.line("")
			p.definitions(definitions)
		}
		words, definitions = nil, nil
	}
	verbatim, pending := false, 0
	for line := range strings.SplitSeq(s, "\n") {
		if line == "" {
			if !verbatim {
				flush()
			}
			pending++
			continue
		}
		if m := definition().FindStringSubmatch(line); m != nil && line[0] != ' ' {
			if len(words) > 0 {
				flush()
			}
			definitions = append(definitions, [2]string{m[1], m[2]})
		} else if line[0] == ' ' && len(definitions) > 0 {
			d := &definitions[len(definitions)-1]
			d[1] += " " + strings.TrimSpace(line)
		} else if isVerbatim(line) {
			flush()
			if !verbatim || pending > 0 {
				p.line("")
			}
			p.line(margin + line)
			verbatim, pending = true, 0
			continue
		} else {
			if len(definitions) > 0 {
				flush()
			}
			words = append(words, line)
		}
		verbatim, pending = false, 0
	}
	flush()
}

// plain writes text as it is.
func (p *page) plain(s string) {
	if s == "" {
		return
	}
	p.line("")
	for line := range strings.SplitSeq(s, "\n") {
		p.line(margin + line)
	}
}

// maxTerm is the widest word that a description stands beside, not below.
const maxTerm = 20

// definitions writes a list of words and what they mean, in two columns.
func (p *page) definitions(list [][2]string) {
	column := 0
	for _, d := range list {
		if n := utf8.RuneCountInString(d[0]); n <= maxTerm {
			column = max(column, n)
		}
	}
	indent := strings.Repeat(" ", column+2)
	for _, d := range list {
		first := margin + d[0] + indent[:max(len(indent)-utf8.RuneCountInString(d[0]), 0)]
		if utf8.RuneCountInString(d[0]) > column {
			p.line(margin + d[0])
			first = margin + indent
		}
		p.fill(first, margin+indent, strings.Fields(d[1]))
	}
}

// groups are the headings of a module's or class's page, by kind.
var groups = []struct {
	title string
	kinds []Kind
}{
	{"Modules", []Kind{Module}},
	{"Topics", []Kind{Topic}},
	{"Classes", []Kind{Class, Type}},
	{"Functions", []Kind{Function}},
	{"Attributes", []Kind{Attribute}},
	{"Constants", []Kind{Constant}},
	{"Exceptions", []Kind{Exception}},
}

// members lists what a module or class has, or what needs none for "".
func (p *page) members(t *table, owner Entry, names []string) {
	for _, g := range groups {
		title := g.title
		if owner.Kind.isClass() && title == "Functions" {
			title = "Methods"
		}
		var public, private [][2]string // labels and summaries
		for _, name := range names {
			e, _ := t.lookup(name)
			if !slices.Contains(g.kinds, e.Kind) {
				continue
			}
			label := strings.TrimPrefix(strings.TrimPrefix(e.Name, owner.Name), ".")
			list := &public
			if label[0] == '_' {
				list = &private
			}
			if e.Kind == Constant {
				label += " = " + e.Value
			}
			*list = append(*list, [2]string{label, e.Summary()})
		}
		if list := append(public, private...); len(list) > 0 {
			p.line("")
			p.line(margin + title + ":")
			p.list(list)
		}
	}
}

// maxLabel is the widest label that a list is aligned to.
const maxLabel = 26

// list writes labels and what they are about, a line each. A summary that does
// not fit is cut.
func (p *page) list(items [][2]string) {
	column := 0
	for _, it := range items {
		if n := utf8.RuneCountInString(it[0]); n <= maxLabel {
			column = max(column, n)
		}
	}
	for _, it := range items {
		label, summary := it[0], it[1]
		pad := strings.Repeat(" ", max(column-utf8.RuneCountInString(label), 0))
		line := margin + "  " + label + pad + "  "
		p.line(line + cut(summary, p.width-utf8.RuneCountInString(line)))
	}
}

// cut shortens text to so many columns, at a word.
func cut(text string, columns int) string {
	if utf8.RuneCountInString(text) <= columns {
		return text
	}
	short := ""
	for _, w := range strings.Fields(text) {
		if utf8.RuneCountInString(short)+1+utf8.RuneCountInString(w) >= columns {
			break
		}
		short += " " + w
	}
	if short == "" {
		return ""
	}
	return strings.TrimRight(short[1:], ",;:") + "…"
}
