package render

import (
	"bytes"
	"image"
	_ "image/jpeg" // photographs of records
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"quipu/internal/app/rights"
	"quipu/internal/app/wording"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// book is a document of many pages, read from top to bottom: what stands first in the text
// of the file stands first on the page.
type book struct {
	pdf *fpdf.Fpdf
	w   wording.Words
}

const bookWidth = pageWidth - 2*margin

// OwnData draws what the register holds about a person, on A4: the same as the JSON, in the
// language of the data.
func OwnData(o *rights.OwnData) ([]byte, error) {
	b := newBook(o)
	b.cover(o)
	for _, s := range o.Sections {
		b.heading(s.Title)
		for _, v := range s.Values {
			b.value(v)
		}
	}
	b.contested(o.Contested)
	b.consents(o.Consents)
	b.certificates(o.Certificates)
	b.asked(o)
	b.reads(o.Reads)
	b.past(o.History)
	b.heading(b.w.T("rights.pdf.terms"))
	for _, t := range o.Terms {
		b.line(t.Words, "", "")
	}
	var out bytes.Buffer
	if err := b.pdf.Output(&out); err != nil {
		return nil, fault.New(fault.Internal, "constancy.draw").Because(err)
	}
	return out.Bytes(), nil
}

func newBook(o *rights.OwnData) *book {
	pdf := fpdf.New("P", "mm", "A4", "")
	w := o.Words()
	pdf.SetCatalogSort(true)
	made := time.Time{}
	if s, err := change.ParseStamp(o.Made); err == nil {
		made = s.Time().UTC()
	}
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetTitle(w.T("rights.pdf.title"), true)
	pdf.SetProducer("Quipu", true)
	pdf.SetLang(string(w.Lang))
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, 24)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes("noto", "", regular)
	pdf.AddUTF8FontFromBytes("noto", "B", bold)
	pdf.AliasNbPages("{total}")
	b := &book{pdf, w}
	pdf.SetFooterFunc(func() {
		pdf.SetY(-16)
		b.pen("", 8, grey)
		pdf.CellFormat(bookWidth, 5, printable(o.Number+"  ·  "+w.T("rights.pdf.page", "page", pdf.PageNo(), "total", "{total}")), "", 0, "R", false, 0, "")
	})
	pdf.AddPage()
	return b
}

func (b *book) pen(style string, size float64, c rgb) {
	b.pdf.SetFont("noto", style, size)
	b.pdf.SetTextColor(c[0], c[1], c[2])
}

// say writes text in lines of the given height, breaking pages where they end.
func (b *book) say(height float64, text string) {
	b.pdf.SetX(margin)
	b.pdf.MultiCell(bookWidth, height, printable(text), "", "L", false)
}

// printable is a text in the letters of the embedded fonts; another letter is shown as a
// box, which is better than nothing in its place.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || drawn(string(r)) || r == '·' {
			return r
		}
		return '□'
	}, text)
}

func (b *book) cover(o *rights.OwnData) {
	b.pen("B", 9, accent)
	b.say(5, strings.ToUpper(o.Office.Name))
	b.pdf.Ln(2)
	b.pen("B", 20, ink)
	b.say(9, b.w.T("rights.pdf.title"))
	b.pdf.Ln(2)
	b.pen("B", 13, ink)
	b.say(6.5, o.Name)
	b.pen("", 10.5, ink)
	b.say(5.4, b.w.T("rights.pdf.number", "number", o.Number, "status", o.Status.Name))
	b.say(5.4, b.w.T("rights.pdf.made", "when", b.moment(o.Made)))
	b.pdf.Ln(2)
	b.pen("", 9.5, grey)
	b.say(4.8, b.w.T("rights.pdf.intro"))
	b.photo(o)
}

// photo draws the photograph of the record, when it is one that can be drawn.
func (b *book) photo(o *rights.OwnData) {
	if o.Photo == nil || o.Photo.Media != "image/jpeg" {
		return
	}
	if _, _, err := image.DecodeConfig(bytes.NewReader(o.Photo.Data)); err != nil {
		return
	}
	b.pdf.Ln(3)
	opts := fpdf.ImageOptions{ImageType: "JPG"}
	b.pdf.RegisterImageOptionsReader("photo", opts, bytes.NewReader(o.Photo.Data))
	b.pdf.ImageOptions("photo", margin, b.pdf.GetY(), 0, 32, true, opts, 0, "")
}

// heading begins a part; it does not stand alone at the foot of a page.
func (b *book) heading(text string) {
	if b.pdf.GetY() > pageHeight-52 {
		b.pdf.AddPage()
	}
	b.pdf.Ln(5)
	b.pen("B", 13, accent)
	b.say(6.5, text)
	y := b.pdf.GetY() + 0.8
	b.pdf.SetDrawColor(line[0], line[1], line[2])
	b.pdf.SetLineWidth(0.3)
	b.pdf.Line(margin, y, margin+bookWidth, y)
	b.pdf.Ln(3)
}

