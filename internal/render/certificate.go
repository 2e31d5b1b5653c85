package render

import (
	"fmt"
	"strings"

	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// Paper is a signed statement to be printed: the statement as it was verified, its text,
// and for a card the person's photograph as JPEG, nil when there is none.
type Paper struct {
	Statement constancy.Statement
	Text      string
	Photo     []byte
}

// PDF draws the paper on A4, in Spanish and English: a certificate, or a card of the size
// ID-1 with cut marks.
func PDF(p Paper) ([]byte, error) {
	s := newSheet(&p.Statement)
	code, err := encodeQR(p.Text)
	if err != nil {
		return nil, err
	}
	if p.Statement.Kind == constancy.Card {
		err = s.card(code, p.Photo)
	} else {
		s.certificate(code)
	}
	if err != nil {
		return nil, err
	}
	if err := s.pdf.Error(); err != nil {
		return nil, fault.New(fault.Internal, "constancy.draw").Because(err)
	}
	return s.bytes()
}

// row is a line of the particulars: the label's key and the value in both languages.
type row struct {
	label, es, en string
}

// rows are the particulars in both languages, with the name as the fonts can draw it.
func (s *sheet) rows() []row {
	st := *s.st
	st.Surnames, st.Given = names(s.st)
	if st.Surnames == st.Latin {
		st.Latin = ""
	}
	out, en := []row{}, Particulars(i18n.English, &st)
	for i, p := range Particulars(i18n.Spanish, &st) {
		out = append(out, row{p.Label, p.Value, en[i].Value})
	}
	return out
}

// certificate draws a certificate of registration or of removal.
func (s *sheet) certificate(code modules) {
	const width = pageWidth - 2*margin
	s.block(0, 0, pageWidth, 5, accent)
	s.letterhead(margin, 26, width)
	kind := "constancy.kind." + string(s.st.Kind)
	s.pen("B", 21, ink)
	s.text(margin, 58, width, i18n.T(i18n.Spanish, kind))
	s.pen("", 12.5, grey)
	s.text(margin, 65.5, width, i18n.T(i18n.English, kind))
	s.pen("", 11, ink)
	y := s.paragraph(margin, 73, width, 5.4, i18n.T(i18n.Spanish, "constancy.text."+string(s.st.Kind)))
	s.pen("", 9, grey)
	y = s.paragraph(margin, y+1, width, 4.4, i18n.T(i18n.English, "constancy.text."+string(s.st.Kind)))
	y = s.particulars(y+6, width)
	s.proof(code, max(y+8, 196), width)
	s.footer(width)
}

// letterhead writes the State and the office, both languages.
func (s *sheet) letterhead(x, y, width float64) {
	s.pen("B", 9, accent)
	s.text(x, y, width, strings.ToUpper(pair(s.state(i18n.Spanish), s.state(i18n.English))))
	s.pen("B", 13, ink)
	s.text(x, y+7.5, width, s.office(i18n.Spanish))
	s.pen("", 10, grey)
	s.text(x, y+13, width, s.office(i18n.English))
	s.rule(x, y+18, x+width, y+18, 0.4, accent)
}

func (s *sheet) particulars(y, width float64) float64 {
	const labels, height = 46, 9.2
	for _, r := range s.rows() {
		s.pen("B", 8.5, grey)
		s.text(margin, y+4, labels-2, i18n.T(i18n.Spanish, r.label))
		s.pen("", 7, grey)
		s.text(margin, y+7.2, labels-2, i18n.T(i18n.English, r.label))
		style, size := "", 11.0
		if r.label == "constancy.label.surnames" || r.label == "constancy.label.given" || r.label == "constancy.label.name" {
			style, size = "B", 13
		}
		s.pen(style, size, ink)
		if r.es == r.en {
			y += s.alone(margin+labels, y, width-labels, r.es)
		} else {
			s.text(margin+labels, y+4.4, width-labels, r.es)
			s.pen("", 8, grey)
			s.text(margin+labels, y+7.8, width-labels, r.en)
		}
		y += height
		s.rule(margin, y, margin+width, y, 0.15, line)
	}
	return y
}

// alone writes a value that is the same in every language, on several lines when it must
// be, and returns by how much the row grows.
func (s *sheet) alone(x, y, width float64, text string) float64 {
	const leading = 4.6
	s.shrink(width, 0.8, text)
	lines := s.pdf.SplitText(text, width)
	for i, l := range lines {
		s.pdf.Text(x, y+6+leading*float64(i), l)
	}
	return leading * float64(max(0, len(lines)-1))
}

// proof draws the code, what it is for, and the place for signature and seal.
func (s *sheet) proof(code modules, y, width float64) {
	const side, gap = 54, 7
	s.qr(code, margin-3, y-3, side)
	x := float64(margin + side + gap - 6)
	s.pen("B", 9, ink)
	s.text(x, y+3, width-side-gap, both("constancy.label.serial")+"  "+s.st.Serial)
	s.pen("", 8.5, ink)
	end := s.paragraph(x, y+6, width-side-gap+6, 4, i18n.T(i18n.Spanish, "constancy.text.scan"))
	s.pen("", 7.5, grey)
	s.paragraph(x, end+1, width-side-gap+6, 3.5, i18n.T(i18n.English, "constancy.text.scan"))
	s.rule(x, y+44, x+80, y+44, 0.25, ink)
	s.pen("", 7.5, grey)
	s.text(x, y+48, width-side-gap, both("constancy.text.signature"))
}

func (s *sheet) footer(width float64) {
	s.rule(margin, 262, margin+width, 262, 0.15, line)
	s.pen("", 7, grey)
	y := s.paragraph(margin, 264, width, 3.2, i18n.T(i18n.Spanish, "constancy.text.limits")+" "+i18n.T(i18n.Spanish, "constancy.text.accessible"))
	s.paragraph(margin, y+0.8, width, 3.2, i18n.T(i18n.English, "constancy.text.limits")+" "+i18n.T(i18n.English, "constancy.text.accessible"))
	s.pen("", 7, grey)
	s.text(margin, 287, width, fmt.Sprintf("%s %s   ·   %s %08x   ·   %s", both("constancy.label.serial"), s.st.Serial, both("constancy.label.key"), s.st.Key, s.st.Office))
}
