package cli

import (
	"fmt"
	"time"

	"quipu/internal/app"
	"quipu/internal/i18n"
	"quipu/internal/operation"
	"quipu/internal/operation/aside"
)

type checkJSON struct {
	Name    string    `json:"name"`
	State   app.State `json:"state"`
	Message string    `json:"message"`
}

type doctorJSON struct {
	OK       bool        `json:"ok"`
	Warnings int         `json:"warnings"`
	Failures int         `json:"failures"`
	Checks   []checkJSON `json:"checks"`
}

// doctor checks a node from outside and from inside, and fails when something must be
// mended. Like every command it brings the schema of the database up to date.
func doctor(e *env, args []string) error {
	cfg := operation.Default()
	e.dirFlag()
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	file := e.flags.String("config", "", "configuration file of serve")
	last := e.flags.Int64("last", 2000, "newest changes to compare with what was signed")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	if *last < 0 || *last > 1_000_000 {
		return errUsage
	}
	cfg.Dir = e.dir
	checks, cfg := operation.CheckConfig(*file, cfg)
	e.dir = cfg.Dir
	checks = append(checks, operation.CheckFiles(cfg.Dir)...)
	checks = append(checks, operation.CheckPort(cfg.Addr))
	checks = append(checks, operation.CheckCertificate(&cfg, time.Now())...)
	checks = append(checks, operation.CheckProvider(e.ctx, &cfg)...)
	return e.reportChecks(append(e.inWords(checks), e.checkRegister(cfg, *last)...))
}

func (e *env) checkRegister(cfg operation.Config, last int64) []checkJSON {
	broken := func(err error) []checkJSON {
		return e.inWords([]app.Check{{Name: "open", State: app.Fail, Said: "error", Err: err}})
	}
	if aside.Served(e.dir) {
		out, err := e.checkAside(last)
		if err != nil {
			return broken(err)
		}
		return append(e.inWords([]app.Check{{Name: "open", State: app.Fine, Said: "served"}}), out...)
	}
	a, err := e.open(false)
	if err != nil {
		return broken(err)
	}
	defer a.Close()
	checks, err := operation.CheckRegister(e.ctx, a, cfg, operator(""), last)
	if err != nil {
		return broken(err)
	}
	return e.inWords(append([]app.Check{{Name: "open", State: app.Fine, Said: "ok"}}, checks...))
}

// checkAside asks the program that serves the encrypted register.
func (e *env) checkAside(last int64) (out []checkJSON, err error) {
	err = e.asking().Unlock(e.dir, func(pass string) error {
		checks, err := aside.Check(e.ctx, e.dir, pass, operatorName(), e.lang, last)
		for _, c := range checks {
			out = append(out, checkJSON{c.Name, app.State(c.State), c.Message})
		}
		return err
	})
	return out, err
}

// inWords are checks as they are told.
func (e *env) inWords(checks []app.Check) []checkJSON {
	out := make([]checkJSON, len(checks))
	for i, c := range checks {
		out[i] = checkJSON{c.Name, c.State, operation.CheckText(e.lang, c)}
	}
	return out
}

func (e *env) reportChecks(out []checkJSON) error {
	count := map[app.State]int{}
	for _, c := range out {
		count[c.State]++
	}
	if e.asJSON {
		if err := e.json(doctorJSON{count[app.Fail] == 0, count[app.Warn], count[app.Fail], out}); err != nil {
			return err
		}
	} else {
		for _, c := range out {
			fmt.Fprintf(e.out, "%-5s %-15s %s\n", i18n.T(e.lang, "doctor.state."+string(c.State)), i18n.T(e.lang, "doctor.name."+c.Name), c.Message)
		}
		worst := app.Fine
		for _, s := range []app.State{app.Warn, app.Fail} {
			if count[s] > 0 {
				worst = s
			}
		}
		text := map[app.State]string{app.Fine: "doctor.summary.ok", app.Warn: "doctor.summary.warn", app.Fail: "doctor.summary.fail"}
		fmt.Fprintln(e.out, i18n.T(e.lang, text[worst], "checks", len(out), "warn", count[app.Warn], "fail", count[app.Fail]))
	}
	if count[app.Fail] > 0 {
		return errSilent
	}
	return nil
}
