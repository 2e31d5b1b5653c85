package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// inOrder is the order in which the changes of an entity are folded: the hub's, then what the
// hub lost as it stood, and on top, in the order in which they were made, what waits to be sent
// to it. On the hub and on a register that stands alone this is the order of the log.
const inOrder = "coalesce(hub, 4611686018427387904), coalesce(stood, 4611686018427387904), seq"

// folded leaves out what PutOut put out of the folds and has no place of the hub's.
const folded = "(hub IS NOT NULL OR stood IS NULL OR stood >= 0)"

// Pulled is a change as the hub gave it: its place in the hub's log, when the hub received
// it in microseconds, and its body, which may be without some of its values.
type Pulled struct {
	Hub, Received int64
	Change        change.Change
	Body          []byte
	Apart         bool // it is kept apart, under HeldApart, and folded into nothing
}

// AppendPulled writes changes that the hub gave to the end of the log. Their leaves in the
// tree are those that they have at the hub, with or without their values.
func (tx *Tx) AppendPulled(ctx context.Context, pulled []Pulled) error {
	return tx.append(ctx, len(pulled), func(i int) (*change.Change, []byte, any, any) {
		p := &pulled[i]
		return &p.Change, p.Body, number(p.Hub), number(p.Received)
	})
}

// HeldApart is under what the hub keeps a change that its node had no right to write: it is in
// the log, and no entity follows it.
func HeldApart(c id.Change) change.Ref { return change.Ref{Kind: "held", ID: c.String()} }

// AppendReceived writes changes of other nodes to the end of the hub's log, with the time
// at which the hub received them.
func (tx *Tx) AppendReceived(ctx context.Context, pushed []Pulled) error {
	return tx.append(ctx, len(pushed), func(i int) (*change.Change, []byte, any, any) {
		p := &pushed[i]
		if p.Apart {
			c := p.Change
			c.Entity = HeldApart(c.ID)
			return &c, p.Body, nil, number(p.Received)
		}
		return &p.Change, p.Body, nil, number(p.Received)
	})
}

// KeepApart keeps a change apart that is in the log already, under HeldApart. What is held of
// values in memory is read again.
func (tx *Tx) KeepApart(ctx context.Context, c id.Change) error {
	tx.erasing = true
	return tx.exec(ctx, "UPDATE change SET entity = ? WHERE node = ? AND n = ?", HeldApart(c).String(), string(c.Node), c.N)
}