// line writes what, its value, and in small letters what it rests on.
func (b *book) line(label, value, note string) {
	if b.pdf.GetY() > pageHeight-40 {
		b.pdf.AddPage()
	}
	if label != "" {
		b.pen("B", 10, ink)
		if value == "" && note == "" {
			b.pen("", 10, ink)
		}
		b.say(5, label)
	}
	if value != "" {
		b.pen("", 10, ink)
		b.say(5, value)
	}
	if note != "" {
		b.pen("", 8, grey)
		b.say(4, note)
	}
	b.pdf.Ln(1.6)
}

func (b *book) value(v rights.OwnValue) { b.line(v.Label, valueText(v), b.rests(v)) }

func valueText(v rights.OwnValue) string {
	if v.Words != "" {
		return v.Words
	}
	return v.Value
}

// rests says who wrote a value, when, and what it rests on.
func (b *book) rests(v rights.OwnValue) string {
	out := []string{b.moment(v.Written), v.Office.Name, v.Function}
	if v.Officer != "" {
		out = append(out, v.Officer)
	}
	if v.Source != "" {
		out = append(out, b.w.Code("source", v.Source))
	}
	if v.Evidence != "" {
		out = append(out, v.Evidence)
	}
	if v.Confidence != "" {
		out = append(out, b.w.Code("confidence", v.Confidence))
	}
	if v.ValidFrom != "" || v.ValidTo != "" {
		out = append(out, b.day(v.ValidFrom)+" – "+b.day(v.ValidTo))
	}
	return strings.Join(out, " · ")
}

func (b *book) day(edtf string) string {
	if edtf == "" {
		return ""
	}
	return i18n.Date(b.w.Lang, edtf)
}

func (b *book) moment(text string) string {
	s, err := change.ParseStamp(text)
	if err != nil {
		return text
	}
	return b.w.Stamp(s)
}

func (b *book) none(n int) {
	if n == 0 {
		b.line(b.w.T("rights.pdf.none"), "", "")
	}
}

func (b *book) consents(all []rights.OwnConsent) {
	b.heading(b.w.T("rights.pdf.consents"))
	b.none(len(all))
	for _, c := range all {
		note := []string{b.w.T("rights.pdf.version", "version", c.Version)}
		if c.Read != "" {
			note = append(note, b.w.T("officer.consents.readin", "language", b.w.Code("language", c.Read)))
		}
		if c.Granted != "" {
			note = append(note, b.w.T("rights.pdf.granted", "date", b.day(c.Granted)))
		}
		if c.Withdrawn != "" {
			note = append(note, b.w.T("rights.pdf.withdrawn", "date", b.day(c.Withdrawn)))
		}
		b.line(c.Purpose.Name, c.Text, strings.Join(append(note, c.Evidence), " · "))
	}
}

func (b *book) certificates(all []rights.OwnCertificate) {
	b.heading(b.w.T("rights.pdf.certificates"))
	b.none(len(all))
	for _, c := range all {
		note := b.day(c.Issued) + " – " + b.day(c.Expires)
		if c.Revoked != "" {
			note += " · " + b.w.T("rights.pdf.revoked", "date", b.day(c.Revoked)) + " · " + c.Reason
		}
		b.line(c.Kind.Name+" "+c.Serial, c.Office.Name, note)
	}
}

func (b *book) asked(o *rights.OwnData) {
	b.heading(b.w.T("rights.pdf.requests"))
	b.none(len(o.Requests))
	for _, q := range o.Requests {
		b.line(q.Kind.Name+": "+q.State.Name, strings.TrimSpace(q.Wants+"\n"+q.Reason), b.day(q.Received)+" · "+q.Office.Name+" · "+b.day(q.Closed))
	}
	b.heading(b.w.T("rights.pdf.disclosures"))
	b.none(len(o.Disclosures))
	for _, d := range o.Disclosures {
		b.line(strings.TrimSpace(d.Asker.Name+" "+d.Name)+": "+d.State.Name, strings.TrimSpace(d.Aim.Name+"\n"+d.Given), b.day(d.Received)+" · "+b.day(d.Closed))
	}
}

func (b *book) reads(all []rights.OwnRead) {
	b.heading(b.w.T("rights.pdf.reads"))
	b.none(len(all))
	for _, r := range all {
		who := r.Function
		if r.Officer != "" {
			who += " · " + r.Officer
		}
		b.line("", b.moment(r.At)+" · "+r.Did.Name, r.Office.Name+" · "+who+" · "+r.Purpose.Name)
	}
}

// contested says what is not in force and waits; nothing when nothing does.
func (b *book) contested(all []rights.OwnValue) {
	if len(all) == 0 {
		return
	}
	b.heading(b.w.T("rights.pdf.contested"))
	for _, v := range all {
		b.line(v.Label, valueText(v), b.rests(v)+" · "+v.Why.Name)
	}
}

func (b *book) past(all []rights.OwnValue) {
	b.heading(b.w.T("rights.pdf.history"))
	b.none(len(all))
	for i, v := range all {
		b.line(strconv.Itoa(i+1)+". "+v.Label, valueText(v), b.rests(v)+" → "+b.moment(v.Until))
	}
}
