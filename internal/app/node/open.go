package node

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"

	"quipu/internal/audit"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// The engines that a register can stand on.
const (
	SQLite    = "sqlite"
	Encrypted = "encrypted" // SQLite whose file is encrypted: laptops
	Postgres  = "postgres"
)

// Options say how to open a register. Engine, URL and Node count only when it is made.
type Options struct {
	Create     bool
	Engine     string
	URL        string
	Node       string
	Passphrase string // for Encrypted
	Cache      int    // MiB of the database's pages that are kept in memory; 0 for what suits a large import
	Now        func() time.Time
	// Joins makes a node of a hub: its offices come from there.
	Joins bool
}

// settings is DIR/quipu.toml.
type settings struct {
	Engine string `toml:"engine"`
	URL    string `toml:"url,omitempty"`
	Node   string `toml:"node"`
	// OfficersNamed makes own data that is handed out name the officers who wrote and read
	// it; otherwise it names their office and function.
	OfficersNamed bool `toml:"officers_named,omitempty"`
	// Joined says that this is a node of a hub.
	Joined bool `toml:"joined,omitempty"`
}

// Open opens the register in a folder, or makes it when Create says so: a settings file,
// keys of its own, and the office network and code lists of the country pack.
func Open(ctx context.Context, dir string, opts Options) (*Node, error) {
	cfg, err := readSettings(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if !opts.Create {
			return nil, fault.New(fault.NotFound, "app.no_register", "dir", dir)
		}
		cfg, err = makeSettings(dir, opts)
	}
	if err == nil && opts.Engine != "" && opts.Engine != cfg.Engine {
		err = fault.New(fault.Conflict, "app.other_engine", "dir", dir, "has", cfg.Engine, "asked", opts.Engine)
	}
	if err != nil {
		return nil, ExplainDir(dir, err)
	}
	n := &Node{name: id.Node(cfg.Node), dir: dir, now: opts.Now, officersNamed: cfg.OfficersNamed}
	if n.now == nil {
		n.now = time.Now
	}
	if err := n.loadKeys(cfg, opts); err != nil {
		return nil, ExplainDir(dir, err)
	}
	if err := n.openStore(ctx, cfg, opts.Cache); err != nil {
		return nil, err
	}
	n.DB.Listen(store.Listener{Saving: n.owe})
	if n.joined = cfg.Joined; n.joined {
		if n.restored, err = n.isRestored(ctx); err != nil {
			return nil, errors.Join(err, n.Close())
		}
		return n, nil
	}
	if err := n.seed(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func readSettings(dir string) (cfg settings, err error) {
	_, err = toml.DecodeFile(filepath.Join(dir, "quipu.toml"), &cfg)
	if err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			return cfg, fault.New(fault.Invalid, "app.settings", "file", filepath.Join(dir, "quipu.toml"), "line", parse.Position.Line).Because(err)
		}
		return cfg, err
	}
	if !id.Node(cfg.Node).Valid() || (cfg.Engine != SQLite && cfg.Engine != Encrypted && cfg.Engine != Postgres) {
		return cfg, fault.New(fault.Invalid, "app.settings", "file", filepath.Join(dir, "quipu.toml"), "line", 1)
	}
	return cfg, nil
}

// makeSettings makes the folder. The settings file comes last: a folder without it is
// not yet a register, and making it starts again.
func makeSettings(dir string, opts Options) (settings, error) {
	cfg := settings{Engine: opts.Engine, URL: opts.URL, Node: opts.Node, Joined: opts.Joins}
	if cfg.Engine == "" {
		cfg.Engine = SQLite
	}
	if cfg.Node == "" {
		var r [5]byte
		rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
		cfg.Node = "N" + base32.StdEncoding.EncodeToString(r[:])
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return cfg, err
	}
	if err := makeKeys(dir, cfg, opts.Passphrase); err != nil {
		return cfg, err
	}
	return cfg, writeSettings(dir, cfg)
}

