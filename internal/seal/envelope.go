package seal

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"encoding/hex"
	"io"

	"quipu/internal/fault"
)

// An envelope, version 1, is promised to be opened for ten years. In order:
//
//	8  "QUIPUENV"
//	1  version: 1
//	1  length of the context, and the context: what the contents are for
//	8  first bytes of SHA-256 of the sender's public keys
//	8  the same of the receiver's
//	4  length of the sealed text, big endian
//	   HPKE (ML-KEM-768 with X25519, HKDF-SHA-256, AES-256-GCM) of the contents under gzip:
//	   encapsulated key, then text. Its info is everything above with both whole hashes, so
//	   that an envelope cannot be signed anew by another, or be taken for another purpose
//	64 Ed25519 of everything above
//
// Lengths are not hidden, and who receives and sends is seen by whoever carries it.
const (
	envelopeMagic   = "QUIPUENV"
	envelopeVersion = 1
	envelopeFixed   = len(envelopeMagic) + 2
	idSize          = 8
	overhead        = 64 << 10 // more than head, encapsulated key and signature
)

// Head is what an envelope says on its outside.
type Head struct {
	Context  string
	From, To string // ids of public keys
	length   int    // bytes of the head
	sealed   uint32 // bytes of the sealed text
}

// MaxEnvelope is the largest envelope, in bytes, whose contents have at most max bytes.
func MaxEnvelope(max int) int { return max + max/1000 + overhead }

func hpkeSuite() (hpke.KDF, hpke.AEAD) { return hpke.HKDFSHA256(), hpke.AES256GCM() }

// EnvelopeTo seals contents to a receiver and signs them. context says what they are for
// ("push"), at most 255 bytes. Doing it twice gives two different envelopes.
func (i *Identity) EnvelopeTo(to Public, context string, contents []byte) ([]byte, error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(contents); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	b := append([]byte(envelopeMagic), envelopeVersion, byte(len(context)))
	b = append(b, context[:byte(len(context))]...)
	b = append(b, i.public.Fingerprint(idSize)...)
	b = append(b, to.Fingerprint(idSize)...)
	kdf, aead := hpkeSuite()
	box, err := hpke.Seal(to.receive, kdf, aead, envelopeInfo(b, i.public, to), packed.Bytes())
	if err != nil {
		return nil, err
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(box)))
	b = append(b, box...)
	return append(b, ed25519.Sign(i.sign, b)...), nil
}

func envelopeInfo(head []byte, from, to Public) []byte {
	return bind("quipu envelope 1", string(head), string(from.Fingerprint(32)), string(to.Fingerprint(32)))
}

// PeekHead reads the outside of an envelope of which perhaps only the beginning is there; 512
// bytes are enough. Nothing proves it yet. The faults are seal.envelope_form, _version and
// _truncated.
func PeekHead(b []byte) (h Head, err error) {
	if len(b) < envelopeFixed {
		if len(b) > 0 && bytes.HasPrefix([]byte(envelopeMagic), b[:min(len(b), len(envelopeMagic))]) {
			return h, envelopeFault("truncated")
		}
		return h, envelopeFault("form")
	}
	if string(b[:len(envelopeMagic)]) != envelopeMagic {
		return h, envelopeFault("form")
	}
	if v := b[len(envelopeMagic)]; v != envelopeVersion {
		return h, fault.New(fault.Invalid, "seal.envelope_version", "has", int(v), "knows", envelopeVersion)
	}
	n := envelopeFixed + int(b[envelopeFixed-1])
	h.length = n + 2*idSize + 4
	if len(b) < h.length {
		return h, envelopeFault("truncated")
	}
	h.Context = string(b[envelopeFixed:n])
	h.From, h.To = hex.EncodeToString(b[n:n+idSize]), hex.EncodeToString(b[n+idSize:n+2*idSize])
	h.sealed = binary.BigEndian.Uint32(b[n+2*idSize:])
	return h, nil
}

// PeekEnvelope is PeekHead of an envelope that must be there to its last byte and no further.
func PeekEnvelope(b []byte) (Head, error) {
	h, err := PeekHead(b)
	if err != nil {
		return h, err
	}
	switch want := uint64(h.length) + uint64(h.sealed) + ed25519.SignatureSize; {
	case uint64(len(b)) < want:
		return h, envelopeFault("truncated")
	case uint64(len(b)) > want:
		return h, envelopeFault("altered")
	}
	return h, nil
}

func envelopeFault(what string) *fault.Error {
	return fault.New(fault.Invalid, "seal.envelope_"+what).In("seal.OpenEnvelope")
}

// OpenEnvelope opens an envelope of from that is for this identity and this context. Contents
// above max bytes are not unpacked. Faults: those of PeekEnvelope, and seal.envelope_not_for_us,
// _unknown (another sender), _context, _altered, _large.
func (i *Identity) OpenEnvelope(b []byte, context string, from Public, max int) ([]byte, error) {
	h, err := PeekEnvelope(b)
	if err != nil {
		return nil, err
	}
	if h.To != i.public.ID() {
		return nil, fault.New(fault.Forbidden, "seal.envelope_not_for_us", "for", h.To, "us", i.public.ID()).In("seal.OpenEnvelope")
	}
	if from.ID() != h.From {
		return nil, fault.New(fault.Forbidden, "seal.envelope_unknown", "from", h.From).In("seal.OpenEnvelope")
	}
	signed := len(b) - ed25519.SignatureSize
	if !ed25519.Verify(from.sign, b[:signed], b[signed:]) {
		return nil, envelopeFault("altered")
	}
	if h.Context != context {
		return nil, fault.New(fault.Invalid, "seal.envelope_context", "for", h.Context, "asked", context).In("seal.OpenEnvelope")
	}
	kdf, aead := hpkeSuite()
	packed, err := hpke.Open(i.open, kdf, aead, envelopeInfo(b[:h.length-4], from, i.public), b[h.length:h.length+int(h.sealed)])
	if err != nil {
		return nil, envelopeFault("altered").Because(err)
	}
	return unpack(packed, max)
}

// unpack reads gzip of at most max bytes of text.
func unpack(packed []byte, max int) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, envelopeFault("altered").Because(err)
	}
	text, err := io.ReadAll(io.LimitReader(z, int64(max)+1))
	if err != nil {
		return nil, envelopeFault("altered").Because(err)
	}
	if len(text) > max {
		return nil, fault.New(fault.Invalid, "seal.envelope_large", "most", max).In("seal.OpenEnvelope")
	}
	return text, nil
}
