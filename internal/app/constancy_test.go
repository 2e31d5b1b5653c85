package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// offline is what a verifier carries: the lists as files.
func offline(t *testing.T, a *App) (*constancy.Ring, *constancy.Revocations) {
	t.Helper()
	file, _, public, err := a.ConstancyKeys(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ring, signer, err := constancy.OpenRing(file, public)
	if err != nil || signer != public {
		t.Fatal(signer, err)
	}
	file, n, err := a.RevokedConstancies(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	revoked, err := constancy.OpenRevocations(file, ring)
	if err != nil || len(revoked.Serials) != n {
		t.Fatal(n, err)
	}
	return ring, revoked
}

func TestConstancyFromIssueToRevocation(t *testing.T) {
	ctx := context.Background()
	a, c := openTest(t, Options{})
	r := registerJuan(t, a)
	window := officer(authz.Window, "ESMAD")
	issued, err := a.IssueConstancy(ctx, window, r.Person, registry.CertCard, "")
	if err != nil {
		t.Fatal(err)
	}
	if s := issued.Statement; s.Number != r.Number || s.Document != "dni 410" || s.Natural() != "Juan Carlos Quispe Mamani" || s.Until.String() != "2028-11-22" {
		t.Errorf("%+v", s)
	}
	ring, revoked := offline(t, a)
	if got := constancy.Verify(issued.Text, ring, revoked, a.Today()); got.Verdict != constancy.Valid || got.Stale || *got.Statement != issued.Statement {
		t.Errorf("offline: %+v", got)
	}
	if got, err := a.VerifyConstancy(ctx, issued.Text, a.Today()); err != nil || got.Verdict != constancy.Valid || got.Stale {
		t.Errorf("in the register: %+v %v", got, err)
	}
	again, err := a.Constancy(ctx, window, r.Person, issued.Statement.Serial)
	if err != nil || again.Text != issued.Text || again.Statement != issued.Statement {
		t.Errorf("printed again: %+v %v", again, err)
	}
	page, err := a.Person(ctx, window, r.Person, c.now())
	if err != nil || page.Changes[len(page.Changes)-1].Action != "certify" || len(registry.Certificates(&page.Person)) != 1 {
		t.Errorf("the page: %v %v", page.Changes[len(page.Changes)-1], err)
	}
	serial := strings.ToLower(strings.ReplaceAll(issued.Statement.Serial, "-", " "))
	if _, err := a.RevokeConstancy(ctx, officer(authz.Window, "USPAT"), serial, "lost", ""); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("another office revoked it: %v", err)
	}
	if who, err := a.RevokeConstancy(ctx, window, serial, "lost", ""); err != nil || who != r.Person {
		t.Errorf("%s %v", who, err)
	}
	if _, err := a.RevokeConstancy(ctx, window, serial, "lost", ""); !fault.Is(err, "registry.cert_revoked") {
		t.Errorf("revoked twice: %v", err)
	}
	ring, revoked = offline(t, a)
	if got := constancy.Verify(issued.Text, ring, revoked, a.Today()); got.Verdict != constancy.Revoked {
		t.Errorf("offline after the revocation: %+v", got)
	}
	if got, err := a.VerifyConstancy(ctx, issued.Text, a.Today()); err != nil || got.Verdict != constancy.Revoked || got.RevokedOn != a.Today() {
		t.Errorf("in the register after the revocation: %+v %v", got, err)
	}
	c.t = c.t.AddDate(3, 0, 0)
	if _, n, _ := a.RevokedConstancies(ctx); n != 0 {
		t.Error("a card that has expired is still in the list")
	}
	drift, err := a.VerifyProjections(ctx, node.Operator("x", ""), nil)
	if err != nil || len(drift) != 0 {
		t.Errorf("%v %v", drift, err)
	}
}

func TestWhoMayIssue(t *testing.T) {
	ctx := context.Background()
	a, _ := openTest(t, Options{})
	r := registerJuan(t, a)
	for _, who := range []Actor{officer(authz.Head, "USPAT"), officer(authz.Statistician, "ESMAD"), officer(authz.Auditor, "ESMAD")} {
		if _, err := a.IssueConstancy(ctx, who, r.Person, registry.CertRegistration, ""); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s at %s: %v", who.Role, who.Office, err)
		}
	}
	issued, err := a.IssueConstancy(ctx, officer(authz.Window, "ESMAD"), r.Person, registry.CertRegistration, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Constancy(ctx, officer(authz.Window, "USPAT"), r.Person, issued.Statement.Serial); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("another office printed it: %v", err)
	}
	page, err := a.Person(ctx, officer(authz.Window, "USPAT"), r.Person, a.Now())
	if err != nil || len(registry.Certificates(&page.Person)) != 0 {
		t.Errorf("another office's window sees it: %v", err)
	}
	for _, serial := range []string{"", "7QK3-WZ0A-9TMP", "no"} {
		if _, err := a.RevokeConstancy(ctx, officer(authz.Head, "ESMAD"), serial, "lost", ""); !fault.Is(err, "registry.cert_unknown") {
			t.Errorf("%q: %v", serial, err)
		}
	}
	if _, err := a.AddConstancyKeys(ctx, officer(authz.Window, "ESMAD"), nil); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a clerk added keys: %v", err)
	}
}

