package rights

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"quipu/internal/civil"
)

// Calendar says which days are working days.
type Calendar struct{ holidays []holiday }

// holiday is one row: the same day of every year, a number of days from Easter, or one date.
type holiday struct {
	month, day int
	easter     bool
	offset     int
	once       civil.Date
	valid      civil.Period
}

func parseHoliday(rule, from, to string) (h holiday, err error) {
	if h.valid, err = civil.ParsePeriod(from + "/" + to); err != nil {
		return h, err
	}
	if rest, ok := strings.CutPrefix(rule, "easter"); ok {
		h.easter = true
		if rest != "" {
			h.offset, err = strconv.Atoi(rest)
		}
		return h, err
	}
	if d, err := civil.Parse(rule); err == nil && d.Full() {
		h.once = d
		return h, nil
	}
	if _, err := fmt.Sscanf(rule, "%02d-%02d", &h.month, &h.day); err != nil || h.month < 1 || h.month > 12 || h.day < 1 || h.day > civil.DaysIn(2000, h.month) {
		return h, fmt.Errorf("%q is not the rule of a holiday", rule)
	}
	return h, nil
}

func (h holiday) is(d civil.Date) bool {
	if h.valid.From.Known() && d.Before(h.valid.From) || h.valid.To.Known() && d.After(h.valid.To) {
		return false
	}
	switch {
	case h.once.Known():
		return d == h.once
	case h.easter:
		return d == easter(d.Year).AddDays(h.offset)
	}
	return d.Month == h.month && d.Day == h.day
}

// easter is Easter Sunday of the Gregorian calendar: the Sunday after the full moon, as the
// tables of the calendar reckon it, on or after 21 March.
func easter(year int) civil.Date {
	golden, century := year%19, year/100
	epact := (century - century/4 - (8*century+13)/25 + 19*golden + 15) % 30
	moon := epact - epact/28*(1-29/(epact+1)*((21-golden)/11))
	sunday := moon - (year+year/4+moon+2-century+century/4)%7
	month := 3 + (sunday+40)/44
	return civil.Date{Year: year, Month: month, Day: sunday + 28 - 31*(month/4)}
}

// Working reports whether a full date is a working day.
func (c *Calendar) Working(d civil.Date) bool {
	if w := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	for _, h := range c.holidays {
		if h.is(d) {
			return false
		}
	}
	return true
}

// Add is the n-th working day after d.
func (c *Calendar) Add(d civil.Date, n int) civil.Date {
	for n > 0 && d.Full() {
		if d = d.AddDays(1); c.Working(d) {
			n--
		}
	}
	return d
}

// mostDays bounds what is counted: nobody needs to know how late beyond some years.
const mostDays = 4000

// Between counts the working days after a, up to and with b; negative when b is first.
func (c *Calendar) Between(a, b civil.Date) (n int) {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	for i := 0; a.Before(b) && i < mostDays; i++ {
		if a = a.AddDays(1); c.Working(a) {
			n++
		}
	}
	return n
}
