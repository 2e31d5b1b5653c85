package surveys

import (
	"cmp"
	"context"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/app/questionnaire"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/openrosa/client"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
)

// chainInterviews are those of the second survey of a demonstration.
const chainInterviews = 60

// chainOffice is where it is held.
const chainOffice = "ESMAD"

// chain makes a small survey in which people invite people: a few begin, whoever was asked is
// given three coupons, and more than half of those come back, until there are enough.
func (d *Demo) chain(ctx context.Context, url string) error {
	of, err := d.planChain(ctx)
	if err != nil {
		return err
	}
	s := d.App.Surveys
	head := app.Actor{Login: "demo", Role: authz.Operator, Office: chainOffice, Purpose: "registry"}
	who := app.Actor{Login: "ines", Role: authz.Interviewer, Office: chainOffice}
	sender, token, err := sender(ctx, d.App, url, who.Login, chainOffice)
	if err != nil {
		return err
	}
	var wave []string
	for i := range 4 {
		kase, err := s.AddSeed(ctx, head, of, chainOffice, 18+7*i)
		if err != nil {
			return err
		}
		wave = append(wave, kase)
	}
	if err := s.Assign(ctx, d.Statistics, wave, who.Login); err != nil {
		return err
	}
	done, coupons := 0, 0
	for len(wave) > 0 && done < chainInterviews {
		_, err := sender.Simulate(ctx, client.Simulation{Survey: of, Interviews: len(wave), Seed: d.Seed, First: 1<<60 | uint64(done), Office: chainOffice, Cases: wave,
			When: func(k int) time.Time { return d.Now.Add(-time.Duration(k%5*24+k%7) * time.Hour) }, Together: 1})
		if err != nil {
			return err
		}
		done += len(wave)
		var next []string
		for _, kase := range wave {
			if done+len(next) >= chainInterviews {
				break
			}
			if err := s.HandOut(ctx, who, kase, 3); err != nil {
				return err
			}
			sheet, err := s.Coupons(ctx, who, kase)
			if err != nil {
				return err
			}
			for _, code := range sheet.Codes {
				coupons++
				if coupons*7%11 >= 6 || done+len(next) >= chainInterviews { // it stays in a drawer
					continue
				}
				came, err := s.Redeem(ctx, who, of, survey.RedeemCmd{Code: code, Degree: 3 + coupons*coupons*5%47, Relation: study.Relations[coupons*3%5]})
				if err != nil {
					return err
				}
				next = append(next, came)
			}
		}
		wave = next
	}
	return d.App.RevokeToken(ctx, node.Operator("demo", chainOffice), token)
}

// planChain plans it, with the questionnaire of the pilot as a version of its own.
func (d *Demo) planChain(ctx context.Context) (of string, err error) {
	s, today := d.App.Surveys, civil.FromTime(d.Now)
	of, err = s.Plan(ctx, d.Statistics, study.PlanCmd{Title: "Cadena de conocidos en Madrid", Footing: study.Recruited, First: today.AddDays(-20), Last: today.AddDays(40), Posts: []string{chainOffice},
		Note: "Personas inventadas: una demostración."})
	if err != nil {
		return of, err
	}
	book, err := pack.Workbook("peru")
	if err != nil {
		return of, err
	}
	form, problems, err := questionnaire.Read("piloto-pe", strings.NewReader(string(book)), int64(len(book)))
	if err = cmp.Or(err, problems.Err()); err != nil {
		return of, err
	}
	form.Settings.Version += "-cadena" // two surveys of an office may not share one
	f := study.Form{Name: form.Settings.ID, Version: form.Settings.Version, Title: form.Settings.Title}
	if err := s.PutForm(ctx, d.Statistics, of, f, survey.FormFiles{XForm: xform.Write(form)}, id.Change{}); err != nil {
		return of, err
	}
	err = s.PlanChain(ctx, d.Statistics, of, sample.Chain{SeedsEach: 6, Each: 3, Days: 21, Target: 150, Size: 9000, Reward: "Recibes una tarjeta de 10 euros."}, id.Change{})
	if err != nil {
		return of, err
	}
	return of, s.Move(ctx, d.Statistics, of, study.Open, id.Change{})
}
