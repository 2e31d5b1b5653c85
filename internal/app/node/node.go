// Package node is what every use case stands on: one register with its keys and its name,
// the stamping and committing of changes, the frame of a change to one person, and the log
// of reads. The use cases are in app and in the packages beside this one.
package node

import (
	"crypto/rand"
	"sync"
	"time"

	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// Node is one node at work: its register, its keys, its name.
type Node struct {
	DB     *store.DB
	Master *seal.Master  // wraps the keys of sealed values
	Signer *audit.Signer // signs the heads of the log
	Done   Tally
	name   id.Node
	dir    string
	now    func() time.Time
	reads  *Together[[]store.Read]

	officersNamed bool
	joined        bool
	restored      bool // it was when the register was opened; see Waits

	who      sync.Mutex
	identity *seal.Identity // nil until somebody asks
}

// Actor is who asks, from which office and for what.
type Actor = authz.Actor

// Name is the name under which this node writes.
func (n *Node) Name() id.Node { return n.name }

// Dir is the folder of the register.
func (n *Node) Dir() string { return n.dir }

// OfficersNamed reports whether own data that is handed out names officers.
func (n *Node) OfficersNamed() bool { return n.officersNamed }

// Joined reports whether this is a node of a hub, rather than a hub or a register alone.
func (n *Node) Joined() bool { return n.joined }

// Engine names the database engine.
func (n *Node) Engine() string { return n.DB.Engine() }

// Close closes the register.
func (n *Node) Close() error { return n.DB.Close() }

// Now is the time at this node.
func (n *Node) Now() time.Time { return n.now() }

// Today is the date at this node.
func (n *Node) Today() civil.Date { return civil.FromTime(n.now()) }

// NewID makes the id of a new entity.
func (n *Node) NewID() id.Entity {
	var r [10]byte
	rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
	return id.NewEntity(n.now().UnixMilli(), r)
}

// Operator is the actor of the command line: whoever holds the data directory.
func Operator(login, office string) Actor {
	return Actor{Login: "cli:" + login, Name: login, Role: authz.Operator, Office: office, Purpose: "registry"}
}
