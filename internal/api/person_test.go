package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestRegisterSearchOpen(t *testing.T) {
	d := open(t)
	rosa := d.token("rosa", all...)
	made := d.send(rosa, "POST", "/persons", juan).want(http.StatusCreated)
	person, number := made.text("person"), made.text("number")
	if made.header.Get("Location") != Prefix+"/persons/"+person || made.header.Get("ETag") != `"`+made.text("version")+`"` {
		t.Errorf("made with %v", made.header)
	}
	for query, reason := range map[string]string{"10117410": "document", number: "number", "quispe juan": "given_same", "+34 600 111 222": "phone"} {
		hits := d.send(rosa, "POST", "/search", `{"text":"`+query+`"}`).want(http.StatusOK).each("results")
		if len(hits) != 1 || hits[0]["person"] != person || hits[0]["reasons"].([]any)[0].(map[string]any)["key"] != reason {
			t.Errorf("%q found %v", query, hits)
		}
	}
	page := d.send(rosa, "GET", "/persons/"+person, "").want(http.StatusOK)
	found := false
	for _, v := range page.each("values") {
		prov := v["provenance"].(map[string]any)
		if v["author"] != "rosa" || v["office"] != "ESMAD" || prov["source"] != "document_seen" || prov["confidence"] != "certain" {
			t.Errorf("without its provenance: %v", v)
		}
		found = found || v["field"] == "surname_paternal" && v["text"] == "Quispe"
	}
	if !found || page.members["hidden"] != 1.0 || page.header.Get("ETag") != made.header.Get("ETag") {
		t.Errorf("the page is %s", page.raw)
	}
	again := d.send(rosa, "POST", "/persons", juan).want(http.StatusConflict, "api.same_document")
	if same := again.each("same"); len(same) != 1 || same[0]["person"] != person {
		t.Errorf("the same document: %s", again.raw)
	}
	d.send(rosa, "POST", "/persons", strings.Replace(juan, `{"prov`, `{"confirmed":true,"prov`, 1)).want(http.StatusCreated)
}

// TestConflict: the second of two programs that change one field is shown both values.
func TestConflict(t *testing.T) {
	d := open(t)
	person, tk := d.register(), d.token("rosa", all...)
	base := map[string]string{}
	for _, v := range d.send(tk, "GET", "/persons/"+person, "").each("values") {
		base[v["field"].(string)] = v["version"].(string)
	}
	edit := func(field, text, base string, more ...headers) answered {
		return d.send(tk, "PATCH", "/persons/"+person, `{"note":"as in the passport","provenance":{"source":"document_seen"},"fields":[{"field":"`+
			field+`","text":"`+text+`","base":"`+base+`"}]}`, more...)
	}
	first := edit("given_names", "Juan", base["given_names"]).want(http.StatusOK)
	c := edit("given_names", "Carlos", base["given_names"]).want(http.StatusConflict, "api.conflict").each("conflicts")
	if len(c) != 1 || c[0]["mine"].(map[string]any)["text"] != "Carlos" || c[0]["theirs"].(map[string]any)["text"] != "Juan" {
		t.Errorf("the conflict is %v", c)
	}
	if same := edit("given_names", "Juan", first.text("version")).want(http.StatusOK); same.members["unchanged"] != true {
		t.Errorf("the same value again: %s", same.raw)
	}
	old := headers{"If-Match": `"` + base["given_names"] + `"`}
	edit("civil_status", "married", "", old).want(http.StatusPreconditionFailed, "api.head_moved")
	now := headers{"If-Match": first.header.Get("ETag")}
	edit("civil_status", "married", "", now).want(http.StatusOK)
	edit("civil_status", "single", "", headers{"If-Match": "*"}).want(http.StatusConflict)
	for _, tag := range []string{"N1:1", `W/"N1:1"`, `"x"`, `""`, `"N1:1", "N1:2"`} {
		d.wrongOnPurpose = true
		edit("civil_status", "single", "", headers{"If-Match": tag}).want(http.StatusBadRequest, "api.if_match")
	}
	h := d.send(tk, "GET", "/persons/"+person+"/history?field=given_names", "").each("values")
	if len(h) != 2 || h[0]["text"] != "Juan Carlos" || h[0]["until"] == "" || h[1]["text"] != "Juan" || h[1]["until"] != "" {
		t.Errorf("the history is %v", h)
	}
}

