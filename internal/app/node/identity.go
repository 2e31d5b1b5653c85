package node

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"quipu/internal/fault"
	"quipu/internal/seal"
)

// Identity is who this computer is to others: made when it is first asked for, kept in
// keys/node.key under the master. Faults as of seal.LoadIdentity.
func (n *Node) Identity() (*seal.Identity, error) {
	n.who.Lock()
	defer n.who.Unlock()
	if n.identity == nil {
		i, err := seal.LoadOrCreateIdentity(identityFile(n.dir), n.Master)
		if err != nil {
			return nil, ExplainDir(n.dir, err)
		}
		n.identity = i
	}
	return n.identity, nil
}

func identityFile(dir string) string { return filepath.Join(dir, "keys", "node.key") }

// Prepare makes the master key and the identity of a register that has no name yet, since
// the hub gives that; Open makes the rest. Again on the same folder it gives the same
// identity, and puts the key under the passphrase when it was begun without one. The fault is app.already_register when the folder holds a register.
func Prepare(dir, engine, passphrase string) (*seal.Identity, error) {
	switch _, err := os.Stat(filepath.Join(dir, "quipu.toml")); {
	case err == nil:
		return nil, fault.New(fault.Conflict, "app.already_register", "dir", dir)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, ExplainDir(dir, err)
	}
	keys := filepath.Join(dir, "keys")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return nil, ExplainDir(dir, err)
	}
	if err := makeMaster(keys, engine, passphrase); err != nil {
		return nil, ExplainDir(dir, err)
	}
	if engine == Encrypted {
		if _, err := seal.Load(filepath.Join(keys, "master.key"), ""); err == nil { // begun without the passphrase
			if err := wrapMaster(keys, passphrase); err != nil {
				return nil, ExplainDir(dir, err)
			}
		}
	}
	pass := ""
	if engine == Encrypted {
		pass = passphrase
	}
	m, err := seal.Load(filepath.Join(keys, "master.key"), pass)
	if err != nil {
		return nil, ExplainDir(dir, err)
	}
	i, err := seal.LoadOrCreateIdentity(identityFile(dir), m)
	return i, ExplainDir(dir, err)
}

// Unprepare takes away what Prepare made, in a folder that is no register: for keys under which
// nothing was sealed and nobody was let in.
func Unprepare(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "quipu.toml")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return ExplainDir(dir, errors.Join(os.Remove(identityFile(dir)), os.Remove(filepath.Join(dir, "keys", "master.key"))))
}
