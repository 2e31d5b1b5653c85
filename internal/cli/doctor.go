package cli

import (
	"fmt"

	"quipu/internal/app"
	"quipu/internal/i18n"
	"quipu/internal/operation"
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
	checks = append(checks, operation.CheckProvider(e.ctx, &cfg)...)
	checks = append(checks, e.checkRegister(cfg, *last)...)
	return e.reportChecks(checks)
}

func (e *env) checkRegister(cfg operation.Config, last int64) []app.Check {
	broken := func(err error) []app.Check {
		return []app.Check{{Name: "open", State: app.Fail, Said: "error", Err: err}}
	}
	a, err := e.open(false)
	if err != nil {
		return broken(err)
	}
	defer a.Close()
	checks, err := a.Checkup(e.ctx, operator(""), last, cfg.CheckpointEvery)
	if err != nil {
		return broken(err)
	}
	return append([]app.Check{{Name: "open", State: app.Fine, Said: "ok"}}, checks...)
}

func (e *env) reportChecks(checks []app.Check) error {
	count := map[app.State]int{}
	out := make([]checkJSON, len(checks))
	for i, c := range checks {
		count[c.State]++
		out[i] = checkJSON{c.Name, c.State, e.checkText(c)}
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
		fmt.Fprintln(e.out, i18n.T(e.lang, text[worst], "checks", len(checks), "warn", count[app.Warn], "fail", count[app.Fail]))
	}
	if count[app.Fail] > 0 {
		return errSilent
	}
	return nil
}

func (e *env) checkText(c app.Check) string {
	if c.Said == "error" {
		return e.explain(c.Err)
	}
	return i18n.T(e.lang, "doctor."+c.Name+"."+c.Said, c.Args...)
}
