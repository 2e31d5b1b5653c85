package api

import (
	"net/http"
	"strings"
	"testing"
)

const child = `{"provenance":{"source":"declared"},"fields":[{"field":"surname_paternal","text":"Quispe"},{"field":"given_names","text":"Ana"},
 {"field":"birth_date","text":"2015-03-02"},{"field":"sex","text":"F"}]}`

// TestRelatives: both records say it, and what cannot be is refused where it stands.
func TestRelatives(t *testing.T) {
	d := open(t)
	father, rosa := d.register(), d.token("rosa", all...)
	girl := d.send(rosa, "POST", "/persons", child).want(http.StatusCreated).text("person")
	at := "/persons/" + girl + "/relatives"
	for name, c := range map[string]struct{ body, key, pointer string }{
		"no id":        {`{"person":"Juan","relation":"father"}`, "", ""},
		"odd relation": {`{"person":"` + father + `","relation":"boss"}`, "", "#/relation"},
		"odd date":     {`{"person":"` + father + `","relation":"father","from":"ayer"}`, "", "#/from"},
		"older":        {`{"person":"` + father + `","relation":"child"}`, "registry.child_older", "#/relation"},
	} {
		d.wrongOnPurpose = name == "no id"
		a := d.send(rosa, "POST", at, c.body)
		if a.status != http.StatusUnprocessableEntity || c.key != "" && a.text("type") != problemType+c.key || c.pointer != "" && a.status >= 400 && a.pointer() != c.pointer {
			t.Errorf("%s: %d at %q: %s", name, a.status, a.pointer(), a.raw)
		}
	}
	d.send(rosa, "POST", at, `{"person":"`+strings.Repeat("0", 26)+`","relation":"father"}`).want(http.StatusNotFound)
	d.send(rosa, "POST", at, `{"person":"`+father+`","relation":"father","household":true,"authority":true}`, headers{"If-Match": `"N1:1"`}).want(http.StatusPreconditionFailed)
	d.send(rosa, "POST", at, `{"person":"`+father+`","relation":"father","household":true,"authority":true}`).want(http.StatusOK)
	for who, other := range map[string]string{girl: father, father: girl} {
		if a := d.send(rosa, "GET", "/persons/"+who, "").want(http.StatusOK); !strings.Contains(a.raw, `"person":"`+other+`"`) {
			t.Errorf("does not name the other: %s", a.raw)
		}
	}
	again := d.send(rosa, "POST", at, `{"person":"`+father+`","relation":"father","household":true,"authority":true}`).want(http.StatusOK)
	if again.members["unchanged"] != true {
		t.Errorf("twice: %s", again.raw)
	}
}

