package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/linkage/evaluate"
	"quipu/internal/name"
	"quipu/internal/tabular"
)

// judged is a pair of names of which the list says whether they are one person's.
type judged struct {
	likeness float64
	same     bool
	schema   string
}

// measured is what a threshold is worth on judged pairs.
type measured struct {
	Pairs   int     `json:"pairs"`
	Matches int     `json:"matches"`
	At      float64 `json:"threshold"`
	evaluate.Score
	Best bestScore `json:"best"`
}

// bestScore is that of the threshold which the verdicts themselves would choose.
type bestScore struct {
	At float64 `json:"threshold"`
	evaluate.Score
}

// namesReport is what "quipu names --json" writes.
type namesReport struct {
	Pairs     int                 `json:"pairs"`
	Same      int                 `json:"same"`
	Threshold float64             `json:"threshold"`
	Unread    int                 `json:"unread"`
	Judged    *measured           `json:"judged,omitempty"`
	Schemas   map[string]measured `json:"schemas,omitempty"`

	verdicts []judged
}

// names compares the two names of each row of a list.
func names(e *env, args []string) (err error) {
	out := e.flags.String("out", "", "file for the rows; without it they go to standard output, with --json nowhere")
	threshold := e.flags.Float64("threshold", name.SamePerson, "likeness from which two names are called the same, 0 to 1")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 1, 1)
	if err != nil {
		return err
	}
	list, err := tabular.Open(words[0], tabular.Options{})
	if err != nil {
		return err
	}
	defer list.Close()
	to := e.out
	switch {
	case *out != "":
		f, err2 := os.Create(*out)
		if err2 != nil {
			return fault.New(fault.Unavailable, "cli.cannot_write", "file", *out).Because(err2)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		to = f
	case e.asJSON:
		to = io.Discard
	}
	rep, err := e.compareNames(list, to, *threshold)
	if err != nil {
		return err
	}
	rep.measure()
	if e.asJSON {
		return e.json(rep)
	}
	e.sayNames(rep)
	return nil
}

// pairColumns are the places of what is read; -1 where the list has no such column.
type pairColumns struct{ one, two, same, schema int }

func columnsOfPairs(header []string) (pairColumns, error) {
	find := func(heads ...string) int {
		return slices.IndexFunc(header, func(h string) bool {
			return slices.Contains(heads, name.Joined(name.Tokens(strings.ReplaceAll(h, "_", " "))))
		})
	}
	c := pairColumns{find("NAME1", "NOMBRE1"), find("NAME2", "NOMBRE2"), find("ISMATCH", "MATCH", "MISMA"), find("SCHEMA", "ESQUEMA")}
	if c.one < 0 || c.two < 0 {
		return c, fault.New(fault.Invalid, "cli.names.columns", "columns", strings.Join(header, ", "))
	}
	return c, nil
}

// compareNames writes name1, name2, score, same for each row.
func (e *env) compareNames(list *tabular.Reader, to io.Writer, threshold float64) (*namesReport, error) {
	c, err := columnsOfPairs(list.Info().Header)
	if err != nil {
		return nil, err
	}
	w, err := tabular.NewCSVWriter(to, ',', false)
	if err != nil {
		return nil, err
	}
	if err := w.Write([]string{"name1", "name2", "score", "same"}); err != nil {
		return nil, err
	}
	rep := &namesReport{Threshold: threshold}
	progress := e.bar("")
	defer progress.done()
	for {
		row, err := list.Next()
		var bad *tabular.RowError
		switch {
		case err == io.EOF:
			return rep, w.Flush()
		case errors.As(err, &bad):
			rep.Unread++
			e.say("cli.names.unread", "line", bad.Line, "why", i18n.Fault(e.lang, bad.Fault))
			continue
		case err != nil:
			return nil, err
		}
		if rep.Pairs%1000 == 0 {
			if err := e.ctx.Err(); err != nil {
				return nil, err
			}
			progress.at(int64(rep.Pairs), 0)
		}
		if err := w.Write(rep.row(row.Cells, c)); err != nil {
			return nil, err
		}
	}
}

