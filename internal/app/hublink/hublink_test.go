package hublink_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/conflict"
	"quipu/internal/app/courier"
	"quipu/internal/app/hublink"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/sync/synchttp"
)

var (
	ctx  = context.Background()
	rosa = authz.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	lima = node.Operator("lima", "ESMAD")
)

// world is a hub and a node of Madrid, on loopback.
type world struct {
	t    *testing.T
	hub  *app.App
	post *app.App
	link *courier.Link
	srv  *httptest.Server
}

func meet(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	w.hub, err = app.Open(ctx, filepath.Join(t.TempDir(), "hub"), app.Options{Create: true, Node: "LIMA"})
	must(err)
	t.Cleanup(func() { w.hub.Close() })
	must(w.hub.BecomeHub(ctx, lima))
	for _, acc := range []account.NewAccount{{Login: "rosa", Name: "Rosa", Office: "ESMAD", Role: authz.Window, Lang: "es", Password: account.DemoPassword},
		{Login: "luis", Name: "Luis", Office: "USPAT", Role: authz.Window, Lang: "es", Password: account.DemoPassword}} {
		must(w.hub.CreateAccount(ctx, lima, acc))
	}
	w.srv = httptest.NewServer(synchttp.NewServer(t.Context(), w.hub.Courier, slog.New(slog.DiscardHandler), time.Now).Handler())
	t.Cleanup(func() { w.srv.Close() })
	code, err := w.hub.Courier.MakeCode(ctx, lima, courier.Ask{Office: "ESMAD"})
	must(err)
	dir := filepath.Join(t.TempDir(), "post")
	_, err = courier.Join(ctx, courier.Joining{Dir: dir, Hubs: []string{w.srv.URL}, Code: code.Text, Program: "test"})
	must(err)
	w.post, err = app.Open(ctx, dir, app.Options{})
	must(err)
	t.Cleanup(func() { w.post.Close() })
	w.link, err = w.post.Courier.Link(ctx, "test", nil)
	must(err)
	return w
}

func (w *world) round() {
	w.t.Helper()
	if _, err := w.link.Round(ctx, 0, nil); err != nil {
		w.t.Fatal(err)
	}
}

func enter(t *testing.T, a *app.App, actor authz.Actor, given string) string {
	t.Helper()
	var in []registry.Input
	for _, p := range [][2]string{{"given_names", given}, {"surname_paternal", "Quispe"}, {"birth_date", "1980-05-06"}, {"sex", "F"}, {"residence_country", "ES"}} {
		in = append(in, registry.Input{Field: p[0], Value: change.Text(p[1])})
	}
	out, err := a.Register(ctx, actor, registry.RegisterCmd{Office: actor.Office, Kind: "resident", Inputs: in}, true)
	if err != nil {
		t.Fatal(err)
	}
	return out.Person
}

