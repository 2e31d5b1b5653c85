package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Peer is a node that the hub knows. Verify and Seal are its public keys as text, Scopes what
// the application writes. LastN is the last of its changes that the hub has, Chain the chain
// up to there; Cursor and Within how far it has read. Drift is its clock against the hub's in
// microseconds, Backlog how many changes it had yet to send and Oldest when the first of them was made, by its
// own clock. Times are microseconds.
type Peer struct {
	Name, Kind, Label, Office, State, Verify, Seal, Scopes string
	LastN                                                  int64
	Chain                                                  []byte
	Cursor                                                 int64
	Within, Version                                        string
	Schema                                                 int64
	Seen, Drift, Backlog, Oldest, Forgotten                int64
	Refused                                                string // why the last message was not taken, "" when it was
	Made                                                   int64
	MadeBy                                                 string
	Ended                                                  int64
	EndedBy, Note                                          string
	Unawaited                                              int64  // since when nobody waits for what it has to offer after the hub was restored, 0 while it is waited for
	Later                                                  int64  // how many of its changes were of a later schema or edition of the code lists
	Codes                                                  string // the newest edition among those
}

// The states of a peer.
const (
	PeerActive  = "active"
	PeerRevoked = "revoked"
	PeerLost    = "lost" // revoked because it was lost or stolen
)

const peerColumns = "name, kind, label, office, state, verify, seal, scopes, last_n, chain, cursor, within, version, schema, seen, drift, backlog, oldest, forgotten, refused, made, made_by, ended, ended_by, note, unawaited, later, codes"

// PutPeer writes or updates a peer.
func (tx *Tx) PutPeer(ctx context.Context, p Peer) error {
	var set []string
	for c := range strings.SplitSeq(peerColumns, ", ") {
		set = append(set, fmt.Sprintf("%s = excluded.%s", c, c))
	}
	return tx.exec(ctx, "INSERT INTO peer ("+peerColumns+") VALUES "+tuples(1, 28)+" ON CONFLICT (name) DO UPDATE SET "+strings.Join(set[1:], ", "),
		p.Name, p.Kind, p.Label, p.Office, p.State, p.Verify, p.Seal, p.Scopes, p.LastN, filled(p.Chain), p.Cursor, p.Within, p.Version, p.Schema,
		p.Seen, p.Drift, p.Backlog, p.Oldest, p.Forgotten, p.Refused, p.Made, p.MadeBy, p.Ended, p.EndedBy, p.Note, p.Unawaited, p.Later, p.Codes)
}

// Peer returns one peer.
func (tx *Tx) Peer(ctx context.Context, name string) (Peer, bool, error) {
	out, err := tx.peers(ctx, "name = ?", name)
	if err != nil || len(out) == 0 {
		return Peer{}, false, err
	}
	return out[0], true, nil
}

// PeerOf returns the peer that has a key, by the key's id (the column Seal).
func (tx *Tx) PeerOf(ctx context.Context, key string) (Peer, bool, error) {
	out, err := tx.peers(ctx, "seal = ?", key)
	if err != nil || len(out) == 0 {
		return Peer{}, false, err
	}
	return out[0], true, nil
}

// Peers lists all peers by name.
func (tx *Tx) Peers(ctx context.Context) ([]Peer, error) {
	return tx.peers(ctx, "name <> '' ORDER BY name")
}

func (tx *Tx) peers(ctx context.Context, where string, args ...any) (out []Peer, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var p Peer
		err := rs.Scan(&p.Name, &p.Kind, &p.Label, &p.Office, &p.State, &p.Verify, &p.Seal, &p.Scopes, &p.LastN, &p.Chain, &p.Cursor, &p.Within,
			&p.Version, &p.Schema, &p.Seen, &p.Drift, &p.Backlog, &p.Oldest, &p.Forgotten, &p.Refused, &p.Made, &p.MadeBy, &p.Ended, &p.EndedBy, &p.Note, &p.Unawaited, &p.Later, &p.Codes)
		out = append(out, p)
		return err
	}, "SELECT "+peerColumns+" FROM peer WHERE "+where, args...)
	return out, err
}

// EnrolCode lets one node enrol, once. Only the hash of the code is kept; Scopes is what the
// application writes; times are microseconds, Used 0 until it was.
type EnrolCode struct {
	Hash, Peer, Kind, Label, Office, Scopes string
	Made                                    int64
	MadeBy                                  string
	Expires, Used                           int64
}

// PutEnrolCode writes or updates a code.
func (tx *Tx) PutEnrolCode(ctx context.Context, c EnrolCode) error {
	return tx.exec(ctx, "INSERT INTO enrol_code (hash, peer, kind, label, office, scopes, made, made_by, expires, used) VALUES "+tuples(1, 10)+
		" ON CONFLICT (hash) DO UPDATE SET used = excluded.used", c.Hash, c.Peer, c.Kind, c.Label, c.Office, c.Scopes, c.Made, c.MadeBy, c.Expires, c.Used)
}

// EnrolCode returns a code by its hash.
func (tx *Tx) EnrolCode(ctx context.Context, hash string) (c EnrolCode, ok bool, err error) {
	err = tx.row(ctx, "SELECT hash, peer, kind, label, office, scopes, made, made_by, expires, used FROM enrol_code WHERE hash = ?", hash).
		Scan(&c.Hash, &c.Peer, &c.Kind, &c.Label, &c.Office, &c.Scopes, &c.Made, &c.MadeBy, &c.Expires, &c.Used)
	if none(err) {
		return c, false, nil
	}
	return c, err == nil, err
}

// DropEnrolCodes forgets the codes of a peer.
func (tx *Tx) DropEnrolCodes(ctx context.Context, peer string) error {
	return tx.exec(ctx, "DELETE FROM enrol_code WHERE peer = ?", peer)
}

// NoteCarried remembers a file that travelled by hand; first is false when it was taken in
// before.
func (tx *Tx) NoteCarried(ctx context.Context, hash, peer, what string, at int64) (first bool, err error) {
	var n int64
	if err := tx.row(ctx, "SELECT count(*) FROM carried WHERE hash = ?", hash).Scan(&n); err != nil || n > 0 {
		return false, err
	}
	return true, tx.exec(ctx, "INSERT INTO carried (hash, peer, what, at) VALUES (?, ?, ?, ?)", hash, peer, what, at)
}

// Carried is when a file that travelled by hand was taken in, in microseconds; false when it
// was not.
func (tx *Tx) Carried(ctx context.Context, hash string) (at int64, ok bool, err error) {
	err = tx.row(ctx, "SELECT at FROM carried WHERE hash = ?", hash).Scan(&at)
	if none(err) {
		return 0, false, nil
	}
	return at, err == nil, err
}
