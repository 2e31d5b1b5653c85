package store

import (
	"context"
	"database/sql"
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
		enters := 0
		if f.Enters {
			enters = 1
		}
		args = append(args, f.Scope, f.Seq, f.Entity, enters)
	}
	return tx.bulk(ctx, "INSERT INTO sync_filed (scope, seq, entity, enters)", " ON CONFLICT DO NOTHING", 4, args)
}

// FiledAfter lists what was filed under scopes after one place in the log and not after
// another, in log order, at most limit.
func (tx *Tx) FiledAfter(ctx context.Context, scopes []string, after, until int64, limit int) (out []Filed, err error) {
	return out, in(scopes, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var f Filed
			var enters int
			err := rs.Scan(&f.Scope, &f.Seq, &f.Entity, &enters)
			f.Enters = enters == 1
			out = append(out, f)
			return err
		}, "SELECT scope, seq, entity, enters FROM sync_filed WHERE scope IN ("+places+") AND seq > ? AND seq <= ? ORDER BY seq, scope LIMIT ?",
			append(args, after, until, limit)...)
	})
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

// Members lists the entities of a scope after one of them, sorted: a page.
func (tx *Tx) Members(ctx context.Context, scope, after string, limit int) (out []Member, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		m := Member{Scope: scope}
		err := rs.Scan(&m.Entity, &m.Since)
		out = append(out, m)
		return err
	}, "SELECT entity, since FROM sync_member WHERE scope = ? AND entity > ? ORDER BY entity LIMIT ?", scope, after, limit)
	return out, err
}

// CountMembers counts the entities of a kind in a scope.
func (tx *Tx) CountMembers(ctx context.Context, scope, kind string) (n int64, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM sync_member WHERE scope = ? AND entity > ? AND entity < ?", scope, kind+"/", kind+"/~").Scan(&n)
	return n, err
}

// EverIn lists the entities that were ever filed under a scope or are in it, after one of
// them, sorted, at most limit: what a node with that scope may have held.
func (tx *Tx) EverIn(ctx context.Context, scope, after string, limit int) (out []string, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var e string
		err := rs.Scan(&e)
		out = append(out, e)
		return err
	}, "SELECT entity FROM sync_filed WHERE scope = ? AND entity > ? UNION SELECT entity FROM sync_member WHERE scope = ? AND entity > ? ORDER BY entity LIMIT ?",
		scope, after, scope, after, limit)
	return out, err
}

// EntitiesAfter lists entities that the log tells of after one of them, sorted: a page. A register
// that becomes a hub files them once.
func (tx *Tx) EntitiesAfter(ctx context.Context, after string, limit int) (out []string, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var e string
		err := rs.Scan(&e)
		out = append(out, e)
		return err
	}, "SELECT DISTINCT entity FROM change WHERE entity > ? ORDER BY entity LIMIT ?", after, limit)
	return out, err
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