// number is n, or NULL for 0.
func number(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func (tx *Tx) append(ctx context.Context, n int, at func(i int) (c *change.Change, body []byte, hub, received any)) error {
	args := make([]any, 0, 9*n)
	for i := range n {
		c, body, hub, received := at(i)
		tx.log.tiles = append(tx.log.tiles, tx.log.edge.AppendHash(audit.Leaf(c, body))...)
		args = append(args, tx.log.edge.Size, string(c.ID.Node), c.ID.N, c.Entity.String(), c.At.Micros,
			nullable(c.Batch), hub, received, string(body))
		if tx.watched {
			tx.appended = append(tx.appended, c.Entity)
		}
		if !tx.log.grown {
			tx.log.grown, tx.first = true, string(body)
		}
	}
	return tx.bulk(ctx, "INSERT INTO change (seq, node, n, entity, at, batch, hub, received, body)", "", 9, args)
}

// Place writes at which place of the hub's order a change stands that is in the log already,
// and when the hub received it.
func (tx *Tx) Place(ctx context.Context, c id.Change, hub, received int64) error {
	return tx.exec(ctx, "UPDATE change SET hub = ?, received = ? WHERE node = ? AND n = ?", hub, number(received), string(c.Node), c.N)
}

// Displace takes back the places above one in the hub's order, which the hub does not know
// any more, and returns the entities of those changes, sorted. They are folded as they stood,
// unless they were put out of the folds; entities of which only such changes lose their place
// are not returned. The hub keeps nothing any more of what it was told.
func (tx *Tx) Displace(ctx context.Context, above int64) (entities []string, err error) {
	if err := tx.names(ctx, &entities, "SELECT DISTINCT entity FROM change WHERE hub > ? AND coalesce(stood, 0) >= 0 ORDER BY entity", above); err != nil {
		return nil, err
	}
	if err := tx.exec(ctx, "DELETE FROM found"); err != nil {
		return nil, err
	}
	// What lost its place before, and has none yet, stood on top of these.
	if err := tx.exec(ctx, "UPDATE change SET stood = stood + (SELECT coalesce(max(hub), 0) FROM change) WHERE hub IS NULL AND stood >= 0"); err != nil {
		return nil, err
	}
	return entities, tx.exec(ctx, "UPDATE change SET stood = CASE WHEN stood < 0 THEN stood ELSE hub END, hub = NULL, received = NULL WHERE hub > ?", above)
}

// PutOut puts changes of entities out of the folds as long as they have no place of the hub's: their
// values are forgotten, and an empty one would stand above what the hub has.
func (tx *Tx) PutOut(ctx context.Context, entities []string) error {
	return in(entities, func(places string, args []any) error {
		return tx.exec(ctx, "UPDATE change SET stood = -1 WHERE entity IN ("+places+")", args...)
	})
}

// PutBack puts a body in the place of a change's, as Redact does, and takes the change into the
// folds again.
func (tx *Tx) PutBack(ctx context.Context, c id.Change, body []byte) error {
	if err := tx.Redact(ctx, c, body); err != nil {
		return err
	}
	return tx.exec(ctx, "UPDATE change SET stood = NULL WHERE node = ? AND n = ? AND stood < 0", string(c.Node), c.N)
}

// Named returns the rows of the log with the given names, by name; what is not there is left
// out.
func (tx *Tx) Named(ctx context.Context, names []id.Change) (map[id.Change]Entry, error) {
	out := make(map[id.Change]Entry, len(names))
	for node, ns := range byNode(names) {
		err := in(ns, func(places string, args []any) error {
			return tx.entries(ctx, func(e Entry) error { out[e.ID] = e; return nil },
				"node = ? AND n IN ("+places+")", append([]any{string(node)}, args...)...)
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Holding is an entity that the log tells of, and how many of its changes have a place of the
// hub's.
type Holding struct {
	Entity string
	Placed int
}

// Holdings lists the entities after one of them, sorted: a page.
func (tx *Tx) Holdings(ctx context.Context, after string, limit int) (out []Holding, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var h Holding
		err := rs.Scan(&h.Entity, &h.Placed)
		out = append(out, h)
		return err
	}, "SELECT entity, count(hub) FROM change WHERE entity > ? GROUP BY entity ORDER BY entity LIMIT ?", after, limit)
	return out, err
}

// lost are changes that lost their place and have none again. Those of other nodes are all that they
// have at a node without a place.
const lost = "hub IS NULL AND stood IS NOT NULL"

// Orphans calls f with the changes of other nodes that have no place of the hub's. There are some
// only after the hub went back.
func (tx *Tx) Orphans(ctx context.Context, node id.Node, f func(Entry) error) error {
	return tx.entries(ctx, f, lost+" AND node <> ? ORDER BY seq", string(node))
}

// AnyOrphan reports whether there is such a change.
func (tx *Tx) AnyOrphan(ctx context.Context, node id.Node) (some bool, err error) {
	err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM change WHERE "+lost+" AND node <> ?)", string(node)).Scan(&some)
	return some, err
}

// UnplacedOf calls f with the changes of other nodes of entities, by Ref.String(), that have
// no place of the hub's, in the order of the log, and with the number of the last change of
// the node that stands before each.
func (tx *Tx) UnplacedOf(ctx context.Context, node id.Node, refs []string, f func(e Entry, own int64) error) error {
	return in(refs, func(places string, args []any) error {
		var found []Entry
		err := tx.entries(ctx, func(e Entry) error { found = append(found, e); return nil },
			lost+" AND entity IN ("+places+") AND node <> ? ORDER BY seq", append(args, string(node))...)
		for _, e := range found {
			var own int64
			if err == nil {
				err = tx.row(ctx, "SELECT coalesce(max(n), 0) FROM change WHERE node = ? AND seq < ?", string(node), e.Seq).Scan(&own)
			}
			if err == nil {
				err = f(e, own)
			}
		}
		return err
	})
}

// Written calls f with the changes of a node after a number, in their order, at most limit.
func (tx *Tx) Written(ctx context.Context, node id.Node, after int64, limit int, f func(Entry) error) error {
	return tx.entries(ctx, f, "node = ? AND n > ? ORDER BY n LIMIT ?", string(node), after, limit)
}

// At calls f with the rows at the given places of the log, in their order.
func (tx *Tx) At(ctx context.Context, seqs []int64, f func(Entry) error) error {
	return in(seqs, func(places string, args []any) error {
		return tx.entries(ctx, f, "seq IN ("+places+") ORDER BY seq", args...)
	})
}

// EntriesOf returns the rows of many entities, each in the order of its fold, by Ref.String():
// also of changes that are out of it.
func (tx *Tx) EntriesOf(ctx context.Context, refs []string) (map[string][]Entry, error) {
	return tx.entriesOf(ctx, refs, "")
}

// FoldedOf is EntriesOf without what is out of the folds.
func (tx *Tx) FoldedOf(ctx context.Context, refs []string) (map[string][]Entry, error) {
	return tx.entriesOf(ctx, refs, " AND "+folded)
}

func (tx *Tx) entriesOf(ctx context.Context, refs []string, and string) (map[string][]Entry, error) {
	out := make(map[string][]Entry, len(refs))
	return out, in(refs, func(places string, args []any) error {
		return tx.entries(ctx, func(e Entry) error { out[e.Entity] = append(out[e.Entity], e); return nil },
			"entity IN ("+places+")"+and+" ORDER BY "+inOrder, args...)
	})
}

// Unplaced calls f with the changes of a node that no answer of the hub has covered, in their
// order, at most limit.
func (tx *Tx) Unplaced(ctx context.Context, node id.Node, limit int, f func(Entry) error) error {
	return tx.entries(ctx, f, "node = ? AND hub IS NULL ORDER BY n LIMIT ?", string(node), limit)
}

// WaitingOf reports which of the entities have changes of a node that no answer of the hub has
// covered.
func (tx *Tx) WaitingOf(ctx context.Context, node id.Node, refs []string) (map[string]bool, error) {
	out := map[string]bool{}
	return out, in(refs, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var e string
			err := rs.Scan(&e)
			out[e] = true
			return err
		}, "SELECT DISTINCT entity FROM change WHERE node = ? AND hub IS NULL AND entity IN ("+places+")", append([]any{string(node)}, args...)...)
	})
}

