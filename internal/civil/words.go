package civil

import "strings"

// statement is what the words of a text say, before it becomes a date.
type statement struct {
	months            int
	month             int
	groups            [3]group
	n                 int // groups in use
	beforeMonth       int // groups before the month's name
	decade, age       bool
	open              bool // "before", "between": not one date
	season            bool
	approx, uncertain bool
}

// token is a word, or with word empty a number.
type token struct {
	word string
	group
}

// words reads a text that is more than digits and separators.
func (r *reading) words() (Date, error) {
	if d, err := Parse(strings.ToUpper(r.text)); err == nil {
		return r.limited(d)
	}
	folded := foldText(r.text)
	if sq := squeeze(folded); sq == "" || unknownWords[sq] {
		return Date{}, nil
	}
	if len(r.text) > 120 {
		return Date{}, r.fail("civil.unreadable")
	}
	if strings.HasPrefix(folded, "../") || strings.HasSuffix(folded, "/..") {
		return Date{}, r.fail("civil.range")
	}
	if strings.ContainsRune(folded, '年') {
		return r.eastAsian(folded)
	}
	tokens, ok := tokenise(withoutTime(folded))
	if !ok {
		return Date{}, r.fail("civil.unreadable")
	}
	st, err := r.state(tokens)
	if err != nil {
		return Date{}, err
	}
	st.approx = st.approx || strings.ContainsAny(folded, "~%")
	question := strings.Contains(strings.ReplaceAll(folded, "??", ""), "?")
	st.uncertain = st.uncertain || question && !st.decade || strings.Contains(folded, "%")
	return r.conclude(st)
}

// limited applies to stored text what holds for every given date.
func (r *reading) limited(d Date) (Date, error) {
	e, err := r.date(d.Year, d.Month, d.Day)
	if err != nil || !e.Known() {
		return Date{}, err
	}
	return d, nil
}

// state sorts the tokens.
func (r *reading) state(tokens []token) (statement, error) {
	var st statement
	blanks := 0 // one x is October, two are blanks
	for _, t := range tokens {
		if t.word == "x" {
			blanks++
		}
	}
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.word == "" {
			next := ""
			if i+1 < len(tokens) {
				next = tokens[i+1].word
			}
			used, g := suffix(&st, t.group, next)
			if !st.add(g) {
				return st, r.fail("civil.unreadable")
			}
			i += used
			continue
		}
		if g, used := spelled(tokens[i:]); used > 0 {
			if !st.add(g) {
				return st, r.fail("civil.unreadable")
			}
			i += used - 1
			continue
		}
		if t.word == "x" && blanks > 1 {
			t.word = "xx"
		}
		if !st.take(t.word) {
			return st, r.fail("civil.word", "word", clip(t.word))
		}
	}
	return st, nil
}

func (st *statement) add(g group) bool {
	if st.n == len(st.groups) {
		return false
	}
	st.groups[st.n] = g
	st.n++
	return true
}

// suffix reads the word right after a number where the two belong together: 1st, 1960s,
// 196x, "57 años". It says how many words it used.
func suffix(st *statement, g group, next string) (used int, out group) {
	switch {
	case ordinals[next]:
		return 1, g
	case next == "s":
		st.decade = true
		return 1, g
	case g.width == 3 && (next == "x" || next == "decada-abierta"):
		st.decade = true
		return 1, group{g.n * 10, 4}
	case ageWords[next] && g.width <= 3:
		st.age = true
		return 1, g
	}
	return 0, g
}

// take notes what one word says; false when it is not a word of dates.
func (st *statement) take(w string) bool {
	if m := months[w]; m > 0 {
		if st.months == 0 || st.month != m { // passports say "07 ABR/APR 1968"
			st.months++
		}
		st.month, st.beforeMonth = m, st.n
		return true
	}
	switch meaning[w] {
	case isNoise:
	case isAbout:
		st.approx = true
	case isDoubtful:
		st.uncertain = true
	case isOpen:
		st.open = true
	case isSeason:
		st.season, st.approx = true, true
	case isDecade:
		st.decade = true
	default:
		return strings.Trim(w, "x") == "" && st.add(group{0, len(w)})
	}
	return true
}

