package review_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/tabular"
)

// TestNumbersLead: both registry numbers stay good for finding, opening, importing and
// registering, and the person is counted once.
func TestNumbersLead(t *testing.T) {
	d := open(t)
	a, b, pair := d.two()
	numberB, _ := d.number(b)
	before, err := d.Offices(ctx, marta)
	d.must(err)
	asOf := d.now
	d.now = d.now.Add(time.Hour)
	out, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same})
	d.must(err)

	hits, err := d.Search(ctx, rosa, numberB, 10)
	d.must(err)
	if len(hits) != 1 || hits[0].ID != a {
		t.Fatalf("searching the other number finds %+v, want %s", hits, a)
	}
	for _, asked := range []string{numberB, b} {
		if p, err := d.FindNumber(ctx, rosa, asked); err != nil || p != a {
			t.Fatalf("%s leads to %s, want %s: %v", asked, p, a, err)
		}
	}
	page, err := d.Person(ctx, rosa, b, time.Time{})
	d.must(err)
	if page.Person.Entity.ID != a || page.Led == nil || page.Led.Number != numberB {
		t.Fatalf("opening the other entry shows %s, led %+v", page.Person.Entity.ID, page.Led)
	}
	then, err := d.Person(ctx, rosa, b, asOf)
	d.must(err)
	if then.Person.Entity.ID != b || then.Led != nil {
		t.Fatal("as of before the merge the entry stood for itself")
	}
	after, err := d.Offices(ctx, marta)
	d.must(err)
	if after["ESMAD"] != before["ESMAD"]-1 {
		t.Fatalf("%d people are counted, want one less than %d", after["ESMAD"], before["ESMAD"])
	}
	if _, err := d.Edit(ctx, rosa, b, []registry.Input{text("sex", "M")}, ""); !fault.Is(err, "app.merged") {
		t.Fatalf("writing to the merged entry: %v", err)
	}
	// Registering somebody with the other's document stops at the survivor.
	again, err := d.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{text("given_names", "Yesenia"), text("surname_paternal", "Otra"),
		item("document", "type", "dni", "number", "45678901", "verification", "not_verified")}}, false)
	d.must(err)
	if again.Person != "" || len(again.Same) != 1 || again.Same[0].ID != a {
		t.Fatalf("registering the other's document shows %+v", again.Same)
	}
	d.undo(out.Merge, nil)
	if p, err := d.FindNumber(ctx, rosa, numberB); err != nil || p != b {
		t.Fatalf("after the undoing %s leads to %s: %v", numberB, p, err)
	}
}

func (d *desk) number(person string) (string, registry.Person) {
	p := d.record(person)
	return p.Text("number"), p
}

func (d *desk) undo(merge string, to map[string]string) review.Undone {
	d.t.Helper()
	out, err := d.UndoMerge(ctx, lima, merge, review.UndoCmd{Reason: "eran dos personas", To: to, Then: same.Different})
	d.must(err)
	d.sound()
	return out
}

// sound: the log and the tables agree.
func (d *desk) sound() {
	d.t.Helper()
	drift, err := d.VerifyProjections(ctx, marta, nil)
	if err != nil || len(drift) > 0 {
		d.t.Fatalf("the tables are not what the log says: %v %v", drift, err)
	}
	if report, err := d.VerifyLog(ctx, marta, nil, nil); err != nil || len(report.Findings) > 0 {
		d.t.Fatalf("the log: %+v %v", report, err)
	}
}

// TestListComesAgain: a row without a document that came in before finds the survivor.
func TestListComesAgain(t *testing.T) {
	d := open(t)
	list := "APELLIDOS;NOMBRES;FECHA NACIMIENTO;PAIS\nQuispe Mamani;Rosa;04/05/1990;España\n"
	d.load(list)
	people, err := d.PeopleOf(ctx, marta, "ESMAD", 10)
	d.must(err)
	imported := people[0].ID
	older := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04")
	pair := d.pair(imported, older)
	p, err := d.Pair(ctx, marta, pair)
	d.must(err)
	survivor := same.A
	if p.B.Person == older {
		survivor = same.B
	}
	_, err = d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same, Survivor: survivor})
	d.must(err)
	if res := d.load(list); res.New != 0 || res.Same+res.Changed != 1 {
		t.Fatalf("the row that came in before: %+v", res)
	}
	d.sound()
}

func (d *desk) load(list string) app.ImportResult {
	d.t.Helper()
	d.now = d.now.Add(time.Minute)
	file := filepath.Join(d.t.TempDir(), "lista.csv")
	d.must(os.WriteFile(file, []byte(list), 0o600))
	r, err := tabular.Open(file, tabular.Options{})
	d.must(err)
	defer r.Close()
	res, err := d.Import(ctx, marta, app.ImportJob{Name: "lista.csv", Office: "ESMAD", Reader: r, Mapping: intake.Recognise(r.Info().Header, nil)})
	d.must(err)
	return res
}

