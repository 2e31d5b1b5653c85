package exchange_test

import (
	"slices"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/courier"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// reasons are why the hub keeps changes apart, by their names.
func (w *world) reasons() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Contested(ctx, "", 99)
		for _, r := range rows {
			out[r.Change.String()] = r.Reason
		}
		return err
	}))
	return out
}

// TestTheHubLooksIntoSealedValues: what no key opens, what is not to be sealed, and what is sealed
// and breaks the rules is kept apart, without a word of what it says; anything else goes in.
func TestTheHubLooksIntoSealedValues(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	p := w.register(n, "ESMAD", "Rosa", "Quispe")
	w.edit(n, p, "safe_hours", "de noche") // makes the key
	w.level()
	seal := func(field, text string) (sealed string) {
		w.do(n.DB.View(ctx, func(tx *store.Tx) error {
			keys, err := n.SealKeys(ctx, tx, p)
			sealed = keys.First().Seal(field, text)
			return err
		}))
		return sealed
	}
	put := func(field, text string) string {
		return w.smuggle(n, "ESMAD", change.Change{Entity: change.Ref{Kind: change.Person, ID: p}, Action: "edit", Sets: []change.Set{
			{Field: field, Value: change.Text(text), Base: w.version(n, p, field)}}}).String()
	}
	good := put("gender_self", seal("gender_self", "mujer"))
	want := map[string]string{
		put("safe_channel", "s1:AAAA"):                                               exchange.ApartSealed,
		put("other_nationalities", seal("gender_self", "ES")):                        exchange.ApartSealed, // under another name
		put("motive", seal("motive", "work")):                                        exchange.ApartSealed,
		put("do_not_contact_before", seal("do_not_contact_before", "el secreto")):    exchange.ApartValue,
		put("needs_access", seal("needs_access", "nothing that stands in the list")): exchange.ApartValue,
	}
	w.level()
	got := w.reasons()
	for c, why := range want {
		if got[c] != why {
			t.Errorf("%s is kept apart for %q, not %q", c, got[c], why)
		}
		page, err := w.hub.Apart(ctx, operator("ESMAD"), c)
		if err != nil || page.MayLet || page.Refused == nil || len(fault.As(page.Refused).Args) != 1 {
			t.Errorf("it is shown as %+v, %v", page, err)
		}
	}
	if len(got) != len(want) || value(t, w.hub, p, "gender_self") == "none" {
		t.Errorf("%s: kept apart is %v", good, got)
	}
	w.sound()
}

// TestTheLastKeyIsGone: what an office sealed for somebody who was anonymised meanwhile cannot be
// opened by anybody, and is no fault of the office's.
func TestTheLastKeyIsGone(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	p := w.register(n, "ESMAD", "Rosa", "Quispe")
	w.edit(n, p, "safe_hours", "de noche")
	w.do(n.DB.Update(ctx, func(tx *store.Tx) error { return tx.DropSealedKeys(ctx, p) }))
	w.level()
	if got := w.reasons(); len(got) == 0 {
		t.Errorf("a value without a key went in: %v", got)
	}
	q := w.register(n, "ESMAD", "Ana", "Mamani")
	w.edit(n, q, "safe_hours", "de noche")
	w.level()
	for _, a := range []*app.App{w.hub, n} {
		w.do(a.DB.Update(ctx, func(tx *store.Tx) error { return tx.DropSealedKeys(ctx, q) }))
	}
	at := w.smuggle(n, "ESMAD", change.Change{Entity: change.Ref{Kind: change.Person, ID: q}, Action: "edit", Sets: []change.Set{
		{Field: "gender_self", Value: change.Text("s1:AAAA")}}})
	w.level()
	if got := w.reasons(); got[at.String()] != "" {
		t.Errorf("what was sealed under a key that was destroyed is kept apart: %v", got)
	}
}

