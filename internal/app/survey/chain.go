package survey

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// PlanChain notes how people recruit people in a survey that stands on that. The key of its
// coupons is made once; numbers stay as they are from the first case on.
func (m *Surveys) PlanChain(ctx context.Context, actor Actor, survey string, c sample.Chain, seen id.Change) error {
	return m.onSurvey(ctx, actor, survey, seen, func(tx *store.Tx, s *study.Survey) (none change.Change, err error) {
		was, err := sample.ReadPlan(s.Plan)
		if err != nil {
			return none, err
		}
		c.Posts, c.Epoch = s.Posts, civil.FromTime(m.Now()).String()
		if was.Chain != nil {
			begun, err := tx.Cases(ctx, store.CaseFilter{Survey: survey}, 0, 1)
			if err != nil {
				return none, err
			}
			c.Epoch = was.Chain.Epoch
			if len(begun) > 0 {
				c.Posts = was.Chain.Posts
				if err := c.Follows(was.Chain); err != nil {
					return none, err
				}
			}
		}
		if err := c.Check(); err != nil {
			return none, err
		}
		p := sample.Plan{Source: sample.Chains, Date: civil.FromTime(m.Now()).String(), By: []string{}, Chain: &c}
		key := ""
		if s.Text(study.CouponKey) == "" {
			key = newCouponKey()
		}
		return s.KeepChain(p.JSON(), key)
	})
}

func newCouponKey() string {
	var b [32]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	return base64.StdEncoding.EncodeToString(b[:])
}

// chained is a survey in which people recruit people.
type chained struct {
	survey  study.Survey
	plan    *sample.Chain
	coupons sample.Coupons
	today   int // as coupons count days
}

// chain opens a survey with the key of its coupons. allowed asks who may.
func (m *Surveys) chain(ctx context.Context, tx *store.Tx, entity string, allowed func(*study.Survey) error) (*chained, error) {
	past, err := tx.Changes(ctx, ref(study.KindSurvey, entity))
	if err != nil || len(past) == 0 {
		return nil, node.NotFound(err, "survey", entity)
	}
	c := &chained{survey: study.LoadSurvey(past)}
	if err := allowed(&c.survey); err != nil {
		return nil, err
	}
	p, err := sample.ReadPlan(c.survey.Plan)
	if err != nil {
		return nil, err
	}
	if c.plan = p.Chain; c.plan == nil {
		return nil, fault.New(fault.Conflict, "chain.none")
	}
	if err := m.keys(ctx, tx).open(entity, c.survey.Link, past); err != nil {
		return nil, err
	}
	opened := study.LoadSurvey(past)
	key, err := base64.StdEncoding.DecodeString(opened.Text(study.CouponKey))
	if err != nil || len(key) == 0 { // it has not come to this computer, or what sealed it was destroyed
		return nil, fault.New(fault.Unavailable, "chain.no_key")
	}
	c.coupons = c.plan.Coupons(key)
	c.today, err = c.plan.Day(civil.FromTime(m.Now()))
	return c, err
}

// holder is the case of who came with a number.
func (c *chained) holder(number uint64) string {
	b := c.coupons.Opaque(number)
	var random [10]byte
	copy(random[:], b[6:])
	return string(id.NewEntity(int64(binary.BigEndian.Uint64(b[:8])>>16), random))
}

// name of a chain: the office that began it, and which of its seeds that was.
func (c *chained) name(seed uint64) string {
	at := (seed - 1) / uint64(c.plan.SeedsEach)
	return c.plan.Posts[at] + "-" + strconv.FormatUint((seed-1)%uint64(c.plan.SeedsEach)+1, 10)
}

// inChain asks whether the actor may take people of his office into a survey that is open.
func inChain(actor Actor, action authz.Action, office string) func(*study.Survey) error {
	return func(s *study.Survey) error {
		if err := authz.Check(actor, action, office); err != nil {
			return err
		}
		switch {
		case !s.Takes(office):
			return fault.New(fault.Forbidden, "interview.office", "title", s.Title)
		case s.State != study.Open:
			return fault.New(fault.Conflict, "interview.not_open", "title", s.Title)
		}
		return nil
	}
}

// AddSeed begins a chain at an office with somebody whom it chose, and returns the case.
func (m *Surveys) AddSeed(ctx context.Context, actor Actor, survey, office string, degree int) (kase string, err error) {
	return kase, m.DB.Update(ctx, func(tx *store.Tx) error {
		c, err := m.chain(ctx, tx, survey, inChain(actor, authz.Fieldwork, office))
		if err != nil {
			return err
		}
		first, last, err := c.plan.Seeds(office)
		if err != nil {
			return err
		}
		var numbers []uint64
		for n := first; n <= last; n++ {
			numbers = append(numbers, n)
		}
		rows, err := tx.CasesOfCoupons(ctx, survey, numbers...)
		if err != nil {
			return err
		}
		free := slices.IndexFunc(numbers, func(n uint64) bool {
			return !slices.ContainsFunc(rows, func(r store.CaseRow) bool { return uint64(r.Coupon) == n })
		})
		if free < 0 {
			return fault.New(fault.Conflict, "chain.seeds_used", "n", len(numbers), "office", office)
		}
		kase, err = m.join(ctx, tx, actor, c, study.Recruit{Coupon: numbers[free], Office: office, Degree: degree})
		return err
	})
}

