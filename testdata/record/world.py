"""The names a case may use, in their Python 2.7 form. README.md lists them."""

import ast
import collections
import httplib
import rfc822
import mimetools
import socket
import ssl
import StringIO
import urllib
import urlparse


def rep(value):
    """repr, with what Python 2 leaves open decided: sorted dicts and sets, no L, no u."""
    if isinstance(value, bool):
        return repr(value)
    if isinstance(value, long):
        return str(value)
    if isinstance(value, unicode):
        return repr(str(value))
    if isinstance(value, list):
        return '[%s]' % ', '.join(rep(v) for v in value)
    if isinstance(value, tuple):
        return '(%s%s)' % (', '.join(rep(v) for v in value), ',' if len(value) == 1 else '')
    if isinstance(value, dict):
        return '{%s}' % ', '.join('%s: %s' % item for item in sorted((rep(k), rep(value[k])) for k in value))
    if isinstance(value, (set, frozenset)):
        return 'set([%s])' % ', '.join(sorted(rep(v) for v in value))
    return repr(value)


class Result(object):
    """What catch returns: (value, error), true when there was no error."""

    def __init__(self, value, error):
        self.value, self.error, self.ok = value, error, error is None

    def __iter__(self):
        return iter((self.value, self.error))

    def __nonzero__(self):
        return self.ok

    def unwrap(self):
        if self.error is not None:
            raise self.error
        return self.value

    def or_else(self, value):
        return self.value if self.ok else value


def catch(types, fn, *args, **kwargs):
    try:
        return Result(fn(*args, **kwargs), None)
    except types as e:
        return Result(None, e)


def attempt(fn, *args, **kwargs):
    return catch(Exception, fn, *args, **kwargs)


def fail(error):
    raise error


def using(*values):
    try:
        yield values[0] if len(values) == 1 else values
    finally:
        for value in reversed(values):
            value.close()


class FakeFile(object):
    """What FakeSocket.makefile returns: a view of the socket's one stream."""

    def __init__(self, sock):
        self._sock = sock

    def _checked(self, data):
        if not data and self._sock._noeof:
            raise AssertionError('caller tried to read past EOF')
        return data

    def read(self, n=-1):
        return self._checked(self._sock._stream.read(-1 if n is None else n))

    def readline(self, limit=-1):
        return self._checked(self._sock._stream.readline(limit))

    def readlines(self):
        return self._sock._stream.readlines()

    def close(self):
        self._sock.file_closed = True


class FakeSocket(object):
    """A socket over canned text that keeps every write in sent."""

    def __init__(self, text, host=None, port=None, epipe=None, noeof=False):
        self.host, self.port, self.sent = host, port, []
        self.opened, self.closed, self.file_closed = [], False, False
        self._stream, self._epipe, self._noeof = StringIO.StringIO(text), epipe, noeof

    def sendall(self, data):
        if not isinstance(data, (str, unicode, bytearray)):
            raise TypeError('sendall() argument 1 must be string or buffer, not %s' % type(data).__name__)
        if self._epipe is not None and self._epipe in data:
            raise socket.error(32, 'gotcha')
        self.sent.append(str(data))

    def makefile(self, mode='r', bufsize=-1):
        self.opened.append((mode, bufsize))
        return FakeFile(self)

    def close(self):
        self.closed = True


class Dict(collections.OrderedDict):
    """A dict in order of insertion, as Starlark's: Python's own order is arbitrary."""

    def __repr__(self, _=None):
        return '{%s}' % ', '.join('%r: %r' % item for item in self.items())


class _Ordered(ast.NodeTransformer):
    """Turns dict literals into calls of dict, which names() binds to Dict."""

    def visit_Dict(self, node):
        self.generic_visit(node)
        pairs = [ast.Tuple([k, v], ast.Load()) for k, v in zip(node.keys, node.values)]
        call = ast.Call(ast.Name('dict', ast.Load()), [ast.List(pairs, ast.Load())], [], None, None)
        return ast.fix_missing_locations(ast.copy_location(call, node))


def compile_script(source, name):
    """Compile source with print as a function and ordered dict literals."""
    tree = compile(source, name, 'exec', 0x10000 | ast.PyCF_ONLY_AST, True)   # CO_FUTURE_PRINT_FUNCTION
    return compile(_Ordered().visit(tree), name, 'exec', 0x10000, True)


def names(peer, folder, certs):
    """The globals of a script that talks to peer."""
    world = {
        '__name__': '__main__',
        'httplib': httplib, 'ssl': ssl, 'socket': socket, 'urllib': urllib, 'urlparse': urlparse,
        'StringIO': StringIO, 'mimetools': mimetools, 'rfc822': rfc822,
        'rep': rep, 'raw': lambda data: data, 'dict': Dict,
        'catch': catch, 'attempt': attempt, 'fail': fail, 'using': using,
        'FakeSocket': FakeSocket, 'wait': peer.wait, 'signal': peer.signal,
        'HOST': '127.0.0.1', 'DIR': folder, 'CERTS': certs,
    }
    world.update(peer.ports)

    def load(module, *wanted, **renamed):
        """load("httplib", "OK") binds what it names, as in Starlark."""
        for name in wanted:
            world[name] = getattr(world[module], name)
        for new, name in renamed.items():
            world[new] = getattr(world[module], name)

    world['load'] = load
    return world
