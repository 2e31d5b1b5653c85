package courier

import (
	"context"
	"encoding/json"

	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// Request is what a new node says; it travels sealed to the hub.
type Request struct {
	Version int    `json:"version"`
	Secret  string `json:"secret"` // of the code
	Program string `json:"program"`
	Schema  int    `json:"schema"`
}

// Welcome is what the hub says to it.
type Welcome struct {
	Version int          `json:"version"`
	Node    string       `json:"node"` // the name that it has from now on
	Kind    string       `json:"kind"`
	Label   string       `json:"label"`
	Office  string       `json:"office"`
	Hub     string       `json:"hub"`      // the hub's name
	HeadKey string       `json:"head_key"` // which signs the heads of the hub's log
	Scopes  []sync.Scope `json:"scopes"`
	Now     int64        `json:"now"` // the hub's clock, microseconds
}

// Enrol lets a computer in that shows a good code. The same computer may ask again with the
// same code, since the answer may have been lost; another may not. Faults: sync.refused.code,
// sync.refused.code_used, sync.refused.code_expired.
func (c *Courier) Enrol(ctx context.Context, who seal.Public, request []byte) ([]byte, error) {
	var r Request
	if err := strict(request, &r); err != nil {
		return nil, err
	}
	var w Welcome
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		code, ok, err := tx.EnrolCode(ctx, seal.HashOfSecret(r.Secret))
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Forbidden, "sync.refused.code")
		}
		w = Welcome{Version: 1, Node: code.Peer, Kind: code.Kind, Label: code.Label, Office: code.Office, Hub: string(c.Name()),
			HeadKey: c.Signer.PublicKey(), Scopes: append([]sync.Scope{sync.Everybody}, parseScopes(code.Scopes)...), Now: micros(c.Now())}
		peer, there, err := tx.Peer(ctx, code.Peer)
		switch {
		case err != nil:
			return err
		case there && peer.Verify == who.String() && peer.State == store.PeerActive:
			return nil // it asks again
		case there || code.Used != 0:
			return fault.New(fault.Forbidden, "sync.refused.code_used")
		case c.Now().UnixMicro() > code.Expires:
			return fault.New(fault.Forbidden, "sync.refused.code_expired")
		}
		return c.admit(ctx, tx, code, who, r, w.Scopes)
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(w)
}

// admit writes the new node down. What it may have begins with what there is now.
func (c *Courier) admit(ctx context.Context, tx *store.Tx, code store.EnrolCode, who seal.Public, r Request, scopes []sync.Scope) error {
	code.Used = micros(c.Now())
	if err := tx.PutEnrolCode(ctx, code); err != nil {
		return err
	}
	if err := c.note(ctx, tx, system(code.Office), code.Peer, "node_enrol", "", "key", who.ID(), "program", r.Program); err != nil {
		return err
	}
	size, err := tx.Size(ctx)
	if err != nil {
		return err
	}
	grants := make([]sync.Grant, len(scopes))
	for i, s := range scopes {
		grants[i] = sync.Grant{Scope: s, Since: size}
	}
	return tx.PutPeer(ctx, store.Peer{Name: code.Peer, Kind: code.Kind, Label: code.Label, Office: code.Office, State: store.PeerActive,
		Verify: who.String(), Seal: who.ID(), Scopes: grantText(grants), Version: r.Program, Schema: int64(r.Schema), Made: code.Used, MadeBy: code.MadeBy})
}
