package name

import "math"

// SamePerson is the likeness from which two names may well be those of one person.
const SamePerson = 0.72

// What the parts of a comparison cost, in weights of a name that is of no note. Chosen by
// hand; DESIGN.md has the figures.
const (
	costDiffer   = 1.8  // letters that differ between two parts that met
	costConflict = 2.6  // parts left over on both sides: one has what the other has otherwise
	costOmitted  = 0.25 // parts that one side leaves out
	leastMeeting = 0.6  // the likeness from which two parts may meet
)

// Likeness tells from 0 to 1 how well two full names, written by anybody, in any script,
// order and completeness, may be those of one person. It is symmetric; a name that has a
// letter is like itself by 1. It judges the names alone: namesakes have 1 as well.
func Likeness(a, b string) float64 { return ReadFull(a).Likeness(ReadFull(b)) }

// Likeness is Likeness of two names that have been read before.
func (f Full) Likeness(g Full) float64 {
	score, _ := f.compare(g)
	return score
}

// How says how two parts met, or that a part did not.
type How string

// The ways of meeting. A Conflict has both parts, Omitted only one.
const (
	Equal     How = "equal"
	Variation How = "variant"  // nickname, known spelling, form of another language
	Sounding  How = "sound"    // sounds alike
	Spelled   How = "spelling" // letters differ
	Initial   How = "initial"  // a letter stands for a name
	OneWord   How = "joined"   // written as one word or as several
	Conflict  How = "conflict" // a name where the other has another
	Omitted   How = "omitted"  // a name where the other has none
)

// Meeting is a part of one name, folded, and what it met in the other. Likeness is 0 to 1.
type Meeting struct {
	A, B     string
	How      How
	Likeness float64
}

// LikenessReasons is Likeness with how it came about: the parts that met in the order of a,
// then those that did not.
func LikenessReasons(a, b string) (float64, []Meeting) {
	return ReadFull(a).Reasons(ReadFull(b))
}

// Reasons is LikenessReasons of two names that have been read before.
func (f Full) Reasons(g Full) (float64, []Meeting) {
	score, p := f.compare(g)
	return score, p.meetings
}

// compare puts the parts to one another. The lesser text goes first, so that the result is
// the same both ways.
func (f Full) compare(g Full) (float64, pairing) {
	switch {
	case len(f.parts) == 0 || len(g.parts) == 0:
		return 0, pairing{}
	case f.key == g.key:
		return 1, identical(f)
	case f.characters != "" && g.characters != "" && f.script == g.script:
		return compareCharacters(f, g)
	}
	swap := g.key < f.key
	if swap {
		f, g = g, f
	}
	p := pair(f, g)
	if swap {
		for i, m := range p.meetings {
			p.meetings[i].A, p.meetings[i].B = m.B, m.A
		}
	}
	if !p.named {
		p.same /= 2 // initials alone fit too many
	}
	if p.same == 0 {
		return 0, p
	}
	return p.same / (p.same + costDiffer*p.differ + costConflict*p.conflict + costOmitted*p.omitted), p
}

func identical(f Full) (p pairing) {
	for _, x := range f.parts {
		p.meetings = append(p.meetings, Meeting{x.text, x.text, Equal, 1})
	}
	return p
}

// compareCharacters compares two names of one script in which a character is a syllable or
// a word: there, one that differs makes another name.
func compareCharacters(f, g Full) (float64, pairing) {
	a, b := []rune(f.characters), []rune(g.characters)
	same := 0
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			same++
		}
	}
	n := max(len(a), len(b))
	how := Equal
	if same < n {
		how = Spelled
	}
	v := float64(same) / float64(n)
	score := v / (v + 2*costDiffer*(1-v))
	return score, pairing{meetings: []Meeting{{f.characters, g.characters, how, score}}}
}

// pairing is how the parts of two names were put to one another; the sums are of weights.
type pairing struct {
	same, differ, conflict, omitted float64

	named    bool // some part met that is more than an initial
	meetings []Meeting
}

// pair aligns the parts and adds up.
func pair(f, g Full) pairing {
	var p pairing
	metF, metG := make([]bool, len(f.parts)), make([]bool, len(g.parts))
	for _, c := range assign(f, g) {
		p.same += c.weight * c.likeness
		p.differ += c.weight * (1 - c.likeness)
		p.named = p.named || c.how != Initial
		p.meetings = append(p.meetings, Meeting{f.text(c.i, c.n), g.text(c.j, c.m), c.how, c.likeness})
		mark(metF, c.i, c.n)
		mark(metG, c.j, c.m)
	}
	left, right := f.leftOver(metF, g), g.leftOver(metG, f)
	p.conflict = math.Min(against(left), against(right))
	p.omitted = math.Abs(weigh(left) - weigh(right))
	p.meetings = append(p.meetings, unmet(left, right)...)
	return p
}

func mark(met []bool, at, n int) {
	for k := at; k < at+n; k++ {
		met[k] = true
	}
}

// leftOver is what did not meet.
func (f Full) leftOver(met []bool, other Full) []part {
	var out []part
	for i, p := range f.parts {
		if met[i] {
			continue
		}
		if other.has(p.text) || patronymic(p.text) { // said twice, or said by some lists only
			p.spare = 0.4
		}
		out = append(out, p)
	}
	return out
}

func weigh(ps []part) (sum float64) {
	for _, p := range ps {
		sum += p.weight * (1 - p.spare)
	}
	return sum
}

// against is weigh for parts that stand against others: an initial that fits nothing says as
// much as a name.
func against(ps []part) (sum float64) {
	for _, p := range ps {
		if p.initial() {
			p.weight = 1
		}
		sum += p.weight
	}
	return sum
}

func unmet(left, right []part) []Meeting {
	var out []Meeting
	for i := range max(len(left), len(right)) {
		m := Meeting{How: Omitted}
		if i < len(left) {
			m.A = left[i].text
		}
		if i < len(right) {
			m.B = right[i].text
		}
		if m.A != "" && m.B != "" {
			m.How = Conflict
		}
		out = append(out, m)
	}
	return out
}
