#!/usr/bin/env python2.7
"""Record what CPython 2.7.18's rfc822 and mimetools make of odd field values and texts.

    python2.7 testdata/record/record_rfc822.py [--check]

Writes the tables of runtime/lib/rfc822mod/testdata, which go test reads without
Python. A line is an input and its results, separated by tabs; texts are in the
escaped form of README.md, which is Go's too. The inputs are those below, and
some made from their parts by a generator with a fixed seed.
"""

from __future__ import print_function

import os
import sys

if sys.version_info[:3] != (2, 7, 18) or sys.subversion[0] != 'CPython':
    sys.exit('record_rfc822.py: needs CPython 2.7.18, the reference interpreter; this is Python %s' % sys.version.split()[0])

import binascii
import mimetools
import random
import rfc822
import StringIO
import time

import escape

TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../runtime/lib/rfc822mod/testdata')

DATES = [
    # The three forms of HTTP, and of section 4.3 of RFC 822.
    'Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994',
    'Sun Nov 6 08:49:37 1994 GMT', 'Sun Nov  6 08:49:37 GMT 1994', 'Sun Nov  6 08:49:37 +0100 1994',
    '06 Nov 1994 08:49:37 -0530', '06 Nov 1994 08:49 EST', '32 Nov 1994 25:61:61 GMT', '6 Nov 94 8:9:7 GMT',
    '06 Foo 1994 08:49:37 GMT', 'garbage', '1994-11-06', '1994-11-06T08:49:37Z', '1994-11-06 08:49:37',
    # Nothing, and next to nothing.
    '', ' ', '\t\r\n', '0', '-1', ',', '.', 'Sun', 'sun,', 'Sun, ', ', ,', ', , , , ,', ', , , , , ,', '0 0 0 0 0', '; ; ; ; ;',
    # The day of the week.
    'SUN 06 Nov 1994 08:49:37 GMT', 'sUn, 06 Nov 1994 08:49:37 GMT', 'Sun. 06 Nov 1994 08:49:37 GMT', 'Sunday 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06 Nov 1994 08:49:37 GMT', 'Sun,06 Nov 1994 08:49:37 GMT', 'Sun,,06 Nov 1994 08:49:37 GMT', 'Foo, 06 Nov 1994 08:49:37 GMT',
    'Dim., 06 Nov 1994 08:49:37 GMT', 'Sun , 06 Nov 1994 08:49:37 GMT', 'a,b,06 Nov 1994 08:49:37 GMT', 'Sun, Sun, 06 Nov 1994 08:49:37 GMT',
    '06 Nov 1994 08:49:37 GMT', '06. Nov 1994 08:49:37 GMT', 'x,', 'x, 06 Nov', ',06 Nov 1994 08:49:37 GMT',
    # RFC 850, with parts missing.
    '06-Nov-94 08:49:37 GMT', '06-Nov-1994 08:49:37 GMT', '06-Nov-94 08:49:37', 'Sunday, 06-Nov-94 08:49:37', '-Nov-94 08:49:37 GMT',
    '06--94 08:49:37 GMT', '06-Nov- 08:49:37 GMT', '-- 08:49:37 GMT', '06-Nov-94-x 08:49:37 GMT', 'Nov-06-94 08:49:37 GMT', '94-Nov-06 08:49:37 GMT',
    'Sunday,06-Nov-94 08:49:37 GMT', '06-Nov 08:49:37 GMT', 'Sun, 06-Nov-1994 08:49:37 GMT+1', '06-Nov-94 08:49:37 GMT x', '06-Nov-94', '6-Nov-, 1 2',
    # Commas, and fields in other places.
    '06, Nov 1994 08:49:37 GMT', 'Nov 06, 1994 08:49:37 GMT', 'Nov 06 1994, 08:49:37 GMT', 'Nov 06, 1994, 08:49:37, GMT', '06 Nov, 1994 08:49:37 GMT',
    '06 Nov 1994 08:49:37, GMT', '06 Nov 1994 08:49:37 GMT,', '06 Nov 08:49:37 1994 GMT', '06 Nov 08:49:37, 1994, GMT', '06 Nov 08:49:37 GMT 1994',
    '06 Nov GMT 08:49:37 1994', 'Nov 6 08:49:37 GMT 1994', '6 6 1994 08:49:37 GMT', 'Nov Nov 1994 08:49:37 GMT', '06 Nov , 08:49:37 GMT',
    '06 Nov 1994, , GMT', '06 Nov , , ,', ', Nov 1994 08:49:37 GMT', '06 Nov :1 08:49:37 GMT', '06 Nov 1:1 1994 GMT', '06 Nov 1:1 1:1 GMT',
    '06 Nov 1994 08:49:37 GMT trailing words do not count', '06 Nov 1994 08:49:37 GMT (comment)', '06 Nov 1994', '06 Nov 1994 08:49:37',
    # Months.
    '06 november 1994 08:49:37 GMT', '06 NOVEMBER 1994 08:49:37 GMT', '06 nov. 1994 08:49:37 GMT', '06 may 1994 08:49:37 GMT', '06 sept 1994 08:49:37 GMT',
    '06 january 1994 08:49:37 GMT', '06 february 1994 08:49:37 GMT', '06 december 1994 08:49:37 GMT', 'december 06 1994 08:49:37 GMT', 'MAR 06 1994 08:49:37 GMT',
    '06 11 1994 08:49:37 GMT', '06 nove 1994 08:49:37 GMT',
    # Times.
    '06 Nov 1994 08 GMT', '06 Nov 1994 08: GMT', '06 Nov 1994 :49 GMT', '06 Nov 1994 08:49:37:00 GMT', '06 Nov 1994 08:49:37.5 GMT', '06 Nov 1994 08.49.37 GMT',
    '06 Nov 1994 8:49PM GMT', '06 Nov 1994 -8:-49:-37 GMT', '06 Nov 1994 +8:+49:+37 GMT', '06 Nov 1994 : GMT', '06 Nov 1994 :: GMT', '06 Nov 1994 24:00:00 GMT',
    '06 Nov 1994 08:49, GMT', '06 Nov 1994 008:0049:00037 GMT', '06 Nov 1994 0x8:49 GMT', '06 Nov 1994 1_0:49 GMT', '06 Nov 1994 8L:49 GMT',
    # Days and years.
    '0 Nov 1994 08:49:37 GMT', '-6 Nov 1994 08:49:37 GMT', '+6 Nov 1994 08:49:37 GMT', '6th Nov 1994 08:49:37 GMT', '06 Nov 0 08:49:37 GMT', '06 Nov 69 08:49:37 GMT',
    '06 Nov 68 08:49:37 GMT', '06 Nov -1994 08:49:37 GMT', '06 Nov +1994 08:49:37 GMT', '06 Nov 1994AD 08:49:37 GMT', '06 Nov 12345678901 08:49:37 GMT', "06 Nov '94 08:49:37 GMT",
    '6\x00 Nov 1994 08:49:37 GMT', '6 Nov 1994\xa008:49:37 GMT', '\xa06 Nov 1994 08:49:37 GMT', '6\x0bNov\x0c1994\x0d08:49:37\tGMT', '6 Nov 1994 08:49:37\x1cGMT', '\xef\xbc\x96 Nov 1994 08:49:37 GMT',
    # Zones.
    '06 Nov 1994 08:49:37 ut', '06 Nov 1994 08:49:37 UTC', '06 Nov 1994 08:49:37 z', '06 Nov 1994 08:49:37 Zulu', '06 Nov 1994 08:49:37 AST', '06 Nov 1994 08:49:37 ADT',
    '06 Nov 1994 08:49:37 EDT', '06 Nov 1994 08:49:37 cst', '06 Nov 1994 08:49:37 CDT', '06 Nov 1994 08:49:37 MST', '06 Nov 1994 08:49:37 MDT', '06 Nov 1994 08:49:37 PST',
    '06 Nov 1994 08:49:37 PDT', '06 Nov 1994 08:49:37 A', '06 Nov 1994 08:49:37 CET', '06 Nov 1994 08:49:37 E\xc5\xbfT', '06 Nov 1994 08:49:37 +0000', '06 Nov 1994 08:49:37 -0000',
    '06 Nov 1994 08:49:37 +0530', '06 Nov 1994 08:49:37 -0530', '06 Nov 1994 08:49:37 0530', '06 Nov 1994 08:49:37 +530', '06 Nov 1994 08:49:37 -5', '06 Nov 1994 08:49:37 +05:30',
    '06 Nov 1994 08:49:37 -99999', '06 Nov 1994 08:49:37 +1234567', '06 Nov 1994 08:49:37 + 0530', '06 Nov 1994 08:49:37 GMT+0100', '06 Nov 1994 08:49:37+0530', '06 Nov 1994 08:49:37-0530',
    '06 Nov 1994 08:49:37+', '06 Nov 1994 +0530', '06 Nov 1994 08:49:37+0530+1', '06 Nov 1994 08:49:37+EST', '06 Nov 1994 08:49:37+0530 x', '06 Nov 1994 08:49:37 --0530',
    '06 Nov 1994 08:49:37 "GMT"', '06 Nov 1994 08:49:37 -1', '06 Nov 1994 08:49:37 -59', '06 Nov 1994 08:49:37 -60', '06 Nov 1994 08:49:37 -99', '06 Nov 1994 08:49:37 -100', '06 Nov 1994 08:49:37 -101',
    # Folded fields, as the joined value has them.
    'Sun,\n 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT, Mon, 07 Nov 1994 08:49:37 GMT',
    # Fields as servers send them for "never" and "now".
    'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31-Dec-9999 23:59:59 GMT', 'Mon, 18 Jan 2038 03:14:07 GMT', 'now', 'Thu, 01-Jan-1970 00:00:01 GMT', 'Session',
]

