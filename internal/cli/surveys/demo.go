package surveys

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/questionnaire"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/openrosa/client"
	network "quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
)

// Demo is the pilot survey of a demonstration.
type Demo struct {
	App        *app.App
	Seed       uint64
	Interviews int       // that are sent; the cases drawn are some more
	Now        time.Time // of the register, while the demonstration is made
	Statistics app.Actor // who plans it
	Password   string    // of its interviewers
	Progress   func(done, total int64)
}

const (
	demoPosts = 8  // as many cities as the profile is of
	demoLeast = 20 // people that a post needs to take part
)

// present are the entries of people who may be drawn.
var present = []string{"", registry.EntryComplete, registry.EntryProvisional}

// demoOffice is a post that takes part.
type demoOffice struct {
	code        string
	people      []sample.Unit // who may be drawn
	take        int
	interviewer string
	cases       []string
}

// Make plans the survey, puts the questionnaire of the pack in force, draws the sample, and lets
// interviewers send most of what the cases answered through the OpenRosa interface.
func (d *Demo) Make(ctx context.Context) error {
	offices, err := d.offices(ctx)
	if err != nil || len(offices) == 0 {
		return err
	}
	var posts []string
	for _, o := range offices {
		posts = append(posts, o.code)
	}
	s, today := d.App.Surveys, civil.FromTime(d.Now)
	of, err := s.Plan(ctx, d.Statistics, study.PlanCmd{Title: "Encuesta piloto a peruanas y peruanos en el exterior", Footing: study.Probability,
		First: today.AddDays(-10), Last: today.AddDays(50), Posts: posts, Note: "Personas inventadas: una demostración."})
	if err != nil {
		return err
	}
	book, err := pack.Workbook("peru")
	if err != nil {
		return err
	}
	form, problems, err := questionnaire.Read("piloto-pe", strings.NewReader(string(book)), int64(len(book)))
	if err = cmp.Or(err, problems.Err()); err != nil {
		return err
	}
	files := survey.FormFiles{XForm: xform.Write(form), Source: book, SourceType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	f := study.Form{Name: form.Settings.ID, Version: form.Settings.Version, Title: form.Settings.Title}
	if err := s.PutForm(ctx, d.Statistics, of, f, files, id.Change{}); err != nil {
		return err
	}
	if err := d.draw(ctx, of, offices); err != nil {
		return err
	}
	if err := s.Move(ctx, d.Statistics, of, study.Open, id.Change{}); err != nil {
		return err
	}
	return d.field(ctx, of, offices)
}

// offices are the posts with the most people, with who may be drawn: adults in force.
func (d *Demo) offices(ctx context.Context) ([]*demoOffice, error) {
	adult := civil.FromTime(d.Now).AddDays(-18 * 366).String()
	var all []*demoOffice
	for _, o := range network.Network().Offices() {
		people, err := d.App.PeopleOf(ctx, node.Operator("demo", o.Code), o.Code, 1_000_000)
		if err != nil {
			return nil, err
		}
		at := &demoOffice{code: o.Code}
		for _, p := range people {
			if p.Birth != "" && p.Birth < adult && p.Vital != registry.Dead && slices.Contains(present, p.Entry) {
				at.people = append(at.people, sample.Unit{ID: p.ID})
			}
		}
		if len(at.people) >= demoLeast {
			all = append(all, at)
		}
	}
	slices.SortFunc(all, func(a, b *demoOffice) int {
		return cmp.Or(cmp.Compare(len(b.people), len(a.people)), strings.Compare(a.code, b.code))
	})
	all = all[:min(len(all), demoPosts)]
	if !slices.ContainsFunc(all, func(o *demoOffice) bool { return o.code == d.Statistics.Office }) {
		return nil, nil // too few people for a survey
	}
	var strata []sample.Stratum
	for _, o := range all { // by square roots: small cities need a figure, too
		strata = append(strata, sample.Stratum{Name: o.code, Population: len(o.people)})
	}
	if err := sample.Allocate(strata, min(d.Interviews*5/4, sumOf(all)), sample.SquareRoot); err != nil {
		return nil, err
	}
	for i, o := range all {
		o.take = strata[i].Take
	}
	return all, nil
}

func sumOf(all []*demoOffice) (n int) {
	for _, o := range all {
		n += len(o.people)
	}
	return n
}

// draw draws a simple random sample of each office and keeps how it was drawn.
func (d *Demo) draw(ctx context.Context, of string, offices []*demoOffice) error {
	plan := sample.Plan{Source: sample.Register, Method: sample.Simple, Allocation: sample.SquareRoot, Seed: d.Seed, Date: civil.FromTime(d.Now).String(), By: []string{"office"}}
	var drawn []study.Drawn
	for _, o := range offices {
		s := sample.Stratum{Name: o.code, Office: o.code, Parts: []string{o.code}, Population: len(o.people), Take: o.take}
		plan.Strata = append(plan.Strata, s)
		picks, err := sample.Draw(s, o.people, plan.Method, d.Seed)
		if err != nil {
			return err
		}
		for _, p := range picks {
			drawn = append(drawn, study.Drawn{Stratum: o.code, Probability: p.Probability, Order: p.Place, Office: o.code, Person: p.ID})
		}
	}
	ids, err := d.App.Surveys.Draw(ctx, d.Statistics, of, plan.JSON(), drawn, nil)
	if err != nil {
		return err
	}
	for _, o := range offices {
		o.cases, ids = ids[:o.take], ids[o.take:]
		o.interviewer = interviewerOf(o.code)
		if err := hire(ctx, d.App, o.code, d.Password); err != nil {
			return err
		}
		if err := d.App.Surveys.Assign(ctx, d.Statistics, o.cases, o.interviewer); err != nil {
			return err
		}
	}
	return nil
}

// outcomes are what became of the cases without an interview, in turns.
var outcomes = []string{"2.11", "2.25", "3.20", "2.20", "4.70", "2.11", "2.36", "2.25"}

// field notes the cases that gave no interview and sends the interviews of the others.
func (d *Demo) field(ctx context.Context, of string, offices []*demoOffice) error {
	url, stop, err := receive(d.App)
	if err != nil {
		return err
	}
	defer stop()
	if slices.ContainsFunc(offices, func(o *demoOffice) bool { return o.code == chainOffice }) {
		if err := d.chain(ctx, url); err != nil {
			return err
		}
	}
	done, total := 0, d.Interviews
	for n, o := range offices {
		who := app.Actor{Login: o.interviewer, Role: authz.Interviewer, Office: o.code}
		rest := 0
		for i, c := range o.cases {
			if i%5 != 4 {
				continue
			}
			rest++
			if i%10 == 4 { // the others wait
				if err := d.App.Surveys.Try(ctx, who, c, outcomes[(i/10+n)%len(outcomes)], ""); err != nil {
					return err
				}
			}
		}
		sender, token, err := sender(ctx, d.App, url, o.interviewer, o.code)
		if err != nil {
			return err
		}
		want := min(len(o.cases)-rest, total-done)
		base := done
		_, err = sender.Simulate(ctx, client.Simulation{Survey: of, Interviews: want, Seed: d.Seed, First: uint64(n) << 32, Office: o.code, Cases: kept(o.cases),
			When: d.when(o, want), Length: hurried(o, want), Progress: func(k int) { d.Progress(int64(base+k), int64(total)) }})
		if err != nil {
			return err
		}
		done += want
		if err := d.App.RevokeToken(ctx, node.Operator("demo", o.code), token); err != nil {
			return err
		}
	}
	return nil
}

const (
	demoDays    = 9 // of fieldwork before today
	demoHurried = 4 // interviews that look made up
)

// when is the end of each interview: one after another from nine in the morning, on the days before
// today, but for a few of Madrid's at night.
func (d *Demo) when(o *demoOffice, n int) func(int) time.Time {
	zone := network.Clock(o.code)
	y, m, day := d.Now.In(zone).Date()
	step := min(40*time.Minute, 12*time.Hour/time.Duration(n/demoDays+1))
	return func(k int) time.Time {
		at := time.Date(y, m, day-1-k%demoDays, 9, 40, 0, 0, zone).Add(time.Duration(k/demoDays) * step)
		if o.code == "ESMAD" && k >= n-demoHurried {
			at = time.Date(y, m, day-1, 22, 30, 0, 0, zone).Add(time.Duration(k-n) * 5 * time.Minute).Add(time.Hour)
		}
		return at
	}
}

// hurried is the length of those at night.
func hurried(o *demoOffice, n int) func(int) time.Duration {
	return func(k int) time.Duration {
		if o.code == "ESMAD" && k >= n-demoHurried {
			return 4 * time.Minute
		}
		return 0
	}
}

// kept are the cases that gave an interview.
func kept(cases []string) (out []string) {
	for i, c := range cases {
		if i%5 != 4 {
			out = append(out, c)
		}
	}
	return out
}

// DemoCode makes a code for the demonstration's interviewer, so that more interviews can be sent
// from the command line.
func DemoCode(ctx context.Context, a *app.App) (survey, secret string, err error) {
	list, err := a.Surveys.List(ctx, app.Actor{Login: "tomas", Role: authz.Statistician, Office: "ESMAD"})
	if err != nil || len(list) == 0 {
		return "", "", err
	}
	secret, _, err = a.CreateToken(ctx, node.Operator("demo", "ESMAD"), account.NewToken{Login: "ines", Scopes: []authz.Action{authz.Interview}, Days: 7, Name: "demostración"})
	return list[0].ID, secret, err
}
