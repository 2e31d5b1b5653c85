package rds

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/fault"
)

// Columns are the columns of a sample as a file has them, one entry a respondent.
type Columns struct {
	ID, Recruiter []string  // who, and who gave him his coupon: empty (or NA, 0, -1, seed) for a seed
	Degree        []float64 // how many eligible people he knows; NaN is missing
	Outcome       []string  // "" and NA are missing; nil when only weights are wanted
	Coupons       []float64 // how many coupons he was given; nil when nobody wrote it down

	// What the file calls these columns, for errors; empty names stand for the usual ones.
	IDName, RecruiterName, DegreeName, OutcomeName string
}

// Sample is a forest of recruitments. Respondents stand in an order that depends on their ids
// only: by wave, then by id; Row says where each stood in the file.
type Sample struct {
	Levels    []string  // of the outcome: as numbers when all are numbers, else in byte order
	ID        []string  //
	Row       []int32   // 0 is the first row of the file
	Recruiter []int32   // position in this order; -1 for a seed
	Group     []int32   // index into Levels; -1 is missing
	Degree    []float64 // > 0
	Wave      []int32   // 0 for a seed
	Seed      []int32   // the seed from whom he descends
	coupons   []float64
	children  [][]int32
	outcome   string // the column's name
}

// New builds the forest and refuses what cannot be one: an id that is missing or twice, a
// recruiter who is not in the file, recruiters in a circle, a degree that is missing or not above
// zero, an outcome with one value only. Faults name the row (1 is the first after the header) and
// the column.
func New(c Columns) (*Sample, error) {
	c = c.named()
	if err := c.lengths(); err != nil {
		return nil, err
	}
	at, err := c.ids()
	if err != nil {
		return nil, err
	}
	parent, err := c.parents(at)
	if err != nil {
		return nil, err
	}
	wave, seed, err := c.waves(parent)
	if err != nil {
		return nil, err
	}
	for i, d := range c.Degree {
		if !(d > 0) || math.IsInf(d, 0) {
			return nil, fault.New(fault.Invalid, "rds.degree", "row", i+1, "column", c.DegreeName, "value", shown(d))
		}
	}
	levels, group, err := c.groups()
	if err != nil {
		return nil, err
	}
	return c.ordered(parent, wave, seed, levels, group), nil
}

func (c Columns) named() Columns {
	c.IDName = cmp.Or(c.IDName, "id")
	c.RecruiterName = cmp.Or(c.RecruiterName, "recruiter_id")
	c.DegreeName = cmp.Or(c.DegreeName, "network_size")
	c.OutcomeName = cmp.Or(c.OutcomeName, "outcome")
	return c
}

func (c Columns) lengths() error {
	n := len(c.ID)
	if n == 0 {
		return fault.New(fault.Invalid, "rds.empty")
	}
	if len(c.Recruiter) != n || len(c.Degree) != n || c.Outcome != nil && len(c.Outcome) != n || c.Coupons != nil && len(c.Coupons) != n {
		return fault.New(fault.Invalid, "rds.lengths", "rows", n)
	}
	return nil
}

func (c Columns) ids() (map[string]int32, error) {
	at := make(map[string]int32, len(c.ID))
	for i, id := range c.ID {
		if missing(id) {
			return nil, fault.New(fault.Invalid, "rds.id_missing", "row", i+1, "column", c.IDName)
		}
		if first, twice := at[id]; twice {
			return nil, fault.New(fault.Invalid, "rds.id_twice", "row", i+1, "first", first+1, "column", c.IDName, "id", id)
		}
		at[id] = int32(i)
	}
	return at, nil
}

// seeds are the usual ways to say that nobody recruited someone.
var seeds = []string{"0", "-1", "seed"}

func (c Columns) parents(at map[string]int32) ([]int32, error) {
	parent := make([]int32, len(c.ID))
	for i, r := range c.Recruiter {
		p, known := at[r]
		switch {
		case known:
			parent[i] = p
		case missing(r) || slices.Contains(seeds, strings.ToLower(r)):
			parent[i] = -1
		default:
			return nil, fault.New(fault.Invalid, "rds.recruiter_unknown", "row", i+1, "column", c.RecruiterName, "id", r)
		}
	}
	return parent, nil
}

