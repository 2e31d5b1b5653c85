package exchange_test

import (
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// TestCouponsTravel: offices without a link give coupons out and take in those of another
// office, tell forged ones, and use no number twice; the ministry sees one tree. A coupon with
// which two people came at two offices apart is one case, contested.
func TestCouponsTravel(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "USPAT")
		madrid, paterson := w.nodes["ESMAD-1"], w.nodes["USPAT-1"]
		stat := officer(authz.Statistician, "PELIM")
		sv := w.survey(stat, study.Recruited, sheets, "ESMAD", "USPAT")
		w.do(w.hub.Surveys.PlanChain(ctx, stat, sv, sample.Chain{SeedsEach: 2, Each: 3, Days: 10, Target: 100}, id.Change{}))
		w.do(w.hub.Surveys.Move(ctx, stat, sv, study.Open, id.Change{}))
		w.level()

		// From here on neither office hears of the other.
		head, eva, other := officer(authz.Head, "ESMAD"), officer(authz.Window, "ESMAD"), officer(authz.Head, "USPAT")
		ask := func(a *app.App, who survey.Actor, kase string) {
			t.Helper()
			_, err := a.Surveys.Submit(ctx, who, survey.Incoming{Instance: instance("uuid:"+kase, kase, "Madrid")})
			w.do(err)
		}
		one, err := madrid.Surveys.AddSeed(ctx, head, sv, "ESMAD", 10)
		w.do(err)
		two, err := paterson.Surveys.AddSeed(ctx, other, sv, "USPAT", 8)
		w.do(err)
		if one == two {
			t.Fatal("two offices began one chain")
		}
		ask(madrid, head, one)
		w.do(madrid.Surveys.HandOut(ctx, head, one, 3))
		sheet, err := madrid.Surveys.Coupons(ctx, head, one)
		w.do(err)
		abroad, err := paterson.Surveys.Redeem(ctx, other, sv, survey.RedeemCmd{Code: sheet.Codes[0], Degree: 4, Relation: study.Relative})
		w.do(err)
		_, err = paterson.Surveys.Redeem(ctx, other, sv, survey.RedeemCmd{Code: sheet.Codes[0], Degree: 4, Relation: study.Relative})
		if !fault.Is(err, "chain.used") {
			t.Errorf("used twice: %v", err)
		}
		if _, err := paterson.Surveys.LookAtCoupon(ctx, other, sv, "000000-000000-000000"); !fault.Is(err, "sample.coupon_unknown") {
			t.Errorf("an invented coupon: %v", err)
		}
		home, err := madrid.Surveys.Redeem(ctx, eva, sv, survey.RedeemCmd{Code: sheet.Codes[1], Degree: 6, Relation: study.Friend})
		w.do(err)
		ask(paterson, other, abroad)
		w.do(paterson.Surveys.HandOut(ctx, other, abroad, 2))
		w.level()
		w.sound()

		c, err := w.hub.Surveys.Chains(ctx, stat, sv)
		w.do(err)
		of := map[string]survey.Link{}
		for _, l := range c.Links {
			of[l.ID] = l
		}
		if len(of) != 4 || c.Seeds != 2 || c.Given != 5 || c.Returned != 2 || of[abroad].Recruiter != of[one].Number || of[home].Recruiter != of[one].Number || of[abroad].Wave != 1 {
			t.Errorf("the ministry sees %+v", c)
		}
		w.twiceApart(sv, sheet.Codes[2], head, other)
	})
}

// twiceApart: the last coupon of a sheet comes to both offices while they hear nothing.
func (w *world) twiceApart(sv, code string, head, other survey.Actor) {
	w.t.Helper()
	madrid, paterson := w.nodes["ESMAD-1"], w.nodes["USPAT-1"]
	a, err := madrid.Surveys.Redeem(ctx, head, sv, survey.RedeemCmd{Code: code, Degree: 7, Relation: study.Friend})
	w.do(err)
	b, err := paterson.Surveys.Redeem(ctx, other, sv, survey.RedeemCmd{Code: code, Degree: 9, Relation: study.Relative})
	w.do(err)
	if a != b {
		w.t.Errorf("one coupon is two cases: %s and %s", a, b)
	}
	w.level()
	w.sound()
	c, err := w.hub.Surveys.Chains(ctx, officer(authz.Statistician, "PELIM"), sv)
	w.do(err)
	n := 0
	for _, l := range c.Links {
		if l.ID == a {
			n++
		}
	}
	if n != 1 || len(c.Links) != 5 {
		w.t.Errorf("the ministry sees %d cases of one coupon, %d in all", n, len(c.Links))
	}
}
