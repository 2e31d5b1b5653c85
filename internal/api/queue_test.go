package api

import (
	"net/http"
	"testing"

	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/sync"
)

// TestQueue: a day of a mobile consulate by programs at two tables, each step upon the version that
// was seen, and nothing of it without the right.
func TestQueue(t *testing.T) {
	d := open(t)
	saul, person := d.token("saul", all...), d.register()
	plan := `{"city":"Sevilla","venue":"Biblioteca","days":["2026-11-23 09:00-17:00"],"services":["registry","dni"],"capacity":120}`
	made := d.send(saul, "POST", "/campaigns", plan).want(http.StatusCreated)
	path := "/campaigns/" + made.text("campaign")
	for _, to := range []string{"open", "under_way"} {
		seen := headers{"If-Match": `"` + d.send(saul, "GET", path, "").want(http.StatusOK).text("version") + `"`}
		d.send(saul, "POST", path+"/state", `{"state":"`+to+`"}`, seen).want(http.StatusNoContent)
	}
	d.send(d.token("saul", authz.Campaign), "GET", path+"/queue", "").want(http.StatusForbidden, "api.scope")
	d.send(d.token("pat", all...), "POST", path+"/turns", `{"visitor":"Ana"}`).want(http.StatusForbidden, "authz.refused")
	d.send(saul, "POST", path+"/turns", `{"person":"`+string(id.NewEntity(1, [10]byte{7}))+`"}`).want(http.StatusNotFound, "app.not_found")
	d.send(saul, "POST", path+"/turns", `{}`).want(http.StatusUnprocessableEntity, "campaign.words_missing")

	rosa := d.token("rosa", all...)
	first := d.send(rosa, "POST", path+"/turns", `{"person":"`+person+`"}`).want(http.StatusCreated)
	again := d.send(rosa, "POST", path+"/turns", `{"person":"`+person+`"}`).want(http.StatusCreated)
	visitor := d.send(rosa, "POST", path+"/turns", `{"visitor":"Ana Flores","contact":"600111222","first":true}`).want(http.StatusCreated)
	if again.text("turn") != first.text("turn") || visitor.members["place"] != 2.0 {
		t.Errorf("the same again is %s, the visitor has %s", again.raw, visitor.raw)
	}
	board := d.send(rosa, "GET", path+"/queue", "").want(http.StatusOK)
	if next := board.each("next"); len(next) != 2 || next[0]["visitor"] != "Ana Flores" || next[1]["person"] != person || board.members["waiting"] != 2.0 {
		t.Errorf("the queue is %s", board.raw)
	}
	called := d.send(rosa, "POST", path+"/queue/next", "").want(http.StatusOK).text("turn")
	other := d.send(saul, "POST", path+"/queue/next", "").want(http.StatusOK).text("turn")
	if called != visitor.text("turn") || other != first.text("turn") || d.send(saul, "POST", path+"/queue/next", "").text("turn") != "" {
		t.Errorf("called were %s and %s", called, other)
	}
	upon := func(turn string) (at string, seen headers) {
		at = path + "/turns/" + turn
		return at, headers{"If-Match": `"` + d.send(rosa, "GET", at, "").want(http.StatusOK).text("version") + `"`}
	}
	at, seen := upon(called)
	d.send(rosa, "POST", at+"/turn-away", `{"why":"papers_missing","offer":"next_day"}`).want(http.StatusPreconditionRequired, "api.if_match_needed")
	d.send(rosa, "POST", at+"/turn-away", `{"why":"weather","offer":"next_day"}`, seen).want(http.StatusUnprocessableEntity, "campaign.choose")
	d.send(rosa, "POST", at+"/turn-away", `{"why":"papers_missing","offer":"next_day"}`, seen).want(http.StatusNoContent)
	d.send(rosa, "POST", at+"/back", "", seen).want(http.StatusPreconditionFailed, "campaign.moved")
	_, seen = upon(called)
	d.send(rosa, "POST", at+"/back", "", seen).want(http.StatusNoContent)
	_, seen = upon(called)
	d.send(rosa, "POST", at+"/call", "", seen).want(http.StatusNoContent)
	_, seen = upon(called)
	d.send(rosa, "POST", at+"/arrive", "", seen).want(http.StatusConflict, "campaign.turn_moved")
	at, seen = upon(other)
	d.send(rosa, "POST", at+"/serve", `{"acts":{"dni":2,"haircut":1}}`, seen).want(http.StatusUnprocessableEntity, "campaign.act_unknown")
	d.send(rosa, "POST", at+"/serve", `{"acts":{"dni":0}}`, seen).want(http.StatusUnprocessableEntity, "campaign.acts")
	d.send(rosa, "POST", at+"/serve", `{"acts":{"dni":2}}`, seen).want(http.StatusNoContent)
	if p := d.send(rosa, "GET", at, "").want(http.StatusOK); p.text("stage") != "served" || p.text("name") == "" || len(p.each("history")) != 3 {
		t.Errorf("the turn is %s", p.raw)
	}
	at, seen = upon(called)
	d.send(rosa, "POST", at+"/identify", `{"number":"nobody"}`, seen).want(http.StatusUnprocessableEntity, "campaign.number")
	list := d.send(rosa, "GET", path+"/turns?limit=1", "").want(http.StatusOK)
	if list.members["all"] != 0.0 || list.text("next") != "" {
		t.Errorf("the list is %s", list.raw)
	}
}

