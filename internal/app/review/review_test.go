package review_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

var ctx = context.Background()

// desk is a register with a clock that moves when told.
type desk struct {
	*app.App
	t   testing.TB
	now time.Time
}

func open(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("CET", 3600))}
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST", Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	d.App = a
	t.Cleanup(func() { a.Close() })
	return d
}

func who(login string, role authz.Role, office string) authz.Actor {
	return authz.Actor{Login: login, Role: role, Office: office, Purpose: "registry"}
}

var (
	rosa   = who("rosa", authz.Window, "ESMAD")
	marta  = who("marta", authz.Head, "ESMAD")
	sara   = who("sara", authz.Supervisor, "ESMAD")
	carlos = who("carlos", authz.Head, "USPAT")
	lima   = who("lima", authz.Reviewer, "PELIM")
)

func text(field, value string) registry.Input {
	return registry.Input{Field: field, Value: change.Text(value)}
}

func item(field string, pairs ...string) registry.Input {
	return registry.Input{Field: field + "/new", Value: change.Group(pairs...)}
}

// person makes an entry at an office; nobody is asked whether it is somebody else's.
func (d *desk) person(office, given, paternal, maternal, birth string, more ...registry.Input) string {
	d.t.Helper()
	in := append([]registry.Input{text("given_names", given), text("surname_paternal", paternal), text("surname_maternal", maternal),
		text("birth_date", birth), text("sex", "F"), text("residence_country", "ES")}, more...)
	out, err := d.Register(ctx, who("rosa", authz.Window, office), registry.RegisterCmd{Office: office, Inputs: in}, true)
	if err != nil {
		d.t.Fatal(err)
	}
	d.now = d.now.Add(time.Minute)
	return out.Person
}

func (d *desk) pair(a, b string) string {
	d.t.Helper()
	pair, err := d.Suspect(ctx, lima, a, b)
	if err != nil {
		d.t.Fatal(err)
	}
	return pair
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) record(person string) registry.Person {
	d.t.Helper()
	var p registry.Person
	d.must(d.DB.View(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		p = registry.Load(changes)
		return err
	}))
	return p
}

// says is what a record says, field by field.
func says(p registry.Person) map[string]change.Value {
	out := map[string]change.Value{}
	for f, h := range p.Fields {
		if !h.Value.Empty() {
			out[f] = h.Value
		}
	}
	return out
}

// two are entries of one woman at one office.
func (d *desk) two() (a, b, pair string) {
	a = d.person("ESMAD", "Yesenia", "Quispe", "Mamani", "1990-05-04", item("phone", "number", "+34600111222"))
	b = d.person("ESMAD", "Jesenia", "Quispe", "Mamani", "1990-05-04", item("document", "type", "dni", "number", "45678901", "verification", "seen_original"),
		item("email", "address", "jesenia@example.org"))
	return a, b, d.pair(a, b)
}

func TestMergeAndUndo(t *testing.T) {
	d := open(t)
	a, b, pair := d.two()
	beforeA, beforeB := says(d.record(a)), says(d.record(b))

	page, err := d.Pair(ctx, marta, pair)
	d.must(err)
	if !page.May.Merge || page.Seen != (id.Change{}) || len(page.Waits) != 0 {
		t.Fatalf("a head may merge two entries of the own office: %+v", page.May)
	}
	d.now = d.now.Add(40 * time.Second)
	out, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same, Opened: page.Opened})
	d.must(err)
	if out.State != same.Same || out.Survivor != a {
		t.Fatalf("got %+v, want the older entry %s to stand", out, a)
	}
	p := d.record(a)
	if len(p.Items("document")) != 1 || len(p.Items("phone")) != 1 || len(p.Items("email")) != 1 || len(p.Items("name_other")) != 1 {
		t.Fatalf("the survivor lacks what the other knew: %v", says(p))
	}
	if q := d.record(b); q.Text("entry") != registry.EntryMerged || same.Into(&q) != a {
		t.Fatalf("the other does not lead to the survivor: %v", says(q))
	}
	if _, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Unsure}); !fault.Is(err, "review.decided") {
		t.Fatalf("a merged pair was decided again: %v", err)
	}

	_, err = d.UndoMerge(ctx, marta, out.Merge, review.UndoCmd{Reason: "eran dos hermanas", Then: same.Different})
	d.must(err)
	sameValues(t, "the survivor", says(d.record(a)), beforeA)
	sameValues(t, "the other", says(d.record(b)), beforeB)
	if drift, err := d.VerifyProjections(ctx, marta, nil); err != nil || len(drift) > 0 {
		t.Fatalf("the tables are not what the log says: %v %v", drift, err)
	}
}

func sameValues(t testing.TB, what string, got, want map[string]change.Value) {
	t.Helper()
	for f, v := range want {
		if !got[f].Equal(v) {
			t.Errorf("%s: %s is %v, want %v", what, f, got[f], v)
		}
	}
	for f, v := range got {
		if _, ok := want[f]; !ok {
			t.Errorf("%s: %s is %v, want nothing", what, f, v)
		}
	}
}
