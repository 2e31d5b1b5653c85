package officer

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"quipu/internal/doc"
	"quipu/internal/i18n"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
	"quipu/internal/web/uitest"
)

func TestScreensFitTheirData(t *testing.T) {
	set, err := ui.Parse(screens)
	if err != nil {
		t.Fatal(err)
	}
	uitest.Check(t, set, map[string]ui.Framed{
		"login.html": &loginScreen{}, "search.html": &searchScreen{}, "person.html": &personScreen{},
		"history.html": &historyScreen{}, "fieldhistory.html": &fieldHistoryScreen{}, "edit.html": &editScreen{},
		"act.html": &actScreen{}, "register.html": &registerScreen{}, "same.html": &sameScreen{},
		"registered.html": &personScreen{}, "import.html": &importScreen{}, "preview.html": &previewScreen{},
		"imported.html": &importedScreen{}, "offices.html": &officesScreen{}, "office.html": &officeScreen{},
		"codes.html": &codesScreen{}, "code.html": &codeScreen{}, "audit.html": &auditScreen{}, "reads.html": &readsScreen{},
		"consents.html": &consentsScreen{}, "relate.html": &relateScreen{}, "complete.html": &completeScreen{},
		"second.html": &secondScreen{}, "enrol.html": &enrolScreen{}, "recovery.html": &codesOnce{}, "setup.html": &setupScreen{},
		"prove.html": &loginScreen{}, "mine.html": &myScreen{}, "users.html": &usersScreen{}, "user.html": &userScreen{},
		"newuser.html": &userScreen{}, "handed.html": &handedScreen{},
		"portrait.html": &portraitScreen{}, "waiting.html": &waitingScreen{},
	})
}

var literal = regexp.MustCompile(`\bw(?:ords)?\.(tn?|or)\("([^"]+)"[,)]`)

// TestMessagesExist looks for every literal key that the screens ask for.
func TestMessagesExist(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			keys := []string{m[2]}
			if m[1] == "tn" {
				keys = []string{m[2] + ".one", m[2] + ".other"}
			}
			for _, k := range keys {
				n++
				need(t, k)
			}
		}
	}
	if n < 50 {
		t.Fatalf("only %d keys were found: the scan looks in the wrong place", n)
	}
}

func need(t *testing.T, key string) {
	t.Helper()
	for _, lang := range i18n.Langs {
		if !i18n.Has(lang, key) {
			t.Errorf("no %s message for %q", lang, key)
		}
	}
}

// TestMadeKeysExist looks for the keys that are put together from codes.
func TestMadeKeysExist(t *testing.T) {
	for _, s := range registry.Sections {
		need(t, "section."+string(s))
	}
	for _, s := range registry.States {
		need(t, "officer.state."+string(s))
	}
	for _, a := range []act{actConfirm, actClose, actTransfer, actDecease, actReopen, actVital} {
		for _, end := range []string{"", ".text", ".do", ".done"} {
			need(t, "officer.act."+a.name+end)
		}
	}
	for _, c := range consentPurposes {
		need(t, "officer.consent."+c)
	}
	for _, c := range []string{"number", "birth", "expiry", "optional", "composite"} {
		need(t, "officer.mrz.check."+c)
	}
	w := words{lang: i18n.Spanish}
	for _, target := range intake.Targets() {
		if label := w.target(target); label == target {
			t.Errorf("the target %q has no name", target)
		}
	}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		need(t, "field."+f.Key)
		for j := range f.Parts {
			need(t, "field."+f.Key+"."+f.Parts[j].Key)
		}
	}
}

func TestProper(t *testing.T) {
	for in, want := range map[string]string{"QUISPE": "Quispe", "DE LA CRUZ": "de la Cruz", "": "", "ROSA ELVIRA": "Rosa Elvira"} {
		if got := proper(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestOnce(t *testing.T) {
	o, n := newOnceTokens(), 0
	act := func() (string, error) { n++; return "P", nil }
	token := o.issue()
	for range 3 {
		if got, err := o.use(token, act); got != "P" || err != nil {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if n != 1 {
		t.Errorf("acted %d times", n)
	}
	refused := o.issue()
	for range 2 {
		if _, err := o.use(refused, func() (string, error) { n++; return "", nil }); err != nil {
			t.Fatal(err)
		}
	}
	if n != 3 {
		t.Error("a form that did not act must be free to be sent again")
	}
}

func TestReadMRZ(t *testing.T) {
	zone, err := doc.MakeTD3(doc.Fields{Code: "P", Issuer: "PER", Number: "116012345", Nationality: "PER", Birth: "680407",
		Expiry: "300101", Sex: "F", Primary: "QUISPE<DE<LA<CRUZ", Secondary: "ROSA<ELVIRA"})
	if err != nil {
		t.Fatal(err)
	}
	p := &registerScreen{registerForm: registerForm{MRZ: zone}}
	p.Lang = i18n.Spanish
	w := words{lang: i18n.Spanish}
	w.today.Year, w.today.Month, w.today.Day = 2026, 11, 23
	p.readMRZ(w)
	if p.Paternal != "Quispe" || p.Maternal != "de la Cruz" || p.Given != "Rosa Elvira" || p.DocNumber != "116012345" ||
		p.DocType != "passport" || p.Sex != "F" || p.Birth.Text() != "7/4/1968" || len(p.MRZChecks) == 0 || len(p.Errors) > 0 {
		t.Errorf("read %+v, errors %v", p.registerForm, p.Errors)
	}
	p.MRZ = "nothing"
	p.readMRZ(w)
	if p.Err("document.mrz") == "" {
		t.Error("no error beside the zone")
	}
}
