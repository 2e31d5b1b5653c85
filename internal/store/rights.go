package store

import (
	"context"
	"database/sql"
)

// RequestRow is the projection of a person's request. Days are EDTF, "" for none.
type RequestRow struct{ ID, Kind, State, Person, Office, Received, Due, Closed string }

// PutRequest writes or updates one.
func (tx *Tx) PutRequest(ctx context.Context, r RequestRow) error {
	return tx.exec(ctx, "INSERT INTO request (id, kind, state, person, office, received, due, closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET state = excluded.state, due = excluded.due, closed = excluded.closed",
		r.ID, r.Kind, r.State, r.Person, r.Office, r.Received, r.Due, r.Closed)
}

// OpenRequests lists those that wait for an answer, the first due first; office "" stands
// for all.
func (tx *Tx) OpenRequests(ctx context.Context, office string, limit int) ([]RequestRow, error) {
	return tx.requests(ctx, "closed = '' AND (office = ? OR ? = '') ORDER BY due, id LIMIT ?", office, office, limit)
}

// AnsweredRequests lists those that were answered, the last first.
func (tx *Tx) AnsweredRequests(ctx context.Context, office string, limit int) ([]RequestRow, error) {
	return tx.requests(ctx, "closed <> '' AND (office = ? OR ? = '') ORDER BY closed DESC, id DESC LIMIT ?", office, office, limit)
}

// RequestsOf lists the requests of a person, the newest first; of several entries when they
// are one person's.
func (tx *Tx) RequestsOf(ctx context.Context, entries ...string) (out []RequestRow, err error) {
	return out, in(entries, func(places string, args []any) error {
		found, err := tx.requests(ctx, "person IN ("+places+") ORDER BY received DESC, id DESC", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) requests(ctx context.Context, where string, args ...any) (out []RequestRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r RequestRow
		err := rs.Scan(&r.ID, &r.Kind, &r.State, &r.Person, &r.Office, &r.Received, &r.Due, &r.Closed)
		out = append(out, r)
		return err
	}, "SELECT id, kind, state, person, office, received, due, closed FROM request WHERE "+where, args...)
	return out, err
}

// RequestCount is how many requests of a kind stand in a state.
type RequestCount struct {
	Kind, State string
	N           int64
}

// CountRequests counts the requests that came in from a day on, by kind and state; office
// "" stands for all.
func (tx *Tx) CountRequests(ctx context.Context, office, from string) (out []RequestCount, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c RequestCount
		err := rs.Scan(&c.Kind, &c.State, &c.N)
		out = append(out, c)
		return err
	}, "SELECT kind, state, count(*) FROM request WHERE received >= ? AND (office = ? OR ? = '') GROUP BY kind, state ORDER BY kind, state", from, office, office)
	return out, err
}

// BreachRow is the projection of a breach. Moments are microseconds, 0 for none; People is
// -1 when nobody knows.
type BreachRow struct {
	ID, Office                       string
	Noticed, Authority, Told, People int64
	Closed                           string
}

// PutBreach writes or updates one.
func (tx *Tx) PutBreach(ctx context.Context, b BreachRow) error {
	return tx.exec(ctx, "INSERT INTO breach (id, office, noticed, authority, told, people, closed) VALUES (?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET noticed = excluded.noticed, authority = excluded.authority, told = excluded.told, "+
		"people = excluded.people, closed = excluded.closed", b.ID, b.Office, b.Noticed, b.Authority, b.Told, b.People, b.Closed)
}

// Breaches lists them, the last noticed first; office "" stands for all.
func (tx *Tx) Breaches(ctx context.Context, office string, limit int) (out []BreachRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var b BreachRow
		err := rs.Scan(&b.ID, &b.Office, &b.Noticed, &b.Authority, &b.Told, &b.People, &b.Closed)
		out = append(out, b)
		return err
	}, "SELECT id, office, noticed, authority, told, people, closed FROM breach WHERE office = ? OR ? = '' "+
		"ORDER BY noticed DESC, id DESC LIMIT ?", office, office, limit)
	return out, err
}

// DisclosureRow is the projection of somebody's request for data of a person.
type DisclosureRow struct{ ID, Asker, Aim, State, Person, Office, Received, Due, Closed string }

// PutDisclosure writes or updates one.
func (tx *Tx) PutDisclosure(ctx context.Context, d DisclosureRow) error {
	return tx.exec(ctx, "INSERT INTO disclosure (id, asker, aim, state, person, office, received, due, closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET state = excluded.state, closed = excluded.closed",
		d.ID, d.Asker, d.Aim, d.State, d.Person, d.Office, d.Received, d.Due, d.Closed)
}

// Disclosures lists those of an asker other than the one named, the last received first;
// office "" stands for all.
func (tx *Tx) Disclosures(ctx context.Context, office, besides string, limit int) ([]DisclosureRow, error) {
	return tx.disclosures(ctx, "(office = ? OR ? = '') AND asker <> ? ORDER BY received DESC, id DESC LIMIT ?", office, office, besides, limit)
}

// DisclosuresOf lists those about a person, the newest first; see RequestsOf.
func (tx *Tx) DisclosuresOf(ctx context.Context, entries ...string) (out []DisclosureRow, err error) {
	return out, in(entries, func(places string, args []any) error {
		found, err := tx.disclosures(ctx, "person IN ("+places+") ORDER BY received DESC, id DESC", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) disclosures(ctx context.Context, where string, args ...any) (out []DisclosureRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var d DisclosureRow
		err := rs.Scan(&d.ID, &d.Asker, &d.Aim, &d.State, &d.Person, &d.Office, &d.Received, &d.Due, &d.Closed)
		out = append(out, d)
		return err
	}, "SELECT id, asker, aim, state, person, office, received, due, closed FROM disclosure WHERE "+where, args...)
	return out, err
}

// RetentionRow is the projection of a proposal to end values. Request is the person's
// request that it carries out, "" for one that follows the terms.
type RetentionRow struct {
	ID, Office, State, Day, Author, Approver string
	People                                   int64
	Request                                  string
}

// PutRetention writes or updates one.
func (tx *Tx) PutRetention(ctx context.Context, r RetentionRow) error {
	return tx.exec(ctx, "INSERT INTO retention (id, office, state, day, author, approver, people, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET state = excluded.state, approver = excluded.approver, people = excluded.people",
		r.ID, r.Office, r.State, r.Day, r.Author, r.Approver, r.People, r.Request)
}

// Retentions lists them, the newest first; office "" stands for all.
func (tx *Tx) Retentions(ctx context.Context, office string, limit int) ([]RetentionRow, error) {
	return tx.retentions(ctx, "office = ? OR ? = '' ORDER BY day DESC, id DESC LIMIT ?", office, office, limit)
}

// RetentionsFor lists those that carry out a person's request, the newest first.
func (tx *Tx) RetentionsFor(ctx context.Context, request string) ([]RetentionRow, error) {
	return tx.retentions(ctx, "request = ? ORDER BY day DESC, id DESC", request)
}

func (tx *Tx) retentions(ctx context.Context, where string, args ...any) (out []RetentionRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r RetentionRow
		err := rs.Scan(&r.ID, &r.Office, &r.State, &r.Day, &r.Author, &r.Approver, &r.People, &r.Request)
		out = append(out, r)
		return err
	}, "SELECT id, office, state, day, author, approver, people, request FROM retention WHERE "+where, args...)
	return out, err
}
