package civil

import "quipu/internal/fault"

// Parse reads a date as it is stored: 1968, 1968-04, 1968-04-07, 196X (a decade) and XXXX
// (unknown), with ~ (approximate), ? (uncertain) or % (both) at the end. 1968-04-XX and
// 1968-XX-XX are read as 1968-04 and 1968. It takes nothing else: no season, no interval,
// no year outside 0001 to 9999. For what people write, see ParseGiven.
func Parse(s string) (Date, error) {
	d, body := unmark(s)
	if body == "XXXX" && body == s {
		return Date{}, nil
	}
	if !parseBody(&d, body) {
		return Date{}, fault.New(fault.Invalid, "civil.not_edtf", "value", clip(s))
	}
	if d.Month > 12 {
		return Date{}, fault.New(fault.Invalid, "civil.month", "month", d.Month, "value", clip(s))
	}
	if d.Day > 0 && d.Day > DaysIn(d.Year, d.Month) {
		return Date{}, fault.New(fault.Invalid, "civil.day", "day", d.Day, "month", d.Month, "year", d.Year, "value", clip(s))
	}
	return d, nil
}

// unmark takes the qualifying mark off the end of s.
func unmark(s string) (Date, string) {
	if s == "" {
		return Date{}, s
	}
	body := s[:len(s)-1]
	switch s[len(s)-1] {
	case '~':
		return Date{Approx: true}, body
	case '?':
		return Date{Uncertain: true}, body
	case '%':
		return Date{Approx: true, Uncertain: true}, body
	}
	return Date{}, s
}

// parseBody fills d from YYYY, YYYX, YYYY-MM or YYYY-MM-DD and says whether the form is
// right. Month and day are only known to be digits.
func parseBody(d *Date, s string) bool {
	if len(s) == 4 && s[3] == 'X' {
		y, ok := digits(s[:3])
		d.Year, d.Decade = y*10, true
		return ok && y > 0
	}
	if len(s) != 4 && (len(s) != 7 || s[4] != '-') && (len(s) != 10 || s[4] != '-' || s[7] != '-') {
		return false
	}
	y, ok := digits(s[:4])
	if !ok || y == 0 {
		return false
	}
	d.Year = y
	month, day := "XX", "XX"
	if len(s) >= 7 {
		month = s[5:7]
	}
	if len(s) == 10 {
		day = s[8:10]
	}
	if month == "XX" {
		return day == "XX" && len(s) != 7
	}
	if d.Month, ok = digits(month); !ok || d.Month == 0 {
		return false
	}
	if day == "XX" {
		return true
	}
	d.Day, ok = digits(day)
	return ok && d.Day > 0
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

// clip keeps a long text out of a message.
func clip(s string) string {
	n := 0
	for i := range s {
		if n == 60 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
