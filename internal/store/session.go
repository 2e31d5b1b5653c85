package store

import "context"

// PutSession keeps the data of a browser session under its hashed token until a time in
// microseconds.
func (tx *Tx) PutSession(ctx context.Context, token string, data []byte, expires int64) error {
	return tx.exec(ctx, "INSERT INTO session (token, data, expires) VALUES (?, ?, ?) "+
		"ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires = excluded.expires", token, filled(data), expires)
}

// Session returns the data of a session that has not ended by now.
func (tx *Tx) Session(ctx context.Context, token string, now int64) (data []byte, ok bool, err error) {
	err = tx.row(ctx, "SELECT data FROM session WHERE token = ? AND expires > ?", token, now).Scan(&data)
	if none(err) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// DropSession ends a session.
func (tx *Tx) DropSession(ctx context.Context, token string) error {
	return tx.exec(ctx, "DELETE FROM session WHERE token = ?", token)
}

// DropSessionsBefore forgets the sessions that ended by now.
func (tx *Tx) DropSessionsBefore(ctx context.Context, now int64) error {
	return tx.exec(ctx, "DELETE FROM session WHERE expires <= ?", now)
}
