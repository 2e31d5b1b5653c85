package seal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"quipu/internal/fault"
)

const (
	plainPrefix      = "quipu-master-1 "
	maxKeyFile       = 4096 // bytes; a key file is one short line
	passphrasePrefix = "quipu-master-passphrase-1 "
)

// LoadOrCreate reads the master key from path, or makes a new one there (mode 0600) when
// there is no file. Losing the file loses everything that was sealed: back it up, but not
// beside the database.
func LoadOrCreate(path string) (*Master, error) {
	m, err := Load(path, "")
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	m = NewMaster()
	err = create(path, plainPrefix+text64.EncodeToString(m.root[:])+"\n")
	if errors.Is(err, fs.ErrExist) {
		return Load(path, "") // another process was first
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Create writes a master key wrapped with a passphrase; it never replaces a file.
func Create(path string, m *Master, passphrase string) error {
	return create(path, WrapWithPassphrase(m, passphrase)+"\n")
}

// Load reads the master key from path. passphrase is needed when the file was made with
// one, and otherwise not looked at. device finds the computer's device when the file needs
// it; without one nil. On Unix a file that others can read is refused, since
// the key may be known already.
func Load(path, passphrase string, device ...func() (Device, error)) (*Master, error) {
	text, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	bound := strings.HasPrefix(text, devicePrefix)
	if bound || strings.HasPrefix(text, passphrasePrefix) {
		if passphrase == "" {
			return nil, fault.New(fault.Unavailable, "seal.passphrase_needed", "path", path).In("seal.Load")
		}
		if bound {
			d, err := found(device)
			if err != nil {
				return nil, err
			}
			return UnwrapDevice(text, passphrase, d)
		}
		return Unwrap(text, passphrase)
	}
	body, ok := strings.CutPrefix(text, plainPrefix)
	root, err := text64.DecodeString(body)
	if !ok || err != nil || len(root) != KeySize {
		return nil, fault.New(fault.Unavailable, "seal.key_file_damaged", "path", path).In("seal.Load").Because(err)
	}
	return newMaster([KeySize]byte(root)), nil
}

// found asks for the computer's device; nil when nobody knows of one.
func found(device []func() (Device, error)) (Device, error) {
	if len(device) == 0 {
		return nil, nil
	}
	return device[0]()
}

func readPrivate(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fault.New(fault.Unavailable, "seal.key_file_read", "path", path).In("seal.Load").Because(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fault.New(fault.Unavailable, "seal.key_file_read", "path", path).In("seal.Load").Because(err)
	}
	// Windows keeps rights in access lists, which these bits do not show.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fault.New(fault.Forbidden, "seal.key_file_open_to_others",
			"path", path, "mode", info.Mode().Perm().String()).In("seal.Load")
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return "", fault.New(fault.Unavailable, "seal.key_file_read", "path", path).In("seal.Load").Because(err)
	}
	return string(b), nil
}

// create writes a new file that only its owner can read, and leaves none behind when
// something fails.
func create(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Sync(), f.Close())
		if err != nil {
			os.Remove(path)
		}
	}
	if err != nil {
		return fault.New(fault.Unavailable, "seal.key_file_write", "path", path).In("seal.Create").Because(err)
	}
	return nil
}
