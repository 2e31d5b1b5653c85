package study

import (
	"slices"
	"strconv"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Recruit is who comes with a coupon, or begins a chain.
type Recruit struct {
	Office, Interviewer string
	Coupon              uint64
	Stratum             string // the chain
	Wave                int    // hands from its seed
	Degree              int
	Relation            Relation
}

// mostDegree is the largest network that anybody is believed to have.
const mostDegree = 5000

// KeepChain notes how people recruit people: the plan as JSON, and the key of the coupons, "" to
// leave that which is there.
func (s *Survey) KeepChain(plan, key string) (change.Change, error) {
	switch {
	case s.State == Closed:
		return change.Change{}, fault.New(fault.Conflict, "survey.closed")
	case s.Footing != Recruited:
		return change.Change{}, fault.New(fault.Conflict, "chain.footing")
	}
	c := s.Write("chain", "plan", plan)
	if key != "" {
		had := s.Fields[CouponKey]
		c.Sets = append(c.Sets, change.Set{Field: CouponKey, Value: change.Text(key), Base: had.Version})
	}
	return c, nil
}

// CouponKey is the field of a survey with the key of its coupons.
const CouponKey = "couponkey"

// Join makes the case of one who was recruited. It is an opaque number: nobody writes down who
// that is.
func Join(survey string, r Recruit) (change.Change, error) {
	if err := checkDegree(r.Degree); err != nil {
		return change.Change{}, err
	}
	if r.Wave > 0 && !slices.Contains(Relations, r.Relation) {
		return change.Change{}, fault.New(fault.Invalid, "chain.relation").On("relation")
	}
	if r.Wave == 0 {
		r.Relation = NoRelation
	}
	var c Case
	return c.Write("join", "survey", survey, "office", r.Office, "stratum", r.Stratum, "unit", "", "probability", "0", "order", strconv.Itoa(r.Wave), "person", "",
		"coupon", strconv.FormatUint(r.Coupon, 10), "degree", strconv.Itoa(r.Degree), "relation", string(r.Relation), "interviewer", r.Interviewer), nil
}

func checkDegree(n int) error {
	if n < 1 || n > mostDegree {
		return fault.New(fault.Invalid, "chain.degree", "most", mostDegree).On("degree")
	}
	return nil
}

// Recount corrects how many people somebody knows.
func (c *Case) Recount(degree int) (change.Change, error) {
	if c.Coupon == 0 {
		return change.Change{}, fault.New(fault.Conflict, "chain.drawn")
	}
	return c.Write("recount", "degree", strconv.Itoa(degree)), checkDegree(degree)
}

// Hand gives coupons to somebody who was interviewed: n of at most each, until a day. They are
// given once: printing them again gives the same.
func (c *Case) Hand(n, each int, until civil.Date) (change.Change, error) {
	switch {
	case c.Coupon == 0:
		return change.Change{}, fault.New(fault.Conflict, "chain.drawn")
	case c.Submission == "":
		return change.Change{}, fault.New(fault.Conflict, "chain.not_asked")
	case c.Given > 0:
		return change.Change{}, fault.New(fault.Conflict, "chain.given")
	case n < 1 || n > each:
		return change.Change{}, fault.New(fault.Invalid, "chain.hand", "most", each).On("n")
	}
	return c.Write("hand", "given", strconv.Itoa(n), "until", until.String()), nil
}
