package account_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
)

const phrase = "siete nudos azules y largos"

// bureau is a register with accounts, and a clock of its own.
type bureau struct {
	*account.Accounts
	t   *testing.T
	now time.Time
}

func newBureau(t *testing.T, logins ...string) *bureau {
	t.Helper()
	b := &bureau{t: t, now: time.Now().Truncate(time.Second)}
	n, err := node.Open(t.Context(), t.TempDir(), node.Options{Create: true, Node: "TEST", Now: func() time.Time { return b.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	b.Accounts = account.New(n)
	for _, login := range logins {
		acc := account.NewAccount{Login: login, Name: "Persona " + login, Office: "ESMAD", Role: authz.Window, Lang: "es", Password: phrase}
		if err := b.CreateAccount(t.Context(), operator, acc); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

var operator = node.Operator("test", "ESMAD")

// try tries a password and returns how it was answered.
func (b *bureau) try(login, password string, from account.Where) string {
	b.t.Helper()
	_, err := b.LogIn(b.t.Context(), login, password, from)
	if err == nil {
		return "in"
	}
	return fault.As(err).Key
}

// worn makes it the last try before the account closes: a hundred hashes take long.
func (b *bureau) worn(login string, from account.Where) {
	b.t.Helper()
	err := b.DB.Update(b.t.Context(), func(tx *store.Tx) error {
		if k, ok, err := tx.KnownBrowser(b.t.Context(), authn.HashToken(from.Browser), login); err != nil || ok {
			k.Failures = authn.HardLimit - 1
			return errors.Join(err, tx.PutKnownBrowser(b.t.Context(), k))
		}
		c, _, err := tx.Credential(b.t.Context(), login)
		c.Failures = authn.HardLimit - 1
		return errors.Join(err, tx.PutCredential(b.t.Context(), c))
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.now = b.now.Add(authn.MaxWait)
	if got := b.try(login, "no es esta frase", from); got != wrong {
		b.t.Fatalf("the last guess gets %s", got)
	}
	b.now = b.now.Add(authn.MaxWait)
}

func (b *bureau) enter(login string, from account.Where) account.Lately {
	b.t.Helper()
	l, err := b.Entered(b.t.Context(), login, false, from)
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

const (
	wrong   = "app.login_wrong"
	waiting = "app.login_wait"
	locked  = "app.login_locked"
)

// TestGuessingKeepsNobodyOut locks every account from elsewhere, as cheaply as one can, and
// sees that officers come in at their computers and that somebody can let them in at others.
func TestGuessingKeepsNobodyOut(t *testing.T) {
	logins := []string{"rosa", "ana"}
	b := newBureau(t, logins...)
	for _, login := range logins {
		b.enter(login, account.Where{Browser: "of " + login})
		b.worn(login, account.Where{})
	}
	for i, login := range logins {
		for what, c := range map[string]struct {
			from account.Where
			want string
		}{
			"elsewhere":                     {account.Where{}, locked},
			"with a token that was made up": {account.Where{Browser: "invented"}, locked},
			"with the token of another":     {account.Where{Browser: "of " + logins[1-i]}, locked},
		} {
			if got := b.try(login, phrase, c.from); got != c.want {
				t.Errorf("%s, %s: %s", login, what, got)
			}
		}
		if got := b.try(login, phrase, account.Where{Browser: "of " + login}); got != "in" {
			t.Errorf("%s does not come in at the own computer: %s", login, got)
		}
	}
}

func TestUnlock(t *testing.T) {
	b := newBureau(t, "rosa")
	b.worn("rosa", account.Where{})
	u, _, err := b.User(t.Context(), operator, "rosa")
	if err != nil || !u.Locked || b.try("rosa", phrase, account.Where{}) != locked {
		t.Fatalf("the account is %+v, %v", u, err)
	}
	window := authz.Actor{Login: "ana", Role: authz.Supervisor, Office: "ESMAD", Purpose: "registry"}
	if err := b.UnlockUser(t.Context(), window, "rosa"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a supervisor unlocks: %v", err)
	}
	if err := b.UnlockUser(t.Context(), operator, "rosa"); err != nil {
		t.Fatal(err)
	}
	u, past, err := b.User(t.Context(), operator, "rosa")
	if err != nil || u.Locked || past[len(past)-1].Action != "unlock" || past[len(past)-1].Author != operator.Login {
		t.Errorf("unlocked it is %+v, %v", u, err)
	}
	if got := b.try("rosa", phrase, account.Where{}); got != "in" {
		t.Errorf("after that %s", got)
	}
}

// TestOwnBrowserWaitsForItself: who knows the browser has no endless tries either, and
// takes none from others.
func TestOwnBrowserWaitsForItself(t *testing.T) {
	b := newBureau(t, "rosa")
	own := account.Where{Browser: "of rosa"}
	b.enter("rosa", own)
	for i := range authn.FreeFailures + 1 {
		if got := b.try("rosa", "no es esta frase", own); got != wrong {
			t.Fatalf("try %d gets %s", i, got)
		}
	}
	if got := b.try("rosa", phrase, own); got != waiting {
		t.Errorf("then %s", got)
	}
	if got := b.try("rosa", phrase, account.Where{}); got != "in" {
		t.Errorf("elsewhere %s", got)
	}
	b.worn("rosa", own)
	if got := b.try("rosa", phrase, own); got != "in" { // as anybody, for the account itself is not closed
		t.Errorf("after a hundred %s", got)
	}
}

// TestNobodyWaitsAsOthersDo: the answers tell nothing of which accounts there are.
func TestNobodyWaitsAsOthersDo(t *testing.T) {
	b := newBureau(t, "rosa")
	answers := map[string][]string{}
	for range 8 {
		for _, login := range []string{"rosa", "nadie"} {
			answers[login] = append(answers[login], b.try(login, "no es esta frase", account.Where{}))
		}
		b.now = b.now.Add(10 * time.Second)
	}
	if diff := cmp.Diff(answers["rosa"], answers["nadie"]); diff != "" {
		t.Error(diff)
	}
	if fmt.Sprint(answers["rosa"]) == fmt.Sprint(make([]string, 8)) || answers["rosa"][5] != waiting {
		t.Errorf("the answers are %v", answers["rosa"])
	}
}

func TestSignInsAreToldToTheOfficer(t *testing.T) {
	b := newBureau(t, "rosa", "ana")
	here, far := account.Where{Agent: "Firefox · Linux", Reach: "here"}, account.Where{Agent: "Chrome", Reach: "far"}
	if l := b.enter("rosa", here); l != (account.Lately{}) {
		t.Errorf("before the first time there was %+v", l)
	}
	first := b.now
	for range 3 {
		b.now = b.now.Add(time.Minute)
		b.try("rosa", "no es esta frase", far)
	}
	b.try("ana", "no es esta frase", far)
	for range 2 { // somebody knows the password, and then the officer comes
		if err := b.HalfIn(t.Context(), "rosa", far); err != nil {
			t.Fatal(err)
		}
	}
	b.now = b.now.Add(time.Minute)
	l, err := b.Entered(t.Context(), "rosa", true, here)
	if diff := cmp.Diff(account.Lately{Last: first.UTC(), Failures: 3, Half: 1}, account.Lately{Last: l.Last.UTC(), Failures: l.Failures, Half: l.Half}); diff != "" || err != nil {
		t.Error(diff, err)
	}
	var got []string
	all, err := b.SignIns(t.Context(), "rosa")
	for _, s := range all {
		got = append(got, fmt.Sprint(s.Step, " ", s.OK, " ", s.Agent, " ", s.Reach))
	}
	want := []string{"in true Firefox · Linux here", "half true Chrome far", "password false Chrome far", "password false Chrome far", "password false Chrome far", "in_direct true Firefox · Linux here"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	b.now = b.now.Add(91 * 24 * time.Hour)
	b.enter("rosa", here)
	if all, err := b.SignIns(t.Context(), "rosa"); err != nil || len(all) != 1 {
		t.Errorf("after three months %d are kept, %v", len(all), err)
	}
}
