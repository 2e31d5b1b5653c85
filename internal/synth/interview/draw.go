package interview

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// likelyAnswer draws among what is said to be likely where its condition holds.
func (p *person) likelyAnswer(r *rule, n *xpath.Node) (text string, ok bool, err error) {
	var from []likely
	sum := 0.0
	for _, l := range r.likely {
		if l.when != nil {
			on, err := l.when.Bool(p.env, n)
			if err != nil {
				return "", false, err
			}
			if !on {
				continue
			}
		}
		from, sum = append(from, l), sum+l.Weight
	}
	if len(from) == 0 {
		return "", false, nil
	}
	at := p.chance.Float64() * sum
	chosen := from[len(from)-1]
	for _, l := range from {
		if at -= l.Weight; at < 0 {
			chosen = l
			break
		}
	}
	low, high, ranged := strings.Cut(chosen.Answer, "..")
	if !ranged {
		return chosen.Answer, true, nil
	}
	a, err := strconv.ParseFloat(low, 64)
	if err != nil {
		return "", false, err
	}
	b, err := strconv.ParseFloat(high, 64)
	if err != nil {
		return "", false, err
	}
	return p.between(r.Type, a, b), true, nil
}

// between draws from a to b: whole numbers, amounts to the tenth, or days from today.
func (p *person) between(t survey.Type, a, b float64) string {
	if t == survey.Decimal {
		return strconv.FormatFloat(math.Round(10*(a+p.chance.Float64()*(b-a)))/10, 'f', -1, 64)
	}
	whole := int(a) + p.chance.IntN(max(1, int(b)-int(a)+1))
	if t == survey.Date {
		return p.Now.AddDate(0, 0, whole).Format(time.DateOnly)
	}
	return strconv.Itoa(whole)
}

// anyAnswer draws an answer of the question's type; later tries look elsewhere.
func (p *person) anyAnswer(r *rule, n *xpath.Node, try int) (string, error) {
	switch r.Type {
	case survey.SelectOne, survey.SelectMany, survey.Rank:
		return p.choose(r, n)
	case survey.Integer, survey.Decimal:
		wide := []([2]float64){{1, 10}, {0, 100}, {1, 1000}, {1950, 2026}, {0, 5}, {1, 1e6}}[try%6]
		return p.between(r.Type, wide[0], wide[1]), nil
	case survey.Range:
		start, end, step := r.Bounds()
		k := p.chance.IntN(1 + max(0, int((end-start)/step)))
		return strconv.FormatFloat(start+float64(k)*step, 'f', -1, 64), nil
	case survey.Date:
		return p.between(r.Type, -365*float64(1+try), 0), nil
	case survey.Time:
		return fmt.Sprintf("%02d:%02d:00.000Z", 8+p.chance.IntN(12), p.chance.IntN(60)), nil
	case survey.DateTime:
		return p.Now.AddDate(0, 0, -p.chance.IntN(365)).Format(xmlTime), nil
	case survey.GeoPoint:
		return fmt.Sprintf("%.4f %.4f 0 10", p.chance.Float64()*100-50, p.chance.Float64()*200-100), nil
	case survey.Accept:
		return "OK", nil
	case survey.String, survey.Barcode:
		n := strconv.Itoa(10 + p.chance.IntN(90))
		return []string{"Respuesta " + n, "A" + n, "AB-" + n, n + n + n + n, "600" + n + n + n, "a" + n + "@example.org"}[try%6], nil
	}
	return "", nil // a file, a trace: somebody's own
}

// choose draws among the choices that the filter shows.
func (p *person) choose(r *rule, n *xpath.Node) (string, error) {
	doc := p.lists[r.ListID()]
	if doc == nil {
		return "", nil // a file of the client, or answers of a repeat
	}
	var shown []string
	for _, item := range doc.Children[0].Children {
		if r.filter != nil {
			ok, err := r.filter.BoolFrom(p.env, item, n)
			if err != nil {
				return "", err
			}
			if !ok {
				continue
			}
		}
		key, _ := r.Keys()
		if k := item.Child(key); k != nil {
			shown = append(shown, k.Value())
		}
	}
	if len(shown) == 0 {
		return "", nil
	}
	if r.Type == survey.SelectOne {
		return shown[p.chance.IntN(len(shown))], nil
	}
	p.chance.Shuffle(len(shown), func(i, j int) { shown[i], shown[j] = shown[j], shown[i] })
	if r.Type == survey.Rank {
		return strings.Join(shown, " "), nil
	}
	some := shown[:1+p.chance.IntN(min(3, len(shown)))]
	slices.Sort(some)
	return strings.Join(some, " "), nil
}
