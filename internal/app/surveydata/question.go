package surveydata

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"quipu/internal/estimate/formula"
	"quipu/internal/fault"
	"quipu/internal/plan"
	"quipu/internal/survey/codebook"
)

// The statistics that may be asked for.
const (
	Share    = "share"
	Mean     = "mean"
	Median   = "median"
	Total    = "total"
	Ratio    = "ratio"
	Quantile = "quantile"
	Chi      = "chisq" // Rao and Scott's F: does the row go with the column?
	T        = "t"     // do two groups differ in a mean?
)

// Statistics lists them.
var Statistics = []string{Share, Mean, Median, Total, Ratio, Quantile, Chi, T}

// Levels are the levels of intervals, in per cent.
var Levels = []int{90, 95, 99}

// Question is what is asked of the answers of a survey.
type Question struct {
	Statistic   string
	Row         string  // the column that is estimated
	By          string  // for each answer of this one; of tests, the other column
	Denominator string  // of a ratio
	Probability float64 // of a quantile, between 0 and 1
	Domain      string  // only those who answered so: "column=code"; "" for all
	Level       int     // of intervals, per cent
}

// written is a plan as files have it.
type written struct {
	Data     string    `json:"data"`
	R        []string  `json:"r"`
	Level    float64   `json:"level"`
	Analyses []oneCase `json:"analyses"`
}

type oneCase struct {
	Estimator string         `json:"estimator"`
	Vars      []string       `json:"vars"`
	By        []string       `json:"by,omitempty"`
	Domain    string         `json:"domain,omitempty"`
	Args      map[string]any `json:"args,omitempty"`
}