// TestSealedConflict: who may write a sealed field and not read it does not learn by a
// conflict what it holds.
func TestSealedConflict(t *testing.T) {
	d := open(t)
	person := d.register()
	body := `{"provenance":{"source":"declared"},"fields":[{"field":"safe_hours","text":"por la noche"}]}`
	a := d.send(d.token("rosa", all...), "PATCH", "/persons/"+person, body).want(http.StatusConflict, "api.conflict")
	if c := a.each("conflicts"); len(c) != 1 || c[0]["hidden"] != true || strings.Contains(a.raw, "10 a 12") {
		t.Errorf("the window is shown %s", a.raw)
	}
	if a = d.send(d.token("saul", all...), "PATCH", "/persons/"+person, body).want(http.StatusConflict); !strings.Contains(a.raw, "10 a 12") {
		t.Errorf("the head is shown %s", a.raw)
	}
}

func TestActs(t *testing.T) {
	d := open(t)
	person := d.register()
	before := "?known_on=" + d.now.Format("2006-01-02")
	d.now = d.now.AddDate(1, 0, 0)
	rosa, saul, pat := d.token("rosa", all...), d.token("saul", all...), d.token("pat", all...)
	office := func(query string) any {
		return d.send(saul, "GET", "/persons/"+person+query, "").want(http.StatusOK).members["summary"].(map[string]any)["office"]
	}
	at := "/persons/" + person
	d.send(rosa, "POST", at+"/confirm", "").want(http.StatusOK)
	if a := d.send(rosa, "POST", at+"/confirm", "{}").want(http.StatusOK); a.members["unchanged"] != true {
		t.Errorf("confirmed twice in a day: %s", a.raw)
	}
	d.send(rosa, "POST", at+"/transfer", `{"office":"USPAT"}`).want(http.StatusForbidden, "authz.refused")
	d.send(pat, "POST", at+"/transfer", `{"office":"USPAT","handover":"DNI under way"}`).want(http.StatusOK)
	d.send(pat, "POST", at+"/transfer", `{"office":"USPAT"}`).want(http.StatusUnprocessableEntity, "registry.same_office")
	if office("") != "USPAT" || office(before) != "ESMAD" {
		t.Errorf("was at %v, is at %v", office(before), office(""))
	}
	d.send(saul, "GET", at+"?known_on=1990-01-01", "").want(http.StatusNotFound, "api.not_yet_known")
	d.wrongOnPurpose = true
	d.send(saul, "GET", at+"?known_on=ayer", "").want(http.StatusBadRequest, "api.query_day")
	d.send(pat, "POST", at+"/close", `{"reason":"whim"}`).want(http.StatusUnprocessableEntity)
	if a := d.send(pat, "POST", at+"/close", `{"reason":""}`).want(http.StatusUnprocessableEntity, "registry.reason_missing"); a.pointer() != "#/reason" {
		t.Errorf("points at %q", a.pointer())
	}
	d.send(pat, "POST", at+"/close", `{"reason":"returned","note":"volvió"}`).want(http.StatusOK)
	d.send(pat, "POST", at+"/confirm", "").want(http.StatusConflict, "registry.not_registered")
	if a := d.send(pat, "POST", at+"/decease", `{"date":"1968-13"}`).want(http.StatusUnprocessableEntity, "civil.month"); a.pointer() != "#/date" {
		t.Errorf("points at %q", a.pointer())
	}
	d.send(pat, "POST", at+"/decease", `{"date":"2027-02","place":"Paterson"}`).want(http.StatusOK)
	d.send(pat, "POST", at+"/confirm", "").want(http.StatusConflict, "registry.deceased")
	if reads := d.send(pat, "GET", at+"/reads", "").want(http.StatusOK).each("reads"); len(reads) != 4 || reads[0]["author"] != "saul" || reads[3]["action"] != "refused" {
		t.Errorf("read by %v", reads)
	}
	d.send(rosa, "GET", at+"/reads", "").want(http.StatusForbidden, "authz.refused")
	d.send(rosa, "GET", "/persons/0123456789ABCDEFGHJKMNPQRS", "").want(http.StatusNotFound, "app.not_found")
	d.send(rosa, "GET", "/persons/0000-000-0013", "").want(http.StatusNotFound, "app.not_found")
}

