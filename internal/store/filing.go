package store

import (
	"context"
	"database/sql"

	"quipu/internal/id"
)

// Filed says that a change of the hub's log concerns a scope: the entity was in it before or
// is in it after. Enters says that the entity came into the scope with it.
type Filed struct {
	Scope  string
	Seq    int64
	Entity string
	Enters bool
}

// File writes filings.
func (tx *Tx) File(ctx context.Context, filed []Filed) error {
	args := make([]any, 0, 4*len(filed))
	for _, f := range filed {
		args = append(args, f.Scope, f.Seq, f.Entity, bit(f.Enters))
	}
	return tx.bulk(ctx, "INSERT INTO sync_filed (scope, seq, entity, enters)", " ON CONFLICT DO NOTHING", 4, args)
}

// FiledAfter lists what was filed under one of the scopes after one place in the log and not
// after another: place and entity, in that order, each once, at most limit.
func (tx *Tx) FiledAfter(ctx context.Context, scopes []string, after, until int64, limit int) (out []Filed, err error) {
	return out, in(scopes, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var f Filed
			err := rs.Scan(&f.Seq, &f.Entity)
			out = append(out, f)
			return err
		}, "SELECT DISTINCT seq, entity FROM sync_filed WHERE scope IN ("+places+") AND seq > ? AND seq <= ? ORDER BY seq, entity LIMIT ?",
			append(args, after, until, limit)...)
	})
}

// FiledOf lists the entities of a kind that were filed under one of the scopes after one place
// in the log and not after another, sorted, each once.
func (tx *Tx) FiledOf(ctx context.Context, kind string, scopes []string, after, until int64) (out []string, err error) {
	return out, in(scopes, func(places string, args []any) error {
		return tx.names(ctx, &out, "SELECT DISTINCT entity FROM sync_filed WHERE scope IN ("+places+") AND seq > ? AND seq <= ? AND entity > ? AND entity < ? ORDER BY entity",
			append(append(args, after, until), span(kind)...)...)
	})
}

// ScopesMoved lists the scopes under which something was filed after a place in the log.
func (tx *Tx) ScopesMoved(ctx context.Context, after int64) (scopes []string, err error) {
	return scopes, tx.names(ctx, &scopes, "SELECT DISTINCT scope FROM sync_filed WHERE seq > ? ORDER BY scope", after)
}

// Member is an entity in a scope, and since which place in the log it has been.
type Member struct {
	Scope, Entity string
	Since         int64
}

// PutMembers makes entities members of scopes; one that is a member stays one since when it
// came.
func (tx *Tx) PutMembers(ctx context.Context, members []Member) error {
	args := make([]any, 0, 3*len(members))
	for _, m := range members {
		args = append(args, m.Scope, m.Entity, m.Since)
	}
	return tx.bulk(ctx, "INSERT INTO sync_member (scope, entity, since)", " ON CONFLICT DO NOTHING", 3, args)
}

// DropMember takes an entity out of a scope.
func (tx *Tx) DropMember(ctx context.Context, scope, entity string) error {
	return tx.exec(ctx, "DELETE FROM sync_member WHERE scope = ? AND entity = ?", scope, entity)
}

// ScopesOf returns the scopes that each of the entities is in, sorted.
func (tx *Tx) ScopesOf(ctx context.Context, entities []string) (map[string][]string, error) {
	out := make(map[string][]string, len(entities))
	return out, in(entities, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var scope, entity string
			err := rs.Scan(&scope, &entity)
			out[entity] = append(out[entity], scope)
			return err
		}, "SELECT scope, entity FROM sync_member WHERE entity IN ("+places+") ORDER BY entity, scope", args...)
	})
}

// Standing says of those of the entities that are in one of the scopes since when: the least
// place over those scopes.
func (tx *Tx) Standing(ctx context.Context, entities, scopes []string) (map[string]int64, error) {
	out := make(map[string]int64, len(entities))
	return out, in(entities, func(places string, args []any) error {
		return in(scopes, func(among string, more []any) error {
			return tx.rows(ctx, func(rs *sql.Rows) error {
				var entity string
				var since int64
				err := rs.Scan(&entity, &since)
				if was, ok := out[entity]; !ok || since < was {
					out[entity] = since
				}
				return err
			}, "SELECT entity, min(since) FROM sync_member WHERE entity IN ("+places+") AND scope IN ("+among+") GROUP BY entity", append(append([]any{}, args...), more...)...)
		})
	})
}

