package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/intake"
	"quipu/internal/tabular"
)

type importFlags struct {
	office, mapFile, refused, encoding, delimiter, sheet string
	headerRow                                            int
	dryRun, allOrNothing                                 bool
}

func (f *importFlags) add(e *env) {
	e.dirFlag()
	e.flags.StringVar(&f.office, "office", "", "office that the people are registered at")
	e.flags.StringVar(&f.mapFile, "map", "", "JSON file: column header to field")
	e.flags.StringVar(&f.refused, "refused", "", "where refused rows go")
	e.flags.StringVar(&f.encoding, "encoding", "", "encoding of the file, when it is not found by itself")
	e.flags.StringVar(&f.delimiter, "delimiter", "", "character between cells")
	e.flags.StringVar(&f.sheet, "sheet", "", "sheet of a workbook")
	e.flags.IntVar(&f.headerRow, "header-row", 0, "line of the header")
	e.flags.BoolVar(&f.dryRun, "dry-run", false, "preview: write nothing")
	e.flags.BoolVar(&f.allOrNothing, "all-or-nothing", false, "let nothing in when one row is refused")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
}

func (f *importFlags) options(b *bar) tabular.Options {
	o := tabular.Options{Encoding: tabular.Encoding(f.encoding), Sheet: f.sheet, HeaderRow: f.headerRow, Progress: b.at}
	if r := []rune(strings.ReplaceAll(f.delimiter, `\t`, "\t")); len(r) == 1 {
		o.Delimiter = r[0]
	}
	return o
}

func importList(e *env, args []string) error {
	var f importFlags
	f.add(e)
	words, err := e.parse(args, 1, 1)
	if err != nil {
		return err
	}
	file := words[0]
	if f.office == "" {
		e.say("cli.import.office_needed")
		return errUsage
	}
	list, mapping, err := openList(e, file, &f)
	if err != nil {
		return err
	}
	defer list.Close()
	if list.Info().Format == tabular.CSV && !f.dryRun {
		defer roomForRows()()
	}
	if f.dryRun {
		clean, err := e.rehearsalDir()
		if err != nil {
			return err
		}
		defer clean()
	}
	a, err := e.open(true)
	if err != nil {
		return err
	}
	defer a.Close()
	if f.refused == "" {
		f.refused = strings.TrimSuffix(file, filepath.Ext(file)) + ".refused.csv"
	}
	create := app.PlainFile(f.refused)
	if f.dryRun {
		create = nil
	}
	out := app.NewRefusedFile(create, list.Info(), &mapping, e.lang)
	b := e.bar(i18n.T(e.lang, "cli.import.rows"))
	res, err := a.Import(e.ctx, operator(f.office), app.ImportJob{
		Name: filepath.Base(file), Office: f.office, Reader: list, Mapping: mapping, DryRun: f.dryRun,
		AllOrNothing: f.allOrNothing, Refused: out.Add, Progress: func(n int) { b.at(int64(n), 0) },
	})
	b.done()
	if err2 := out.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	if out.Made() {
		res.RefusedFile = f.refused
	}
	return e.reportImport(res, mapping)
}

// roomForRows lets this process collect garbage seldom while a list comes in, which makes
// much of it and keeps little: a tenth of the processor time for some 60 MiB. The limit
// keeps the whole process, with the cache of the database, below 300 MiB. Who sets GOGC
// decides instead. A rehearsal and a workbook keep more than the limit, and would only
// collect the harder for it. The function that it returns puts everything back.
func roomForRows() (back func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(300), debug.SetMemoryLimit(120<<20)
	return func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) }
}

// rehearsalDir lets a rehearsal against no register run against an empty one that goes.
func (e *env) rehearsalDir() (clean func(), err error) {
	if _, err := os.Stat(filepath.Join(e.dir, "quipu.toml")); err == nil {
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "quipu-rehearsal-")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "cli.cannot_write", "file", os.TempDir()).Because(err)
	}
	e.dir = filepath.Join(dir, "reg")
	return func() { _ = os.RemoveAll(dir) }, nil
}

