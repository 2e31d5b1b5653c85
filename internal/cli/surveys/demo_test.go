package surveys_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/cli/surveys"
	"quipu/internal/estimate/visits"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
)

// TestDemo makes the pilot survey of a small register: each interview that was sent answers a
// case of its stratum, nothing is to find in it, and the cases carry their probabilities.
func TestDemo(t *testing.T) {
	ctx := context.Background()
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 {
		office := []string{"ESMAD", "USPAT"}[i%2]
		in := func(f, v string) registry.Input { return registry.Input{Field: f, Value: change.Text(v)} }
		_, err := a.Register(ctx, node.Operator("t", office), registry.RegisterCmd{Office: office, Channel: "window", Prov: change.Provenance{Source: "declared", Confidence: "certain"},
			Inputs: []registry.Input{in("surname_paternal", "Prueba"), in("given_names", fmt.Sprintf("Persona%d", i)), in("birth_date", fmt.Sprintf("19%02d-03-04", 50+i%50)), in("sex", "F"),
				in("nationality_basis", "birth_in_country")}}, true)
		must(err)
	}
	sara := app.Actor{Login: "sara", Role: authz.Statistician, Office: "ESMAD"}
	last := int64(0)
	d := surveys.Demo{App: a, Seed: 3, Interviews: 30, Now: a.Now(), Password: account.DemoPassword, Statistics: sara, Progress: func(done, _ int64) { last = max(last, done) }}
	must(d.Make(ctx))
	list, err := a.Surveys.List(ctx, sara)
	must(err)
	if len(list) != 2 || list[0].State != string(study.Open) || last != 30 {
		t.Fatalf("%+v, %d were sent", list, last)
	}
	cases, err := a.Surveys.Cases(ctx, sara, survey.CaseFilter{Survey: list[0].ID}, 0, 1000)
	must(err)
	if len(cases) < 36 {
		t.Errorf("%d cases were drawn", len(cases))
	}
	form, err := pack.Peru()
	must(err)
	j, err := judge.New(form)
	must(err)
	n := 0
	must(a.Surveys.Answers(ctx, sara, list[0].ID, func(s study.Submission, c survey.CaseRow) error {
		n++
		if c.Stratum != s.Office || c.Submission != s.Entity.ID || s.Standing != study.Received {
			t.Errorf("a submission of %s, %s %v, answers case %+v", s.Office, s.Standing, s.Reasons, c)
		}
		doc, err := xform.ReadInstanceOf(form, bytes.NewReader([]byte(s.Answers)))
		must(err)
		ended, err := time.Parse(time.RFC3339, s.Ended)
		must(err)
		if found := j.Document(doc, ended); len(found) > 0 {
			t.Errorf("%+v", found)
		}
		return nil
	}))
	if n != 30 {
		t.Errorf("%d submissions are here", n)
	}
	sent := sendMore(t, a, sara, list[0].ID)
	p, err := a.Surveys.Profile(ctx, sara, list[0].ID)
	must(err)
	if !p.Known || !p.Remits || !p.Rung.Interval || p.Profile.All.N != 30+sent || len(p.Profile.Cities) != 2 || p.Texts["sex"].Empty() || p.Answers["occupation"]["5"].Empty() {
		t.Errorf("%+v", p)
	}
	if got := p.Profile.All.Figures[0].Estimate; !(got > 30 && got <= 60) {
		t.Errorf("%d interviews stand for %v people of 60", 30+sent, got)
	}
	if _, err := a.Surveys.Profile(ctx, app.Actor{Login: "ines", Role: authz.Interviewer, Office: "ESMAD"}, list[0].ID); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an interviewer sees the profile: %v", err)
	}
	chainIsThere(t, a, sara, list[1].ID)
}

// chainIsThere: the second survey has its interviews, each of a case with a coupon, and a profile
// that says what it rests on.
func chainIsThere(t *testing.T, a *app.App, sara app.Actor, of string) {
	t.Helper()
	ctx := context.Background()
	c, err := a.Surveys.Chains(ctx, sara, of)
	if err != nil {
		t.Fatal(err)
	}
	if c.Asked != 60 || c.Seeds != 4 || len(c.Links) != 60 || c.Given <= c.Returned || c.Returned != 56 {
		t.Errorf("%d interviews of %d cases in %d chains, %d coupons of %d came back", c.Asked, len(c.Links), c.Seeds, c.Returned, c.Given)
	}
	err = a.Surveys.Answers(ctx, sara, of, func(s study.Submission, k survey.CaseRow) error {
		if k.Coupon == 0 || s.Standing != study.Received {
			t.Errorf("%+v is %s: %v", k, s.Standing, s.Reasons)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.Surveys.Profile(ctx, sara, of)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Known || p.Rung.Rung != visits.Recruited || p.Profile.All.N != 60 {
		t.Errorf("%+v", p.Rung)
	}
	if r, err := a.Surveys.ChainReport(ctx, sara, of, "sex"); err != nil || len(r.Estimate) < 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// sendMore sends a few more interviews than the 30 that are there, and says how many.
func sendMore(t *testing.T, a *app.App, sara app.Actor, of string) int {
	t.Helper()
	ctx := context.Background()
	send := surveys.More(a, account.DemoPassword)
	if _, err := send(ctx, of, 5, func(int) {}); !fault.Is(err, "cli.demo.not_demo") {
		t.Errorf("invented interviews in a register that is no demonstration: %v", err)
	}
	if err := a.MarkDemo(ctx, true); err != nil {
		t.Fatal(err)
	}
	most := 0
	sent, err := send(ctx, of, 4, func(done int) { most = max(most, done) })
	if err != nil {
		t.Fatal(err)
	}
	_, all, err := a.Surveys.Received(ctx, sara, survey.SubmissionFilter{Survey: of, Standing: string(study.Received)})
	if err != nil {
		t.Fatal(err)
	}
	if sent < 1 || sent > 4 || int64(sent) != all-30 || most != sent {
		t.Errorf("%d more were sent, %d at most told, %d are here of 30", sent, most, all)
	}
	return sent
}
