package linkage

import (
	"math"
	"testing"
)

// population is a list that is known as a whole: so many pairs of each kind, and how they
// agree. Levels are missing, different, near, equal.
type population struct {
	kinds []Kind
	parts map[string][][]float64 // by comparison: the chances of different, near, equal
	pairs map[string]float64
}

func trial() population {
	stranger, same := []float64{0.989, 0.01, 0.001}, []float64{0.05, 0.1, 0.85}
	name, birth := []float64{0.99, 0.008, 0.002}, []float64{0.9986, 0.001, 0.0004}
	return population{
		kinds: []Kind{Surname, SecondSurname, GivenNames, Date, Document},
		parts: map[string][][]float64{
			"stranger": {name, name, stranger, birth, {0.999989, 0.00001, 0.000001}},
			"same":     {same, same, same, same, same},
			"sibling":  {{0.01, 0.04, 0.95}, {0.01, 0.04, 0.95}, {0.95, 0.049, 0.001}, {0.9896, 0.01, 0.0004}, {0.989999, 0.01, 0.000001}},
		},
		pairs: map[string]float64{"stranger": 2e8, "same": 3000, "sibling": 9000},
	}
}

// cells are the pairs that blocking would make: those alike in two things at least.
func (p population) cells() (out []Cell) {
	var walk func(k int, pattern uint64, alike int)
	walk = func(k int, pattern uint64, alike int) {
		if k < len(p.kinds) {
			walk(k+1, pattern|1<<(4*k), alike)
			walk(k+1, pattern|2<<(4*k), alike+1)
			walk(k+1, pattern|3<<(4*k), alike+1)
			return
		}
		n := 0.0
		for name, level := range p.parts {
			chance := p.pairs[name]
			for i := range p.kinds {
				chance *= level[i][levelOf(pattern, i)-1]
			}
			n += chance
		}
		if alike >= 2 {
			out = append(out, Cell{pattern, n})
		}
	}
	walk(0, 0, 0)
	return out
}

func (p population) model() *Model {
	m := &Model{}
	for i, k := range p.kinds {
		c := Comparison{Kind: k, Levels: make([]Level, 4)}
		for l := range 3 {
			c.Levels[l+1] = Level{M: [...]float64{0.1, 0.1, 0.8}[l], U: p.parts["stranger"][i][l]}
		}
		m.Comparisons = append(m.Comparisons, c)
	}
	return m
}

func (m *Model) countOf(class string, total float64) float64 {
	for _, c := range m.Classes {
		if c.Name == class {
			return math.Exp2(c.Prior) * total
		}
	}
	return 0
}

func within(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.Abs(got-want) > share*want {
		t.Errorf("%s: %.4g, want %.4g", what, got, want)
	}
}

func TestSiblingsAreNotTakenForOnePerson(t *testing.T) {
	p := trial()
	m := p.model()
	m.Mix(p.cells(), 20000, 2e8)
	within(t, "same", math.Exp2(m.Prior)*2e8, 3000, 0.02)
	within(t, "equal given names in one person", m.Comparisons[2].Levels[3].M, 0.85, 0.02)
	relatives := 0.0
	for _, c := range m.Classes {
		relatives += math.Exp2(c.Prior) * 2e8
	}
	within(t, "relatives", relatives, 9000, 0.15) // the least alike of them are left out

	k := newKin(m)
	sibling, same := uint64(0x11133), uint64(0x13333)
	if k.weigh(10, sibling) > -3 {
		t.Errorf("surnames alone in common, and a weight of %.1f is left of 10", k.weigh(10, sibling))
	}
	if k.weigh(10, same) < 9 {
		t.Errorf("all but the document in common, and a weight of %.1f is left of 10", k.weigh(10, same))
	}
}

func TestClassesFadeWhereThereAreNoRelatives(t *testing.T) {
	p := trial()
	p.pairs["sibling"] = 0
	m := p.model()
	m.Mix(p.cells(), 20000, 2e8)
	if len(m.Classes) > 0 {
		t.Errorf("%d classes, of siblings %.0f", len(m.Classes), m.countOf("sibling", 2e8))
	}
	within(t, "same", math.Exp2(m.Prior)*2e8, 3000, 0.02)
	if k := newKin(m); k.weigh(1.5, 0x33333) != 1.5 {
		t.Error("a model without classes changes a weight")
	}
}

// Errors of one person that come together are no family.
func TestDependentErrorsAreNoFamily(t *testing.T) {
	p := trial()
	p.parts["sibling"] = [][]float64{{0.3, 0.3, 0.4}, {0.3, 0.3, 0.4}, {0.3, 0.3, 0.4}, {0.3, 0.3, 0.4}, {0.3, 0.3, 0.4}}
	p.pairs["sibling"] = 500
	m := p.model()
	m.Mix(p.cells(), 20000, 2e8)
	if len(m.Classes) > 0 {
		t.Errorf("classes %+v", m.Classes)
	}
}

func TestNothingToLearnFrom(t *testing.T) {
	m := trial().model()
	m.Mix(nil, 3, 3)
	if len(m.Classes) > 0 || math.IsNaN(m.Prior) || math.IsInf(m.Prior, 0) {
		t.Errorf("prior %v, %d classes", m.Prior, len(m.Classes))
	}
}

// Whatever order cells come in, the model is the same to the last bit.
func TestOrderOfCellsDoesNotMatter(t *testing.T) {
	p := trial()
	a, b := p.model(), p.model()
	cells := p.cells()
	a.Mix(cells, 20000, 2e8)
	for i, j := 0, len(cells)-1; i < j; i, j = i+1, j-1 {
		cells[i], cells[j] = cells[j], cells[i]
	}
	b.Mix(cells, 20000, 2e8)
	x, _ := a.Encode()
	y, _ := b.Encode()
	if string(x) != string(y) {
		t.Error("the models differ")
	}
}
