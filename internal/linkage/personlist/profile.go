package personlist

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"quipu/internal/civil"
	"quipu/internal/name"
)

// profile is what the sample of one column looks like. Shares are of the cells that hold
// something, 0 to 1.
type profile struct {
	rows, filled, distinct int
	top                    float64 // the commonest value
	topText                string
	decimal                float64 // numbers with a decimal point
	digits, letters, mixed float64 // only digits and marks; only letters and marks; both
	words                  float64 // on average
	length                 float64 // on average, characters
	shape                  float64 // the commonest pattern of letters and digits
	email, phone, plus     float64
	date, packed           float64 // dates to the day or with a month's name; eight digits that are a date
	year                   float64 // four digits of a year in which somebody can be born
	month, day             float64 // numbers to 12, to 31
	sex, given, family     float64
	anyName                float64 // in one of the two lexicons
	spoken, filed          float64 // given name first and surname last; surname first and given name last
	place, way             float64
	rising                 float64 // a number that is greater than that of the row before
	least, greatest        float64 // of the numbers
	womanIsM               bool    // M stands for a woman: beside it are H or V, and no F
	dates                  civil.Order
	serials                civil.Serials
	years                  [2]int // the middle half of the years of the dates
}

// unique is the share of distinct values among all.
func (p *profile) unique() float64 { return share(p.distinct, p.filled) }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// look measures a column of the sample.
func look(cells []string, ref civil.Date) profile {
	p := profile{rows: len(cells), least: math.Inf(1), greatest: math.Inf(-1)}
	counts, shapes := map[string]int{}, map[string]int{}
	var kept []string
	last := math.Inf(-1)
	var t tally
	for _, c := range cells {
		c = strings.TrimSpace(c)
		if blank(c) {
			continue
		}
		p.filled++
		kept = append(kept, c)
		counts[c]++
		shapes[shapeOf(c)]++
		t.add(c)
		if v, ok := tail(c); ok {
			p.least, p.greatest = min(p.least, v), max(p.greatest, v)
			if v > last {
				t.rising++
			}
			last = v
		}
	}
	p.distinct = len(counts)
	for text, n := range counts {
		if s := share(n, p.filled); s > p.top || s == p.top && text < p.topText {
			p.top, p.topText = s, text
		}
	}
	for _, n := range shapes {
		p.shape = max(p.shape, share(n, p.filled))
	}
	t.into(&p)
	p.womanIsM = p.distinct <= 12 && womanIsM(counts)
	p.dates, p.serials = civil.OrderOf(slices.Values(kept))
	p.lookAtDates(kept, ref)
	return p
}

// tally counts cells by what they look like.
type tally struct {
	decimal, digits, letters, mixed, words, length, email, phone, plus, year, month, day int
	sex, given, family, either, spoken, filed, place, way, rising                        int
}

func (t *tally) add(c string) {
	d, l := 0, 0
	for _, r := range c {
		switch {
		case unicode.IsDigit(r):
			d++
		case unicode.IsLetter(r):
			l++
		}
		t.length++
	}
	count(&t.decimal, l == 0 && decimal(c))
	count(&t.digits, d > 0 && l == 0)
	count(&t.letters, l > 0 && d == 0)
	count(&t.mixed, l > 0 && d > 0)
	at := strings.IndexByte(c, '@')
	count(&t.email, at > 0 && strings.IndexByte(c[at:], '.') > 0 && !strings.Contains(c, " "))
	count(&t.phone, l == 0 && d >= 7 && d <= 15 && strings.Trim(c, "0123456789+()-./ ") == "")
	count(&t.plus, l == 0 && d >= 7 && (c[0] == '+' || c[0] == '(' || strings.HasPrefix(c, "00")))
	n, whole := integer(c)
	count(&t.year, whole && len(c) == 4 && n >= 1880 && n <= 2100)
	count(&t.month, whole && n >= 1 && n <= 12)
	count(&t.day, whole && n >= 1 && n <= 31)
	t.addWords(c, l)
}

