package finder

import (
	"strings"

	"quipu/internal/civil"
	"quipu/internal/name"
)

// Bounds of a query: what is beyond is not read.
const (
	mostText  = 1000 // bytes
	mostNames = 14
	mostWords = 24
)

// word is one word of a query with the role that it was asked in.
type word struct {
	text  string
	role  role
	asked bool // it stood in a field of its own, not in free text
	open  bool // it may be the beginning of a longer one
}

// number is a document, telephone or address asked for.
type number struct {
	plain string
	kinds []keyKind
}

// asked is a query as it is understood.
type asked struct {
	words   []word
	birth   day
	numbers []number
}

// understand reads a query.
func understand(q Query) (a asked) {
	text := q.Text
	if len(text) > mostText {
		text = strings.ToValidUTF8(text[:mostText], "")
	}
	text = a.addresses(text)
	text = a.dates(text)
	text = a.digits(text)
	a.text(text, !q.Whole && !strings.HasSuffix(q.Text, " "))
	for as, part := range []string{given: q.Given, paternal: q.Paternal, maternal: q.Maternal} {
		if !name.Missing(part) {
			a.part(role(as), part, !q.Whole && !strings.HasSuffix(part, " "))
		}
	}
	for _, w := range name.Tokens(q.Place) {
		a.word(word{text: placeMark + w, role: place, asked: true})
	}
	for i, text := range q.Extra {
		for _, w := range name.Tokens(text) {
			a.word(word{text: extraMark(i) + w, role: extra, asked: true})
		}
	}
	if d, ok := birthIn(q.Birth); ok {
		a.birth = d
	}
	for _, n := range q.Documents {
		a.number(plainDocument(n), document)
	}
	for _, n := range q.Phones {
		a.number(plainPhone(n), phone)
	}
	for _, n := range q.Emails {
		a.number(plainEmail(n), email)
	}
	return a
}

func (a *asked) word(w word) {
	if len(a.words) < mostNames || w.role == extra && len(a.words) < mostWords {
		a.words = append(a.words, w)
	}
}

func (a *asked) number(plain string, kinds ...keyKind) {
	if plain != "" && len(a.numbers) < 8 {
		a.numbers = append(a.numbers, number{plain, kinds})
	}
}

// text takes the words of free text; the last may be unfinished.
func (a *asked) text(text string, open bool) {
	words := meaningful(text)
	for i, w := range words {
		a.word(word{text: w, open: open && i == len(words)-1})
	}
}

func (a *asked) part(as role, text string, open bool) {
	words := meaningful(text)
	for i, w := range words {
		a.word(word{text: w, role: as, asked: true, open: open && i == len(words)-1})
	}
}

// addresses takes e-mail addresses out of the text.
func (a *asked) addresses(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	fields := strings.Fields(text)
	rest := fields[:0]
	for _, f := range fields {
		if i := strings.IndexByte(f, '@'); i > 0 && i < len(f)-1 {
			a.number(plainEmail(strings.Trim(f, ",;<>()")), email)
		} else {
			rest = append(rest, f)
		}
	}
	return strings.Join(rest, " ")
}

// digits takes numbers of documents and telephones out of the text: every field with five
// digits or more, and groups of digits that follow one another.
func (a *asked) digits(text string) string {
	var rest []string
	run := ""
	end := func() {
		if len(run) >= 5 {
			a.number(run, document, phone)
		} else if run != "" {
			rest = append(rest, run)
		}
		run = ""
	}
	for _, f := range strings.Fields(text) {
		plain := plainDocument(strings.TrimLeft(f, "+"))
		n := 0
		for i := range len(plain) {
			if plain[i] >= '0' && plain[i] <= '9' {
				n++
			}
		}
		switch {
		case n > 0 && n == len(plain) && n < 9:
			if len(run)+n > 15 || len(run) >= 8 {
				end()
			}
			run += plain
		case n >= 5:
			end()
			a.number(plain, document, phone)
		default:
			end()
			rest = append(rest, f)
		}
	}
	end()
	return strings.Join(rest, " ")
}

// dates takes a birth date out of the text: the longest run of up to five fields that reads
// as one, "27/03/1985", "27 de marzo de 1985", "marzo 1985" or the year alone.
func (a *asked) dates(text string) string {
	fields := strings.Fields(text)
	for length := min(5, len(fields)); length > 0; length-- {
		for i := 0; i+length <= len(fields); i++ {
			d, ok := dateIn(strings.Join(fields[i:i+length], " "))
			if !ok || length == 2 && digits(fields[i]) && digits(fields[i+1]) {
				continue
			}
			a.birth = d
			return strings.Join(append(fields[:i:i], fields[i+length:]...), " ")
		}
	}
	return text
}

// today is the day to which years of two digits belong; a birth lies before it.
var today = civil.Date{Year: 2035, Month: 1, Day: 1}

// birthIn reads the field of a birth date.
func birthIn(s string) (day, bool) {
	d, err := civil.Parse(strings.TrimSpace(s))
	if err != nil {
		d, _, err = civil.Given{Ref: today}.Parse(s)
	}
	return dayOf(d), err == nil && d.Known() && !d.Decade
}

// dateIn reads one date within a text, as it is stored or as people give it. Bare numbers of more than four
// digits are numbers of documents.
func dateIn(s string) (day, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 40 || !strings.ContainsAny(s, "0123456789") {
		return 0, false
	}
	if d, err := civil.Parse(s); err == nil && plausible(d) {
		return dayOf(d), true
	}
	if digits(s) && len(s) != 4 {
		return 0, false
	}
	if !datelike(s) {
		return 0, false
	}
	d, doubts, err := civil.Given{Ref: today}.Parse(s)
	if err != nil || !plausible(d) || d.Decade || d.Approx || len(doubts) > 1 {
		return 0, false
	}
	return dayOf(d), true
}

func plausible(d civil.Date) bool { return d.Year >= 1880 && d.Year <= today.Year }

// datelike reports whether s has three numbers, or a word and a year: JUAN 5 is no date.
func datelike(s string) bool {
	groups, year, words := 0, false, 0
	for _, g := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" /-.,", r) }) {
		switch {
		case digits(g):
			groups++
			year = year || len(g) == 4
		default:
			words++
		}
	}
	return groups >= 3 && words == 0 || year && groups <= 2 && words <= 3
}
