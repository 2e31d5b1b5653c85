package survey

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/table"
	"quipu/internal/estimate/weighting"
	"quipu/internal/store"
	questions "quipu/internal/survey"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
)

// columnsOf are the questions of all versions of the questionnaire, the latest first. Those that
// one version withholds are withheld in all.
func (m *Surveys) columnsOf(ctx context.Context, tx *store.Tx, s *study.Survey) (*table.Form, error) {
	out := &table.Form{}
	versions, err := m.versions(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Backward(versions) {
		form, err := table.ReadForm(bytes.NewReader(v.xform))
		if err != nil {
			return nil, err
		}
		out.Merge(form)
	}
	out.Withhold(sensitive(versions))
	return out, nil
}

// asked is a version of the questionnaire.
type asked struct {
	version string
	xform   []byte
	form    *questions.Form
}

func sensitive(versions []asked) map[string]bool {
	forms := make([]*questions.Form, len(versions))
	for i, v := range versions {
		forms[i] = v.form
	}
	return questions.Sensitive(forms...)
}

// versions reads those of the questionnaire that have arrived at this node, the oldest first.
func (m *Surveys) versions(ctx context.Context, tx *store.Tx, s *study.Survey) (out []asked, err error) {
	for _, v := range s.Forms {
		_, doc, ok, err := tx.Attachment(ctx, v.File)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		form, err := xform.Read(bytes.NewReader(doc))
		if err != nil {
			return nil, err
		}
		out = append(out, asked{v.Version, doc, form})
	}
	return out, nil
}

// casesPage is how many cases are read at once.
const casesPage = 5000

// readCases reads the sample.
func (a *answers) readCases(ctx context.Context, tx *store.Tx, survey string) error {
	parts, taken := map[string][]string{}, map[string]int{}
	for _, s := range a.plan.Strata {
		parts[s.Name], taken[s.Name] = s.Parts, s.Take
	}
	one := map[string]string{}
	same := func(s string) string {
		if t, ok := one[s]; ok {
			return t
		}
		one[s] = s
		return s
	}
	a.number = map[string]int32{}
	for at := 0; ; at += casesPage {
		rows, err := tx.Cases(ctx, store.CaseFilter{Survey: survey}, at, casesPage)
		if err != nil {
			return err
		}
		for _, r := range rows {
			take, planned := taken[r.Stratum]
			a.number[r.ID] = int32(len(a.cases))
			a.cases = append(a.cases, weighting.Case{Stratum: same(r.Stratum), Office: same(r.Office), Unit: same(r.Unit), Parts: parts[r.Stratum],
				Probability: r.Probability, Disposition: same(r.Disposition), Reserve: planned && a.plan.Source == sample.Register && int(r.Place) > take})
			if a.plan.Chain != nil {
				a.links = append(a.links, recruit{uint64(r.Coupon), r.Degree, r.Given})
			}
			a.sampled = a.sampled || r.Probability > 0
			a.units = a.units || r.Unit != ""
		}
		if len(rows) < casesPage {
			return nil
		}
	}
}

func (a *answers) officeTexts() []string {
	out := make([]string, len(a.office.Code))
	for i, c := range a.office.Code {
		out[i] = a.office.Levels[c]
	}
	return out
}

// strata are those of the sample, or the offices without one. One in which a single unit
// answered says nothing of an error: it is joined to the next of its office, the last to the one
// before, and an office with a single answer to the next office.
func (a *answers) strata() (col frame.Column, joined int) {
	units := map[[2]string]map[int32]bool{}
	key := func(i int) [2]string {
		if !a.sampled {
			return [2]string{a.office.Levels[a.office.Code[i]], ""}
		}
		c := &a.cases[a.of[i]]
		if a.plan.Source == sample.Offices { // the offices are the units
			return [2]string{string(sample.Offices), ""}
		}
		return [2]string{c.Office, c.Stratum}
	}
	names := map[string]int32{}
	for i := range a.office.Code {
		k := key(i)
		if units[k] == nil {
			units[k] = map[int32]bool{}
		}
		if u := int32(i); len(units[k]) < 2 {
			if a.units {
				unit := a.cases[a.of[i]].Unit
				if _, ok := names[unit]; !ok {
					names[unit] = int32(len(names))
				}
				u = names[unit]
			}
			units[k][u] = true
		}
	}
	to := joinLonely(units)
	col = frame.Column{Name: "stratum", Kind: frame.Factor, Code: make([]int32, len(a.office.Code))}
	number := map[[2]string]int32{}
	for _, k := range sortedKeys(units) {
		if to[k] != k {
			joined++
			continue
		}
		name := k[0]
		if k[1] != "" {
			name = k[1]
		}
		number[k], col.Levels = int32(len(col.Levels)), append(col.Levels, name)
	}
	for i := range col.Code {
		col.Code[i] = number[to[key(i)]]
	}
	return col, joined
}

func sortedKeys(units map[[2]string]map[int32]bool) [][2]string {
	var keys [][2]string
	for k := range units {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y [2]string) int { return strings.Compare(x[0]+"\x00"+x[1], y[0]+"\x00"+y[1]) })
	return keys
}

// joinLonely says which stratum each goes to.
func joinLonely(units map[[2]string]map[int32]bool) map[[2]string][2]string {
	keys, to := sortedKeys(units), map[[2]string][2]string{}
	var group [][2]string // strata that wait for company
	n := 0
	var last [2]string // the stratum that stood before
	for i, k := range keys {
		group, n = append(group, k), n+len(units[k])
		ends := i+1 == len(keys) || keys[i+1][0] != k[0]
		if n < 2 && ends && last[0] == k[0] && last != [2]string{} {
			for _, g := range group {
				to[g] = last
			}
			group, n = nil, 0
			continue
		}
		if n >= 2 {
			for _, g := range group {
				to[g] = k
			}
			last, group, n = k, nil, 0
		}
	}
	for _, g := range group {
		if to[g] = last; last == ([2]string{}) {
			to[g] = g
		}
	}
	return to
}

func (a *answers) caseNumbers() frame.Column {
	x := make([]float64, len(a.of))
	for i, k := range a.of {
		x[i] = float64(k + 1)
	}
	return frame.Numbers("case", x)
}

func (a *answers) psu() frame.Column {
	x := make([]string, len(a.of))
	for i, k := range a.of {
		if x[i] = a.cases[k].Unit; x[i] == "" {
			x[i] = "-"
		}
	}
	return frame.Texts("psu", x)
}

// fpc is how many people are in the stratum of each row, where they were drawn from the register.
func (a *answers) fpc(stratum *frame.Column) (frame.Column, bool) {
	if a.plan.Source != sample.Register || !a.sampled {
		return frame.Column{}, false
	}
	size := map[string]float64{}
	for _, s := range a.plan.Strata {
		size[s.Name] = float64(s.Population)
	}
	whole, seen := make([]float64, len(stratum.Levels)), map[string]bool{}
	for i, k := range a.of {
		name := a.cases[k].Stratum
		if size[name] == 0 {
			return frame.Column{}, false
		}
		if !seen[name] {
			seen[name] = true
			whole[stratum.Code[i]] += size[name]
		}
	}
	x := make([]float64, len(a.of))
	for i := range x {
		x[i] = whole[stratum.Code[i]]
		if math.IsNaN(x[i]) {
			return frame.Column{}, false
		}
	}
	return frame.Numbers("fpc", x), true
}
