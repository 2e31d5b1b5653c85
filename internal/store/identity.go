package store

import "context"

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
		i.Login, i.Claim, i.Issuer, i.Subject, flag(i.Alone), i.Linked)
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

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
