package rds

import (
	"cmp"
	"slices"
)

// Step is the estimate from everybody up to one wave.
type Step struct {
	Wave, N  int
	Estimate []float64 // by RDS-II
}

// ByWave says how the estimate settles: a step a wave, each with all who came before. An estimate
// that still drifts in the last waves depends on who the seeds were.
func (s *Sample) ByWave() []Step { return s.steps(func(int) bool { return true }) }

// Branch is what one seed led to.
type Branch struct {
	Seed  string // id
	Row   int    // of the seed in the file, from 0
	N     int    // respondents who descend from the seed, itself included
	Waves int
	Steps []Step
}

// BySeed follows each seed's own tree, largest first. Branches that end at different estimates say
// that the population has parts between which people hardly know one another: a bottleneck.
func (s *Sample) BySeed() []Branch {
	var branches []Branch
	for i, r := range s.Recruiter {
		if r >= 0 {
			continue
		}
		b := Branch{Seed: s.ID[i], Row: int(s.Row[i])}
		for j := range s.Seed {
			if int(s.Seed[j]) == i {
				b.N++
				b.Waves = max(b.Waves, int(s.Wave[j]))
			}
		}
		b.Steps = s.steps(func(j int) bool { return int(s.Seed[j]) == i })
		branches = append(branches, b)
	}
	slices.SortStableFunc(branches, func(a, b Branch) int { return cmp.Compare(b.N, a.N) })
	return branches
}

// steps goes through those who are in, in order of waves; waves in which nobody has an outcome are
// left out.
func (s *Sample) steps(in func(int) bool) []Step {
	var steps []Step
	weight, n, total := make([]float64, len(s.Levels)), 0, 0.0
	for i, g := range s.Group {
		if !in(i) || g < 0 {
			continue
		}
		wave := int(s.Wave[i])
		if len(steps) == 0 || steps[len(steps)-1].Wave < wave {
			steps = append(steps, Step{Wave: wave})
		}
		n++
		weight[g] += 1 / s.Degree[i]
		total += 1 / s.Degree[i]
		last := &steps[len(steps)-1]
		last.N, last.Estimate = n, make([]float64, len(weight))
		for h, w := range weight {
			last.Estimate[h] = w / total
		}
	}
	return steps
}

// BySize estimates under successive sampling for several sizes of the population, which nobody
// knows: what does not change from the smallest to the largest can be trusted without one.
func (s *Sample) BySize(sizes []int, o Simulation) ([]Successive, error) {
	var all []Successive
	for _, size := range sizes {
		r, err := s.SS(size, o)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// Doubt is a reason to distrust a sample; a report has words for each.
type Doubt string

// The doubts.
const (
	FewWaves        Doubt = "few_waves"        // the longest chain has fewer than MinWaves waves
	ManySeeds       Doubt = "many_seeds"       // more than MaxSeedShare of the respondents are seeds
	OneTree         Doubt = "one_tree"         // one of several seeds led to more than half of all
	Unsettled       Doubt = "unsettled"        // the last two waves moved a share by more than MaxDrift
	StrongHomophily Doubt = "strong_homophily" // recruits resemble recruiters MaxHomophily times as often as by chance
	SmallEffective  Doubt = "small_effective"  // the unequal weights leave fewer than MinKish
	EmptyCell       Doubt = "empty_cell"       // some level never recruited some other
)

// The thresholds of doubts: chains of five waves are the usual aim of field guides; the others are
// conventions of this program.
const (
	MinWaves     = 5
	MaxSeedShare = .10
	MaxDrift     = .02
	MaxHomophily = 1.5
	MinKish      = 100
)

// Diagnosis sums up how the recruitment went.
type Diagnosis struct {
	N, WithOutcome  int
	Seeds, Waves    int
	SeedShare       float64
	LargestTree     float64 // share of respondents who descend from one seed
	RecruitedAny    float64 // share of respondents who brought somebody
	Recruits        []int   // how many respondents brought 0, 1, 2, ...
	CouponsGiven    int     // -1 when nobody wrote it down
	CouponsReturned int
	ReturnRate      float64 // of coupons; 0 when nobody wrote them down
	Kish            float64 // of the RDS-II weights
	Homophily       float64
	Drift           float64 // the largest move of a share over the last two waves
	Doubts          []Doubt
}

// Diagnose looks at the whole recruitment.
func (s *Sample) Diagnose() Diagnosis {
	m, two := s.Recruitment(), s.RDSII()
	d := Diagnosis{N: s.N(), WithOutcome: two.N, Seeds: m.Seeds, Waves: m.Waves, Kish: two.Kish, Homophily: m.Homophily, CouponsGiven: -1}
	d.SeedShare = float64(d.Seeds) / float64(d.N)
	for i, c := range s.children {
		for len(d.Recruits) <= len(c) {
			d.Recruits = append(d.Recruits, 0)
		}
		d.Recruits[len(c)]++
		d.CouponsReturned += len(c)
		if s.coupons != nil && s.coupons[i] > 0 {
			d.CouponsGiven = max(0, d.CouponsGiven) + int(s.coupons[i])
		}
	}
	d.RecruitedAny = 1 - float64(d.Recruits[0])/float64(d.N)
	if d.CouponsGiven > 0 {
		d.ReturnRate = float64(d.CouponsReturned) / float64(d.CouponsGiven)
	}
	d.LargestTree = float64(s.BySeed()[0].N) / float64(d.N)
	if steps := s.ByWave(); len(steps) > 1 {
		d.Drift = distance(steps[max(0, len(steps)-3)].Estimate, steps[len(steps)-1].Estimate)
	}
	d.Doubts = d.doubts(m)
	return d
}

func (d Diagnosis) doubts(m Matrix) (all []Doubt) {
	say := func(yes bool, what Doubt) {
		if yes {
			all = append(all, what)
		}
	}
	say(d.Waves < MinWaves, FewWaves)
	say(d.SeedShare > MaxSeedShare, ManySeeds)
	say(d.Seeds > 1 && d.LargestTree > .5, OneTree)
	say(d.Drift > MaxDrift, Unsettled)
	say(d.Homophily > MaxHomophily, StrongHomophily)
	say(d.Kish < MinKish, SmallEffective)
	empty := false
	for _, row := range m.Counts {
		empty = empty || slices.Contains(row, 0)
	}
	say(empty, EmptyCell)
	return all
}
