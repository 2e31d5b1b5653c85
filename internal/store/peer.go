package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"quipu/internal/id"
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

// CountApart counts the changes of a node with numbers above one and up to another that are kept
// apart.
func (tx *Tx) CountApart(ctx context.Context, node id.Node, above, upto int64) (n int, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM change WHERE node = ? AND n > ? AND n <= ? AND entity > ? AND entity < ?", append([]any{string(node), above, upto}, span("held")...)...).Scan(&n)
	return n, err
}

// Found is what a node told the hub of a change that the hub lost and has not from its author: Body
// whole, Left as an erasure left it, nil for none. From is the node, At when it told so first, in
// microseconds. Kept says why it stayed out when an officer took in what the author had written, ""
// for not tried.
type Found struct {
	Change     id.Change
	Entity     string // by Ref.String()
	Body, Left []byte
	From       string
	At         int64
	Kept       string
}

// PutFound writes or updates what is kept; each change once of each node.
func (tx *Tx) PutFound(ctx context.Context, all []Found) error {
	args := make([]any, 0, 7*len(all))
	for _, f := range all {
		args = append(args, string(f.Change.Node), f.Change.N, f.Entity, string(f.Body), string(f.Left), f.From, f.At)
	}
	return tx.bulk(ctx, "INSERT INTO found (node, n, entity, body, remains, teller, at)", " ON CONFLICT (node, n, teller) DO UPDATE SET "+
		"entity = excluded.entity, body = excluded.body, remains = excluded.remains, at = excluded.at", 7, args)
}

// FoundOf returns what is kept of changes, by name, in the order of the nodes that told it.
func (tx *Tx) FoundOf(ctx context.Context, names []id.Change) (map[id.Change][]Found, error) {
	out := map[id.Change][]Found{}
	for node, ns := range byNode(names) {
		err := in(ns, func(places string, args []any) error {
			return tx.rows(ctx, func(rs *sql.Rows) error {
				f, err := scanFound(rs, node)
				out[f.Change] = append(out[f.Change], f)
				return err
			}, foundColumns+"node = ? AND n IN ("+places+") ORDER BY n, teller", append([]any{string(node)}, args...)...)
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

const foundColumns = "SELECT n, entity, body, remains, teller, at, kept FROM found WHERE "

func scanFound(rs *sql.Rows, node id.Node) (Found, error) {
	f := Found{Change: id.Change{Node: node}}
	var body, left string
	err := rs.Scan(&f.Change.N, &f.Entity, &body, &left, &f.From, &f.At, &f.Kept)
	f.Body, f.Left = bodyOf(body), bodyOf(left)
	return f, err
}

// missing are rows of what the log lacks. An author may have been asked to go back further than the
// hub did, and what it left of an erasure is kept of changes that are there.
const missing = "(body <> '' OR remains <> '') AND NOT EXISTS (SELECT 1 FROM change c WHERE c.node = found.node AND c.n = found.n)"

// Missing is what the hub lacks of one author and others hold: how many changes of how many entities,
// of which Kept stayed out when an officer took them in; who told it, sorted, and when first, in
// microseconds.
type Missing struct {
	Node                    id.Node
	Changes, Entities, Kept int64
	Since                   int64
	Tellers                 []string
}

// Missing lists whose changes the hub lacks, by name.
func (tx *Tx) Missing(ctx context.Context) (out []Missing, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var m Missing
		var node string
		err := rs.Scan(&node, &m.Changes, &m.Entities, &m.Kept, &m.Since)
		m.Node = id.Node(node)
		out = append(out, m)
		return err
	}, "SELECT node, count(DISTINCT n), count(DISTINCT entity), count(DISTINCT CASE WHEN kept <> '' THEN n END), min(at) FROM found WHERE "+missing+" GROUP BY node ORDER BY node")
	if err != nil {
		return nil, err
	}
	return out, tx.rows(ctx, func(rs *sql.Rows) error {
		var node, teller string
		err := rs.Scan(&node, &teller)
		for i := range out {
			if string(out[i].Node) == node {
				out[i].Tellers = append(out[i].Tellers, teller)
			}
		}
		return err
	}, "SELECT DISTINCT node, teller FROM found WHERE "+missing+" ORDER BY node, teller")
}

// MissingOf calls f with what the hub lacks of an author, in the order of its numbers and of those who told it.
func (tx *Tx) MissingOf(ctx context.Context, node id.Node, f func(Found) error) error {
	return tx.rows(ctx, func(rs *sql.Rows) error {
		row, err := scanFound(rs, node)
		if err == nil {
			err = f(row)
		}
		return err
	}, foundColumns+missing+" AND node = ? ORDER BY n, teller", string(node))
}

// FoundBodies are the bodies of what the hub keeps whole of anybody, of entities, by Ref.String().
func (tx *Tx) FoundBodies(ctx context.Context, entities []string) (out [][]byte, err error) {
	return out, in(entities, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var body string
			err := rs.Scan(&body)
			out = append(out, []byte(body))
			return err
		}, "SELECT body FROM found WHERE body <> '' AND entity IN ("+places+") ORDER BY node, n", args...)
	})
}