DATE_PARTS = ['Sun', 'Sun,', 'sunday,', 'x,6', '06', '6,', '-6', '06-Nov-94', '6-7-8', 'nov', 'NOV', 'december', 'may,', '1994', '94', '1994,', '94x', '08:49:37', '8:49',
              '8:49,', '8:49:', ':49', '1:2:3:4', '08:49:37+0530', 'GMT', 'est', '+0530', '-0800', '+', ',', '.', '-', '0', 'x']

# One part of each, in order, is a date.
DATE_SLOTS = [['', 'Sun,', 'sun', 'Sunday,', 'x.'], ['6', '06', '6,', '+6', '-6'], ['Nov', 'nov', 'November', 'MAY', 'dec,', '11'], ['1994', '94', '1994,', '1994x', '08:49'],
              ['08:49:37', '8:49', '8:49,', '8:49:', '1:2:3:4', '08:49:37+0530', '8'], ['GMT', '', 'est', '+0530', '-0800', 'x', '+', '1994']]

TIMES = [
    (1994, 11, 6, 8, 49, 37, 0, 1, 0, 0), (1994, 11, 6, 8, 49, 37, 0, 1, 0, None), (1994, 11, 6, 8, 49, 37, 0, 1, 0, -18000), (1994, 11, 6, 8, 49, 37, 0, 1, 0, 19800),
    (94, 11, 6, 8, 49, 37, 0, 1, 0, 0), (69, 1, 1, 0, 0, 0, 0, 1, 0, 0), (68, 1, 1, 0, 0, 0, 0, 1, 0, 0), (0, 1, 1, 0, 0, 0, 0, 1, 0, 0), (99, 1, 1, 0, 0, 0, 0, 1, 0, 0),
    (100, 1, 1, 0, 0, 0, 0, 1, 0, 0), (1899, 12, 31, 0, 0, 0, 0, 1, 0, 0), (1900, 1, 1, 0, 0, 0, 0, 1, 0, 0), (-1, 1, 1, 0, 0, 0, 0, 1, 0, None), (1970, 1, 1, 0, 0, 0, 0, 1, 0, 0),
    (1969, 12, 31, 23, 59, 59, 0, 1, 0, 0), (1994, 11, 32, 25, 61, 61, 0, 1, 0, 0), (1994, 13, 1, 0, 0, 0, 0, 1, 0, 0), (1994, 0, 0, 0, 0, 0, 0, 1, 0, 0), (1994, -5, -40, -1, -1, -1, 0, 1, 0, None),
    (2000, 2, 29, 0, 0, 0, 0, 1, 0, 0), (2001, 2, 29, 0, 0, 0, 0, 1, 0, 0), (9999, 12, 31, 23, 59, 60, 0, 1, 0, 0), (2147483647, 1, 1, 0, 0, 0, 0, 1, 0, 0), (2147483648, 1, 1, 0, 0, 0, 0, 1, 0, 0),
    (-2147483649, 1, 1, 0, 0, 0, 0, 1, 0, 0), (1994, 1, 2147483648, 0, 0, 0, 0, 1, 0, 0), (1994, 1, 1, 0, 0, 2147483647, 0, 1, 0, 0), (1994, 1, 1, 0, 0, -2147483649, 0, 1, 0, 0),
    (1994, 11, 6, 8, 49, 37, 0, 1, 0, 99999999), (1994, 7, 4, 12, 0, 0, 0, 1, 0, None), (1994, 7, 4, 12, 0, 0, 0, 1, 0, 0),
]