// TestLife: an entry without papers is completed; a registration that was closed is opened
// again; somebody is missing, and found.
func TestLife(t *testing.T) {
	d := open(t)
	rosa := d.token("rosa", all...)
	person := d.send(rosa, "POST", "/persons", nobody).want(http.StatusCreated).text("person")
	at := "/persons/" + person
	papers := `,"provenance":{"source":"document_seen"},"fields":[{"field":"document/new","parts":{"type":"passport","number":"123456789","issuer":"PER","verification":"seen_original"}}]}`
	none := `,"provenance":{"source":"document_seen"},"fields":[]}`
	if a := d.send(rosa, "POST", at+"/complete", `{"nationality_basis":"presumed"`+papers).want(http.StatusUnprocessableEntity, "registry.basis_needed"); a.pointer() != "#/nationality_basis" {
		t.Errorf("points at %s", a.pointer())
	}
	d.send(rosa, "POST", at+"/complete", `{"nationality_basis":"birth_in_country"`+none).want(http.StatusUnprocessableEntity, "registry.papers_needed")
	d.send(rosa, "POST", at+"/complete", `{"nationality_basis":"birth_in_country"`+papers).want(http.StatusOK)
	d.send(rosa, "POST", at+"/complete", `{"nationality_basis":"birth_in_country"`+papers).want(http.StatusConflict, "registry.not_provisional")

	d.send(rosa, "POST", at+"/reopen", `{"kind":"resident","channel":"window"}`).want(http.StatusConflict, "registry.registered")
	d.send(rosa, "POST", at+"/close", `{"reason":"returned"}`).want(http.StatusOK)
	if a := d.send(rosa, "POST", at+"/reopen", `{"kind":"sailor","channel":"window"}`).want(http.StatusUnprocessableEntity); a.pointer() != "#/kind" {
		t.Errorf("points at %q: %s", a.pointer(), a.raw)
	}
	d.send(rosa, "POST", at+"/reopen", `{"office":"USPAT","kind":"resident","channel":"window"}`).want(http.StatusForbidden, "authz.refused")
	d.send(rosa, "POST", at+"/reopen", `{"kind":"resident","channel":"window","note":"volvió"}`).want(http.StatusOK)

	if a := d.send(rosa, "POST", at+"/vital-status", `{"status":"asleep"}`).want(http.StatusUnprocessableEntity); a.pointer() != "#/status" {
		t.Errorf("points at %q: %s", a.pointer(), a.raw)
	}
	d.send(rosa, "POST", at+"/vital-status", `{"status":"missing","date":"2026-10"}`).want(http.StatusOK)
	if s, _ := d.send(rosa, "GET", at, "").want(http.StatusOK).members["summary"].(map[string]any); s["vital_status"] != "missing" || s["status"] != "active" {
		t.Errorf("stands as %v", s)
	}
	if a := d.send(rosa, "POST", at+"/decease", `{"date":"2031"}`).want(http.StatusUnprocessableEntity); a.pointer() != "#/date" {
		t.Errorf("points at %q: %s", a.pointer(), a.raw)
	}
}

// TestDay: what waits is counted and listed page by page, and a cursor opens its own list.
func TestDay(t *testing.T) {
	d := open(t)
	rosa := d.token("rosa", all...)
	for range 5 {
		d.send(rosa, "POST", "/persons", strings.Replace(nobody, `"fields"`, `"confirmed":true,"fields"`, 1)).want(http.StatusCreated)
	}
	day := d.send(rosa, "GET", "/day", "").want(http.StatusOK)
	if day.text("office") != "ESMAD" || day.members["registered"] != 5.0 || day.members["doubtful"] != 5.0 || day.members["due"] != 0.0 {
		t.Errorf("the day is %s", day.raw)
	}
	seen, at := 0, "/day/doubts?limit=2"
	for pages := 0; at != "" && pages < 9; pages++ {
		page := d.send(rosa, "GET", at, "").want(http.StatusOK)
		seen, at = seen+len(page.each("people")), page.next()
		if (page.text("next") == "") != (at == "") || !strings.Contains(page.header.Get("Link"), `rel="first"`) {
			t.Errorf("next is %q, and Link %s", page.text("next"), page.header.Get("Link"))
		}
	}
	if seen != 5 {
		t.Errorf("%d people on all pages", seen)
	}
	cursor := d.send(rosa, "GET", "/day/doubts?limit=2", "").want(http.StatusOK).text("next")
	for _, bad := range []string{cursor, "x", "!!", "ZHVlIA", "ZHVlIDA", "ZHVlIC0x"} { // of the other list, and of none
		d.wrongOnPurpose = true
		d.send(rosa, "GET", "/day/due?cursor="+bad, "").want(http.StatusBadRequest, "api.cursor")
	}
	d.now = d.now.AddDate(6, 0, 0)
	late := d.send(d.token("rosa", all...), "GET", "/day/due", "").want(http.StatusOK).each("people")
	if len(late) != 5 || late[0]["status"] != "stale" || late[0]["expires"] == "" {
		t.Errorf("late are %v", late)
	}
}
