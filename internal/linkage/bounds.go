package linkage

// bound keeps the chance that values differ below its highest and scales the others.
func (p *ingredient) bound(k int) {
	if p.most == nil || p.most[k] == 0 || p.level[k][different] <= p.most[k] {
		return
	}
	ls, start, rest := p.level[k], p.start, 0.0
	for l := int(different) + 1; l < len(ls); l++ {
		if start != nil {
			ls[l] += 1e-3 * start[k][l] // so that something is there to scale
		}
		rest += ls[l]
	}
	for l := int(different) + 1; l < len(ls) && rest > 0; l++ {
		ls[l] *= (1 - p.most[k]) / rest
	}
	ls[different] = p.most[k]
}

// mostDifferent is the largest share of the records of one person in which values of a kind
// can differ wholly; 0 for any. Whatever shows more is not one person: in a list where siblings
// outnumber those who are there twice, it is they whom the most pairs alike would show.
func mostDifferent(k Kind) float64 {
	switch k {
	case GivenNames:
		return 0.25
	case Sex:
		return 0.1
	case Date, Year:
		return 0.3
	case Document:
		return 0.6
	}
	return 0
}

// forbid gives the level under a veto its chance and scales the others.
func (p *ingredient) forbid(k int) {
	ls, l := p.level[k], p.veto[k]
	scale := (1 - vetoed) / (1 - ls[l])
	for i := range ls {
		ls[i] *= scale
	}
	ls[l] = vetoed
}

const (
	// vetoed is the chance that one person has two numbers with right check characters: a
	// slip of the pen makes the character wrong.
	vetoed = 1e-6
	// meantAsCheck is how often two strangers' numbers both have a right check character when
	// the list's numbers have one; by chance it is one in a hundred.
	meantAsCheck = 0.04
)

// veto is the level of a comparison that rules one person out, or 0.
func (c *Comparison) veto() int {
	if c.Kind == Document && len(c.Levels) > int(docConflict) && c.Levels[docConflict].U >= meantAsCheck {
		return int(docConflict)
	}
	return 0
}
