package survey_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

var jefa = survey.Actor{Login: "jefa", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}

var chainPlan = sample.Chain{SeedsEach: 3, Each: 2, Days: 14, Target: 50, Size: 4000, Reward: "Un recuerdo"}

const chainSheets = `
	| survey   | type | name       | label |
	| | text | quipu_case | Case |
	| | text | city       | City |
	| | text | sex        | Sex |
	| settings | form_id | version | form_title |
	| | cadena  | 1       | Cadena |
`

// chainOf is a survey by chains that is open.
func (f *field) chainOf(title string) string {
	f.Helper()
	today := civil.FromTime(f.Now())
	of, err := f.Surveys.Plan(ctx, f.stat, study.PlanCmd{Title: title, Footing: study.Recruited, First: today, Last: today.AddDays(30), Posts: []string{"ESMAD", "USPAT"}})
	f.do(err)
	f.do(f.Surveys.PutForm(ctx, f.stat, of, study.Form{Name: "cadena", Version: "1"}, survey.FormFiles{XForm: xform.Write(surveytest.Form(f.T, chainSheets))}, id.Change{}))
	f.do(f.Surveys.PlanChain(ctx, f.stat, of, chainPlan, id.Change{}))
	f.do(f.Surveys.Move(ctx, f.stat, of, study.Open, id.Change{}))
	return of
}

func (f *field) askCase(who survey.Actor, kase, sex string) {
	f.Helper()
	got, err := f.Surveys.Submit(ctx, who, survey.Incoming{Instance: fmt.Appendf(nil,
		`<data id="cadena" version="1"><quipu_case>%s</quipu_case><city>Madrid</city><sex>%s</sex><meta><instanceID>uuid:%s</instanceID></meta></data>`, kase, sex, kase)})
	f.do(err)
	if len(got.Reasons) > 0 {
		f.Fatalf("answers of %s are doubtful: %v", kase, got.Reasons)
	}
}

// fails says which refusal is wanted.
func (f *field) fails(key string, err error) {
	f.Helper()
	if !fault.Is(err, key) {
		f.Errorf("%v, want %s", err, key)
	}
}

// TestChain follows one chain: a seed is asked, is given coupons, and who comes with one is
// asked in turn. What is wrong with a coupon is said: misread, forged, of another survey, used,
// ended.
func TestChain(t *testing.T) {
	now := time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)
	later := now
	f := newFieldAt(t, func() time.Time { return later })
	of := f.chainOf("Cadenas")
	seed, err := f.Surveys.AddSeed(ctx, jefa, of, "ESMAD", 12)
	f.do(err)
	f.fails("chain.not_asked", f.Surveys.HandOut(ctx, jefa, seed, 2))
	f.askCase(jefa, seed, "F")
	f.fails("chain.hand", f.Surveys.HandOut(ctx, jefa, seed, 3))
	f.do(f.Surveys.HandOut(ctx, jefa, seed, 2))
	f.fails("chain.given", f.Surveys.HandOut(ctx, jefa, seed, 1))
	sheet, err := f.Surveys.Coupons(ctx, jefa, seed)
	f.do(err)
	if len(sheet.Codes) != 2 || sheet.Plan.Reward != "Un recuerdo" || sheet.Left != 49 {
		t.Fatalf("%+v", sheet)
	}

	first := sheet.Codes[0]
	look, err := f.Surveys.LookAtCoupon(ctx, f.eva, of, strings.ToLower(first))
	f.do(err)
	if look.Chain != "ESMAD-1" || look.Wave != 1 || look.Until != civil.FromTime(now).AddDays(14) {
		t.Errorf("%+v", look)
	}
	cmd := survey.RedeemCmd{Code: first, Degree: 30, Relation: study.Friend}
	for _, wrong := range []struct {
		cmd survey.RedeemCmd
		key string
	}{
		{survey.RedeemCmd{Code: "ABC", Degree: 30, Relation: study.Friend}, "sample.coupon_length"},
		{survey.RedeemCmd{Code: swapped(first), Degree: 30, Relation: study.Friend}, "sample.coupon_misread"},
		{survey.RedeemCmd{Code: forged(t), Degree: 30, Relation: study.Friend}, "sample.coupon_unknown"},
		{survey.RedeemCmd{Code: first, Degree: 0, Relation: study.Friend}, "chain.degree"},
		{survey.RedeemCmd{Code: first, Degree: 3, Relation: "enemy"}, "chain.relation"},
	} {
		_, err := f.Surveys.Redeem(ctx, f.eva, of, wrong.cmd)
		f.fails(wrong.key, err)
	}
	other := f.chainOf("Otra cadena")
	_, err = f.Surveys.Redeem(ctx, f.eva, other, cmd)
	f.fails("chain.other_survey", err)

	came, err := f.Surveys.Redeem(ctx, f.eva, of, cmd)
	f.do(err)
	_, err = f.Surveys.Redeem(ctx, f.eva, of, cmd)
	f.fails("chain.used", err)
	token, err := f.Surveys.BeginInterview(ctx, f.eva, of, came)
	f.do(err)
	f.do(f.Surveys.DropInterview(f.eva, token))
	f.askCase(f.eva, came, "M")
	f.do(f.Surveys.HandOut(ctx, f.eva, came, 1))
	f.fails("survey.not_yours", f.Surveys.HandOut(ctx, f.eva, seed, 1))
	f.do(f.Surveys.Recount(ctx, f.eva, came, 31))

	f.noPersonIn(came)
	f.chainsAre(of, came)
	later = now.AddDate(0, 0, 15)
	_, err = f.Surveys.LookAtCoupon(ctx, f.eva, of, sheet.Codes[1])
	f.fails("chain.ended", err)
	if c, err := f.Surveys.Chains(ctx, jefa, of); err != nil || c.Ended != 2 || c.Out != 0 {
		f.Errorf("%+v, %v", c, err)
	}
}

