package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/store"
)

// The kinds of second factor. A draft is a secret whose owner has not yet shown a code of
// it; a recovery code is paper for the day when the rest is lost.
const (
	kindTOTP     = "totp"
	kindDraft    = "totp_draft"
	kindPasskey  = "passkey"
	kindRecovery = "recovery"
)

// Factor is a second factor as its owner sees it; Kind is "totp" or "passkey".
type Factor struct {
	ID, Kind, Name string
	Created, Used  time.Time
}

// Factors are the second factors of an account. Without one nobody comes in.
type Factors struct {
	List     []Factor
	Recovery int // codes that were not used
}

// Enrolled reports whether the account has a second factor.
func (f Factors) Enrolled() bool { return len(f.List) > 0 }

// Has reports whether one of them is of a kind.
func (f Factors) Has(kind string) bool {
	return slices.ContainsFunc(f.List, func(x Factor) bool { return x.Kind == kind })
}

// FactorsOf returns an account's second factors; whoever asks has shown its password.
func (a *Accounts) FactorsOf(ctx context.Context, login string) (f Factors, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		f, err = factorsOf(ctx, tx, login)
		return err
	})
	return f, err
}

func factorsOf(ctx context.Context, tx *store.Tx, login string) (f Factors, err error) {
	all, err := tx.Factors(ctx, login)
	for _, x := range all {
		switch x.Kind {
		case kindRecovery:
			f.Recovery++
		case kindTOTP, kindPasskey:
			f.List = append(f.List, Factor{ID: x.ID, Kind: x.Kind, Name: x.Name, Created: node.Moment(x.Created), Used: node.Moment(x.Used)})
		}
	}
	return f, err
}

// DraftTOTP returns a secret for an authenticator app, the same until a code of it was
// shown. It stays sealed under the node's master.
func (a *Accounts) DraftTOTP(ctx context.Context, login string) (secret string, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		all, err := tx.Factors(ctx, login)
		if err != nil {
			return err
		}
		for _, f := range all {
			if f.Kind == kindDraft {
				secret, err = a.openSecret(f)
				return err
			}
		}
		secret = authn.NewTOTPSecret()
		f := store.Factor{ID: string(a.NewID()), Login: login, Kind: kindDraft, Created: a.Now().UnixMicro()}
		key, wrapped := a.Master.NewDataKey("account/"+login, f.ID)
		f.Data = wrapped + " " + key.Seal(kindTOTP, secret)
		return tx.PutFactor(ctx, f)
	})
	return secret, err
}

func (a *Accounts) openSecret(f store.Factor) (string, error) {
	wrapped, sealed, _ := strings.Cut(f.Data, " ")
	key, err := a.Master.OpenDataKey("account/"+f.Login, f.ID, wrapped)
	if err != nil {
		return "", err
	}
	return key.Open(kindTOTP, sealed)
}

// ConfirmTOTP makes the draft a second factor when the code is right. For the first factor
// of an account it returns recovery codes, which nobody can read again. Here and below the
// sessions end but the one whose hashed token is except: one of them may be why the factors
// change.
func (a *Accounts) ConfirmTOTP(ctx context.Context, login, label, code, except string) (recovery []string, err error) {
	first, err := a.firstRecovery(ctx, login, func(all []store.Factor) (bool, error) {
		at := slices.IndexFunc(all, func(f store.Factor) bool { return f.Kind == kindDraft })
		if at < 0 {
			return false, nil
		}
		return a.checkTOTP(&all[at], code)
	})
	if err != nil {
		return nil, err
	}
	err = a.trying(ctx, login, func(tx *store.Tx, all []store.Factor) (bool, error) {
		at := slices.IndexFunc(all, func(f store.Factor) bool { return f.Kind == kindDraft })
		if at < 0 {
			return false, fault.New(fault.Conflict, "app.code_none")
		}
		f := all[at]
		right, err := a.checkTOTP(&f, code)
		if err != nil || !right {
			return false, err
		}
		f.Kind, f.Name = kindTOTP, label
		recovery, err = a.addFactor(ctx, tx, f, all, first, except)
		return true, err
	})
	return recovery, err
}

// AddPasskey keeps a passkey that authn.Passkeys has registered, as a second factor.
func (a *Accounts) AddPasskey(ctx context.Context, login, label, key, except string) (recovery []string, err error) {
	first, err := a.firstRecovery(ctx, login, func([]store.Factor) (bool, error) { return true, nil })
	if err != nil {
		return nil, err
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		all, err := tx.Factors(ctx, login)
		if err != nil {
			return err
		}
		f := store.Factor{ID: string(a.NewID()), Login: login, Kind: kindPasskey, Name: label, Data: key, Created: a.Now().UnixMicro()}
		recovery, err = a.addFactor(ctx, tx, f, all, first, except)
		return err
	})
	return recovery, err
}

