#!/usr/bin/env python2.7
"""Record what CPython 2.7.18 does with try, raise, with, loops and del, in every combination.

    python2.7 testdata/record/trywalk.py [--check]

It makes programs, runs them, and writes each with what it printed to
runtime/pysyntax/testdata/trywalk.txt, where go test compares:

    ##### 12
    def f(n):
        ...
    ===== prints
    1 2 caught ValueError 3

The programs are the same on every run. Those that CPython refuses (continue in a finally) are
left out.
"""

from __future__ import print_function

import itertools
import os
import random
import sys
import warnings

if sys.version_info[:3] != (2, 7, 18) or sys.subversion[0] != 'CPython':
    sys.exit('trywalk.py: needs CPython 2.7.18, the reference interpreter; this is Python %s' % sys.version.split()[0])

from StringIO import StringIO

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, '..', '..', 'runtime', 'pysyntax', 'testdata', 'trywalk.txt')


class Manager(object):
    """What the programs open with "with"; the tests have one of their own."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print('enter', self.name)
        return self

    def __repr__(self):
        return 'Manager'

    def __exit__(self, *exc):
        print('exit', self.name)


def indent(lines):
    return ['    ' + line for line in lines]


def block(head, lines):
    return [head] + indent(lines or ['pass'])


def driver(body, arguments='0'):
    """A program that calls a function with the body."""
    return '\n'.join(
        block('def f(n):', body)
        + block('for n in [%s]:' % arguments,
                block('try:', ["print 'returned', f(n)"])
                + block('except Exception, e:', ["print 'raised', e.__class__.__name__, e"]))) + '\n'


def try_stmt(body, handler=None, orelse=None, final=None):
    lines = block('try:', ["print 'try'"] + body)
    if handler is not None:
        lines += block('except ValueError, e:', ["print 'except', e"] + handler)
        if orelse is not None:
            lines += block('else:', ["print 'else'"] + orelse)
    if final is not None:
        lines += block('finally:', ["print 'finally'"] + final)
    return lines


ACTIONS = [[], ["raise ValueError, 'v'"], ["raise KeyError('k')"], ["return 'r'"], ['break'], ['continue']]
HANDLERS = [None, [], ["return 's'"], ['raise'], ["raise KeyError, 'l'"], ['break'], ['continue']]
FINALS = [None, [], ["return 't'"], ['break'], ["raise IOError('m')"]]
ELSES = [["return 'u'"], ['break'], ['continue'], ["raise ValueError('w')"]]


def loops(body):
    """The statements in a for, with an else; what follows shows how it was left."""
    return (block('for i in [1, 2]:', ['print i'] + body + ["print 'next'"])
            + block('else:', ["print 'not broken'"]) + ["print 'after'"])


def enumerated():
    for body, handler, final in itertools.product(ACTIONS, HANDLERS, FINALS):
        if handler is not None or final is not None:
            yield driver(loops(try_stmt(body, handler, None, final)))
    for body, handler, orelse, final in itertools.product(ACTIONS, HANDLERS[1:4], ELSES, FINALS[:3]):
        yield driver(loops(try_stmt(body, handler, orelse, final)))
    for body, handler, final in itertools.product(ACTIONS[:4], HANDLERS[:5], FINALS[:3]):
        if handler is not None or final is not None:
            yield driver(try_stmt(body, handler, None, final) + ["print 'after'"])
    for body, inner, outer in itertools.product(ACTIONS[1:], [[None, []], [['raise'], None], [[], ["raise IOError, 'n'"]]], HANDLERS[1:5]):
        nested = try_stmt(body, inner[0], None, inner[1])
        yield driver(loops(try_stmt(nested + ["print 'between'"], outer, None, [])))
    for body in ACTIONS:
        managed = block("with manager('a') as m, manager('b'):", ['print m.name'] + body + ["print 'end'"])
        yield driver(loops(managed))
        yield driver(loops(try_stmt(managed, [], None, [])))
        yield driver(loops(block("with manager('c'):", try_stmt(body, ['continue'], None, []) + ["print 'end'"])))


class Maker(object):
    """Makes random programs."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.label = 0

    def body(self, depth, in_loop, in_final=False):
        lines = []
        for _ in range(self.random.randint(1, 3)):
            lines += self.statement(depth, in_loop, in_final)
        return lines

    def mark(self):
        self.label += 1
        return 'print %d,' % self.label

    def statement(self, depth, in_loop, in_final):
        pick = self.random.choice
        if depth == 0 or self.random.random() < 0.35:
            simple = ['mark', 'mark', 'set', 'add', 'show', 'raise', 'reraise', 'return', 'fault', 'unbound', 'global']
            if in_loop:
                simple += ['break', 'continue']
            kind = pick(simple)
        else:
            kind = pick(['if', 'if', 'for', 'while', 'try', 'try', 'try', 'try', 'with', 'def', 'comprehension'])
        return getattr(self, '_' + kind)(depth - 1, in_loop, in_final)

    def _mark(self, *_):
        return [self.mark()]

    def _set(self, *_):
        return ['%s = %d' % (self.random.choice('xy'), self.random.randint(10, 99))]

    def _add(self, *_):
        return ['x += 1']

    def _show(self, *_):
        return ['print %s,' % self.random.choice(['x', 'y', 'n', 'z'])]

    def _raise(self, *_):
        self.label += 1
        return ['if n %s %d: raise %s' % (self.random.choice(['==', '!=', '<']), self.random.randint(0, 2), self.random.choice([
            "ValueError('v%d')", "KeyError, 'k%d'", 'IOError(%d, "io")', 'ValueError, (%d, "two")', 'IndexError(%d)']) % self.label)]

    def _reraise(self, *_):
        return ['if n == %d: raise' % self.random.randint(0, 2)]

    def _return(self, *_):
        self.label += 1
        return ['if n == %d: return %d' % (self.random.randint(0, 2), self.label)]

    def _fault(self, *_):
        return [self.random.choice(['[n][1]', '{}[n]', 'n.nothing', '[] + n'])]

    def _unbound(self, *_):
        return ['del x' if self.random.random() < 0.5 else 'print z,']

    def _global(self, *_):
        return [self.random.choice(['global y', 'x = y = n', 'def h(): return x', 'print h(),', 'print (lambda: x)(),'])]

    def _break(self, *_):
        return ['if n %s %d: break' % (self.random.choice(['==', '!=']), self.random.randint(0, 2))]

    def _continue(self, *_):
        return ['if n %s %d: continue' % (self.random.choice(['==', '!=']), self.random.randint(0, 2))]

    def _if(self, depth, in_loop, in_final):
        lines = block('if n %s %d:' % (self.random.choice(['==', '<']), self.random.randint(0, 2)), self.body(depth, in_loop, in_final))
        if self.random.random() < 0.5:
            lines += block('else:', self.body(depth, in_loop, in_final))
        return lines

    def _for(self, depth, in_loop, in_final):
        lines = block('for %s in [1, 2]:' % self.random.choice('ixz'), self.body(depth, True))
        return lines + self.loop_else(depth, in_loop, in_final)

    def _while(self, depth, in_loop, in_final):
        self.label += 1
        name = 'w%d' % self.label
        lines = [name + ' = 0'] + block('while %s < 2:' % name, [name + ' += 1'] + self.body(depth, True))
        return lines + self.loop_else(depth, in_loop, in_final)

    def loop_else(self, depth, in_loop, in_final):
        if self.random.random() < 0.6:
            return []
        return block('else:', self.body(depth, in_loop, in_final))

    def _try(self, depth, in_loop, in_final):
        lines = block('try:', self.body(depth, in_loop, in_final))
        final = self.random.random() < 0.4
        if not final or self.random.random() < 0.6:
            for _ in range(self.random.randint(1, 2)):
                lines += block(self.random.choice([
                    'except ValueError, e:', 'except KeyError, y:', 'except (IOError, KeyError), e:', 'except IndexError:',
                    'except LookupError, e:', 'except StandardError, x:', 'except EnvironmentError as e:',
                ]), self.body(depth, in_loop, in_final))
            if self.random.random() < 0.4:
                lines += block('except:', self.body(depth, in_loop, in_final))
            if self.random.random() < 0.3:
                lines += block('else:', self.body(depth, in_loop, in_final))
        if final:
            lines += block('finally:', self.body(depth, in_loop, True))
        return lines

    def _with(self, depth, in_loop, in_final):
        self.label += 1
        return block("with manager(%d)%s:" % (self.label, self.random.choice(['', ' as m', ' as x'])), self.body(depth, in_loop, in_final))

    def _def(self, depth, in_loop, in_final):
        self.label += 1
        name = 'g%d' % self.label
        return block('def %s(n):' % name, self.body(depth, False)) + ['print %s(%s),' % (name, self.random.choice(['n', '0', '1']))]

    def _comprehension(self, *_):
        return [self.random.choice([
            'print [x for x in [n, 7]],', 'print [x + y for x in [1] for y in [2, 3]],', 'print [z for z in [n] if z],',
            'print list(x for x in [8, 9]),', 'print any(y for y in [0, n]),', 'print [[x for x in [y]] for y in [4]],',
        ])]

    def program(self, module):
        self.label = 0
        body = self.body(4, False)
        if module:
            # The same at module level: one run for each n, and no return.
            text = '\n'.join(['n = %d' % self.random.randint(0, 2)] + (block('try:', body)
                             + block('except Exception, e:', ["print 'raised', e.__class__.__name__, e"]))) + '\n'
            return text if 'return' not in text else None
        return driver((['x = 5'] if self.random.random() < 0.6 else []) + body, '0, 1, 2')