STAMPS = [0, 784111777, -1, -0.5, -1.5, 1.999, 951782400, 951868799, 4102444800, 253402300799, 253402300800, -2208988800, -62135596800, -62167219200, -62167219201, -62198755200,
          -1e11, -1e12, 1e15, -67768040609740800, 67768036191670000, 1e17, -1e17, 1e18, 9.3e18, 1e300, -1e300, float('inf'), float('nan')]

ADDRESSES = [
    '', ' ', '\r\n', 'a', 'a@x', 'Alice <a@x>', 'a@x (Alice)', '(Alice) a@x', 'Alice Smith', '"Alice Smith"', 'Alice Smith <a@x>', '"Smith, Alice" <a@x>', "'Smith, Alice' <a@x>",
    'Bob <b@y>, "C, D" <c@z>\r\n (comment) e@f', 'Bob <b@y>,\r\n c@z', 'grp: a@x, b@y; c@z', 'grp: a@x, b@y;, c@z', 'a@x, , b@y', ',a@x', ',', ',,', 'a b@c', '<@r:a@x>', '<@r,@s:a@x>', '<>', '<a>', '<a',
    '<a@x', '< a @ x >', '<a@x>', 'a@x>', '>a@x', 'x <a@x> y', 'x <a@x> y <b@y>', 'x <a@x>(c)', 'x (c) <a@x>', 'x (c <a@x>', 'x <a@x (c)>', '(c) <a@x>', '(c)', '()', '(', ')', '(a', 'a (', '(a(b)c) d@e',
    '(a\\)b) c@d', '(a\rb) c@d', '(a(b\rc)d) e@f', '(a"b") c', '(a)(b) c@d', 'a (b) (c) @d', 'a(b)@c(d).e(f)', 'a(b).c@d', 'a.b@c.d', 'a. b @ c. d', '.a@b', 'a.@b', 'a..b@c', '@', '@b', 'a@', 'a@@b', 'a@b@c',
    'a@b.', 'a@.b', 'a@[1.2.3.4]', 'a@[1.2.3.4', 'a@[\\]]', 'a@[b\rc]', 'a@b[c]d', '[a]', '[a]@b', '"a"@b', '"a b"@c', '"a\\"b"@c', '"a\\\\b"@c', '"a', '"', '""', '"" <a@b>', '""@b', '"a\rb" <c@d>', '"a\nb" <c@d>',
    '"a"."b"@c', 'a."b".c@d', 'a "b" c <d@e>', '"a"b <c@d>', 'J. Random Hacker <j@h>', 'J.Random <j@h>', 'J. R. Hacker', 'a.b', 'a.b c', 'a . b', 'a\r\n.b@c', 'a\r\n@b', 'a@\r\nb', 'a@b\r\n.c', 'a@b .c', '\r\na@b',
    'a\tb@c', 'a\x0bb@c', 'a\x00b@c', '\xe9@\xff', '=?utf-8?q?a?= <b@c>', 'a;', 'a;b', ';', ';a@b', ':', '::', 'a:', 'a:;', 'a: ;b@c', 'a: b: c@d; e@f; g@h', 'a: b@c', 'a: b@c, d@e', 'a: b: c:', 'a: ; ; b@c', 'a:(c);b@c',
    'a: , b@c;d@e', 'a: b@c;\r\n d@e', 'undisclosed-recipients:;', 'undisclosed-recipients:;, a@b', 'a: "b" <c@d>, e; f@g', 'a:<', 'a:<b', 'a<b@c>', 'a<b@c>d<e@f>', 'a <b@c>, d', 'a <b@c>; d@e', 'a <b@c> d@e',
    '<a@b><c@d>', '<a@b>c@d', '<<a@b>>', '<@>', '<@a>', '<@a:>', '<@a:b>', '<@a:@b:c@d>', '<:a@b>', '<,a@b>', '<;a@b>', '<(c)a@b>', '<@a(c):b@c>', '<@a\r\n:b@c>', '<"a">', '<a b>', '<a b@c d>', '<a,b>', '<.>',
    '<[a]>', '<a:b>', '<a@b\r\n>', '<a@b\r\n c>', '<http://x/>', 'a <http://x/?y=z>', 'mailto:a@b', 'a/b@c', "a'b@c", 'a\\@b', 'a\\b', '\\', '"\\', '(\\', 'a@b,c@d,e@f', 'a@b c@d', 'a@b;c@d', 'a@b:c@d', 'a@b"c"', 'a@b(c',
    'x) <a@b>', 'x] <a@b>', 'x > a@b', '(c1) x (c2) <(c3) a (c4) @ (c5) b (c6)> (c7)', '(c1) a (c2) @ (c3) b (c4)', '(c1) x (c2)', '(c1) a (c2), (c3) b', ' a@b ,\tc@d', 'a@b\r', 'a@b\n', 'a@b,\r\n', 'a@b, (c)', 'a@b, (c), d@e',
    '"a" "b"', 'a (b) c (d)', 'a, b, c', 'a <b>, c <d>', '"a@b" <c@d>', '"a@b"', 'a@"b"', 'a@b"', '<a"b"@c>', '<"a@b"@c>',
]

