package sslmod

import (
	"runtime"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/socketmod"
)

var module lazy.Module

// Module returns the module ssl, made on first use. It is immutable; every run may share it.
func Module() *starlarkstruct.Module { return module.Get("ssl", members) }

// protocolNames are what get_protocol_name knows.
func protocolNames() map[int]string {
	return protocolNamesTable.Get(func() map[int]string {
		return map[int]string{
			protocolTLS: "PROTOCOL_TLS", protocolTLS1: "PROTOCOL_TLSv1",
			protocolTLS1_1: "PROTOCOL_TLSv1_1", protocolTLS1_2: "PROTOCOL_TLSv1_2",
		}
	})
}

var protocolNamesTable lazy.Value[map[int]string]

// Constants whose values are OpenSSL 3's, as CPython 2.7.18 shows them. Options
// that crypto/tls has no switch for can be set and have no effect.
func constants() map[string]int64 {
	return constantsTable.Get(func() map[string]int64 {
		return map[string]int64{
			"CERT_NONE": certNone, "CERT_OPTIONAL": certOptional, "CERT_REQUIRED": certRequired,

			"PROTOCOL_SSLv23": protocolTLS, "PROTOCOL_TLS": protocolTLS, "PROTOCOL_TLSv1": protocolTLS1,
			"PROTOCOL_TLSv1_1": protocolTLS1_1, "PROTOCOL_TLSv1_2": protocolTLS1_2,

			"OP_ALL": opAll, "OP_NO_SSLv2": 0, "OP_NO_SSLv3": opNoSSLv3, "OP_NO_TLSv1": opNoTLSv1,
			"OP_NO_TLSv1_1": opNoTLSv1_1, "OP_NO_TLSv1_2": opNoTLSv1_2, "OP_NO_TLSv1_3": opNoTLSv1_3,
			"OP_NO_COMPRESSION": opNoCompression, "OP_CIPHER_SERVER_PREFERENCE": opCipherServerPreference,
			"OP_SINGLE_DH_USE": 0, "OP_SINGLE_ECDH_USE": 0, "OP_ENABLE_MIDDLEBOX_COMPAT": opEnableMiddleboxCompat,

			"VERIFY_DEFAULT": 0, "VERIFY_CRL_CHECK_LEAF": verifyCRLCheckLeaf, "VERIFY_CRL_CHECK_CHAIN": verifyCRLCheckChain,
			"VERIFY_X509_STRICT": verifyX509Strict, "VERIFY_X509_TRUSTED_FIRST": verifyX509TrustedFirst,

			"SSL_ERROR_SSL": sslErrorSSL, "SSL_ERROR_WANT_READ": sslErrorWantRead, "SSL_ERROR_WANT_WRITE": 3,
			"SSL_ERROR_WANT_X509_LOOKUP": 4, "SSL_ERROR_SYSCALL": 5, "SSL_ERROR_ZERO_RETURN": 6,
			"SSL_ERROR_WANT_CONNECT": 7, "SSL_ERROR_EOF": sslErrorEOF, "SSL_ERROR_INVALID_ERROR_CODE": 10,

			"ALERT_DESCRIPTION_CLOSE_NOTIFY": 0, "ALERT_DESCRIPTION_UNEXPECTED_MESSAGE": 10,
			"ALERT_DESCRIPTION_BAD_RECORD_MAC": 20, "ALERT_DESCRIPTION_RECORD_OVERFLOW": 22,
			"ALERT_DESCRIPTION_DECOMPRESSION_FAILURE": 30, "ALERT_DESCRIPTION_HANDSHAKE_FAILURE": 40,
			"ALERT_DESCRIPTION_BAD_CERTIFICATE": 42, "ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE": 43,
			"ALERT_DESCRIPTION_CERTIFICATE_REVOKED": 44, "ALERT_DESCRIPTION_CERTIFICATE_EXPIRED": 45,
			"ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN": 46, "ALERT_DESCRIPTION_ILLEGAL_PARAMETER": 47,
			"ALERT_DESCRIPTION_UNKNOWN_CA": 48, "ALERT_DESCRIPTION_ACCESS_DENIED": 49,
			"ALERT_DESCRIPTION_DECODE_ERROR": 50, "ALERT_DESCRIPTION_DECRYPT_ERROR": 51,
			"ALERT_DESCRIPTION_PROTOCOL_VERSION": 70, "ALERT_DESCRIPTION_INSUFFICIENT_SECURITY": 71,
			"ALERT_DESCRIPTION_INTERNAL_ERROR": 80, "ALERT_DESCRIPTION_USER_CANCELLED": 90,
			"ALERT_DESCRIPTION_NO_RENEGOTIATION": 100, "ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION": 110,
			"ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE": 111, "ALERT_DESCRIPTION_UNRECOGNIZED_NAME": 112,
			"ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE": 113, "ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE": 114,
			"ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY": 115,
		}
	})
}

