package name

import (
	"strings"

	"quipu/internal/distance"
)

// The likeness of two parts that are not equal but for one of these reasons.
const (
	likeVariant     = 0.95
	likeTranslation = 0.9
	likeSound       = 0.95
	likeInitial     = 0.9
	likeJoint       = 0.9
	likeLost        = 0.85
	farFather       = 0.5 // a given name here, a father's there
)

// meet compares the part at i with that at j of the other name.
func (f Full) meet(g Full, i, j int) (How, float64) {
	a, b := f.parts[i], g.parts[j]
	how, v := meetParts(a, b)
	if f.fathered && g.fathered && a.father != b.father && !a.joint && !b.joint {
		v *= farFather
	}
	return how, v
}

func meetParts(a, b part) (How, float64) {
	strong, weak := variantOf(a.text, b.text)
	switch {
	case a.text == b.text:
		return Equal, 1
	case a.joint || b.joint:
		if a.joint && b.joint {
			return Variation, likeJoint
		}
		return Conflict, 0
	case a.initial() || b.initial():
		if a.text[0] == b.text[0] {
			return Initial, likeInitial
		}
		return Conflict, 0
	case strong, a.slavic == b.slavic:
		return Variation, likeVariant
	case weak:
		return Variation, likeTranslation
	case a.sound == b.sound:
		return Sounding, likeSound
	case a.common && b.common:
		return Conflict, 0 // two names that many bear, not a slip in one
	}
	v := spelledAlike(a.text, b.text)
	v = max(v, 0.97*spelledAlike(a.sound, b.sound), 0.95*spelledAlike(a.looseSound, b.looseSound))
	if a.abjad || b.abjad {
		v = max(v, 0.95*skeletonAlike(a.sound, b.sound))
	}
	return Spelled, v
}

// spelledAlike is 1 less the share of letters to edit, a swap of neighbours being one. An
// ending that many names have is no likeness: it is judged by what stands before it.
func spelledAlike(a, b string) float64 {
	v := share(a, b)
	for _, end := range endings {
		x, okA := strings.CutSuffix(a, end)
		y, okB := strings.CutSuffix(b, end)
		if okA && okB && len(x) > 1 && len(y) > 1 {
			return min(v, share(x, y))
		}
	}
	return v
}

// endings say of what kind a name is, not whose.
var endings = strings.Fields("DOTTIR OVICH EVICH OVNA EVNA SHVILI ULLAH UDDIN STEIN BERG MANN ENKO SSON YAN")

func share(a, b string) float64 {
	n := max(len(a), len(b))
	if n == 0 {
		return 1
	}
	return 1 - float64(distance.OSA(a, b))/float64(n)
}

// skeletonAlike compares consonants, for scripts that write no others.
func skeletonAlike(a, b string) float64 {
	x, y := consonants(a), consonants(b)
	if len(x) < 2 || len(y) < 2 {
		return 0
	}
	return share(x, y)
}

func consonants(s string) string {
	return strings.Map(func(c rune) rune {
		if c == 'H' || c < 0x80 && isVowel(byte(c)) {
			return -1
		}
		return c
	}, s)
}

// slavic takes off what Slavic and Baltic names change by gender and list: LAVROVA and LAVROVS
// are LAVROV, SERGEJ is SERGEY.
func slavic(t string) string {
	for _, e := range [...][2]string{
		{"OVA", "OV"}, {"EVA", "EV"}, {"OVS", "OV"}, {"EVS", "EV"}, {"OFF", "OV"}, {"OW", "OV"}, {"INA", "IN"}, {"SKAYA", "SKI"}, {"SKAIA", "SKI"}, {"SKAJA", "SKI"},
		{"SKA", "SKI"}, {"SKIY", "SKI"}, {"SKYY", "SKI"}, {"SKYI", "SKI"}, {"SKII", "SKI"}, {"SKIJ", "SKI"}, {"SKYJ", "SKI"}, {"SKY", "SKI"}, {"CKI", "SKI"},
		{"EJS", "EI"}, {"EY", "EI"}, {"EJ", "EI"}, {"IY", "I"}, {"II", "I"}, {"IJ", "I"}, {"YY", "I"},
	} {
		if rest, ok := strings.CutSuffix(t, e[0]); ok && len(rest) > 2 {
			return rest + e[1]
		}
	}
	return t
}

// joinedLikeness compares several parts of one name with one of the other: JEAN CLAUDE with
// JEANCLAUDE, and with JC.
func joinedLikeness(several []part, one part) (How, float64) {
	if len(one.text) == len(several) {
		for k, p := range several {
			if p.joint || p.text[0] != one.text[k] {
				return Conflict, 0
			}
		}
		return Initial, likeInitial
	}
	// An initial, or a joint behind, is not a slip of the word beside it.
	length, small := 0, several[len(several)-1].joint
	for _, p := range several {
		length += len(p.text)
		small = small || p.initial()
	}
	if length < 4 || one.joint || length > 2*len(one.text) || len(one.text) > 2*length {
		return Conflict, 0
	}
	text := joinedText(several)
	switch {
	case text == one.text:
		return OneWord, 1
	case standsFor(one.text, several):
		return Variation, likeVariant
	case len(several) == 2 && lostLetter(several[0].text, several[1].text, one.text):
		return OneWord, likeLost
	case small:
		return Conflict, 0
	case Sound(text) == one.sound, loose(text) == one.loose:
		return OneWord, likeSound
	}
	if v := share(text, one.text); v >= 0.85 {
		return OneWord, v
	}
	return Conflict, 0
}

// lostLetter is true for KESU I and KESUBI: a letter became a space.
func lostLetter(a, b, whole string) bool {
	return len(whole) > 4 && len(whole) == len(a)+1+len(b) && strings.HasPrefix(whole, a) && strings.HasSuffix(whole, b)
}

// standsFor is true for JUANCA and JUAN CARLOS.
func standsFor(one string, several []part) bool {
	full := Variant(one)
	return full != one && full == spaced(several)
}

func joinedText(ps []part) string {
	var stack [64]byte
	b := stack[:0]
	for _, p := range ps {
		b = append(b, p.text...)
	}
	return string(b)
}

func spaced(ps []part) string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.text
	}
	return strings.Join(texts, " ")
}
