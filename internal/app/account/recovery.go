package account

import (
	"context"
	"slices"
	"time"

	"quipu/internal/authn"
	"quipu/internal/change"
	"quipu/internal/store"
)

// recovery are new recovery codes with what is kept of them. They are made outside of a
// transaction: ten hashes take a quarter of a second, in which nobody could write.
type recovery struct {
	codes []string
	kept  []store.Factor
}

// newRecovery makes codes. The first group of a code finds it, so that one hash is compared
// and not ten; the rest is kept as a password is.
func newRecovery() (r recovery) {
	taken := map[string]bool{}
	for len(r.codes) < authn.RecoveryCodes {
		code := authn.NewCode(authn.RecoveryGroups)
		plain := authn.CleanCode(code)
		if taken[plain[:4]] {
			continue
		}
		taken[plain[:4]] = true
		r.codes = append(r.codes, code)
		r.kept = append(r.kept, store.Factor{Kind: kindRecovery, Name: plain[:4], Data: authn.Hash(plain[4:])})
	}
	return r
}

// orNew is r, or new codes when there are none: the account has lost its factors since
// somebody looked.
func (r recovery) orNew() recovery {
	if r.codes == nil {
		return newRecovery()
	}
	return r
}

// put keeps the codes in place of earlier ones and returns them.
func (r recovery) put(ctx context.Context, tx *store.Tx, a *Accounts, login string) ([]string, error) {
	if err := tx.DropFactors(ctx, login, kindRecovery); err != nil {
		return nil, err
	}
	for _, f := range r.kept {
		f.ID, f.Login, f.Created = string(a.NewID()), login, a.Now().UnixMicro()
		if err := tx.PutFactor(ctx, f); err != nil {
			return nil, err
		}
	}
	return r.codes, nil
}

// firstRecovery makes codes for an account that has no second factor, when what was shown
// is right: nobody shall make the node work who could not get them.
func (a *Accounts) firstRecovery(ctx context.Context, login string, right func([]store.Factor) (bool, error)) (r recovery, err error) {
	due := false
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Factors(ctx, login)
		if err != nil || has(all) {
			return err
		}
		due, err = right(all)
		return err
	})
	if err == nil && due {
		r = newRecovery()
	}
	return r, err
}

// has reports whether one of the factors opens the door every day.
func has(all []store.Factor) bool {
	return slices.ContainsFunc(all, func(x store.Factor) bool { return x.Kind == kindTOTP || x.Kind == kindPasskey })
}

// NewRecovery gives an officer new recovery codes; the earlier ones open nothing any more.
func (a *Accounts) NewRecovery(ctx context.Context, login, except string) (codes []string, err error) {
	r := newRecovery()
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if codes, err = r.put(ctx, tx, a, login); err != nil {
			return err
		}
		if err := tx.DropSessionsOf(ctx, login, except); err != nil {
			return err
		}
		return a.noteFactor(ctx, tx, login, "recovery_new", kindRecovery, change.Text(a.Now().UTC().Format(time.RFC3339)))
	})
	return codes, err
}
