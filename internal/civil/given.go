package civil

import (
	"strings"

	"quipu/internal/fault"
)

// Order is the order of day, month and year where digits alone do not tell.
type Order int

// The orders. OrderUnknown reads as DMY and says so with a doubt.
const (
	DMY Order = iota
	MDY
	YMD
	OrderUnknown
)

// Serials says which count of days a spreadsheet's bare number is.
type Serials int

// The counts. Serials1900 is the usual one, Serials1904 that of old Macintosh files.
const (
	NoSerials Serials = iota
	Serials1900
	Serials1904
)

// Doubt is something that a person should look at though the date could be read. Key
// names a message in the catalogue under "doubt.", Args fill its {name} places.
type Doubt struct {
	Key  string
	Args []fault.Arg
}

// The first and last years that a given date may have; the last is counted from Ref.
const (
	FirstYear  = 1850
	yearsAhead = 150
)

// Given reads dates as people give them. Ref is the day on which the date was given:
// years of two digits and ages are reckoned from it. Ahead is how many years after Ref a
// year of two digits may be (0 for a birth, 20 for an expiry).
type Given struct {
	Order   Order
	Ref     Date
	Serials Serials
	Ahead   int
}

// ParseGiven reads a date of the past as people give it; see Given for more choices.
//
// It takes 7/4/1968, 07-04-68, 1968.04.07, 19680407, 7-IV-1968, "7 de abril de 1968",
// "April 7, 1968", "abr-68", 1968, "hacia 1968", "años 60", "57 años", "siete de abril de
// mil novecientos sesenta y ocho", 1968年4月7日, EDTF, and words for "not known". A missing
// part is 0, XX or ??. A filler such as 1/1/1900 is the unknown date with a doubt. What is
// no date, or an impossible one, is a fault that names the reason.
func ParseGiven(s string, order Order, ref Date) (Date, []Doubt, error) {
	return Given{Order: order, Ref: ref}.Parse(s)
}

// Parse reads one date; see ParseGiven.
func (g Given) Parse(s string) (Date, []Doubt, error) {
	r := reading{Given: g, text: strings.TrimSpace(s)}
	groups, n, end := scan(r.text)
	if n > 0 && (end == len(r.text) || isTime(r.text[end:])) {
		d, err := r.numbers(groups, n)
		return d, r.doubts, err
	}
	d, err := r.words()
	if err != nil {
		return Date{}, nil, err
	}
	return d, r.doubts, nil
}

// reading is the work on one text.
type reading struct {
	Given
	text   string
	doubts []Doubt
	short  bool // the year had two digits and its century was inferred
}

func (r *reading) doubt(key string, args ...any) {
	d := Doubt{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		d.Args = append(d.Args, fault.Arg{Name: args[i].(string), Value: args[i+1]})
	}
	r.doubts = append(r.doubts, d)
}

func (r *reading) fail(key string, args ...any) error {
	return fault.New(fault.Invalid, key, append(args, "value", clip(r.text))...)
}

// group is a run of digits: its value and how many digits it has.
type group struct{ n, width int }

// scan reads up to three groups of at most eight digits with one separator between, and
// says how many there are and where it stopped. It is the path of nearly all imported
// rows, so it allocates nothing.
func scan(s string) (g [3]group, n, end int) {
	i := 0
	for n < 3 {
		start, v := i, 0
		for i < len(s) && i-start < 8 && s[i]-'0' <= 9 {
			v = v*10 + int(s[i]-'0')
			i++
		}
		if i == start || i < len(s) && s[i]-'0' <= 9 {
			return g, 0, 0
		}
		g[n] = group{v, i - start}
		n++
		if n == 3 || i+1 >= len(s) || !separates(s[i]) || s[i+1]-'0' > 9 || isTime(s[i:]) {
			break
		}
		i++
	}
	return g, n, i
}

func separates(c byte) bool { return c == '/' || c == '-' || c == '.' || c == ' ' }

// isTime reports whether s is a time of day after a date: "T00:00:00Z", " 0:00".
func isTime(s string) bool {
	if len(s) < 5 || s[0] != 'T' && s[0] != ' ' {
		return false
	}
	colon := strings.IndexByte(s, ':')
	return (colon == 2 || colon == 3) && s[1]-'0' <= 9 && s[colon-1]-'0' <= 9 && s[colon+1]-'0' <= 9
}
