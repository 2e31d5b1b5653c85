package seal

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"quipu/internal/fault"
)

// Device is a part of the computer that keeps a small secret and gives it back on this
// computer only: a TPM, the system's own protection of data.
type Device interface {
	Name() string // one word, kept beside the blob
	Keep(secret []byte) (blob []byte, err error)
	Open(blob []byte) (secret []byte, err error)
}

const (
	devicePrefix = "quipu-master-device-1 "
	deviceFormat = devicePrefix + "m=%d,t=%d,p=%d %s %s %s %s"
)

// WrapWithDevice encrypts the master under a passphrase and a secret that the device keeps:
// who has a copy of the file has nothing to try passphrases on without this computer. When
// the device is lost, so is what only this file opens.
func WrapWithDevice(m *Master, passphrase string, d Device) (string, error) {
	return wrapDevice(m, passphrase, d, PassphraseCost)
}

func wrapDevice(m *Master, passphrase string, d Device, c Cost) (string, error) {
	secret := randomKey()
	blob, err := d.Keep(secret[:])
	if err != nil {
		return "", fault.New(fault.Unavailable, "seal.device_keep", "device", d.Name()).In("seal.WrapWithDevice").Because(err)
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	box := newAEAD(joined(c.key(passphrase, salt), secret[:])).Seal(nil, nil, m.root[:], bind("master", d.Name()))
	return fmt.Sprintf(deviceFormat, c.MemoryKiB, c.Passes, c.Lanes, text64.EncodeToString(salt), text64.EncodeToString(box), d.Name(), text64.EncodeToString(blob)), nil
}

// joined is the key of both: whoever lacks one of them has nothing.
func joined(passphrase, device []byte) []byte {
	k, err := hkdf.Key(sha256.New, append(append([]byte{}, passphrase...), device...), nil, "quipu seal 1 device", KeySize)
	if err != nil {
		panic("seal: " + err.Error()) // only for a length that the hash cannot give
	}
	return k
}

// UnwrapDevice opens what WrapWithDevice made; d is the computer's device, nil when it has
// none. Faults: seal.device_needed without that device, seal.device_open when it does not
// give the secret back, seal.wrong_passphrase.
func UnwrapDevice(text, passphrase string, d Device) (*Master, error) {
	var c Cost
	var salt64, box64, name, blob64 string
	n, err := fmt.Sscanf(strings.TrimSpace(text), deviceFormat, &c.MemoryKiB, &c.Passes, &c.Lanes, &salt64, &box64, &name, &blob64)
	if err != nil || n != 7 || !c.sane() {
		return nil, damaged("key file").In("seal.UnwrapDevice").Because(err)
	}
	var parts [3][]byte
	for i, p := range []string{salt64, box64, blob64} {
		if parts[i], err = decode(p, "key file"); err != nil {
			return nil, err
		}
	}
	if d == nil || d.Name() != name {
		return nil, fault.New(fault.Unavailable, "seal.device_needed", "device", name).In("seal.UnwrapDevice")
	}
	secret, err := d.Open(parts[2])
	if err != nil {
		return nil, fault.New(fault.Unavailable, "seal.device_open", "device", name).In("seal.UnwrapDevice").Because(err)
	}
	root, err := newAEAD(joined(c.key(passphrase, parts[0]), secret)).Open(nil, nil, parts[1], bind("master", name))
	if err != nil || len(root) != KeySize {
		return nil, fault.New(fault.Forbidden, "seal.wrong_passphrase").In("seal.UnwrapDevice").Because(err)
	}
	return newMaster([KeySize]byte(root)), nil
}

// Replace puts another wrapping in the place of the key file, whole or not at all: a master
// under a new passphrase, or under a device. It says nothing of the old one, of which a copy
// may stand elsewhere.
func Replace(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err == nil {
		defer os.Remove(f.Name()) //nolint:errcheck // it is gone once renamed
		_, err = f.WriteString(text + "\n")
		if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
			err = os.Rename(f.Name(), path)
		}
	}
	if err != nil {
		return fault.New(fault.Unavailable, "seal.key_file_write", "path", path).In("seal.Replace").Because(err)
	}
	return nil
}
