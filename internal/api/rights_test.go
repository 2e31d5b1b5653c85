package api

import (
	"net/http"
	"strings"
	"testing"
)

// entity reads something that is decided about, and what its version is called in If-Match.
func (d *desk) entity(token, path string) (answered, headers) {
	d.t.Helper()
	a := d.send(token, "GET", path, "").want(http.StatusOK)
	return a, headers{"If-Match": a.header.Get("ETag")}
}

// TestRequests: a person asks, somebody works on it, and it is answered with what was done.
func TestRequests(t *testing.T) {
	d := open(t)
	person, rosa, saul := d.register(), d.token("rosa", all...), d.token("saul", all...)
	at := "/persons/" + person + "/requests"
	for name, c := range map[string]struct{ body, pointer string }{
		"odd kind": {`{"kind":"wish","channel":"window"}`, "#/kind"}, "odd channel": {`{"kind":"access","channel":"drum"}`, "#/channel"},
		"nothing wanted": {`{"kind":"rectification","channel":"window"}`, "#/wants"}, "not shown": {`{"kind":"access","channel":"window","representative":"Su hija"}`, "#/shown"},
		"to come": {`{"kind":"access","channel":"window","received":"2031-01-01"}`, "#/received"},
	} {
		if a := d.send(rosa, "POST", at, c.body).want(http.StatusUnprocessableEntity); a.pointer() != c.pointer {
			t.Errorf("%s points at %q", name, a.pointer())
		}
	}
	request := d.send(rosa, "POST", at, `{"kind":"rectification","channel":"window","wants":"El segundo apellido"}`).want(http.StatusCreated).text("request")
	path := "/requests/" + request
	for _, list := range []string{"/requests", at} {
		if all := d.send(rosa, "GET", list, "").want(http.StatusOK).each("requests"); len(all) != 1 || all[0]["request"] != request {
			t.Errorf("%s lists %v", list, all)
		}
	}
	d.wrongOnPurpose = true
	d.send(rosa, "GET", "/requests?answered=perhaps", "").want(http.StatusBadRequest, "api.query_yes")

	_, seen := d.entity(saul, path)
	d.wrongOnPurpose = true
	d.send(saul, "POST", path+"/begin", "").want(http.StatusPreconditionRequired, "api.if_match_needed")
	d.send(rosa, "POST", path+"/begin", "", seen).want(http.StatusForbidden, "authz.refused")
	d.send(saul, "POST", path+"/begin", "", seen).want(http.StatusNoContent)
	d.send(saul, "POST", path+"/extend", `{"reason":"falta un papel"}`, seen).want(http.StatusPreconditionFailed, "rights.moved")
	_, seen = d.entity(saul, path)
	if a := d.send(saul, "POST", path+"/answer", `{"state":"granted","reason":"Corregido"}`, seen).want(http.StatusUnprocessableEntity, "rights.outcome_missing"); a.pointer() != "#/outcome" {
		t.Errorf("points at %q", a.pointer())
	}
	d.send(rosa, "PATCH", "/persons/"+person, `{"provenance":{"source":"declared"},"fields":[{"field":"given_names","text":"Juan","base":"`+d.version(rosa, person, "given_names")+`"}]}`).want(http.StatusOK)
	page, seen := d.entity(saul, path)
	outcomes := page.each("outcomes")
	if len(outcomes) != 1 {
		t.Fatalf("the deeds are %v", outcomes)
	}
	d.send(saul, "POST", path+"/answer", `{"state":"granted","reason":"Corregido","outcome":"`+outcomes[0]["version"].(string)+`"}`, seen).want(http.StatusNoContent)
	if page, _ = d.entity(saul, path); page.text("state") != "granted" || len(page.each("history")) != 3 {
		t.Errorf("answered %s", page.raw)
	}
	d.send(rosa, "POST", path+"/withdraw", `{"reason":"ya no"}`, headers{"If-Match": "*"}).want(http.StatusConflict, "rights.answered")
	if counts := d.send(saul, "GET", "/request-counts", "").want(http.StatusOK).raw; !strings.Contains(counts, `"kind":"rectification","received":1,"attended":1`) {
		t.Errorf("counted %s", counts)
	}
	if all := d.send(saul, "GET", "/requests?answered=true", "").want(http.StatusOK).each("requests"); len(all) != 1 {
		t.Errorf("answered are %v", all)
	}
	d.send(rosa, "GET", "/requests/"+person, "").want(http.StatusNotFound)
}

