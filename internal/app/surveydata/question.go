package surveydata

import (
	"bytes"
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
	Interval = "interval" // the share of one answer, with an interval of a name
	Mean     = "mean"
	Median   = "median"
	Total    = "total"
	Ratio    = "ratio"
	Quantile = "quantile"
	Variance = "variance"
	Contrast = "contrast" // the mean of one group less that of another
	Cross    = "table"    // percentages of rows by columns, and the test of whether they go together
	Chi      = "chisq"    // Rao and Scott's F: does the row go with the column?
	T        = "t"        // do two groups differ in a mean?
	Rank     = "rank"     // do groups differ in ranks?
	Linear   = "linear"   // models
	Logistic = "logistic"
	Poisson  = "poisson"
)

// Statistics lists them.
var Statistics = []string{Share, Interval, Mean, Median, Total, Ratio, Quantile, Variance, Contrast, Cross, Chi, T, Rank, Linear, Logistic, Poisson}

// Levels are the levels of intervals, in per cent.
var Levels = []int{90, 95, 99}

// What may be chosen of an interval, a quantile, a test, and of the percentages of a table.
var (
	Methods   = []string{"logit", "likelihood", "asin", "beta", "mean", "xlogit", "auto"}
	Rules     = []string{"math", "school", "shahvaish", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"}
	ChiTests  = []string{"F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint", "exact"}
	RankTests = []string{"wilcoxon", "vanderWaerden", "median", "KruskalWallis"}
	Percents  = []string{"row", "column", "all"}
)

// Question is what is asked of the answers of a survey.
type Question struct {
	Statistic   string
	Row         string   // the column that is estimated
	By, By2     string   // for each answer of these; of tests, the other column
	Denominator string   // of a ratio
	Probability float64  // of a quantile, between 0 and 1
	Domain      string   // only those who answered so: "column=code"; "" for all
	Level       int      // of intervals, per cent
	Answer      string   // "column=code": of an interval and a logistic model, the answer that counts; of a contrast, the first group
	Against     string   // "column=code": of a contrast, the second group
	Method      string   // of Interval, "" for logit
	Rule        string   // of quantiles, "" for math
	Test        string   // of Chi, Cross and Rank, "" for the first
	Percent     string   // of Cross, "" for row
	Terms       []string // columns that explain, of a model
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
	all, err := s.asked(q)
	if err != nil {
		return nil, err
	}
	w := written{Data: Table + ".csv", Level: float64(q.Level) / 100, Analyses: all}
	lines := s.DesignLines()
	names := slices.Clone(lines)
	for _, c := range all {
		names = append(names, c.Vars...)
		names = append(names, c.By...)
		if c.Domain != "" {
			names = append(names, c.Domain)
		}
	}
	keep, err := mentioned(names)
	if err != nil {
		return nil, err
	}
	w.R = append(s.Factors(keep), lines...)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(w); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// asked are the analyses of a question: one, and for a table its test besides.
func (s *Set) asked(q Question) ([]oneCase, error) {
	if q.Statistic == Cross {
		return s.cross(q)
	}
	c, err := s.oneCase(q)
	return []oneCase{c}, err
}

// name is a column as plans write it.
func name(column string) string { return formula.Name(column).String() }

// oneCase checks the question and puts it in fields of plans.
func (s *Set) oneCase(q Question) (c oneCase, err error) {
	if !slices.Contains(Levels, q.Level) {
		return c, fault.New(fault.Invalid, "surveydata.level").On("level")
	}
	if c.Domain, err = s.domain(q.Domain, "domain"); err != nil {
		return c, err
	}
	switch q.Statistic {
	case Contrast:
		return c, s.contrast(&c, q)
	case Linear, Logistic, Poisson:
		return c, s.model(&c, q)
	}
	if q.Statistic == Interval && q.Answer != "" {
		q.Row, _, _ = strings.Cut(q.Answer, "=")
	}
	row, err := s.column(q.Row, "row")
	if err != nil {
		return c, err
	}
	c.Vars, c.Args = []string{name(q.Row)}, map[string]any{"na_rm": true}
	for _, by := range [][2]string{{q.By, "by"}, {q.By2, "by2"}} {
		if by[0] == "" {
			continue
		}
		if err := s.categorical(by[0], by[1]); err != nil {
			return c, err
		}
		if by[0] == q.Row || by[1] == "by2" && by[0] == q.By {
			return c, fault.New(fault.Invalid, "surveydata.same").On(by[1])
		}
		c.By = append(c.By, name(by[0]))
	}
	if slices.Contains([]string{Chi, T, Rank}, q.Statistic) {
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
	case Interval:
		method, err := chosen(q.Method, Methods, "method")
		if err != nil {
			return err
		}
		if q.Answer == "" {
			return fault.New(fault.Invalid, "surveydata.answer").On("answer")
		}
		condition, err := s.domain(q.Answer, "answer")
		c.Estimator, c.Vars, c.Args["method"] = "ciprop", []string{"I(" + condition + ")"}, method
		return err
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
	case Variance:
		c.Estimator = "variance"
	case Median, Quantile:
		rule, err := chosen(q.Rule, Rules, "rule")
		if err != nil {
			return err
		}
		if rule != Rules[0] {
			c.Args["qrule"] = rule
		}
		if q.Statistic == Median {
			q.Probability = 0.5
		}
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
		c.Estimator, c.Vars = "ratio", append(c.Vars, name(q.Denominator))
		if !s.Design.Replicated() { // R has none there
			c.Args["deff"] = true
		}
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
	c.Vars, c.By, c.Args = []string{name(q.Row), name(q.By)}, nil, nil
	if q.Statistic == Chi {
		if !row.Categorical() {
			return fault.New(fault.Invalid, "surveydata.share_of_number", "name", q.Row).On("row")
		}
		test, err := chosen(q.Test, ChiTests, "test")
		c.Estimator, c.Args = "chisq", map[string]any{"statistic": test}
		return err
	}
	if row.Categorical() {
		return fault.New(fault.Invalid, "surveydata.no_number", "name", q.Row).On("row")
	}
	if q.Statistic == Rank {
		test, err := chosen(q.Test, RankTests, "test")
		c.Estimator, c.Args = "ranktest", map[string]any{"test": test}
		return err
	}
	if by := s.Book.Find(q.By); len(by.Values) != 2 {
		return fault.New(fault.Invalid, "surveydata.two_groups", "name", q.By, "groups", len(by.Values)).On("by")
	}
	c.Estimator = "ttest"
	return nil
}

// domain is the condition of "column=code".
func (s *Set) domain(text, field string) (string, error) {
	if text == "" {
		return "", nil
	}
	name, code, _ := strings.Cut(text, "=")
	v, err := s.column(name, field)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(v.Values, func(x codebook.Value) bool { return x.Code == code }) {
		return "", fault.New(fault.Invalid, "surveydata.no_answer", "name", name, "answer", code).On(field)
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
func (s *Set) Answer(q Question) (all []plan.Analysis, text []byte, err error) {
	if s.Sensitive(q.Row) {
		a, err := s.answerApart(q)
		if err != nil {
			return nil, nil, err
		}
		return []plan.Analysis{*a}, nil, nil
	}
	if text, err = s.Plan(q); err != nil {
		return nil, nil, err
	}
	all, err = s.Run(text)
	return all, text, err
}

// Run works a plan out on the design that the survey has, whatever the plan says of it.
func (s *Set) Run(text []byte) ([]plan.Analysis, error) {
	p, err := plan.ReadPlan(text)
	if err != nil {
		return nil, err
	}
	a, err := p.RunOn(s.Design)
	if err != nil {
		return nil, err
	}
	return a.Analyses, nil
}

// Code is what gives the same figures in R, beside the exported files.
func (s *Set) Code(q Question, all []plan.Analysis) string {
	out := []string{`library(survey)`, `source("` + Table + `.R", encoding="UTF-8")`}
	for i := range all {
		call := all[i].Call
		if c, err := s.oneCase(q); err == nil && q.Statistic == Contrast {
			// R's svyby has no covariances on a calibrated design; the coefficient of a group is the same.
			first, _ := s.domain(q.Answer, "answer")
			second, _ := s.domain(q.Against, "against")
			call = fmt.Sprintf("svyglm(%s~I(%s), subset(d, %s & (%s | %s)))", c.Vars[0], first, c.Domain, first, second)
		}
		out = append(out, call)
	}
	return strings.Join(out, "\n") + "\n"
}
