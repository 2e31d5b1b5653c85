package cli

import (
	"encoding/base64"
	"fmt"
	"os"

	"quipu/internal/app"
	"quipu/internal/audit"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

type finding struct {
	Kind    string `json:"kind"`
	Seq     int64  `json:"seq"`
	Until   int64  `json:"until"`
	ID      string `json:"id"`
	Message string `json:"message"`
}

func auditLog(e *env, args []string) error {
	e.dirFlag()
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	outside := e.flags.String("checkpoint", "", "a signed checkpoint that was kept elsewhere")
	logOnly := e.flags.Bool("log-only", false, "do not compare lists and searches with the log")
	words, a, err := e.register(args, 1, 2)
	if err != nil {
		return err
	}
	defer a.Close()
	switch {
	case words[0] == "verify" && len(words) == 1:
		return auditVerify(e, a, *outside, *logOnly)
	case words[0] == "head" && len(words) == 1:
		return auditHead(e, a)
	case words[0] == "export" && len(words) == 2:
		return a.ExportTiles(e.ctx, operator(""), words[1])
	}
	return errUsage
}

func auditHead(e *env, a *app.App) error {
	h, err := a.Head(e.ctx, operator(""))
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"size": h.Size, "root": h.Root, "checkpoint": h.Note, "key": h.PublicKey})
	}
	fmt.Fprint(e.out, h.Note)
	fmt.Fprintln(e.err, h.PublicKey)
	return nil
}

func auditVerify(e *env, a *app.App, outside string, logOnly bool) error {
	var notes [][]byte
	if outside != "" {
		note, err := os.ReadFile(outside)
		if err != nil {
			return fault.New(fault.NotFound, "cli.no_file", "file", outside).Because(err)
		}
		notes = append(notes, note)
	}
	b := e.bar(i18n.T(e.lang, "cli.audit.changes"))
	report, err := a.VerifyLog(e.ctx, operator(""), notes, b.at)
	b.done()
	if err != nil {
		return err
	}
	var drift []app.Drift
	if !logOnly {
		b := e.bar(i18n.T(e.lang, "cli.audit.people"))
		drift, err = a.VerifyProjections(e.ctx, operator(""), func(n int) { b.at(int64(n), 0) })
		b.done()
		if err != nil {
			return err
		}
	}
	return e.reportAudit(report, drift)
}

func (e *env) reportAudit(report *audit.Report, drift []app.Drift) error {
	findings := make([]finding, 0, len(report.Findings)+len(drift))
	for _, f := range report.Findings {
		key, args := f.Message()
		findings = append(findings, finding{string(f.Kind), f.Seq, f.Until, f.ID.String(), i18n.T(e.lang, key, args...)})
	}
	for _, d := range drift {
		findings = append(findings, finding{Kind: "projection", ID: d.Person, Message: i18n.T(e.lang, "cli.audit.drift", "number", d.Number)})
	}
	if e.asJSON {
		err := e.json(map[string]any{"ok": len(findings) == 0, "changes": report.Changes, "checkpoints": report.Checkpoints,
			"size": report.Head.Size, "root": base64.StdEncoding.EncodeToString(report.Head.Root[:]), "findings": findings})
		if err != nil {
			return err
		}
	} else {
		const most = 20 // all of them are in --json
		for _, f := range findings[:min(most, len(findings))] {
			fmt.Fprintln(e.out, f.Message)
		}
		if more := len(findings) - most; more > 0 {
			fmt.Fprintln(e.out, i18n.T(e.lang, "cli.audit.more", "n", more))
		}
		key := "cli.audit.ok"
		if len(findings) > 0 {
			key = "cli.audit.bad"
		}
		fmt.Fprintln(e.out, i18n.T(e.lang, key, "changes", report.Changes, "checkpoints", report.Checkpoints, "findings", int64(len(findings))+report.More))
	}
	if len(findings) > 0 {
		return errSilent
	}
	return nil
}
