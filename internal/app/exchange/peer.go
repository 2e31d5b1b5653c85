package exchange

import (
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// granted is a grant as the table of peers keeps it.
type granted struct {
	Scope string `json:"scope"`
	Since int64  `json:"since"`
	Until int64  `json:"until,omitempty"`
}

func readGrants(text string) (out []sync.Grant, err error) {
	var all []granted
	if text != "" {
		err = json.Unmarshal([]byte(text), &all)
	}
	for _, g := range all {
		out = append(out, sync.Grant{Scope: sync.Scope(g.Scope), Since: g.Since, Until: g.Until})
	}
	return out, err
}

func writeGrants(grants []sync.Grant) (string, error) {
	all := make([]granted, len(grants))
	for i, g := range grants {
		all[i] = granted{string(g.Scope), g.Since, g.Until}
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// peerOf is a peer as the protocol sees it.
func peerOf(p store.Peer) (sync.Peer, error) {
	grants, err := readGrants(p.Scopes)
	out := sync.Peer{Node: id.Node(p.Name), Revoked: p.State != store.PeerActive, Unawaited: p.Unawaited > 0, Grants: grants, Last: p.LastN, Program: p.Version, Schema: int(p.Schema),
		Clock: p.Seen + p.Drift, Seen: p.Seen, Cursor: sync.Cursor{After: p.Cursor, Filling: p.Within}}
	copy(out.Chain[:], p.Chain)
	return out, err
}

// Filling reports whether a node has yet to be sent some of who was in a scope when it was granted to it.
func Filling(p store.Peer) bool {
	peer, err := peerOf(p)
	return err == nil && !peer.Revoked && peer.Filling()
}

// ScopesNow are the scopes that a node has now. A row that cannot be read grants nothing.
func ScopesNow(p store.Peer) []string {
	peer, err := peerOf(p)
	if err != nil {
		return nil
	}
	return texts(peer.Scopes())
}

// RefusalOf is a fault in the form of a refusal.
func RefusalOf(f *fault.Error) sync.Refusal {
	r := sync.Refusal{Key: f.Key}
	for _, a := range f.Args {
		r.Args = append(r.Args, a.Name, fmt.Sprint(a.Value))
	}
	return r
}

// RefusalText is a refusal as the table of peers keeps it: key, then names and values, a line each.
func RefusalText(r sync.Refusal) string {
	return strings.Join(append([]string{r.Key}, r.Args...), "\n")
}

// hashOf reads a hash as a table keeps it; the zero hash for none.
func hashOf(b []byte) (h tlog.Hash) {
	copy(h[:], b)
	return h
}

func writeScopes(scopes []sync.Scope) (string, error) {
	text, err := json.Marshal(scopes)
	return string(text), err
}

func readScopes(text string) (out []sync.Scope, err error) {
	if text == "" {
		return nil, nil
	}
	return out, json.Unmarshal([]byte(text), &out)
}
