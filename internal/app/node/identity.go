package node

import (
	"path/filepath"

	"quipu/internal/seal"
)

// Identity is who this computer is to others: made when it is first asked for, kept in
// keys/node.key under the master. Faults as of seal.LoadIdentity.
func (n *Node) Identity() (*seal.Identity, error) {
	n.who.Lock()
	defer n.who.Unlock()
	if n.identity == nil {
		i, err := seal.LoadOrCreateIdentity(filepath.Join(n.dir, "keys", "node.key"), n.Master)
		if err != nil {
			return nil, ExplainDir(n.dir, err)
		}
		n.identity = i
	}
	return n.identity, nil
}
