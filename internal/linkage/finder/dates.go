package finder

import "quipu/internal/civil"

// day is a birth date in 23 bits: year, month, day; months and days that are not known are
// 0, and 0 is the unknown date. Decades are not kept.
type day uint32

func dayOf(d civil.Date) day {
	if !d.Known() || d.Decade {
		return 0
	}
	return newDay(d.Year, d.Month, d.Day)
}

func newDay(year, month, dom int) day { return day(year<<9 | month<<5 | dom) }

func (d day) year() int  { return int(d >> 9) }
func (d day) month() int { return int(d >> 5 & 15) }
func (d day) dom() int   { return int(d & 31) }
func (d day) full() bool { return d.month() != 0 && d.dom() != 0 }

// agreement is how a birth date asked for and a person's are alike.
type agreement uint8

const (
	dateOther   agreement = iota
	dateMissing           // one of them is not known
	dateYear              // the same year, nothing else
	dateNear              // one digit differs, or the year by one
	dateSwapped           // day and month changed places
	datePart              // as far as both are known they are equal
	dateSame
)

// dateWorth is the share of the date's weight that an agreement earns.
var dateWorth = [...]float64{dateOther: 0, dateMissing: 0.4, dateYear: 0.3, dateNear: 0.75, dateSwapped: 0.85, datePart: 0.9, dateSame: 1}

func agree(q, p day) agreement {
	switch {
	case q == 0 || p == 0:
		return dateMissing
	case q == p:
		return dateSame
	case q.month() == 0 || p.month() == 0:
		if q.year() == p.year() {
			return datePart
		}
	case q.dom() == 0 || p.dom() == 0:
		if q.year() == p.year() && q.month() == p.month() {
			return datePart
		}
	case q.year() == p.year() && q.month() == p.dom() && q.dom() == p.month():
		return dateSwapped
	case slipped(q, p):
		return dateNear
	}
	if q.year() == p.year() {
		return dateYear
	}
	return dateOther
}

// slipped reports whether two full dates differ in one digit, in two neighbouring digits of
// one part that changed places, or in the year by one.
func slipped(a, b day) bool {
	same := 0
	near := false
	for _, part := range [3][2]int{{a.year(), b.year()}, {a.month(), b.month()}, {a.dom(), b.dom()}} {
		if part[0] == part[1] {
			same++
		} else {
			near = oneDigit(part[0], part[1])
		}
	}
	d := a.year() - b.year()
	return same == 2 && (near || d == 1 || d == -1)
}

// oneDigit reports whether two numbers of up to four digits differ in one digit or in two
// neighbours that changed places.
func oneDigit(a, b int) bool {
	var x, y [4]int
	diff, first := 0, -1
	for i := range 4 {
		x[i], y[i] = a%10, b%10
		a, b = a/10, b/10
		if x[i] != y[i] {
			diff++
			if first < 0 {
				first = i
			}
		}
	}
	return diff == 1 || diff == 2 && first < 3 && x[first] == y[first+1] && x[first+1] == y[first]
}

// births finds rows by birth date.
type births struct {
	rows  map[day][]uint32
	years map[int][]day // the dates of a year that somebody has or had
}

func newBirths() births { return births{map[day][]uint32{}, map[int][]day{}} }

func (b births) add(d day, row uint32) {
	if d == 0 {
		return
	}
	list, known := b.rows[d]
	if !known {
		b.years[d.year()] = append(b.years[d.year()], d)
	}
	b.rows[d] = withRow(list, row)
}

func (b births) remove(d day, row uint32) {
	if d != 0 {
		b.rows[d] = withoutRow(b.rows[d], row)
	}
}

// near calls f with the rows of every date that agrees with q in more than the year; a q
// that is only a year agrees with every date of it.
func (b births) near(q day, f func(rows []uint32)) {
	for y, dates := range b.years {
		if y != q.year() && !oneDigit(y, q.year()) && y != q.year()+1 && y != q.year()-1 {
			continue
		}
		for _, d := range dates {
			if agree(q, d) >= dateNear {
				f(b.rows[d])
			}
		}
	}
}
