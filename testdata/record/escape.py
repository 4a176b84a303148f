"""The escaped form: bytes as text that reads well and means one thing only.

A text is a sequence of terms separated by white space:

    "GET / HTTP/1.1\\r\\n"        the bytes between the quotes
    70000 * "a"                  the same, that many times

Escapes inside the quotes are \\\\ \\" \\r \\n \\t \\xHH and \\{NAME}, the number of a
port that changes from run to run (PORT, PORT2, ...). Everything else is printable
ASCII and stands for itself.
"""

import re

# A run of one byte this long is written as a repetition.
RUN = 48

_SYMBOLS = {'\\': '\\\\', '"': '\\"', '\r': '\\r', '\n': '\\n', '\t': '\\t'}
_BYTES = {'\\': '\\', '"': '"', 'r': '\r', 'n': '\n', 't': '\t'}
_RUNS = re.compile(r'(.)\1{%d,}' % (RUN - 1), re.DOTALL)
_TERM = re.compile(r'\s*(?:(\d+)\s*\*\s*)?"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ESCAPE = re.compile(r'\\(x[0-9a-fA-F]{2}|\{[A-Z0-9]+\}|.)', re.DOTALL)


def port_pattern(ports):
    """Match the digits of any of the ports (a dict, name to number)."""
    numbers = '|'.join(str(n) for n in ports.values())
    return re.compile(r'(?<!\d)(%s)(?!\d)' % numbers) if numbers else None


def name_ports(data, ports, template):
    """Replace each port number in data by template % its name."""
    pattern = port_pattern(ports)
    if pattern is None:
        return data
    names = dict((str(n), name) for name, n in ports.items())
    return pattern.sub(lambda m: template % names[m.group(1)], data)


def _quote(data, ports):
    """data between quotes; a port number becomes its name before anything else."""
    pattern = port_pattern(ports)
    if pattern is None:
        return _escape(data)
    names = dict((str(n), '\\{%s}' % name) for name, n in ports.items())
    parts = pattern.split(data)            # text, port, text, port, ..., text
    parts[::2] = [_escape(p) for p in parts[::2]]
    parts[1::2] = [names[p] for p in parts[1::2]]
    return ''.join(parts)


def _escape(data):
    out = []
    for c in data:
        if c in _SYMBOLS:
            out.append(_SYMBOLS[c])
        elif ' ' <= c <= '~':
            out.append(c)
        else:
            out.append('\\x%02x' % ord(c))
    return ''.join(out)


def _line(data, ports):
    """The terms for one line of data, long runs as repetitions."""
    terms, at = [], 0
    for run in _RUNS.finditer(data):
        if run.start() > at:
            terms.append('"%s"' % _quote(data[at:run.start()], ports))
        terms.append('%d * "%s"' % (run.end() - run.start(), _escape(run.group(1))))
        at = run.end()
    if at < len(data):
        terms.append('"%s"' % _quote(data[at:], ports))
    return ' '.join(terms)


def encode(data, ports=None):
    """One output line for each line of data; '' for no data."""
    return ''.join(_line(line, ports or {}) + '\n' for line in re.findall(r'[^\n]*\n|[^\n]+', data))


def decode(text, ports=None):
    """The bytes that text stands for; ValueError when it is malformed."""
    out, at = [], 0
    while text[at:].strip():
        m = _TERM.match(text, at)
        if m is None:
            raise ValueError('not in the escaped form: %r' % text[at:at + 40])
        out.append(_unquote(m.group(2), ports or {}) * int(m.group(1) or 1))
        at = m.end()
    return ''.join(out)


def _unquote(text, ports):
    def one(m):
        e = m.group(1)
        if e in _BYTES:
            return _BYTES[e]
        if len(e) == 3 and e[0] == 'x':
            return chr(int(e[1:], 16))
        if e[0] == '{' and e[1:-1] in ports:
            return str(ports[e[1:-1]])
        raise ValueError('unknown escape \\%s' % e)
    return _ESCAPE.sub(one, text)