// Unsent counts the changes of a node after a number, and says when the oldest was made, in
// microseconds; 0 when there is none.
func (tx *Tx) Unsent(ctx context.Context, node id.Node, after int64) (n, oldest int64, err error) {
	err = tx.row(ctx, "SELECT count(*), coalesce(min(at), 0) FROM change WHERE node = ? AND n > ?", string(node), after).Scan(&n, &oldest)
	return n, oldest, err
}

// ContestedRow is a value that did not come into force, or a change that was not let in:
// then Field is "". Office is who decides; At is in microseconds.
type ContestedRow struct {
	Entity, Field string
	Change        id.Change
	Reason        string
	Office        string
	At            int64
}

// Pending counts the changes of a node that no answer of the hub has covered, and says when
// the oldest was made, in microseconds; 0 when there is none.
func (tx *Tx) Pending(ctx context.Context, node id.Node) (n, oldest int64, err error) {
	var acked int64 // the hub places them in their order
	err = tx.row(ctx, "SELECT n FROM change WHERE node = ? AND hub IS NOT NULL ORDER BY n DESC LIMIT 1", string(node)).Scan(&acked)
	if err != nil && !none(err) {
		return 0, 0, err
	}
	return tx.Unsent(ctx, node, acked)
}

// PutContested writes what is contested of entities in the place of what was.
func (tx *Tx) PutContested(ctx context.Context, entities []string, rows []ContestedRow) error {
	err := in(entities, func(places string, args []any) error {
		return tx.exec(ctx, "DELETE FROM contested WHERE entity IN ("+places+")", args...)
	})
	if err != nil {
		return err
	}
	args := make([]any, 0, 6*len(rows))
	for _, r := range rows {
		args = append(args, r.Entity, r.Field, r.Change.String(), r.Reason, r.Office, r.At)
	}
	return tx.bulk(ctx, "INSERT INTO contested (entity, field, change, reason, office, at)", "", 6, args)
}

