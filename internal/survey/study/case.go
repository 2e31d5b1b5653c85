package study

import (
	"slices"
	"strconv"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Drawn is a unit as it was drawn for the sample.
type Drawn struct {
	Stratum     string
	Unit        string  // primary sampling unit, "" where persons are drawn
	Probability float64 // of inclusion, of this unit and its element together
	Order       int     // in which it was drawn within its stratum; reserves come after those used
	Office      string  // that asks
	Person      string  // of the register, "" where no list was
}

// Attempt is one try to reach somebody.
type Attempt struct {
	ID     string
	Code   string // disposition, see package fieldwork
	Note   string
	At     change.Stamp
	Author string
}

// Case is one unit of the sample.
type Case struct {
	change.Record
	Survey, Office, Stratum, Unit string
	Probability                   float64
	Order                         int
	Person                        string // open only to who may read it, "" after the link was destroyed
	Interviewer                   string // login, "" for nobody yet
	Disposition                   string // last one noted, "" before the first
	Submission                    string // id of the submission that answered it
	Attempts                      []Attempt

	// Of one who was recruited.
	Coupon   uint64     // number of the coupon by which he came, 0 for a case that was drawn
	Degree   int        // how many people of the population he knows, as he said
	Relation Relation   // to who gave him the coupon
	Given    int        // coupons that he was given
	Until    civil.Date // day on which those end
}

// Relation is what somebody who came with a coupon is to who gave it.
type Relation string

// The relations.
const (
	NoRelation   Relation = "none" // of a seed, who was chosen by the office
	Relative     Relation = "relative"
	Friend       Relation = "friend"
	Workmate     Relation = "workmate"
	Neighbour    Relation = "neighbour"
	Acquaintance Relation = "acquaintance"
	Stranger     Relation = "stranger" // breaks what the estimators suppose
)

// Relations lists those of people who came with a coupon.
var Relations = []Relation{Relative, Friend, Workmate, Neighbour, Acquaintance, Stranger}

// LoadCase folds the changes of one case.
func LoadCase(changes []change.Change) Case {
	c := Case{Record: change.Fold(changes)}
	t := c.Text
	c.Survey, c.Office, c.Stratum, c.Unit, c.Person = t("survey"), t("office"), t("stratum"), t("unit"), t("person")
	c.Interviewer, c.Disposition, c.Submission = t("interviewer"), t("disposition"), t("submission")
	c.Probability, _ = strconv.ParseFloat(t("probability"), 64)
	c.Order, _ = strconv.Atoi(t("order"))
	c.Coupon, _ = strconv.ParseUint(t("coupon"), 10, 64)
	c.Degree, _ = strconv.Atoi(t("degree"))
	c.Given, _ = strconv.Atoi(t("given"))
	c.Relation, c.Until = Relation(t("relation")), day(t("until"))
	for _, it := range c.Items("attempt") {
		c.Attempts = append(c.Attempts, Attempt{ID: it.ID, Code: it.Value.Part("code"), Note: it.Value.Part("note"), At: it.At, Author: it.Author})
	}
	slices.SortStableFunc(c.Attempts, func(a, b Attempt) int { return int(min(1, max(-1, a.At.Micros-b.At.Micros))) })
	return c
}

// Weight is the design weight, 0 where no probability is known.
func (c *Case) Weight() float64 {
	if c.Probability <= 0 {
		return 0
	}
	return 1 / c.Probability
}

// Draw makes a case of a survey.
func Draw(survey string, d Drawn) (change.Change, error) {
	if !(d.Probability > 0 && d.Probability <= 1) && d.Probability != 0 {
		return change.Change{}, fault.New(fault.Invalid, "survey.probability", "probability", d.Probability).On("probability")
	}
	var c Case
	return c.Write("draw", "survey", survey, "office", d.Office, "stratum", d.Stratum, "unit", d.Unit,
		"probability", strconv.FormatFloat(d.Probability, 'g', -1, 64), "order", strconv.Itoa(d.Order), "person", d.Person), nil
}

// Assign gives the case to an interviewer, "" takes it back.
func (c *Case) Assign(login string) change.Change { return c.Write("assign", "interviewer", login) }

// Try notes an attempt and the disposition that it came to; try names it and is never used
// twice. A case that was answered keeps its disposition.
func (c *Case) Try(try, code, note string) (change.Change, error) {
	note, err := words("note", note, false)
	if err != nil {
		return change.Change{}, err
	}
	if c.Submission != "" {
		return change.Change{}, fault.New(fault.Conflict, "survey.answered")
	}
	ch := c.Write("try", "disposition", code)
	ch.Sets = append(ch.Sets, change.Set{Field: "attempt/" + try, Value: change.Group("code", code, "note", note)})
	return ch, nil
}

// Answer notes the submission that answered the case, with its disposition.
func (c *Case) Answer(submission, code string) change.Change {
	return c.Write("answer", "submission", submission, "disposition", code)
}
