#!/usr/bin/env python2.7
"""Record programs: run those of testdata/python under CPython 2.7.18 and write down what happened.

    python2.7 testdata/record/record_programs.py [--check] [CASE.txtar ...]

A case is a comment (its first line says what the program is), then files:

    program.py        the program, as people write them
    args              its arguments, one line, as a shell splits it; {PORT}, {PORT2} ... are
                      the server's ports and {DIR} a folder of its own; absent, 127.0.0.1:{PORT}
    stdin             what it reads from standard input
    files/NAME        a file in {DIR}, in the escaped form
    server            what the peer does; README.md describes the steps

and, written by this recorder: sent and stdout (or stdout.quoted), as README.md has them, and error:
what the program wrote to standard error, of a traceback only the last line, and "exit N" if it
ended with that status. {DIR} stands for the folder in stdout and error.
"""

from __future__ import print_function

import os
import sys

if sys.version_info[:3] != (2, 7, 18) or sys.subversion[0] != 'CPython':
    sys.exit('record_programs.py: needs CPython 2.7.18, the reference interpreter; this is Python %s' % sys.version.split()[0])

import glob
import shlex
import shutil
import subprocess
import tempfile
import threading

import escape
import peer as peers
import txtar

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(os.path.dirname(HERE), 'python')
CERTS = os.path.join(os.path.dirname(HERE), 'httplib', 'certs')
RECORDED = ('sent', 'stdout', 'stdout.quoted', 'error')


class Problem(Exception):
    """The case cannot be recorded as it stands."""


def said(stderr, status):
    """What the error file holds."""
    lines = stderr.splitlines(True)
    for i, line in enumerate(lines):
        if line.startswith('Traceback (most recent call last)'):
            lines[i:] = lines[-1:]
            break
    text = ''.join(lines)
    if text and not text.endswith('\n'):
        text += '\n'
    return text + ('exit %d\n' % status if status else '')


def play(archive, folder):
    for path, text in archive.files:
        if path.startswith('files/'):
            with open(os.path.join(folder, path[len('files/'):]), 'wb') as f:
                f.write(escape.decode(text))
    peer = peers.Peer(peers.Script(archive.get('server', '')), CERTS)
    args = archive.get('args', '127.0.0.1:{PORT}' if archive.get('server') else '')
    for name, port in peer.ports.items():
        args = args.replace('{%s}' % name, str(port))
    with open(os.path.join(folder, 'program.py'), 'wb') as f:
        f.write(archive.get('program.py'))
    env = {'PATH': os.environ.get('PATH', ''), 'TZ': 'UTC', 'PYTHONIOENCODING': 'UTF-8', 'SSL_CERT_FILE': os.path.join(CERTS, 'ca.pem')}
    child = subprocess.Popen([sys.executable, '-B', 'program.py'] + shlex.split(args.replace('{DIR}', folder)),
                             cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    timer = threading.Timer(20, child.kill)
    timer.start()
    stdout, stderr = child.communicate(archive.get('stdin', ''))
    timer.cancel()
    sent = peer.finish()
    if peer.problems:
        raise Problem('; '.join(peer.problems) + '\n' + stderr)
    if child.returncode < 0:
        raise Problem('the program was stopped')
    if stdout and not stdout.endswith('\n'):
        raise Problem('the program must end its output with a newline')
    recorded = []
    if archive.get('server') is not None:
        recorded.append(('sent', sent))
    stdout = stdout.replace(folder, '{DIR}')
    if all(c == '\n' or ' ' <= c <= '~' for c in stdout):
        recorded.append(('stdout', escape.name_ports(stdout, peer.ports, '{%s}')))
    else:
        recorded.append(('stdout.quoted', escape.encode(stdout, peer.ports)))
    error = said(stderr, child.returncode)
    if error:
        recorded.append(('error', escape.name_ports(error.replace(folder, '{DIR}'), peer.ports, '{%s}')))
    return recorded


def main(args):
    check = '--check' in args
    paths = [a for a in args if a != '--check'] or sorted(glob.glob(os.path.join(CASES, '*.txtar')))
    bad = changed = 0
    for path in paths:
        with open(path, 'rb') as f:
            before = f.read()
        archive = txtar.Archive(before)
        folder = os.path.realpath(tempfile.mkdtemp())
        try:
            archive.replace(RECORDED, play(archive, folder))
        except Problem as e:
            bad += 1
            print('%s: %s' % (path, e), file=sys.stderr)
            continue
        finally:
            shutil.rmtree(folder)
        after = archive.text()
        if after != before:
            changed += 1
            print('%s: %s' % (os.path.basename(path), 'would change' if check else 'recorded'))
            if not check:
                with open(path, 'wb') as f:
                    f.write(after)
    print('%d programs, %d changed, %d not recordable' % (len(paths), changed, bad))
    return 1 if bad or (check and changed) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
