package survey

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// HandOut gives n coupons to who was interviewed in a case, for as many days as the plan says; no
// more are given once the target is reached.
func (m *Surveys) HandOut(ctx context.Context, actor Actor, kase string, n int) error {
	return m.onCases(ctx, actor, authz.Interview, []string{kase}, func(tx *store.Tx, k *study.Case) (none change.Change, err error) {
		c, err := m.chain(ctx, tx, k.Survey, inChain(actor, authz.Interview, k.Office))
		if err != nil {
			return none, err
		}
		counts, err := tx.CountCases(ctx, store.CaseFilter{Survey: k.Survey, Disposition: study.Complete})
		if err != nil {
			return none, err
		}
		asked := 0
		for _, x := range counts {
			asked += int(x.N)
		}
		if asked >= c.plan.Target {
			return none, fault.New(fault.Conflict, "chain.target_reached", "target", c.plan.Target)
		}
		if _, err := c.coupons.Handed(k.Coupon); err != nil {
			return none, err
		}
		until := civil.FromTime(m.Now()).AddDays(c.plan.Days)
		if _, err := c.plan.Day(until); err != nil {
			return none, err
		}
		return k.Hand(n, c.plan.Each, until)
	})
}

// Sheet are the coupons of a case, to be printed and printed again.
type Sheet struct {
	Survey study.Survey
	Case   study.Case
	Plan   sample.Chain
	Codes  []string // empty before coupons were given
	Left   int      // interviews to the target
}

// Coupons are those that were given to a case, for who may open it.
func (m *Surveys) Coupons(ctx context.Context, actor Actor, kase string) (*Sheet, error) {
	out := &Sheet{}
	return out, m.DB.View(ctx, func(tx *store.Tx) error {
		k, s, err := m.openCase(ctx, tx, actor, kase)
		if err != nil {
			return err
		}
		c, err := m.chain(ctx, tx, k.Survey, func(*study.Survey) error { return nil })
		if err != nil {
			return err
		}
		out.Survey, out.Case, out.Plan = s, k, *c.plan
		counts, err := tx.CountCases(ctx, store.CaseFilter{Survey: k.Survey, Disposition: study.Complete})
		if err != nil {
			return err
		}
		out.Left = c.plan.Target
		for _, x := range counts {
			out.Left -= int(x.N)
		}
		if k.Given == 0 {
			return nil
		}
		last, err := c.plan.Day(k.Until)
		if err != nil {
			return err
		}
		handed, err := c.coupons.Handed(k.Coupon)
		if err != nil {
			return err
		}
		for _, n := range handed[:min(k.Given, len(handed))] {
			code, err := c.coupons.Code(sample.Coupon{Number: n, Last: uint16(last)})
			if err != nil {
				return err
			}
			out.Codes = append(out.Codes, code)
		}
		return nil
	})
}

// Link is one case in the chains.
type Link struct {
	CaseRow
	Number, Recruiter uint64 // of coupons; 0 of a seed, or where the plan is not here
	Wave              int
	Returned          int // coupons with which somebody came
	Ended             bool
}

// Chains are the chains of a survey as far as the actor may see them.
type Chains struct {
	Survey  study.Survey
	Plan    *sample.Chain // nil before it is planned
	MayPlan bool
	Links   []Link // by chain and wave
	Seeds   int    // chains
	Asked   int    // interviews
	Given, Returned,
	Ended, Out int // coupons: given; of those come back, ended without, and still out
}

// Chains reads them: all cases of the survey, or those of the office for who runs its fieldwork.
func (m *Surveys) Chains(ctx context.Context, actor Actor, survey string) (*Chains, error) {
	out := &Chains{}
	return out, m.DB.View(ctx, func(tx *store.Tx) (err error) {
		f := store.CaseFilter{Survey: survey}
		if out.Survey, err = inField(ctx, tx, actor, survey, &f.Office, &f.Interviewer); err != nil {
			return err
		}
		out.MayPlan = authz.May(actor, authz.Survey, out.Survey.Office)
		p, err := sample.ReadPlan(out.Survey.Plan)
		if out.Plan = p.Chain; err != nil || p.Chain == nil {
			return err
		}
		for at := 0; ; at += casesPage {
			rows, err := tx.Cases(ctx, f, at, casesPage)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if r.Coupon > 0 {
					out.Links = append(out.Links, Link{CaseRow: r, Number: uint64(r.Coupon)})
				}
			}
			if len(rows) < casesPage {
				break
			}
		}
		out.count(p.Chain.Coupons(nil), civil.FromTime(m.Now()))
		return nil
	})
}

func (c *Chains) count(numbers sample.Coupons, today civil.Date) {
	at := map[uint64]int{}
	for i := range c.Links {
		at[c.Links[i].Number] = i
	}
	for i := range c.Links {
		l := &c.Links[i]
		l.Recruiter = numbers.Recruiter(l.Number)
		l.Wave, _ = numbers.Chain(l.Number)
		if l.Recruiter == 0 {
			c.Seeds++
		}
		if k, ok := at[l.Recruiter]; ok {
			c.Links[k].Returned++
		}
		if l.Submission != "" {
			c.Asked++
		}
	}
	for i := range c.Links {
		l := &c.Links[i]
		until, err := civil.Parse(l.Until)
		l.Ended = l.Given > 0 && err == nil && until.Before(today)
		rest := max(0, int(l.Given)-l.Returned)
		c.Given, c.Returned = c.Given+int(l.Given), c.Returned+l.Returned
		if l.Ended {
			c.Ended += rest
		} else {
			c.Out += rest
		}
	}
}
