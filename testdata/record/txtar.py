"""The txtar format: a comment, then files between lines `-- name --`."""

import re

_MARK = re.compile(r'^-- (\S.*?) --$')


class Archive(object):
    """comment: text before the first file; files: list of [name, text] in order."""

    def __init__(self, text):
        self.comment, self.files = '', []
        for line in text.splitlines(True):
            mark = _MARK.match(line.rstrip('\n'))
            if mark:
                self.files.append([mark.group(1), ''])
            elif self.files:
                self.files[-1][1] += line
            else:
                self.comment += line

    def get(self, name, default=None):
        for n, text in self.files:
            if n == name:
                return text
        return default

    def replace(self, names, recorded):
        """Drop the files called names, then put recorded after the inputs, before *.starwire."""
        kept = [f for f in self.files if f[0] not in names]
        at = len(kept)
        for i, (name, _) in enumerate(kept):
            if name.endswith('.starwire'):
                at = i
                break
        self.files = kept[:at] + [list(r) for r in recorded] + kept[at:]

    def text(self):
        out = [self.comment]
        for name, text in self.files:
            if text and not text.endswith('\n'):
                text += '\n'
            out.append('-- %s --\n%s' % (name, text))
        return ''.join(out)