// TestDifferentLasts: scoring again, another source or a merge of one of the two brings
// nothing back; an officer does, with a reason.
func TestDifferentLasts(t *testing.T) {
	d := open(t)
	a, b, pair := d.two()
	if _, err := d.Decide(ctx, rosa, pair, review.DecideCmd{Verdict: same.Different}); !fault.Is(err, "review.reason_missing") {
		t.Fatalf("without a reason: %v", err)
	}
	_, err := d.Decide(ctx, rosa, pair, review.DecideCmd{Verdict: same.Different, Reason: "son hermanas"})
	d.must(err)
	d.must(d.Found(ctx, []review.Scored{{A: b, B: a, Weight: 30, Model: "m2", Source: review.InBatch}}))
	d.waiting(0)

	c := d.person("ESMAD", "Yesenia", "Quispe", "Mamani", "1990-05-04")
	third := d.pair(a, c)
	other := d.pair(b, c)
	merged, err := d.Decide(ctx, marta, other, review.DecideCmd{Verdict: same.Same, Survivor: side(other, c)})
	d.must(err)
	d.waiting(0) // b is part of c now, and b is another than a
	d.must(d.Found(ctx, []review.Scored{{A: a, B: c, Weight: 30, Model: "m2", Source: review.InBatch}}))
	d.waiting(0)
	if _, err := d.Decide(ctx, marta, third, review.DecideCmd{Verdict: same.Same}); !fault.Is(err, "review.apart") {
		t.Fatalf("two of whom a part was said to be different were merged: %v", err)
	}
	d.undo(merged.Merge, nil)
	d.waiting(1) // a and c
	_, err = d.Decide(ctx, marta, third, review.DecideCmd{Verdict: same.Different, Reason: "son primas"})
	d.must(err)
	if err := d.ReopenPair(ctx, rosa, pair, "", id.Change{}); !fault.Is(err, "review.reason_missing") {
		t.Fatalf("reopened without a reason: %v", err)
	}
	d.must(d.ReopenPair(ctx, rosa, pair, "apareció una partida", id.Change{}))
	d.waiting(1)
	page, err := d.Pair(ctx, rosa, pair)
	d.must(err)
	if len(page.History) != 2 || page.History[0].Reason != "son hermanas" || page.History[1].Action != same.ActionReopen {
		t.Fatalf("history %+v", page.History)
	}
	d.sound()
}

// side is the side of a person in a pair.
func side(pair, person string) same.Side {
	if a, _, _ := same.Sides(pair); a == person {
		return same.A
	}
	return same.B
}

func (d *desk) waiting(want int) {
	d.t.Helper()
	list, err := d.Queue(ctx, lima, review.Filter{})
	d.must(err)
	n, err := d.Count(ctx, lima, review.Filter{})
	d.must(err)
	if len(list) != want || int(n) != want {
		d.t.Fatalf("%d wait and %d are counted, want %d", len(list), n, want)
	}
}

// TestUnsure goes down in the queue and to somebody else.
func TestUnsure(t *testing.T) {
	d := open(t)
	_, _, pair := d.two()
	c := d.person("ESMAD", "Luz", "Flores", "Rojas", "1980-01-09")
	e := d.person("ESMAD", "Luz", "Flores", "Rojas", "1980-01-08")
	weaker := d.pair(c, e)
	d.must(d.Found(ctx, []review.Scored{{A: c, B: e, Weight: 1, Model: "m", Source: review.InBatch}}))
	first, _, err := d.NextFor(ctx, rosa)
	d.must(err)
	if first != pair {
		t.Fatalf("the likelier pair comes first: got %s, want %s", first, pair)
	}
	_, err = d.Decide(ctx, rosa, pair, review.DecideCmd{Verdict: same.Unsure})
	d.must(err)
	list, err := d.Queue(ctx, rosa, review.Filter{})
	d.must(err)
	if len(list) != 2 || list[0].ID != weaker || list[1].State != same.Unsure {
		t.Fatalf("who could not tell moves the pair down: %+v", list)
	}
	if next, n, err := d.NextFor(ctx, rosa); err != nil || next != weaker || n != 1 {
		t.Fatalf("rosa gets %s of %d, want the other pair: %v", next, n, err)
	}
	if next, _, err := d.NextFor(ctx, rosa, weaker); err != nil || next != "" {
		t.Fatalf("rosa gets %q after passing over the last: %v", next, err)
	}
	if next, n, err := d.NextFor(ctx, sara, weaker); err != nil || next != pair || n != 2 {
		t.Fatalf("sara gets %q of %d: %v", next, n, err)
	}
	_, err = d.Decide(ctx, sara, pair, review.DecideCmd{Verdict: same.Different, Reason: "gemelas"})
	d.must(err)
	d.sound()
}

