// Package civil has the dates of an office: days of the calendar without a clock or a
// zone, often known in part, sometimes not at all.
//
// A date is stored as EDTF (ISO 8601-2:2019, level 1, the part named at Parse). Unknown
// is a value of its own; a filler such as 1900-01-01 is never made and never kept.
package civil

import "quipu/internal/fault"

// Date is a date of the Gregorian calendar, known to the day or less.
//
// Year 0 is the unknown date, Month 0 and Day 0 are not known. With Decade, Year is the
// first of ten years. Approx is EDTF's ~ ("about"), Uncertain its ? ("if the source is
// right"). The zero Date is the unknown date. Dates compare with ==.
type Date struct {
	Year, Month, Day  int
	Decade            bool
	Approx, Uncertain bool
}

// Precision is how closely a date is known.
type Precision int

// The precisions, from none to the day.
const (
	PrecisionNone Precision = iota
	PrecisionDecade
	PrecisionYear
	PrecisionMonth
	PrecisionDay
)

// Known reports whether anything is known of the date.
func (d Date) Known() bool { return d.Year != 0 }

// Full reports whether the date is known to the day.
func (d Date) Full() bool { return d.Year != 0 && d.Day != 0 }

// Precision says how closely d is known.
func (d Date) Precision() Precision {
	switch {
	case d.Year == 0:
		return PrecisionNone
	case d.Decade:
		return PrecisionDecade
	case d.Month == 0:
		return PrecisionYear
	case d.Day == 0:
		return PrecisionMonth
	}
	return PrecisionDay
}

// Valid reports whether d is a date that Parse could have made.
func (d Date) Valid() bool {
	switch d.Precision() {
	case PrecisionNone:
		return d == Date{}
	case PrecisionDecade:
		return d.Month == 0 && d.Day == 0 && d.Year%10 == 0 && inYears(d.Year)
	case PrecisionYear:
		return d.Day == 0 && inYears(d.Year)
	}
	return inYears(d.Year) && d.Month >= 1 && d.Month <= 12 &&
		d.Day >= 0 && d.Day <= DaysIn(d.Year, d.Month)
}

func inYears(y int) bool { return y >= 1 && y <= 9999 }

// Earliest is the first day that d can be; the unknown date when d is unknown. The marks
// Approx and Uncertain do not widen it: nobody said by how much.
func (d Date) Earliest() Date {
	if !d.Known() {
		return Date{}
	}
	return Date{Year: d.Year, Month: max(d.Month, 1), Day: max(d.Day, 1)}
}

// Latest is the last day that d can be; the unknown date when d is unknown.
func (d Date) Latest() Date {
	e := Date{Year: d.Year, Month: d.Month, Day: d.Day}
	switch d.Precision() {
	case PrecisionNone:
		return Date{}
	case PrecisionDecade:
		e.Year, e.Month = d.Year+9, 12
	case PrecisionYear:
		e.Month = 12
	}
	if e.Day == 0 {
		e.Day = DaysIn(e.Year, e.Month)
	}
	return e
}

// Compare orders dates by their earliest day, then the vaguer first, then the plain
// before the marked. The unknown date comes before all. It is 0 only for equal dates.
func Compare(a, b Date) int {
	if c := a.Earliest().ordinal() - b.Earliest().ordinal(); c != 0 {
		return sign(c)
	}
	if c := int(a.Precision()) - int(b.Precision()); c != 0 {
		return sign(c)
	}
	return sign(a.marks() - b.marks())
}

// Before reports whether the whole of d lies before the whole of e. It is false when
// either is unknown, and when they overlap.
func (d Date) Before(e Date) bool {
	return d.Known() && e.Known() && d.Latest().ordinal() < e.Earliest().ordinal()
}

// After reports whether the whole of d lies after the whole of e.
func (d Date) After(e Date) bool { return e.Before(d) }

// ordinal orders full dates; it is not a count of days.
func (d Date) ordinal() int { return d.Year*10000 + d.Month*100 + d.Day }

func (d Date) marks() int {
	m := 0
	if d.Approx {
		m |= 1
	}
	if d.Uncertain {
		m |= 2
	}
	return m
}

func sign(n int) int { return min(max(n, -1), 1) }

// String is d in EDTF; Parse reads it back to the same value.
func (d Date) String() string {
	var buf [16]byte
	return string(d.append(buf[:0]))
}

func (d Date) append(b []byte) []byte {
	if !d.Known() {
		return append(b, "XXXX"...)
	}
	b = appendDigits(b, d.Year, 4)
	if d.Decade {
		b[len(b)-1] = 'X'
	}
	if d.Month != 0 {
		b = appendDigits(append(b, '-'), d.Month, 2)
	}
	if d.Day != 0 {
		b = appendDigits(append(b, '-'), d.Day, 2)
	}
	switch d.marks() {
	case 1:
		b = append(b, '~')
	case 2:
		b = append(b, '?')
	case 3:
		b = append(b, '%')
	}
	return b
}

func appendDigits(b []byte, n, width int) []byte {
	for p := pow10(width - 1); p > 0; p /= 10 {
		b = append(b, byte('0'+n/p%10))
	}
	return b
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

// MarshalText writes EDTF. A date that Parse could not have made is refused.
func (d Date) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, fault.New(fault.Internal, "civil.broken", "year", d.Year, "month", d.Month, "day", d.Day)
	}
	return d.append(make([]byte, 0, 12)), nil
}

// UnmarshalText reads EDTF; an empty text is the unknown date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	v, err := Parse(string(text))
	if err == nil {
		*d = v
	}
	return err
}