// addFactor keeps a factor, and with the first of an account recovery codes.
func (a *Accounts) addFactor(ctx context.Context, tx *store.Tx, f store.Factor, all []store.Factor, first recovery, except string) ([]string, error) {
	f.Name = name.Clean(f.Name)
	if r := []rune(f.Name); len(r) > 60 {
		f.Name = string(r[:60])
	}
	if err := tx.PutFactor(ctx, f); err != nil {
		return nil, err
	}
	if err := a.noteFactor(ctx, tx, f.Login, "factor_add", f.ID, change.Group("kind", f.Kind, "name", f.Name)); err != nil {
		return nil, err
	}
	if err := tx.DropSessionsOf(ctx, f.Login, except); err != nil || has(all) {
		return nil, err
	}
	return first.orNew().put(ctx, tx, a, f.Login)
}

// noteFactor writes that a factor came or went, never what it is, into the account's history.
func (a *Accounts) noteFactor(ctx context.Context, tx *store.Tx, login, action, factor string, v change.Value) error {
	acc, _, err := tx.Account(ctx, login)
	if err != nil {
		return err
	}
	return a.noteUser(ctx, tx, actorOf(acc), login, action, change.Set{Field: "factor/" + factor, Value: v})
}

// DropFactor takes one of an officer's second factors away, but never the last.
func (a *Accounts) DropFactor(ctx context.Context, login, factor, except string) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		f, err := factorsOf(ctx, tx, login)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(f.List, func(x Factor) bool { return x.ID == factor }) {
			return node.NotFound(nil, "factor", factor)
		}
		if len(f.List) == 1 {
			return fault.New(fault.Conflict, "app.factor_last")
		}
		if err := tx.DropFactor(ctx, login, factor); err != nil {
			return err
		}
		if err := tx.DropSessionsOf(ctx, login, except); err != nil {
			return err
		}
		return a.noteFactor(ctx, tx, login, "factor_drop", factor, change.Value{})
	})
}

// SecondFactor checks a code of an authenticator app, or a recovery code, of an officer
// whose password was right. Each code works once.
func (a *Accounts) SecondFactor(ctx context.Context, login, code string, from Where) (actor authz.Actor, err error) {
	err = a.trying(ctx, login, func(tx *store.Tx, all []store.Factor) (bool, error) {
		plain := authn.CleanCode(code)
		for _, f := range all {
			right, err := false, error(nil)
			switch {
			case f.Kind == kindTOTP:
				right, err = a.checkTOTP(&f, code)
			case f.Kind == kindRecovery && len(plain) == 4*authn.RecoveryGroups && f.Name == plain[:4]:
				right, _, err = authn.Verify(plain[4:], f.Data)
			}
			if err != nil {
				return false, err
			}
			if right {
				return true, a.useFactor(ctx, tx, f)
			}
		}
		return false, nil
	})
	if err != nil {
		return authz.Actor{}, a.wrongSecond(ctx, login, err, from)
	}
	return a.mustOfficer(ctx, login)
}

// wrongSecond notes a wrong second factor for the officer to see.
func (a *Accounts) wrongSecond(ctx context.Context, login string, err error, from Where) error {
	if fault.KindOf(err) != fault.Forbidden || fault.Is(err, "app.login_locked") {
		return err
	}
	noted := a.DB.Update(ctx, func(tx *store.Tx) error { return a.noteSignIn(ctx, tx, login, stepCode, false, from) })
	if noted != nil {
		return noted
	}
	return err
}

func (a *Accounts) mustOfficer(ctx context.Context, login string) (authz.Actor, error) {
	actor, ok, err := a.Officer(ctx, login)
	if err == nil && !ok {
		err = fault.New(fault.Forbidden, "app.login_wrong")
	}
	return actor, err
}

func (a *Accounts) checkTOTP(f *store.Factor, code string) (bool, error) {
	secret, err := a.openSecret(*f)
	if err != nil {
		return false, err
	}
	step, right, err := authn.VerifyTOTP(secret, code, a.Now(), f.Seq)
	if right {
		f.Seq = step
	}
	return right, err
}

func (a *Accounts) useFactor(ctx context.Context, tx *store.Tx, f store.Factor) error {
	if f.Kind != kindRecovery {
		f.Used = a.Now().UnixMicro()
		return tx.PutFactor(ctx, f)
	}
	if err := tx.DropFactor(ctx, f.Login, f.ID); err != nil {
		return err
	}
	return a.noteFactor(ctx, tx, f.Login, "recovery_used", kindRecovery, change.Text(f.ID))
}

// PasskeyHolder is what authn.Passkeys needs to know of an account.
func (a *Accounts) PasskeyHolder(ctx context.Context, login string) (h authn.Holder, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		h, _, err = passkeysOf(ctx, tx, login)
		return err
	})
	return h, err
}

