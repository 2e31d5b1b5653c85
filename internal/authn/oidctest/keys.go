package oidctest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
)

// key signs; pub is its public half as a JSON Web Key.
type key struct {
	id, alg string
	rsa     *rsa.PrivateKey
	ec      *ecdsa.PrivateKey
}

// newKey panics when there is no chance left in the machine: no test can go on.
func newKey(alg string) (k key) {
	k.id, k.alg = rand.Text()[:8], alg
	var err error
	if alg == "ES256" {
		k.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		k.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		panic(err)
	}
	return k
}

var b64 = base64.RawURLEncoding.EncodeToString

func (k key) public() map[string]string {
	if k.ec != nil {
		point, err := k.ec.PublicKey.Bytes() // 4, x, y
		if err != nil {
			panic(err)
		}
		return map[string]string{"kty": "EC", "use": "sig", "alg": k.alg, "kid": k.id, "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}
	}
	e := binary.BigEndian.AppendUint32(nil, uint32(k.rsa.E))
	return map[string]string{"kty": "RSA", "use": "sig", "alg": k.alg, "kid": k.id, "n": b64(k.rsa.N.Bytes()), "e": b64(e[1:])}
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	var all []map[string]string
	for _, k := range p.keys {
		all = append(all, k.public())
	}
	answer(w, http.StatusOK, map[string]any{"keys": all})
}

// sign makes a token (RFC 7515) with the newest key, or what a test makes of it: alg
// "none" has no signature, and HS256 one by the public key, which everybody knows.
func (p *Provider) sign(claims map[string]any) string {
	k := p.keys[len(p.keys)-1]
	header := map[string]any{"alg": k.alg, "kid": k.id, "typ": "JWT"}
	if p.bend != nil {
		p.bend(header, claims)
	}
	text := part(header) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	var sig []byte
	var err error
	switch {
	case header["alg"] == "none":
		return text + "."
	case header["alg"] == "HS256":
		mac := hmac.New(sha256.New, []byte(k.public()["n"]))
		mac.Write([]byte(text))
		sig = mac.Sum(nil)
	case k.ec != nil:
		r, s, err2 := ecdsa.Sign(rand.Reader, k.ec, sum[:])
		sig, err = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), err2
	default:
		sig, err = rsa.SignPKCS1v15(rand.Reader, k.rsa, crypto.SHA256, sum[:])
	}
	if err != nil {
		panic(err)
	}
	return text + "." + b64(sig)
}

func part(v map[string]any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b64(b)
}
