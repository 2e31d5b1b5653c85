package cli

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/linkage/personlist"
	"quipu/internal/tabular"
)

// sampled is how many rows are looked at to recognise columns.
const sampled = 8000

// personFile is a list of persons, opened and recognised: what its columns hold, and the
// reader before its first row.
type personFile struct {
	path   string
	header []string // empty texts when the list has none
	plan   *personlist.Plan
	opts   personlist.Options
	rows   *tabular.Reader
	first  []string // the row that stands where a header would; nil otherwise
}

// personColumns is what is said about columns beside what is found.
type personColumns struct {
	table   tabular.Options
	mapFile string
	truth   string // a column that is never used
	source  string // a column that says which list a row is of
	like    *personFile
	either  bool   // the map may name columns of another list
	lone    string // the kind of a column that is the only one
}

// limits lets lists through that an import would not take: nothing of them is kept.
var limits = tabular.Limits{Bytes: 16 << 30, Rows: 1 << 30, Columns: 4096}

// openPersons opens a list and says what its columns hold.
func (e *env) openPersons(path string, c personColumns) (_ *personFile, err error) {
	b := e.bar(i18n.T(e.lang, "cli.import.looking"))
	defer b.done()
	c.table.Limits, c.table.Progress = limits, b.at
	f := &personFile{path: path}
	defer func() {
		if err != nil && f.rows != nil {
			err = errors.Join(err, f.rows.Close())
		}
	}()
	if f.rows, err = tabular.Open(path, c.table); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fault.New(fault.NotFound, "cli.no_file", "file", path).Because(err)
		}
		return nil, err
	}
	sample, whole, err := tabular.Spread(path, f.rows.Info(), c.table, sampled)
	if err != nil {
		return nil, err
	}
	if len(sample) == 0 {
		return nil, fault.New(fault.Invalid, "cli.link.no_rows", "file", path)
	}
	if err := f.findHeader(c.table, sample); err != nil {
		return nil, err
	}
	f.opts = personlist.Options{Today: civil.FromTime(time.Now()), Whole: whole}
	if err := f.told(c); err != nil {
		return nil, err
	}
	f.plan = personlist.Recognise(f.header, sample, f.opts)
	return f, f.countUnsure(c.table)
}

// findHeader decides whether the list has a header. One without is opened again at its
// first row, which is then the first person.
func (f *personFile) findHeader(o tabular.Options, sample [][]string) error {
	f.header = slices.Clone(f.rows.Info().Header)
	if o.HeaderRow > 0 || !personlist.Headless(f.header, sample) {
		return nil
	}
	for line := 1; line < f.rows.Info().HeaderLine; line++ {
		o.HeaderRow, o.Encoding, o.Delimiter, o.Progress = line, f.rows.Info().Encoding, f.rows.Info().Delimiter, nil
		r, err := tabular.Open(f.path, o)
		if err != nil {
			continue // a blank line
		}
		if len(r.Info().Header) != len(f.header) { // a title
			if err := r.Close(); err != nil {
				return err
			}
			continue
		}
		if err := f.rows.Close(); err != nil {
			return err
		}
		f.rows = r
		break
	}
	f.first = slices.Clone(f.rows.Info().Header)
	f.header = make([]string, len(f.first))
	return nil
}

// told takes in what is said about columns: the truth, the source, the map.
func (f *personFile) told(c personColumns) error {
	if c.truth != "" {
		n, err := f.column(c.truth)
		if err != nil {
			return err
		}
		f.opts.Truth = map[int]bool{n: true}
	}
	if c.source != "" {
		n, err := f.column(c.source)
		if err != nil {
			return err
		}
		f.opts.Source = n
	}
	if c.like != nil {
		f.opts.Map = c.like.plan.Like(f.header)
	}
	if c.lone != "" && len(f.header) == 1 {
		f.opts.Map = map[int]string{1: c.lone}
	}
	if c.mapFile == "" {
		return nil
	}
	data, err := os.ReadFile(c.mapFile)
	if err != nil {
		return fault.New(fault.NotFound, "cli.no_file", "file", c.mapFile).Because(err)
	}
	if c.either {
		data = onlyOf(f.header, data)
	}
	said, err := personlist.ReadMap(data, f.header)
	if err != nil {
		return err
	}
	if f.opts.Map == nil {
		f.opts.Map = map[int]string{}
	}
	for n, kind := range said {
		f.opts.Map[n] = kind
	}
	return nil
}

// column is the number of a column that is named.
func (f *personFile) column(name string) (int, error) {
	n := personlist.Find(name, f.header)
	if n == 0 {
		return 0, fault.New(fault.NotFound, "cli.link.no_column", "file", f.path, "column", name, "columns", quoted(f.header))
	}
	return n, nil
}

// countUnsure reads the whole list where a code could number rows or persons: it numbers
// persons when values come again.
func (f *personFile) countUnsure(o tabular.Options) error {
	var unsure []int
	for _, c := range f.plan.Columns {
		if c.Unsure {
			unsure = append(unsure, c.Number)
		}
	}
	if len(unsure) == 0 {
		return nil
	}
	info := f.rows.Info()
	o.Encoding, o.Delimiter, o.HeaderRow, o.Progress = info.Encoding, info.Delimiter, info.HeaderLine, nil
	r, err := tabular.Open(f.path, o)
	if err != nil {
		return err
	}
	again := make([]int, len(unsure))
	seen := make([]map[string]bool, len(unsure))
	for i := range seen {
		seen[i] = map[string]bool{}
	}
	rows := 0
	err = eachRow(r, nil, func(row tabular.Row) error {
		rows++
		for i, n := range unsure {
			v := row.Cells[n-1]
			if seen[i][v] {
				again[i]++
			} else {
				seen[i][string([]byte(v))] = true // a copy, not the whole line
			}
		}
		return nil
	})
	for i, n := range unsure {
		if 1000*again[i] >= rows {
			f.plan.Repeated(n, f.opts)
		}
	}
	return errors.Join(err, r.Close())
}
