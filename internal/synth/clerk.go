package synth

import (
	"math/rand/v2"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/name"
)

// clerk writes rows down with the errors of a counter.
type clerk struct {
	r *rand.Rand
	g *gen
}

// slip is one kind of error. It returns false when the row has nothing to get wrong in
// that way.
type slip struct {
	name   string
	weight float64
	make   func(*clerk, *Person, *Row) bool
}

// slips with their relative frequency: by judgement, after the lists in the literature
// on duplicate registrations; nobody has published rates for consulates.
var slips = newTable([]slip{
	{"letters_swapped", 8, func(k *clerk, _ *Person, w *Row) bool { return k.inName(w, swapLetters) }},
	{"letter_missing", 9, func(k *clerk, _ *Person, w *Row) bool { return k.inName(w, dropLetter) }},
	{"letter_wrong", 7, func(k *clerk, _ *Person, w *Row) bool { return k.inName(w, wrongLetter) }},
	{"by_ear", 14, func(k *clerk, _ *Person, w *Row) bool { return k.inName(w, byEar) }},
	{"accents_lost", 8, (*clerk).loseAccents},
	{"enye_lost", 4, (*clerk).loseEnye},
	{"spelling", 8, (*clerk).respell},
	{"surnames_swapped", 4, (*clerk).swapSurnames},
	{"maternal_missing", 7, (*clerk).dropMaternal},
	{"given_shortened", 12, (*clerk).shorten},
	{"nickname", 5, (*clerk).nickname},
	{"married_name_used", 5, (*clerk).useMarried},
	{"day_month_swapped", 5, (*clerk).swapDayMonth},
	{"year_off", 5, (*clerk).yearOff},
	{"day_off", 4, (*clerk).dayOff},
	{"first_of_january", 2, (*clerk).defaultDate},
	{"dni_missing", 14, (*clerk).dropDNI},
	{"dni_digit_wrong", 7, (*clerk).wrongDNI},
	{"like_the_passport", 4, (*clerk).likeMRZ},
	{"place_missing", 5, (*clerk).dropPlace},
}, func(s slip) float64 { return s.weight })

// err makes n errors of different kinds and names them.
func (k *clerk) err(p *Person, w *Row, n int) []string {
	var done []string
	for try := 0; try < 40 && len(done) < n; try++ {
		s := slips.draw(k.r)
		if !strings.Contains(" "+strings.Join(done, " ")+" ", " "+s.name+" ") && s.make(k, p, w) {
			done = append(done, s.name)
		}
	}
	return done
}

// inName changes one of the three names; the change must show.
func (k *clerk) inName(w *Row, change func(*rand.Rand, string) string) bool {
	c := [...]int{colPaternal, colMaternal, colGiven}[k.r.IntN(3)]
	s := change(k.r, w[c])
	if s == w[c] || s == "" {
		return false
	}
	w[c] = s
	return true
}

func (k *clerk) loseAccents(_ *Person, w *Row) bool {
	old := *w
	for _, c := range [...]int{colPaternal, colMaternal, colGiven} {
		w[c] = plain(w[c])
	}
	return old != *w
}

func (k *clerk) loseEnye(_ *Person, w *Row) bool {
	old := *w
	for _, c := range [...]int{colPaternal, colMaternal, colGiven} {
		w[c] = strings.ReplaceAll(w[c], "Ñ", "N")
	}
	return old != *w
}

func (k *clerk) swapSurnames(_ *Person, w *Row) bool {
	w[colPaternal], w[colMaternal] = w[colMaternal], w[colPaternal]
	return w[colPaternal] != w[colMaternal] && w[colPaternal] != ""
}

func (k *clerk) dropMaternal(_ *Person, w *Row) bool {
	had := w[colMaternal] != ""
	w[colMaternal] = ""
	return had
}

// shorten leaves one of several given names, or the second as an initial.
func (k *clerk) shorten(_ *Person, w *Row) bool {
	names := strings.Fields(w[colGiven])
	if len(names) < 2 {
		return false
	}
	switch k.r.IntN(4) {
	case 0:
		w[colGiven] = names[0] + " " + string([]rune(names[1])[:1]) + "."
	case 1:
		w[colGiven] = names[len(names)-1]
	default:
		w[colGiven] = names[0]
	}
	return true
}

// useMarried writes the husband's name where the mother's surname goes.
func (k *clerk) useMarried(p *Person, w *Row) bool {
	if p.Married == "" {
		return false
	}
	w[colMaternal], w[colMarried] = w[colMarried], ""
	return true
}

func (k *clerk) setDate(w *Row, old, d civil.Date) bool {
	if !d.Valid() || d == old || d.Earliest().String() > w[colRegistered] {
		return false
	}
	w[colBirth] = d.String()
	return true
}

func (k *clerk) swapDayMonth(p *Person, w *Row) bool {
	d := p.Birth
	d.Day, d.Month = d.Month, d.Day
	return p.Birth.Full() && d.Month <= 12 && k.setDate(w, p.Birth, d)
}

func (k *clerk) yearOff(p *Person, w *Row) bool {
	d := p.Birth
	d.Year += []int{-1, 1, -1, 1, -10, 10, 2}[k.r.IntN(7)]
	return k.setDate(w, p.Birth, d)
}

func (k *clerk) dayOff(p *Person, w *Row) bool {
	if !p.Birth.Full() {
		return false
	}
	d := p.Birth
	d.Day = between(k.r, 1, civil.DaysIn(d.Year, d.Month))
	return k.setDate(w, p.Birth, d)
}

func (k *clerk) defaultDate(p *Person, w *Row) bool {
	return k.setDate(w, p.Birth, civil.Date{Year: p.Birth.Year, Month: 1, Day: 1})
}

func (k *clerk) dropDNI(_ *Person, w *Row) bool {
	had := w[colDocNumber] != ""
	w[colDocType], w[colDocNumber] = "", ""
	return had
}

// wrongDNI mistypes one digit and leaves the check character as it was on the card.
func (k *clerk) wrongDNI(_ *Person, w *Row) bool {
	if len(w[colDocNumber]) < 8 {
		return false
	}
	b := []byte(w[colDocNumber])
	i := k.r.IntN(8)
	b[i] = '0' + (b[i]-'0'+byte(1+k.r.IntN(9)))%10
	w[colDocNumber] = string(b)
	return true
}

// likeMRZ copies the names from the passport's machine readable zone: no accents, Ñ as
// N, cut after 39 characters, particles run together now and then.
func (k *clerk) likeMRZ(_ *Person, w *Row) bool {
	read := func(s string) string { return strings.ReplaceAll(name.MRZ(s), "<", " ") }
	w[colPaternal], w[colMaternal] = read(w[colPaternal]), read(w[colMaternal])
	given := read(w[colGiven])
	room := max(39-len(w[colPaternal])-len(w[colMaternal])-3, 3)
	w[colGiven] = strings.TrimSpace(given[:min(room, len(given))])
	if k.r.IntN(3) == 0 {
		w[colPaternal] = strings.ReplaceAll(w[colPaternal], " ", "")
	}
	return true
}

func (k *clerk) dropPlace(_ *Person, w *Row) bool {
	had := w[colBirthPlace] != ""
	w[colBirthPlace] = ""
	return had
}
