package api

import (
	"net/http"
	"strings"
	"testing"

	"quipu/internal/app/account"
	"quipu/internal/authz"
)

// two are entries of one woman at an office each, and their pair.
func (d *desk) two(first, second string) (a, b, pair string) {
	d.t.Helper()
	d.officer(account.NewAccount{Login: "lima", Name: "Lima", Office: "ESMAD", Role: authz.Reviewer, Lang: "es"})
	make := func(login, given, sex, expires string) string {
		body := `{"confirmed":true,"provenance":{"source":"declared"},"fields":[{"field":"surname_paternal","text":"Huamán"},{"field":"surname_maternal","text":"Flores"},
		 {"field":"given_names","text":"` + given + `"},{"field":"birth_date","text":"1990-05-04"},{"field":"sex","text":"` + sex + `"},{"field":"safe_hours","text":"de noche"},
		 {"field":"document/new","parts":{"type":"passport","number":"123456789","issuer":"PER","expires":"` + expires + `"}}]}`
		return d.send(d.token(login, all...), "POST", "/persons", body).want(http.StatusCreated).text("person")
	}
	a, b = make(first, "Yesenia", "F", "2029-01-02"), make(second, "Jesenia", "M", "2031-01-02")
	pair, err := d.app.Suspect(d.t.Context(), authz.Actor{Login: "lima", Role: authz.Reviewer, Office: "ESMAD", Purpose: "registry"}, a, b)
	if err != nil {
		d.t.Fatal(err)
	}
	return a, b, pair
}

// TestPairs: a pair is listed, looked at, merged and parted again, and everybody who was
// shown stands in the log of reads.
func TestPairs(t *testing.T) {
	d := open(t)
	a, b, pair := d.two("rosa", "rosa")
	saul, rosa := d.token("saul", all...), d.token("rosa", all...)
	queue := d.send(saul, "GET", "/pairs?state=open&office=ESMAD&limit=1", "").want(http.StatusOK)
	if list := queue.each("pairs"); len(list) != 1 || list[0]["pair"] != pair || list[0]["state"] != "open" || queue.members["all"] != 1.0 {
		t.Fatalf("the queue is %s", queue.raw)
	}
	if after := d.send(saul, "GET", queue.next(), "").want(http.StatusOK); len(after.each("pairs")) != 0 || after.next() != "" {
		t.Errorf("after the last comes %s", after.raw)
	}
	for _, text := range queue.each("pairs")[0]["reasons"].([]any) {
		if r := text.(map[string]any); strings.ContainsAny(r["text"].(string), "⟦{") {
			t.Errorf("a reason without words: %v", r)
		}
	}
	page := d.send(rosa, "GET", "/pairs/"+pair, "").want(http.StatusOK)
	if may := page.members["may"].(map[string]any); may["merge"] != false || may["decide"] != true || page.text("seen") != "" {
		t.Errorf("at the window one may %v", may)
	}
	if strings.Contains(page.raw, "de noche") {
		t.Error("what is sealed is shown at the window")
	}
	if shown := d.send(d.token("amelia", all...), "GET", "/audit/reads?person="+b, "").want(http.StatusOK).raw; !strings.Contains(shown, `"action":"candidate"`) || !strings.Contains(shown, `"author":"rosa","office":"ESMAD","purpose":"registry","action":"read"`) {
		t.Errorf("the log of reads is %s", shown)
	}

	at := "/pairs/" + pair + "/decisions"
	asked := d.send(rosa, "POST", at, `{"verdict":"same"}`).want(http.StatusConflict, "review.choose")
	keep := "," + choose(t, asked)
	if w := d.send(rosa, "POST", at, `{"verdict":"same"`+keep+`}`).want(http.StatusOK); w.text("state") != "proposed" || len(w.each("waits")) != 1 {
		t.Errorf("at the window one proposes: %s", w.raw)
	}
	seen := d.send(saul, "GET", "/pairs/"+pair, "").want(http.StatusOK).text("seen")
	merged := d.send(saul, "POST", at, `{"verdict":"same","survivor":"`+sideOf(pair, a)+`"`+keep+`,"seen":"`+seen+`"}`, headers{"Idempotency-Key": "once"}).want(http.StatusOK)
	if merged.text("state") != "same" || merged.text("survivor") != a {
		t.Fatalf("merged %s", merged.raw)
	}
	if again := d.send(saul, "POST", at, `{"verdict":"same","survivor":"`+sideOf(pair, a)+`"`+keep+`,"seen":"`+seen+`"}`, headers{"Idempotency-Key": "once"}).want(http.StatusOK); again.raw != merged.raw {
		t.Errorf("a repeat is answered %s", again.raw)
	}
	d.send(saul, "POST", at, `{"verdict":"unsure","seen":"`+seen+`"}`).want(http.StatusConflict, "review.moved")
	d.send(saul, "POST", at, `{"verdict":"unsure"}`).want(http.StatusConflict, "review.decided")
	if led := d.send(rosa, "GET", "/persons/"+b, "").want(http.StatusOK); led.text("person") != a || led.text("led_from") == "" {
		t.Errorf("the other number leads to %s", led.raw)
	}
	d.part(a, b, merged.text("merge"))
}

