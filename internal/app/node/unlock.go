package node

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/host"
	"quipu/internal/seal"
)

// leastPassphrase is how many characters the passphrase of a laptop has at least.
const leastPassphrase = 12

// device finds the part of this computer that keeps secrets.
func device() (seal.Device, error) { return host.FindKeeper() }

// tries counts wrong passphrases in a row. It slows down who tries at this program; who took
// the file along tries elsewhere, against which stand the passphrase and the device.
type tries struct {
	Wrong int   `json:"wrong"`
	Last  int64 `json:"last"` // microseconds
}

func triesPath(dir string) string { return filepath.Join(dir, "keys", "tries.json") }

func readTries(dir string) (t tries, err error) {
	text, err := os.ReadFile(triesPath(dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return t, nil
	case err != nil:
		return t, err
	}
	if json.Unmarshal(text, &t) != nil {
		return tries{}, nil
	}
	return t, nil
}

func (t tries) save(dir string) error {
	if t.Wrong == 0 {
		if err := os.Remove(triesPath(dir)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return os.WriteFile(triesPath(dir), text, 0o600)
}

// unlock opens the master key under a passphrase. After some wrong ones each further try has
// to wait, longer each time; the fault says how long.
func unlock(dir, passphrase string, now time.Time) (*seal.Master, error) {
	t, err := readTries(dir)
	if err != nil {
		return nil, err
	}
	if wait := authn.Wait(t.Wrong, time.UnixMicro(t.Last), now); wait > 0 {
		return nil, fault.New(fault.Unavailable, "app.passphrase_wait", "wrong", t.Wrong, "seconds", int(math.Ceil(wait.Seconds())))
	}
	m, err := seal.Load(filepath.Join(dir, "keys", "master.key"), passphrase, device)
	switch {
	case fault.Is(err, "seal.wrong_passphrase"):
		_ = tries{t.Wrong + 1, now.UnixMicro()}.save(dir) // keys in a vault that nobody writes to have no count
		return nil, err
	case err != nil:
		return nil, err
	case t.Wrong > 0:
		_ = tries{}.save(dir)
	}
	return m, nil
}

// Opens returns nil for the passphrase of the register, and why not for any other. A wrong one
// counts as one that was tried at the door.
func (n *Node) Opens(passphrase string) error {
	if passphrase == "" {
		return fault.New(fault.Invalid, "app.passphrase_needed")
	}
	m, err := unlock(n.dir, passphrase, n.now())
	if err == nil && m.ID() != n.Master.ID() {
		err = fault.New(fault.Forbidden, "seal.wrong_passphrase")
	}
	return err
}

// IsEncrypted reports whether the register in a folder is one that a passphrase opens. A folder
// without a register has none.
func IsEncrypted(dir string) bool {
	cfg, err := readSettings(dir)
	return err == nil && cfg.Engine == Encrypted
}

// Rekeyed is what came of another passphrase.
type Rekeyed struct {
	Device string // what keeps the other half of the key; "" for the passphrase alone
}

// ChangePassphrase puts the key of the encrypted register in a folder under another
// passphrase, and with bind under the computer's device as well: then a copy of the folder
// opens nowhere else. Without bind the passphrase alone opens it. The register need not be
// closed: the key itself stays the same.
func ChangePassphrase(dir, old, changed string, bind bool, now time.Time) (out Rekeyed, err error) {
	cfg, err := readSettings(dir)
	if err != nil {
		return out, ExplainDir(dir, err)
	}
	if cfg.Engine != Encrypted {
		return out, fault.New(fault.Conflict, "app.not_encrypted", "dir", dir)
	}
	if len([]rune(changed)) < leastPassphrase {
		return out, fault.New(fault.Invalid, "app.passphrase_short", "least", leastPassphrase)
	}
	m, err := unlock(dir, old, now)
	if err != nil {
		return out, ExplainDir(dir, err)
	}
	text := seal.WrapWithPassphrase(m, changed)
	if bind {
		d, err := device()
		if err != nil {
			return out, fault.New(fault.Unavailable, "app.no_device").Because(err)
		}
		if text, err = seal.WrapWithDevice(m, changed, d); err != nil {
			return out, err
		}
		out.Device = d.Name()
	}
	return out, seal.Replace(filepath.Join(dir, "keys", "master.key"), text)
}