// TestDoubts: a doubt that the entry raised is shown, and put away.
func TestDoubts(t *testing.T) {
	d := open(t)
	tk := d.token("rosa", all...)

	a := d.send(tk, "POST", "/persons", `{"provenance":{"source":"declared"},"fields":[{"field":"surname_paternal","text":"Huamán"}]}`).want(http.StatusCreated)
	doubts := d.send(tk, "GET", "/persons/"+a.text("person"), "").each("doubts")
	if len(a.each("doubts")) == 0 || len(doubts) == 0 || strings.HasPrefix(doubts[0]["message"].(string), "⟦") {
		t.Fatalf("doubts %v, %v", a.raw, doubts)
	}
	at := "/persons/" + a.text("person") + "/doubts/"
	d.send(tk, "POST", at+doubts[0]["id"].(string), `{"accept":true}`).want(http.StatusUnprocessableEntity, "registry.nothing_proposed")
	d.send(tk, "POST", at+doubts[0]["id"].(string), `{"accept":false,"note":"so it is"}`).want(http.StatusOK)
	d.send(tk, "POST", at+"NOTHING0", `{"accept":false}`).want(http.StatusNotFound, "registry.doubt_gone")
	if left := d.send(tk, "GET", "/persons/"+a.text("person"), "").each("doubts"); len(left) != len(doubts)-1 {
		t.Errorf("left %v", left)
	}
}

func TestReference(t *testing.T) {
	d := open(t)
	tk := d.token("saul", all...)
	if lists := d.send(tk, "GET", "/codes", "").want(http.StatusOK).members["lists"].([]any); len(lists) < 20 {
		t.Errorf("lists %v", lists)
	}
	for _, l := range d.send(tk, "GET", "/codes", "").members["lists"].([]any) {
		if len(d.send(tk, "GET", "/codes/"+l.(string), "").want(http.StatusOK).each("items")) == 0 {
			t.Errorf("%s is empty", l)
		}
	}
	d.send(tk, "GET", "/codes/country?on=1990-01-01", "").want(http.StatusOK)
	d.send(tk, "GET", "/codes/nothing", "").want(http.StatusNotFound)
	if o := d.send(tk, "GET", "/offices", "").want(http.StatusOK).each("offices"); len(o) < 100 {
		t.Errorf("%d offices", len(o))
	}
	for _, o := range d.send(tk, "GET", "/offices", "").each("offices")[:20] {
		d.send(tk, "GET", "/offices/"+o["code"].(string), "").want(http.StatusOK)
	}
	d.send(tk, "GET", "/offices/XXXXX", "").want(http.StatusNotFound)
	if f := d.send(tk, "GET", "/fields", "").want(http.StatusOK).each("fields"); len(f) < 60 || f[1]["label"] == "" {
		t.Errorf("%d fields, %v", len(f), f[1])
	}
	d.wrongOnPurpose = true
	d.send(tk, "GET", "/offices?ofice=x", "").want(http.StatusBadRequest, "api.query_unknown")
	d.wrongOnPurpose = true
	d.send(tk, "GET", "/imports?limit=1&limit=2", "").want(http.StatusBadRequest, "api.query_twice")
	d.send(tk, "GET", "/imports?limit=0", "").want(http.StatusBadRequest, "api.query_number")
}

