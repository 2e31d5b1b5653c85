package window

import (
	"strings"

	"quipu/internal/doc"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// zoneView is what was read out of the box: the check digits of a document, or in words
// what the text was taken for.
type zoneView struct {
	Checks []ui.Option // Label names the check, Hint says how it went
	Notes  []string
}

// Any reports whether there is something to show.
func (z zoneView) Any() bool { return len(z.Checks)+len(z.Notes) > 0 }

// readScan fills the form from what was scanned, pasted or typed into the box: the zone of
// a document, a DNI, or the name of somebody to look for.
func (p *registerScreen) readScan(w desk.Words) {
	text := strings.TrimSpace(p.Scan)
	if text == "" {
		text = p.MRZ
	}
	switch {
	case text == "":
	case strings.Contains(text, "<"):
		p.MRZ, p.Scan = text, ""
		p.readZone(w)
	case isDNI(text):
		p.DocType, p.DocNumber, p.Scan = doc.TypeDNI, text, ""
		p.Zone.Notes = append(p.Zone.Notes, w.T("window.read.dni"))
	default:
		p.Zone.Notes = append(p.Zone.Notes, w.T("window.read.text"))
	}
}

func isDNI(text string) bool {
	_, err := doc.ParseDNI(text)
	return err == nil
}

// readZone fills the form from the zone. A check digit that does not hold is shown and
// stops nothing: cards wear out.
func (p *registerScreen) readZone(w desk.Words) {
	z, err := doc.Parse(p.MRZ, w.Today.Year)
	if err != nil {
		p.Scan = p.MRZ
		p.MRZ = ""
		p.place(err)
		p.Errors[len(p.Errors)-1].Field = "scan"
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
	if _, number, ok := z.NationalNumber(); ok && p.DocType != doc.TypeDNI {
		p.IDNumber = number
	}
	for _, c := range z.Checks {
		how := "officer.mrz.holds"
		if !c.OK {
			how = "officer.mrz.fails"
		}
		p.Zone.Checks = append(p.Zone.Checks, ui.Option{Label: w.T("officer.mrz.check." + c.Field), Hint: w.T(how), Checked: c.OK})
	}
	note := func(when bool, key string) {
		if when {
			p.Zone.Notes = append(p.Zone.Notes, w.T(key))
		}
	}
	note(true, "officer.mrz.accents")
	note(z.Truncated, "officer.mrz.truncated")
	note(!split.Sure, "officer.mrz.split")
	note(z.Birth.Unreadable || z.Expiry.Unreadable, "officer.mrz.dates")
	p.Start = "surname_maternal"
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
