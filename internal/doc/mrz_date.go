package doc

import (
	"fmt"
	"strconv"

	"quipu/internal/civil"
)

// MRZDate is a date of the zone: the six characters as read, and its parts with 0 for one
// that is unknown ("<<") or cannot be (month 13). The century is a guess from the
// reference year.
type MRZDate struct {
	Raw              string // YYMMDD
	Year, Month, Day int
	Unreadable       bool // some part is neither digits nor "<<", or is no date
}

// EDTF is the date in the form that package civil stores: 1974-08-12, 1974-08, 1974 or
// XXXX. A day without its month, or a month without its year, is left out.
func (d MRZDate) EDTF() string {
	switch {
	case d.Year == 0:
		return "XXXX"
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// readDate splits YYMMDD; century turns the two digits of the year into four.
func readDate(raw string, century func(yy int) int) MRZDate {
	d := MRZDate{Raw: raw}
	part := func(s string, lo, hi int) int {
		n, err := strconv.Atoi(s)
		switch {
		case s == "<<":
			return -1
		case err != nil || !allDigits(s) || n < lo || n > hi:
			d.Unreadable = true
			return -1
		}
		return n
	}
	if yy := part(raw[:2], 0, 99); yy >= 0 {
		d.Year = century(yy)
	}
	d.Month = max(0, part(raw[2:4], 1, 12))
	d.Day = max(0, part(raw[4:], 1, 31))
	if d.Month > 0 && d.Day > civil.DaysIn(d.Year, d.Month) {
		d.Day, d.Unreadable = 0, true
	}
	return d
}

// latestYear is the last year not after ref that ends in yy: nobody is born in the
// future. A person over a hundred comes out too young.
func latestYear(yy, ref int) int {
	y := ref - mod100(ref) + yy
	if y > ref {
		y -= 100
	}
	return max(y, 0)
}

// nearestYear is the year ending in yy that is nearest to ref, the later of two.
func nearestYear(yy, ref int) int {
	return latestYear(yy, ref+50)
}

func mod100(n int) int { return ((n % 100) + 100) % 100 }