// choose answers what a refused merge asks: side a stands in all that is to be chosen.
func choose(t *testing.T, asked answered) string {
	t.Helper()
	choices, _ := asked.members["choices"].([]any)
	if len(choices) != 1 || !strings.HasPrefix(choices[0].(string), "document/") {
		t.Fatalf("to choose are %s", asked.raw)
	}
	return `"keep":{"` + choices[0].(string) + `":"a"}`
}

// part undoes a merge.
func (d *desk) part(survivor, other, merge string) {
	d.t.Helper()
	saul, path := d.token("saul", all...), "/merges/"+merge
	d.send(saul, "PATCH", "/persons/"+survivor, `{"provenance":{"source":"declared"},"fields":[{"field":"phone/new","parts":{"number":"+34600111222"}}]}`).want(http.StatusOK)
	page := d.send(saul, "GET", path, "").want(http.StatusOK)
	since := page.each("since")
	if len(since) != 1 || since[0]["goes"] != survivor || page.members["may_undo"] != true {
		d.t.Fatalf("since the merge: %s", page.raw)
	}
	for body, key := range map[string]string{`{"reason":"x","then":"different"}`: "review.reason_missing", `{"reason":"hermanas","then":"same"}`: "review.verdict",
		`{"reason":"hermanas","then":""}`: "review.verdict", `{"reason":"hermanas","then":"different","to":{"x":"` + other + `"}}`: "review.no_write"} {
		d.send(saul, "POST", path+"/undo", body).want(http.StatusUnprocessableEntity, key)
	}
	d.send(d.token("rosa", all...), "POST", path+"/undo", `{"reason":"hermanas","then":"different"}`).want(http.StatusForbidden, "authz.refused")
	done := d.send(saul, "POST", path+"/undo", `{"reason":"son hermanas","then":"different","to":{"`+since[0]["key"].(string)+`":"`+other+`"}}`).want(http.StatusOK)
	if done.members["moved"] != 1.0 || done.text("survivor") != survivor {
		d.t.Errorf("parted %s", done.raw)
	}
	if theirs := d.send(saul, "GET", "/persons/"+other, "").want(http.StatusOK); theirs.text("person") != other || !strings.Contains(theirs.raw, "600111222") {
		d.t.Errorf("what was moved is not there: %s", theirs.raw)
	}
	d.send(saul, "POST", path+"/undo", `{"reason":"son hermanas","then":"different"}`).want(http.StatusConflict, "review.undone_already")
	if all := d.send(saul, "GET", "/persons/"+other+"/merges", "").want(http.StatusOK).each("merges"); len(all) != 1 || all[0]["state"] != "undone" || all[0]["ended"] == "" {
		d.t.Errorf("the merges are %v", all)
	}
}

func sideOf(pair, person string) string {
	if strings.HasPrefix(pair, person) {
		return "a"
	}
	return "b"
}

