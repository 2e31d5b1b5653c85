package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/conflict/conflicttest"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/app/surveydata"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/sync"
)

// TestFurnish furnishes the register that scripts/schemathesis.sh asks about with what the
// command line cannot make: a mobile consulate under way, what two offices wrote apart, what
// the hub keeps apart, a survey with answers. The names of it all go into DIR.toml.
func TestFurnish(t *testing.T) {
	dir := os.Getenv("QUIPU_FURNISH")
	if dir == "" {
		t.Skip("scripts/schemathesis.sh runs it, with QUIPU_FURNISH=DIR of its register")
	}
	d := &desk{t: t, now: time.Now(), router: described(t)}
	var err error
	if d.app, err = app.Open(t.Context(), dir, app.Options{}); err != nil {
		t.Fatal(err)
	}
	d.h = New(d.app, slog.New(slog.NewJSONHandler(&d.log, nil)), Rate{PerSecond: 2000, Burst: 2000})
	d.officer(account.NewAccount{Login: "saul", Name: "Saúl", Office: "ESMAD", Role: authz.Head, Lang: "es"})
	var text strings.Builder
	say := func(name string, values ...string) {
		fmt.Fprintf(&text, "%s = { values = [%q", name, values[0])
		for _, v := range values[1:] {
			fmt.Fprintf(&text, ", %q", v)
		}
		text.WriteString("] }\n")
	}
	d.furnishCampaigns(say)
	person := d.register()
	d.furnishRights(person, say)
	d.furnishConflicts(person, say)
	d.furnishSurvey(say)
	if err := d.app.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+".toml", []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// furnishCampaigns makes one that is under way, with people in its queue, and one that is planned.
func (d *desk) furnishCampaigns(say func(string, ...string)) {
	saul := d.token("saul", all...)
	day := civil.FromTime(d.app.Now())
	var made []string
	for i := range 2 {
		plan := fmt.Sprintf(`{"city":"Sevilla","venue":"Biblioteca","days":["%s 00:10-23:50","%s 09:00-17:00"],"services":["registry","dni","passport"],"capacity":120}`, day, day.AddDays(i+1))
		made = append(made, d.send(saul, "POST", "/campaigns", plan).want(http.StatusCreated).text("campaign"))
	}
	path := "/campaigns/" + made[0]
	for _, to := range []string{"open", "under_way"} {
		d.send(saul, "POST", path+"/state", `{"state":"`+to+`"}`, headers{"If-Match": "*"}).want(http.StatusNoContent)
	}
	var turns []string
	for i := range 12 {
		turns = append(turns, d.send(saul, "POST", path+"/turns", fmt.Sprintf(`{"visitor":"Ana %d"}`, i)).want(http.StatusCreated).text("turn"))
	}
	for range 4 {
		d.send(saul, "POST", path+"/queue/next", "").want(http.StatusOK)
	}
	say("campaigns", made[0], made[0], made[0], made[1])
	say("turns", turns...)
}

// furnishRights makes what one asks about his own data, what others ask, and incidents.
func (d *desk) furnishRights(person string, say func(string, ...string)) {
	saul := d.token("saul", all...)
	made := map[string][]string{}
	post := func(kind, path, body string) string {
		one := d.send(saul, "POST", path, body).want(http.StatusCreated).text(kind)
		made[kind] = append(made[kind], one)
		return one
	}
	for _, kind := range []string{"access", "rectification", "cancellation"} {
		post("request", "/persons/"+person+"/requests", `{"kind":"`+kind+`","channel":"window","wants":"Todo"}`)
		post("disclosure", "/disclosures", `{"person":"`+person+`","asker":"host_authority","asker_name":"Una comisaría","aim":"enforcement","wants":"La dirección"}`)
		post("breach", "/breaches", fmt.Sprintf(`{"what":"Robaron un portátil","noticed":%q,"data":["identity"],"people":40,"certainty":"estimated"}`, d.now.Add(-time.Hour).UTC().Format(time.RFC3339)))
	}
	erase := "/requests/" + made["request"][2] + "/erasure"
	post("proposal", erase, `{"data":"section:contact","reason":"Lo pide"}`)
	for kind, all := range made {
		say(kind, all...)
	}
}

// furnishConflicts lets another office write fields of one person and of a campaign apart, and
// a node send what the hub keeps apart.
func (d *desk) furnishConflicts(person string, say func(string, ...string)) {
	t, ctx, operator := d.t, d.t.Context(), node.Operator("test", "")
	saul := d.token("saul", all...)
	far := &conflicttest.Far{Node: "LEJOS", Office: "ESMAD", Login: "carlos"}
	var sets []change.Set
	for i, field := range []string{"surname_paternal", "surname_maternal", "given_names", "sex"} {
		sets = append(sets, change.Set{Field: field, Value: change.Text([]string{"Kispe", "Mamany", "Joana", "M"}[i]), Base: id.Change{Node: "LEJOS", N: int64(90 + i)}})
	}
	far.Write(t, d.app.Node, person, d.app.Now(), sets...)
	entities, conflicts := []string{}, []string{}
	for _, it := range d.send(saul, "GET", "/conflicts", "").want(http.StatusOK).each("open") {
		entities, conflicts = append(entities, it["entity"].(string)), append(conflicts, it["conflict"].(string))
	}
	if err := d.app.BecomeHub(ctx, operator); err != nil {
		t.Fatal(err)
	}
	if err := d.app.AddPeer(ctx, operator, exchange.NewPeer{Name: "ESMAD-1", Kind: "office", Office: "ESMAD", Scopes: []string{"ESMAD"}}); err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	var held []string
	for i := range 12 {
		c := change.Change{ID: id.Change{Node: "ESMAD-1", N: int64(i + 1)}, Entity: change.Ref{Kind: change.Person, ID: person}, Action: "edit", At: change.StampOf(d.now), Author: "eva",
			Office: []string{"ESMAD", "ARBUE"}[i%2], Schema: change.Schema, Codes: "1", Salt: "c2FsdA", Sets: []change.Set{{Field: []string{"sex", "motive"}[i%2], Value: change.Text([]string{"Z", "work"}[i%2])}}}
		bodies, held = append(bodies, change.Encode(&c)), append(held, c.ID.String())
	}
	if r, err := d.app.Push(ctx, "ESMAD-1", sync.Batch{Version: 1, Node: "ESMAD-1", Schema: 1, First: 1, Bodies: bodies}); err != nil || r.Refusal != nil {
		t.Fatal(err, r.Refusal)
	}
	say("contested", entities...)
	say("conflicts", conflicts...)
	say("apart", held...)
}

// furnishSurvey makes an open survey with answers, and one without.
func (d *desk) furnishSurvey(say func(string, ...string)) {
	t, ctx := d.t, d.t.Context()
	stat := survey.Actor{Login: "sara", Role: authz.Statistician, Office: "ESMAD", Purpose: "registry"}
	today := civil.FromTime(d.app.Now())
	var made []string
	for _, title := range []string{"Piloto", "Otra"} {
		of, err := d.app.Surveys.Plan(ctx, stat, study.PlanCmd{Title: title, Footing: study.Queue, First: today, Last: today.AddDays(3), Posts: []string{"ESMAD"}})
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, of)
	}
	form := xform.Write(surveytest.Form(t, `
		| survey | type | name | label |
		| | integer | age | Edad |
		| settings | form_id | version |
		| | p | 1 |`))
	if err := d.app.Surveys.PutForm(ctx, stat, made[0], study.Form{Name: "p", Version: "1"}, survey.FormFiles{XForm: form}, id.Change{}); err != nil {
		t.Fatal(err)
	}
	if err := d.app.Surveys.Move(ctx, stat, made[0], study.Open, id.Change{}); err != nil {
		t.Fatal(err)
	}
	eva := survey.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}
	for i := range 12 {
		if _, err := d.app.Surveys.Submit(ctx, eva, survey.Incoming{Instance: fmt.Appendf(nil, `<data id="p" version="1"><age>%d</age><meta><instanceID>uuid:%d</instanceID></meta></data>`, 30+i, i)}); err != nil {
			t.Fatal(err)
		}
	}
	say("surveys", made[0], made[0], made[1])
	say("formats", surveydata.Formats...)
}