// makeKeys makes the folder of the keys under another name, which it changes when all are
// whole: a program that is killed in between leaves no half key where one is looked for.
func makeKeys(dir string, cfg settings, passphrase string) error {
	keys := filepath.Join(dir, "keys")
	if _, err := os.Stat(keys); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fillKeys(keys, cfg, passphrase))
	}
	draft, err := os.MkdirTemp(dir, "keys.*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft) //nolint:errcheck // it is gone once renamed
	if err := fillKeys(draft, cfg, passphrase); err != nil {
		return err
	}
	if err := os.Rename(draft, keys); err != nil && !errors.Is(err, fs.ErrExist) { // or another program was first
		return err
	}
	return nil
}

// fillKeys makes the keys that are not there.
func fillKeys(keys string, cfg settings, passphrase string) error {
	path := filepath.Join(keys, "audit.key")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		signer, err := audit.Generate(rand.Reader, "quipu/"+cfg.Node)
		if err != nil {
			return err
		}
		if err := signer.Save(path); err != nil {
			return err
		}
	}
	return makeMaster(keys, cfg.Engine, passphrase)
}

func makeMaster(keys, engine, passphrase string) error {
	path := filepath.Join(keys, "master.key")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if engine != Encrypted {
		_, err := seal.LoadOrCreate(path)
		return err
	}
	return makeMasterOf(keys, seal.NewMaster(), passphrase)
}

// makeMasterOf writes a master key under a passphrase.
func makeMasterOf(keys string, m *seal.Master, passphrase string) error {
	if len([]rune(passphrase)) < leastPassphrase {
		return fault.New(fault.Invalid, "app.passphrase_short", "least", leastPassphrase)
	}
	return seal.Create(filepath.Join(keys, "master.key"), m, passphrase)
}

func writeSettings(dir string, cfg settings) error {
	f, err := os.CreateTemp(dir, "quipu.toml.*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone once renamed
	err = errors.Join(toml.NewEncoder(f).Encode(cfg), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, "quipu.toml"))
}

func (n *Node) loadKeys(cfg settings, opts Options) (err error) {
	n.Signer, err = audit.Load(filepath.Join(n.dir, "keys", "audit.key"))
	if err != nil {
		return err
	}
	if cfg.Engine != Encrypted {
		n.Master, err = seal.Load(filepath.Join(n.dir, "keys", "master.key"), "")
		return err
	}
	if opts.Passphrase == "" {
		return fault.New(fault.Invalid, "app.passphrase_needed")
	}
	now := n.now
	if now == nil {
		now = time.Now
	}
	n.Master, err = unlock(n.dir, opts.Passphrase, now())
	return err
}

// storeConfig says where the database is, and sees that only its owner reads the file.
func (n *Node) storeConfig(cfg settings, cache int) (store.Config, error) {
	sc := store.Config{Cache: cache, Path: filepath.Join(n.dir, "quipu.db"), Sign: n.signHead}
	switch cfg.Engine {
	case Postgres:
		sc.URL = cfg.URL
		return sc, nil
	case Encrypted:
		sc.Key = n.Master.DatabaseKey()
	}
	return sc, ExplainDir(n.dir, makePrivate(sc.Path))
}

func (n *Node) openStore(ctx context.Context, cfg settings, cache int) error {
	sc, err := n.storeConfig(cfg, cache)
	if err != nil {
		return err
	}
	n.DB, err = store.Open(ctx, sc)
	n.reads = ledger(func(ctx context.Context, reads []store.Read) error {
		return n.DB.Update(ctx, func(tx *store.Tx) error {
			if err := locate(ctx, tx, reads); err != nil {
				return err
			}
			return tx.LogReads(ctx, reads)
		})
	})
	return err
}

// makePrivate makes an empty file that only its owner reads; SQLite gives its side files
// the same mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (n *Node) signHead(size int64, root [32]byte) ([]byte, error) { return n.Signer.Sign(size, root) }

// ExplainDir says what a person can do about a folder that cannot be read or written.
func ExplainDir(dir string, err error) error {
	switch {
	case err == nil || fault.As(err) != nil:
		return err
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Unavailable, "app.dir_refused", "dir", dir).Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.Unavailable, "app.dir_incomplete", "dir", dir).Because(err)
	}
	return err
}
