package registry

import (
	"slices"
	"strings"
	"testing"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

func TestRegisterComplete(t *testing.T) {
	c, doubts, err := Register(RegisterCmd{Office: "ESMAD", Inputs: ana()}, today)
	if err != nil || len(doubts) != 0 {
		t.Fatalf("got doubts %s, error %v", keysOf(doubts), err)
	}
	b := newBook(t, 1)
	b.commit(c)
	p := b.person()
	if got := p.Text("name_mrz"); got != "QUISPE<NAHUI<<ANA<MARIA" {
		t.Errorf("name for machines is %q", got)
	}
	if p.Text("entry") != EntryComplete || Status(p, today) != StateActive {
		t.Errorf("entry %q, state %s", p.Text("entry"), Status(p, today))
	}
	e, open := Current(p)
	if !open || e.Office != "ESMAD" || e.Kind != "resident" || e.Expires != day("2031-11-23") || e.Confirmed != today {
		t.Errorf("registration is %+v", e)
	}
	if got := strings.Join(Keys(p), " "); got != "doc:40567890:PER:id tel:+34600123456" {
		t.Errorf("keys are %q", got)
	}
	if got := SearchText(p); !strings.Contains(got, "NAHUI") || !strings.Contains(got, "ANA") {
		t.Errorf("search text is %q", got)
	}
	s := Summarise(p)
	if s.Display != "Quispe Ñahui, Ana María" || s.Office != "ESMAD" || s.Vital != Alive || s.Document != "dni 40567890" {
		t.Errorf("summary is %+v", s)
	}
}

func TestRegisterWithOnlyAName(t *testing.T) {
	c, doubts, err := Register(RegisterCmd{Office: "ESMAD", Inputs: []Input{text("given_names", "Rosa")}}, today)
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(t, 1)
	b.commit(c)
	p := b.person()
	if p.Text("sex") != "N" || p.Text("nationality_basis") != Presumed || Status(p, today) != StateProvisional {
		t.Errorf("sex %q, basis %q, state %s", p.Text("sex"), p.Text("nationality_basis"), Status(p, today))
	}
	for _, want := range []string{"phone:registry.no_contact", "name.no_surname"} {
		if !strings.Contains(keysOf(doubts), want) {
			t.Errorf("no doubt %s in %s", want, keysOf(doubts))
		}
	}
	if got := strings.Join(Lacking(p), " "); got != "birth_date residence_country" {
		t.Errorf("missing: %s", got)
	}
	if got := Summarise(p).Doubts; got != len(doubts) {
		t.Errorf("the record holds %d doubts of %d", got, len(doubts))
	}
	if _, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: []Input{text("sex", "F")}}, today); !fault.Is(err, "registry.name_missing") {
		t.Errorf("without a name: %v", err)
	}
}

func TestWhatCannotBe(t *testing.T) {
	with := func(more ...Input) []Input { return append(ana()[:4:4], more...) }
	for want, in := range map[string][]Input{
		"registry.birth_future":          with(text("birth_date", "2027-01-01")),
		"registry.expires_before_issued": with(item("document", "type", "passport", "number", "1234567", "issued", "2020-05-01", "expires", "2019")),
		"registry.issued_future":         with(item("document", "type", "passport", "number", "1234567", "issued", "2027-05-01")),
		"registry.issued_before_birth":   with(text("birth_date", "1990"), item("document", "type", "passport", "number", "1234567", "issued", "1989-05-01")),
		"registry.before_birth":          with(text("birth_date", "1990"), text("abroad_since", "1980")),
		"registry.in_the_future":         with(text("abroad_since", "2027")),
		"registry.parent_younger":        with(text("birth_date", "1990"), item("family/new", "relation", "mother", "name", "Luz", "birth_date", "1995")),
		"registry.derived":               with(text("name_mrz", "X")),
		"registry.field_unknown":         with(text("migration_status", "irregular")),
		"registry.code_unknown":          with(text("residence_country", "Atlantis")),
		"registry.part_missing":          with(item("document/new", "number", "123456")),
		"registry.part_unknown":          with(item("document/new", "colour", "red")),
		"registry.sealed_mark":           with(text("gender_self", "s1:AAAA")),
		"registry.email":                 with(item("email/new", "address", "ana at example.org")),
		"registry.item_gone":             with(item("phone/ZZZZZZZZ", "number", "+34600123456")),
		"registry.twice":                 with(text("sex", "F")),
	} {
		_, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: in}, today)
		if !fault.Is(err, want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
	if _, _, err := Register(RegisterCmd{Office: "XXXXX", Inputs: ana()}, today); !fault.Is(err, "registry.office_unknown") {
		t.Errorf("unknown office: %v", err)
	}
}

func TestMinorNeedsAuthority(t *testing.T) {
	in := ana()
	in[4] = text("birth_date", "2015")
	if _, doubts, err := Register(RegisterCmd{Office: "ESMAD", Inputs: in}, today); err != nil || !strings.Contains(keysOf(doubts), "minor_alone") {
		t.Errorf("alone: %s %v", keysOf(doubts), err)
	}
	in = append(in, item("family/new", "relation", "mother", "name", "Luz Ñahui", "authority", "sí"))
	if _, doubts, err := Register(RegisterCmd{Office: "ESMAD", Inputs: in}, today); err != nil || len(doubts) > 0 {
		t.Errorf("with her mother: %s %v", keysOf(doubts), err)
	}
}