// join makes the case of a number.
func (m *Surveys) join(ctx context.Context, tx *store.Tx, actor Actor, c *chained, r study.Recruit) (kase string, err error) {
	wave, seed := c.coupons.Chain(r.Coupon)
	r.Wave, r.Stratum = wave, c.name(seed)
	if actor.Office == r.Office && authz.May(actor, authz.Interview, r.Office) {
		r.Interviewer = actor.Login
	}
	ch, err := study.Join(c.survey.Entity.ID, r)
	if err != nil {
		return "", err
	}
	ch.Entity = ref(study.KindCase, c.holder(r.Coupon))
	return ch.Entity.ID, m.commit(ctx, tx, actor, &c.survey, ch)
}

// CouponLook is what a code is.
type CouponLook struct {
	Chain string
	Wave  int
	Until civil.Date
}

// LookAtCoupon says whether a code may be taken in: it is of this survey, holds still, and
// nobody came with it.
func (m *Surveys) LookAtCoupon(ctx context.Context, actor Actor, survey, code string) (l CouponLook, err error) {
	return l, m.DB.View(ctx, func(tx *store.Tx) error {
		c, err := m.chain(ctx, tx, survey, inChain(actor, authz.Interview, actor.Office))
		if err != nil {
			return err
		}
		p, err := m.read(ctx, tx, actor, c, code)
		if err != nil {
			return err
		}
		wave, seed := c.coupons.Chain(p.Number)
		l = CouponLook{Chain: c.name(seed), Wave: wave, Until: c.day(p.Last)}
		return nil
	})
}

func (c *chained) day(n uint16) civil.Date {
	epoch, _ := civil.Parse(c.plan.Epoch) // Check read it
	return epoch.AddDays(int(n))
}

// read reads a code and says what is wrong with it.
func (m *Surveys) read(ctx context.Context, tx *store.Tx, actor Actor, c *chained, code string) (sample.Coupon, error) {
	p, err := c.coupons.Read(code, c.today)
	switch {
	case fault.Is(err, "sample.coupon_unknown"):
		return p, m.ofAnother(ctx, tx, actor, c, code, err)
	case err != nil && !fault.Is(err, "sample.coupon_ended"):
		return p, err
	}
	rows, bad := tx.CasesOfCoupons(ctx, c.survey.Entity.ID, p.Number, c.coupons.Recruiter(p.Number))
	if bad != nil {
		return p, bad
	}
	for _, r := range rows {
		switch uint64(r.Coupon) {
		case p.Number:
			return p, fault.New(fault.Conflict, "chain.used", "case", Tail(r.ID)).On("coupon")
		case c.coupons.Recruiter(p.Number):
			if handed, bad := c.coupons.Handed(uint64(r.Coupon)); bad == nil && !slices.Contains(handed[:min(int(r.Given), len(handed))], p.Number) {
				return p, fault.New(fault.Conflict, "chain.not_given").On("coupon")
			}
		}
	}
	if err != nil {
		return p, fault.New(fault.Conflict, "chain.ended", "day", c.day(p.Last)).On("coupon")
	}
	return p, nil
}

// ofAnother says of which survey a coupon is that is not of this one.
func (m *Surveys) ofAnother(ctx context.Context, tx *store.Tx, actor Actor, c *chained, code string, unknown error) error {
	rows, err := tx.Surveys(ctx, actor.Office)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.ID == c.survey.Entity.ID || study.Footing(r.Footing) != study.Recruited {
			continue
		}
		o, err := m.chain(ctx, tx, r.ID, func(*study.Survey) error { return nil })
		if err != nil { // it has no plan yet, or its key is not here
			continue
		}
		if _, err := o.coupons.Read(code, 0); err == nil {
			return fault.New(fault.Conflict, "chain.other_survey", "title", r.Title).On("coupon")
		}
	}
	return unknown
}

// RedeemCmd is what is asked of who comes with a coupon before the interview.
type RedeemCmd struct {
	Code     string
	Degree   int // how many people of the population he knows
	Relation study.Relation
}

// Redeem takes somebody in who came with a coupon, as a case of the office, and returns it.
func (m *Surveys) Redeem(ctx context.Context, actor Actor, survey string, cmd RedeemCmd) (kase string, err error) {
	return kase, m.DB.Update(ctx, func(tx *store.Tx) error {
		c, err := m.chain(ctx, tx, survey, inChain(actor, authz.Interview, actor.Office))
		if err != nil {
			return err
		}
		p, err := m.read(ctx, tx, actor, c, cmd.Code)
		if err != nil {
			return err
		}
		kase, err = m.join(ctx, tx, actor, c, study.Recruit{Coupon: p.Number, Office: actor.Office, Degree: cmd.Degree, Relation: cmd.Relation})
		return err
	})
}

// Recount corrects how many people somebody knows who was recruited.
func (m *Surveys) Recount(ctx context.Context, actor Actor, kase string, degree int) error {
	return m.onCases(ctx, actor, authz.Interview, []string{kase}, func(_ *store.Tx, c *study.Case) (change.Change, error) { return c.Recount(degree) })
}

// Tail is how a case is called where people read: the end of its id.
func Tail(kase string) string { return strings.ToUpper(kase[max(0, len(kase)-5):]) }
