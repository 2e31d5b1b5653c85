package plan

import "math"

// sequence is R's seq(from, to, by): the probabilities of quantiles are often written so.
func sequence(_ *Session, a *Args) (Value, error) {
	from, err := a.Number("from", 1)
	if err != nil {
		return nil, err
	}
	to, err := a.Number("to", 1)
	if err != nil {
		return nil, err
	}
	by, err := a.Number("by", math.Copysign(1, to-from))
	if err != nil {
		return nil, err
	}
	n := math.Floor((to-from)/by + 1e-10)
	if a.Has("length.out") {
		length, err := a.Number("length.out", 1)
		if err != nil {
			return nil, err
		}
		if n = length - 1; n > 0 {
			by = (to - from) / n
		}
	}
	if !(n >= 0 && n < 1e6) {
		return nil, a.misfit("by")
	}
	v := &Vector{}
	for i := range int(n) + 1 {
		v.Num = append(v.Num, from+float64(i)*by)
	}
	return v, nil
}
