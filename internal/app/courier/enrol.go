package courier

import (
	"context"
	"encoding/json"

	"quipu/internal/app/exchange"
	"quipu/internal/fault"
	"quipu/internal/id"
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
	Plain   bool   `json:"plain,omitempty"` // its register will not be encrypted
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
// sync.refused.code_used, sync.refused.code_expired, sync.refused.plain for a laptop whose register
// would not be encrypted: its code is not used up by that.
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
		case code.Kind == Laptop && r.Plain:
			return fault.New(fault.Forbidden, "sync.refused.plain")
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
	by := system(code.Office)
	by.Login = code.MadeBy
	p := exchange.NewPeer{Name: id.Node(code.Peer), Kind: code.Kind, Label: code.Label, Office: code.Office, Key: who.String()}
	for _, s := range scopes[1:] { // everybody's comes by itself
		p.Scopes = append(p.Scopes, string(s))
	}
	if err := c.exchange.AddPeerIn(ctx, tx, by, p); err != nil {
		return err
	}
	row, _, err := tx.Peer(ctx, code.Peer)
	if err != nil {
		return err
	}
	row.Version, row.Schema = r.Program, int64(r.Schema)
	return tx.PutPeer(ctx, row)
}