// KeepFoundOut notes why what is kept of a change stays out of the log.
func (tx *Tx) KeepFoundOut(ctx context.Context, c id.Change, why string) error {
	return tx.exec(ctx, "UPDATE found SET kept = ? WHERE node = ? AND n = ? AND kept <> ?", why, string(c.Node), c.N, why)
}

// FoundIn takes away what is kept of a change whose values came into the log another way: the files
// that it names are named there by now.
func (tx *Tx) FoundIn(ctx context.Context, c id.Change) error {
	var some bool
	err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM found WHERE node = ? AND n = ?)", string(c.Node), c.N).Scan(&some)
	if err != nil || !some {
		return err
	}
	if err := tx.exec(ctx, "DELETE FROM found WHERE node = ? AND n = ?", string(c.Node), c.N); err != nil {
		return err
	}
	return tx.NameFiles(ctx, map[string][]string{FoundFiles(c): nil})
}

// Replaced says of a change that is kept apart that it says nothing any more, since the hub says the
// same under another name: it is looked for no longer. bare is for one of this register's own, which
// offers only that it was when the hub loses it again.
func (tx *Tx) Replaced(ctx context.Context, c id.Change, bare bool) error {
	stood := any(nil)
	if bare {
		stood = -1
	}
	return tx.exec(ctx, "UPDATE change SET stood = ? WHERE node = ? AND n = ?", stood, string(c.Node), c.N)
}

// AllApart calls f with what is kept apart, in the order of the log.
func (tx *Tx) AllApart(ctx context.Context, f func(Entry) error) error {
	return tx.entries(ctx, f, "entity > ? AND entity < ? ORDER BY seq", span("held")...)
}

// bodyOf are the bytes of a text, nil for none.
func bodyOf(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}

// byNode are the numbers of changes by who wrote them.
func byNode(names []id.Change) map[id.Node][]int64 {
	out := map[id.Node][]int64{}
	for _, c := range names {
		out[c.Node] = append(out[c.Node], c.N)
	}
	return out
}

// Offered keeps nothing whole any more of the changes of a node up to a number, which are in the log
// now. It returns of which something was kept.
func (tx *Tx) Offered(ctx context.Context, node id.Node, upto int64) (were []id.Change, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		c := id.Change{Node: node}
		err := rs.Scan(&c.N)
		were = append(were, c)
		return err
	}, "SELECT DISTINCT n FROM found WHERE node = ? AND n <= ? ORDER BY n", string(node), upto)
	if err != nil || len(were) == 0 {
		return nil, err
	}
	// Values that did not come into the log are taken out with this.
	var lost bool
	err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM found WHERE node = ? AND n <= ? AND body <> '' AND NOT EXISTS "+
		"(SELECT 1 FROM change c WHERE c.node = found.node AND c.n = found.n AND c.body = found.body))", string(node), upto).Scan(&lost)
	if err != nil {
		return nil, err
	}
	tx.erasing = tx.erasing || lost
	if err := tx.exec(ctx, "UPDATE found SET body = '' WHERE node = ? AND n <= ? AND body <> ''", string(node), upto); err != nil {
		return nil, err
	}
	return were, tx.exec(ctx, "DELETE FROM found WHERE node = ? AND n <= ? AND remains = ''", string(node), upto)
}

// FoundFiles is the entity that names the files of what is kept of a change: they come with it, and
// go when nothing of it is kept and no other entity names them.
func FoundFiles(c id.Change) string { return "found/" + c.String() }

