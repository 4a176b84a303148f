package repl

import (
	"net"
	"strings"

	"starwire/runtime/host"
)

// curlCommand returns a command for a POSIX shell that sends the same request.
func curlCommand(r host.Request) string {
	args := []string{"curl"}
	head := strings.Split(strings.TrimSuffix(r.Head, "\r\n\r\n"), "\r\n")
	method, rest, _ := strings.Cut(head[0], " ")
	target, version, _ := cutLast(rest, " ")
	body := r.Body != "" || r.Streamed
	switch {
	case method == "HEAD":
		args = append(args, "--head")
	case method == "GET" && !body, method == "POST" && body:
	default:
		args = append(args, "--request "+shellQuote(method))
	}
	if version == "HTTP/1.0" {
		args = append(args, "--http1.0")
	}
	scheme, standard := "http", "80"
	if r.Secure {
		scheme, standard = "https", "443"
	}
	authority := r.Host
	if strings.Contains(authority, ":") {
		authority = "[" + authority + "]"
	}
	if r.Port != standard {
		authority = net.JoinHostPort(r.Host, r.Port)
	}
	sent := map[string]bool{}
	for _, line := range head[1:] {
		name, value, _ := strings.Cut(line, ":")
		sent[strings.ToLower(name)] = true
		value = strings.TrimSpace(value)
		switch {
		case strings.EqualFold(name, "Host") && value == authority,
			strings.EqualFold(name, "Content-Length") && body && !r.Streamed:
			continue // curl says the same
		}
		if value == "" {
			args = append(args, "--header "+shellQuote(name+";"))
		} else {
			args = append(args, "--header "+shellQuote(name+": "+value))
		}
	}
	// What curl would add of its own.
	for _, name := range []string{"Accept", "User-Agent"} {
		if !sent[strings.ToLower(name)] {
			args = append(args, "--header "+shellQuote(name+":"))
		}
	}
	if body && !sent["content-type"] {
		args = append(args, "--header "+shellQuote("Content-Type:"))
	}
	switch {
	case r.Streamed:
		args = append(args, "--data-binary @FILE")
	case body:
		args = append(args, "--data-binary "+shellQuote(r.Body))
	}
	url := scheme + "://" + authority + target
	if strings.Contains(target, "://") {
		url = target // of a request to a proxy
	}
	return strings.Join(append(args, shellQuote(url)), " \\\n  ")
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// shellQuote returns s as one word of a POSIX shell; bytes that a terminal would
// not show in the notation $'…' that bash and zsh have.
func shellQuote(s string) string {
	plain, control := s != "", false
	for i := range len(s) {
		c := s[i]
		switch {
		case c < ' ' || c == 0x7f:
			control = true
		case !isWordByte(c) && !strings.ContainsRune("-./:@%+=,", rune(c)):
			plain = false
		}
	}
	switch {
	case control:
		const hex = "0123456789abcdef"
		var b strings.Builder
		b.WriteString("$'")
		for i := range len(s) {
			switch c := s[i]; {
			case c == '\n':
				b.WriteString(`\n`)
			case c == '\r':
				b.WriteString(`\r`)
			case c == '\t':
				b.WriteString(`\t`)
			case c < ' ' || c == 0x7f:
				b.WriteString(`\x` + string(hex[c>>4]) + string(hex[c&15]))
			case c == '\'' || c == '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			default:
				b.WriteByte(c)
			}
		}
		return b.String() + "'"
	case plain:
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
