package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"quipu/internal/app"
	own "quipu/internal/app/rights"
	"quipu/internal/render"
	"quipu/internal/rights"
)

// rightsCommand hands out what the register holds about a person.
func rightsCommand(e *env, args []string) error {
	e.dirFlag()
	format := e.flags.String("format", own.FormatPDF, "pdf or json")
	out := e.flags.String("out", "", "file to write; it must not be there yet")
	words, a, err := e.register(args, 2, 2)
	if err != nil {
		return err
	}
	defer a.Close()
	if words[0] != "export" || *out == "" {
		return errUsage
	}
	return e.ownData(a, words[1], *format, *out)
}

// ownData writes the file first of all, empty: nothing is handed out that cannot be kept.
func (e *env) ownData(a *app.App, which, format, out string) error {
	who := operator("")
	person, err := a.FindNumber(e.ctx, who, which)
	if err != nil {
		return err
	}
	file, err := newFile(out)
	if err != nil {
		return err
	}
	err = func() error {
		data, err := a.HandOut(e.ctx, who, person, format, "", e.lang)
		if err != nil {
			return err
		}
		var text []byte
		if format == own.FormatJSON {
			text, err = json.MarshalIndent(data, "", "  ")
		} else {
			text, err = render.OwnData(data)
		}
		if err == nil {
			_, err = file.Write(text)
		}
		if err == nil {
			e.say("cli.rights.exported", "number", data.Number, "file", out)
		}
		return err
	}()
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(out))
	}
	return nil
}

// retention counts what is kept no longer, or proposes to erase it. An officer approves it
// on the screens: nobody erases alone.
func retention(e *env, args []string) error {
	e.dirFlag()
	dry := e.flags.Bool("dry-run", false, "count and change nothing")
	office := e.flags.String("office", "", "only this office; needed to propose")
	scrub := e.flags.Bool("scrub", false, "write the database anew, so that no bytes of what was erased are left")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	_, a, err := e.register(args, 0, 0)
	if err != nil {
		return err
	}
	defer a.Close()
	code := strings.ToUpper(*office)
	switch {
	case *scrub && !*dry && code == "":
		if err := a.Scrub(e.ctx, operator("")); err != nil {
			return err
		}
		e.say("cli.retention.scrubbed")
		return nil
	case *scrub || !*dry && code == "":
		return errUsage
	case *dry:
		return e.whatIsDue(a, code)
	}
	proposal, people, err := a.ProposeRetention(e.ctx, operator(code), code)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"proposal": proposal, "people": people, "office": code})
	}
	fmt.Fprintln(e.out, proposal)
	e.say("cli.retention.proposed", "people", people, "office", code)
	return nil
}

func (e *env) whatIsDue(a *app.App, office string) error {
	b := e.bar(office)
	found, err := a.WhatIsDue(e.ctx, operator(office), office, 0, func(people int) { b.at(int64(people), 0) })
	b.done()
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"day": a.Today().String(), "office": office, "people": found.People, "classes": found.Classes, "dry_run": true})
	}
	for _, c := range rights.Home().Classes {
		if n := found.Classes[c.Name]; n > 0 {
			fmt.Fprintf(e.out, "%-12s %8d\n", c.Name, n)
		}
	}
	e.say("cli.retention.looked", "people", found.People)
	return nil
}
