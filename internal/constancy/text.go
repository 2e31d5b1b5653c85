package constancy

import (
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// Prefix begins every statement; the digit is the version of the encoding.
const Prefix = "QP1:"

const (
	sigLen = 64 // Ed25519
	sumLen = 4
)

// domain begins what is signed, so that a signature of a statement is never one of
// something else that the same key signs.
const domain = "quipu constancy statement 1\n"

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// Sign makes the text of a statement, in the characters of a QR code's alphanumeric mode:
//
//	"QP1:" base32( length(2) statement signature(64) crc32(4) )
//
// Length and checksum prove nothing; they tell a text that was cut or misread, which is
// scanned again, from a forged one.
func Sign(s Statement, signer note.Signer) (string, error) {
	s.Key = signer.KeyHash()
	b, err := s.encode()
	if err != nil {
		return "", err
	}
	sig, err := signer.Sign(append([]byte(domain), b...))
	if err != nil {
		return "", err
	}
	return seal(b, sig), nil
}

func seal(statement, sig []byte) string {
	body := binary.BigEndian.AppendUint16(nil, uint16(len(statement)))
	body = append(append(body, statement...), sig...)
	body = binary.BigEndian.AppendUint32(body, crc32.ChecksumIEEE(body))
	return Prefix + base.EncodeToString(body)
}

// compact takes out what a scanner or a person adds: spaces, line ends, small letters, and
// for the colon the sign on its key when the scanner believes in another keyboard ("Ñ" in
// Spanish).
func compact(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\ufeff' {
			return -1
		}
		return unicode.ToUpper(c)
	}, text)
	version := Prefix[:len(Prefix)-1]
	rest, ours := strings.CutPrefix(text, version)
	if c, n := utf8.DecodeRuneInString(rest); ours && (c == ';' || c > unicode.MaxASCII && c != utf8.RuneError) {
		return Prefix + rest[n:]
	}
	return text
}

// parse reads a text up to its statement; the signature is not checked here. v is ""
// when all is well.
func parse(text string) (s Statement, signed, sig []byte, v Verdict) {
	text = compact(text)
	rest, ours := strings.CutPrefix(text, Prefix)
	if !ours {
		if len(text) > 3 && strings.HasPrefix(text, "QP") && strings.Trim(text[2:strings.IndexByte(text+":", ':')], "0123456789") == "" {
			return s, nil, nil, Newer
		}
		return s, nil, nil, Foreign
	}
	// Whole groups of eight first: of a text that was cut, enough remains to say so.
	body, err := base.DecodeString(rest)
	if err != nil {
		if body, err = base.DecodeString(rest[:len(rest)/8*8]); err != nil {
			return s, nil, nil, Altered
		}
	}
	if len(body) < 2 || len(body) < 2+int(binary.BigEndian.Uint16(body))+sigLen+sumLen {
		return s, nil, nil, Truncated
	}
	n := int(binary.BigEndian.Uint16(body))
	end := 2 + n + sigLen
	if len(body) != end+sumLen || binary.BigEndian.Uint32(body[end:]) != crc32.ChecksumIEEE(body[:end]) || Prefix+base.EncodeToString(body) != text {
		return s, nil, nil, Altered
	}
	signed, sig = body[2:2+n], body[2+n:end]
	if s, err = decode(signed); err != nil {
		return s, nil, nil, Altered
	}
	return s, signed, sig, ""
}