// Members lists the entities that are in one of the scopes after one of them, sorted, each
// once: a page.
func (tx *Tx) Members(ctx context.Context, scopes []string, after string, limit int) (out []string, err error) {
	return out, in(scopes, func(places string, args []any) error {
		return tx.names(ctx, &out, "SELECT DISTINCT entity FROM sync_member WHERE scope IN ("+places+") AND entity > ? ORDER BY entity LIMIT ?", append(args, after, limit)...)
	})
}

// FiledUntil lists the entities that were filed under one of the scopes at or before a place
// in the log, after one of them, sorted, each once: what a node with these scopes may have had.
func (tx *Tx) FiledUntil(ctx context.Context, scopes []string, until int64, after string, limit int) (out []string, err error) {
	return out, in(scopes, func(places string, args []any) error {
		return tx.names(ctx, &out, "SELECT DISTINCT entity FROM sync_filed WHERE scope IN ("+places+") AND seq <= ? AND entity > ? ORDER BY entity LIMIT ?",
			append(args, until, after, limit)...)
	})
}

// FiledSpan is where entities were filed under a scope first and last.
type FiledSpan struct{ First, Last int64 }

// FiledSpans says where in the log entities were filed under a scope; who never was is left out.
func (tx *Tx) FiledSpans(ctx context.Context, scope string, entities []string) (map[string]FiledSpan, error) {
	out := make(map[string]FiledSpan, len(entities))
	return out, in(entities, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var e string
			var s FiledSpan
			err := rs.Scan(&e, &s.First, &s.Last)
			out[e] = s
			return err
		}, "SELECT entity, min(seq), max(seq) FROM sync_filed WHERE scope = ? AND entity IN ("+places+") GROUP BY entity", append([]any{scope}, args...)...)
	})
}

// names adds the texts that a query of one column finds.
func (tx *Tx) names(ctx context.Context, out *[]string, query string, args ...any) error {
	return tx.rows(ctx, func(rs *sql.Rows) error {
		var s string
		err := rs.Scan(&s)
		*out = append(*out, s)
		return err
	}, query, args...)
}

// Between calls f with the rows of entities after one place in the log and not after another,
// in order.
func (tx *Tx) Between(ctx context.Context, entities []string, after, until int64, f func(Entry) error) error {
	return in(entities, func(places string, args []any) error {
		return tx.entries(ctx, f, "entity IN ("+places+") AND seq > ? AND seq <= ? ORDER BY seq", append(args, after, until)...)
	})
}

// Sent calls f with what a node sent, after one place in the log and not after another, in
// order.
func (tx *Tx) Sent(ctx context.Context, node id.Node, after, until int64, f func(Entry) error) error {
	return tx.entries(ctx, f, "node = ? AND received IS NOT NULL AND hub IS NULL AND seq > ? AND seq <= ? ORDER BY seq", string(node), after, until)
}

// span is between which names the entities of a kind stand, both excluded: 0 follows the stroke.
func span(kind string) []any { return []any{kind + "/", kind + "0"} }

// CountMembers counts the entities of a kind in a scope.
func (tx *Tx) CountMembers(ctx context.Context, scope, kind string) (n int64, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM sync_member WHERE scope = ? AND entity > ? AND entity < ?", append([]any{scope}, span(kind)...)...).Scan(&n)
	return n, err
}

// EntitiesAfter lists entities that the log tells of after one of them, sorted: a page. A register
// that becomes a hub files them once.
func (tx *Tx) EntitiesAfter(ctx context.Context, after string, limit int) (out []string, err error) {
	return out, tx.names(ctx, &out, "SELECT DISTINCT entity FROM change WHERE entity > ? ORDER BY entity LIMIT ?", after, limit)
}