// Contested lists what waits for a decision, the oldest first; office "" stands for all.
func (tx *Tx) Contested(ctx context.Context, office string, limit int) ([]ContestedRow, error) {
	return tx.contested(ctx, "(office = ? OR ? = '') ORDER BY at, entity, field, change LIMIT ?", office, office, limit)
}

// OfKind is what is listed: entities of a kind, and the office that decides, "" for all.
type OfKind struct {
	Kind   change.Kind
	Office string
}

const ofKind = "entity > ? AND entity < ? AND (office = ? OR ? = '')"

func (k OfKind) args(limit int) []any {
	return append(span(string(k.Kind)), k.Office, k.Office, limit)
}

// ContestedOfKind lists what waits for a decision, the oldest first.
func (tx *Tx) ContestedOfKind(ctx context.Context, k OfKind, limit int) ([]ContestedRow, error) {
	return tx.contested(ctx, ofKind+" ORDER BY at, entity, field, change LIMIT ?", k.args(limit)...)
}

// SettledOfKind lists what was decided, the newest first.
func (tx *Tx) SettledOfKind(ctx context.Context, k OfKind, limit int) ([]SettledRow, error) {
	return tx.settled(ctx, ofKind+" ORDER BY at DESC, entity, field LIMIT ?", k.args(limit)...)
}

// ContestedOf lists what is contested of entities, by entity and field.
func (tx *Tx) ContestedOf(ctx context.Context, entities ...string) (out []ContestedRow, err error) {
	return out, in(entities, func(places string, args []any) error {
		found, err := tx.contested(ctx, "entity IN ("+places+") ORDER BY entity, field, change", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) contested(ctx context.Context, where string, args ...any) (out []ContestedRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r ContestedRow
		var name string
		err := rs.Scan(&r.Entity, &r.Field, &name, &r.Reason, &r.Office, &r.At)
		if err == nil {
			r.Change, err = id.ParseChange(name)
		}
		out = append(out, r)
		return err
	}, "SELECT entity, field, change, reason, office, at FROM contested WHERE "+where, args...)
	return out, err
}

// CountContested counts the entities of which something waits for a decision; office "" stands
// for all.
func (tx *Tx) CountContested(ctx context.Context, office string) (n int64, err error) {
	query, args := "SELECT count(DISTINCT entity) FROM contested", []any{}
	if office != "" { // every page of an officer asks: of one office the index knows
		query, args = query+" WHERE office = ?", append(args, office)
	}
	err = tx.row(ctx, query, args...).Scan(&n)
	return n, err
}

// SettledRow is what an officer decided about a value that did not come into force. Office is
// the one that decides about the entity; At is in microseconds.
type SettledRow struct {
	Entity, Field   string
	Change          id.Change // that wrote the value
	Verdict, Author string
	Office          string
	At              int64
}

// PutSettled writes what was decided about entities in the place of what was.
func (tx *Tx) PutSettled(ctx context.Context, entities []string, rows []SettledRow) error {
	err := in(entities, func(places string, args []any) error {
		return tx.exec(ctx, "DELETE FROM settled WHERE entity IN ("+places+")", args...)
	})
	if err != nil {
		return err
	}
	args := make([]any, 0, 7*len(rows))
	for _, r := range rows {
		args = append(args, r.Entity, r.Field, r.Change.String(), r.Verdict, r.Author, r.Office, r.At)
	}
	return tx.bulk(ctx, "INSERT INTO settled (entity, field, change, verdict, author, office, at)", "", 7, args)
}

func (tx *Tx) settled(ctx context.Context, where string, args ...any) (out []SettledRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r SettledRow
		var name string
		err := rs.Scan(&r.Entity, &r.Field, &name, &r.Verdict, &r.Author, &r.Office, &r.At)
		if err == nil {
			r.Change, err = id.ParseChange(name)
		}
		out = append(out, r)
		return err
	}, "SELECT entity, field, change, verdict, author, office, at FROM settled WHERE "+where, args...)
	return out, err
}

// SettledOf lists what was decided about entities, by entity, field and change.
func (tx *Tx) SettledOf(ctx context.Context, entities ...string) (out []SettledRow, err error) {
	return out, in(entities, func(places string, args []any) error {
		found, err := tx.settled(ctx, "entity IN ("+places+") ORDER BY entity, field, change", args...)
		out = append(out, found...)
		return err
	})
}

