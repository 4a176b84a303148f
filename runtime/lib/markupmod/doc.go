// Package markupmod is what Python 2.7 has for text in HTML and XML, as far as clients use it: of module cgi escape,
// parse_qs, parse_qsl and parse_header, of xml.sax.saxutils escape, unescape and quoteattr, and htmlentitydefs.
package markupmod