// noPersonIn: the case of a recruit names nobody.
func (f *field) noPersonIn(kase string) {
	f.Helper()
	p, err := f.Surveys.Case(ctx, jefa, kase)
	f.do(err)
	if p.Person != nil || p.Case.Person != "" || p.Case.Degree != 31 || p.Case.Relation != study.Friend {
		f.Errorf("%+v", p.Case)
	}
}

// chainsAre: who runs the fieldwork sees the chain; an interviewer his own part.
func (f *field) chainsAre(of, came string) {
	f.Helper()
	c, err := f.Surveys.Chains(ctx, jefa, of)
	f.do(err)
	if len(c.Links) != 2 || c.Seeds != 1 || c.Asked != 2 || c.Given != 3 || c.Returned != 1 || c.Out != 2 || c.Ended != 0 {
		f.Errorf("%+v", c)
	}
	if l := c.Links[1]; l.ID != came || l.Wave != 1 || l.Recruiter != c.Links[0].Number || l.Degree != 31 || c.Links[0].Returned != 1 {
		f.Errorf("%+v", l)
	}
	if mine, err := f.Surveys.Chains(ctx, f.eva, of); err != nil || len(mine.Links) != 1 {
		f.Errorf("an interviewer sees %+v, %v", mine, err)
	}
}

// TestChainPlan: numbers stand once there are cases; the target stops coupons; an office begins
// no more chains than were planned.
func TestChainPlan(t *testing.T) {
	f := newField(t)
	f.fails("chain.footing", f.Surveys.PlanChain(ctx, f.stat, f.survey, chainPlan, id.Change{}))
	of := f.chainOf("Cadenas")
	more := chainPlan
	more.Each = 4
	f.do(f.Surveys.PlanChain(ctx, f.stat, of, more, id.Change{}))
	for range 3 {
		_, err := f.Surveys.AddSeed(ctx, jefa, of, "ESMAD", 5)
		f.do(err)
	}
	_, err := f.Surveys.AddSeed(ctx, jefa, of, "ESMAD", 5)
	f.fails("chain.seeds_used", err)
	_, err = f.Surveys.AddSeed(ctx, jefa, of, "USPAT", 5)
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a seed of another office: %v", err)
	}
	c, err := f.Surveys.Chains(ctx, jefa, of)
	f.do(err)
	if len(c.Links) != 3 || c.Links[0].Stratum != "ESMAD-1" || c.Links[2].Stratum != "ESMAD-3" || c.Links[0].Number == c.Links[1].Number {
		t.Errorf("%+v", c.Links)
	}
	more.Each = 3
	f.fails("chain.numbers_stand", f.Surveys.PlanChain(ctx, f.stat, of, more, id.Change{}))
	more.Each, more.Target, more.Size = 4, 2, 0
	f.do(f.Surveys.PlanChain(ctx, f.stat, of, more, id.Change{}))
	f.askCase(jefa, c.Links[0].ID, "F")
	f.do(f.Surveys.HandOut(ctx, jefa, c.Links[0].ID, 4))
	f.askCase(jefa, c.Links[1].ID, "F")
	f.fails("chain.target_reached", f.Surveys.HandOut(ctx, jefa, c.Links[1].ID, 4))
	f.keyIsSealed(of)
}

// keyIsSealed: the key of the coupons is nowhere in the open.
func (f *field) keyIsSealed(of string) {
	f.Helper()
	f.do(f.DB.View(ctx, func(tx *store.Tx) error {
		past, err := tx.Changes(ctx, change.Ref{Kind: study.KindSurvey, ID: of})
		kept := study.LoadSurvey(past)
		if b, bad := base64.StdEncoding.DecodeString(kept.Text(study.CouponKey)); kept.Text(study.CouponKey) == "" || bad == nil && len(b) == 32 {
			f.Errorf("the key of coupons lies open, or is not there")
		}
		return err
	}))
}

// swapped has two letters of a code in each other's place.
func swapped(code string) string {
	b := []byte(code)
	for i := 1; i < len(b); i++ {
		if b[i] != b[i-1] && b[i] != '-' && b[i-1] != '-' {
			b[i], b[i-1] = b[i-1], b[i]
			break
		}
	}
	return string(b)
}

// forged is a code that is right in all but its key.
func forged(t *testing.T) string {
	t.Helper()
	code, err := sample.Coupons{Key: []byte(strings.Repeat("k", 32)), Seeds: 6, Each: 2}.Code(sample.Coupon{Number: 7, Last: 90})
	if err != nil {
		t.Fatal(err)
	}
	return code
}