func TestProvisionalBecomesComplete(t *testing.T) {
	in := slices.Concat(ana()[:5], ana()[6:7], ana()[8:])
	c, _, err := Provisional(RegisterCmd{Office: "ESMAD", Inputs: in}, today)
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(t, 1)
	b.commit(c)
	if _, _, err := Provisional(RegisterCmd{Office: "ESMAD", Inputs: ana()}, today); !fault.Is(err, "registry.has_papers") {
		t.Errorf("with papers: %v", err)
	}
	if _, _, err := Complete(b.person(), nil, "birth_in_country", "", today); !fault.Is(err, "registry.papers_needed") {
		t.Errorf("without evidence: %v", err)
	}
	papers := []Input{item("document", "type", "passport", "number", "1234567", "verification", "seen_original")}
	if _, _, err := Complete(b.person(), papers, Presumed, "", today); !fault.Is(err, "registry.basis_needed") {
		t.Errorf("still presumed: %v", err)
	}
	c, _, err = Complete(b.person(), papers, "birth_in_country", "passport found", today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if p := b.person(); Status(p, today) != StateActive || p.Text("nationality_basis") != "birth_in_country" {
		t.Errorf("state %s, basis %s", Status(p, today), p.Text("nationality_basis"))
	}
}

func TestSealedDoubtsSayNothing(t *testing.T) {
	d := Doubt{Field: "safe_hours", Key: "registry.too_odd", Proposed: "after nine", Args: []fault.Arg{{Name: "value", Value: "after nine"}}}
	if _, v := d.Item(); strings.Contains(v.Part("args")+v.Part("proposed"), "nine") {
		t.Errorf("a sealed value stands in the clear: %v", v)
	}
	_, _, err := Check(Lookup("do_not_contact_before"), nil, "32/13/2026", today)
	if err == nil || strings.Contains(err.Error(), "32/13") {
		t.Errorf("a fault repeats a sealed value: %v", err)
	}
}

func TestCheckItemReadsTheWhole(t *testing.T) {
	f := Lookup("document")
	got, doubts, err := CheckItem(f, map[string]string{"type": "DNI", "number": " 40.567.890 ", "expires": "7/4/2031", "place": "  Lima\u0000 "}, today)
	if err != nil {
		t.Fatal(err)
	}
	want := change.Group("type", "dni", "number", "40567890", "issuer", "PER", "expires", "2031-04-07", "place", "Lima", "verification", "not_verified")
	if !(change.Value{Parts: got}).Equal(want) {
		t.Errorf("got %v", got)
	}
	if len(doubts) != 0 {
		t.Errorf("doubts are %s", keysOf(doubts))
	}
	if _, doubts, err = CheckItem(f, map[string]string{"type": "dni", "number": "4056789"}, today); err != nil || keysOf(doubts) != "document.number:doc.zero_restored " {
		t.Errorf("doubts are %s, error %v", keysOf(doubts), err)
	}
	if got, _, err := CheckItem(f, map[string]string{"type": "ninguno"}, today); err != nil || got["type"] != "none" {
		t.Errorf("no document: %v %v", got, err)
	}
	geo, _, err := CheckItem(Lookup("address"), map[string]string{"country": "PE", "geo": "-12.046374, -77.042793"}, today)
	if err != nil || geo["geo"] != "-12.05,-77.04" || geo["precision"] != "city" {
		t.Errorf("a position must be coarse unless somebody says otherwise: %v %v", geo, err)
	}
	if got, _, err := CheckItem(Lookup("emergency_contact"), map[string]string{"name": "Luz"}, today); err != nil || got["may_be_told"] != "no" {
		t.Errorf("contact: %v %v", got, err)
	}
}

func TestCheckScalars(t *testing.T) {
	for _, c := range []struct{ field, text, want string }{
		{"birth_date", "1968-04-XX", "1968-04"}, {"birth_date", "xxxx", "XXXX"}, {"given_names", "NN", ""},
		{"sex", "mujer", "F"}, {"residence_country", "España", "ES"}, {"channel_pref", "whatsapp, sms", "whatsapp sms"},
		{"channel_pref", "sms mail sms", "sms mail"}, {"children_at_home", "03", "3"}, {"education_completed", "Sí", "yes"},
		{"birth_place", "ubigeo-inei:150101", "inei:150101"}, {"birth_place", "Cusco", "Cusco"}, {"trusted_person", " a\tb\u0007 ", "a b"},
	} {
		got, _, err := Check(Lookup(c.field), nil, c.text, today)
		if err != nil || got != c.want {
			t.Errorf("%s %q: got %q %v, want %q", c.field, c.text, got, err, c.want)
		}
	}
	for _, c := range []struct{ field, text string }{
		{"children_at_home", "-1"}, {"birth_place", "inei:999999"}, {"education_completed", "quizás"},
		{"trusted_person", strings.Repeat("a", 201)}, {"birth_date", "31/2/1990"}, {"vote_district", "NOWHERE"},
	} {
		if got, _, err := Check(Lookup(c.field), nil, c.text, today); fault.KindOf(err) != fault.Invalid || fault.As(err).Field != c.field {
			t.Errorf("%s %q: got %q %v", c.field, c.text, got, err)
		}
	}
	if got, _, err := Check(Lookup("birth_date"), nil, "", civil.Date{}); got != "" || err != nil {
		t.Errorf("nothing said: %q %v", got, err)
	}
}