// What could be issued is what is issued; what lacks something says the same when it is
// tried.
func TestOffers(t *testing.T) {
	ctx := context.Background()
	a, _ := openTest(t, Options{})
	r := registerJuan(t, a)
	window := officer(authz.Window, "ESMAD")
	if _, err := a.ConstancyOffers(ctx, officer(authz.Head, "USPAT"), r.Person); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("another office: %v", err)
	}
	offers, err := a.ConstancyOffers(ctx, window, r.Person)
	if err != nil || len(offers) != len(constancy.Kinds) {
		t.Fatal(offers, err)
	}
	for _, o := range offers {
		got, err := a.IssueConstancy(ctx, window, r.Person, o.Kind, "")
		if (err == nil) != (o.Lacks == nil) || err != nil && fault.As(err).Key != fault.As(o.Lacks).Key {
			t.Errorf("%s: %v when it is tried, %v before", o.Kind, err, o.Lacks)
		}
		got.Statement.Serial, got.Statement.Key = "", 0
		if err == nil && got.Statement != o.Statement {
			t.Errorf("%s says %+v, was to say %+v", o.Kind, got.Statement, o.Statement)
		}
	}
}

func TestKeysOfOtherNodes(t *testing.T) {
	ctx := context.Background()
	a, _ := openTest(t, Options{Node: "AAAA"})
	b, _ := openTest(t, Options{Node: "BBBB"})
	r := registerJuan(t, b)
	issued, err := b.IssueConstancy(ctx, officer(authz.Window, "ESMAD"), r.Person, registry.CertRegistration, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.VerifyConstancy(ctx, issued.Text, a.Today()); err != nil || got.Verdict != constancy.UnknownKey {
		t.Errorf("%+v %v", got, err)
	}
	file, _, public, err := b.ConstancyKeys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 0} {
		if n, err := a.AddConstancyKeys(ctx, node.Operator("x", ""), file, public); err != nil || n != want {
			t.Errorf("%d: %d %v", i, n, err)
		}
	}
	if got, err := a.VerifyConstancy(ctx, issued.Text, a.Today()); err != nil || got.Verdict != constancy.Valid || !got.Stale {
		t.Errorf("%+v %v", got, err)
	}
	if ring, _ := offline(t, a); len(ring.Keys()) != 2 {
		t.Errorf("%v", ring.Keys())
	}
}

// A key file that is put away makes place for a new one; what the old one signed stays
// genuine, and it signs nothing after the day.
func TestKeyIsReplaced(t *testing.T) {
	ctx := context.Background()
	a, c := openTest(t, Options{})
	r := registerJuan(t, a)
	window := officer(authz.Window, "ESMAD")
	old, err := a.IssueConstancy(ctx, window, r.Person, registry.CertRegistration, "")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.Dir(), "keys", "constancy.key")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.AddDate(0, 0, 10)
	fresh, err := a.IssueConstancy(ctx, window, r.Person, registry.CertRegistration, "")
	if err != nil {
		t.Fatal(err)
	}
	ring, revoked := offline(t, a)
	for _, text := range []string{old.Text, fresh.Text} {
		if got := constancy.Verify(text, ring, revoked, a.Today()); got.Verdict != constancy.Valid {
			t.Errorf("%+v", got)
		}
	}
	keys := ring.Keys()
	if len(keys) != 2 || keys[0].Until.Known() == keys[1].Until.Known() || old.Statement.Key == fresh.Statement.Key {
		t.Errorf("%+v", keys)
	}
	old32, fresh32 := fmt.Sprintf("%08X", old.Statement.Key), fmt.Sprintf("%08x", fresh.Statement.Key)
	for key, want := range map[string]string{fresh32: "constancy.key_in_use", "00000000": "constancy.key_unknown", "": "constancy.key_unknown"} {
		if err := a.RemoveConstancyKey(ctx, node.Operator("x", ""), key); !fault.Is(err, want) {
			t.Errorf("removing %q: %v", key, err)
		}
	}
	if err := a.RemoveConstancyKey(ctx, window, old32); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a clerk removed a key: %v", err)
	}
	if err := a.RemoveConstancyKey(ctx, node.Operator("x", ""), old32); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]constancy.Verdict{old.Text: constancy.UnknownKey, fresh.Text: constancy.Valid} {
		if got, err := a.VerifyConstancy(ctx, text, a.Today()); err != nil || got.Verdict != want {
			t.Errorf("after the removal: %+v, %v, want %s", got, err, want)
		}
	}
}
