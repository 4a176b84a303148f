// Package testservermod is the module testserver: HTTP servers of a run's own,
// on loopback, so that examples and scripts are tried without a network.
//
//	srv = testserver.start({
//	    "/":           "hello",
//	    "POST /form":  lambda req: "got " + req.body,
//	    "/old":        {"status": 301, "reason": "Gone Fishing", "headers": {"Location": "/"}},
//	    "/pieces":     {"body": ["one", "two"]},
//	    "/files/*":    testserver.delay(2, "slow"),
//	    "/broken":     testserver.raw("HTTP/1.1 two hundred\r\n\r\n"),
//	}, tls=True, names=["www.python.org:443"])
//
// # Servers
//
// start(routes=None, tls=False, names=[], client_ca=None, timeout=60,
// max_body=16777216) listens on a free port of a loopback address and returns a
// server with the attributes
//
//	host, port, netloc, url   where it is: "127.0.0.1", 40001, both, "https://127.0.0.1:40001"
//	requests                  what has arrived by now, in order: a new list at each look
//	errors                    what went wrong by now, one text each: handlers, TLS handshakes, broken requests
//	names                     the names that lead to it
//	cacert                    with TLS: the run's authority, as PEM text
//	client_pem                with client_ca=True: a client's certificate and key, as PEM text
//	closed                    whether it is
//
// and the methods close(), which returns once nothing of the server runs any
// more, and clear(), which forgets requests and errors. It closes by itself at
// the end of the run; using(srv) closes it at the end of a block.
//
// names routes "host:port" (without a port: that of http, or of https for a
// server with TLS) to the server as it is, for this run only.
//
// tls=True serves HTTPS with a certificate for 127.0.0.1, ::1, localhost and the
// names, signed by an authority that is made for the run and that only the run
// trusts. tls="self-signed", "expired" or "wrong-name" serves one with that
// fault. client_ca asks clients for a certificate, signed by an authority in PEM
// text or, with True, by the run's own.
//
// timeout bounds, in seconds, how long a client may take to send a request and
// to take each part of a response, and how long a handler may run. A request's body may have max_body bytes;
// a longer one is read, cut, and answered with 413. The last 10,000 requests
// and at most about 64 MiB of them are kept.
//
// # Routes
//
// routes is a dict. A key is "/path" or "METHOD /path"; with a * at its end it
// stands for every path that begins so, and "*" for all. The path is compared
// as it was sent, without the query; the target of a CONNECT is its path. A whole
// path goes before a prefix, a longer prefix before a shorter one, and then a
// method before none. GET's route answers HEAD too, without the body. A path
// without a route gets a 404 that lists the routes, one with routes for other
// methods only a 405. Instead of a dict, routes may be one response for all
// requests. Routes are read at the start: changing the dict later does nothing.
//
// A response is
//
//   - a string or bytes: 200 OK with this body;
//   - a dict of status, reason, headers and body, each optional. headers is a
//     dict, whose values may be lists for repeated fields, or a list of pairs.
//     body is a string, or a list of strings, each sent as one chunk. Nothing is
//     added but what frames the body, and what is given is sent to the letter,
//     a false Content-Length too;
//   - raw(data): these bytes, and the connection closes;
//   - delay(seconds, response): the response after a while;
//   - drip(response, n=1, seconds=0): n bytes at a time, with a wait between;
//   - reset(after="", response=None): the bytes after, or as many of the
//     response as after says, and then a connection reset;
//   - a function: it is called with the request and returns any of these.
//
// # Handlers
//
// A request has method, url (the request-target), path, query, version
// ("HTTP/1.1"), headers, body, head (start-line and fields as they crossed the
// wire), host (the Host field), remote and remote_host (the client's address),
// client_cert (the common name of the client's certificate, or None). headers is
// a mapping by name in any case, with get, getall, items, keys and pairs; the
// names are as sent and in the order sent. Requests never change.
//
// Handlers run on goroutines of their own, in turns with the script and with
// each other: one runs only while the script waits in a built-in, such as
// getresponse or time.sleep (host.Host.Pause). So a handler may use what the
// script uses, and append to its lists, and nothing happens twice at a time; only
// the connection that the script is waiting on is refused to it. A script that
// computes without ever waiting lets no handler run.
//
// A handler that fails is answered with 500 and the traceback as body; the error
// is also in srv.errors. When the server is closed, or the run ends, handlers
// are cancelled.
//
// # Proxies
//
// proxy(auth=None, names=[], timeout=60) starts a proxy for CONNECT, with a
// server's attributes. auth="name:password" makes it ask with 407. It connects
// where the run may; what it cannot reach is a 502, what it may not a 403.
//
// Requests are read by net/http; responses are written here, because net/http
// knows standard reasons only and sorts fields.
package testservermod
