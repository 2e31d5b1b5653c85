package cli

import (
	"bufio"
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
