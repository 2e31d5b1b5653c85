package node

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// Remaking says how a register is put together again in an empty folder, whose keys are there.
type Remaking struct {
	Settings   []byte // quipu.toml as it was
	Schema     int64  // of the rows that will be filled in
	Engine     string // another engine than it had, or ""
	URL        string // for Postgres
	Passphrase string // for Encrypted
	// Alone makes a register that stands alone, whatever it was: it will not show what its hub
	// knows of it.
	Alone bool
}

// Remake makes the settings and an empty database with the schema of the rows to come. The
// register can be opened once they are in.
func Remake(ctx context.Context, dir string, r Remaking) (*store.DB, error) {
	var cfg settings
	if err := toml.Unmarshal(r.Settings, &cfg); err != nil {
		return nil, fault.New(fault.Invalid, "archive.damaged", "what", "quipu.toml")
	}
	was := cfg.Engine
	if r.Engine != "" {
		cfg.Engine = r.Engine
	}
	if was == Encrypted && cfg.Engine != Encrypted {
		return nil, fault.New(fault.Invalid, "backup.stays_encrypted")
	}
	if cfg.URL = ""; cfg.Engine == Postgres {
		if cfg.URL = r.URL; cfg.URL == "" {
			return nil, fault.New(fault.Invalid, "backup.no_url")
		}
	}
	if cfg.Joined = cfg.Joined && !r.Alone; !cfg.Joined {
		cfg.Node = string(remadeName(cfg.Node))
	}
	if cfg.Engine == Encrypted && was != Encrypted {
		if err := wrapMaster(filepath.Join(dir, "keys"), r.Passphrase); err != nil {
			return nil, err
		}
	}
	n := &Node{dir: dir}
	if err := n.loadKeys(cfg, Options{Passphrase: r.Passphrase}); err != nil {
		return nil, ExplainDir(dir, err)
	}
	sc, err := n.storeConfig(cfg, 0)
	if err != nil {
		return nil, err
	}
	if err := writeSettings(dir, cfg); err != nil {
		return nil, err
	}
	return store.OpenAt(ctx, sc, r.Schema)
}

// wrapMaster puts a passphrase on a master key that had none.
func wrapMaster(keys, passphrase string) error {
	path := filepath.Join(keys, "master.key")
	m, err := seal.Load(path, passphrase)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return makeMasterOf(keys, m, passphrase)
}

// remadeName is the name of a register that was put back from a copy: the old one with a
// mark of chance. What the old one wrote after the copy has numbers that nobody may give
// again. The node of a hub keeps its name, for the hub knows how far it had come.
func remadeName(old string) id.Node {
	var r [3]byte
	rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
	mark := "-R" + strings.TrimRight(base32.StdEncoding.EncodeToString(r[:]), "=")
	if i := strings.LastIndex(old, "-R"); i > 1 && len(old)-i == len(mark) {
		old = old[:i]
	}
	return id.Node(old[:min(len(old), 24-len(mark))] + mark)
}

// SameKeys sees that the keys in a folder are those of a log and of a master, by the log's
// public key and the master's id.
func SameKeys(dir, log, master, passphrase string) error {
	n := &Node{dir: dir}
	cfg := settings{Engine: SQLite}
	if passphrase != "" {
		cfg.Engine = Encrypted
	}
	if err := n.loadKeys(cfg, Options{Passphrase: passphrase}); err != nil {
		return ExplainDir(dir, err)
	}
	if n.Signer.PublicKey() != log || n.Master.ID() != master {
		return fault.New(fault.Invalid, "backup.other_keys")
	}
	return nil
}