// TestARoleThatAnOfficeMayNotGive: what a node says of accounts stays within what the head of its
// office may give; the rest is in force nowhere until somebody lets it in who could give it.
func TestARoleThatAnOfficeMayNotGive(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	invite := func(a *app.App, login string, role authz.Role) {
		_, err := a.InviteAccount(ctx, operator(""), account.NewAccount{Login: login, Name: login, Role: role, Office: "ESMAD", Lang: "es"})
		w.do(err)
	}
	invite(w.hub, "juan", authz.Auditor)
	w.level()
	invite(n, "eva", authz.Window)
	invite(n, "rey", authz.Admin)
	put := func(login, field, text string) string {
		ref := change.Ref{Kind: change.User, ID: login}
		var was change.Record
		w.do(n.DB.View(ctx, func(tx *store.Tx) error {
			past, err := tx.Changes(ctx, ref)
			was = change.Fold(past)
			return err
		}))
		return w.smuggle(n, "ESMAD", change.Change{Entity: ref, Action: "edit", Sets: []change.Set{{Field: field, Value: change.Text(text), Base: was.Version(field)}}}).String()
	}
	put("eva", "lang", "en")
	put("juan", "lang", "en")
	want := []string{put("eva", "role", string(authz.Statistician)), put("eva", "office", "ARBUE"), put("juan", "role", string(authz.Window)), put("juan", "state", "closed")}
	w.level()
	got := w.reasons()
	for _, c := range want {
		if got[c] != exchange.ApartRight {
			t.Errorf("%s is kept apart for %q", c, got[c])
		}
	}
	role := func(a *app.App, login string) (role, state, office string) {
		w.do(a.DB.View(ctx, func(tx *store.Tx) error {
			acc, _, err := tx.Account(ctx, login)
			role, state, office = acc.Role, acc.State, acc.Office
			return err
		}))
		return role, state, office
	}
	for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": n} {
		if r, s, o := role(a, "eva"); r != string(authz.Window) || s != "active" || o != "ESMAD" {
			t.Errorf("at %s eva is %s, %s, at %s", name, r, s, o)
		}
		if r, s, _ := role(a, "juan"); r != string(authz.Auditor) || s != "active" {
			t.Errorf("at %s juan is %s, %s", name, r, s)
		}
		if r, s, _ := role(a, "rey"); r == string(authz.Admin) && s == "active" {
			t.Errorf("at %s rey is %s, %s", name, r, s)
		}
	}
	var made string // the account of rey
	for c, why := range got {
		if why == exchange.ApartRight && !slices.Contains(want, c) {
			made = c
		}
	}
	if len(got) != len(want)+1 || made == "" {
		t.Fatalf("kept apart is %v", got)
	}
	if _, err := w.hub.LetIn(ctx, officer(authz.Head, "ESMAD"), made, "así lo pidió"); !fault.Is(err, "apart.not_yours") {
		t.Errorf("the head gave what he may not: %v", err)
	}
	_, err := w.hub.LetIn(ctx, operator(""), made, "lo pidió el ministerio")
	w.do(err)
	w.level()
	if r, _, _ := role(n, "rey"); r != string(authz.Admin) {
		t.Errorf("let in, rey is %q at the node", r)
	}
	w.sound()
}

// TestALaterProgram: what a later program or later lists say is kept as it came, and the list of
// nodes says that there is such a thing.
func TestALaterProgram(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	p := w.register(n, "ESMAD", "Rosa", "Quispe")
	w.level()
	later := func() int64 {
		peers, err := w.hub.Courier.Peers(ctx, operator(""))
		w.do(err)
		return peers[slices.IndexFunc(peers, func(p courier.Peer) bool { return p.Name == "ESMAD-1" })].Later
	}
	if later() != 0 {
		t.Fatalf("%d before there was any", later())
	}
	set := func(field, text string, alter func(*change.Change)) {
		w.smuggle(n, "ESMAD", change.Change{Entity: change.Ref{Kind: change.Person, ID: p}, Action: "edit", Sets: []change.Set{
			{Field: field, Value: change.Text(text), Base: w.version(n, p, field)}}}, alter)
	}
	set("sex", "Z", func(c *change.Change) { c.Codes = "9" })
	w.level()
	if later() != 1 || len(w.reasons()) != 0 || value(t, w.hub, p, "sex") != "Z" {
		t.Errorf("of later lists: %d are announced, %v are kept apart", later(), w.reasons())
	}
	set("a_later_field", "x", func(c *change.Change) { c.Schema = change.Schema + 1 })
	w.level()
	if later() != 2 || len(w.reasons()) != 0 {
		t.Errorf("of a later schema: %d are announced, %v are kept apart", later(), w.reasons())
	}
	drift, err := w.hub.VerifyProjections(ctx, node.Operator("test", ""), nil)
	if err != nil || len(drift) > 0 {
		t.Errorf("%+v %v", drift, err)
	}
}
