package register

import (
	_ "embed"
	"math"
	"sync"

	"quipu/internal/linkage"
)

//go:embed model.json
var shipped []byte

// Shipped is the model for registers that have none of their own yet. It was learnt from
// invented people with families and double entries, by
//
//	go test ./internal/linkage/register -run TestModel -update
//
// which comes to the same bytes every time. It must not be changed.
var Shipped = sync.OnceValue(func() *linkage.Model {
	m, err := linkage.DecodeModel(shipped)
	if err != nil {
		panic("register: " + err.Error()) // TestModel reads it
	}
	return m
})

// Learn learns a model from a list of the register's people.
func Learn(l *linkage.List, o linkage.Options) (*linkage.Result, error) {
	o.Model = nil
	res, err := linkage.Link(l, o)
	if err != nil {
		return nil, err
	}
	temper(res.Model)
	return res, nil
}

// slipOfSex is the least share of entries of one person that bear another sex: clerks tick
// the wrong box now and then, whatever a list says, above all one that was invented.
const slipOfSex = 0.005

// temper leaves out of a model what it should not hold or believe: numbers and addresses
// that several people share are somebody's, and how often one number occurs in a list says
// nothing about how common it is; another sex proves little.
func temper(m *linkage.Model) {
	for i := range m.Comparisons {
		c := &m.Comparisons[i]
		switch c.Kind {
		case linkage.Document, linkage.Phone, linkage.Email:
			c.TF = nil
			for l := range c.Levels {
				c.Levels[l].TF = false
			}
		case linkage.Sex:
			for l := range c.Levels {
				if v := &c.Levels[l]; v.Key == "different" && v.M < slipOfSex && v.U > 0 {
					v.M, v.Weight = slipOfSex, math.Log2(slipOfSex/v.U)
				}
			}
		}
	}
}

// Fit is the model for a register of n people: pairs grow with the square of them, people
// who are there twice do not, so that two records alike mean less in a larger register. It
// changes by whole doublings, so that a weight does not move with every entry.
func Fit(m *linkage.Model, n int) *linkage.Model {
	out := *m
	if n > m.Records && m.Records > 0 {
		by := math.Floor(math.Log2(float64(n) / float64(m.Records)))
		out.Prior -= by
		out.Classes = append([]linkage.Class(nil), m.Classes...)
		for i := range out.Classes {
			out.Classes[i].Prior -= by
		}
	}
	return &out
}
