#!/usr/bin/env python2.7
"""Record transcripts: run cases under CPython 2.7.18 and write down what happened.

    python2.7 testdata/record/record.py [--check] [CASE.txtar ...]

Without arguments every case of testdata/httplib is recorded. --check records nothing
and reports the cases whose record would change. README.md describes cases.
"""

from __future__ import print_function

import os
import sys

if sys.version_info[:3] != (2, 7, 18) or sys.subversion[0] != 'CPython':
    sys.exit('record.py: needs CPython 2.7.18, the reference interpreter; this is Python %s' % sys.version.split()[0])

import gc
import glob
import pickle
import shutil
import signal
import tempfile
import traceback

import escape
import txtar

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(os.path.dirname(HERE), 'httplib')
CERTS = os.path.join(CASES, 'certs')
RECORDED = ('sent', 'stdout', 'stdout.quoted', 'error')


class Problem(Exception):
    """The case cannot be recorded as it stands."""


class Output(object):
    """Standard output of a script; print statements of httplib look at softspace."""

    def __init__(self):
        self.parts, self.softspace = [], 0

    def write(self, text):
        self.parts.append(str(text))

    def flush(self):
        pass


def plain(text):
    """Whether text is printable ASCII in lines, so that it can be kept as it is."""
    return all(c == '\n' or ' ' <= c <= '~' for c in text)


def last_line(kind, value, trace):
    """The last line the interpreter prints about an uncaught exception."""
    kept, sys.stderr = sys.stderr, Output()
    try:
        sys.__excepthook__(kind, value, trace)
        return ''.join(sys.stderr.parts).splitlines(True)[-1]
    finally:
        sys.stderr = kept


def play(archive, name, folder):
    """Run the case in this process; return the recorded files as (name, text)."""
    import peer as peers
    import world
    for path, text in archive.files:
        if path.startswith('files/'):
            with open(os.path.join(folder, path[len('files/'):]), 'wb') as f:
                f.write(escape.decode(text))
    peer = peers.Peer(peers.Script(archive.get('server', '')), CERTS)
    script = archive.get('script.star')
    if script is None:
        raise Problem('no script.star')
    with open(os.path.join(CASES, 'prelude.star')) as f:
        prelude = world.compile_script(f.read(), 'prelude.star')
    program = world.compile_script(script, name)
    names = world.names(peer, folder, CERTS)
    output, error = Output(), None
    kept, sys.stdout = sys.stdout, output
    try:
        exec(prelude, names)
        exec(program, names)
    except Exception:
        kind, value, trace = sys.exc_info()
        error = last_line(kind, value, trace)
        if 'uncaught' not in archive.comment.splitlines():
            raise Problem('the script raised\n' + ''.join(traceback.format_exception(kind, value, trace)))
        del kind, value, trace
    finally:
        sys.stdout = kept
    # What the script left open is closed now, as at the end of a run.
    sys.exc_clear()
    names.clear()
    gc.collect()
    sent = peer.finish()
    if peer.problems:
        raise Problem('; '.join(peer.problems))
    stdout = ''.join(output.parts)
    if stdout and not stdout.endswith('\n'):
        raise Problem('the script must end its output with a newline')
    recorded = []
    if archive.get('server') is not None:
        recorded.append(('sent', sent))
    if plain(stdout):
        recorded.append(('stdout', escape.name_ports(stdout, peer.ports, '{%s}')))
    else:
        recorded.append(('stdout.quoted', escape.encode(stdout, peer.ports)))
    if error is not None:
        recorded.append(('error', escape.name_ports(error, peer.ports, '{%s}')))
    return recorded


def isolated(archive, name):
    """play in a child process, so that what a case changes in httplib dies with it."""
    folder = tempfile.mkdtemp()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(read)
            signal.alarm(20)
            try:
                result = (True, play(archive, name, folder))
            except Problem as e:
                result = (False, str(e))
            except Exception:
                result = (False, traceback.format_exc())
            with os.fdopen(write, 'wb') as f:
                pickle.dump(result, f, 2)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read, 'rb') as f:
        data = f.read()
    os.waitpid(child, 0)
    shutil.rmtree(folder)
    if not data:
        raise Problem('the case was stopped: it hung for 20 seconds or killed its process')
    ok, result = pickle.loads(data)
    if not ok:
        raise Problem(result)
    return result


def main(args):
    # The authorities that the system trusts are those of the cases, here and in the replay.
    os.environ['SSL_CERT_FILE'] = os.path.join(CERTS, 'ca.pem')
    check = '--check' in args
    paths = [a for a in args if a != '--check'] or sorted(glob.glob(os.path.join(CASES, '*.txtar')))
    bad = changed = 0
    for path in paths:
        with open(path, 'rb') as f:
            before = f.read()
        archive = txtar.Archive(before)
        try:
            archive.replace(RECORDED, isolated(archive, os.path.basename(path)))
        except Problem as e:
            bad += 1
            print('%s: %s' % (path, e), file=sys.stderr)
            continue
        after = archive.text()
        if after != before:
            changed += 1
            print('%s: %s' % (path, 'would change' if check else 'recorded'))
            if not check:
                with open(path, 'wb') as f:
                    f.write(after)
    print('%d cases, %d changed, %d not recordable' % (len(paths), changed, bad))
    return 1 if bad or (check and changed) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
