#!/usr/bin/env python2.7
"""Record sessions: evaluate lines under CPython 2.7.18 and write down what came out.

    python2.7 testdata/record/companions.py [--check] [FILE.session ...]

Without arguments every testdata/*.session of httplibmod and runtime/lib/* is recorded. A session is a
text of blocks, run in order in one process with the companion modules imported:

    # a comment
    >>> urllib.quote('a b')
    'a%20b'
    >>> urllib.quote(None)
    ! TypeError: 'None object cannot be quoted'
    >>> urllib.splitnport('h:99999999999999999999')
    ('h', 99999999999999999999)
    differs: saturates
    ('h', 9223372036854775807)

Written by hand are comments, the lines after the prompts (>>> and ...), and, where
starwire differs on purpose, "differs: why" and its own outcome below. The recorder writes
the outcome after each prompt: the repr of an expression's value, without u and L and
with dicts and sets sorted; nothing for a statement or None; for an exception its class
and the repr of its text. go test evaluates the same lines as Starlark.

Predeclared besides the modules: DIR, an empty folder, shown as {DIR}. The time zone is
America/New_York.
"""

from __future__ import print_function

import os
import sys

if sys.version_info[:3] != (2, 7, 18) or sys.subversion[0] != 'CPython':
    sys.exit('companions.py: needs CPython 2.7.18, the reference interpreter; this is Python %s' % sys.version.split()[0])

import glob
import shutil
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SESSIONS = [os.path.join(HERE, '..', '..', folder, 'testdata', '*.session') for folder in ('httplibmod', 'runtime/lib/*')]
UNICODE = False  # whether unicode keeps its u, as it does in .py files
MODULES = ('base64', 'binascii', 'cgi', 'collections', 'Cookie', 'cookielib', 'errno', 'functools', 'getopt',
           'gzip', 'hashlib', 'hmac', 'htmlentitydefs', 'httplib', 'itertools', 'json', 'logging', 'math',
           'md5', 'mimetools', 'mimetypes', 'operator', 'optparse', 'os', 'pprint', 'random', 're',
           'rfc822', 'select', 'sha', 'socket', 'ssl', 'StringIO', 'sys', 'textwrap', 'time',
           'urllib', 'urllib2', 'urlparse', 'uuid', 'xml.sax.saxutils', 'zlib')


def rep(value):
    """repr, with what Python 2 leaves open decided: sorted dicts and sets, no L, no u (see UNICODE)."""
    if isinstance(value, unicode):
        return repr(value if UNICODE else value.encode('utf-8'))
    if isinstance(value, long):
        return str(value)
    if type(value) is list:
        return '[%s]' % ', '.join(rep(v) for v in value)
    if type(value) is tuple:
        return '(%s%s)' % (', '.join(rep(v) for v in value), ',' if len(value) == 1 else '')
    if isinstance(value, dict):
        return '{%s}' % ', '.join('%s: %s' % item for item in sorted((rep(k), rep(value[k])) for k in value))
    if isinstance(value, (set, frozenset)):
        return 'set([%s])' % ', '.join(sorted(rep(v) for v in value))
    return repr(value)


def qualified(cls):
    return cls.__name__ if cls.__module__ == 'exceptions' else '%s.%s' % (cls.__module__, cls.__name__)


def text_of(error):
    text = str(error) if not isinstance(getattr(error, 'message', ''), unicode) else unicode(error)
    return text.encode('utf-8') if isinstance(text, unicode) else text


def outcome(source, names):
    """What evaluating source shows, as lines."""
    try:
        try:
            code = compile(source, 'session', 'eval', 0, True)
        except SyntaxError:
            exec(compile(source, 'session', 'exec', 0, True), names)
            return []
        value = eval(code, names)
    except Exception as e:
        return ['! %s: %r' % (qualified(e.__class__), text_of(e))]
    return [] if value is None else [rep(value)]


def record(text, folder):
    """The session with its outcomes written anew."""
    names = {'__name__': '__main__', 'DIR': folder}
    for module in MODULES:
        names[module.partition('.')[0]] = __import__(module)
    out, lines = [], text.splitlines()
    i = 0
    while i < len(lines):
        line = lines[i]
        i += 1
        out.append(line)
        if not line.startswith('>>> '):
            continue
        source = [line[4:]]
        while i < len(lines) and lines[i].startswith('...'):
            out.append(lines[i])
            source.append(lines[i][4:])
            i += 1
        while i < len(lines) and lines[i] and not lines[i].startswith(('>>> ', '#', 'differs: ')):
            i += 1
        out += [l.replace(folder, '{DIR}') for l in outcome('\n'.join(source) + '\n', names)]
        if i < len(lines) and lines[i].startswith('differs: '):
            while i < len(lines) and lines[i] and not lines[i].startswith(('>>> ', '#')):
                out.append(lines[i])
                i += 1
    return '\n'.join(out) + '\n'


def main(args):
    os.environ['TZ'] = 'America/New_York'
    time.tzset()
    check = '--check' in args
    changed = 0
    paths = [a for a in args if a != '--check'] or sorted(p for g in SESSIONS for p in glob.glob(g))
    for path in paths:
        with open(path, 'rb') as f:
            before = f.read()
        folder = tempfile.mkdtemp()
        try:
            after = record(before, folder)
        finally:
            shutil.rmtree(folder)
        if after != before:
            changed += 1
            print('%s: %s' % (os.path.relpath(path), 'would change' if check else 'recorded'))
            if not check:
                with open(path, 'wb') as f:
                    f.write(after)
    print('%d sessions, %d changed' % (len(paths), changed))
    return 1 if check and changed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
