package registry

import (
	"strings"
	"testing"

	"quipu/internal/change"
	"quipu/internal/fault"
)

func edit(t *testing.T, b *book, note string, in ...Input) []Doubt {
	t.Helper()
	for i := range in {
		if in[i].Base.IsZero() {
			in[i].Base = b.person().Version(in[i].Field)
		}
	}
	c, doubts, err := Edit(b.person(), in, note, today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	return doubts
}

func TestEditWritesOnlyWhatDiffers(t *testing.T) {
	b := registered(t, ana()...)
	c, _, err := Edit(b.person(), ana()[:7], "", today)
	if err != nil || len(c.Sets) != 0 {
		t.Fatalf("the same again made %v, %v", c.Sets, err)
	}
	c, _, err = Edit(b.person(), []Input{item("document/new", "type", "dnie", "number", "40567890-2")}, "", today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	edit(t, b, "", item("phone/new", "number", "+34600123456", "sms", "yes"))
	if phones := b.person().Items("phone"); len(phones) != 1 || phones[0].Value.Part("whatsapp") != "yes" || phones[0].Value.Part("sms") != "yes" {
		t.Errorf("the telephone typed twice is %+v", phones)
	}
	edit(t, b, "", text("surname_paternal", "De la Cruz"))
	if got := b.person().Text("name_mrz"); got != "DE<LA<CRUZ<NAHUI<<ANA<MARIA" {
		t.Errorf("name for machines is %q", got)
	}
}

func TestEditRaisesAndSettlesDoubts(t *testing.T) {
	b := registered(t, ana()...)
	phone := "phone/" + b.person().Items("phone")[0].ID
	if doubts := edit(t, b, "", Input{Field: phone}); !strings.Contains(keysOf(doubts), "no_contact") {
		t.Fatalf("doubts are %s", keysOf(doubts))
	}
	if len(Doubts(b.person())) != 1 {
		t.Fatalf("record has %v", Doubts(b.person()))
	}
	edit(t, b, "", item("email/new", "address", "Ana@Example.ORG"))
	if len(Doubts(b.person())) != 0 || b.person().Items("email")[0].Value.Part("address") != "Ana@example.org" {
		t.Fatalf("record has %v", Doubts(b.person()))
	}
}

func TestEditLooksOnlyAtWhatItTouches(t *testing.T) {
	b := registered(t, ana()...)
	b.commit(change.Change{Action: "import", Sets: []change.Set{{Field: "document/OLD", Value: change.Group(
		"type", "passport", "number", "1234567", "issued", "2020", "expires", "2015", "verification", "not_verified")}}})
	edit(t, b, "", text("residence_country", "IT")) // the old slip does not stop it
	_, _, err := Edit(b.person(), []Input{item("document/OLD", "type", "passport", "number", "1234567", "issued", "2021", "expires", "2015")}, "", today)
	if !fault.Is(err, "registry.expires_before_issued") {
		t.Errorf("got %v", err)
	}
}

func TestResolve(t *testing.T) {
	b := registered(t, ana()...)
	p := b.person()
	doc := "document/" + p.Items("document")[0].ID
	whole := Doubt{Field: "birth_date", Key: "civil.ambiguous", Proposed: "1990-02-05", Args: []fault.Arg{{Name: "value", Value: "2/5/1990"}}, From: "row 12"}
	part := Doubt{Field: doc + ".number", Key: "doc.check_wrong", Proposed: "40567891"}
	b.commit(change.Change{Action: "import", Sets: []change.Set{whole.Set(p), part.Set(p)}})
	open := Doubts(b.person())
	if len(open) != 2 || LabelOf(part.Field) != "field.document.number" || LabelOf("birth_date") != "field.birth_date" {
		t.Fatalf("open doubts are %+v", open)
	}
	for _, d := range open {
		if d.Key == "civil.ambiguous" && (d.From != "row 12" || d.Args[0] != whole.Args[0]) {
			t.Errorf("came back as %+v", d)
		}
		c, err := Resolve(b.person(), d.ID, true, "")
		if err != nil {
			t.Fatal(err)
		}
		b.commit(c)
	}
	p = b.person()
	if p.Text("birth_date") != "1990-02-05" || p.Fields[doc].Value.Part("number") != "40567891" || len(Doubts(p)) != 0 {
		t.Errorf("after accepting: %q, %v, %v", p.Text("birth_date"), p.Fields[doc].Value, Doubts(p))
	}
	if _, err := Resolve(p, open[0].ID, false, ""); !fault.Is(err, "registry.doubt_gone") {
		t.Errorf("settled twice: %v", err)
	}
}

func TestDismissedDoubtStaysAway(t *testing.T) {
	in := ana()
	in[4] = text("birth_date", "2015-01-01")
	b := registered(t, in...)
	c, err := Resolve(b.person(), Doubts(b.person())[0].ID, false, "orphan, court papers on file")
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	edit(t, b, "", text("birth_date", "2015-01-02"))
	if open := Doubts(b.person()); len(open) != 0 {
		t.Errorf("it came back: %+v", open)
	}
}

func TestDeathEndsActs(t *testing.T) {
	b := registered(t, ana()...)
	if _, err := Decease(b.person(), day("1980"), "", "", today); !fault.Is(err, "registry.death_before_birth") {
		t.Errorf("died before birth: %v", err)
	}
	if _, err := Decease(b.person(), day("2027-01-01"), "", "", today); !fault.Is(err, "registry.vital_future") {
		t.Errorf("died tomorrow: %v", err)
	}
	c, err := Decease(b.person(), day("2026-11"), "Madrid", "acta 12", today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	p := b.person()
	if e := Episodes(p)[0]; !Deceased(p) || e.Open() || e.Reason != "deceased" || Status(p, today) != StateClosed {
		t.Errorf("state %s, registration %+v", Status(p, today), e)
	}
	if _, err := Confirm(p, today); !fault.Is(err, "registry.deceased") {
		t.Errorf("confirm: %v", err)
	}
	if _, err := Reopen(p, ReopenCmd{Office: "ESMAD", Kind: "resident", Channel: "window"}, today); !fault.Is(err, "registry.deceased") {
		t.Errorf("reopen: %v", err)
	}
	if _, _, err := Edit(p, []Input{text("sex", "M")}, " ", today); !fault.Is(err, "registry.note_needed") {
		t.Errorf("edit: %v", err)
	}
	if c, err = SetVital(p, Vital{Status: Alive}, "another person's record", today); err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if c, err = Reopen(b.person(), ReopenCmd{Office: "ESMAD", Kind: "resident", Channel: "window"}, today); err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if Status(b.person(), today) != StateActive {
		t.Errorf("state %s", Status(b.person(), today))
	}
}

func TestStatusOverTime(t *testing.T) {
	b := registered(t, ana()...)
	p := b.person()
	for on, want := range map[string]State{"2026-12-01": StateActive, "2031-09-23": StateActive, "2031-09-24": StateDue,
		"2031-11-23": StateDue, "2031-11-24": StateStale} {
		if got := Status(p, day(on)); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
	if ContactStale(p, day("2028-11-23")) || !ContactStale(p, day("2028-11-24")) {
		t.Error("a way to reach a person is doubtful after two years")
	}
	c, err := Confirm(p, day("2032-01-05"))
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if got := Status(b.person(), day("2032-01-06")); got != StateActive {
		t.Errorf("confirmed after its expiry: %s", got)
	}
	if c, err = Withdraw(b.person(), "import undone"); err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if p := b.person(); Status(p, today) != StateWithdrawn || p.Exists() {
		t.Error("a withdrawn entry stands")
	}
	if _, _, err := Edit(b.person(), []Input{text("sex", "M")}, "", today); !fault.Is(err, "registry.withdrawn") {
		t.Errorf("edit: %v", err)
	}
}

func TestConsent(t *testing.T) {
	b := registered(t, append(ana(), text("civil_status", "single"), text("motive", "work"))...)
	c, err := Grant(b.person(), "research", "2026-1", "spa", "signed form", today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if !Consented(b.person(), "research") || Consented(b.person(), "photo") {
		t.Error("consent is not what was given")
	}
	if c, err = Grant(b.person(), "research", "2026-1", "spa", "", today); err != nil || len(c.Sets) != 0 {
		t.Errorf("granted twice: %v %v", c.Sets, err)
	}
	c, review, err := WithdrawConsent(b.person(), "research", "", "by telephone", today)
	if err != nil || strings.Join(review, " ") != "civil_status motive" {
		t.Fatalf("review %v, %v", review, err)
	}
	b.commit(c)
	if Consented(b.person(), "research") {
		t.Error("consent still stands")
	}
	if _, _, err = WithdrawConsent(b.person(), "research", "", "", today); !fault.Is(err, "registry.no_consent") {
		t.Errorf("withdrawn twice: %v", err)
	}
}

func TestRelate(t *testing.T) {
	child := ana()
	child[4], child[0] = text("birth_date", "2015"), text("given_names", "Luz")
	a, b := registered(t, child...), newBook(t, 2)
	c, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: ana()}, today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if len(Doubts(a.person())) != 1 {
		t.Fatalf("the child alone has doubts %v", Doubts(a.person()))
	}
	ofA, ofB, err := Relate(a.person(), b.person(), Link{Relation: "mother", Household: true, Authority: true}, today)
	if err != nil {
		t.Fatal(err)
	}
	a.commit(ofA)
	b.commit(ofB)
	mother, daughter := a.person().Items("family")[0].Value, b.person().Items("family")[0].Value
	if mother.Part("relation") != "mother" || mother.Part("authority") != "yes" || mother.Part("person") != b.id {
		t.Errorf("the mother is %v", mother)
	}
	if daughter.Part("relation") != "child" || daughter.Part("authority") != "" || daughter.Part("person") != a.id || len(Doubts(a.person())) != 0 {
		t.Errorf("the daughter is %v, doubts %v", daughter, Doubts(a.person()))
	}
	if _, _, err := Relate(b.person(), b.person(), Link{Relation: "sibling"}, today); !fault.Is(err, "registry.own_relative") {
		t.Errorf("own sister: %v", err)
	}
	if _, _, err := Relate(a.person(), b.person(), Link{Relation: "child"}, today); !fault.Is(err, "registry.child_older") {
		t.Errorf("older than her mother: %v", err)
	}
	if _, ok := Inverse("child", "N"); ok {
		t.Error("the parent's sex is not stated, so the inverse is not known")
	}
}
