package weighting

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// AgeGroups are the groups of margins and of strata, from the age at which one is asked.
var AgeGroups = []string{"15-24", "25-34", "35-44", "45-54", "55-64", "65+"}

// AgeGroup is the group of an age in years, "" below the first.
func AgeGroup(age int) string {
	switch {
	case age < 15 || age > 130:
		return ""
	case age >= 65:
		return "65+"
	case age < 25:
		return "15-24"
	}
	return AgeGroups[(age-15)/10]
}

// sexes are the words by which answers say the two sexes of margins.
var sexes = map[string]string{
	"f": "F", "mujer": "F", "femenino": "F", "femenina": "F", "woman": "F", "female": "F", "2": "F",
	"m": "M", "hombre": "M", "masculino": "M", "man": "M", "male": "M", "h": "M", "1": "M",
}

// Group is what an answer is in a margin, "" when it is in none: an answer that the register
// does not count, or none.
func Group(of, text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	switch of {
	case BySex:
		return sexes[text]
	case ByAge:
		text = strings.NewReplacer("_", "-", " ", "", "–", "-").Replace(text)
		if age, err := strconv.ParseFloat(text, 64); err == nil {
			return AgeGroup(int(math.Floor(max(-1, min(age, 999)))))
		}
		if strings.HasPrefix(text, "65") {
			return "65+"
		}
		if slices.Contains(AgeGroups, text) {
			return text
		}
		return ""
	}
	return strings.ToUpper(text)
}

// Missing is the level of answers that are in no cell of a margin. They keep the share of the
// weights that they have.
const Missing = "-"

// Margin is a variable of the calibration: what each row is, and how many there should be.
type Margin struct {
	Name   string // of its column: cal_office, cal_sex, cal_age, or cal_cell
	Code   []int32
	Levels []string
	Total  []float64
}

// part is the place of a variable in Count.Key.
func part(of string) int { return slices.Index([]string{ByOffice, BySex, ByAge}, of) }

// Margins makes them of answers. office is the office of each row, w their weights so far.
func Margins(f *frame.Frame, office []string, w []float64, s Steps) ([]Margin, error) {
	if len(s.Counts) == 0 {
		return nil, fault.New(fault.Invalid, "weighting.no_counts").On("calibration")
	}
	values := make([][]string, len(s.Variables))
	for i, v := range s.Variables {
		var err error
		if values[i], err = groups(f, office, v); err != nil {
			return nil, err
		}
	}
	if s.Method == Cells {
		m, err := margin("cal_cell", s, s.Variables, values, w)
		return []Margin{m}, err
	}
	var out []Margin
	for i, v := range s.Variables {
		m, err := margin("cal_"+v.Of, s, s.Variables[i:i+1], values[i:i+1], w)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func groups(f *frame.Frame, office []string, v Variable) ([]string, error) {
	if v.Of == ByOffice {
		return office, nil
	}
	c, err := f.Col(v.Column)
	if err != nil {
		return nil, fault.New(fault.Invalid, "weighting.column_gone", "column", v.Column).On(v.Of).Because(err)
	}
	out, any := make([]string, c.Len()), c.Len() == 0
	for i := range out {
		if !c.IsMissing(i) {
			out[i] = Group(v.Of, c.Text(i))
			any = any || out[i] != ""
		}
	}
	if !any {
		return nil, fault.New(fault.Invalid, "weighting.column_other", "column", v.Column).On(v.Of)
	}
	return out, nil
}

// margin crosses variables and holds the cells of the answers against those of the register.
func margin(name string, s Steps, vars []Variable, values [][]string, w []float64) (m Margin, err error) {
	m.Name, m.Code = name, make([]int32, len(w))
	size := map[string]float64{}
	population := 0.0
	for _, c := range s.Counts {
		_, whole := keyOf(c.Key, s.Variables) // each margin is of the same people
		if key, ok := keyOf(c.Key, vars); ok && whole && c.N > 0 {
			size[key] += float64(c.N)
			population += float64(c.N)
		}
	}
	m.Levels = slices.Sorted(func(yield func(string) bool) {
		for k := range size {
			if !yield(k) {
				return
			}
		}
	})
	number := map[string]int32{}
	for i, l := range m.Levels {
		number[l] = int32(i)
	}
	without, present := []float64{}, make([]float64, len(m.Levels))
	for i := range w {
		m.Code[i] = -1
		if w[i] == 0 {
			continue
		}
		key := rowKey(values, i)
		if code, ok := number[key]; ok {
			m.Code[i] = code
			present[code]++
		} else if key == Missing {
			m.Code[i] = int32(len(m.Levels))
			without = append(without, w[i])
		} else {
			return m, fault.New(fault.Invalid, "weighting.not_in_register", "cell", key).On("variables")
		}
	}
	share := tally.Sum(without) / tally.Sum(w)
	for i, l := range m.Levels {
		if present[i] == 0 {
			return m, fault.New(fault.Invalid, "weighting.empty_cell", "cell", l, "n", int(size[l])).On("variables")
		}
		m.Total = append(m.Total, size[l]*(1-share))
	}
	if len(without) > 0 {
		m.Levels, m.Total = append(m.Levels, Missing), append(m.Total, population*share)
	}
	return m, nil
}

func keyOf(key []string, vars []Variable) (string, bool) {
	var out []string
	for _, v := range vars {
		k := part(v.Of)
		if k < 0 || k >= len(key) || key[k] == "" {
			return "", false
		}
		out = append(out, key[k])
	}
	return strings.Join(out, " "), true
}

func rowKey(values [][]string, i int) string {
	out := make([]string, len(values))
	for k := range values {
		if out[k] = values[k][i]; out[k] == "" {
			return Missing
		}
	}
	return strings.Join(out, " ")
}

// Adjust calibrates weights to margins.
func Adjust(w []float64, margins []Margin, s Steps) (*calibrate.Adjustment, error) {
	if s.Method == Cells {
		m := margins[0]
		return calibrate.Poststratify(w, &calibrate.Margin{Cell: m.Code, Names: m.Levels, Total: m.Total})
	}
	var t calibrate.Totals
	for k, m := range margins {
		for l := range m.Levels {
			if k > 0 && l == 0 {
				continue // the others say it
			}
			col := make([]float64, len(w))
			for i, c := range m.Code {
				if int(c) == l {
					col[i] = 1
				}
			}
			t.Names, t.Columns, t.Total = append(t.Names, fmt.Sprintf("%s %s", m.Name, m.Levels[l])), append(t.Columns, col), append(t.Total, m.Total[l])
		}
	}
	o := calibrate.Options{Function: calibrate.Function(cmp.Or(s.Method, Rake))}
	if s.Low != 0 || s.High != 0 {
		o.Bounds = &calibrate.Bounds{Low: s.Low, High: s.High}
	}
	return calibrate.Calibrate(w, t, o)
}

// Limits are those of trimming, in weights.
func (s *Steps) Limits(w []float64) (limits calibrate.Bounds, any bool) {
	limits = calibrate.Unbounded
	var some []float64
	for _, x := range w {
		if x != 0 {
			some = append(some, x)
		}
	}
	if len(some) == 0 || s.TrimLow == 0 && s.TrimHigh == 0 {
		return limits, false
	}
	m := median(some)
	if s.TrimLow > 0 {
		limits.Low = m * s.TrimLow
	}
	if s.TrimHigh > 0 {
		limits.High = m * s.TrimHigh
	}
	return limits, true
}
