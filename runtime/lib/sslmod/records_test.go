package sslmod

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"starwire/runtime/host"
	"starwire/runtime/lib/socketmod"
)

// The tests in this file make records that crypto/tls does not make, under the
// keys of a connection that it did make: its key log has their secrets.

// expandLabel is HKDF-Expand-Label. RFC 8446 §7.1.
func expandLabel(secret []byte, label string, length int) []byte {
	info := binary.BigEndian.AppendUint16(nil, uint16(length))
	info = append(info, byte(len("tls13 ")+len(label)))
	info = append(info, "tls13 "+label...)
	info = append(info, 0)
	out, err := hkdf.Expand(sha256.New, secret, string(info), length)
	if err != nil {
		panic(err)
	}
	return out
}

// logged returns a secret of the key log, by its label.
func logged(keyLog, label string) []byte {
	for line := range strings.Lines(keyLog) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == label {
			secret, err := hex.DecodeString(fields[2])
			if err != nil {
				panic(err)
			}
			return secret
		}
	}
	panic("no " + label + " in the key log")
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// keyUpdate returns the record of a KeyUpdate message, the first under secret,
// and the secret that it moves on to. RFC 8446 §4.6.3, §5.2.
func keyUpdate(secret []byte, request byte) (record, next []byte) {
	message := []byte{24, 0, 0, 1, request, 22} // and the content type, handshake
	header := []byte{23, 3, 3, 0, byte(len(message) + 16)}
	sealed := gcm(expandLabel(secret, "key", 16)).Seal(header, expandLabel(secret, "iv", 12), message, header)
	return sealed, expandLabel(secret, "traffic upd", 32)
}

// A peer that changes its keys for ever gets nowhere, and no memory.
// robustness F22, CVE-2026-32283, CVE-2026-56862.
func TestKeyUpdateFlood(t *testing.T) {
	for _, request := range []byte{0, 1} {
		var log bytes.Buffer
		config := serverConfig(localhost)
		config.KeyLogWriter = &log
		config.SessionTicketsDisabled = true // so that the next record is the first
		sent := make(chan int, 1)
		port := serve(t, func(raw *net.TCPConn) {
			conn := tls.Server(raw, config)
			if conn.Handshake() != nil {
				sent <- -1
				return
			}
			secret := logged(log.String(), "SERVER_TRAFFIC_SECRET_0")
			n := 0
			for ; n < 100_000; n++ {
				var record []byte
				if record, secret = keyUpdate(secret, request); n == 0 && conn.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
					break
				}
				if _, err := raw.Write(record); err != nil {
					break
				}
			}
			sent <- n
		})
		r := newRun(t, host.Host{})
		s := r.wrap(t, port, socketmod.Seconds(60))
		n, err := s.Read(make([]byte, 10))
		s.Close()
		if suite := s.ConnectionState().CipherSuite; suite != tls.TLS_AES_128_GCM_SHA256 {
			t.Skipf("this machine prefers %s", tls.CipherSuiteName(suite))
		}
		wantError(t, fmt.Sprintf("a flood of KeyUpdate(%d)", request), err, SSLError,
			"[SSL] too many non-advancing records (_ssl.c:727)")
		if n != 0 {
			t.Errorf("Read = %d bytes of nothing", n)
		}
		if n := <-sent; n >= 100_000 {
			t.Errorf("the flood was read to its end")
		}
	}
}

// prf is TLS 1.2's. RFC 5246 §5.
func prf(secret []byte, label string, seed []byte, length int) []byte {
	sum := func(data ...[]byte) []byte {
		h := hmac.New(sha256.New, secret)
		for _, d := range data {
			h.Write(d)
		}
		return h.Sum(nil)
	}
	seed = append([]byte(label), seed...)
	var out []byte
	for a := sum(seed); len(out) < length; a = sum(a) {
		out = append(out, sum(a, seed)...)
	}
	return out[:length]
}

// random returns the random of the hello in the first record of a stream.
func random(stream []byte) []byte { return stream[5+4+2 : 5+4+2+32] }

// A server's wish to shake hands anew is refused. robustness F22.
func TestRenegotiation(t *testing.T) {
	var log bytes.Buffer
	config := serverConfig(localhost)
	config.MaxVersion = tls.VersionTLS12
	config.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	config.KeyLogWriter = &log
	port := serve(t, func(raw *net.TCPConn) {
		tee := &recorder{Conn: raw}
		if tls.Server(tee, config).Handshake() != nil {
			return
		}
		seed := append(bytes.Clone(random(tee.written.Bytes())), random(tee.read.Bytes())...)
		keys := prf(logged(log.String(), "CLIENT_RANDOM"), "key expansion", seed, 2*16+2*4)
		serverKey, serverIV := keys[16:32], keys[36:40]
		// HelloRequest, the server's second encrypted record. RFC 5246 §7.4.1.1, RFC 5288 §3.
		message := []byte{0, 0, 0, 0}
		sequence := []byte{0, 0, 0, 0, 0, 0, 0, 1}
		additional := append(bytes.Clone(sequence), 22, 3, 3, 0, byte(len(message)))
		record := append([]byte{22, 3, 3, 0, byte(8 + len(message) + 16)}, sequence...)
		raw.Write(gcm(serverKey).Seal(record, append(bytes.Clone(serverIV), sequence...), message, additional))
		io.Copy(io.Discard, raw)
	})
	r := newRun(t, host.Host{})
	s := r.wrap(t, port, socketmod.Seconds(60))
	_, err := s.Read(make([]byte, 1))
	wantReason(t, "renegotiation", err, "NO_RENEGOTIATION")
	s.Close()
}
