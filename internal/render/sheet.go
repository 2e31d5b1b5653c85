package render

import (
	"bytes"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"quipu/internal/code"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// A4 in millimetres.
const (
	pageWidth, pageHeight = 210, 297
	margin                = 22
)

// rgb is a colour.
type rgb [3]int

var (
	// The colours of the screens: static/quipu.css.
	ink    = rgb{26, 20, 18}
	grey   = rgb{84, 74, 68}
	line   = rgb{217, 205, 191}
	accent = rgb{91, 26, 34}
	pale   = rgb{246, 241, 235}
)

// sheet is one printed page under the pen.
type sheet struct {
	pdf *fpdf.Fpdf
	st  *constancy.Statement
}

// newSheet begins an A4 page. Its dates are those of the statement and it names neither
// program version nor person, so that the same statement gives the same bytes.
func newSheet(st *constancy.Statement) *sheet {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	made := time.Date(st.Issued.Year, time.Month(st.Issued.Month), st.Issued.Day, 0, 0, 0, 0, time.UTC)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetTitle(both("constancy.kind."+string(st.Kind)), true)
	pdf.SetProducer("Quipu", true)
	pdf.SetLang("es")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes("noto", "", regular)
	pdf.AddUTF8FontFromBytes("noto", "B", bold)
	pdf.AddPage()
	return &sheet{pdf, st}
}

func (s *sheet) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		return nil, fault.New(fault.Internal, "constancy.draw").Because(err)
	}
	return out.Bytes(), nil
}

func (s *sheet) pen(style string, size float64, c rgb) {
	s.pdf.SetFont("noto", style, size)
	s.pdf.SetTextColor(c[0], c[1], c[2])
}

// text writes one line with its baseline at y, smaller when it is wider than width, and
// cut with an ellipsis when that is not enough: the code has the whole.
func (s *sheet) text(x, y, width float64, text string) {
	s.shrink(width, 0.6, text)
	if s.pdf.GetStringWidth(text) > width {
		r := []rune(text)
		for len(r) > 1 && s.pdf.GetStringWidth(string(r)+"…") > width {
			r = r[:len(r)-1]
		}
		text = strings.TrimSpace(string(r)) + "…"
	}
	s.pdf.Text(x, y, text)
}

// shrink makes the type smaller, to a part of its size at the least, until the text fits.
func (s *sheet) shrink(width, part float64, text string) {
	size, _ := s.pdf.GetFontSize()
	for least := size * part; size > least && s.pdf.GetStringWidth(text) > width; {
		size -= 0.25
		s.pdf.SetFontSize(size)
	}
}

// paragraph writes text between x and x+width from the top y, leading millimetres a
// line, and returns where it ends.
func (s *sheet) paragraph(x, y, width, leading float64, text string) float64 {
	s.pdf.SetXY(x, y)
	s.pdf.MultiCell(width, leading, text, "", "L", false)
	return s.pdf.GetY()
}

func (s *sheet) rule(x1, y1, x2, y2, width float64, c rgb) {
	s.pdf.SetDrawColor(c[0], c[1], c[2])
	s.pdf.SetLineWidth(width)
	s.pdf.Line(x1, y1, x2, y2)
}

func (s *sheet) block(x, y, w, h float64, c rgb) {
	s.pdf.SetFillColor(c[0], c[1], c[2])
	s.pdf.Rect(x, y, w, h, "F")
}

// both is a message in Spanish and in English, once when they are the same.
func both(key string, args ...any) string {
	return pair(i18n.T(i18n.Spanish, key, args...), i18n.T(i18n.English, key, args...))
}

func pair(es, en string) string {
	if es == en {
		return es
	}
	return es + " / " + en
}

// State is the name of the State in a language.
func (s *sheet) state(lang i18n.Lang) string {
	return code.List("country").Label(s.st.Country, string(lang))
}

func (s *sheet) office(lang i18n.Lang) string { return OfficeName(lang, s.st.Office) }
