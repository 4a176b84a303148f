#!/usr/bin/env python2.7
"""Record every sequence of up to five calls on a connection, under CPython 2.7.18.

    python2.7 testdata/record/record_walks.py [--check]

writes testdata/httplib/walks.txt. The calls are those of OPS; the peer is a socket in
memory that answers each request head it received, always with the same answer, and ends
when it has nothing more to say. There is one set of walks for each answer of PEERS.

The file holds all of them without loss, each situation once: a node says, for each call,
what came of it and which node follows. Nodes from which all further calls have the same
outcomes are one. A walk starts at its peer's node and takes five steps at most.
"""

from __future__ import print_function

import os
import sys

if sys.version_info[:3] != (2, 7, 18) or sys.subversion[0] != 'CPython':
    sys.exit('record_walks.py: needs CPython 2.7.18, the reference interpreter; this is Python %s'
             % sys.version.split()[0])

import httplib
import itertools
import StringIO

import escape

LENGTH = 5
PEERS = [
    ('keep-alive', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    ('close', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok'),
    ('no-content', 'HTTP/1.1 204 No Content\r\n\r\n'),
    ('chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
]

HEADER = """\
# Every sequence of up to %d calls on an HTTPConnection, recorded from CPython 2.7.18 by
# testdata/record/record_walks.py, which also explains it.
#
#   outcome ID RESULT STATE SOCKET PENDING [CONNECTION:WRITE ...]
#   peer NAME START ANSWER
#   NODE then for each call, in the order q p e s g r c: OUTCOME>NODE
#
# RESULT is a value or an exception as Python shows it, with "_" for a space. Node 0 is the end.
# q: request("GET", "/q")   p: putrequest("GET", "/p"), putheader("A", "b")   e: endheaders()
# s: send("body")           g: getresponse()    r: read() of the last response    c: close()
"""


class Socket(object):
    """One connection of the peer in memory."""

    def __init__(self, walk):
        walk.opened += 1
        self.walk, self.number, self.seen, self.answers = walk, walk.opened, '', ''

    def sendall(self, data):
        self.walk.sent.append('%d:%s' % (self.number, escape.encode(data).replace('\n', '').replace(' ', '_')))
        self.seen += data
        while '\r\n\r\n' in self.seen:
            self.seen = self.seen.partition('\r\n\r\n')[2]
            self.answers += self.walk.answer

    def makefile(self, mode, bufsize):
        return File(self)

    def close(self):
        pass


class File(object):
    def __init__(self, sock):
        self.sock = sock

    def _take(self, n):
        data, self.sock.answers = self.sock.answers[:n], self.sock.answers[n:]
        return data

    def read(self, n=None):
        return self._take(len(self.sock.answers) if n is None else n)

    def readline(self, limit):
        end = self.sock.answers.find('\n') + 1 or len(self.sock.answers)
        return self._take(min(end, limit))

    def close(self):
        pass


class Walk(object):
    """A connection and what was done with it; step by step."""

    def __init__(self, answer):
        self.answer, self.opened, self.sent, self.response = answer, 0, [], None
        self.conn = httplib.HTTPConnection('example.com')
        self.conn._create_connection = lambda *args: Socket(self)

    def step(self, op):
        self.sent = []
        try:
            result = getattr(self, op)()
            if result is None:
                result = 'None'
        except Exception as e:
            result = '!' + repr(e)
        conn = self.conn
        return ' '.join([
            result.replace(' ', '_'), conn._HTTPConnection__state,
            'open' if conn.sock else 'none', 'pending' if conn._HTTPConnection__response else 'none',
        ] + self.sent)

    def q(self):
        self.conn.request('GET', '/q')

    def p(self):
        self.conn.putrequest('GET', '/p')
        self.conn.putheader('A', 'b')

    def e(self):
        self.conn.endheaders()

    def s(self):
        self.conn.send('body')

    def g(self):
        self.response = self.conn.getresponse()
        return '%d' % self.response.status

    def r(self):
        return 'no response' if self.response is None else repr(self.response.read())

    def c(self):
        self.conn.close()


OPS = 'qpesgrc'


def record(answer):
    """The walks as a tree: for each call (outcome, tree)."""
    root = {}
    for calls in itertools.product(OPS, repeat=LENGTH):
        walk, node = Walk(answer), root
        for op in calls:
            outcome = walk.step(op)
            known, node = node.setdefault(op, (outcome, {}))
            if known != outcome:
                raise AssertionError('%s: %s once, %s then' % (calls, known, outcome))
    return root


class Nodes(object):
    """Trees by number, equal trees once."""

    def __init__(self):
        self.outcomes, self.nodes = {}, {}

    def number(self, tree):
        if not tree:
            return 0
        steps = []
        for op in OPS:
            outcome, rest = tree[op]
            steps.append((self.outcomes.setdefault(outcome, len(self.outcomes) + 1), self.number(rest)))
        return self.nodes.setdefault(tuple(steps), len(self.nodes) + 1)


def text():
    nodes, peers = Nodes(), []
    for name, answer in PEERS:
        start = nodes.number(record(answer))
        peers.append('peer %s %d %s\n' % (name, start, escape.encode(answer).replace('\n', ' ').strip()))
    out = [HEADER % LENGTH, '\n']
    for outcome, number in sorted(nodes.outcomes.items(), key=lambda item: item[1]):
        out.append('outcome %d %s\n' % (number, outcome))
    out.append('\n')
    out.extend(peers)
    out.append('\n')
    for steps, number in sorted(nodes.nodes.items(), key=lambda item: item[1]):
        out.append('%d %s\n' % (number, ' '.join('%d>%d' % step for step in steps)))
    return ''.join(out)


def main(args):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'httplib', 'walks.txt')
    new = text()
    if args == ['--check']:
        with open(path, 'rb') as f:
            same = f.read() == new
        print('walks.txt is as recorded' if same else 'walks.txt would change')
        return 0 if same else 1
    with open(path, 'wb') as f:
        f.write(new)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