// TestTwoOffices: a head of one office proposes, the head of the other confirms.
func TestTwoOffices(t *testing.T) {
	d := open(t)
	a := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04")
	b := d.person("USPAT", "Rosa", "Quispe", "Mamani", "1990-05-04")
	pair := d.pair(a, b)
	for _, c := range []struct {
		who   authz.Actor
		waits int
	}{{rosa, 2}, {marta, 1}, {carlos, 1}, {lima, 0}} {
		page, err := d.Pair(ctx, c.who, pair)
		d.must(err)
		if len(page.Waits) != c.waits || page.May.Merge != (c.waits == 0) {
			t.Fatalf("%s waits for %v, want %d", c.who.Login, page.Waits, c.waits)
		}
	}
	out, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same, Survivor: same.B})
	d.must(err)
	if out.State != same.Proposed || out.Merge != "" || len(out.Waits) != 1 {
		t.Fatalf("got %+v, want a proposal", out)
	}
	if p := d.record(b); p.Text("entry") == registry.EntryMerged || d.record(a).Fields["entry"].Value.Text == registry.EntryMerged {
		t.Fatal("a proposal merged")
	}
	if out, err = d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same}); err != nil || out.State != same.Proposed {
		t.Fatalf("who proposed confirmed alone: %+v %v", out, err)
	}
	if out, err = d.Decide(ctx, sara, pair, review.DecideCmd{Verdict: same.Same}); err != nil || out.State != same.Proposed {
		t.Fatalf("another officer of the same office confirmed: %+v %v", out, err)
	}
	page, err := d.Pair(ctx, carlos, pair)
	d.must(err)
	if !page.May.Confirm || page.Proposal == nil || page.Suggested != same.B {
		t.Fatalf("carlos may not confirm: %+v", page.May)
	}
	if out, err = d.Decide(ctx, carlos, pair, review.DecideCmd{Verdict: same.Same}); err != nil || out.State != same.Same || out.Survivor != b {
		t.Fatalf("the confirmation keeps what was proposed: %+v %v", out, err)
	}
	d.sound()
	if _, err := d.UndoMerge(ctx, rosa, out.Merge, review.UndoCmd{Reason: "por probar"}); fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("the window undid a merge: %v", err)
	}
	d.undo(out.Merge, nil)
}

// TestVerifiedNumbers: two verified national numbers ask for a second officer, whoever he is.
func TestVerifiedNumbers(t *testing.T) {
	d := open(t)
	dni := func(n string) registry.Input {
		return item("document", "type", "dni", "number", n, "verification", "seen_original")
	}
	a := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04", dni("45678901"))
	b := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04", dni("45678902"))
	pair := d.pair(a, b)
	for _, who := range []authz.Actor{lima, lima} {
		if out, err := d.Decide(ctx, who, pair, review.DecideCmd{Verdict: same.Same}); err != nil || out.State != same.Proposed {
			t.Fatalf("%s alone merged two verified numbers: %+v %v", who.Login, out, err)
		}
	}
	if out, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same}); err != nil || out.State != same.Same {
		t.Fatalf("a second officer could not confirm: %+v %v", out, err)
	}
	d.sound()
}

// TestChoices: what no rule can decide must be chosen.
func TestChoices(t *testing.T) {
	d := open(t)
	doc := func(seen string) registry.Input {
		return item("document", "type", "passport", "number", "AB123456", "verification", seen)
	}
	a := d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04", doc("seen_copy"))
	b := d.person("ESMAD", "Rosa María", "Quispe", "Mamani", "1990-05-14", doc("seen_original"))
	pair := d.pair(a, b)
	_, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same})
	if !fault.Is(err, "review.choose") {
		t.Fatalf("one passport of which the entries say different things: %v", err)
	}
	field := fault.As(err).Field
	if _, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same, Keep: map[string]same.Side{"height": same.A}}); !fault.Is(err, "review.choice_of_nothing") {
		t.Fatalf("a choice of nothing: %v", err)
	}
	_, err = d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same, Keep: map[string]same.Side{field: side(pair, b), "given_names": side(pair, b)}})
	d.must(err)
	p := d.record(a)
	if p.Fields[field].Value.Part("verification") != "seen_original" || p.Text("given_names") != "Rosa María" || p.Text("birth_date") != "1990-05-04" {
		t.Fatalf("the choices were not kept: %v", says(p))
	}
	d.sound()
}