var constantsTable lazy.Value[map[string]int64]

func members() starlark.StringDict {
	version := starlark.Tuple{starlark.MakeInt(3), starlark.MakeInt(0), starlark.MakeInt(0), starlark.MakeInt(0), starlark.MakeInt(0)}
	m := starlark.StringDict{
		"SSLError":           SSLError,
		"SSLZeroReturnError": SSLZeroReturnError,
		"SSLWantReadError":   SSLWantReadError,
		"SSLWantWriteError":  SSLWantWriteError,
		"SSLSyscallError":    SSLSyscallError,
		"SSLEOFError":        SSLEOFError,
		"CertificateError":   CertificateError,
		"socket_error":       socketmod.ErrorClass,

		"Purpose":    purposeClass{},
		"PEM_HEADER": starlark.String(pemHeader),
		"PEM_FOOTER": starlark.String(pemFooter),

		"HAS_SNI":     starlark.True,
		"HAS_ALPN":    starlark.True,
		"HAS_ECDH":    starlark.True,
		"HAS_NPN":     starlark.False,
		"HAS_TLSv1_3": starlark.True,

		"CHANNEL_BINDING_TYPES": frozenList("tls-unique"),

		// What a script may compare is the OpenSSL whose behaviour is followed.
		"OPENSSL_VERSION":        starlark.String("OpenSSL 3.0.0 (Go crypto/tls, " + runtime.Version() + ")"),
		"OPENSSL_VERSION_INFO":   version,
		"_OPENSSL_API_VERSION":   version,
		"OPENSSL_VERSION_NUMBER": starlark.MakeInt(0x30000000),
	}
	for name, n := range constants() {
		m[name] = starlark.MakeInt64(n)
	}
	for name, fn := range map[string]builtin{
		"DER_cert_to_PEM_cert":          derToPEM,
		"PEM_cert_to_DER_cert":          pemToDER,
		"RAND_add":                      randAdd,
		"RAND_status":                   randStatus,
		"SSLContext":                    newSSLContext,
		"SSLSocket":                     wrapSocket,
		"_create_default_https_context": createDefaultHTTPSContext,
		"_create_stdlib_context":        createUnverifiedContext,
		"_create_unverified_context":    createUnverifiedContext,
		"_https_verify_certificates":    httpsVerifyCertificates,
		"cert_time_to_seconds":          certTimeToSeconds,
		"create_default_context":        createDefaultContext,
		"get_default_verify_paths":      getDefaultVerifyPaths,
		"get_protocol_name":             getProtocolName,
		"get_server_certificate":        getServerCertificate,
		"match_hostname":                matchHostname,
		"wrap_socket":                   wrapSocket,
	} {
		m[name] = starlark.NewBuiltin(name, fn)
	}
	return m
}

type builtin = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

func frozenList(items ...string) *starlark.List {
	values := make([]starlark.Value, len(items))
	for i, s := range items {
		values[i] = starlark.String(s)
	}
	l := starlark.NewList(values)
	l.Freeze()
	return l
}