func (t *tally) addWords(c string, letters int) {
	folded := name.Fold(c)
	w := strings.Fields(folded)
	t.words += len(strings.Fields(c))
	if _, ok := sexes[folded]; ok {
		t.sex++
	}
	if letters == 0 {
		return
	}
	g, s, way := 0, 0, false
	for _, x := range w {
		if givenNames()[x] {
			g++
		}
		if surnames()[x] {
			s++
		}
		way = way || ways[x] || strings.HasSuffix(x, "STRASSE") || strings.HasSuffix(x, "STR") || strings.HasSuffix(x, "WEG")
	}
	count(&t.given, len(w) > 0 && 2*g >= len(w))
	count(&t.family, len(w) > 0 && 2*s >= len(w))
	count(&t.either, g+s > 0)
	if n := len(w) - 1; n > 0 {
		count(&t.spoken, givenNames()[w[0]] && surnames()[w[n]] && !givenNames()[w[n]])
		count(&t.filed, surnames()[w[0]] && !givenNames()[w[0]] && givenNames()[w[n]])
	}
	count(&t.place, places()[folded])
	count(&t.way, way && len(w) > 1)
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

func (t *tally) into(p *profile) {
	of := func(n int) float64 { return share(n, p.filled) }
	p.decimal = of(t.decimal)
	p.digits, p.letters, p.mixed = of(t.digits), of(t.letters), of(t.mixed)
	p.words, p.length = of(t.words), of(t.length)
	p.email, p.phone, p.plus = of(t.email), of(t.phone), of(t.plus)
	p.year, p.month, p.day = of(t.year), of(t.month), of(t.day)
	p.sex, p.given, p.family, p.anyName = of(t.sex), of(t.given), of(t.family), of(t.either)
	p.spoken, p.filed = of(t.spoken), of(t.filed)
	p.place, p.way, p.rising = of(t.place), of(t.way), of(t.rising)
}

// lookAtDates counts the cells that are dates to the month or day, and where their years lie.
func (p *profile) lookAtDates(cells []string, ref civil.Date) {
	g := civil.Given{Order: p.dates, Ref: ref}
	n, packed := 0, 0
	var years []int
	for _, c := range cells {
		if !dateLike(c) {
			continue
		}
		d, _, err := g.Parse(c)
		if err != nil || d.Known() && (d.Month == 0 || d.Year > ref.Year+20) {
			continue
		}
		n++
		if len(c) == 8 && isNumber(c) {
			packed++
		}
		if d.Known() {
			years = append(years, d.Year)
		}
	}
	p.date, p.packed = share(n, p.filled), share(packed, p.filled)
	if len(years) > 0 {
		slices.Sort(years)
		p.years = [2]int{years[len(years)/4], years[len(years)*3/4]}
	}
}

// dateLike reports whether a text can be a date of two parts or more: it saves trying.
func dateLike(c string) bool {
	if len(c) < 6 || len(c) > 60 {
		return false
	}
	digits := 0
	for i := range len(c) {
		if isDigit(c[i]) {
			digits++
		}
	}
	return digits >= 3 && (digits < len(c) || len(c) == 8)
}

// tail is the number at the end of a text, or in it when there is one only.
func tail(c string) (float64, bool) {
	end := len(c)
	for end > 0 && !isDigit(c[end-1]) {
		end--
	}
	start := end
	for start > 0 && isDigit(c[start-1]) && end-start < 15 {
		start--
	}
	if start == end {
		return 0, false
	}
	v := 0.0
	for i := start; i < end; i++ {
		v = v*10 + float64(c[i]-'0')
	}
	return v, true
}

func integer(c string) (int, bool) {
	if !isNumber(c) || len(c) > 9 {
		return 0, false
	}
	n := 0
	for i := range len(c) {
		n = n*10 + int(c[i]-'0')
	}
	return n, true
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// shapeOf writes 9 for each digit and A for each letter, runs of letters once: codes of
// one numbering share their shape.
func shapeOf(c string) string {
	b := make([]byte, 0, 24)
	for _, r := range c {
		k := byte('.')
		switch {
		case unicode.IsDigit(r):
			k = '9'
		case unicode.IsLetter(r):
			k = 'A'
		case r < 0x80:
			k = byte(r)
		}
		if len(b) == cap(b) {
			break
		}
		b = append(b, k)
	}
	return string(b)
}

// womanIsM reports whether M is for mujer: the other word is H or V, and there is no F.
func womanIsM(counts map[string]int) bool {
	var m, hv, f bool
	for text := range counts {
		switch name.Fold(text) {
		case "M":
			m = true
		case "H", "V":
			hv = true
		case "F", "W":
			f = true
		}
	}
	return m && hv && !f
}

// decimal reports whether a text is a number with one decimal point or comma.
func decimal(c string) bool {
	c = strings.TrimPrefix(c, "-")
	whole, rest, ok := strings.Cut(strings.Replace(c, ",", ".", 1), ".")
	return ok && isNumber(whole) && isNumber(rest)
}
