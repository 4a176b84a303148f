#!/usr/bin/env python2.7
"""Record which lines the tracebacks of CPython 2.7.18 show.

    python2.7 testdata/record/record_tracebacks.py

runtime/testdata/python/tracebacks.txt holds programs, each after a line "##### " with what it is about.
After "===== traceback" this recorder writes the line and function of each call, and the last line.
"""

from __future__ import print_function

import os
import sys

if sys.version_info[:3] != (2, 7, 18) or sys.subversion[0] != 'CPython':
    sys.exit('record_tracebacks.py: needs CPython 2.7.18, the reference interpreter; this is Python %s' % sys.version.split()[0])

import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, '..', '..', 'runtime', 'testdata', 'python', 'tracebacks.txt')


class Nowhere(object):
    """Where the programs print."""

    def write(self, text):
        pass


def shown(source):
    """The calls and the last line of the traceback that a program ends in."""
    code = compile(source, 'x.py', 'exec', 0, True)
    keep, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), Nowhere(), Nowhere()
    sys.exc_clear()
    try:
        exec(code, {'__name__': '__main__'})
    except Exception:
        kind, value, calls = sys.exc_info()
    else:
        raise SystemExit('no traceback of:\n' + source)
    finally:
        sys.stdout, sys.stderr = keep
    lines = ['%d %s\n' % call[1:3] for call in traceback.extract_tb(calls) if call[0] == 'x.py']
    return ''.join(lines) + traceback.format_exception_only(kind, value)[-1]


def main():
    with open(CASES) as f:
        programs = f.read().split('##### ')[1:]
    with open(CASES, 'w') as f:
        for program in programs:
            about, rest = program.split('\n', 1)
            source = rest.split('===== traceback\n')[0]
            f.write('##### %s\n%s===== traceback\n%s' % (about, source, shown(source)))
    print('%d programs' % len(programs))


if __name__ == '__main__':
    main()
