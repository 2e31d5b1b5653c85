package pack_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"quipu/internal/place"
	"quipu/internal/survey"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/xlsform"
)

func peru(t *testing.T) (*survey.Form, map[string]*survey.Node) {
	t.Helper()
	f, err := pack.Peru()
	if err != nil {
		t.Fatal(err)
	}
	return f, survey.Names(f.Nodes())
}

// TestNothingIsWrong: no error and no warning, so every text is there in both languages.
func TestNothingIsWrong(t *testing.T) {
	sheets, err := pack.Sheets("peru")
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := xlsform.Read(sheets, xlsform.Options{}); len(problems) > 0 {
		t.Error(problems)
	}
}

// TestCoversTheProfile: each column of the profile of cities, and what the estimates of the
// stock and of remittances ask for, has its question under its name.
func TestCoversTheProfile(t *testing.T) {
	_, names := peru(t)
	for _, name := range strings.Fields(`age sex union education employed work_status occupation years_abroad city office bank_host bank_peru
		sends frequency amount currency amount_band channel total_12 last_month recipients recipient_homes return_plan
		kin_in_peru kin_homes home_left no_home venues visit_times degree coupon venue_unit papers consent`) {
		n := names[name]
		if n == nil {
			t.Errorf("no question %s", name)
			continue
		}
		if n.Notes["concept"] == "" {
			t.Errorf("%s says no concept", name)
		}
	}
	for _, name := range []string{"amount", "amount_band"} {
		if got := names[name].Notes["base"]; got != "per sending" {
			t.Errorf("%s is asked %q and should be per sending", name, got)
		}
	}
}

// TestNothingIsAskedWithoutConsent: every question but those of the interviewer and consent
// itself is inside of the group that consent opens, and the sealed one is not required.
func TestNothingIsAskedWithoutConsent(t *testing.T) {
	f, names := peru(t)
	gate := names["interview"]
	if gate.Relevant != "${consent} = 'yes'" {
		t.Fatalf("the interview is relevant when %q", gate.Relevant)
	}
	for _, n := range f.Nodes() {
		free := n.Meta() || n.Item == gate.Item || slices.Contains([]string{"intro", "consent", "no_consent"}, n.Name) || n.Name == "field" || n.Within(names["field"])
		if !free && !n.Within(gate) {
			t.Errorf("%s is asked without consent", n.Path)
		}
	}
	if names["papers"].Required != "" {
		t.Error("the sealed question is required")
	}
	if got := slices.Sorted(maps.Keys(survey.Sensitive(f))); !slices.Equal(got, []string{"interview/sealed/papers"}) {
		t.Errorf("%v are withheld", got)
	}
}

// TestCodesAreThoseOfTheRegister: offices by the codes of the country's offices, occupations by
// ISCO-08, frequencies with their number a year, channels with whether they are formal.
func TestCodesAreThoseOfTheRegister(t *testing.T) {
	f, _ := peru(t)
	network := place.Network()
	for _, c := range f.List("office").Choices {
		o, ok := network.Office(c.Value)
		if !ok || o.Country != c.Attr["country"] {
			t.Errorf("office %s of %s", c.Value, c.Attr["country"])
		}
		if f.List("country").Choice(c.Attr["country"]) == nil {
			t.Errorf("office %s is in %s, which the list of countries lacks", c.Value, c.Attr["country"])
		}
	}
	if n := len(f.List("isco").Choices); n != 10 {
		t.Errorf("%d groups of occupations", n)
	}
	for list, column := range map[string]string{"freq": "per_year", "channel": "formal", "edu": "isced", "status": "icse"} {
		for _, c := range f.List(list).Choices {
			if c.Attr[column] == "" {
				t.Errorf("%s of %s says no %s", c.Value, list, column)
			}
		}
	}
}

// TestDraftsAreDrafts: what stands in Quechua and Aymara names something of the form, is marked
// as a draft while nobody is named as its reviewer, and is in no text of the form.
func TestDraftsAreDrafts(t *testing.T) {
	f, _ := peru(t)
	sheets, err := pack.Sheets("peru")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(sheets, func(s xlsform.Sheet) bool { return s.Name == "drafts" })
	if i < 0 || len(sheets[i].Rows) == 0 {
		t.Fatal("no drafts")
	}
	col := func(name string) int { return slices.Index(sheets[i].Heading, name) }
	for _, r := range sheets[i].Rows {
		if f.List(r.Cells[col("list")]).Choice(r.Cells[col("item")]) == nil {
			t.Errorf("row %d: no such choice", r.Number)
		}
		if (r.Cells[col("status")] == "draft") != (r.Cells[col("reviewer")] == "") {
			t.Errorf("row %d: %s, reviewed by %q", r.Number, r.Cells[col("status")], r.Cells[col("reviewer")])
		}
		if slices.Contains(f.Languages, r.Cells[col("language")]) {
			t.Errorf("row %d: %s is offered before it was reviewed", r.Number, r.Cells[col("language")])
		}
	}
}

// TestAReviewedLanguageIsOffered: with a reviewer named, the words of the drafts are those of
// the language, and the rest is said in Spanish until it is translated.
func TestAReviewedLanguageIsOffered(t *testing.T) {
	sheets, err := pack.Sheets("peru")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sheets {
		if s.Name != "drafts" {
			continue
		}
		language, reviewer := slices.Index(s.Heading, "language"), slices.Index(s.Heading, "reviewer")
		for _, r := range s.Rows {
			if r.Cells[language] == "Runa Simi (qu)" {
				r.Cells[reviewer] = "A reviewer of the language"
			}
		}
	}
	f, problems := xlsform.Read(sheets, xlsform.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := f.List("yn").Choice("yes").Label["Runa Simi (qu)"]; got != "Arí" {
		t.Errorf("yes is %q", got)
	}
	for _, n := range f.Nodes() {
		if es := n.Label["Español (es)"]; n.Label["Runa Simi (qu)"] != es {
			t.Errorf("%s is %q in a language without its words", n.Name, n.Label["Runa Simi (qu)"])
		}
	}
	if slices.Contains(f.Languages, "Aymar aru (ay)") {
		t.Error("a language without a reviewer is offered")
	}
}