// conclude makes the date of a statement.
func (r *reading) conclude(st statement) (Date, error) {
	var d Date
	var err error
	switch {
	case st.open || st.months > 1:
		return Date{}, r.fail("civil.range")
	case st.age:
		return r.fromAge(st)
	case st.decade:
		d, err = r.fromDecade(st)
	case st.months == 1:
		d, err = r.withMonth(st)
	case st.n == 0:
		return Date{}, r.fail("civil.unreadable")
	default:
		d, err = r.numbers(st.groups, st.n)
	}
	if err != nil || !d.Known() {
		return Date{}, err
	}
	if st.season {
		r.doubt("civil.part_dropped", "value", r.text)
	}
	d.Approx, d.Uncertain = st.approx, st.uncertain
	return d, nil
}

func (r *reading) fromAge(st statement) (Date, error) {
	if st.n != 1 || st.months > 0 || !r.Ref.Known() || st.groups[0].n > MaxAge {
		return Date{}, r.fail("civil.unreadable")
	}
	r.doubt("civil.from_age", "value", r.text, "age", st.groups[0].n)
	return Date{Year: r.Ref.Year - st.groups[0].n, Approx: true}, nil
}

func (r *reading) fromDecade(st statement) (Date, error) {
	if st.n != 1 || st.months > 0 {
		return Date{}, r.fail("civil.unreadable")
	}
	y, err := r.year(st.groups[0])
	if err != nil {
		return Date{}, err
	}
	if y%10 != 0 {
		return Date{}, r.fail("civil.unreadable")
	}
	d, err := r.date(y, 0, 0)
	d.Decade = d.Known()
	return d, err
}

// withMonth reads a month's name with a year, or with a day and a year on either side.
func (r *reading) withMonth(st statement) (Date, error) {
	a, b := st.groups[0], st.groups[1]
	switch st.n {
	case 0:
		return Date{}, r.fail("civil.no_year")
	case 1:
		if a.width < 2 || a.width == 2 && a.n <= 31 && st.beforeMonth == 1 {
			return Date{}, r.fail("civil.no_year")
		}
		y, err := r.year(a)
		if err != nil {
			return Date{}, err
		}
		if a.width == 2 && a.n >= 1 && a.n <= 31 {
			r.doubt("civil.day_or_year", "value", r.text, "year", y) // "abr-07", "April 07"
		}
		return r.date(y, st.month, 0)
	case 2:
		day, year := a, b
		if a.width == 4 && b.width <= 2 || a.n > 31 && b.n <= 31 {
			day, year = b, a
		}
		y, err := r.year(year)
		if err != nil {
			return Date{}, err
		}
		if day.width > 2 {
			return Date{}, r.fail("civil.unreadable")
		}
		return r.date(y, st.month, day.n)
	}
	return Date{}, r.fail("civil.unreadable")
}

// spelled reads a number in words from the beginning of the tokens, and says how many it
// used: "treinta y uno", "mil novecientos sesenta y ocho". Birth records write so.
func spelled(tokens []token) (g group, used int) {
	total, part, last := 0, 0, 0
	for i, t := range tokens {
		v, ok := numberWords[t.word]
		switch {
		case t.word == "y" && used > 0 && last >= 20 && last < 100:
			continue
		case !ok || total+part+v > 9999:
			return finish(total+part, used)
		case v == 1000:
			total, part = max(part, 1)*1000, 0
		default:
			part += v
		}
		last, used = v, i+1
	}
	return finish(total+part, used)
}

func finish(n, used int) (group, int) {
	if n >= 1000 {
		return group{n, 4}, used
	}
	return group{n, 2}, used
}