func passkeysOf(ctx context.Context, tx *store.Tx, login string) (h authn.Holder, keys []store.Factor, err error) {
	acc, _, err := tx.Account(ctx, login)
	if err != nil {
		return h, nil, err
	}
	h.Login, h.Name = login, acc.Name
	all, err := tx.Factors(ctx, login)
	for _, f := range all {
		if f.Kind == kindPasskey {
			h.Keys, keys = append(h.Keys, f.Data), append(keys, f)
		}
	}
	return h, keys, err
}

// PasskeyFactor checks the answer of a browser to what Passkeys.Ask had asked.
func (a *Accounts) PasskeyFactor(ctx context.Context, p *authn.Passkeys, login, state, answer string, from Where) (actor authz.Actor, err error) {
	var refused error
	err = a.trying(ctx, login, func(tx *store.Tx, _ []store.Factor) (bool, error) {
		h, keys, err := passkeysOf(ctx, tx, login)
		if err != nil {
			return false, err
		}
		at, key, err := p.Check(h, state, answer)
		if fault.KindOf(err) == fault.Forbidden {
			refused = err
			return false, nil
		}
		if err != nil {
			return false, err
		}
		keys[at].Data = key
		return true, a.useFactor(ctx, tx, keys[at])
	})
	if refused != nil && fault.Is(err, "app.code_wrong") {
		err = refused
	}
	if err != nil {
		return authz.Actor{}, a.wrongSecond(ctx, login, err, from)
	}
	return a.mustOfficer(ctx, login)
}

// trying is the frame of every check of a second factor: it waits after failures, counts a
// wrong try and forgets them after a right one, all in one transaction.
func (a *Accounts) trying(ctx context.Context, login string, check func(*store.Tx, []store.Factor) (bool, error)) error {
	right := false
	err := a.DB.Update(ctx, func(tx *store.Tx) error {
		failures, last, err := tx.FactorTries(ctx, login)
		if err != nil {
			return err
		}
		if err := mayTry(failures, last, a.Now()); err != nil {
			return err
		}
		all, err := tx.Factors(ctx, login)
		if err != nil {
			return err
		}
		if right, err = check(tx, all); err != nil {
			return err
		}
		if !right {
			return tx.PutFactorTries(ctx, login, failures+1, a.Now().UnixMicro())
		}
		return tx.PutFactorTries(ctx, login, 0, 0)
	})
	if err == nil && !right {
		err = fault.New(fault.Forbidden, "app.code_wrong").On("code")
	}
	return err
}

// SetUp sets the password of an account with its set-up code, which then is used up, and
// returns whose it is.
func (a *Accounts) SetUp(ctx context.Context, code, password string) (actor authz.Actor, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		c, ok, err := tx.SetupCodeByHash(ctx, authn.HashToken(authn.CleanCode(code)))
		if err != nil {
			return err
		}
		acc, known, err := tx.Account(ctx, c.Login)
		if err != nil {
			return err
		}
		if !ok || !known || acc.State != active || a.Now().UnixMicro() >= c.Expires {
			return fault.New(fault.Forbidden, "app.setup_wrong").On("code")
		}
		if err := authn.CheckPassword(password, acc.Login, acc.Name); err != nil {
			return err
		}
		actor = actorOf(acc)
		if err := a.setPassword(ctx, tx, actor, password); err != nil {
			return err
		}
		return tx.DropSetupCode(ctx, acc.Login)
	})
	return actor, err
}

func (a *Accounts) setPassword(ctx context.Context, tx *store.Tx, actor authz.Actor, password string) error {
	at := a.Now()
	if err := tx.PutCredential(ctx, store.Credential{Login: actor.Login, Secret: authn.Hash(password), ChangedAt: at.UnixMicro()}); err != nil {
		return err
	}
	return a.noteUser(ctx, tx, actor, actor.Login, "password", change.Set{Field: "password_set", Value: change.Text(at.UTC().Format(time.RFC3339))})
}

// ChangePassword changes an officer's own password and ends the sessions but the one whose
// hashed token is except.
func (a *Accounts) ChangePassword(ctx context.Context, actor authz.Actor, old, password, except string, from Where) error {
	if _, err := a.LogIn(ctx, actor.Login, old, from); err != nil {
		if fault.Is(err, "app.login_wrong") {
			err = fault.New(fault.Forbidden, "app.password_wrong").On("old")
		}
		return err
	}
	if old == password {
		return fault.New(fault.Invalid, "app.password_same").On("password")
	}
	if err := authn.CheckPassword(password, actor.Login, actor.Name); err != nil {
		return err
	}
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := a.setPassword(ctx, tx, actor, password); err != nil {
			return err
		}
		return tx.DropSessionsOf(ctx, actor.Login, except)
	})
}
