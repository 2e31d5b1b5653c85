package plan

import (
	"quipu/internal/estimate/design"
)

// RunOn works the analyses of a plan out on a design that is made already, whatever lines the
// plan has for it.
func (p *Plan) RunOn(d *design.Design) (a *Answer, err error) {
	defer guard(&err)
	_, each, err := p.blocks()
	if err != nil {
		return nil, err
	}
	s := p.session(nil)
	s.Set("d", d)
	return s.answer(each)
}

// answer works analyses out one after another.
func (s *Session) answer(each [][]string) (*Answer, error) {
	out := &Answer{}
	for _, lines := range each {
		v, err := s.Run(lines...)
		if err != nil {
			return nil, err
		}
		d, _ := s.vars["d"].(*design.Design)
		out.Design = d
		a, err := s.analysis(v, d)
		if err != nil {
			return nil, err
		}
		a.Call = lines[len(lines)-1]
		out.Analyses = append(out.Analyses, *a)
	}
	return out, nil
}
