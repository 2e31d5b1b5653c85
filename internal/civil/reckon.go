package civil

import "time"

// MaxAge is the age in years that no person passes; the upper end of an unknown age.
const MaxAge = 150

// FromTime is the day of t in t's own zone.
func FromTime(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: int(m), Day: d}
}

// DaysIn is the number of days of a month, 1 to 12, in the Gregorian calendar.
func DaysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// AddYears moves d by n years. 29 February becomes the 28th where there is none. What
// leaves the years 1 to 9999 is unknown.
func (d Date) AddYears(n int) Date {
	if !d.Known() || !inYears(d.Year+n) {
		return Date{}
	}
	d.Year += n
	if d.Decade && n%10 != 0 {
		// Ten years moved by less than ten are no longer a decade of the calendar.
		d.Year, d.Decade, d.Approx = min(d.Year+5, 9999), false, true
	}
	if d.Day > 0 {
		d.Day = min(d.Day, DaysIn(d.Year, d.Month))
	}
	return d
}

// AddDays moves a full date by n days and keeps its marks. The sum of days and a date
// that is not full is unknown.
func (d Date) AddDays(n int) Date {
	if !d.Full() {
		return Date{}
	}
	e := FromTime(d.midnight().AddDate(0, 0, n))
	if !inYears(e.Year) {
		return Date{}
	}
	e.Approx, e.Uncertain = d.Approx, d.Uncertain
	return e
}

// DaysBetween counts the days from a to b, negative when b is first. It is not ok unless
// both are full.
func DaysBetween(a, b Date) (days int, ok bool) {
	if !a.Full() || !b.Full() {
		return 0, false
	}
	return int((b.midnight().Unix() - a.midnight().Unix()) / 86400), true
}

func (d Date) midnight() time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// AgeRange is the least and the greatest age in completed years that somebody born on
// birth can have on the day on; either may be partial. It is 0 to MaxAge when one is
// unknown, and 0 for the time before birth. Somebody born on 29 February completes a year
// on 1 March where there is no such day.
func AgeRange(birth, on Date) (least, greatest int) {
	if !birth.Known() || !on.Known() {
		return 0, MaxAge
	}
	least = completed(birth.Latest(), on.Earliest())
	greatest = completed(birth.Earliest(), on.Latest())
	return max(least, 0), max(greatest, 0)
}

// completed counts the years from one full date to another.
func completed(from, to Date) int {
	n := to.Year - from.Year
	if to.Month*100+to.Day < from.Month*100+from.Day {
		n--
	}
	return n
}