// StripFound takes away what nodes told of a change, since values were taken out of it: what those
// nodes told, or without any, what all did, and the files that it names.
func (tx *Tx) StripFound(ctx context.Context, c id.Change, from ...string) error {
	where, args := "node = ? AND n = ?", []any{string(c.Node), c.N}
	if len(from) > 0 {
		where += " AND teller IN (?" + strings.Repeat(", ?", len(from)-1) + ")"
		for _, f := range from {
			args = append(args, f)
		}
	}
	var some bool
	err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM found WHERE "+where+" AND (body <> '' OR remains <> ''))", args...).Scan(&some)
	if err != nil || !some {
		return err
	}
	tx.erasing = true
	if err := tx.exec(ctx, "DELETE FROM found WHERE "+where, args...); err != nil || len(from) > 0 {
		return err
	}
	return tx.NameFiles(ctx, map[string][]string{FoundFiles(c): nil})
}

// DropFound takes away what is kept of an entity, by Ref.String(), which is erased as a whole, and its files.
func (tx *Tx) DropFound(ctx context.Context, entity string) error {
	files := map[string][]string{}
	err := tx.rows(ctx, func(rs *sql.Rows) error {
		var node string
		var n int64
		err := rs.Scan(&node, &n)
		files[FoundFiles(id.Change{Node: id.Node(node), N: n})] = nil
		return err
	}, "SELECT node, n FROM found WHERE entity = ?", entity)
	if err != nil || len(files) == 0 {
		return err
	}
	if err := tx.exec(ctx, "DELETE FROM found WHERE entity = ?", entity); err != nil {
		return err
	}
	return tx.NameFiles(ctx, files)
}

// FirstOf is the place of the first change of a node in the log, 0 for none.
func (tx *Tx) FirstOf(ctx context.Context, node id.Node) (seq int64, err error) {
	err = tx.row(ctx, "SELECT seq FROM change WHERE node = ? ORDER BY n LIMIT 1", string(node)).Scan(&seq)
	if none(err) {
		return 0, nil
	}
	return seq, err
}

// Settle notes that a peer has told the hub of that name all that it found.
func (tx *Tx) Settle(ctx context.Context, peer, hub string) error {
	return tx.exec(ctx, "UPDATE peer SET told = ? WHERE name = ? AND told <> ?", hub, peer, hub)
}

// Unsettled is a peer other than one that has not done so, is active and is waited for: the first by
// name, "" for none.
func (tx *Tx) Unsettled(ctx context.Context, but, hub string) (peer string, err error) {
	err = tx.row(ctx, "SELECT name FROM peer WHERE name <> ? AND state = ? AND unawaited = 0 AND told <> ? ORDER BY name LIMIT 1", but, PeerActive, hub).Scan(&peer)
	if none(err) {
		return "", nil
	}
	return peer, err
}

// HubKeeps notes at a node that the hub keeps changes of others, until Displace.
func (tx *Tx) HubKeeps(ctx context.Context, names []id.Change) error {
	args := make([]any, 0, 7*len(names))
	for _, c := range names {
		args = append(args, string(c.Node), c.N, "", "", "", "", 0)
	}
	return tx.bulk(ctx, "INSERT INTO found (node, n, entity, body, remains, teller, at)", " ON CONFLICT DO NOTHING", 7, args)
}

// untold are changes of other nodes that lost their place, are in the folds, and that the hub does
// not keep.
const untold = lost + " AND stood >= 0 AND node <> ? AND NOT EXISTS (SELECT 1 FROM found f WHERE f.node = change.node AND f.n = change.n)"

// Untold calls f with such changes after a place in the log of this register, in its order, at most limit.
func (tx *Tx) Untold(ctx context.Context, node id.Node, after int64, limit int, f func(Entry) error) error {
	return tx.entries(ctx, f, untold+" AND seq > ? ORDER BY seq LIMIT ?", string(node), after, limit)
}

// UntoldOf calls f with those of entities, by Ref.String().
func (tx *Tx) UntoldOf(ctx context.Context, node id.Node, refs []string, f func(Entry) error) error {
	return in(refs, func(places string, args []any) error {
		return tx.entries(ctx, f, untold+" AND entity IN ("+places+") ORDER BY seq", append([]any{string(node)}, args...)...)
	})
}

// Bare are the numbers of a node's changes after one and up to another that are out of the folds; see
// PutOut.
func (tx *Tx) Bare(ctx context.Context, node id.Node, after, upto int64) (out []int64, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var n int64
		err := rs.Scan(&n)
		out = append(out, n)
		return err
	}, "SELECT n FROM change WHERE "+lost+" AND stood < 0 AND node = ? AND n > ? AND n <= ? ORDER BY n", string(node), after, upto)
	return out, err
}