// Plan writes the question as a plan of `quipu survey analyse`: with the design, as the
// exported table has it.
func (s *Set) Plan(q Question) ([]byte, error) {
	c, err := s.oneCase(q)
	if err != nil {
		return nil, err
	}
	w := written{Data: Table + ".csv", Level: float64(q.Level) / 100, Analyses: []oneCase{c}}
	lines := s.DesignLines()
	names := slices.Concat(lines, []string{tilde(c.Vars)})
	if len(c.By) > 0 {
		names = append(names, tilde(c.By))
	}
	if c.Domain != "" {
		names = append(names, c.Domain)
	}
	keep, err := mentioned(names)
	if err != nil {
		return nil, err
	}
	for i := range c.Vars {
		w.Analyses[0].Vars[i] = formula.Name(c.Vars[i]).String()
	}
	for i := range c.By {
		w.Analyses[0].By[i] = formula.Name(c.By[i]).String()
	}
	w.R = append(s.Factors(keep), lines...)
	b, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// oneCase checks the question and puts it in fields of plans.
func (s *Set) oneCase(q Question) (c oneCase, err error) {
	row, err := s.column(q.Row, "row")
	if err != nil {
		return c, err
	}
	if !slices.Contains(Levels, q.Level) {
		return c, fault.New(fault.Invalid, "surveydata.level").On("level")
	}
	c = oneCase{Vars: []string{q.Row}, Args: map[string]any{"na_rm": true}}
	if q.By != "" {
		if err := s.categorical(q.By, "by"); err != nil {
			return c, err
		}
		if q.By == q.Row {
			return c, fault.New(fault.Invalid, "surveydata.same").On("by")
		}
		c.By = []string{q.By}
	}
	if c.Domain, err = s.domain(q.Domain); err != nil {
		return c, err
	}
	if q.Statistic == Chi || q.Statistic == T {
		return c, s.test(&c, q, row)
	}
	return c, s.statistic(&c, q, row)
}

func (s *Set) statistic(c *oneCase, q Question, row *codebook.Variable) error {
	switch q.Statistic {
	case Share:
		if !row.Categorical() {
			return fault.New(fault.Invalid, "surveydata.share_of_number", "name", q.Row).On("row")
		}
		c.Estimator, c.Args["deff"] = "mean", true
		return nil
	case Total:
		c.Estimator, c.Args["deff"] = "total", true
		return nil
	}
	if row.Categorical() {
		return fault.New(fault.Invalid, "surveydata.no_number", "name", q.Row).On("row")
	}
	switch q.Statistic {
	case Mean:
		c.Estimator, c.Args["deff"] = "mean", true
	case Median:
		c.Estimator, c.Args["probs"] = "quantile", 0.5
	case Quantile:
		if !(q.Probability > 0 && q.Probability < 1) {
			return fault.New(fault.Invalid, "surveydata.probability").On("p")
		}
		c.Estimator, c.Args["probs"] = "quantile", q.Probability
	case Ratio:
		of, err := s.column(q.Denominator, "of")
		if err != nil {
			return err
		}
		if of.Categorical() {
			return fault.New(fault.Invalid, "surveydata.no_number", "name", q.Denominator).On("of")
		}
		c.Estimator, c.Vars = "ratio", append(c.Vars, q.Denominator)
	default:
		return fault.New(fault.Invalid, "surveydata.statistic").On("statistic")
	}
	return nil
}

// test takes the column by which the rows are held against one another.
func (s *Set) test(c *oneCase, q Question, row *codebook.Variable) error {
	if q.By == "" {
		return fault.New(fault.Invalid, "surveydata.test_needs").On("by")
	}
	c.Vars, c.By, c.Args = []string{q.Row, q.By}, nil, nil
	if q.Statistic == Chi {
		if !row.Categorical() {
			return fault.New(fault.Invalid, "surveydata.share_of_number", "name", q.Row).On("row")
		}
		c.Estimator, c.Args = "chisq", map[string]any{"statistic": "F"}
		return nil
	}
	if row.Categorical() {
		return fault.New(fault.Invalid, "surveydata.no_number", "name", q.Row).On("row")
	}
	if by := s.Book.Find(q.By); len(by.Values) != 2 {
		return fault.New(fault.Invalid, "surveydata.two_groups", "name", q.By, "groups", len(by.Values)).On("by")
	}
	c.Estimator = "ttest"
	return nil
}

// domain is the condition of "column=code".
func (s *Set) domain(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	name, code, _ := strings.Cut(text, "=")
	v, err := s.column(name, "domain")
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(v.Values, func(x codebook.Value) bool { return x.Code == code }) {
		return "", fault.New(fault.Invalid, "surveydata.no_answer", "name", name, "answer", code).On("domain")
	}
	if v.Kind == codebook.Tick {
		return fmt.Sprintf("%s == %s", formula.Name(name), code), nil
	}
	return fmt.Sprintf("%s == %q", formula.Name(name), code), nil
}

func (s *Set) column(name, field string) (*codebook.Variable, error) {
	if name == "" {
		return nil, fault.New(fault.Invalid, "surveydata.choose").On(field)
	}
	if s.Sensitive(name) {
		return nil, fault.New(fault.Invalid, "surveydata.sensitive", "name", name).On(field)
	}
	if name == ByCountry {
		return nil, fault.New(fault.Invalid, "surveydata.country").On(field)
	}
	v := s.Book.Find(name)
	if v == nil || v.Kind == codebook.Design {
		return nil, fault.New(fault.Invalid, "surveydata.no_column", "name", name).On(field)
	}
	return v, nil
}

func (s *Set) categorical(name, field string) error {
	v, err := s.column(name, field)
	if err == nil && !v.Categorical() {
		err = fault.New(fault.Invalid, "surveydata.many_values", "name", name).On(field)
	}
	return err
}

// Answer works the question out on the design that the survey has, which is that of the plan. A
// sensitive question has no plan.
func (s *Set) Answer(q Question) (a *plan.Analysis, text []byte, err error) {
	if s.Sensitive(q.Row) {
		a, err = s.answerApart(q)
		return a, nil, err
	}
	if text, err = s.Plan(q); err != nil {
		return nil, nil, err
	}
	p, err := plan.ReadPlan(text)
	if err != nil {
		return nil, text, err
	}
	all, err := p.RunOn(s.Design)
	if err != nil {
		return nil, text, err
	}
	return &all.Analyses[0], text, nil
}