// Disputed lists entities of which something waits or was decided, after one of them, sorted: a
// page.
func (tx *Tx) Disputed(ctx context.Context, after string, limit int) (out []string, err error) {
	return out, tx.names(ctx, &out, "SELECT entity FROM contested WHERE entity > ? UNION SELECT entity FROM settled WHERE entity > ? ORDER BY entity LIMIT ?", after, after, limit)
}

// SyncState is where a node stands with its hub. Verify, Seal and HeadKey are the hub's
// public keys as text; Scopes and Refusal are what the application writes. Cursor and Within
// say how far the node has read, Sent which of its own changes the hub has said it received,
// Chain the chain up to there. Receipt and Answered are when the last receipt and the last
// answer came, Attempt when the last round was tried and Trouble the fault that it ended
// with, HubNow the hub's clock in the newest message of it, Backs how often it was
// found put back from an older copy. Times are microseconds, 0 for never.
type SyncState struct {
	Hub, Address, Verify, Seal, HeadKey, Scopes string
	Cursor                                      int64
	Within                                      string
	Sent                                        int64
	Chain                                       []byte
	Receipt, Answered, HubNow, Backs, Attempt   int64
	Trouble, Refusal                            string
	RefusedAt, Enrolled                         int64
}

const stateColumns = "hub, address, verify, seal, head_key, scopes, cursor, within, sent, chain, receipt, answered, hub_now, backs, attempt, trouble, refusal, refused_at, enrolled"

// SyncState returns it; false for a register that is no node of a hub.
func (tx *Tx) SyncState(ctx context.Context) (s SyncState, ok bool, err error) {
	err = tx.row(ctx, "SELECT "+stateColumns+" FROM sync_state WHERE id = 1").Scan(&s.Hub, &s.Address, &s.Verify, &s.Seal, &s.HeadKey, &s.Scopes,
		&s.Cursor, &s.Within, &s.Sent, &s.Chain, &s.Receipt, &s.Answered, &s.HubNow, &s.Backs, &s.Attempt, &s.Trouble, &s.Refusal, &s.RefusedAt, &s.Enrolled)
	if none(err) {
		return s, false, nil
	}
	return s, err == nil, err
}

// PutSyncState writes it.
func (tx *Tx) PutSyncState(ctx context.Context, s SyncState) error {
	var set []string
	for c := range strings.SplitSeq(stateColumns, ", ") {
		set = append(set, fmt.Sprintf("%s = excluded.%s", c, c))
	}
	return tx.exec(ctx, "INSERT INTO sync_state (id, "+stateColumns+") VALUES (1"+strings.Repeat(", ?", 19)+") "+
		"ON CONFLICT (id) DO UPDATE SET "+strings.Join(set, ", "), s.Hub, s.Address, s.Verify, s.Seal, s.HeadKey, s.Scopes, s.Cursor, s.Within,
		s.Sent, filled(s.Chain), s.Receipt, s.Answered, s.HubNow, s.Backs, s.Attempt, s.Trouble, s.Refusal, s.RefusedAt, s.Enrolled)
}

// HubHead is a head of the hub's log that a node has seen: its size, its root, whether it is
// a mark by which the hub is known again, and of the newest the signed note.
type HubHead struct {
	Size int64
	Root [32]byte
	Mark bool
	Note string
}

// HubHeads lists the heads that are kept, the smallest first.
func (tx *Tx) HubHeads(ctx context.Context) (out []HubHead, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var h HubHead
		var root []byte
		var mark int
		err := rs.Scan(&h.Size, &root, &mark, &h.Note)
		copy(h.Root[:], root)
		h.Mark = mark == 1
		out = append(out, h)
		return err
	}, "SELECT size, root, mark, note FROM hub_head ORDER BY size")
	return out, err
}

// KeepHubHeads writes the heads that are kept from now on.
func (tx *Tx) KeepHubHeads(ctx context.Context, heads []HubHead) error {
	if err := tx.exec(ctx, "DELETE FROM hub_head"); err != nil {
		return err
	}
	args := make([]any, 0, 4*len(heads))
	for _, h := range heads {
		args = append(args, h.Size, h.Root[:], bit(h.Mark), h.Note)
	}
	return tx.bulk(ctx, "INSERT INTO hub_head (size, root, mark, note)", "", 4, args)
}