func openList(e *env, file string, f *importFlags) (*tabular.Reader, intake.Mapping, error) {
	b := e.bar(i18n.T(e.lang, "cli.import.looking"))
	list, err := tabular.Open(file, f.options(b))
	b.done()
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fault.New(fault.NotFound, "cli.no_file", "file", file).Because(err)
		}
		return nil, intake.Mapping{}, err
	}
	sample, err := app.SampleRows(func() (*tabular.Reader, error) { return tabular.Open(file, f.options(b)) })
	if err != nil {
		return nil, intake.Mapping{}, errors.Join(err, list.Close())
	}
	mapping := intake.Recognise(list.Info().Header, sample)
	if f.mapFile != "" {
		if err := mapByFile(&mapping, f.mapFile); err != nil {
			return nil, mapping, errors.Join(err, list.Close())
		}
	}
	return list, mapping, nil
}

func mapByFile(m *intake.Mapping, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fault.New(fault.NotFound, "cli.no_file", "file", path).Because(err)
	}
	return m.Apply(data)
}

// reportImport says what came of it. Exit status 1 when nothing went in.
func (e *env) reportImport(res app.ImportResult, m intake.Mapping) error {
	if e.asJSON {
		if err := e.json(res); err != nil {
			return err
		}
	} else {
		e.printImport(res, m)
	}
	if res.New+res.Same+res.Changed == 0 {
		e.say("cli.import.nothing")
		return errSilent
	}
	return nil
}

func (e *env) printImport(res app.ImportResult, m intake.Mapping) {
	for _, c := range m.Columns {
		target := c.Target
		if target == "" {
			target = "-"
		}
		if c.Refused != "" {
			target = i18n.T(e.lang, "refused."+c.Refused)
		}
		fmt.Fprintf(e.out, "  %-28s %s\n", c.Header, target)
	}
	if unread := unread(m); unread != "" {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.import.unread", "columns", unread))
	}
	for _, s := range res.Samples {
		if s.What == "refused" {
			fmt.Fprintln(e.out, "  "+i18n.T(e.lang, "cli.import.refused_row", "line", s.Line, "why", i18n.Fault(e.lang, s.Why)))
		}
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.import.counts", "rows", res.Rows, "new", res.New, "same", res.Same,
		"changed", res.Changed, "refused", res.Refused, "doubts", res.Doubts))
	e.printLikely(res)
	if res.DryRun {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.import.dry"))
	}
	if res.RefusedFile != "" {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.import.refused_file", "file", res.RefusedFile))
	}
	if res.Batch != "" {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.import.batch", "batch", res.Batch))
	}
}

// printLikely lists the new rows of people who may be there already.
func (e *env) printLikely(res app.ImportResult) {
	if res.Likely == 0 {
		return
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.import.likely", "n", res.Likely))
	for _, r := range res.LikelyRows {
		other := r.Like.Number + " " + r.Like.Office
		if r.Like.Number == "" {
			other = i18n.T(e.lang, "officer.preview.row", "line", r.Other)
		}
		fmt.Fprintln(e.out, "  "+i18n.T(e.lang, "cli.import.likely_row", "line", r.Line, "name", r.Name, "other", other,
			"why", strings.Join(app.Words(e.lang, r.Like.Reasons), ", ")))
	}
}

// unread names the columns that nothing is taken from.
func unread(m intake.Mapping) string {
	var names []string
	for i, c := range m.Columns {
		if c.Target == "" && c.Refused == "" && c.Header != "" {
			names = append(names, fmt.Sprintf("%d %s", i+1, c.Header))
		}
	}
	return strings.Join(names, ", ")
}

// undo takes an import back.
func undo(e *env, args []string) error {
	e.dirFlag()
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, a, err := e.register(args, 1, 1)
	if err != nil {
		return err
	}
	defer a.Close()
	b := e.bar(i18n.T(e.lang, "cli.undo.people"))
	res, err := a.Undo(e.ctx, operator(""), words[0], func(n int) { b.at(int64(n), 0) })
	b.done()
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(res)
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.undo.counts", "withdrawn", res.Withdrawn, "restored", res.Restored, "kept", res.Kept))
	for _, k := range res.KeptList {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.undo.kept", "number", k.Number))
	}
	return nil
}
