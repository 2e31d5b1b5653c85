package store

import (
	"context"
	"database/sql"
)

// PeerOf returns the peer that has a key, by the key's id (the column Seal).
func (tx *Tx) PeerOf(ctx context.Context, key string) (Peer, bool, error) {
	out, err := tx.peers(ctx, "seal = ?", key)
	if err != nil || len(out) == 0 {
		return Peer{}, false, err
	}
	return out[0], true, nil
}

// ScopesFiled are the scopes under which something was filed after a place in the log, sorted.
func (tx *Tx) ScopesFiled(ctx context.Context, after int64) (scopes []string, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var s string
		err := rs.Scan(&s)
		scopes = append(scopes, s)
		return err
	}, "SELECT DISTINCT scope FROM sync_filed WHERE seq > ? ORDER BY scope", after)
	return scopes, err
}