func TestAudit(t *testing.T) {
	d := open(t)
	d.register()
	tk := d.token("amelia", all...)
	head := d.send(tk, "GET", "/audit/head", "").want(http.StatusOK)
	if head.members["size"].(float64) < 5 || !strings.Contains(head.text("checkpoint"), "quipu/") {
		t.Errorf("the head is %s", head.raw)
	}
	a := d.send(tk, "POST", "/audit/verify", `{"projections":true}`).want(http.StatusOK)
	if a.members["ok"] != true || a.members["size"] != head.members["size"] || a.text("root") != head.text("root") {
		t.Errorf("verified %s", a.raw)
	}
	d.send(tk, "POST", "/audit/verify", "").want(http.StatusOK)
	if a = d.send(tk, "POST", "/audit/verify", `{"checkpoints":["nonsense"]}`).want(http.StatusOK); a.members["ok"] != false {
		t.Errorf("a checkpoint that nobody signed: %s", a.raw)
	}
	saul := d.token("saul", all...)
	for range 5 {
		d.send(saul, "POST", "/search", `{"text":"quispe"}`).want(http.StatusOK)
	}
	page := d.send(tk, "GET", "/audit/reads?limit=3", "").want(http.StatusOK)
	rest := d.send(tk, "GET", page.next(), "").want(http.StatusOK)
	if len(page.each("reads")) != 3 || len(rest.each("reads")) != 2 || rest.text("next") != "" || rest.next() != "" {
		t.Errorf("pages %s %s", page.raw, rest.raw)
	}
	d.send(tk, "POST", "/search", `{"text":"quispe"}`).want(http.StatusForbidden)
	if none := d.send(tk, "GET", "/audit/reads?day=2026-11-22", "").want(http.StatusOK).each("reads"); len(none) != 0 {
		t.Errorf("yesterday read %v", none)
	}
	for _, query := range []string{"view=some", "reason=gossip", "view="} {
		d.wrongOnPurpose = true
		d.send(tk, "GET", "/audit/reads?"+query, "").want(http.StatusBadRequest, "api.query_one_of")
	}
}

// TestMarkedReads: a look at a person of another office waits until somebody has asked why,
// and nobody passes his own.
func TestMarkedReads(t *testing.T) {
	d := open(t)
	person, amelia := d.register(), d.token("amelia", all...)
	d.send(d.token("pat", all...), "GET", "/persons/"+person, "").want(http.StatusOK)
	marked := d.send(amelia, "GET", "/audit/reads?view=open&author=pat&person="+person, "").want(http.StatusOK).each("reads")
	if len(marked) != 1 || marked[0]["home"] != "ESMAD" || !strings.Contains(fmt.Sprint(marked[0]["why"]), "outside") {
		t.Fatalf("marked are %v", marked)
	}
	seen := fmt.Sprintf(`{"reads":[%.0f],"note":"Llamó la oficina"}`, marked[0]["seq"])
	if a := d.send(amelia, "POST", "/audit/reads/seen", strings.Replace(seen, "Llamó la oficina", " ", 1)).want(http.StatusUnprocessableEntity, "day.note"); a.pointer() != "#/note" {
		t.Errorf("points at %q", a.pointer())
	}
	d.send(d.token("saul", all...), "POST", "/audit/reads/seen", seen).want(http.StatusForbidden)
	d.send(amelia, "POST", "/audit/reads/seen", seen).want(http.StatusOK)
	past := d.send(amelia, "GET", "/audit/reads?view=seen", "").want(http.StatusOK).each("reads")
	if len(past) != 1 || past[0]["seen_by"] != "amelia" || past[0]["note"] != "Llamó la oficina" || past[0]["seen_at"] == "" {
		t.Errorf("passed are %v", past)
	}
}