// version is that of a value of a person.
func (d *desk) version(token, person, field string) string {
	d.t.Helper()
	for _, v := range d.send(token, "GET", "/persons/"+person, "").want(http.StatusOK).each("values") {
		if v["field"] == field {
			return v["version"].(string)
		}
	}
	d.t.Fatalf("%s has no %s", person, field)
	return ""
}

// TestOwnData: everything is handed out, each time on record, and no copy stays.
func TestOwnData(t *testing.T) {
	d := open(t)
	person, saul := d.register(), d.token("saul", all...)
	at, key := "/persons/"+person+"/own-data", headers{"Idempotency-Key": "mine"}
	out := d.send(saul, "POST", at, `{"language":"en"}`, key).want(http.StatusOK)
	if out.text("person") != person || out.text("language") != "en" || !strings.Contains(out.raw, "solo de 10 a 12") { // a sealed value
		t.Errorf("handed out %s", out.raw)
	}
	again := d.send(saul, "POST", at, `{"language":"en"}`, key).want(http.StatusOK)
	if again.header.Get("Idempotency-Replayed") != "" || !strings.Contains(again.raw, `"own_data"`) {
		t.Errorf("a copy was kept, or the first time is not on record: %s", again.raw)
	}
	if a := d.send(saul, "POST", at, `{"language":"xx"}`).want(http.StatusUnprocessableEntity, "api.language"); a.pointer() != "#/language" {
		t.Errorf("points at %q", a.pointer())
	}
	d.send(saul, "POST", at, `{"request":"`+person+`"}`).want(http.StatusNotFound)
	d.send(d.token("rosa", all...), "POST", at, "").want(http.StatusForbidden, "authz.refused")
}

// TestOthersAsk: what is asked for the control of who may stay is refused, and only that.
func TestOthersAsk(t *testing.T) {
	d := open(t)
	person, saul := d.register(), d.token("saul", all...)
	ask := `{"person":"` + person + `","asker":"host_authority","asker_name":"Una comisaría","aim":"enforcement","wants":"La dirección"}`
	one := d.send(saul, "POST", "/disclosures", ask).want(http.StatusCreated).text("disclosure")
	page, seen := d.entity(saul, "/disclosures/"+one)
	if page.text("proposed_state") != "refused" || page.members["final"] != true || page.text("person") != person {
		t.Errorf("stands as %s", page.raw)
	}
	if a := d.send(saul, "POST", "/disclosures/"+one+"/answer", `{"state":"granted","reason":"Lo piden","given":"La dirección"}`, seen).want(http.StatusForbidden, "rights.never_given"); a.pointer() != "#/state" {
		t.Errorf("points at %q", a.pointer())
	}
	d.send(saul, "POST", "/disclosures/"+one+"/answer", `{"state":"refused","reason":"Nunca se da"}`, seen).want(http.StatusNoContent)
	if all := d.send(saul, "GET", "/disclosures", "").want(http.StatusOK).each("disclosures"); len(all) != 1 || all[0]["state"] != "refused" {
		t.Errorf("listed %v", all)
	}
	d.send(saul, "POST", "/disclosures", strings.Replace(ask, person, strings.Repeat("0", 26), 1)).want(http.StatusNotFound)
	if a := d.send(saul, "POST", "/disclosures", strings.Replace(ask, "enforcement", "gossip", 1)).want(http.StatusUnprocessableEntity); a.pointer() != "#/aim" {
		t.Errorf("points at %q", a.pointer())
	}
}