func edit(t *testing.T, a *app.App, actor authz.Actor, person, field, text string) {
	t.Helper()
	page, err := a.Person(ctx, actor, person, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := a.Edit(ctx, actor, person, []registry.Input{{Field: field, Value: change.Text(text), Base: page.Person.Version(field)}}, "lo dijo")
	if err != nil || len(out.Conflicts) > 0 {
		t.Fatalf("%v %+v", err, out.Conflicts)
	}
}

func (w *world) says(a *app.App, actor authz.Actor, person, field string) (string, []change.Contender) {
	w.t.Helper()
	page, err := a.Person(ctx, actor, person, time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	return page.Person.Text(field), page.Person.Contested
}

// TestTwoOfficesWriteApart: what the node wrote without a link is contested at both, its
// officer decides, and both come to the same.
func TestTwoOfficesWriteApart(t *testing.T) {
	w := meet(t)
	w.round()
	person := enter(t, w.post, rosa, "Juana")
	w.round()
	edit(t, w.hub, lima, person, "civil_status", "married")
	edit(t, w.post, rosa, person, "civil_status", "divorced")
	if st, err := w.post.LinkStatus(ctx, rosa); err != nil || st.Unsent == 0 || st.Role != hublink.Post {
		t.Fatalf("%+v %v", st, err)
	}
	if n, err := w.post.Unplaced(ctx); err != nil || n != 1 {
		t.Fatalf("%d changes have no place, %v", n, err)
	}
	w.round()
	for name, a := range map[string]*app.App{"hub": w.hub, "node": w.post} {
		if text, waits := w.says(a, lima, person, "civil_status"); text != "married" || len(waits) != 1 || waits[0].Value.Text != "divorced" || waits[0].Author != "rosa" {
			t.Fatalf("the %s says %q, contested %+v", name, text, waits)
		}
	}
	st, err := w.post.LinkStatus(ctx, rosa)
	if err != nil || st.Conflicts != 1 || !st.Linked || st.Unsent != 0 || !st.Clocks || st.Drift.Abs() > time.Minute {
		t.Fatalf("%+v %v", st, err)
	}
	if n, err := w.post.Unplaced(ctx); err != nil || n != 0 {
		t.Fatalf("%d changes have no place, %v", n, err)
	}
	open, _, err := w.post.OpenConflicts(ctx, rosa)
	if err != nil || len(open) != 1 {
		t.Fatalf("%+v %v", open, err)
	}
	page, err := w.post.Conflict(ctx, rosa, person, open[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.post.DecideConflict(ctx, rosa, person, open[0].ID, conflict.DecideCmd{Settling: registry.Settling{Verdict: change.Taken, Note: "trajo su contrato"}, Seen: page.Stands.Version})
	if err != nil {
		t.Fatal(err)
	}
	w.round()
	for name, a := range map[string]*app.App{"hub": w.hub, "node": w.post} {
		if text, waits := w.says(a, lima, person, "civil_status"); text != "divorced" || len(waits) != 0 {
			t.Fatalf("decided, the %s says %q, contested %+v", name, text, waits)
		}
		open, done, err := a.OpenConflicts(ctx, lima)
		if err != nil || len(open) != 0 || len(done) != 1 || done[0].Author != "rosa" {
			t.Errorf("the %s lists %+v, decided %+v, %v", name, open, done, err)
		}
	}
}

// TestReceipts: "received" is said only of what the hub's answer has covered.
func TestReceipts(t *testing.T) {
	w := meet(t)
	w.round()
	person := enter(t, w.post, rosa, "Juana")
	page, err := w.post.Person(ctx, rosa, person, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.post.Receipts(ctx, page.Changes)
	if err != nil || got[page.Person.Head].Sent {
		t.Fatalf("before the round: %+v %v", got, err)
	}
	if list, err := w.post.Waiting(ctx, rosa); err != nil || len(list) == 0 || list[len(list)-1].Sent {
		t.Fatalf("waits: %+v %v", list, err)
	}
	w.round()
	got, err = w.post.Receipts(ctx, page.Changes)
	if r := got[page.Person.Head]; err != nil || !r.Sent || r.Number == 0 || r.Received.IsZero() || r.Here {
		t.Fatalf("after the round: %+v %v", r, err)
	}
	at, err := w.hub.Receipts(ctx, page.Changes)
	if r := at[page.Person.Head]; err != nil || !r.Here || r.Number != got[page.Person.Head].Number {
		t.Fatalf("at the hub: %+v %v", r, err)
	}
	w.srv.Close()
	edit(t, w.post, rosa, person, "civil_status", "divorced")
	if _, err := w.link.Round(ctx, 0, nil); err == nil {
		t.Fatal("a round without a hub came through")
	}
	st, err := w.post.LinkStatus(ctx, rosa)
	if err != nil || st.Linked || st.Refusal == nil || st.Refusal.Key != "sync.no_answer" || st.AtRisk != 0 || st.Unsent == 0 || st.Contact.IsZero() {
		t.Fatalf("%+v %v", st, err)
	}
}

// TestAskHub: an officer at a node finds people of other offices, as far as the hub knows
// that he may, and the hub logs that he asked.
func TestAskHub(t *testing.T) {
	w := meet(t)
	w.round()
	there := authz.Actor{Login: "luis", Role: authz.Window, Office: "USPAT", Purpose: "registry"}
	far := enter(t, w.hub, there, "Hermelinda")
	if hits, err := w.post.Search(ctx, rosa, "Hermelinda Quispe", 10); err != nil || len(hits) != 0 {
		t.Fatalf("the node itself knows %+v %v", hits, err)
	}
	hits, err := w.post.Courier.AskHub(ctx, "test", nil, rosa, "Hermelinda Quispe", 10)
	if err != nil || len(hits) != 1 || hits[0].ID != far || hits[0].Office != "USPAT" || hits[0].Number == "" {
		t.Fatalf("%+v %v", hits, err)
	}
	for _, who := range []authz.Actor{{Login: "nadie", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}, there} {
		if _, err := w.post.Courier.AskHub(ctx, "test", nil, who, "Hermelinda Quispe", 10); !fault.Is(err, "sync.search_officer") {
			t.Errorf("%s is answered: %v", who.Login, err)
		}
	}
	reads, err := w.hub.Reads(ctx, authz.Actor{Login: "ana", Role: authz.Auditor, Purpose: "registry"}, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	logged := false
	for _, r := range reads {
		logged = logged || r.Author == "rosa" && r.Action == "search"
	}
	if !logged {
		t.Errorf("the hub did not log that rosa asked: %+v", reads)
	}
}
