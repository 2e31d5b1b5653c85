package rds

// Matrix says who recruited whom between the levels of the outcome. Recruitments of which either
// side has no outcome are left out.
type Matrix struct {
	Levels     []string
	Counts     [][]float64 // rows recruiters, columns recruits
	Transition [][]float64 // rows of Counts as shares; a row of zeros where a level recruited nobody
	// Homophily is the number of recruits of the recruiter's own level over the number that chance
	// would give with the same margins: 1 means that likeness plays no part. NaN when none is expected.
	Homophily float64
	// Own is Heckathorn's index for each level, -1 to 1: the share recruited beyond chance from one's
	// own level, (C_gg - p_g)/(1 - p_g), or below chance, (C_gg - p_g)/p_g, p by RDS-II.
	Own   []float64
	Seeds int // roots of the forest
	Waves int // the longest chain, in steps from its seed
}

// Recruitment counts the recruitments.
func (s *Sample) Recruitment() Matrix {
	k := len(s.Levels)
	m := Matrix{Levels: s.Levels, Counts: square(k)}
	for i, r := range s.Recruiter {
		m.Waves = max(m.Waves, int(s.Wave[i]))
		switch {
		case r < 0:
			m.Seeds++
		case s.Group[i] >= 0 && s.Group[r] >= 0:
			m.Counts[s.Group[r]][s.Group[i]]++
		}
	}
	m.Transition = shares(m.Counts)
	m.Homophily = homophily(m.Counts)
	p := s.RDSII().Estimate
	for g := range p {
		beyond := m.Transition[g][g] - p[g]
		if beyond >= 0 {
			beyond /= 1 - p[g]
		} else {
			beyond /= p[g]
		}
		m.Own = append(m.Own, beyond)
	}
	return m
}

func homophily(counts [][]float64) float64 {
	rows, columns := make([]float64, len(counts)), make([]float64, len(counts))
	total, same, chance := 0.0, 0.0, 0.0
	for g := range counts {
		for h, c := range counts[g] {
			rows[g] += c
			columns[h] += c
			total += c
		}
		same += counts[g][g]
	}
	for g := range rows {
		chance += rows[g] * columns[g]
	}
	return same / (chance / total)
}

func square(k int) [][]float64 {
	m := make([][]float64, k)
	for i := range m {
		m[i] = make([]float64, k)
	}
	return m
}

func shares(counts [][]float64) [][]float64 {
	m := square(len(counts))
	for g, row := range counts {
		total := 0.0
		for _, c := range row {
			total += c
		}
		for h, c := range row {
			if total > 0 {
				m[g][h] = c / total
			}
		}
	}
	return m
}

// stationary solves e = e C for an irreducible C by the elimination of Grassmann, Taksar and
// Heyman (1985), which subtracts nothing and so loses no digits.
func stationary(c [][]float64) []float64 {
	k := len(c)
	a := square(k)
	for i := range c {
		copy(a[i], c[i])
	}
	for n := k - 1; n > 0; n-- {
		out := 0.0
		for j := range n {
			out += a[n][j]
		}
		for i := range n {
			a[i][n] /= out
			for j := range n {
				a[i][j] += a[i][n] * a[n][j]
			}
		}
	}
	e := make([]float64, k)
	e[0] = 1
	total := 1.0
	for n := 1; n < k; n++ {
		for i := range n {
			e[n] += e[i] * a[i][n]
		}
		total += e[n]
	}
	for g := range e {
		e[g] /= total
	}
	return e
}
