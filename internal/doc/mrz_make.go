package doc

import (
	"strings"

	"quipu/internal/fault"
)

// Fields are the contents of a zone to write. Everything is in A-Z, 0-9 and "<"; names
// are already transliterated (name.MRZ), words joined by "<".
type Fields struct {
	Code, Issuer, Number, Nationality string
	Birth, Expiry                     string // YYMMDD, "<<" for an unknown part
	Sex                               string // "M", "F" or "X"
	Optional, Optional2               string // Optional2 in TD1 only
	Primary, Secondary                string
}

// MakeTD1 writes the three lines of a card, joined by line breaks, with check digits.
func MakeTD1(f Fields) (string, error) { return layouts[0].write(f) }

// MakeTD2 writes the two lines of a larger card.
func MakeTD2(f Fields) (string, error) { return layouts[1].write(f) }

// MakeTD3 writes the two lines of a passport.
func MakeTD3(f Fields) (string, error) { return layouts[2].write(f) }

func (l layout) write(f Fields) (string, error) {
	if f.Sex == "X" {
		f.Sex = "<"
	}
	optional, numberCheck := f.Optional, string(CheckDigit(f.Number))
	number := f.Number
	if w := l.number.width(); l.overflow && len(number) > w {
		optional = number[w:] + numberCheck + "<" + f.Optional
		number, numberCheck = number[:w], "<"
	}
	z := zone{rows: make([][]byte, l.lines)}
	for i := range z.rows {
		z.rows[i] = []byte(strings.Repeat("<", l.width))
	}
	z.put(l.code, "code", f.Code)
	z.put(l.issuer, "issuer", f.Issuer)
	z.put(l.number, "number", number)
	z.put(l.numberCheck, "number", numberCheck)
	z.put(l.nationality, "nationality", f.Nationality)
	z.put(l.birth, "birth", f.Birth)
	z.put(l.birthCheck, "birth", string(CheckDigit(f.Birth)))
	z.put(l.sex, "sex", f.Sex)
	z.put(l.expiry, "expiry", f.Expiry)
	z.put(l.expiryCheck, "expiry", string(CheckDigit(f.Expiry)))
	z.put(l.optional, "optional", optional)
	z.put(l.optional2, "optional", f.Optional2)
	if optional != "" && l.optionalCheck.to > 0 {
		z.put(l.optionalCheck, "optional", string(CheckDigit(optional)))
	}
	z.put(l.names, "names", fitNames(f.Primary, f.Secondary, l.names.width()))
	z.put(l.composite, "composite", string(CheckDigit(l.compose(z.lines()))))
	return strings.Join(z.lines(), "\n"), z.err
}

// zone is the grid being written, and the first thing that did not fit.
type zone struct {
	rows [][]byte
	err  error
}

func (z *zone) put(at span, field, text string) {
	if z.err != nil {
		return
	}
	for i := range len(text) {
		if c := text[i]; c != '<' && charValue(c) == 0 && c != '0' {
			z.err = fault.New(fault.Invalid, "doc.mrz_field_character", "field", field, "text", text).On(field)
			return
		}
	}
	if len(text) > at.width() {
		z.err = fault.New(fault.Invalid, "doc.mrz_field_length", "field", field, "text", text, "max", at.width()).On(field)
		return
	}
	copy(z.rows[at.line][at.from:], text)
}

func (z *zone) lines() []string {
	out := make([]string, len(z.rows))
	for i, r := range z.rows {
		out[i] = string(r)
	}
	return out
}

// fitNames joins the two groups and cuts them to width. What is cut ends in a letter, so
// that a reader can see that it was cut (Doc 9303-4, truncation of names): where a filler
// would come last, the longest word gives up a letter.
func fitNames(primary, secondary string, width int) string {
	if secondary != "" && len(primary) > width-3 {
		primary = strings.TrimRight(primary[:width-3], "<") // one given letter must show
	}
	s := primary
	if secondary != "" {
		s += "<<" + secondary
	}
	for len(s) > width && s[width-1] == '<' {
		at, run := 0, 0
		for i, best := 0, 0; i < width; i++ {
			if run++; s[i] == '<' {
				run = 0
			}
			if run > best {
				best, at = run, i
			}
		}
		s = s[:at] + s[at+1:]
	}
	return s[:min(len(s), width)]
}