// TestTwoOffices: a head proposes, the other confirms; what nobody can decide is asked for;
// different lasts until somebody opens it again.
func TestTwoOffices(t *testing.T) {
	d := open(t)
	a, _, pair := d.two("rosa", "pat")
	saul, pat, at := d.token("saul", all...), d.token("pat", all...), "/pairs/"+pair
	for body, c := range map[string]struct{ key, pointer string }{
		`{"verdict":"perhaps"}`:                         {"review.verdict", "#/verdict"},
		`{"verdict":"different"}`:                       {"review.reason_missing", "#/reason"},
		`{"verdict":"same","survivor":"c"}`:             {"review.survivor", "#/survivor"},
		`{"verdict":"same","keep":{"no/such":"a"}}`:     {"review.choice_of_nothing", "#/keep/no~1such"},
		`{"verdict":"same","keep":{"given_names":"x"}}`: {"review.choice_of_nothing", "#/keep/given_names"},
	} {
		if a := d.send(saul, "POST", at+"/decisions", body).want(http.StatusUnprocessableEntity, c.key); a.pointer() != c.pointer {
			t.Errorf("%s points at %q", body, a.pointer())
		}
	}
	d.send(d.token("pat", authz.Review), "POST", at+"/decisions", `{"verdict":"different","reason":"primas"}`).want(http.StatusOK)
	if list := d.send(saul, "GET", "/persons/"+a+"/pairs", "").want(http.StatusOK).each("pairs"); len(list) != 1 || list[0]["state"] != "different" {
		t.Errorf("her pairs are %v", list)
	}
	d.send(saul, "POST", at+"/decisions", `{"verdict":"same"}`).want(http.StatusConflict, "review.decided")
	d.wrongOnPurpose = true
	d.send(saul, "POST", at+"/reopen", `{"reason":"apareció una partida","seen":"X:0"}`).want(http.StatusBadRequest, "api.base")
	d.send(saul, "POST", at+"/reopen", `{"reason":"apareció una partida"}`).want(http.StatusNoContent)
	keep := choose(t, d.send(saul, "POST", at+"/decisions", `{"verdict":"same"}`).want(http.StatusConflict, "review.choose"))
	if said := d.send(saul, "POST", at+"/decisions", `{"verdict":"same",`+keep+`}`).want(http.StatusOK); said.text("state") != "proposed" || !strings.Contains(said.raw, "USPAT") && len(said.each("waits")) != 1 {
		t.Errorf("one of two offices: %s", said.raw)
	}
	if done := d.send(pat, "POST", at+"/decisions", `{"verdict":"same"}`).want(http.StatusOK); done.text("state") != "same" {
		t.Errorf("the other office: %s", done.raw)
	}
	figures := d.send(d.token("lima", all...), "GET", "/review/statistics?from=2026-11-01&until=2026-11-30", "").want(http.StatusOK)
	if figures.members["same"] != 1.0 || figures.members["proposed"] != 1.0 || figures.members["reopened"] != 1.0 || figures.members["waiting"] != 0.0 {
		t.Errorf("the figures are %s", figures.raw)
	}
	if none := d.send(pat, "GET", "/review/statistics?until=2026-11-01", "").want(http.StatusOK); none.members["decisions"] != 0.0 {
		t.Errorf("before: %s", none.raw)
	}
	groups := map[string]map[string]any{}
	for _, g := range d.send(d.token("lima", all...), "GET", "/review/fairness", "").want(http.StatusOK).each("groups") {
		groups[g["dimension"].(string)+" "+g["group"].(string)] = g
	}
	if g := groups["office USPAT"]; g == nil || g["same"] != 1.0 || g["reopened"] != 1.0 || g["small"] != true || groups["sex F"] == nil {
		t.Errorf("the groups are %v", groups)
	}
	d.send(saul, "GET", "/review/statistics?office=USPAT", "").want(http.StatusForbidden)
	d.send(saul, "GET", "/pairs", "", headers{"Quipu-Purpose": "statistics"}).want(http.StatusForbidden)
	d.send(saul, "GET", "/pairs/"+strings.Repeat("0", 26)+"-"+strings.Repeat("1", 26), "").want(http.StatusNotFound)
	d.wrongOnPurpose = true
	d.send(saul, "GET", "/pairs?state=second", "").want(http.StatusBadRequest, "review.state")
}
