// Package cookielibmod is Python 2.7's module cookielib as far as HTTP scripts use
// it: CookieJar with its default policy for the cookies of Set-Cookie field lines,
// and Cookie.
//
// Cookies are sent in CPython's order, that of its dicts and of the length of their
// paths. The differences from CPython 2.7's cookielib.py:
//
//   - Set-Cookie2 and cookies of a version above 0 are not known; CPython's default
//     policy ignores them as well.
//   - There are no policies but the default one, and no FileCookieJar,
//     MozillaCookieJar and LWPCookieJar: keep what a loop over the jar gives.
package cookielibmod
