package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestCandidates: who looks alike is said before the entry is made, stops it, and is logged
// as shown; what was found out of each lets it through.
func TestCandidates(t *testing.T) {
	d := open(t)
	first, rosa := d.register(), d.token("rosa", all...)
	twin := `{"fields":[{"field":"surname_paternal","text":"Quispe"},{"field":"surname_maternal","text":"Mamani"},{"field":"given_names","text":"Juan Carlos"},
	 {"field":"birth_date","text":"1968-04"},{"field":"sex","text":"M"},{"field":"document/new","parts":{"type":"dni","number":"10117410","verification":"seen_original"}}]`
	found := d.send(rosa, "POST", "/candidates", twin+`}`).want(http.StatusOK).each("candidates")
	if len(found) != 1 || found[0]["person"] != first || found[0]["strong"] != true || len(found[0]["reasons"].([]any)) < 2 {
		t.Fatalf("found %v", found)
	}
	if none := d.send(rosa, "POST", "/candidates", `{"fields":[]}`).want(http.StatusOK).each("candidates"); len(none) != 0 {
		t.Errorf("nothing looks like %v", none)
	}
	shown := func() int {
		return strings.Count(d.send(d.token("amelia", all...), "GET", "/audit/reads", "").want(http.StatusOK).raw, `"action":"candidate","person":"`+first)
	}
	if shown() != 1 {
		t.Errorf("shown %d times", shown())
	}
	body := twin + `,"provenance":{"source":"declared"}`
	if same := d.send(rosa, "POST", "/persons", body+`}`).want(http.StatusConflict, "api.same_document").each("same"); len(same) != 1 || shown() != 2 {
		t.Errorf("the same are %v, shown %d times", same, shown())
	}
	said := func(verdict string) answered {
		return d.send(rosa, "POST", "/persons", body+`,"alike":[{"person":"`+first+`","number":"0000-000-0013"`+verdict+`}]}`)
	}
	if a := said("").want(http.StatusUnprocessableEntity, "registry.verdict_reason"); a.pointer() != "#/alike" {
		t.Errorf("points at %s", a.pointer())
	}
	unsure := said(`,"unsure":true`).want(http.StatusCreated)
	if !strings.Contains(unsure.raw, "registry.same_person") {
		t.Errorf("no doubt is raised: %s", unsure.raw)
	}
	d.send(rosa, "POST", "/candidates", twin+`}`, headers{"Quipu-Purpose": "statistics"}).want(http.StatusForbidden)
}
