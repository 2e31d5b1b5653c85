package archive

import (
	"bufio"
	"io"
	"strings"

	"filippo.io/age"

	"quipu/internal/fault"
)

// To are the recipients that texts name: public keys of age, "age1…".
func To(keys []string) (out []age.Recipient, err error) {
	for _, k := range keys {
		all, err := age.ParseRecipients(strings.NewReader(k))
		if err != nil || len(all) != 1 {
			// Its beginning alone: it may be the secret key that was named by mistake.
			return nil, fault.New(fault.Invalid, "archive.recipient", "key", k[:min(len(k), 4)]+"…").In("archive")
		}
		out = append(out, all[0])
	}
	return out, nil
}

// ToPassphrase is who knows a passphrase. A backup has either this recipient or keys.
func ToPassphrase(passphrase string) (age.Recipient, error) {
	return age.NewScryptRecipient(passphrase)
}

// OfPassphrase opens what ToPassphrase sealed.
func OfPassphrase(passphrase string) (age.Identity, error) {
	id, err := age.NewScryptIdentity(passphrase)
	if err == nil {
		id.SetMaxWorkFactor(20) // 1 GiB of memory: more is asked for by no honest file
	}
	return id, err
}

// Identities reads the secret keys of a file as `quipu backup key` and age-keygen write it.
func Identities(r io.Reader) ([]age.Identity, error) {
	ids, err := age.ParseIdentities(bufio.NewReader(io.LimitReader(r, 64<<10)))
	if err != nil {
		return nil, fault.New(fault.Invalid, "archive.identity").In("archive").Because(err)
	}
	return ids, nil
}

// NewKey makes a pair: the secret one for the safe, the public one for the configuration. It
// is age's hybrid of X25519 and ML-KEM-768: a backup lies about for years.
func NewKey() (secret, public string, err error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", "", err
	}
	return id.String(), id.Recipient().String(), nil
}