// TestSince: what was written after the merge goes where it belongs, or where it is moved.
func TestSince(t *testing.T) {
	d := open(t)
	a, b, pair := d.two()
	out, err := d.Decide(ctx, marta, pair, review.DecideCmd{Verdict: same.Same})
	d.must(err)
	p := d.record(a)
	mail := p.Items("email")[0] // came with b
	edit := func(note string, in ...registry.Input) {
		t.Helper()
		d.now = d.now.Add(time.Minute)
		res, err := d.Edit(ctx, rosa, a, in, note)
		d.must(err)
		if len(res.Conflicts) > 0 {
			t.Fatalf("%+v", res.Conflicts)
		}
	}
	edit("", registry.Input{Field: "email/" + mail.ID, Value: change.Group("address", "nueva@example.org"), Base: mail.Version})
	edit("", item("phone", "number", "+34600999888"))
	numberB, _ := d.number(b)
	edit("lo trajo quien tiene la "+numberB, item("phone", "number", "+34600777666"))
	edit("", registry.Input{Field: "civil_status", Value: change.Text("single")})

	merges, err := d.Merges(ctx, marta, b)
	d.must(err)
	goes := map[string]string{}
	move := map[string]string{}
	for _, w := range merges[0].Since {
		goes[w.Field+w.Change.Sets[0].Value.Part("number")] = w.Default
		if w.Field == "civil_status" {
			move[w.Key] = b
		}
	}
	for f, want := range map[string]string{"email/" + mail.ID: b, "civil_status": a} {
		if goes[f] != want {
			t.Errorf("%s goes to %s, want %s", f, goes[f], want)
		}
	}
	res := d.undo(out.Merge, move)
	if res.Moved != 3 || res.Stayed != 1 {
		t.Errorf("moved %d and stayed %d, want 3 and 1", res.Moved, res.Stayed)
	}
	one, two := d.record(a), d.record(b)
	numbers := func(p registry.Person) (out []string) {
		for _, it := range p.Items("phone") {
			out = append(out, it.Value.Part("number"))
		}
		slices.Sort(out)
		return out
	}
	if got := numbers(one); !slices.Equal(got, []string{"+34600111222", "+34600999888"}) {
		t.Errorf("the survivor keeps %v", got)
	}
	if got := numbers(two); !slices.Equal(got, []string{"+34600777666"}) || two.Text("civil_status") != "single" || two.Items("email")[0].Value.Part("address") != "nueva@example.org" {
		t.Errorf("the other got %v", says(two))
	}
	if one.Text("civil_status") != "" || len(one.Items("email")) != 0 {
		t.Errorf("the survivor still has what went: %v", says(one))
	}
}

// TestChain: of several merges the last goes first.
func TestChain(t *testing.T) {
	d := open(t)
	var people []string
	for i := range 3 {
		people = append(people, d.person("ESMAD", "Rosa", "Quispe", "Mamani", "1990-05-04", item("phone", "number", fmt.Sprintf("+3460011122%d", i))))
	}
	before := [3]map[string]change.Value{}
	for i, p := range people {
		before[i] = says(d.record(p))
	}
	d.pair(people[1], people[2])
	first, err := d.Decide(ctx, marta, d.pair(people[0], people[1]), review.DecideCmd{Verdict: same.Same})
	d.must(err)
	list, err := d.Queue(ctx, marta, review.Filter{})
	d.must(err)
	if len(list) != 1 || list[0].ID != same.PairID(people[0], people[2]) {
		t.Fatalf("the pair of the merged entry is now one of the survivor: %+v", list)
	}
	second, err := d.Decide(ctx, marta, list[0].ID, review.DecideCmd{Verdict: same.Same})
	d.must(err)
	if n := len(d.record(people[0]).Fields); n == 0 || len(phones(d.record(people[0]))) != 3 {
		t.Fatal("the survivor has not gathered all")
	}
	if _, err := d.UndoMerge(ctx, marta, first.Merge, review.UndoCmd{Reason: "por probar"}); !fault.Is(err, "review.later_merge") {
		t.Fatalf("the earlier merge was undone first: %v", err)
	}
	d.undo(second.Merge, nil)
	d.undo(first.Merge, nil)
	for i, p := range people {
		sameValues(t, fmt.Sprint("person ", i), says(d.record(p)), before[i])
	}
	if _, err := d.UndoMerge(ctx, marta, first.Merge, review.UndoCmd{Reason: "otra vez"}); !fault.Is(err, "review.undone_already") {
		t.Fatalf("undone twice: %v", err)
	}
}

func phones(p registry.Person) []change.Item { return p.Items("phone") }
