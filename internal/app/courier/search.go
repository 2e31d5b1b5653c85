package courier

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/sync/synchttp"
)

// Question is what an officer at a node asks the hub about people of every office. Who he is
// and what he may is the hub's to say: it knows his account.
type Question struct {
	Login, Purpose, Text string
	Limit                int
}

// Hit is a person found at the hub, as lists show people.
type Hit struct {
	ID, Number, Name string
	Birth            string // EDTF
	Sex, Office      string
	City, Entry      string
	Vital            string
}

// Finder finds people for an officer and logs that he asked.
type Finder func(ctx context.Context, actor authz.Actor, text string, limit int) ([]Hit, error)

// mostAsked bounds the text of a question and mostFound the people of an answer.
const (
	mostAsked = 200
	mostFound = 50
)

// searchTime is how long a node waits for the hub: an officer stands before it.
const searchTime = 6 * time.Second

// Search answers an officer at a node, as the hub, within the right that the hub knows of.
func (c *Courier) Search(ctx context.Context, p synchttp.Peer, question []byte) ([]byte, error) {
	var q Question
	if err := strict(question, &q); err != nil {
		return nil, err
	}
	if c.Find == nil || len([]rune(q.Text)) > mostAsked {
		return nil, fault.New(fault.Invalid, "sync.message")
	}
	actor, err := c.officer(ctx, p, q.Login, q.Purpose)
	if err != nil {
		return nil, err
	}
	hits, err := c.Find(ctx, actor, q.Text, min(max(q.Limit, 1), mostFound))
	if err != nil {
		return nil, err
	}
	return json.Marshal(hits)
}

// officer is who asks at a node, as the hub knows him: what the node says of his rights does
// not count.
func (c *Courier) officer(ctx context.Context, p synchttp.Peer, login, purpose string) (authz.Actor, error) {
	var acc store.Account
	err := c.DB.View(ctx, func(tx *store.Tx) (err error) {
		acc, _, err = tx.Account(ctx, login)
		return err
	})
	if err != nil {
		return authz.Actor{}, err
	}
	if acc.State != "active" || !slices.Contains(p.Scopes, acc.Office) {
		return authz.Actor{}, fault.New(fault.Forbidden, "sync.search_officer", "login", login)
	}
	actor := authz.Actor{Login: acc.Login, Name: acc.Name, Role: authz.Role(acc.Role), Office: acc.Office, Purpose: purpose, Lang: acc.Lang}
	if _, ok := authz.ScopeOf(actor, authz.Search); !ok {
		return authz.Actor{}, fault.New(fault.Forbidden, "sync.search_right", "login", login)
	}
	return actor, nil
}

// AskHub asks the hub on an officer's behalf about people of every office.
func (c *Courier) AskHub(ctx context.Context, program string, hubs []string, actor authz.Actor, text string, limit int) (hits []Hit, err error) {
	if _, ok := authz.ScopeOf(actor, authz.Search); !ok {
		return nil, authz.Check(actor, authz.Search, actor.Office)
	}
	link, err := c.Link(ctx, program, hubs)
	if err != nil {
		return nil, err
	}
	question, err := json.Marshal(Question{Login: actor.Login, Purpose: actor.Purpose, Text: text, Limit: limit})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	answer, err := link.client.Search(ctx, question)
	if err != nil {
		return nil, err
	}
	if err := strict(answer, &hits); err != nil {
		return nil, err
	}
	return hits[:min(len(hits), mostFound)], nil
}
