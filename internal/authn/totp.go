package authn

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"quipu/internal/fault"
)

// Time-based one-time passwords (RFC 6238) as authenticator apps make them: SHA-1, six
// digits, steps of 30 seconds.
const (
	totpStep   = 30 // seconds
	totpDigits = 6
)

var secret32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTPSecret makes a secret of 20 random bytes (RFC 4226, 4) in base32, as people type it.
func NewTOTPSecret() string {
	b := make([]byte, 20)
	rand.Read(b)
	return secret32.EncodeToString(b)
}

// TOTPURI is the address that an authenticator app reads from a QR code.
func TOTPURI(issuer, account, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// VerifyTOTP checks a code at a time, one step of clock drift to either side allowed.
// step, to be stored, is the code's time step; a code whose step is not after lastStep is
// refused, so that each works once. The clock must be a trusted one (ASVS 6.5.8).
func VerifyTOTP(secret, code string, now time.Time, lastStep int64) (step int64, ok bool, err error) {
	key, err := secret32.DecodeString(strings.ToUpper(strings.ReplaceAll(secret, " ", "")))
	if err != nil || len(key) < 16 {
		return lastStep, false, fault.New(fault.Internal, "authn.totp_secret_damaged").In("authn.VerifyTOTP").Because(err)
	}
	code = strings.ReplaceAll(code, " ", "")
	current := now.Unix() / totpStep
	step = lastStep
	for s := current - 1; s <= current+1; s++ {
		same := subtle.ConstantTimeCompare([]byte(hotp(key, s, totpDigits)), []byte(code)) == 1
		if same && s > lastStep && !ok {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// TOTPCode is the code of a secret at a time, as an authenticator app shows it: for programs
// that play an officer.
func TOTPCode(secret string, now time.Time) (string, error) {
	key, err := secret32.DecodeString(strings.ToUpper(strings.ReplaceAll(secret, " ", "")))
	return hotp(key, now.Unix()/totpStep, totpDigits), err
}

// hotp is the counter's code (RFC 4226, 5.3): four bytes of the HMAC, from where its last
// half byte points, without the sign, as decimal digits.
func hotp(key []byte, counter int64, digits int) string {
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(counter)))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xF
	n := uint64(binary.BigEndian.Uint32(sum[at:]) & 0x7FFFFFFF)
	mod := uint64(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%mod)
}
