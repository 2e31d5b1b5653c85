package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/cli/surveys"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/intake"
	"quipu/internal/operation"
	"quipu/internal/synth"
	"quipu/internal/tabular"
	"quipu/internal/web"
)

func demo(e *env, args []string) error {
	e.dirFlag()
	persons := e.flags.Int("persons", 5000, "synthetic persons")
	seed := e.flags.Uint64("seed", 1, "decides who they are")
	addr := e.flags.String("addr", "127.0.0.1:8080", "address to listen on")
	posts := e.flags.String("posts", "ESMAD,USPAT", "offices that work on a computer of their own beside the ministry; \"\" for none")
	var p post
	e.flags.StringVar(&p.office, "post", "", "be one of these offices")
	e.flags.StringVar(&p.hub, "hub", "", "of the ministry at this address")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	if p.office != "" {
		return e.demoPost(p, *addr)
	}
	// The list came in some years ago; officers have worked on it since.
	clock := &pastClock{at: time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)}
	pass, err := passphrase()
	if err != nil {
		return err
	}
	a, err := app.Open(e.ctx, e.dir, app.Options{Create: true, Now: clock.now, Engine: os.Getenv("QUIPU_ENGINE"), URL: os.Getenv("QUIPU_URL"),
		Passphrase: pass})
	if err != nil {
		return err
	}
	defer a.Close()
	if err := e.fillDemo(a, *persons, *seed, clock); err != nil {
		return err
	}
	clock.live = true
	var started sync.WaitGroup
	defer started.Wait()
	ctx, end := context.WithCancel(e.ctx)
	defer end()
	return e.serveDemo(a, *addr, demoServed{hub: *posts != "", ready: func(url string) {
		n, err := a.CountPeople(e.ctx)
		if err != nil {
			n = 0
		}
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.demo.ready", "url", url, "people", n, "dir", a.Dir()))
		for _, acc := range account.DemoAccounts {
			fmt.Fprintln(e.out, i18n.T(e.lang, "cli.demo.login", "login", acc.Login, "password", account.DemoPassword, "name", acc.Name))
		}
		fmt.Fprintln(e.out, e.sayPairs(a, url))
		if err := e.saySurvey(a, url); err != nil {
			e.say("cli.demo.post_failed", "office", "ESMAD", "why", e.explain(err))
		}
		if *posts != "" {
			started.Go(func() { e.startPosts(ctx, a, url, strings.Split(*posts, ",")) })
		}
	}})
}

// demoServed is how a register of a demonstration is served.
type demoServed struct {
	hub    bool     // as the hub of offices
	hubs   []string // as an office: where the hub is
	office string   // whose officers alone can log in, "" for all
	ready  func(url string)
}

func (e *env) serveDemo(a *app.App, addr string, d demoServed) error {
	var logins []web.DemoLogin
	for _, acc := range account.DemoAccounts {
		if d.office == "" || acc.Office == d.office {
			logins = append(logins, web.DemoLogin{Login: acc.Login, Name: acc.Name, Password: account.DemoPassword})
		}
	}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	handler, err := web.New(a, web.Options{Demo: true, DemoLogins: logins, Log: log, Program: operation.Release, Hubs: d.hubs, Invent: surveys.More(a, account.DemoPassword)})
	if err != nil {
		return err
	}
	cfg := operation.Default()
	cfg.Addr, cfg.Hub.Serve, cfg.Node.Hubs = addr, d.hub, d.hubs
	return e.listen(a, cfg, withAPI(handler, a, log, cfg.API), d.ready)
}

// fillDemo puts the people and the accounts into a new register; one that is there
// already is reopened as it was, and a register that is no demonstration is left alone.
func (e *env) fillDemo(a *app.App, persons int, seed uint64, clock *pastClock) error {
	demo, complete, err := a.IsDemo(e.ctx)
	if err != nil || complete {
		return err
	}
	if n, err := a.CountPeople(e.ctx); err != nil || (n > 0 && !demo) {
		if err == nil {
			err = fault.New(fault.Conflict, "cli.demo.not_demo", "dir", a.Dir())
		}
		return err
	}
	if err := a.MarkDemo(e.ctx, false); err != nil {
		return err
	}
	e.say("cli.demo.making", "people", persons)
	var list bytes.Buffer
	opts := synth.Options{Persons: persons, Seed: seed, Families: true, Duplicates: 0.04, Today: a.Today()}
	if _, err := synth.Generate(opts, &list, io.Discard); err != nil {
		return err
	}
	if err := e.importDemo(a, list.Bytes()); err != nil {
		return err
	}
	clock.at = clock.at.AddDate(1, 0, 0)
	if err := e.demoPast(a, clock); err != nil {
		return err
	}
	if err := e.demoPairs(a, clock); err != nil {
		return err
	}
	for _, acc := range account.DemoAccounts {
		acc.Password = account.DemoPassword
		err := a.CreateAccount(e.ctx, operator(acc.Office), acc)
		if err != nil && !fault.Is(err, "app.login_taken") {
			return err
		}
	}
	if err := e.demoSurvey(a, seed, clock); err != nil {
		return err
	}
	return a.MarkDemo(e.ctx, true)
}

// demoSurvey makes the pilot survey, whose fieldwork is under way today.
func (e *env) demoSurvey(a *app.App, seed uint64, clock *pastClock) error {
	if now := time.Now().Truncate(time.Hour); clock.at.Before(now.AddDate(0, 0, -1)) {
		clock.at = now
	}
	b := e.bar(i18n.T(e.lang, "cli.demo.survey"))
	defer b.done()
	d := surveys.Demo{App: a, Seed: seed, Interviews: 500, Now: clock.at, Password: account.DemoPassword, Progress: b.at,
		Statistics: app.Actor{Login: "tomas", Role: authz.Statistician, Office: "ESMAD", Purpose: "statistics"}}
	return d.Make(e.ctx)
}

// saySurvey prints where the survey is and how more interviews are sent.
func (e *env) saySurvey(a *app.App, url string) error {
	of, code, err := surveys.DemoCode(e.ctx, a)
	if err != nil || of == "" {
		return err
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.demo.survey_ready", "url", strings.TrimSuffix(url, "/"), "survey", of, "code", code))
	return nil
}

func (e *env) importDemo(a *app.App, list []byte) error {
	open := func() (*tabular.Reader, error) {
		return tabular.NewReader(bytes.NewReader(list), int64(len(list)), tabular.Options{})
	}
	sample, err := app.SampleRows(open)
	if err != nil {
		return err
	}
	r, err := open()
	if err != nil {
		return err
	}
	b := e.bar(i18n.T(e.lang, "cli.import.rows"))
	defer b.done()
	const fallback = "ESMAD" // the office for rows that name none
	_, err = a.Import(e.ctx, operator(fallback), app.ImportJob{Name: "registro.csv", Office: fallback, Reader: r, AnyOffice: true,
		Mapping: intake.Recognise(r.Info().Header, sample), Progress: func(n int) { b.at(int64(n), 0) }})
	return err
}
