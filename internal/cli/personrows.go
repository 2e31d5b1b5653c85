package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/linkage"
	"quipu/internal/linkage/personlist"
	"quipu/internal/tabular"
)

// eachRow reads a list to its end; bad is told of rows that could not be read, which keep
// their number, and may be nil.
func eachRow(r *tabular.Reader, bad func(*tabular.RowError) error, good func(tabular.Row) error) error {
	for {
		row, err := r.Next()
		var odd *tabular.RowError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &odd):
			if bad == nil {
				continue
			}
			if err := bad(odd); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			if err := good(row); err != nil {
				return err
			}
		}
	}
}

// persons are the rows of one list or several, cleaned, in memory.
type persons struct {
	files   []*personFile
	list    *linkage.List
	sources []uint8 // of each row; nil for one list
	truth   []int32 // who each row is; nil when nobody said
	aside   []*asideRow

	labels labels
	names  map[string]uint8 // of sources
}

// asideRow is a row that could not be read. It keeps its place in the list, empty.
type asideRow struct {
	file string
	bad  *tabular.RowError
}

// mostSources is how many lists can be told apart.
const mostSources = 250

// openAll opens the lists; each after the first is read as the first was.
func (e *env) openAll(paths []string, c personColumns) (*persons, error) {
	p := &persons{labels: newLabels(), names: map[string]uint8{}}
	if len(paths) > mostSources {
		return nil, fault.New(fault.Invalid, "cli.link.sources", "limit", mostSources)
	}
	plans := make([]*personlist.Plan, 0, len(paths))
	for _, path := range paths {
		f, err := e.openPersons(path, c)
		if err != nil {
			return p, errors.Join(err, p.close())
		}
		p.files, plans = append(p.files, f), append(plans, f.plan)
		c.like = p.files[0]
	}
	personlist.Join(plans)
	fields := p.files[0].plan.Fields()
	if len(fields) == 0 {
		key := "cli.link.no_fields"
		if slices.ContainsFunc(plans[0].Columns, func(c personlist.Column) bool { return c.Reason == "constant" }) {
			key = "cli.link.constant"
		}
		return p, errors.Join(fault.New(fault.Invalid, key, "file", paths[0], "columns", quoted(p.files[0].header)), p.close())
	}
	p.list = linkage.NewList(fields)
	return p, nil
}

// read brings the rows into memory.
func (e *env) read(p *persons) error {
	b := e.bar(i18n.T(e.lang, "cli.import.rows"))
	defer b.done()
	many := len(p.files) > 1
	for i, f := range p.files {
		var values []string
		add := func(cells []string) error {
			values = f.plan.Values(values[:0], cells)
			p.list.Append(values)
			if many {
				p.sources = append(p.sources, uint8(i))
			}
			if n := p.list.Len(); n&0xFFF == 0 {
				b.at(int64(n), 0)
				return e.ctx.Err()
			}
			return nil
		}
		one := func(cells []string) error {
			if err := p.label(f, cells); err != nil {
				return err
			}
			return add(cells)
		}
		if f.first != nil {
			if err := one(f.first); err != nil {
				return err
			}
		}
		err := eachRow(f.rows, func(bad *tabular.RowError) error {
			p.aside = append(p.aside, &asideRow{f.path, bad})
			return one(make([]string, len(f.header)))
		}, func(row tabular.Row) error { return one(row.Cells) })
		if err != nil {
			return err
		}
	}
	return nil
}

// labels number the persons that a column of truth names. Most name them by numbers: a map of
// numbers costs a third of one of texts.
type labels struct {
	numbers map[uint64]int32
	texts   map[string]int32
	next    int32
}

func newLabels() labels { return labels{numbers: map[uint64]int32{}, texts: map[string]int32{}} }

// of is the number of a label; one that is empty is of nobody else.
func (l *labels) of(label string) int32 {
	number, plain := plainNumber(label)
	who, known := int32(0), false
	switch {
	case plain:
		who, known = l.numbers[number]
	case label != "":
		who, known = l.texts[label]
	}
	if known {
		return who
	}
	who, l.next = l.next, l.next+1
	if plain {
		l.numbers[number] = who
	} else if label != "" {
		l.texts[strings.Clone(label)] = who
	}
	return who
}

// plainNumber reads what is written just as a number would be, so that 7 and 07 stay apart.
func plainNumber(s string) (n uint64, ok bool) {
	if s == "" || len(s) > 18 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + uint64(s[i]-'0')
	}
	return n, true
}

// label notes the truth and the source of a row.
func (p *persons) label(f *personFile, cells []string) error {
	for n := range f.opts.Truth {
		p.truth = append(p.truth, p.labels.of(cells[n-1]))
	}
	if n := f.opts.Source; n > 0 {
		s, known := p.names[cells[n-1]]
		if !known {
			if len(p.names) == mostSources {
				return fault.New(fault.Invalid, "cli.link.sources", "limit", mostSources)
			}
			s = uint8(len(p.names))
			p.names[strings.Clone(cells[n-1])] = s
		}
		p.sources = append(p.sources, s)
	}
	return nil
}

// close lets go of the files.
func (p *persons) close() error {
	var err error
	for _, f := range p.files {
		err = errors.Join(err, f.rows.Close())
	}
	return err
}

// sayColumns prints what each column was taken for and why.
func (e *env) sayColumns(w io.Writer, p *persons) {
	for _, f := range p.files {
		if len(p.files) > 1 {
			fmt.Fprintln(w, f.path)
		}
		for _, c := range f.plan.Columns {
			fmt.Fprintf(w, "  %-28s %-16s %s\n", columnName(c), e.kindName(c.Kind), e.reason(c))
		}
	}
}

func columnName(c personlist.Column) string {
	if c.Header == "" {
		return fmt.Sprintf("#%d", c.Number)
	}
	return c.Header
}

func (e *env) kindName(k linkage.Kind) string { return i18n.T(e.lang, "personlist.kind."+k.String()) }

// reason says why a column was taken for what it was.
func (e *env) reason(c personlist.Column) string {
	args := make([]any, 0, 2*len(c.Args))
	for _, a := range c.Args {
		args = append(args, a.Name, a.Value)
	}
	return i18n.T(e.lang, "personlist.reason."+c.Reason, args...)
}

// quoted lists headings for a message; those of a list without a header are numbers.
func quoted(header []string) string {
	out := make([]string, len(header))
	for i, h := range header {
		if out[i] = h; h == "" {
			out[i] = fmt.Sprintf("#%d", i+1)
		}
	}
	return strings.Join(out, ", ")
}