def made(count):
    maker = Maker(20260727)
    for number in range(count):
        program = maker.program(module=number % 4 == 3)
        if program is not None and len(program) < 1500:
            yield program


def run(program):
    """What the program prints, or None if CPython refuses it."""
    try:
        code = compile(program, 'x.py', 'exec', 0, True)  # not with this file's print_function
    except SyntaxError:
        return None
    out, sys.stdout = sys.stdout, StringIO()
    try:
        sys.exc_clear()
        exec(code, {'manager': Manager})
        return sys.stdout.getvalue()
    finally:
        sys.stdout = out


def main():
    warnings.simplefilter('ignore', SyntaxWarning)  # a name used before its global declaration
    seen = set()
    text = []
    for program in itertools.chain(enumerated(), made(900)):
        printed = run(program)
        if printed is None or program in seen:
            continue
        seen.add(program)
        text.append('##### %d\n%s===== prints\n%s%s' % (
            len(seen), program, printed, '' if printed.endswith('\n') or not printed else '\n'))
    text = ''.join(text)
    if '--check' in sys.argv[1:]:
        with open(OUT) as f:
            if f.read() != text:
                sys.exit('trywalk.py: %s is out of date' % OUT)
        return
    if not os.path.isdir(os.path.dirname(OUT)):
        os.makedirs(os.path.dirname(OUT))
    with open(OUT, 'w') as f:
        f.write(text)
    print('%d programs' % len(seen))


if __name__ == '__main__':
    main()
