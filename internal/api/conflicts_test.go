package api

import (
	"net/http"
	"testing"

	"quipu/internal/app/conflict/conflicttest"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
)

// TestConflicts: what two wrote apart of a person and of a campaign is listed, read and decided;
// a token without the right over what was written sees and decides nothing of it.
func TestConflicts(t *testing.T) {
	d := open(t)
	saul, person := d.token("saul", all...), d.register()
	plan := `{"city":"Sevilla","venue":"Biblioteca","days":["2027-12-05 09:00-17:00"],"services":["registry"],"capacity":120}`
	travels := d.send(saul, "POST", "/campaigns", plan).want(http.StatusCreated).text("campaign")
	far := &conflicttest.Far{Node: "LEJOS", Office: "ESMAD", Login: "carlos"}
	far.Write(t, d.app.Node, person, d.app.Now(), change.Set{Field: "surname_paternal", Value: change.Text("Kispe"), Base: id.Change{Node: "LEJOS", N: 90}})
	far.Tell(t, d.app.Node, d.app.Exchange.Project, change.Ref{Kind: "campaign", ID: travels}, d.app.Now(), "edit",
		change.Set{Field: "venue", Value: change.Text("Estadio"), Base: id.Change{Node: "LEJOS", N: 91}})
	open := d.send(saul, "GET", "/conflicts", "").want(http.StatusOK).each("open")
	if len(open) != 2 {
		t.Fatalf("listed are %v", open)
	}
	if only := d.send(d.token("saul", authz.Edit), "GET", "/conflicts", "").want(http.StatusOK).each("open"); len(only) != 1 || only[0]["kind"] != "person" {
		t.Errorf("a token that may edit people lists %v", only)
	}
	for _, it := range open {
		at := "/conflicts/" + it["kind"].(string) + "/" + it["entity"].(string) + "/" + it["conflict"].(string)
		page := d.send(saul, "GET", at, "").want(http.StatusOK)
		line := page.each("fields")[0]
		beside, _ := line["beside"].(map[string]any)
		if beside["by"] != "carlos" || page.members["may_take"] != true {
			t.Errorf("%s is %s", at, page.raw)
		}
		d.send(saul, "POST", at+"/decisions", `{"verdict":"taken","seen":"`+page.text("seen")+`"}`).want(http.StatusUnprocessableEntity, "registry.settle_note")
		d.send(saul, "POST", at+"/decisions", `{"verdict":"taken","note":"visto","seen":"LEJOS:80"}`).want(http.StatusConflict, "conflict.moved")
		if it["kind"] == "campaign" {
			d.send(d.token("rosa", all...), "POST", at+"/decisions", `{"verdict":"kept","note":"visto","seen":"`+page.text("seen")+`"}`).want(http.StatusForbidden, "authz.refused")
		}
		d.send(saul, "POST", at+"/decisions", `{"verdict":"other","note":"visto con ellos","values":{"venue":"Escuela","text":"Quispe Mamani"},"seen":"`+page.text("seen")+`"}`).want(http.StatusNoContent)
		d.send(saul, "GET", at, "").want(http.StatusConflict, "registry.settled_already")
	}
	list := d.send(saul, "GET", "/conflicts", "").want(http.StatusOK)
	if len(list.each("open")) != 0 || len(list.each("decided")) != 2 {
		t.Errorf("in the end %s", list.raw)
	}
	d.send(saul, "GET", "/conflicts/token/x/7QK3WZ0A7QK3W", "").want(http.StatusNotFound, "app.not_found")
}

// TestCampaigns: one is planned, read, opened and begun, upon the version that was seen.
func TestCampaigns(t *testing.T) {
	d := open(t)
	saul := d.token("saul", all...)
	d.send(saul, "POST", "/campaigns", `{"city":"Sevilla","venue":"Biblioteca","days":["mañana"],"services":["registry"],"capacity":120}`).want(http.StatusUnprocessableEntity)
	made := d.send(saul, "POST", "/campaigns", `{"city":"Sevilla","venue":"Biblioteca","days":["2027-12-05 09:00-17:00"],"services":["registry"],"capacity":120}`).want(http.StatusCreated)
	path := "/campaigns/" + made.text("campaign")
	page := d.send(saul, "GET", path, "").want(http.StatusOK)
	if page.text("city") != "Sevilla" || page.text("state") != "planned" || page.members["may_plan"] != true {
		t.Errorf("planned was %s", page.raw)
	}
	seen := headers{"If-Match": `"` + page.text("version") + `"`}
	d.send(saul, "POST", path+"/state", `{"state":"open"}`).want(http.StatusPreconditionRequired, "api.if_match_needed")
	d.send(saul, "POST", path+"/state", `{"state":"open"}`, seen).want(http.StatusNoContent)
	d.send(saul, "POST", path+"/state", `{"state":"under_way"}`, seen).want(http.StatusPreconditionFailed, "campaign.moved")
	if year := d.send(saul, "GET", "/campaigns?year=2027", "").want(http.StatusOK); len(year.each("campaigns")) != 1 || year.each("campaigns")[0]["state"] != "open" {
		t.Errorf("the year is %s", year.raw)
	}
	if other := d.send(saul, "GET", "/campaigns?year=2025", "").want(http.StatusOK); len(other.each("campaigns")) != 0 {
		t.Errorf("another year is %s", other.raw)
	}
	d.send(d.token("rosa", all...), "POST", "/campaigns", `{"city":"S","venue":"B","days":["2027-12-05 09:00-17:00"],"services":["registry"],"capacity":1}`).want(http.StatusForbidden, "authz.refused")
}