ADDRESS_PARTS = ['a', 'bc', 'Dee', 'x.y', '@', '.', '<', '>', '<a@b>', '(', ')', '(c)', '(c(d))', ',', ';', ':', '"', '"q"', '"q, r"', '[', ']', '[1.2]', '\\', '\\"', ' ', '\t', '\r\n', '\r', '\n', '\xe9', "'"]

QUOTES = ['', 'a', '"', '""', '"a"', '"a', 'a"', '<>', '<a>', '<a', '<', '"a>', '<a"', '\\', '\\\\', '\\"', '"\\\\"', '"\\""', '"a\\"b"', '"a\\\\\\"b"', '"\\\\\\\\"', '"\\a"', '<a\\">', ' "a" ', "'a'", '"\xff\x00"', '"""', '"a\\"']

TYPES = [
    '', ' ', ';', ';;', '/', '//', 'text', 'text/', '/plain', 'text/plain', 'TEXT/Plain', ' text / plain ', 'text\t/\tplain', 'te xt/pl ain', 'a/b/c', 'a / b / c', 'a//b', 'text/html;', 'text/html; ', 'text/html;;', 'text/html; ;',
    'Text/HTML; Charset="utf-8"; boundary=x;foo', 'text/html; a=1; a=2', "text/html; charset='x'", 'x; C="x;y"', 'x; c="x\\"y"', 'x; c="x\\\\y"', 'x; c=<x>', 'x; c=', 'x; =', 'x; =y', 'x; c==', 'x; c=a=b', 'x; c = d', 'x; C = D e ', 'x; c d = e',
    'x; c', 'x;c', 'x ; c', 'x; c="', 'x; c=""', 'x; c="a', 'x; cc=1; c=2', 'x; c*=utf-8\'\'a', 'x; c*0=a; c*1=b', 'multipart/form-data; boundary="----=_Part_1"', 'multipart/mixed; boundary="a b"; Type="text/plain"',
    'text/html, text/plain', 'text/html; charset=a, text/plain; charset=b', 'text/html;\n charset=utf-8', 'text/html;\r\n\tcharset=utf-8', 'text/html charset=utf-8', 'text/html; charset', 'text/html; CHARSET=UTF-8', '\xc9/\xe9; \xc9=\xc9', 'text/html; a\x00=b',
    'text/html; =', 'text/html;=;', '=', '=;=', 'a=b', '"text/html"', 'text/html; name="a/b"', 'a/b;c/d', 'text/\x0bplain', 'text/plain\x0c; \x0ca\x0b=\x0bb',
]

