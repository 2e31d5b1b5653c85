package fieldwork

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/i18n"
)

// 1,000 cases, worked out by hand.
func TestRates(t *testing.T) {
	n := Counts{Interview: 400, Partial: 50, Refusal: 150, NonContact: 100, Other: 20, UnknownHouse: 60, UnknownPerson: 40, NotEligible: 180}
	if e := n.Eligible(); e != .8 {
		t.Errorf("e = %v, want 720/900", e)
	}
	got, err := n.Rates(n.Eligible())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"RR1": 400. / 820, "RR2": 450. / 820, "RR3": .5, "RR4": 450. / 800, "RR5": 400. / 720, "RR6": .625,
		"COOP1": 400. / 620, "COOP2": 450. / 620, "COOP3": 400. / 600, "COOP4": .75,
		"REF1": 150. / 820, "REF2": 150. / 800, "REF3": 150. / 720, "CON1": 620. / 820, "CON2": 620. / 800, "CON3": 620. / 720}
	if len(got) != len(want) {
		t.Errorf("%d rates, want %d", len(got), len(want))
	}
	for _, r := range got {
		if math.Abs(r.Value-want[r.Name]) > 1e-15 {
			t.Errorf("%s = %v, want %v", r.Name, r.Value, want[r.Name])
		}
	}
	if _, err := n.Rates(1.2); err == nil {
		t.Error("e of 1.2 passed")
	}
}

func TestRatesAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Counts{}
		for _, c := range []Class{Interview, Partial, Refusal, NonContact, Other, UnknownHouse, UnknownPerson, NotEligible} {
			n[c] = float64(rapid.IntRange(0, 50).Draw(t, string(c)))
		}
		rates, err := n.Rates(n.Eligible())
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]float64{}
		for _, r := range rates {
			if r.Value < 0 || r.Value > 1 {
				t.Fatalf("%s = %v", r.Name, r.Value)
			}
			by[r.Name] = r.Value
		}
		if len(by) == 16 && !(by["RR1"] <= by["RR3"] && by["RR3"] <= by["RR5"] && by["RR1"] <= by["RR2"] && by["RR5"] <= by["RR6"] && by["COOP1"] <= by["COOP3"]) {
			t.Fatalf("out of order: %v", by)
		}
	})
}

func TestFind(t *testing.T) {
	for code, want := range map[string]Class{"1.1": Interview, "1.10": "", "1.2": Partial, "2.1": Refusal, "2.113": Refusal, "2.2": NonContact, "2.31": Other, "3.1": UnknownHouse, "3.2": UnknownPerson, "3.9": UnknownPerson, "4.7": NotEligible, " 4.70 ": NotEligible, "5.1": "", "": "", "refused": "", "11": ""} {
		got, err := Find(code)
		if want == "" && code != "1.10" {
			if err == nil {
				t.Errorf("%q is taken for %v", code, got)
			}
			continue
		}
		if code == "1.10" {
			want = Interview
		}
		if err != nil || got.Class != want {
			t.Errorf("%q: %v %v, want %s", code, got, err, want)
		}
	}
}

func TestEveryDispositionIsInWords(t *testing.T) {
	for _, d := range Dispositions() {
		for _, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
			if !i18n.Has(lang, d.Key()) {
				t.Errorf("%s has no words in %s", d.Code, lang)
			}
		}
	}
}

func TestTally(t *testing.T) {
	yes, no := Disposition{"1.1", Interview}, Disposition{"2.11", Refusal}
	if n := Tally([]Disposition{yes, no, yes}, []float64{2, 3, 4}); n[Interview] != 6 || n[Refusal] != 3 {
		t.Errorf("%v", n)
	}
	if n := Tally([]Disposition{yes, no, yes}, nil); n[Interview] != 2 {
		t.Errorf("%v", n)
	}
}
