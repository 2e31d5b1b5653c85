package store

import (
	"context"
	"database/sql"
)

// Factor is what an account is proved with besides its password. Seq is the last time step
// that a code was taken of; times are microseconds.
type Factor struct {
	ID, Login, Kind, Name, Data string
	Seq, Created, Used          int64
}

// PutFactor writes or replaces a factor.
func (tx *Tx) PutFactor(ctx context.Context, f Factor) error {
	return tx.exec(ctx, "INSERT INTO factor (id, login, kind, name, data, seq, created, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, data = excluded.data, seq = excluded.seq, "+
		"used = excluded.used", f.ID, f.Login, f.Kind, f.Name, f.Data, f.Seq, f.Created, f.Used)
}

// Factors lists a login's factors in the order of their making.
func (tx *Tx) Factors(ctx context.Context, login string) (out []Factor, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var f Factor
		err := rs.Scan(&f.ID, &f.Login, &f.Kind, &f.Name, &f.Data, &f.Seq, &f.Created, &f.Used)
		out = append(out, f)
		return err
	}, "SELECT id, login, kind, name, data, seq, created, used FROM factor WHERE login = ? ORDER BY created, id", login)
	return out, err
}

// DropFactor forgets one factor of a login.
func (tx *Tx) DropFactor(ctx context.Context, login, id string) error {
	return tx.exec(ctx, "DELETE FROM factor WHERE login = ? AND id = ?", login, id)
}

// DropFactors forgets the factors of one kind, or with kind "" all.
func (tx *Tx) DropFactors(ctx context.Context, login, kind string) error {
	return tx.exec(ctx, "DELETE FROM factor WHERE login = ? AND (kind = ? OR ? = '')", login, kind, kind)
}

// FactorTries returns the failures of the second factor in a row, and when the last was.
func (tx *Tx) FactorTries(ctx context.Context, login string) (failures int, at int64, err error) {
	err = tx.row(ctx, "SELECT failures, failed_at FROM factor_tries WHERE login = ?", login).Scan(&failures, &at)
	if none(err) {
		return 0, 0, nil
	}
	return failures, at, err
}

// PutFactorTries writes them.
func (tx *Tx) PutFactorTries(ctx context.Context, login string, failures int, at int64) error {
	return tx.exec(ctx, "INSERT INTO factor_tries (login, failures, failed_at) VALUES (?, ?, ?) "+
		"ON CONFLICT (login) DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at", login, failures, at)
}

// SetupCode is the hash of the code with which an account is set up, until a time in
// microseconds.
type SetupCode struct {
	Login, Hash string
	Expires     int64
}

// PutSetupCode keeps a code in place of an earlier one.
func (tx *Tx) PutSetupCode(ctx context.Context, c SetupCode) error {
	return tx.exec(ctx, "INSERT INTO setup_code (login, hash, expires) VALUES (?, ?, ?) "+
		"ON CONFLICT (login) DO UPDATE SET hash = excluded.hash, expires = excluded.expires", c.Login, c.Hash, c.Expires)
}

// SetupCodeByHash returns the code with that hash.
func (tx *Tx) SetupCodeByHash(ctx context.Context, hash string) (SetupCode, bool, error) {
	return tx.setupCode(ctx, "hash", hash)
}

// SetupCode returns the code of a login.
func (tx *Tx) SetupCode(ctx context.Context, login string) (SetupCode, bool, error) {
	return tx.setupCode(ctx, "login", login)
}

func (tx *Tx) setupCode(ctx context.Context, column, key string) (c SetupCode, ok bool, err error) {
	err = tx.row(ctx, "SELECT login, hash, expires FROM setup_code WHERE "+column+" = ?", key).Scan(&c.Login, &c.Hash, &c.Expires)
	if none(err) {
		return c, false, nil
	}
	return c, err == nil, err
}

// DropSetupCode ends a login's code.
func (tx *Tx) DropSetupCode(ctx context.Context, login string) error {
	return tx.exec(ctx, "DELETE FROM setup_code WHERE login = ?", login)
}

// DropCredential forgets a login's password.
func (tx *Tx) DropCredential(ctx context.Context, login string) error {
	return tx.exec(ctx, "DELETE FROM credential WHERE login = ?", login)
}

// Identity is who an officer is at an OpenID provider. Claim is what an administrator wrote
// down; Issuer and Subject are empty until the first sign-in with it. Alone closes every
// other way in. Linked is in microseconds.
type Identity struct {
	Login, Claim, Issuer, Subject string
	Alone                         bool
	Linked                        int64
}

const identityColumns = "login, claim, issuer, subject, alone, linked"

// PutIdentity writes or replaces the identity of an account. No two accounts have one
// claim, or one subject of an issuer.
func (tx *Tx) PutIdentity(ctx context.Context, i Identity) error {
	return tx.exec(ctx, "INSERT INTO identity ("+identityColumns+") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (login) DO UPDATE SET claim = excluded.claim, "+
		"issuer = excluded.issuer, subject = excluded.subject, alone = excluded.alone, linked = excluded.linked",
		i.Login, i.Claim, i.Issuer, i.Subject, bit(i.Alone), i.Linked)
}

// Identity returns the identity of an account.
func (tx *Tx) Identity(ctx context.Context, login string) (Identity, bool, error) {
	return tx.identity(ctx, "login = ?", login)
}

// IdentityByClaim returns the identity that was written down with a claim.
func (tx *Tx) IdentityByClaim(ctx context.Context, claim string) (Identity, bool, error) {
	return tx.identity(ctx, "claim = ?", claim)
}

// IdentityBySubject returns the identity that a provider knows by subject.
func (tx *Tx) IdentityBySubject(ctx context.Context, issuer, subject string) (Identity, bool, error) {
	return tx.identity(ctx, "issuer = ? AND subject = ? AND subject <> ''", issuer, subject)
}

func (tx *Tx) identity(ctx context.Context, where string, args ...any) (i Identity, ok bool, err error) {
	var alone int
	err = tx.row(ctx, "SELECT "+identityColumns+" FROM identity WHERE "+where, args...).
		Scan(&i.Login, &i.Claim, &i.Issuer, &i.Subject, &alone, &i.Linked)
	i.Alone = alone != 0
	if none(err) {
		return i, false, nil
	}
	return i, err == nil, err
}

// DropIdentity forgets the identity of an account.
func (tx *Tx) DropIdentity(ctx context.Context, login string) error {
	return tx.exec(ctx, "DELETE FROM identity WHERE login = ?", login)
}