TYPE_PARTS = ['text', 'HTML', '/', ';', '; ', '=', ' ', '"', '<', '>', '\t', 'Charset', 'a', 'utf-8', "'", '\\', '\n ', ',', '\xe9', '"q"', '"q;r"']

# Names asked of every type by getparam.
PARAMS = ['charset', 'C', 'a', 'boundary', '', 'c=a']


# What is encoded and decoded. Runs make lines that have to be broken.
TRANSFERS = ['', 'a', '\n', '\r\n', '\r', ' ', '\t', '.', '.\n', 'a.\n.\r\n.', '=', '==', '=3D', '=3d', '=3', '=', '=\n', '=\r\n', '=\r', '= \n', '=GG', 'a=\nb', 'a b \nc\t\n', 'a\r\nb\nc', 'a\nb\r\nc', 'a\rb', '_',
             '\x00\xff\x7f~', 74 * 'a', 75 * 'a', 76 * 'a', 77 * 'a', 200 * 'a', 75 * 'a' + '\n', 76 * 'a' + '\n', 77 * 'a' + '\n', 72 * 'a' + '=', 73 * 'a' + '=', 74 * 'a' + '=b', 100 * '=', 75 * 'a' + ' \n', 75 * ' ' + '\n', 76 * 'a' + '\r\n',
             'YQ==', 'YQ=', 'YQ', 'Y', 'YWI=', 'YWI', 'YWJj', 'YWJj\n', 'Y W J j', 'YQ=*=', 'YQ=*A=', 'YQ=A==', 'Y=Q==', '=YQ==', 'YQ==YQ==', 'YWI=YWI=', '====', 'Y\xe1Q==', 'YWJjYQ=', '#86%B', '#86)C\n', '!`', '"86', '(86', '#86)Cx', '#86)C```\n', '#8\x016', '#8a6', '#\n',
             '``', '`\n', ' \n', 'M' + 60 * '!', 45 * 'z', 'end']

