package registry

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/civil"
)

var offices = []string{"ESMAD", "USPAT", "ARBUE"}

// act lets an officer do one thing on a day; what the rules refuse leaves no trace.
func act(t *rapid.T, b *book, on civil.Date) {
	p := b.person()
	var c change.Change
	var err error
	office := rapid.SampledFrom(offices).Draw(t, "office")
	kind := rapid.SampledFrom([]string{"resident", "transient", "crisis"}).Draw(t, "kind")
	what := rapid.SampledFrom([]string{"confirm", "close", "reopen", "transfer", "decease", "alive", "edit", "complete"}).Draw(t, "act")
	switch what {
	case "confirm":
		c, err = Confirm(p, on)
	case "close":
		c, err = Close(p, "returned", on, "")
	case "reopen":
		c, err = Reopen(p, ReopenCmd{Office: office, Kind: kind, Channel: "window"}, on)
	case "transfer":
		c, err = Transfer(p, TransferCmd{ToOffice: office, Kind: kind, Note: "papers follow"}, on)
	case "decease":
		c, err = Decease(p, on, "", "", on)
	case "alive":
		c, err = SetVital(p, Vital{Status: Alive}, "mistake", on)
	case "edit":
		in := text("name_used", rapid.StringMatching(`[A-Za-zñÑ ']{0,12}`).Draw(t, "used"))
		in.Base = p.Version(in.Field)
		c, _, err = Edit(p, []Input{in}, "note", on)
	case "complete":
		c, _, err = Complete(p, []Input{item("document/new", "type", "passport", "number", "1234567")}, "birth_in_country", "", on)
	}
	if err == nil {
		b.commit(c)
		if what == "transfer" {
			checkTransfer(t, p, b.person(), office)
		}
	}
}

func checkTransfer(t *rapid.T, before, after *Person, office string) {
	was, _ := Current(before)
	is, open := Current(after)
	if !open || is.Office != office || is.From != was.Office {
		t.Fatalf("after the transfer from %s to %s the registration is %+v", was.Office, office, is)
	}
	for _, e := range Episodes(after) {
		if e.ID == was.ID && (e.Open() || e.To != office || e.Reason != "moved" || e.Handover == "") {
			t.Fatalf("the old registration is %+v", e)
		}
	}
}

func TestNeverTwoRegistrations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBook(t, 1)
		c, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: []Input{text("given_names", "Ana")}}, today)
		if err != nil {
			t.Fatal(err)
		}
		b.commit(c)
		on := today
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			on = on.AddDays(rapid.SampledFrom([]int{0, 0, 1, 90, 800}).Draw(t, "days"))
			act(t, b, on)
			p := b.person()
			open := 0
			for _, e := range Episodes(p) {
				if e.Open() {
					open++
				}
			}
			if open > 1 || open == 1 && Deceased(p) {
				t.Fatalf("%d registrations open, deceased %v: %+v", open, Deceased(p), Episodes(p))
			}
		}
	})
}

func TestConfirmNeverShortens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBook(t, 1)
		kind := rapid.SampledFrom([]string{"resident", "transient", "seasonal"}).Draw(t, "kind")
		c, _, err := Register(RegisterCmd{Office: "ESMAD", Kind: kind, Inputs: []Input{text("given_names", "Ana")}}, today)
		if err != nil {
			t.Fatal(err)
		}
		b.commit(c)
		for range 5 {
			before, _ := Current(b.person())
			c, err := Confirm(b.person(), today.AddDays(rapid.IntRange(-400, 4000).Draw(t, "days")))
			if err != nil {
				t.Fatal(err)
			}
			b.commit(c)
			after, open := Current(b.person())
			if !open || civil.Compare(after.Expires, before.Expires) < 0 || civil.Compare(after.Confirmed, before.Confirmed) < 0 {
				t.Fatalf("from %v to %v", before, after)
			}
		}
	})
}

// TestHistoryTellsEveryEdit edits a field again and again and reads the edits back.
func TestHistoryTellsEveryEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBook(t, 1)
		c, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: []Input{text("given_names", "Ana")}}, today)
		if err != nil {
			t.Fatal(err)
		}
		b.commit(c)
		var want []string
		last := ""
		for range rapid.IntRange(0, 8).Draw(t, "edits") {
			city := rapid.SampledFrom([]string{"", "ES", "IT", "US"}).Draw(t, "country")
			in := text("residence_country", city)
			in.Base = b.person().Version(in.Field)
			c, _, err := Edit(b.person(), []Input{in}, "", today)
			if err != nil {
				t.Fatal(err)
			}
			b.commit(c)
			if city != last {
				want, last = append(want, city), city
			}
		}
		got := History(b.log, "residence_country")
		if len(got) != len(want) {
			t.Fatalf("history has %d values, %d were written", len(got), len(want))
		}
		for i := range got {
			if got[i].Value.Text != want[i] || got[i].Cleared != (want[i] == "") {
				t.Fatalf("value %d is %+v, want %q", i, got[i], want[i])
			}
		}
		if slices.Contains(Lacking(b.person()), "residence_country") != (last == "") {
			t.Fatalf("country %q, lacking %v", last, Lacking(b.person()))
		}
	})
}

// TestCheckIsStable: what Check returns, it takes again and leaves as it is.
func TestCheckIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &Dictionary[rapid.IntRange(0, len(Dictionary)-1).Draw(t, "field")]
		var p *Part
		if f.IsGroup() {
			p = &f.Parts[rapid.IntRange(0, len(f.Parts)-1).Draw(t, "part")]
		}
		given := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"1/2/1990", "sí", "ES", "600123456", "a@B.org", "1,2", "-0.00001,180",
			"inei:150101", "40567890", "ESMAD", "07", "spa", "línea 1\r\n\r\nlínea 2 "})).Draw(t, "text")
		once, _, err := Check(f, p, given, today)
		if err != nil {
			return
		}
		twice, _, err := Check(f, p, once, today)
		if err != nil || twice != once {
			t.Fatalf("%s: %q became %q and then %q (%v)", f.Key, given, once, twice, err)
		}
	})
}
