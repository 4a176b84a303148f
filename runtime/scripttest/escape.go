package scripttest

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Ports names the ports that change from run to run: PORT, PORT2, ….
type Ports map[string]int

// minRun is the length from which equal bytes are written as a repetition.
const minRun = 48

// maxRepeat bounds what one term may stand for, so that a typo cannot ask for
// gigabytes.
const maxRepeat = 64 << 20 // bytes

var (
	number = regexp.MustCompile(`[0-9]+`)
	term   = regexp.MustCompile(`^\s*(?:([0-9]+)\s*\*\s*)?"((?:[^"\\]|\\.)*)"\s*`)
)

// NamePorts replaces each port number in text, where it stands as a whole
// number, by prefix + "{NAME}".
func NamePorts(text string, ports Ports, prefix string) string {
	if len(ports) == 0 {
		return text
	}
	names := make(map[string]string, len(ports))
	for name, port := range ports {
		names[strconv.Itoa(port)] = prefix + "{" + name + "}"
	}
	return number.ReplaceAllStringFunc(text, func(digits string) string {
		if name, ok := names[digits]; ok {
			return name
		}
		return digits
	})
}

// Encode writes data in the escaped form, one line for each line of data.
func Encode(data []byte, ports Ports) string {
	var out strings.Builder
	for line := range bytes.Lines(data) {
		out.WriteString(encodeLine(line, ports))
		out.WriteByte('\n')
	}
	return out.String()
}

func encodeLine(line []byte, ports Ports) string {
	var terms []string
	at := 0
	for i := 0; i < len(line); {
		n := 1
		for i+n < len(line) && line[i+n] == line[i] {
			n++
		}
		if n >= minRun {
			if i > at {
				terms = append(terms, quote(line[at:i], ports))
			}
			terms = append(terms, fmt.Sprintf("%d * %s", n, quote(line[i:i+1], nil)))
			at = i + n
		}
		i += n
	}
	if at < len(line) {
		terms = append(terms, quote(line[at:], ports))
	}
	return strings.Join(terms, " ")
}

// quote puts data between quotes. Port numbers are named first: in quoted text
// the digits of an escape could be taken for a part of one.
func quote(data []byte, ports Ports) string {
	names := make(map[string]string, len(ports))
	for name, port := range ports {
		names[strconv.Itoa(port)] = `\{` + name + "}"
	}
	out := []byte{'"'}
	at := 0
	for _, span := range number.FindAllIndex(data, -1) {
		if name, ok := names[string(data[span[0]:span[1]])]; ok {
			out = append(escape(out, data[at:span[0]]), name...)
			at = span[1]
		}
	}
	return string(append(escape(out, data[at:]), '"'))
}

func escape(out, data []byte) []byte {
	for _, c := range data {
		switch {
		case c == '\\' || c == '"':
			out = append(out, '\\', c)
		case c == '\r':
			out = append(out, `\r`...)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\t':
			out = append(out, `\t`...)
		case ' ' <= c && c <= '~':
			out = append(out, c)
		default:
			out = fmt.Appendf(out, `\x%02x`, c)
		}
	}
	return out
}

// Decode returns the bytes that text, in the escaped form, stands for.
func Decode(text string, ports Ports) ([]byte, error) {
	var out []byte
	for strings.TrimSpace(text) != "" {
		m := term.FindStringSubmatch(text)
		if m == nil {
			return nil, fmt.Errorf("not in the escaped form: %.40q", text)
		}
		data, err := unquote(m[2], ports)
		if err != nil {
			return nil, err
		}
		n := 1
		if m[1] != "" {
			if n, err = strconv.Atoi(m[1]); err != nil || n*len(data) > maxRepeat {
				return nil, fmt.Errorf("repetition too long: %.40q", text)
			}
		}
		out = append(out, bytes.Repeat(data, n)...)
		text = text[len(m[0]):]
	}
	return out, nil
}

func unquote(text string, ports Ports) ([]byte, error) {
	var out []byte
	for text != "" {
		c := text[0]
		text = text[1:]
		if c != '\\' {
			out = append(out, c)
			continue
		}
		if text == "" {
			return nil, errors.New("backslash at the end")
		}
		c, text = text[0], text[1:]
		switch c {
		case '\\', '"':
			out = append(out, c)
		case 'r':
			out = append(out, '\r')
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'x':
			if len(text) < 2 {
				return nil, errors.New(`\x wants two hex digits`)
			}
			b, err := strconv.ParseUint(text[:2], 16, 8)
			if err != nil {
				return nil, fmt.Errorf(`\x%s: want two hex digits`, text[:2])
			}
			out, text = append(out, byte(b)), text[2:]
		case '{':
			name, rest, ok := strings.Cut(text, "}")
			port, known := ports[name]
			if !ok || !known {
				return nil, fmt.Errorf(`\{%s}: no such port`, name)
			}
			out, text = strconv.AppendInt(out, int64(port), 10), rest
		default:
			return nil, fmt.Errorf(`unknown escape \%c`, c)
		}
	}
	return out, nil
}