// TestBreaches: an incident is taken in, told of, and closed.
func TestBreaches(t *testing.T) {
	d := open(t)
	saul := d.token("saul", all...)
	known := `{"what":"Robaron un portátil","noticed":"2026-11-23T08:00:00Z","data":["identity"],"people":40,"certainty":"estimated"`
	for name, c := range map[string]struct {
		body, pointer string
		status        int
	}{
		"no moment": {strings.Replace(known, "2026-11-23T08:00:00Z", "ayer", 1) + `}`, "#/noticed", http.StatusBadRequest},
		"to come":   {strings.Replace(known, "2026-11", "2027-11", 1) + `}`, "#/noticed", http.StatusUnprocessableEntity},
		"odd data":  {strings.Replace(known, "identity", "gossip", 1) + `}`, "#/data", http.StatusUnprocessableEntity},
		"unsure":    {strings.Replace(known, "estimated", "perhaps", 1) + `}`, "#/certainty", http.StatusUnprocessableEntity},
	} {
		d.wrongOnPurpose = true
		if a := d.send(saul, "POST", "/breaches", c.body).want(c.status); a.pointer() != c.pointer {
			t.Errorf("%s points at %q", name, a.pointer())
		}
	}
	path := "/breaches/" + d.send(saul, "POST", "/breaches", known+`}`).want(http.StatusCreated).text("breach")
	page, seen := d.entity(saul, path)
	if clock := page.members["authority_clock"].(map[string]any); clock["unit"] != "hours" || clock["due_at"] == "" {
		t.Errorf("the clock is %v", clock)
	}
	act := func(path, method, what, body string, status int) {
		t.Helper()
		_, seen = d.entity(saul, path)
		d.send(saul, method, path+what, body, seen).want(status)
	}
	act(path, "POST", "/close", "", http.StatusConflict)
	act(path, "PUT", "", known+`,"measures":"Se borró a distancia"}`, http.StatusNoContent)
	if a := d.send(saul, "POST", path+"/authority", `{"at":"2026-11-23T07:00:00Z"}`, headers{"If-Match": "*"}).want(http.StatusUnprocessableEntity, "rights.notice_early"); a.pointer() != "#/at" {
		t.Errorf("points at %q", a.pointer())
	}
	act(path, "POST", "/authority", `{"at":"2026-11-23T09:00:00Z","reference":"114"}`, http.StatusNoContent)
	act(path, "POST", "/people", `{"at":"2026-11-23T09:00:00Z","how":"Por carta"}`, http.StatusNoContent)
	act(path, "POST", "/close", "", http.StatusNoContent)
	act(path, "POST", "/close", "", http.StatusConflict)

	other := "/breaches/" + d.send(saul, "POST", "/breaches", known+`}`).want(http.StatusCreated).text("breach")
	act(other, "POST", "/excuse", `{"people":true,"reason":"Iba cifrado"}`, http.StatusNoContent)
	if page, _ = d.entity(saul, other); page.text("untold") != "Iba cifrado" || page.text("exempt") != "" {
		t.Errorf("stands as %s", page.raw)
	}
	if n := len(d.send(saul, "GET", "/breaches", "").want(http.StatusOK).each("breaches")); n != 2 {
		t.Errorf("%d are listed", n)
	}
}

// TestRetention: what a person asked to have erased is proposed, and whoever looks at it can
// end it. To carry it out there is no operation.
func TestRetention(t *testing.T) {
	d := open(t)
	person, saul := d.register(), d.token("saul", all...)
	if due := d.send(saul, "GET", "/retention/due", "").want(http.StatusOK); len(due.each("people")) != 0 || due.members["looked_at"] != 1.0 {
		t.Errorf("due are %s", due.raw)
	}
	d.send(saul, "POST", "/retention/proposals", "").want(http.StatusConflict, "rights.nothing_due")
	request := d.send(saul, "POST", "/persons/"+person+"/requests", `{"kind":"cancellation","channel":"window","wants":"Todo"}`).want(http.StatusCreated).text("request")
	if a := d.send(saul, "POST", "/requests/"+request+"/erasure", `{"data":"gossip","reason":"Lo pide"}`).want(http.StatusUnprocessableEntity, "rights.choose"); a.pointer() != "#/data" {
		t.Errorf("points at %q", a.pointer())
	}
	path := "/retention/proposals/" + d.send(saul, "POST", "/requests/"+request+"/erasure", `{"data":"section:contact","reason":"Lo pide"}`).want(http.StatusCreated).text("proposal")
	page, seen := d.entity(saul, path)
	if items := page.each("items"); len(items) != 1 || items[0]["person"] != person || page.text("state") != "proposed" || page.text("request") != request {
		t.Errorf("stands as %s", page.raw)
	}
	d.send(saul, "POST", path+"/reject", `{"reason":"Se retractó"}`, seen).want(http.StatusNoContent)
	d.send(saul, "POST", path+"/reject", `{"reason":"Se retractó"}`, headers{"If-Match": "*"}).want(http.StatusConflict)
	if all := d.send(saul, "GET", "/retention/proposals", "").want(http.StatusOK).each("proposals"); len(all) != 1 || all[0]["state"] != "rejected" {
		t.Errorf("listed %v", all)
	}
}
