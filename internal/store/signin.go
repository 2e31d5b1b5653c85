package store

import (
	"context"
	"database/sql"
)

// SignIn is one try to come in: Step is the code of what was tried, Reach says from how
// far. At is in microseconds.
type SignIn struct {
	Login string
	At    int64
	Step  string
	OK    bool
	Agent string
	Reach string
}

// NoteSignIn keeps a try and forgets those of the same login from before a time.
func (tx *Tx) NoteSignIn(ctx context.Context, s SignIn, before int64) error {
	if err := tx.exec(ctx, "DELETE FROM sign_in WHERE login = ? AND at < ?", s.Login, before); err != nil {
		return err
	}
	var last int64
	if err := tx.row(ctx, "SELECT coalesce(max(seq), 0) FROM sign_in").Scan(&last); err != nil {
		return err
	}
	return tx.exec(ctx, "INSERT INTO sign_in (seq, login, at, step, ok, agent, reach) VALUES (?, ?, ?, ?, ?, ?, ?)",
		last+1, s.Login, s.At, s.Step, bit(s.OK), s.Agent, s.Reach)
}

// SignIns lists the tries of a login, the newest first, up to limit.
func (tx *Tx) SignIns(ctx context.Context, login string, limit int) (out []SignIn, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var s SignIn
		var ok int
		err := rs.Scan(&s.Login, &s.At, &s.Step, &ok, &s.Agent, &s.Reach)
		s.OK = ok != 0
		out = append(out, s)
		return err
	}, "SELECT login, at, step, ok, agent, reach FROM sign_in WHERE login = ? ORDER BY seq DESC LIMIT ?", login, limit)
	return out, err
}

// KnownBrowser is a browser in which an officer has signed in, by the hash of what it
// keeps, with its failures in a row. Times are microseconds.
type KnownBrowser struct {
	Browser, Login string
	Failures       int
	FailedAt, Seen int64
}

// PutKnownBrowser writes or replaces one.
func (tx *Tx) PutKnownBrowser(ctx context.Context, k KnownBrowser) error {
	return tx.exec(ctx, "INSERT INTO known_browser (browser, login, failures, failed_at, seen) VALUES (?, ?, ?, ?, ?) ON CONFLICT (browser, login) "+
		"DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at, seen = excluded.seen", k.Browser, k.Login, k.Failures, k.FailedAt, k.Seen)
}

// KnownBrowser returns what is known of a browser and a login.
func (tx *Tx) KnownBrowser(ctx context.Context, browser, login string) (k KnownBrowser, ok bool, err error) {
	err = tx.row(ctx, "SELECT browser, login, failures, failed_at, seen FROM known_browser WHERE browser = ? AND login = ?", browser, login).
		Scan(&k.Browser, &k.Login, &k.Failures, &k.FailedAt, &k.Seen)
	if none(err) {
		return k, false, nil
	}
	return k, err == nil, err
}

// KnowsBrowser reports whether anybody has signed in with a browser.
func (tx *Tx) KnowsBrowser(ctx context.Context, browser string) (known bool, err error) {
	err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM known_browser WHERE browser = ?)", browser).Scan(&known)
	return known, err
}

// DropKnownBrowsers forgets the browsers of a login.
func (tx *Tx) DropKnownBrowsers(ctx context.Context, login string) error {
	return tx.exec(ctx, "DELETE FROM known_browser WHERE login = ?", login)
}

// DropKnownBrowsersBefore forgets the browsers that nobody signed in from since a time.
func (tx *Tx) DropKnownBrowsersBefore(ctx context.Context, seen int64) error {
	return tx.exec(ctx, "DELETE FROM known_browser WHERE seen < ?", seen)
}
