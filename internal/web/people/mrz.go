package people

import (
	"strings"

	"quipu/internal/doc"
	"quipu/internal/web/ui"
)

// readMRZ fills the form from the zone that was pasted or scanned into it. A check digit
// that does not hold is shown and stops nothing: cards wear out.
func (p *registerScreen) readMRZ(w words) {
	z, err := doc.Parse(p.MRZ, w.Today.Year)
	if err != nil {
		p.place(err)
		p.Errors[len(p.Errors)-1].Field = "document.mrz"
		return
	}
	p.MRZ = strings.Join(z.Lines, "\n")
	split := z.Surnames()
	p.Paternal, p.Maternal, p.Given = proper(split.Paternal), proper(split.Maternal), proper(z.GivenNames())
	if split.Married != "" {
		p.Married = proper(split.Married)
	}
	p.Birth, p.DocExpires = ui.PartsOf(z.Birth.EDTF()), ui.PartsOf(z.Expiry.EDTF())
	p.Sex, p.DocType, p.DocNumber, p.DocIssuer = z.Sex, z.Type(), z.Number, z.Issuer
	if _, number, ok := z.NationalNumber(); ok {
		p.IDNumber = number
	}
	for _, c := range z.Checks {
		how := "officer.mrz.holds"
		if !c.OK {
			how = "officer.mrz.fails"
		}
		p.MRZChecks = append(p.MRZChecks, ui.Option{Label: w.T("officer.mrz.check." + c.Field), Hint: w.T(how), Checked: c.OK})
	}
	note := func(when bool, key string) {
		if when {
			p.MRZNotes = append(p.MRZNotes, w.T(key))
		}
	}
	note(true, "officer.mrz.accents")
	note(z.Truncated, "officer.mrz.truncated")
	note(!split.Sure, "officer.mrz.split")
	note(z.Birth.Unreadable || z.Expiry.Unreadable, "officer.mrz.dates")
}

// small are the words of a surname that Spanish writes in lower case.
var small = map[string]bool{"DE": true, "DEL": true, "LA": true, "LAS": true, "LOS": true, "Y": true, "VDA": true}

// proper writes a name of the zone, which has only capitals, as people write names; the
// officer adds the accents, which the zone has not.
func proper(s string) string {
	words := strings.Fields(s)
	for i, word := range words {
		low := strings.ToLower(word)
		if !small[word] && low != "" {
			low = word[:1] + low[1:]
		}
		words[i] = low
	}
	return strings.Join(words, " ")
}
