package surveydata

import (
	"slices"
	"strings"

	"quipu/internal/fault"
)

// chosen is one of some words, the first where nothing was said.
func chosen(word string, all []string, field string) (string, error) {
	if word == "" {
		return all[0], nil
	}
	if !slices.Contains(all, word) {
		return "", fault.New(fault.Invalid, "surveydata.choice").On(field)
	}
	return word, nil
}

// cross are the percentages of a table of two questions with their errors, and the test.
func (s *Set) cross(q Question) ([]oneCase, error) {
	percent, err := chosen(q.Percent, Percents, "percent")
	if err != nil {
		return nil, err
	}
	q.Statistic, q.By2 = Chi, ""
	test, err := s.oneCase(q)
	if err != nil {
		return nil, err
	}
	if err := s.categorical(q.By, "by"); err != nil {
		return nil, err
	}
	row, by := name(q.Row), name(q.By)
	c := oneCase{Estimator: "mean", Domain: test.Domain, Args: map[string]any{"na_rm": true, "deff": true}}
	switch percent {
	case "row":
		c.Vars, c.By = []string{by}, []string{row}
	case "column":
		c.Vars, c.By = []string{row}, []string{by}
	default:
		c.Vars, c.Args["interaction"] = []string{row, by}, true
	}
	return []oneCase{c, test}, nil
}

// contrast is the mean of a number in one group less that in another.
func (s *Set) contrast(c *oneCase, q Question) error {
	row, err := s.column(q.Row, "row")
	if err != nil {
		return err
	}
	if row.Categorical() {
		return fault.New(fault.Invalid, "surveydata.no_number", "name", q.Row).On("row")
	}
	first, one, _ := strings.Cut(q.Answer, "=")
	second, other, _ := strings.Cut(q.Against, "=")
	switch {
	case q.Answer == "":
		return fault.New(fault.Invalid, "surveydata.answer").On("answer")
	case q.Against == "":
		return fault.New(fault.Invalid, "surveydata.answer").On("against")
	case first != second || one == other:
		return fault.New(fault.Invalid, "surveydata.groups").On("against")
	}
	if _, err := s.domain(q.Answer, "answer"); err != nil {
		return err
	}
	if _, err := s.domain(q.Against, "against"); err != nil {
		return err
	}
	c.Estimator, c.Vars, c.By = "contrast", []string{name(q.Row)}, []string{name(first)}
	c.Args = map[string]any{"linear": map[string]any{one: 1, other: -1}}
	missing := "!is.na(" + name(q.Row) + ") & !is.na(" + name(first) + ")"
	if c.Domain != "" {
		missing = c.Domain + " & " + missing
	}
	c.Domain = missing
	return nil
}

// families are those of models, as plans call them.
var families = map[string]string{Linear: "gaussian", Logistic: "quasibinomial", Poisson: "quasipoisson"}

// model explains a number, or an answer, by others.
func (s *Set) model(c *oneCase, q Question) error {
	response := ""
	if q.Statistic == Logistic {
		if q.Answer == "" {
			return fault.New(fault.Invalid, "surveydata.answer").On("answer")
		}
		condition, err := s.domain(q.Answer, "answer")
		if err != nil {
			return err
		}
		response = "I(" + condition + ")"
		q.Row, _, _ = strings.Cut(q.Answer, "=")
	} else {
		row, err := s.column(q.Row, "row")
		if err != nil {
			return err
		}
		if row.Categorical() {
			return fault.New(fault.Invalid, "surveydata.no_number", "name", q.Row).On("row")
		}
		response = name(q.Row)
	}
	if len(q.Terms) == 0 {
		return fault.New(fault.Invalid, "surveydata.terms").On("terms")
	}
	c.Estimator, c.Vars, c.Args = "glm", []string{response}, map[string]any{"family": families[q.Statistic]}
	for _, t := range q.Terms {
		if _, err := s.column(t, "terms"); err != nil {
			return err
		}
		if t == q.Row {
			return fault.New(fault.Invalid, "surveydata.same").On("terms")
		}
		c.Vars = append(c.Vars, name(t))
	}
	return nil
}
