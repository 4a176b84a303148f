// Package cookiemod is Python 2.7's module Cookie: BaseCookie, SimpleCookie and Morsel, as servers and
// clients read and write the fields Cookie and Set-Cookie.
//
// Differences from CPython 2.7:
//
//   - SerialCookie and SmartCookie, which is Cookie.Cookie as well, are not there: they unpickle what the
//     peer sent.
//   - Cookies, and the attributes of a Morsel, are listed in the order of insertion, where CPython's order is
//     arbitrary. Output is sorted in both.
package cookiemod
