package interview

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"quipu/internal/survey"
	"quipu/internal/survey/paradata"
)

// page is what was on the screen at once: a question, or a group that is shown as a list.
type page struct {
	path string
	list bool
	n    int // questions
}

// shown notes that a question was asked.
func (p *person) shown(r *rule) {
	at := page{path: r.Path, n: 1}
	for g := r.Parent; g != nil; g = g.Parent {
		if g.Type == survey.Group && strings.Contains(g.Appearance, "field-list") {
			at.path, at.list = g.Path, true
		}
	}
	if k := len(p.pages); at.list && k > 0 && p.pages[k-1].path == at.path {
		p.pages[k-1].n++
		return
	}
	p.pages = append(p.pages, at)
}

// audit shares the length of the interview out among its pages: lognormal, as times of answers
// are. Chance of its own, so that the answers are the same with and without.
func (p *person) audit() []paradata.Event {
	chance := rand.New(rand.NewPCG(p.Seed^0x74696d6573, p.Number))
	weights, sum := make([]float64, len(p.pages)), 0.0
	for i, at := range p.pages {
		weights[i] = float64(at.n) * math.Exp(0.5*chance.NormFloat64())
		sum += weights[i]
	}
	t := p.began
	out := []paradata.Event{{Kind: "form start", Start: t}}
	for i, at := range p.pages {
		e := paradata.Event{Kind: "question", Node: at.path, Start: t, End: t.Add(time.Duration(weights[i] / sum * float64(p.length)))}
		if at.list {
			e.Kind = "group questions"
		}
		out, t = append(out, e), e.End
	}
	return append(out, paradata.Event{Kind: "end screen", Start: t, End: p.Now}, paradata.Event{Kind: "form finalize", Start: p.Now})
}
