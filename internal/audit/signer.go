package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"quipu/internal/fault"
)

// Signer signs the checkpoints of one log with its Ed25519 key.
type Signer struct {
	note   note.Signer
	secret string
	public string
}

// Name is the name of the log, such as "quipu/ESMAD-1".
func (s *Signer) Name() string { return s.note.Name() }

// PublicKey is the verifier key, to be given to everybody: "name+hash+key".
func (s *Signer) PublicKey() string { return s.public }

// Note is the signer as the note package knows it, for other texts than checkpoints: of a
// key that was made for them, never of the log's.
func (s *Signer) Note() note.Signer { return s.note }

// Generate makes a new key from random, which must be crypto/rand.Reader outside tests.
func Generate(random io.Reader, name string) (*Signer, error) {
	secret, _, err := note.GenerateKey(random, name)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "unavailable").In("audit.Generate").Because(err)
	}
	s, err := open(secret)
	if err != nil {
		return nil, fault.New(fault.Invalid, "audit.key_name", "name", name).Because(err)
	}
	return s, nil
}

// open reads a secret key in the form of the note package:
// "PRIVATE+KEY+name+hash+base64 of an algorithm byte and the seed".
func open(secret string) (*Signer, error) {
	n, err := note.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	// The name holds no plus sign but the base64 may, so the key is all after the fourth.
	b, err := base64.StdEncoding.DecodeString(strings.SplitN(secret, "+", 5)[4])
	if err != nil {
		return nil, err
	}
	key := ed25519.NewKeyFromSeed(b[1:]).Public().(ed25519.PublicKey)
	public, err := note.NewEd25519VerifierKey(n.Name(), key)
	if err != nil {
		return nil, err
	}
	return &Signer{n, secret, public}, nil
}

// Save writes the key to a new file that only its owner can read. It never overwrites:
// a lost key cannot be made again.
func (s *Signer) Save(path string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "audit.key_exists", "file", path).Because(err)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "audit.key_write", "file", path).Because(err)
	}
	_, err = f.WriteString(s.secret + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fault.New(fault.Unavailable, "audit.key_write", "file", path).Because(errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Load reads a key file. On Unix it refuses one that others than its owner may read:
// whoever else read it could sign a false history.
func Load(path string) (*Signer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "audit.key_read", "file", path).Because(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fault.New(fault.Unavailable, "audit.key_read", "file", path).Because(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Forbidden, "audit.key_open", "file", path, "mode", info.Mode().Perm().String())
	}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "audit.key_read", "file", path).Because(err)
	}
	s, err := open(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fault.New(fault.Invalid, "audit.key_form", "file", path)
	}
	return s, nil
}
