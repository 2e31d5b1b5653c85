package review_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// TestWindow: what the officer says of candidates at the window are decisions.
func TestWindow(t *testing.T) {
	d := open(t)
	a := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04")
	b := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-05")
	numberA, _ := d.number(a)
	numberB, _ := d.number(b)
	out, err := d.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{text("given_names", "Rosa"), text("surname_paternal", "Quispe"),
		text("surname_maternal", "Mamani"), text("birth_date", "1990-05-04")},
		Alike: []registry.Verdict{{Person: a, Number: numberA, Unsure: true}, {Person: b, Number: numberB, Reason: "es su prima"}}}, false)
	d.must(err)
	if out.Person == "" {
		t.Fatalf("not registered: %+v", out.Same)
	}
	unsure, different := same.PairID(a, out.Person), same.PairID(b, out.Person)
	list, err := d.Queue(ctx, sara, review.Filter{State: review.Unsure})
	d.must(err)
	if len(list) != 1 || list[0].ID != unsure || list[0].Source != review.AtRegistration || list[0].Weight <= 0 || len(list[0].Reasons) == 0 {
		t.Fatalf("who may be the same waits: %+v", list)
	}
	if list, err = d.Queue(ctx, sara, review.Filter{State: review.Different}); err != nil || len(list) != 1 || list[0].ID != different {
		t.Fatalf("who is another is another: %+v %v", list, err)
	}
	if p := d.record(out.Person); len(p.Items("doubt")) == 0 {
		t.Fatal("the entry has no doubt")
	}
	_, err = d.Decide(ctx, sara, unsure, review.DecideCmd{Verdict: same.Different, Reason: "otra madre"})
	d.must(err)
	settled := d.record(out.Person)
	if slices.ContainsFunc(registry.Doubts(&settled), func(x registry.OpenDoubt) bool { return x.Key == "registry.same_person" }) {
		t.Fatal("the decision did not settle the doubt")
	}
	d.sound()
}

// TestReadsAreLogged: opening a pair names both people, with the purpose.
func TestReadsAreLogged(t *testing.T) {
	d := open(t)
	a, b, pair := d.two()
	_, err := d.Pair(ctx, marta, pair)
	d.must(err)
	for _, p := range []string{a, b} {
		var reads []store.Read
		d.must(d.DB.View(ctx, func(tx *store.Tx) error {
			reads, err = tx.ReadsOf(ctx, p, 1)
			return err
		}))
		if len(reads) != 1 || reads[0].Author != "marta" || reads[0].Action != "read" || reads[0].Purpose != "registry" {
			t.Errorf("of %s the log says %+v", p, reads)
		}
	}
	statistician := who("eva", authz.Statistician, "ESMAD")
	for _, x := range []authz.Actor{carlos, statistician} {
		_, err := d.Pair(ctx, x, pair)
		_, err2 := d.Decide(ctx, x, pair, review.DecideCmd{Verdict: same.Unsure})
		if fault.KindOf(err) != fault.Forbidden || fault.KindOf(err2) != fault.Forbidden {
			t.Errorf("%s opened a pair of another office: %v %v", x.Login, err, err2)
		}
	}
	other := marta
	other.Purpose = "election"
	if _, err := d.Queue(ctx, other, review.Filter{}); !fault.Is(err, "authz.purpose") {
		t.Errorf("for another purpose: %v", err)
	}
}

// TestFigures: decisions per duplicate, time, second looks.
func TestFigures(t *testing.T) {
	d := open(t)
	var merged []string
	given := []string{"Rosa", "Elsa", "Yolanda", "Carmen", "Beatriz", "Hilda", "Ximena", "Olga", "Nieves", "Tula", "Vilma", "Flor"}
	maternal := []string{"Salas", "Poma", "Bravo", "Guerra", "Torres", "Ibarra", "Diez", "Zegarra", "Lozano", "Cueto", "Ñahui", "Tello"}
	for i := range 12 { // nobody looks like anybody of another two
		a := d.person("ESMAD", given[i], "Quispe", maternal[i], fmt.Sprintf("19%02d-%02d-%02d", 40+4*i, 1+i, 3+2*i))
		b := d.person("ESMAD", given[i], "Quispe", maternal[i], fmt.Sprintf("19%02d-%02d-%02d", 40+4*i, 1+i, 3+2*i))
		pair := d.pair(a, b)
		page, err := d.Pair(ctx, marta, pair)
		d.must(err)
		d.now = d.now.Add(time.Duration(10+i) * time.Second)
		cmd := review.DecideCmd{Verdict: same.Same, Opened: page.Opened}
		if i%3 == 0 {
			cmd.Verdict, cmd.Reason = same.Different, "otra madre"
		}
		out, err := d.Decide(ctx, marta, pair, cmd)
		d.must(err)
		merged = append(merged, out.Merge)
		if same.Sampled(pair) {
			if _, err := d.Pair(ctx, sara, pair); err != nil {
				t.Fatal(err)
			}
			d.must(d.SecondLook(ctx, sara, pair, same.Same, time.Time{}))
			if err := d.SecondLook(ctx, marta, pair, same.Same, time.Time{}); !fault.Is(err, "review.own_second") && !fault.Is(err, "review.decided") {
				t.Errorf("marta looked a second time at her own: %v", err)
			}
		}
	}
	s, err := d.Statistics(ctx, marta, review.Period{})
	d.must(err)
	if s.Decisions != 12 || s.Same != 8 || s.Different != 4 || s.PerDuplicate != 1.5 || s.Seconds < 10 || s.Seconds > 21 || s.Waiting != 0 {
		t.Errorf("figures %+v", s)
	}
	if none, err := d.Statistics(ctx, carlos, review.Period{}); err != nil || none.Decisions != 0 {
		t.Errorf("another office's head sees %+v: %v", none, err)
	}
	d.undo(merged[1], nil)
	rows, err := d.Fairness(ctx, lima)
	d.must(err)
	found := map[string]review.FairRow{}
	for _, r := range rows {
		found[r.Dimension+" "+r.Group] = r
	}
	if r := found["origin qu"]; r.People != 17 || r.Sides != 24 || r.Undone != 2 || !r.Small {
		t.Errorf("by origin: %+v", r)
	}
	if r := found["office ESMAD"]; r.Different != 10 || r.Same != 14 {
		t.Errorf("by office: %+v", r)
	}
}

// TestGone: who is withdrawn is in no queue, and in no page.
func TestGone(t *testing.T) {
	d := open(t)
	list := "APELLIDOS;NOMBRES;FECHA NACIMIENTO;PAIS\nQuispe Mamani;Rosa;04/05/1990;España\n"
	a := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04")
	res := d.load(list)
	d.waiting(1) // the import found the namesake
	queue, err := d.Queue(ctx, marta, review.Filter{})
	d.must(err)
	if queue[0].Source != review.AtImport {
		t.Errorf("source %s", queue[0].Source)
	}
	_, err = d.Undo(ctx, marta, res.Batch, nil)
	d.must(err)
	d.waiting(0)
	if _, err := d.Pair(ctx, marta, queue[0].ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a pair with a withdrawn entry was opened: %v", err)
	}
	if p := d.record(a); !p.Exists() {
		t.Error("the other entry went, too")
	}
}
