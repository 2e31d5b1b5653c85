package store

import (
	"context"
	"database/sql"
)

// Account is the projection of an officer's account. Its secret is kept apart.
type Account struct{ Login, Name, Role, Office, Lang, State string }

// Credential is what an account is proved with: a password hash and its failures.
type Credential struct {
	Login     string
	Secret    string
	Failures  int
	FailedAt  int64 // microseconds
	ChangedAt int64
}

// PutAccount writes or updates an account.
func (tx *Tx) PutAccount(ctx context.Context, a Account) error {
	return tx.exec(ctx, "INSERT INTO account (login, name, role, office, lang, state) VALUES (?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (login) DO UPDATE SET name = excluded.name, role = excluded.role, office = excluded.office, "+
		"lang = excluded.lang, state = excluded.state", a.Login, a.Name, a.Role, a.Office, a.Lang, a.State)
}

// Account returns one account.
func (tx *Tx) Account(ctx context.Context, login string) (a Account, ok bool, err error) {
	err = tx.row(ctx, "SELECT login, name, role, office, lang, state FROM account WHERE login = ?", login).
		Scan(&a.Login, &a.Name, &a.Role, &a.Office, &a.Lang, &a.State)
	if none(err) {
		return a, false, nil
	}
	return a, err == nil, err
}

// Accounts lists all accounts by login.
func (tx *Tx) Accounts(ctx context.Context) (out []Account, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var a Account
		err := rs.Scan(&a.Login, &a.Name, &a.Role, &a.Office, &a.Lang, &a.State)
		out = append(out, a)
		return err
	}, "SELECT login, name, role, office, lang, state FROM account ORDER BY login")
	return out, err
}

// AnyAccount reports whether there is an account, open or closed.
func (tx *Tx) AnyAccount(ctx context.Context) (any bool, err error) {
	err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM account)").Scan(&any)
	return any, err
}

// PutCredential writes or replaces a secret and its failures.
func (tx *Tx) PutCredential(ctx context.Context, c Credential) error {
	return tx.exec(ctx, "INSERT INTO credential (login, secret, failures, failed_at, changed_at) VALUES (?, ?, ?, ?, ?) "+
		"ON CONFLICT (login) DO UPDATE SET secret = excluded.secret, failures = excluded.failures, "+
		"failed_at = excluded.failed_at, changed_at = excluded.changed_at", c.Login, c.Secret, c.Failures, c.FailedAt, c.ChangedAt)
}

// Credential returns the secret of an account.
func (tx *Tx) Credential(ctx context.Context, login string) (c Credential, ok bool, err error) {
	err = tx.row(ctx, "SELECT login, secret, failures, failed_at, changed_at FROM credential WHERE login = ?", login).
		Scan(&c.Login, &c.Secret, &c.Failures, &c.FailedAt, &c.ChangedAt)
	if none(err) {
		return c, false, nil
	}
	return c, err == nil, err
}