// TestApart: what the hub keeps apart is listed, read without what nobody may see, and decided by
// who has the right; what the rules refuse is let in by nobody.
func TestApart(t *testing.T) {
	d := open(t)
	if err := d.app.BecomeHub(t.Context(), node.Operator("test", "")); err != nil {
		t.Fatal(err)
	}
	if err := d.app.AddPeer(t.Context(), node.Operator("test", ""), exchange.NewPeer{Name: "ESMAD-1", Kind: "office", Office: "ESMAD", Scopes: []string{"ESMAD"}}); err != nil {
		t.Fatal(err)
	}
	person := d.register()
	var bodies [][]byte
	for i, s := range []change.Set{{Field: "sex", Value: change.Text("Z")}, {Field: "motive", Value: change.Text("work")}} {
		c := change.Change{ID: id.Change{Node: "ESMAD-1", N: int64(i + 1)}, Entity: change.Ref{Kind: change.Person, ID: person}, Action: "edit", At: change.StampOf(d.now), Author: "eva",
			Office: []string{"ESMAD", "ARBUE"}[i], Schema: change.Schema, Codes: "1", Salt: "c2FsdA", Sets: []change.Set{s}}
		bodies = append(bodies, change.Encode(&c))
	}
	r, err := d.app.Push(t.Context(), "ESMAD-1", sync.Batch{Version: 1, Node: "ESMAD-1", Schema: 1, First: 1, Bodies: bodies})
	if err != nil || r.Refusal != nil {
		t.Fatal(err, r.Refusal)
	}
	saul := d.token("saul", all...)
	if open := d.send(saul, "GET", "/conflicts", "").want(http.StatusOK).each("open"); len(open) != 2 || open[0]["kind"] != "held" {
		t.Fatalf("listed are %v", open)
	}
	bad := d.send(saul, "GET", "/apart/ESMAD-1:1", "").want(http.StatusOK)
	if bad.text("reason") != "apart.value" || bad.text("refused") == "" || bad.members["may_let_in"] != false || bad.each("values")[0]["text"] != "Z" {
		t.Errorf("it is %s", bad.raw)
	}
	d.send(d.token("pat", all...), "GET", "/apart/ESMAD-1:1", "").want(http.StatusForbidden, "authz.refused")
	d.send(saul, "GET", "/apart/ESMAD-1:9", "").want(http.StatusNotFound, "app.not_found")
	d.send(saul, "POST", "/apart/ESMAD-1:1/decisions", `{"decision":"let_in","note":"lo dijo"}`).want(http.StatusConflict, "apart.refused")
	d.send(saul, "POST", "/apart/ESMAD-1:1/decisions", `{"decision":"sent_back","note":"x"}`).want(http.StatusUnprocessableEntity, "registry.settle_note")
	d.send(saul, "POST", "/apart/ESMAD-1:1/decisions", `{"decision":"perhaps","note":"no sé"}`).want(http.StatusUnprocessableEntity)
	d.send(saul, "POST", "/apart/ESMAD-1:1/decisions", `{"decision":"sent_back","note":"no existe ese código"}`).want(http.StatusOK)
	d.send(saul, "POST", "/apart/ESMAD-1:1/decisions", `{"decision":"sent_back","note":"no existe ese código"}`).want(http.StatusConflict, "apart.decided")
	if got := d.send(saul, "POST", "/apart/ESMAD-1:2/decisions", `{"decision":"let_in","note":"lo confirmó la otra oficina"}`).want(http.StatusOK); got.text("became") == "" {
		t.Errorf("let in is %s", got.raw)
	}
	if p := d.send(saul, "GET", "/apart/ESMAD-1:2", "").want(http.StatusOK); p.text("state") != "let_in" || p.text("decided_by") != "saul" {
		t.Errorf("decided, it is %s", p.raw)
	}
}
