"""A scripted server. README.md describes its language; runtime/scripttest plays the same scripts."""

import os
import re
import select
import socket
import ssl
import struct
import threading
import time

import escape

_LENGTH = re.compile(r'\r\ncontent-length:[ \t]*(\d+)', re.I)


class Script(object):
    """listeners: for each listener, for each connection, a list of (verb, argument)."""

    VERBS = {
        'read': 'what', 'send': 'bytes', 'drip': 'bytes', 'close': None, 'cut': None, 'reset': None, 'ignore': None,
        'mark': 'name', 'await': 'name', 'tls': 'name',
    }

    def __init__(self, text):
        self.listeners = []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.strip()
            if line and not line.startswith('#'):
                try:
                    self._add(line)
                except ValueError as e:
                    raise ValueError('server:%d: %s: %s' % (number, line, e))

    def _add(self, line):
        verb, _, argument = line.partition(' ')
        argument = argument.strip()
        if verb == 'listener':
            self.listeners.append([])
            return
        if verb == 'conn':
            if not self.listeners:
                self.listeners.append([])
            self.listeners[-1].append([])
            return
        if verb not in self.VERBS:
            raise ValueError('unknown step')
        if not self.listeners or not self.listeners[-1]:
            raise ValueError('step outside a connection')
        kind = self.VERBS[verb]
        if (kind is None) != (argument == ''):
            if not (verb == 'read' and argument == ''):
                raise ValueError('wrong number of arguments')
        if verb == 'read' and argument not in ('', 'head', 'eof'):
            argument = int(argument)
        if kind == 'bytes' and '\\{' not in argument:
            escape.decode(argument)
        self.listeners[-1][-1].append((verb, argument))


class _Ended(Exception):
    """The client ended while a step was waiting for it."""


class _Conn(object):
    """One accepted connection: plays its steps, keeps what arrives."""

    def __init__(self, peer, sock, steps, scripted):
        self.peer, self.sock, self.steps = peer, sock, steps
        self.log = [['', '']]      # [marker, bytes that followed it]
        self.pending = ''          # received, not yet consumed by a read step
        self.deaf = False          # TLS is over: what still comes is nobody's
        self.ignoring = False      # what comes differs from run to run
        if not scripted:
            self.log.append(['unexpected', ''])
        self.thread = threading.Thread(target=self._run)
        self.thread.daemon = True
        self.thread.start()

    def _run(self):
        try:
            try:
                for verb, argument in self.steps:
                    getattr(self, '_' + verb)(argument)
                while True:
                    self._more()
            except _Ended:
                pass
            except socket.timeout:
                self.peer.problems.append('a step waited too long for the client')
            except ssl.SSLError as e:
                if 'timed out' in str(e):
                    self.peer.problems.append('a step waited too long for the client')
            except socket.error:
                pass               # the client reset the connection, or does not take more
        finally:
            self.sock.close()

    def _more(self):
        data = self.sock.recv(65536)
        if not data:
            raise _Ended()
        if not self.deaf:
            self.pending += data
            if not self.ignoring:
                self.log[-1][1] += data

    def _take(self, n):
        while len(self.pending) < n:
            self._more()
        data, self.pending = self.pending[:n], self.pending[n:]
        return data

    def _read(self, what):
        if isinstance(what, int):
            self._take(what)
        elif what == 'eof':
            while True:
                try:
                    self._more()
                except _Ended:
                    self.pending = ''
                    return
        else:
            while '\r\n\r\n' not in self.pending:
                self._more()
            head = self._take(self.pending.index('\r\n\r\n') + 4)
            length = _LENGTH.search(head)
            if what == '' and length:
                self._take(int(length.group(1)))

    def _send(self, argument):
        self.sock.sendall(escape.decode(argument, self.peer.ports))

    def _drip(self, argument):
        for c in escape.decode(argument, self.peer.ports):
            self.sock.sendall(c)

    def _close(self, _):
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.setblocking(False)       # send close_notify, do not wait for the client's
            try:
                self.sock.unwrap()
            except (ssl.SSLError, socket.error):
                pass
            self.sock.settimeout(self.peer.limit)
        self._cut(None)

    def _cut(self, _):
        self.deaf = isinstance(self.sock, ssl.SSLSocket)
        self.sock.shutdown(socket.SHUT_WR)     # an SSLSocket goes on as a plain one

    def _ignore(self, _):
        self.ignoring = True
        self.log.append(['ignored', ''])

    def _reset(self, _):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.sock.close()
        raise _Ended()

    def _mark(self, name):
        self.peer.event(name).set()

    def _await(self, name):
        if not self.peer.event(name).wait(self.peer.limit):
            self.peer.problems.append('nobody signalled %s' % name)
            raise _Ended()

    def _tls(self, name):
        self.log.append(['tls', ''])
        path = os.path.join(self.peer.certs, name)
        try:
            self.sock = ssl.wrap_socket(self.sock, keyfile=path + '.key', certfile=path + '.pem', server_side=True)
        except (ssl.SSLError, socket.error):
            raise _Ended()         # the client refused; the script tells why


class Peer(object):
    """Listens on loopback and plays a Script. ports maps PORT, PORT2, ... to numbers."""

    def __init__(self, script, certs, limit=5.0):
        self.script, self.certs, self.limit = script, certs, limit
        self.problems, self.ports = [], {}
        self._events, self._lock = {}, threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        self._listeners = []
        for i, conns in enumerate(script.listeners):
            sock = socket.socket()
            sock.settimeout(limit)
            sock.bind(('127.0.0.1', 0))
            sock.listen(16)
            self.ports['PORT' + (str(i + 1) if i else '')] = sock.getsockname()[1]
            accepted = []
            thread = threading.Thread(target=self._accept, args=(sock, conns, accepted))
            thread.daemon = True
            self._listeners.append((sock, accepted, thread))
        for _, _, thread in self._listeners:
            thread.start()

    def event(self, name):
        with self._lock:
            return self._events.setdefault(name, threading.Event())

    def _accept(self, sock, conns, accepted):
        while True:
            ready, _, _ = select.select([sock, self._wake_read], [], [], self.limit)
            if sock in ready:
                client, _ = sock.accept()
                client.settimeout(self.limit)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                i = len(accepted)
                scripted = i < len(conns)
                accepted.append(_Conn(self, client, conns[i] if scripted else [('close', '')], scripted))
            elif ready:
                return             # woken, and the backlog is empty

    def wait(self, name):
        """Block the script until a step `mark name` was played."""
        if not self.event(name).wait(self.limit):
            raise AssertionError('the server never marked %s' % name)

    def signal(self, name):
        """Let a step `await name` go on."""
        self.event(name).set()

    def finish(self):
        """Wait until every connection ended; return what they received, as text."""
        os.write(self._wake_write, 'x')
        end = time.time() + self.limit
        out = []
        for number, (sock, accepted, thread) in enumerate(self._listeners, 1):
            thread.join(max(0.1, end - time.time()))
            if len(self._listeners) > 1:
                out.append('listener %d\n' % number)
            for i, conn in enumerate(accepted, 1):
                conn.thread.join(max(0.1, end - time.time()))
                if conn.thread.isAlive():
                    self.problems.append('the client never ended connection %d' % i)
                out.append('conn %d\n' % i)
                for marker, data in conn.log:
                    if marker:
                        out.append(marker + '\n')
                    out.append(escape.encode(data, self.ports))
            sock.close()
        return ''.join(out)
