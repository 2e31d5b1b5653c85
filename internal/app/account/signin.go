package account

import (
	"context"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/store"
)

// The steps of a sign-in that are kept for the officer. A half is a right password after
// which no second factor was shown yet; "in" follows upon one, "in_direct" does not.
const (
	stepPassword = "password" // wrong
	stepCode     = "code"     // wrong
	stepHalf     = "half"
	stepIn       = "in"
	stepInDirect = "in_direct"
)

// How long tries are kept, how many are looked through and shown, and for how long a
// browser is known.
const (
	signInLife  = 90 * 24 * time.Hour
	mostSignIns = 200
	shown       = 10
	browserLife = 180 * 24 * time.Hour
)

// SignIn is a sign-in, or a try at one, as the officer sees it. Step is its code in the
// catalogue, Reach how far away it was: "here" (this computer), "near" (a private network)
// or "far".
type SignIn struct {
	At                 time.Time
	Step, Agent, Reach string
	OK                 bool
}

// Lately is what happened at an account between the last two sign-ins. Last is zero at the
// first one.
type Lately struct {
	Last           time.Time
	Failures, Half int
}

func (a *Accounts) noteSignIn(ctx context.Context, tx *store.Tx, login, step string, ok bool, from Where) error {
	now := a.Now()
	return tx.NoteSignIn(ctx, store.SignIn{Login: login, At: now.UnixMicro(), Step: step, OK: ok, Agent: from.Agent, Reach: from.Reach},
		now.Add(-signInLife).UnixMicro())
}

// HalfIn notes that the first step of a sign-in was right and the second is yet to come.
func (a *Accounts) HalfIn(ctx context.Context, login string, from Where) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error { return a.noteSignIn(ctx, tx, login, stepHalf, true, from) })
}

// Entered notes that an officer has come in, makes the browser known, and returns what
// happened since the last time. half says that HalfIn came before.
func (a *Accounts) Entered(ctx context.Context, login string, half bool, from Where) (l Lately, err error) {
	step := stepInDirect
	if half {
		step = stepIn
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		past, err := tx.SignIns(ctx, login, mostSignIns)
		if err != nil {
			return err
		}
		l = lately(past, half)
		if err := a.noteSignIn(ctx, tx, login, step, true, from); err != nil || from.Browser == "" {
			return err
		}
		if err := tx.DropKnownBrowsersBefore(ctx, a.Now().Add(-browserLife).UnixMicro()); err != nil {
			return err
		}
		return tx.PutKnownBrowser(ctx, store.KnownBrowser{Browser: authn.HashToken(from.Browser), Login: login, Seen: a.Now().UnixMicro()})
	})
	return l, err
}

// KnowsBrowser reports whether an officer has signed in with the browser that keeps a token.
func (a *Accounts) KnowsBrowser(ctx context.Context, token string) (known bool, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		known, err = tx.KnowsBrowser(ctx, authn.HashToken(token))
		return err
	})
	return known, err
}

// lately counts what stands before the last time somebody came in, the newest first.
func lately(past []store.SignIn, half bool) (l Lately) {
	for _, s := range past {
		switch {
		case s.Step == stepIn || s.Step == stepInDirect:
			l.Last = node.Moment(s.At)
			return l
		case s.Step == stepHalf && half:
			half = false // that of this sign-in
		case s.Step == stepHalf:
			l.Half++
		case !s.OK:
			l.Failures++
		}
	}
	return l
}

// SignIns lists the last sign-ins of an officer's own account, and the tries at it, the
// newest first. A right password that led to a sign-in is told with it.
func (a *Accounts) SignIns(ctx context.Context, login string) (out []SignIn, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		past, err := tx.SignIns(ctx, login, mostSignIns)
		in := false
		for _, s := range past {
			switch {
			case len(out) == shown:
				return nil
			case s.Step == stepHalf && in:
				in = false
				continue
			case s.Step == stepIn:
				in = true
			}
			out = append(out, SignIn{At: node.Moment(s.At), Step: s.Step, Agent: s.Agent, Reach: s.Reach, OK: s.OK})
		}
		return err
	})
	return out, err
}

// UnlockUser forgets the failures that make somebody else's account wait, or keep it
// closed, and leaves everything else as it is.
func (a *Accounts) UnlockUser(ctx context.Context, actor authz.Actor, login string) error {
	return a.onUser(ctx, actor, login, func(tx *store.Tx, _ store.Account) error {
		cred, known, err := tx.Credential(ctx, login)
		if err != nil {
			return err
		}
		if known {
			cred.Failures, cred.FailedAt = 0, 0
			if err := tx.PutCredential(ctx, cred); err != nil {
				return err
			}
		}
		if err := tx.PutFactorTries(ctx, login, 0, 0); err != nil {
			return err
		}
		return a.noteUser(ctx, tx, actor, login, "unlock", change.Set{Field: "unlocked", Value: change.Text(a.Now().UTC().Format(time.RFC3339))})
	})
}

// waits reports whether failures make an account wait, or keep it closed.
func waits(ctx context.Context, tx *store.Tx, login string, cred store.Credential, now time.Time) (bool, error) {
	failures, last, err := tx.FactorTries(ctx, login)
	return mayTry(cred.Failures, cred.FailedAt, now) != nil || mayTry(failures, last, now) != nil, err
}
