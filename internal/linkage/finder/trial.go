package finder

import (
	"slices"
	"strings"

	"quipu/internal/name"
)

// Trial is a query whose answer is known: the person of a row, asked for in the way that
// Fault names.
type Trial struct {
	Fault string
	Text  string
	Row   uint32
}

// Faults are the ways in which Trials spoils a name.
var Faults = []string{"exact", "typo", "two_typos", "dropped", "order", "sound", "joined", "date"}

// Trials draws n queries from a list of persons, by seed: each is the name of one of rows
// persons, spoilt in one way. "typo" is four words with one slip, "two_typos" with two,
// "dropped" lacks a word and has a slip in another, "order" is shuffled with a slip, "sound"
// has letters that sound alike changed, "joined" has two words written as one, "date" is one
// given name and one surname with the birth date. Persons without enough names are passed
// over; fewer trials come back when there are hardly any others.
func Trials(fault string, n int, seed uint64, rows int, at func(row int) Entry) []Trial {
	c := chance(seed*2654435769 + uint64(slices.Index(Faults, fault)+1))
	out := make([]Trial, 0, n)
	for tries := 0; len(out) < n && tries < 50*n && rows > 0; tries++ {
		row := c.n(rows)
		if text := c.spoil(fault, at(row)); text != "" {
			out = append(out, Trial{fault, text, uint32(row)})
		}
	}
	return out
}

// chance is splitmix64: a domain package draws nothing but from a seed.
type chance uint64

func (c *chance) n(most int) int {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(most))
}

// spoil is the text of a trial; empty when the person's name does not allow it.
func (c *chance) spoil(fault string, e Entry) string {
	givens, surnames := name.Tokens(e.Given), slices.Concat(meaningful(e.Paternal), meaningful(e.Maternal))
	if fault == "date" {
		if len(e.Birth) != 10 || len(givens) == 0 || len(surnames) == 0 {
			return ""
		}
		return c.slip(givens[0]) + " " + surnames[0] + " " + e.Birth[8:] + "/" + e.Birth[5:7] + "/" + e.Birth[:4]
	}
	words := slices.Concat(givens, surnames)
	if len(words) != 4 || len(surnames) != 2 {
		return ""
	}
	i := c.n(4)
	switch fault {
	case "typo":
		words[i] = c.slip(words[i])
	case "two_typos":
		words[i] = c.slip(words[i])
		j := (i + 1 + c.n(3)) % 4
		words[j] = c.slip(words[j])
	case "dropped":
		words[i] = c.slip(words[i])
		j := (i + 1 + c.n(3)) % 4
		words = slices.Delete(words, j, j+1)
	case "order":
		words[i] = c.slip(words[i])
		for k := 3; k > 0; k-- {
			j := c.n(k + 1)
			words[k], words[j] = words[j], words[k]
		}
	case "sound":
		was := strings.Join(words, " ")
		for k := range words {
			words[k] = c.alike(words[k])
		}
		if strings.Join(words, " ") == was {
			return ""
		}
	case "joined":
		words = []string{words[0] + words[1], words[2], words[3]}
	}
	return strings.Join(words, " ")
}

// slip spoils one letter of a word of four letters or more: changed, left out, doubled with
// another, or in the place of its neighbour.
func (c *chance) slip(w string) string {
	if len(w) < 4 {
		return w
	}
	i := c.n(len(w) - 1)
	letter := string(rune('A' + c.n(26)))
	switch c.n(4) {
	case 0:
		return w[:i] + letter + w[i+1:]
	case 1:
		return w[:i] + w[i+1:]
	case 2:
		return w[:i] + letter + w[i:]
	}
	return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
}

// soundsLike are letters that are written for one another.
var soundsLike = [][2]string{{"HUA", "GUA"}, {"QUI", "KI"}, {"LL", "Y"}, {"V", "B"}, {"B", "V"}, {"CC", "K"}, {"Z", "S"}, {"CE", "SE"}, {"CI", "SI"}, {"SH", "CH"}, {"GE", "JE"}, {"J", "Y"}, {"Y", "I"}, {"H", ""}}

// alike writes the first such letters of a word in the other way.
func (c *chance) alike(w string) string {
	k := c.n(len(soundsLike))
	for i := range soundsLike {
		p := soundsLike[(i+k)%len(soundsLike)]
		if strings.Contains(w, p[0]) && name.Sound(strings.Replace(w, p[0], p[1], 1)) == name.Sound(w) {
			return strings.Replace(w, p[0], p[1], 1)
		}
	}
	return w
}
