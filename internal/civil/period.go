package civil

import (
	"strings"

	"quipu/internal/fault"
)

// Period is a stretch of days, both ends included. An unknown From has no beginning, an
// unknown To no end. A partial end takes in the whole of what it names: To 2007 runs to
// 31 December 2007.
type Period struct {
	From, To Date
}

// Contains reports whether the whole of d surely lies in p; never so for the unknown date.
func (p Period) Contains(d Date) bool {
	if !d.Known() {
		return false
	}
	return (!p.From.Known() || d.Earliest().ordinal() >= p.From.Earliest().ordinal()) &&
		(!p.To.Known() || d.Latest().ordinal() <= p.To.Latest().ordinal())
}

// Overlaps reports whether p and q have a day in common.
func (p Period) Overlaps(q Period) bool {
	return startsBy(p.From, q.To) && startsBy(q.From, p.To)
}

// startsBy reports whether a beginning comes no later than an end.
func startsBy(from, to Date) bool {
	return !from.Known() || !to.Known() || from.Earliest().ordinal() <= to.Latest().ordinal()
}

// Valid reports whether both ends are valid and the end does not come before the beginning.
func (p Period) Valid() bool {
	return p.From.Valid() && p.To.Valid() && startsBy(p.From, p.To)
}

// String is p as an EDTF interval, with ".." for an open end: 2004-06/..
func (p Period) String() string { return endText(p.From) + "/" + endText(p.To) }

func endText(d Date) string {
	if !d.Known() {
		return ".."
	}
	return d.String()
}

// ParsePeriod reads what String writes.
func ParsePeriod(s string) (Period, error) {
	from, to, ok := strings.Cut(s, "/")
	if !ok {
		return Period{}, fault.New(fault.Invalid, "civil.not_period", "value", clip(s))
	}
	var p Period
	var err error
	if p.From, err = parseEnd(from); err != nil {
		return Period{}, err
	}
	if p.To, err = parseEnd(to); err != nil {
		return Period{}, err
	}
	if !p.Valid() {
		return Period{}, fault.New(fault.Invalid, "civil.period_backwards", "value", clip(s))
	}
	return p, nil
}

func parseEnd(s string) (Date, error) {
	if s == ".." || s == "" {
		return Date{}, nil
	}
	return Parse(s)
}

// MarshalText writes the EDTF interval.
func (p Period) MarshalText() ([]byte, error) {
	if !p.Valid() {
		return nil, fault.New(fault.Internal, "civil.period_backwards", "value", p.String())
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads the EDTF interval.
func (p *Period) UnmarshalText(text []byte) error {
	v, err := ParsePeriod(string(text))
	if err == nil {
		*p = v
	}
	return err
}
