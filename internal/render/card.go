package render

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"quipu/internal/i18n"
)

// The card of ISO/IEC 7810 ID-1, in millimetres.
const (
	cardWidth, cardHeight = 85.6, 53.98
	photoWidth            = 23.0
	photoHeight           = photoWidth * 45 / 35
)

// leastType is the smallest type on a card, in points.
const leastType = 4.5

// card draws front and back side by side, to be cut out, folded and laminated.
func (s *sheet) card(code modules, photo []byte) error {
	const x, y = (pageWidth - 2*cardWidth) / 2, 44.0
	s.pen("B", 9, accent)
	s.text(x, 20, 2*cardWidth, strings.ToUpper(pair(s.state(i18n.Spanish), s.state(i18n.English))))
	s.pen("B", 14, ink)
	s.text(x, 27, 2*cardWidth, both("constancy.kind.card"))
	s.pen("", 8.5, grey)
	end := s.paragraph(x, 29, 2*cardWidth, 3.8, i18n.T(i18n.Spanish, "constancy.text.cut"))
	s.paragraph(x, end, 2*cardWidth, 3.8, i18n.T(i18n.English, "constancy.text.cut"))
	if err := s.front(x, y, photo); err != nil {
		return err
	}
	s.back(code, x+cardWidth, y)
	s.cutMarks(x, y)
	s.pen("", 7.5, grey)
	end = s.paragraph(x, y+cardHeight+12, 2*cardWidth, 3.4, i18n.T(i18n.Spanish, "constancy.text.accessible"))
	s.paragraph(x, end, 2*cardWidth, 3.4, i18n.T(i18n.English, "constancy.text.accessible"))
	return nil
}

func (s *sheet) front(x, y float64, photo []byte) error {
	s.block(x, y, cardWidth, cardHeight, pale)
	s.block(x, y, cardWidth, 11.5, accent)
	s.pen("B", 8.5, rgb{255, 255, 255})
	s.text(x+4, y+5, 56, strings.ToUpper(i18n.T(i18n.Spanish, "constancy.kind.card")))
	s.pen("", 6.5, rgb{240, 224, 222})
	s.text(x+4, y+8.8, 56, i18n.T(i18n.English, "constancy.kind.card"))
	s.pen("B", 8.5, rgb{255, 255, 255})
	state := strings.ToUpper(s.state(i18n.Spanish))
	s.text(x+cardWidth-4-s.pdf.GetStringWidth(state), y+6.8, 30, state)
	if err := s.portrait(x+4, y+15, photo); err != nil {
		return err
	}
	left, width := x+4+photoWidth+4, cardWidth-12-photoWidth
	surnames, given := names(s.st)
	at := y + 17.0
	for _, n := range []row{{label: "constancy.label.surnames", es: surnames}, {label: "constancy.label.given", es: given}} {
		if n.es == "" || surnames == "" || given == "" {
			n.label = "constancy.label.name"
		}
		if n.es != "" {
			at = s.particular(left, at, width, "B", 10, n.label, n.es) + 7.6
		}
	}
	s.particular(left, at, width, "", 8, "constancy.label.birth", figures(s.st.Birth.String()))
	at += 7.2
	s.particular(left, at, 24, "B", 8, "constancy.label.number", s.st.Number)
	s.particular(left+27, at, width-27, "B", 8, "constancy.label.until", figures(s.st.Until.String()))
	return nil
}

// portrait draws the photograph, or the frame to glue one into.
func (s *sheet) portrait(x, y float64, photo []byte) error {
	s.block(x, y, photoWidth, photoHeight, rgb{255, 255, 255})
	if len(photo) > 0 {
		opts := fpdf.ImageOptions{ImageType: "JPEG"}
		info := s.pdf.RegisterImageOptionsReader("photo", opts, bytes.NewReader(photo))
		if s.pdf.Error() == nil {
			s.pdf.ClipRect(x, y, photoWidth, photoHeight, false)
			w, h := photoWidth, photoWidth*info.Height()/info.Width()
			if h < photoHeight { // fills the frame, what stands over is cut
				w, h = photoHeight*info.Width()/info.Height(), photoHeight
			}
			s.pdf.ImageOptions("photo", x-(w-photoWidth)/2, y-(h-photoHeight)/2, w, h, false, opts, 0, "")
			s.pdf.ClipEnd()
		}
	} else {
		s.pen("", 5.5, grey)
		for i, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
			t := i18n.T(lang, "constancy.text.photo")
			s.text(x+(photoWidth-s.pdf.GetStringWidth(t))/2, y+photoHeight/2+float64(i)*2.6, photoWidth, t)
		}
	}
	s.pdf.SetDrawColor(line[0], line[1], line[2])
	s.pdf.SetLineWidth(0.2)
	s.pdf.Rect(x, y, photoWidth, photoHeight, "D")
	return s.pdf.Error()
}

