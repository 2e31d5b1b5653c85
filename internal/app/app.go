// Package app holds the use cases: authorise, load, decide, commit, log. It is the only
// place where a transaction starts and where rights are asked for. The screens, the API
// and the command line translate to and from it; the domain packages decide.
package app

import (
	"crypto/rand"
	"time"

	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// App is one node at work: its register, its keys, its name.
type App struct {
	db     *store.DB
	node   id.Node
	master *seal.Master
	signer *audit.Signer
	dir    string
	now    func() time.Time
	work   work
}

// Actor is who asks, from which office and for what.
type Actor = authz.Actor

// Node is the name under which this node writes.
func (a *App) Node() id.Node { return a.node }

// Dir is the folder of the register.
func (a *App) Dir() string { return a.dir }

// Engine names the database engine.
func (a *App) Engine() string { return a.db.Engine() }

// Close closes the register.
func (a *App) Close() error { return a.db.Close() }

// Now is the time at this node.
func (a *App) Now() time.Time { return a.now() }

// Today is the date at this node.
func (a *App) Today() civil.Date { return civil.FromTime(a.now()) }

// newID makes the id of a new entity.
func (a *App) newID() id.Entity {
	var r [10]byte
	rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
	return id.NewEntity(a.now().UnixMilli(), r)
}

// Operator is the actor of the command line: whoever holds the data directory.
func Operator(login, office string) Actor {
	return Actor{Login: "cli:" + login, Name: login, Role: authz.Operator, Office: office, Purpose: "registry"}
}
