#!/usr/bin/env python2.7
"""Record Python 2's values: evaluate the lines of runtime/testdata/python/*.session under CPython 2.7.18.

    python2.7 testdata/record/record_values.py [--check] [FILE.session ...]

The sessions have the form that companions.py describes. go test evaluates the same lines as .py files.
"""

from __future__ import print_function

import glob
import os
import sys

import companions

HERE = os.path.dirname(os.path.abspath(__file__))


def main(args):
    companions.UNICODE = True
    paths = [a for a in args if a != '--check'] or sorted(glob.glob(os.path.join(HERE, '..', '..', 'runtime', 'testdata', 'python', '*.session')))
    return companions.main([a for a in args if a == '--check'] + paths)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