// row compares one pair and counts it.
func (r *namesReport) row(cells []string, c pairColumns) []string {
	likeness := name.Likeness(cells[c.one], cells[c.two])
	same := likeness >= r.Threshold
	r.Pairs++
	if same {
		r.Same++
	}
	if c.same >= 0 {
		if truth, ok := yesOrNo(cells[c.same]); ok {
			j := judged{likeness: likeness, same: truth}
			if c.schema >= 0 {
				j.schema = cells[c.schema]
			}
			r.verdicts = append(r.verdicts, j)
		}
	}
	return []string{cells[c.one], cells[c.two], strconv.FormatFloat(likeness, 'f', 4, 64), strconv.FormatBool(same)}
}

func yesOrNo(s string) (yes, ok bool) {
	switch name.Fold(s) {
	case "TRUE", "1", "YES", "Y", "SI", "S", "T":
		return true, true
	case "FALSE", "0", "NO", "N", "F":
		return false, true
	}
	return false, false
}

// measure holds the verdicts of the list against the likeness, of all and of each schema.
func (r *namesReport) measure() {
	if len(r.verdicts) == 0 {
		return
	}
	all := measurePairs(r.verdicts, r.Threshold)
	r.Judged = &all
	bySchema := map[string][]judged{}
	for _, v := range r.verdicts {
		if v.schema != "" {
			bySchema[v.schema] = append(bySchema[v.schema], v)
		}
	}
	for schema, vs := range bySchema {
		if r.Schemas == nil {
			r.Schemas = map[string]measured{}
		}
		r.Schemas[schema] = measurePairs(vs, r.Threshold)
	}
}

// measurePairs tries each likeness that occurs as the threshold; of equals the highest wins.
func measurePairs(vs []judged, threshold float64) measured {
	vs = slices.Clone(vs)
	slices.SortStableFunc(vs, func(a, b judged) int {
		switch {
		case a.likeness > b.likeness:
			return -1
		case a.likeness < b.likeness:
			return 1
		}
		return 0
	})
	m := measured{Pairs: len(vs), At: threshold}
	for _, v := range vs {
		if v.same {
			m.Matches++
		}
	}
	none := evaluate.ScoreOf(0, 0, int64(m.Matches)) // of calling no pair the same
	hits, at := int64(0), none
	m.Best = bestScore{1, none}
	for i, v := range vs {
		if v.same {
			hits++
		}
		if i+1 < len(vs) && vs[i+1].likeness == v.likeness {
			continue
		}
		score := evaluate.ScoreOf(hits, int64(i+1), int64(m.Matches))
		if v.likeness >= threshold {
			at = score
		}
		if score.F1 > m.Best.F1 {
			m.Best = bestScore{v.likeness, score}
		}
	}
	m.Score = at
	return m
}

func (e *env) sayNames(r *namesReport) {
	e.say("cli.names.counts", "pairs", r.Pairs, "same", r.Same, "threshold", fmt.Sprintf("%.2f", r.Threshold))
	if r.Judged == nil {
		return
	}
	show := func(of string, m measured) {
		e.say("cli.names.measured", "of", of, "pairs", m.Pairs, "matches", m.Matches,
			"precision", fmt.Sprintf("%.4f", m.Precision), "recall", fmt.Sprintf("%.4f", m.Recall), "f1", fmt.Sprintf("%.4f", m.F1),
			"best", fmt.Sprintf("%.4f", m.Best.F1), "at", fmt.Sprintf("%.4f", m.Best.At))
	}
	show(i18n.T(e.lang, "cli.names.all"), *r.Judged)
	for _, schema := range sortedKeys(r.Schemas) {
		show(schema, r.Schemas[schema])
	}
}