// particular writes a label with its value below and returns the label's height. A value
// that is too long for one line stands in two small ones.
func (s *sheet) particular(x, y, width float64, style string, size float64, label, value string) float64 {
	s.pen("", 4.8, grey)
	s.text(x, y, width, both(label))
	s.pen(style, size, ink)
	if s.shrink(width, 0.75, value); s.pdf.GetStringWidth(value) <= width {
		s.text(x, y+size*0.42, width, value)
		return y
	}
	small, _ := s.pdf.GetFontSize()
	for small > leastType && len(s.pdf.SplitText(value, width)) > 2 {
		small -= 0.25
		s.pdf.SetFontSize(small)
	}
	lines := s.pdf.SplitText(value, width)
	s.text(x, y+size*0.32, width, lines[0])
	s.text(x, y+size*0.32+small*0.4, width, strings.Join(lines[1:], " "))
	return y
}

// figures is a date as cards print it: a full one as 2028-11-22, which reads the same in
// every language.
func figures(edtf string) string {
	if len(edtf) == len("2028-11-22") && !strings.ContainsAny(edtf, "X~?%") {
		return edtf
	}
	return pair(i18n.Date(i18n.Spanish, edtf), i18n.Date(i18n.English, edtf))
}

func (s *sheet) back(code modules, x, y float64) {
	s.block(x, y, cardWidth, cardHeight, pale)
	const side = 44.0
	s.qr(code, x+cardWidth-side-4, y+4.99, side)
	left, width := x+4, cardWidth-side-11
	at := y + 7.0
	s.pen("", 4.8, grey)
	s.text(left, at, width, both("constancy.label.office"))
	s.pen("B", 6, ink)
	end := s.paragraph(left, at+0.8, width, 2.6, s.office(i18n.Spanish))
	s.pen("", 5.2, grey)
	at = s.paragraph(left, end, width, 2.3, s.office(i18n.English)) + 3
	s.particular(left, at, width, "", 6.5, "constancy.label.issued", figures(s.st.Issued.String()))
	s.particular(left, at+5.8, width, "B", 6.5, "constancy.label.serial", s.st.Serial)
	s.pen("", 4.8, grey)
	end = s.paragraph(left, at+11, width, 2, i18n.T(i18n.Spanish, "constancy.text.card_back"))
	s.paragraph(left, end, width, 2, i18n.T(i18n.English, "constancy.text.card_back"))
	s.rule(left, y+cardHeight-7, left+width, y+cardHeight-7, 0.2, ink)
	s.pen("", 4.8, grey)
	s.text(left, y+cardHeight-4.6, width, both("constancy.text.holder"))
	s.text(left, y+cardHeight-2.2, width, fmt.Sprintf("%s %08x", both("constancy.label.key"), s.st.Key))
}

// cutMarks draws the marks outside the corners and the fold.
func (s *sheet) cutMarks(x, y float64) {
	const gap, length = 1.5, 5.0
	for _, cx := range []float64{x, x + 2*cardWidth} {
		out := length
		if cx == x {
			out = -length
		}
		for _, cy := range []float64{y, y + cardHeight} {
			s.rule(cx+out/length*gap, cy, cx+out/length*gap+out, cy, 0.15, ink)
		}
	}
	for _, cx := range []float64{x, x + cardWidth, x + 2*cardWidth} {
		s.rule(cx, y-gap, cx, y-gap-length, 0.15, ink)
		s.rule(cx, y+cardHeight+gap, cx, y+cardHeight+gap+length, 0.15, ink)
	}
	s.pdf.SetDashPattern([]float64{0.8, 0.8}, 0)
	s.rule(x+cardWidth, y, x+cardWidth, y+cardHeight, 0.1, grey)
	s.pdf.SetDashPattern(nil, 0)
	s.pdf.SetDrawColor(line[0], line[1], line[2])
	s.pdf.SetLineWidth(0.1)
	s.pdf.Rect(x, y, 2*cardWidth, cardHeight, "D")
}
