package surveys

import (
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/plan"
)

// analyse works a plan out over a table of answers.
func analyse(c Console, args []string) error {
	data := c.Flags.String("data", "", "the answers: CSV with a head line")
	asJSON := c.Flags.Bool("json", false, "one JSON object")
	asCSV := c.Flags.Bool("csv", false, "a row for each estimate")
	words, err := c.Parse(args, 1, 1)
	if err != nil {
		return err
	}
	if *data == "" || *asJSON && *asCSV {
		return ErrUsage
	}
	b, err := os.ReadFile(words[0])
	if err != nil {
		return fault.New(fault.NotFound, "cli.no_file", "file", words[0]).Because(err)
	}
	p, err := plan.ReadPlan(b)
	if err != nil {
		return err
	}
	f, err := readAnswers(c, *data, p.Columns)
	if err != nil {
		return err
	}
	answer, err := p.Run(tables(p, f, *data, filepath.Dir(words[0])))
	if err != nil {
		return allColumns(err, *data)
	}
	switch {
	case *asJSON:
		return c.JSON(jsonAnswer(c.Lang(), answer))
	case *asCSV:
		return writeCSV(c.Out, answer)
	}
	return writeTables(c.Out, c.Lang(), answer)
}

// readAnswers reads the columns that the plan mentions.
func readAnswers(c Console, name string, columns func() (map[string]bool, bool, error)) (*frame.Frame, error) {
	names, all, err := columns()
	if err != nil {
		return nil, err
	}
	r, err := os.Open(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.no_file", "file", name).Because(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	at, end := c.Progress(i18n.T(c.Lang(), "cli.analyse.reading"))
	defer end()
	o := frame.Options{Tick: func(rows int) { at(int64(rows), 0) }}
	if !all && len(names) > 0 {
		head, err := heading(name)
		if err != nil {
			return nil, err
		}
		// a name that is no column may be a misspelt one: then the error should list them all
		known := 0
		for _, h := range head {
			if names[h] {
				known++
			}
		}
		if known > 0 {
			o.Keep = func(s string) bool { return names[s] }
		}
	}
	f, err := frame.ReadCSV(r, o)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// allColumns makes an error about a column that is not there name all columns of the file,
// not only those that were read.
func allColumns(err error, file string) error {
	e := fault.As(err)
	if e == nil || e.Key != "estimate.no_column" {
		return err
	}
	head, failed := heading(file)
	if failed != nil {
		return err
	}
	return fault.New(e.Kind, e.Key, "column", e.Args[0].Value, "columns", strings.Join(head, ", "))
}

// heading are the names of the columns of a file.
func heading(name string) ([]string, error) {
	r, err := os.Open(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.no_file", "file", name).Because(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	b := make([]byte, 1<<16)
	n, _ := io.ReadFull(r, b)
	line, _, _ := strings.Cut(string(b[:n]), "\n")
	f, err := frame.ReadCSV(strings.NewReader(line+"\n"), frame.Options{})
	if err != nil {
		return nil, err
	}
	return f.Names(), nil
}

// tables finds tables by name: the answers under any name that the plan has for them, and
// what lies beside the plan, such as replicate weights.
func tables(p *plan.Plan, f *frame.Frame, file, beside string) plan.Data {
	own := map[string]bool{"data": true, base(file): true, base(p.Data): true, base(p.Design.Data): true}
	return func(name string) (*frame.Frame, error) {
		if own[name] {
			return f, nil
		}
		paths := []string{"data/" + name + ".csv", name + ".csv"}
		if r := p.Design.Replicate; r != nil && r.File != "" {
			paths = append(paths, r.File)
		}
		for _, at := range paths {
			if !filepath.IsLocal(filepath.FromSlash(at)) {
				continue
			}
			r, err := os.Open(filepath.Join(beside, filepath.FromSlash(at)))
			if err != nil {
				continue
			}
			defer r.Close() //nolint:errcheck // it was only read
			return frame.ReadCSV(r, frame.Options{})
		}
		return nil, fault.New(fault.NotFound, "formula.unknown_name", "name", name)
	}
}

func base(file string) string {
	return strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".csv")
}