TRANSFER_PARTS = ['a', 'YQ', 'Jj', '=', '=3D', '=4', ' ', '\t', '\n', '\r\n', '\r', '.', '*', '\xe9', '\x00', 30 * 'x', 'Zz09+/', '`', '#86)C']


def text(s):
    """s in the escaped form, without the repetitions."""
    return '"%s"' % escape._escape(s)


def optional(s):
    return 'None' if s is None else text(s)


def attempt(show, fn, *args):
    """The text of a result, or the exception."""
    try:
        return show(fn(*args))
    except (IndexError, ValueError, OverflowError) as e:
        return '%s\t%s' % (type(e).__name__, text(str(e)))


def numbers(items):
    return 'None' if items is None else ' '.join(str(n) for n in items)


def made(parts, count, longest, joint, seed=822):
    """count texts of random parts."""
    choose = random.Random(seed)
    return [joint.join(choose.choice(parts) for _ in range(choose.randint(1, longest))) for _ in range(count)]


def jumbled(slots, count):
    """count dates of one part for each slot, mostly one of the first two; in some, one is left out, doubled or elsewhere."""
    choose, texts = random.Random(1123), []
    for _ in range(count):
        parts = [choose.choice(s[:2] if choose.random() < 0.8 else s) for s in slots]
        what, i = choose.randrange(6), choose.randrange(len(parts))
        if what == 0:
            del parts[i]
        elif what == 1:
            parts.insert(i, parts[i])
        elif what == 2:
            parts.insert(choose.randrange(len(parts)), parts.pop(i))
        texts.append(' '.join(p for p in parts if p))
    return texts


