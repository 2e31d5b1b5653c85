package store

import (
	"context"
	"database/sql"
)

// Session is a browser session under its hashed token. Login is empty until somebody has
// signed in; Agent names the browser. Times are microseconds.
type Session struct {
	Token, Login, Agent    string
	Data                   []byte
	Created, Seen, Expires int64
}

// ended marks a session that was ended before its time. Its row stays until then, so that a
// request that was under way cannot bring it back when it keeps the session at its end.
const ended = -1

// PutSession keeps a session; one that is there keeps the time of its making, and one that
// was ended stays so.
func (tx *Tx) PutSession(ctx context.Context, s Session) error {
	return tx.exec(ctx, "INSERT INTO session (token, login, agent, data, created, seen, expires) VALUES (?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (token) DO UPDATE SET login = excluded.login, agent = excluded.agent, data = excluded.data, "+
		"seen = excluded.seen, expires = excluded.expires WHERE session.seen <> ?", s.Token, s.Login, s.Agent, filled(s.Data), s.Created, s.Seen, s.Expires, ended)
}

// Session returns the data of a session that has not ended by now, and when it was kept.
func (tx *Tx) Session(ctx context.Context, token string, now int64) (data []byte, seen int64, ok bool, err error) {
	err = tx.row(ctx, "SELECT data, seen FROM session WHERE token = ? AND expires > ? AND seen <> ?", token, now, ended).Scan(&data, &seen)
	if none(err) {
		return nil, 0, false, nil
	}
	return data, seen, err == nil, err
}

// SessionOwner is who signed in to a session that is known, ended or not; else empty.
func (tx *Tx) SessionOwner(ctx context.Context, token string) (login string, err error) {
	err = tx.row(ctx, "SELECT login FROM session WHERE token = ?", token).Scan(&login)
	if none(err) {
		return "", nil
	}
	return login, err
}

// SessionsOf lists a login's sessions that have not ended by now, the last used first,
// without their data.
func (tx *Tx) SessionsOf(ctx context.Context, login string, now int64) (out []Session, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var s Session
		err := rs.Scan(&s.Token, &s.Login, &s.Agent, &s.Created, &s.Seen, &s.Expires)
		out = append(out, s)
		return err
	}, "SELECT token, login, agent, created, seen, expires FROM session WHERE login = ? AND expires > ? AND seen <> ? ORDER BY seen DESC, token", login, now, ended)
	return out, err
}

// OfficerSessions is how many sessions an officer has open, and when one was last used.
type OfficerSessions struct {
	Login, Name string
	Open, Seen  int64
}

// SessionsAt counts the sessions of an office's officers that have not ended by now.
func (tx *Tx) SessionsAt(ctx context.Context, office string, now int64) (out []OfficerSessions, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var s OfficerSessions
		err := rs.Scan(&s.Login, &s.Name, &s.Open, &s.Seen)
		out = append(out, s)
		return err
	}, "SELECT a.login, a.name, count(*), max(s.seen) FROM session s JOIN account a ON a.login = s.login "+
		"WHERE a.office = ? AND s.expires > ? AND s.seen <> ? GROUP BY a.login, a.name ORDER BY a.login", office, now, ended)
	return out, err
}

// DropSession ends a session.
func (tx *Tx) DropSession(ctx context.Context, token string) error {
	return tx.exec(ctx, "UPDATE session SET data = ?, seen = ? WHERE token = ?", []byte{}, ended, token)
}

// DropSessionsOf ends a login's sessions but one; except "" spares none.
func (tx *Tx) DropSessionsOf(ctx context.Context, login, except string) error {
	return tx.exec(ctx, "UPDATE session SET data = ?, seen = ? WHERE login = ? AND token <> ?", []byte{}, ended, login, except)
}

// DropSessionsBefore forgets the sessions that ended by now.
func (tx *Tx) DropSessionsBefore(ctx context.Context, now int64) error {
	return tx.exec(ctx, "DELETE FROM session WHERE expires <= ?", now)
}
