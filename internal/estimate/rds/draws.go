package rds

import (
	"math/rand/v2"

	"quipu/internal/fault"
)

// treeDraw draws as many seeds as there are, then for each respondent drawn as many of his recruits
// as he has, all with replacement.
func (s *Sample) treeDraw(weight []float64) drawn {
	roots := s.roots()
	return func(chance *rand.Rand, t *tally) {
		s.walk(chance, roots, func(i, from int32) {
			t.add(s.Group[i], s.Degree[i], weight[i])
			if from >= 0 {
				t.recruit(s.Group[from], s.Group[i])
			}
		})
	}
}

func (s *Sample) roots() (roots []int32) {
	for i, r := range s.Recruiter {
		if r < 0 {
			roots = append(roots, int32(i))
		}
	}
	return roots
}

// walk goes through one draw of the trees: i was drawn, by from or as a seed (-1).
func (s *Sample) walk(chance *rand.Rand, roots []int32, visit func(i, from int32)) {
	var todo []int32
	for range roots {
		r := roots[chance.IntN(len(roots))]
		visit(r, -1)
		todo = append(todo, r)
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for range s.children[i] {
			c := s.children[i][chance.IntN(len(s.children[i]))]
			visit(c, i)
			todo = append(todo, c)
		}
	}
}

// chainDraw starts at the level of a respondent, goes on by the transitions, and gives each step
// the degree of somebody of its level; as many steps as there are recruits with an outcome.
func (s *Sample) chainDraw(weight []float64) (drawn, error) {
	m := s.Recruitment()
	of := make([][]int32, len(s.Levels))
	var known []int32
	steps := 0
	for i, g := range s.Group {
		if g >= 0 {
			of[g] = append(of[g], int32(i))
			known = append(known, int32(i))
			if s.Recruiter[i] >= 0 {
				steps++
			}
		}
	}
	counts := m.Counts
	into := make([]float64, len(s.Levels))
	for g := range counts {
		for h, c := range counts[g] {
			into[h] += c
		}
	}
	if sum(into) == 0 {
		return nil, fault.New(fault.Invalid, "rds.no_recruits")
	}
	for g := range counts {
		if sum(counts[g]) == 0 {
			counts[g] = into // nothing is known of whom they recruit: whom anybody does
		}
	}
	return func(chance *rand.Rand, t *tally) {
		g := s.Group[known[chance.IntN(len(known))]]
		for step := range steps + 1 {
			if step > 0 {
				to := int32(pick(chance, counts[g]))
				t.recruit(g, to)
				g = to
			}
			i := of[g][chance.IntN(len(of[g]))]
			t.add(g, s.Degree[i], weight[i])
		}
	}, nil
}

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}

// pick draws an index in proportion to the weights.
func pick(chance *rand.Rand, weights []float64) int {
	x, last := chance.Float64()*sum(weights), 0
	for k, w := range weights {
		if w <= 0 {
			continue
		}
		last = k
		if x -= w; x < 0 {
			break
		}
	}
	return last
}
