package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/synth"
)

func generate(e *env, args []string) error {
	persons := e.flags.Int("persons", 0, "true persons")
	seed := e.flags.Uint64("seed", 1, "decides every byte")
	out := e.flags.String("out", "", "folder")
	families := e.flags.Bool("families", false, "couples, children, twins, cousins")
	duplicates := e.flags.Float64("duplicates", 0, "share registered twice or more, 0 to 1")
	today := e.flags.String("today", "", "day of the export, YYYY-MM-DD")
	inline := e.flags.Bool("inline-truth", false, "add the true person as last column")
	threads := e.flags.Int("threads", 0, "threads; the result does not depend on it")
	list := e.flags.Bool("list", false, "an office's old list instead: Windows-1252, semicolons, dates in every form")
	bad := e.flags.Float64("bad", 0.02, "with --list: share of rows that an import must refuse")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	if _, err := e.parse(args, 0, 0); err != nil || *persons == 0 || *out == "" {
		return errUsage
	}
	day, err := civil.Parse(*today)
	if *today != "" && err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return fault.New(fault.Unavailable, "cli.cannot_write", "file", *out).Because(err)
	}
	if *list {
		return e.generateList(*out, synth.MessyOptions{Rows: *persons, Seed: *seed, Bad: *bad, Today: day})
	}
	opts := synth.Options{Persons: *persons, Seed: *seed, Families: *families, Duplicates: *duplicates, Today: day, Inline: *inline, Threads: *threads}
	counts, err := generateInto(*out, opts)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"persons": counts.Persons, "rows": counts.Rows, "again": counts.Again, "out": *out})
	}
	_, err = fmt.Fprintf(e.out, "%s: %d, %d\n", filepath.Join(*out, "registro.csv"), counts.Persons, counts.Rows)
	return err
}

func generateInto(dir string, opts synth.Options) (counts synth.Counts, err error) {
	register, err := os.Create(filepath.Join(dir, "registro.csv"))
	if err != nil {
		return counts, fault.New(fault.Unavailable, "cli.cannot_write", "file", dir).Because(err)
	}
	defer func() { err = errors.Join(err, register.Close()) }()
	truth, err := os.Create(filepath.Join(dir, "truth.csv"))
	if err != nil {
		return counts, fault.New(fault.Unavailable, "cli.cannot_write", "file", dir).Because(err)
	}
	defer func() { err = errors.Join(err, truth.Close()) }()
	rw, tw := bufio.NewWriterSize(register, 1<<20), bufio.NewWriterSize(truth, 1<<18)
	if counts, err = synth.Generate(opts, rw, tw); err != nil {
		return counts, err
	}
	return counts, errors.Join(rw.Flush(), tw.Flush())
}

// generateList writes lista.csv and, beside it, what an import must find wrong with it.
func (e *env) generateList(dir string, opts synth.MessyOptions) (err error) {
	path := filepath.Join(dir, "lista.csv")
	f, err := os.Create(path)
	if err != nil {
		return fault.New(fault.Unavailable, "cli.cannot_write", "file", path).Because(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	truth, err := synth.Messy(w, opts)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(truth, "", " ")
	if err != nil {
		return err
	}
	if err := errors.Join(w.Flush(), os.WriteFile(filepath.Join(dir, "lista.truth.json"), append(text, '\n'), 0o644)); err != nil {
		return err
	}
	if e.asJSON {
		return e.json(truth)
	}
	_, err = fmt.Fprintf(e.out, "%s: %d, %d\n", path, truth.Rows, truth.BadRows)
	return err
}
