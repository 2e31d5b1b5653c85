package sample

import (
	"slices"
	"strings"
	"unicode/utf8"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Chain is the plan of a sample in which people invite people they know (respondent-driven).
type Chain struct {
	Posts     []string `json:"posts"`      // offices in the order of their seeds' numbers
	SeedsEach int      `json:"seeds_each"` // seeds that an office may begin with
	Each      int      `json:"each"`       // coupons that a person is given
	Days      int      `json:"days"`       // for which a coupon holds, beginning with the day after it was given
	Epoch     string   `json:"epoch"`      // day from which the ends of coupons are counted, YYYY-MM-DD
	Target    int      `json:"target"`     // interviews, after which no coupon is given
	Size      int      `json:"size"`       // guess of how many people the population has, 0 for none
	Reward    string   `json:"reward"`     // what the coupon says that one gets, "" for nothing
}

// Most of what a plan may say.
const (
	mostPosts  = 256
	mostSeeds  = 32 // in an office
	mostEach   = 10
	mostReward = 120
)

// Check says what is wrong with a plan.
func (c *Chain) Check() error {
	bad := func(key, field string, args ...any) error { return fault.New(fault.Invalid, key, args...).On(field) }
	switch {
	case c.SeedsEach < 1 || c.SeedsEach > mostSeeds:
		return bad("chain.seeds", "seeds", "most", mostSeeds)
	case c.Each < 1 || c.Each > mostEach:
		return bad("chain.each", "each", "most", mostEach)
	case c.Days < 1 || c.Days > 180:
		return bad("chain.days", "days")
	case c.Target < 2 || c.Target > 1_000_000:
		return bad("chain.target", "target")
	case c.Size < 0 || c.Size > 100_000_000:
		return bad("chain.size", "size")
	case c.Size > 0 && c.Size < c.Target:
		return bad("chain.size_small", "size", "target", c.Target)
	case utf8.RuneCountInString(c.Reward) > mostReward || strings.ContainsAny(c.Reward, "\n\r"):
		return bad("chain.reward", "reward", "most", mostReward)
	case len(c.Posts) == 0 || len(c.Posts) > mostPosts:
		return bad("chain.posts", "posts", "most", mostPosts)
	}
	if day, err := civil.Parse(c.Epoch); err != nil || !day.Full() {
		return bad("sample.plan", "days")
	}
	return nil
}

// Follows says whether a plan may stand in the place of another by which coupons were given: the
// numbers and the days of coupons must mean the same.
func (c *Chain) Follows(was *Chain) error {
	if was == nil {
		return nil
	}
	if c.Each != was.Each || c.SeedsEach != was.SeedsEach || c.Epoch != was.Epoch || !slices.Equal(c.Posts, was.Posts) {
		return fault.New(fault.Conflict, "chain.numbers_stand").On("each")
	}
	return nil
}

// Coupons are those of the plan under a key.
func (c *Chain) Coupons(key []byte) Coupons {
	return Coupons{Key: key, Seeds: len(c.Posts) * c.SeedsEach, Each: c.Each}
}

// Seeds are the numbers with which an office begins chains, from first to last: no two
// offices have one in common, so each goes on without hearing from the others.
func (c *Chain) Seeds(office string) (first, last uint64, err error) {
	i := slices.Index(c.Posts, office)
	if i < 0 {
		return 0, 0, fault.New(fault.Invalid, "chain.office", "office", office).On("office")
	}
	first = uint64(i*c.SeedsEach) + 1
	return first, first + uint64(c.SeedsEach) - 1, nil
}

// Day counts a day as coupons do.
func (c *Chain) Day(day civil.Date) (int, error) {
	epoch, err := civil.Parse(c.Epoch)
	if err != nil {
		return 0, err
	}
	n, ok := civil.DaysBetween(epoch, day)
	if !ok || n >= 1<<dayBits {
		return 0, fault.New(fault.Conflict, "chain.too_long")
	}
	return max(0, n), nil
}
