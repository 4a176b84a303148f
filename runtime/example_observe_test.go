package runtime_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"starwire/runtime"
	"starwire/runtime/py"
)

// requests is a script whose HTTP exchanges the examples observe.
const requests = `
srv = testserver.start({"/": "hello", "/gone": {"status": 410}, "/bad": testserver.raw("nonsense\r\n\r\n")}, names=["shop.example:80"])
conn = httplib.HTTPConnection("shop.example", strict=True)
for path in ["/", "/gone", "/bad"]:
    conn.request("GET", path)
    attempt(lambda: conn.getresponse().read())
attempt(httplib.HTTPSConnection("shop.example").request, "GET", "/")
`

func ExampleConfig_observe() {
	var mu sync.Mutex // exchanges may end on several goroutines
	run(runtime.Config{
		Permissions: runtime.Permissions{Listen: true},
		Observe: func(x *runtime.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Println(x.Method, x.Host, x.Target, x.Status, x.Reused, x.Complete, x.LastByte > 0)
		},
	}, requests)
	// Output:
	// GET shop.example / 200 false true true
	// GET shop.example /gone 410 true true true
	// GET shop.example /bad 0 true false true
	// GET shop.example / 0 false false true
}

// slogExchange feeds exchanges to a log, each phase with its time.
func slogExchange(log *slog.Logger) func(x *runtime.Exchange) {
	return func(x *runtime.Exchange) {
		attrs := []slog.Attr{
			slog.String("method", x.Method),
			slog.String("url", x.Scheme+"://"+net.JoinHostPort(x.Host, x.Port)+x.Target),
			slog.Int("status", x.Status),
			slog.Bool("reused", x.Reused),
			slog.Int64("in", x.BytesIn),
			slog.Int64("out", x.BytesOut),
			slog.Duration("resolve", x.Resolve),
			slog.Duration("connect", x.Connect),
			slog.Duration("tls", x.Handshake),
			slog.Duration("sent", x.Sent),
			slog.Duration("first_byte", x.FirstByte),
			slog.Duration("last_byte", x.LastByte),
		}
		level := slog.LevelInfo
		if x.Err != nil {
			level = slog.LevelWarn
			attrs = append(attrs, slog.Any("error", x.Err))
		}
		log.LogAttrs(context.Background(), level, "request", attrs...)
	}
}

func ExampleConfig_slog() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		// Times and sizes are not the same in every run.
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "in" || a.Value.Kind() == slog.KindDuration {
				return slog.Attr{}
			}
			return a
		},
	}))
	run(runtime.Config{
		Permissions: runtime.Permissions{Listen: true},
		Observe:     slogExchange(log),
	}, requests)
	// Output:
	// level=INFO msg=request method=GET url=http://shop.example:80/ status=200 reused=false out=65
	// level=INFO msg=request method=GET url=http://shop.example:80/gone status=410 reused=true out=69
	// level=WARN msg=request method=GET url=http://shop.example:80/bad status=0 reused=true out=68 error="httplib.BadStatusLine: nonsense\\r\\n"
	// level=WARN msg=request method=GET url=https://shop.example:443/ status=0 reused=false out=0 error="not allowed to connect to shop.example:443 (to allow it: --allow-net=shop.example:443)"
}

// A span is what a tracer of OpenTelemetry's takes: trace.WithTimestamp(start),
// attribute.String(key, value), span.End(trace.WithTimestamp(end)).
type span struct {
	name       string
	start, end time.Time
	attributes map[string]any
	failed     bool
}

// otelSpan turns an exchange into a client span, by OpenTelemetry's semantic
// conventions for HTTP.
func otelSpan(x *runtime.Exchange) span {
	a := map[string]any{
		"http.request.method": x.Method,
		"url.full":            x.Scheme + "://" + net.JoinHostPort(x.Host, x.Port) + x.Target,
		"url.scheme":          x.Scheme,
		"server.address":      x.Host,
		"http.request.size":   x.BytesOut,
		"http.response.size":  x.BytesIn,
	}
	if port, err := strconv.Atoi(x.Port); err == nil {
		a["server.port"] = port
	}
	if tcp, ok := x.Remote.(*net.TCPAddr); ok {
		a["network.transport"], a["network.peer.address"], a["network.peer.port"] = "tcp", tcp.IP.String(), tcp.Port
	}
	if x.Status != 0 {
		a["http.response.status_code"] = x.Status
		a["network.protocol.name"] = "http"
		a["network.protocol.version"] = map[int]string{9: "0.9", 10: "1.0", 11: "1.1"}[x.Version]
	}
	if x.TLS != nil {
		a["tls.protocol.name"] = "tls"
		a["tls.protocol.version"] = map[uint16]string{tls.VersionTLS12: "1.2", tls.VersionTLS13: "1.3"}[x.TLS.Version]
		a["tls.cipher"] = tls.CipherSuiteName(x.TLS.CipherSuite)
	}
	var exception *py.Exception
	switch {
	case errors.As(x.Err, &exception):
		a["error.type"] = exception.Class().QualifiedName()
	case x.Err != nil:
		a["error.type"] = fmt.Sprintf("%T", x.Err)
	case x.Status >= 400:
		a["error.type"] = strconv.Itoa(x.Status)
	}
	return span{name: x.Method, start: x.Began, end: x.Began.Add(x.LastByte), attributes: a, failed: a["error.type"] != nil}
}

func ExampleConfig_openTelemetry() {
	var mu sync.Mutex
	run(runtime.Config{
		Permissions: runtime.Permissions{Listen: true},
		Observe: func(x *runtime.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			s := otelSpan(x)
			fmt.Println(s.name, "failed:", s.failed)
			for _, key := range slices.Sorted(maps.Keys(s.attributes)) {
				switch key {
				case "network.peer.port", "http.response.size", "tls.cipher": // not the same in every run
				default:
					fmt.Printf("  %s = %v\n", key, s.attributes[key])
				}
			}
		},
	}, `
srv = testserver.start({"/old": {"status": 410}}, tls=True, names=["shop.example:443"])
conn = httplib.HTTPSConnection("shop.example")
conn.request("GET", "/old")
conn.getresponse().read()
attempt(httplib.HTTPConnection("other.example").request, "GET", "/")
`)
	// Output:
	// GET failed: true
	//   error.type = 410
	//   http.request.method = GET
	//   http.request.size = 68
	//   http.response.status_code = 410
	//   network.peer.address = 127.0.0.1
	//   network.protocol.name = http
	//   network.protocol.version = 1.1
	//   network.transport = tcp
	//   server.address = shop.example
	//   server.port = 443
	//   tls.protocol.name = tls
	//   tls.protocol.version = 1.3
	//   url.full = https://shop.example:443/old
	//   url.scheme = https
	// GET failed: true
	//   error.type = *host.PermissionError
	//   http.request.method = GET
	//   http.request.size = 0
	//   server.address = other.example
	//   server.port = 80
	//   url.full = http://other.example:80/
	//   url.scheme = http
}
