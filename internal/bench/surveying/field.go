package surveying

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/bench"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/survey/study"
)

// Field is what came of submissions that telephones sent to `quipu serve` over OpenRosa: each
// confirmed once it was on the disk.
type Field struct {
	Engine      string      `json:"engine"`
	Submissions int         `json:"submissions"`
	Bytes       int         `json:"bytes_each"`
	Senders     int         `json:"senders"`
	PerSecond   float64     `json:"per_second"`
	CPUEach     float64     `json:"server_cpu_milliseconds_each"`
	WaitP50     float64     `json:"wait_p50_milliseconds"`
	WaitP95     float64     `json:"wait_p95_milliseconds"`
	Again       int         `json:"sent_again"`
	Pages       Pages       `json:"pages"`
	Crosstabs   Crosstabs   `json:"crosstabs"`
	Resident    Resident    `json:"resident"`
	Server      bench.Usage `json:"server"` // of all of it
}

// Resident is the most that the server had resident until then, in bytes.
type Resident struct {
	Submissions int64 `json:"submissions"`
	Pages       int64 `json:"pages"`
	Crosstabs   int64 `json:"crosstabs"`
}

const office = "ESMAD"

// senders are telephones that send at the same time, interviewers those whose they are.
const (
	senders      = 48
	interviewers = 8
)

var statistician = app.Actor{Login: "bench", Role: authz.Statistician, Office: "PELIM"}

// prepared is a register with an open survey, and who comes to it.
type prepared struct {
	survey string
	tokens map[string]string // of interviewers, by log-in
	reader *bench.Visitor    // a statistician
}

// field plans a survey, sends submissions to a server of it and looks at its pages.
func (c *Config) field(ctx context.Context) (f *Field, err error) {
	c.Say("field")
	dir := filepath.Join(c.Dir, "register")
	p, err := c.prepare(ctx, dir)
	if err != nil {
		return nil, err
	}
	srv, err := bench.Serve(ctx, c.Exe, c.Dir, c.fieldProfile(), nil, "serve", "--dir", dir, "--addr", "127.0.0.1:0", "--lang", "es")
	if err != nil {
		return nil, err
	}
	f = &Field{Engine: cmp.Or(c.Engine, node.SQLite), Submissions: c.Submissions, Senders: senders}
	err = c.work(ctx, srv, dir, p, f)
	use, stopped := srv.Stop()
	f.Server = use
	return f, errors.Join(err, stopped)
}

// work is what telephones and the statistician do at a server.
func (c *Config) work(ctx context.Context, srv *bench.Server, dir string, p *prepared, f *Field) error {
	c.Say("submissions")
	to, before := srv.URL+"/openrosa/submission", srv.CPU()
	if err := f.send(ctx, to, p.tokens, c.Seed); err != nil {
		return err
	}
	f.CPUEach = 1000 * (srv.CPU() - before) / float64(f.Submissions)
	f.Resident.Submissions = srv.Peak()
	c.Say("pages")
	if err := p.reader.Enter(ctx, srv.URL); err != nil {
		return err
	}
	defer p.reader.Leave()
	w := &reader{p.reader, "/encuestas/" + p.survey, rand.New(rand.NewPCG(c.Seed, 50))}
	a, err := app.Open(ctx, dir, app.Options{})
	if err != nil {
		return err
	}
	places, err := placesIn(ctx, a, p.survey)
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	if f.Pages, err = w.pages(ctx, places); err != nil {
		return err
	}
	f.Resident.Pages = srv.Peak()
	c.Say("crosstabs")
	login := slices.Min(slices.Collect(maps.Keys(p.tokens)))
	f.Crosstabs, err = w.crosstabs(ctx, oneMore(ctx, to, login, p.tokens[login], c.Seed))
	f.Resident.Crosstabs = srv.Peak()
	return err
}

// fieldProfile is the file that takes the server's processor profile, beside that of the
// estimates.
func (c *Config) fieldProfile() string {
	if c.Profile == "" {
		return ""
	}
	return c.Profile + ".serve"
}

// form is a questionnaire of the length of a pilot's.
//
//go:embed perfil.xml
var form []byte

// prepare makes the register, with an open survey.
func (c *Config) prepare(ctx context.Context, dir string) (p *prepared, err error) {
	a, err := app.Open(ctx, dir, app.Options{Create: true, Engine: c.Engine, URL: c.URL})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	p = &prepared{tokens: map[string]string{}}
	if p.reader, err = bench.NewVisitor(ctx, a, "estadistica", office, authz.Statistician); err != nil {
		return nil, err
	}
	op := node.Operator("bench", office)
	for n := range interviewers {
		login := "encuesta" + string(rune('a'+n))
		if err := a.CreateAccount(ctx, op, account.NewAccount{Login: login, Name: login, Office: office, Role: authz.Interviewer, Lang: "es", Password: "una frase para medir"}); err != nil {
			return nil, err
		}
		secret, _, err := a.CreateToken(ctx, op, account.NewToken{Login: login, Scopes: []authz.Action{authz.Interview}, Days: 30})
		if err != nil {
			return nil, err
		}
		p.tokens[login] = secret
	}
	today := civil.FromTime(a.Now())
	p.survey, err = a.Surveys.Plan(ctx, statistician, study.PlanCmd{Title: "Perfil", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{office}})
	if err != nil {
		return nil, err
	}
	named := study.Form{Name: "perfil", Version: "1", Title: "Perfil"}
	if err := a.Surveys.PutForm(ctx, statistician, p.survey, named, survey.FormFiles{XForm: form}, id.Change{}); err != nil {
		return nil, err
	}
	return p, a.Surveys.Move(ctx, statistician, p.survey, study.Open, id.Change{})
}
