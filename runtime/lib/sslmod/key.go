package sslmod

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"hash"

	"go.starlark.net/starlark"

	"starwire/runtime/lazy"
	"starwire/runtime/py"
)

var (
	errNoKey       = errors.New("no private key in the file")
	errNoPassword  = errors.New("the private key is encrypted, and there is no password")
	errBadPassword = errors.New("the password does not decrypt the private key")
)

// parseKey returns the first private key of a PEM text. The error is the
// script's: what asking for the password raised, or an SSLError.
func parseKey(thread *starlark.Thread, text []byte, password starlark.Value) (crypto.Signer, error) {
	for block := range blocks(text) {
		switch block.Type {
		case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
		default:
			continue
		}
		der := block.Bytes
		//lint:ignore SA1019 the traditional encryption is what the files of old have
		traditional := x509.IsEncryptedPEMBlock(block)
		if traditional || block.Type == "ENCRYPTED PRIVATE KEY" {
			secret, err := askPassword(thread, password)
			if err != nil {
				return nil, err
			}
			if der, err = decrypt(block, traditional, secret); err != nil {
				return nil, newFault(err, faultPEMLib)
			}
		}
		key, err := parsePrivateKey(der)
		if err != nil {
			return nil, newFault(err, faultPEMLib)
		}
		return key, nil
	}
	return nil, newFault(errNoKey, faultPEMLib)
}

func decrypt(block *pem.Block, traditional bool, secret []byte) ([]byte, error) {
	if traditional {
		//lint:ignore SA1019 see parseKey
		return x509.DecryptPEMBlock(block, secret)
	}
	return decryptPKCS8(block.Bytes, secret)
}

// parsePrivateKey reads a key in any of the three forms that PEM labels name,
// and some files mix up.
func parsePrivateKey(der []byte) (crypto.Signer, error) {
	var key any
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		if key, err = x509.ParsePKCS1PrivateKey(der); err != nil {
			key, err = x509.ParseECPrivateKey(der)
		}
	}
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("not a key that signs")
	}
	return signer, nil
}

// askPassword returns the password, calling the script's function if it is one.
func askPassword(thread *starlark.Thread, password starlark.Value) ([]byte, error) {
	if password == nil || password == starlark.None {
		return nil, newFault(errNoPassword, faultPEMLib)
	}
	if fn, ok := password.(starlark.Callable); ok {
		v, err := starlark.Call(thread, fn, nil, nil)
		if err != nil {
			return nil, err
		}
		if _, ok := py.AsBytes(v); !ok {
			return nil, py.TypeError.Errorf("password callback must return a string")
		}
		password = v
	}
	s, _ := py.AsBytes(password)
	if len(s) > 1024 {
		return nil, py.ValueError.Errorf("password cannot be longer than 1024 bytes")
	}
	return []byte(s), nil
}

// checkPassword refuses what can be no password at all.
func checkPassword(v starlark.Value) error {
	_, isText := py.AsBytes(v)
	_, isFunc := v.(starlark.Callable)
	if v != nil && v != starlark.None && !isText && !isFunc {
		return py.TypeError.Errorf("password should be a string or callable")
	}
	return nil
}

// The ASN.1 of encrypted PKCS #8 keys: RFC 5958 §3, RFC 8018 appendix A.
type (
	encryptedKey struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	pbes2Params struct {
		KDF    pkix.AlgorithmIdentifier
		Cipher pkix.AlgorithmIdentifier
	}
	pbkdf2Params struct {
		Salt       []byte
		Iterations int
		KeyLength  int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
)

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// prfs are the pseudo-random functions of PBKDF2; none is HMAC-SHA1.
func prfs() map[string]func() hash.Hash {
	return prfsTable.Get(func() map[string]func() hash.Hash {
		return map[string]func() hash.Hash{
			"":                    sha1.New,
			"1.2.840.113549.2.7":  sha1.New,
			"1.2.840.113549.2.8":  sha256.New224,
			"1.2.840.113549.2.9":  sha256.New,
			"1.2.840.113549.2.10": sha512.New384,
			"1.2.840.113549.2.11": sha512.New,
		}
	})
}

var prfsTable lazy.Value[map[string]func() hash.Hash]

// blockCiphers are the ciphers OpenSSL encrypts keys with, in CBC mode.
func blockCiphers() map[string]struct {
	keyLength int
	new       func([]byte) (cipher.Block, error)
} {
	return blockCiphersTable.Get(func() map[string]struct {
		keyLength int
		new       func([]byte) (cipher.Block, error)
	} {
		return map[string]struct {
			keyLength int
			new       func([]byte) (cipher.Block, error)
		}{
			"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
			"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
			"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
			"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
		}
	})
}

var blockCiphersTable lazy.Value[map[string]struct {
	keyLength int
	new       func([]byte) (cipher.Block, error)
}]

// maxIterations bounds the time a file can make PBKDF2 take to some seconds.
const maxIterations = 10_000_000

// decryptPKCS8 decrypts a key under PBES2, which is what OpenSSL writes.
// RFC 8018 §6.2.2.
func decryptPKCS8(der, password []byte) ([]byte, error) {
	var k encryptedKey
	var scheme pbes2Params
	var kdf pbkdf2Params
	var iv []byte
	if _, err := asn1.Unmarshal(der, &k); err != nil {
		return nil, err
	}
	if !k.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, errors.New("keys are decrypted under PBES2 only, not " + k.Algorithm.Algorithm.String())
	}
	if _, err := asn1.Unmarshal(k.Algorithm.Parameters.FullBytes, &scheme); err != nil {
		return nil, err
	}
	if !scheme.KDF.Algorithm.Equal(oidPBKDF2) {
		return nil, errors.New("key derivation is by PBKDF2 only, not " + scheme.KDF.Algorithm.String())
	}
	if _, err := asn1.Unmarshal(scheme.KDF.Parameters.FullBytes, &kdf); err != nil {
		return nil, err
	}
	prf, block := prfs()[kdf.PRF.Algorithm.String()], blockCiphers()[scheme.Cipher.Algorithm.String()]
	if prf == nil || block.new == nil {
		return nil, errors.New("unknown cipher or pseudo-random function " + scheme.Cipher.Algorithm.String())
	}
	if _, err := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv); err != nil {
		return nil, err
	}
	if kdf.Iterations < 1 || kdf.Iterations > maxIterations {
		return nil, errors.New("unreasonable number of iterations")
	}
	key, err := pbkdf2.Key(prf, string(password), kdf.Salt, kdf.Iterations, block.keyLength)
	if err != nil {
		return nil, err
	}
	b, err := block.new(key)
	if err != nil {
		return nil, err
	}
	if len(iv) != b.BlockSize() || len(k.Data) == 0 || len(k.Data)%b.BlockSize() != 0 {
		return nil, errors.New("malformed ciphertext")
	}
	plain := make([]byte, len(k.Data))
	cipher.NewCBCDecrypter(b, iv).CryptBlocks(plain, k.Data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > b.BlockSize() {
		return nil, errBadPassword
	}
	for _, p := range plain[len(plain)-pad:] {
		if int(p) != pad {
			return nil, errBadPassword
		}
	}
	return plain[:len(plain)-pad], nil
}