// waves counts the steps from each respondent to his seed; -2 marks who is on the path at hand,
// so that a circle is met again.
func (c Columns) waves(parent []int32) (wave, seed []int32, err error) {
	const unseen, onPath = -1, -2
	wave, seed = make([]int32, len(parent)), make([]int32, len(parent))
	for i := range wave {
		wave[i] = unseen
	}
	var path []int32
	for i := range parent {
		path = path[:0]
		at := int32(i)
		for at >= 0 && wave[at] == unseen {
			wave[at] = onPath
			path = append(path, at)
			at = parent[at]
		}
		if at >= 0 && wave[at] == onPath {
			return nil, nil, c.circle(path, at)
		}
		for _, p := range slices.Backward(path) {
			if at < 0 {
				wave[p], seed[p] = 0, p
			} else {
				wave[p], seed[p] = wave[at]+1, seed[at]
			}
			at = p
		}
	}
	return wave, seed, nil
}

func (c Columns) circle(path []int32, at int32) error {
	start := slices.Index(path, at)
	var ids []string
	for _, p := range path[start:] {
		ids = append(ids, c.ID[p])
	}
	ids = append(ids, c.ID[at])
	if len(ids) > 8 {
		ids = append(ids[:7], "…", c.ID[at])
	}
	return fault.New(fault.Invalid, "rds.circle", "row", at+1, "column", c.RecruiterName, "ids", strings.Join(ids, " ← "))
}

// groups codes the outcome.
func (c Columns) groups() (levels []string, group []int32, err error) {
	if c.Outcome == nil {
		return []string{""}, make([]int32, len(c.ID)), nil
	}
	said := map[string]bool{}
	for _, v := range c.Outcome {
		if !missing(v) {
			said[v] = true
		}
	}
	for v := range said {
		levels = append(levels, v)
	}
	slices.Sort(levels)
	slices.SortStableFunc(levels, func(a, b string) int {
		x, errA := strconv.ParseFloat(a, 64)
		y, errB := strconv.ParseFloat(b, 64)
		if errA != nil || errB != nil {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(x, y)
	})
	if len(levels) < 2 {
		return nil, nil, fault.New(fault.Invalid, "rds.one_group", "column", c.OutcomeName, "value", strings.Join(levels, ""))
	}
	group = make([]int32, len(c.Outcome))
	for i, v := range c.Outcome {
		group[i] = int32(slices.Index(levels, v)) // -1 when missing
	}
	return levels, group, nil
}

func (c Columns) ordered(parent, wave, seed []int32, levels []string, group []int32) *Sample {
	n := len(c.ID)
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(wave[a], wave[b]), cmp.Compare(c.ID[a], c.ID[b]))
	})
	place := make([]int32, n)
	for to, from := range order {
		place[from] = int32(to)
	}
	s := &Sample{Levels: levels, Row: order, outcome: c.OutcomeName, children: make([][]int32, n)}
	for to, from := range order {
		s.ID, s.Group, s.Degree = append(s.ID, c.ID[from]), append(s.Group, group[from]), append(s.Degree, c.Degree[from])
		s.Wave, s.Seed = append(s.Wave, wave[from]), append(s.Seed, place[seed[from]])
		if c.Coupons != nil {
			s.coupons = append(s.coupons, c.Coupons[from])
		}
		p := int32(-1)
		if parent[from] >= 0 {
			p = place[parent[from]]
			s.children[p] = append(s.children[p], int32(to))
		}
		s.Recruiter = append(s.Recruiter, p)
	}
	return s
}

// N is the number of respondents, those without an outcome included.
func (s *Sample) N() int { return len(s.ID) }

func missing(v string) bool { return v == "" || v == "NA" }

func shown(d float64) string {
	if math.IsNaN(d) {
		return "NA"
	}
	return strconv.FormatFloat(d, 'g', -1, 64)
}