def dates():
    yield 'rfc822.parsedate_tz', 'text', 'items'
    for s in DATES + made(DATE_PARTS, 200, 7, ' ') + jumbled(DATE_SLOTS, 1000):
        yield text(s), attempt(numbers, rfc822.parsedate_tz, s)


def times():
    yield 'rfc822.mktime_tz', 'TZ', 'items', 'seconds'
    for zone in 'UTC', 'America/New_York':
        os.environ['TZ'] = zone
        time.tzset()
        for t in TIMES:
            yield text(zone), numbers(t), attempt(lambda n: '%.0f' % n, rfc822.mktime_tz, t)


def stamps():
    yield 'rfc822.formatdate', 'seconds', 'text'
    for n in STAMPS:
        yield repr(n), attempt(text, rfc822.formatdate, n)


def addresses():
    yield 'rfc822.AddressList', 'text', 'str', 'name and address of each'
    for s in ADDRESSES + made(ADDRESS_PARTS, 900, 9, ''):
        found = rfc822.AddressList(s)
        yield [text(s), text(str(found))] + [text(part) for pair in found.addresslist for part in pair]


def quotes():
    yield 'rfc822.quote and unquote', 'text', 'quoted', 'unquoted'
    for s in QUOTES + made(['"', '\\', 'a', '<', '>', '""'], 100, 6, ''):
        yield text(s), text(rfc822.quote(s)), text(rfc822.unquote(s))


def types():
    yield ('mimetools.Message', 'content-type', 'type', 'maintype', 'subtype', 'plisttext', 'getparam of ' + ', '.join(text(p) for p in PARAMS),
           'plist: len and items', 'getparamnames: len and items')
    for s in TYPES + made(TYPE_PARTS, 400, 9, ''):
        m = mimetools.Message(StringIO.StringIO('\n'))
        m.typeheader = s
        m.parsetype()
        m.parseplist()
        row = [text(s), text(m.gettype()), text(m.getmaintype()), text(m.getsubtype()), text(m.plisttext)]
        row += [optional(m.getparam(p)) for p in PARAMS]
        for items in (m.getplist(), m.getparamnames()):
            row += [str(len(items))] + [text(i) for i in items]
        yield row


def transfers():
    yield 'binascii', 'text', 'b2a_qp', 'a2b_qp', 'a2b_base64', 'b2a_uu of the first 45 bytes', 'a2b_uu'

    def failing(fn, s):
        try:
            return text(fn(s))
        except binascii.Error as e:
            return 'binascii.Error: %s' % e

    for s in TRANSFERS + made(TRANSFER_PARTS, 600, 12, ''):
        yield text(s), text(binascii.b2a_qp(s)), text(binascii.a2b_qp(s)), failing(binascii.a2b_base64, s), text(binascii.b2a_uu(s[:45])), failing(binascii.a2b_uu, s) if s else 'None'


def main(args):
    check, changed = '--check' in args, 0
    for table in (dates, times, stamps, addresses, quotes, types, transfers):
        rows = table()
        head = next(rows)
        lines = ['# %s, CPython 2.7.18. Columns: %s.' % (head[0], '; '.join(head[1:]))]
        seen = set()
        for row in rows:
            line = '\t'.join(row)
            if line not in seen:
                seen.add(line)
                lines.append(line)
        path = os.path.join(TABLES, table.__name__ + '.txt')
        data = '\n'.join(lines) + '\n'
        before = open(path).read() if os.path.exists(path) else None
        if data != before:
            changed += 1
            print('%s: %s' % (os.path.normpath(path), 'would change' if check else 'recorded'))
            if not check:
                with open(path, 'wb') as f:
                    f.write(data)
    return 1 if check and changed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
