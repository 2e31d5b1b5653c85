package store

import (
	"context"
	"database/sql"
)

// APIToken is an officer's token for programs. Scopes are action codes separated by a
// space; times are microseconds, 0 for never.
type APIToken struct {
	ID, Hash, Login, Name, Scopes       string
	Created, Expires, LastUsed, Revoked int64
}

const tokenColumns = "id, hash, login, name, scopes, created, expires, last_used, revoked"

// PutAPIToken keeps a new token.
func (tx *Tx) PutAPIToken(ctx context.Context, t APIToken) error {
	return tx.exec(ctx, "INSERT INTO api_token ("+tokenColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		t.ID, t.Hash, t.Login, t.Name, t.Scopes, t.Created, t.Expires, t.LastUsed, t.Revoked)
}

// APITokenByHash returns the token with that hash.
func (tx *Tx) APITokenByHash(ctx context.Context, hash string) (APIToken, bool, error) {
	return tx.apiToken(ctx, "hash = ?", hash)
}

// APIToken returns the token with that id.
func (tx *Tx) APIToken(ctx context.Context, id string) (APIToken, bool, error) {
	return tx.apiToken(ctx, "id = ?", id)
}

func (tx *Tx) apiToken(ctx context.Context, where, key string) (APIToken, bool, error) {
	all, err := tx.apiTokens(ctx, where, key)
	if err != nil || len(all) == 0 {
		return APIToken{}, false, err
	}
	return all[0], true, nil
}

// APITokens lists the tokens of a login, newest first; login "" stands for all.
func (tx *Tx) APITokens(ctx context.Context, login string) ([]APIToken, error) {
	return tx.apiTokens(ctx, "login = ? OR ? = '' ORDER BY created DESC, id DESC", login, login)
}

func (tx *Tx) apiTokens(ctx context.Context, where string, args ...any) (out []APIToken, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var t APIToken
		err := rs.Scan(&t.ID, &t.Hash, &t.Login, &t.Name, &t.Scopes, &t.Created, &t.Expires, &t.LastUsed, &t.Revoked)
		out = append(out, t)
		return err
	}, "SELECT "+tokenColumns+" FROM api_token WHERE "+where, args...)
	return out, err
}

// UsedAPIToken notes when a token was used.
func (tx *Tx) UsedAPIToken(ctx context.Context, id string, at int64) error {
	return tx.exec(ctx, "UPDATE api_token SET last_used = ? WHERE id = ?", at, id)
}

// RevokeAPIToken ends a token; one that was ended keeps its time.
func (tx *Tx) RevokeAPIToken(ctx context.Context, id string, at int64) error {
	return tx.exec(ctx, "UPDATE api_token SET revoked = ? WHERE id = ? AND revoked = 0", at, id)
}
