package surveying

import (
	"context"
	"errors"
	"path/filepath"

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
	Submissions int         `json:"submissions"`
	Bytes       int         `json:"bytes_each"`
	Senders     int         `json:"senders"`
	PerSecond   float64     `json:"per_second"`
	CPUEach     float64     `json:"server_cpu_milliseconds_each"`
	WaitP50     float64     `json:"wait_p50_milliseconds"`
	WaitP95     float64     `json:"wait_p95_milliseconds"`
	Again       int         `json:"sent_again"`
	Server      bench.Usage `json:"server"`
	Pages       Pages       `json:"pages"`
	PagesUse    bench.Usage `json:"pages_process"`
}

const office = "ESMAD"

// senders are telephones that send at the same time, interviewers those whose they are.
const (
	senders      = 48
	interviewers = 8
)

var statistician = app.Actor{Login: "bench", Role: authz.Statistician, Office: "PELIM"}

// field plans a survey, sends submissions to a server of it and looks at their pages.
func (c *Config) field(ctx context.Context) (*Field, error) {
	c.Say("field")
	dir := filepath.Join(c.Dir, "register")
	tokens, err := prepare(ctx, dir)
	if err != nil {
		return nil, err
	}
	c.Say("submissions")
	srv, err := bench.Serve(ctx, c.Exe, c.Dir, c.fieldProfile(), nil, "serve", "--dir", dir, "--addr", "127.0.0.1:0", "--lang", "es")
	if err != nil {
		return nil, err
	}
	f := &Field{Submissions: c.Submissions, Senders: senders}
	err = f.send(ctx, srv.URL+"/openrosa/submission", tokens, c.Seed)
	use, stopped := srv.Stop()
	if err := errors.Join(err, stopped); err != nil {
		return nil, err
	}
	f.Server = use
	f.CPUEach = 1000 * use.CPUSeconds / float64(f.Submissions)
	c.Say("pages")
	f.PagesUse, err = c.child(ctx, &f.Pages, "", "_surveypages", "--dir", dir)
	return f, err
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
const form = `<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"><h:head><h:title>Perfil</h:title><model><instance><data id="perfil" version="1"><start/><end/><deviceid/><sexo/><edad/><union/><estudios/><trabajo/><ocupacion/><llegada/><motivo/><hogar/><hijos/><envia/><monto/><frecuencia/><canal/><banco/><destino/><comentario/><meta><instanceID/></meta></data></instance></model></h:head><h:body/></h:html>`

// prepare makes a register with an open survey and gives the interviewers' tokens by log-in.
func prepare(ctx context.Context, dir string) (tokens map[string]string, err error) {
	a, err := app.Open(ctx, dir, app.Options{Create: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	op := node.Operator("bench", office)
	tokens = map[string]string{}
	for n := range interviewers {
		login := "encuesta" + string(rune('a'+n))
		if err := a.CreateAccount(ctx, op, account.NewAccount{Login: login, Name: login, Office: office, Role: authz.Interviewer, Lang: "es", Password: "una frase para medir"}); err != nil {
			return nil, err
		}
		secret, _, err := a.CreateToken(ctx, op, account.NewToken{Login: login, Scopes: []authz.Action{authz.Interview}, Days: 30})
		if err != nil {
			return nil, err
		}
		tokens[login] = secret
	}
	today := civil.FromTime(a.Now())
	s, err := a.Surveys.Plan(ctx, statistician, study.PlanCmd{Title: "Perfil", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{office}})
	if err != nil {
		return nil, err
	}
	named := study.Form{Name: "perfil", Version: "1", Title: "Perfil"}
	if err := a.Surveys.PutForm(ctx, statistician, s, named, survey.FormFiles{XForm: []byte(form)}, id.Change{}); err != nil {
		return nil, err
	}
	return tokens, a.Surveys.Move(ctx, statistician, s, study.Open, id.Change{})
}
