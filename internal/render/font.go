// Package render draws what is printed: certificates and cards as PDF, their QR code as a
// picture. It decides nothing; what it prints is what the signed statement says. The same
// statement gives the same bytes.
//
// The PDF is not tagged, because no free Go library makes tagged ones: the accessible
// original of a document is its page.
package render

import (
	_ "embed" // the fonts
	"strings"
	"unicode"

	"quipu/internal/constancy"
	"quipu/internal/name"
)

//go:embed font/NotoSans-Regular.ttf
var regular []byte

//go:embed font/NotoSans-Bold.ttf
var bold []byte

// drawable holds the letters of the embedded fonts; see font/README.md.
var drawable = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x20, Hi: 0x7e, Stride: 1}, {Lo: 0xa0, Hi: 0x17f, Stride: 1}, {Lo: 0x18f, Hi: 0x18f, Stride: 1},
	{Lo: 0x1a0, Hi: 0x1a1, Stride: 1}, {Lo: 0x1af, Hi: 0x1b0, Stride: 1}, {Lo: 0x1cd, Hi: 0x1dc, Stride: 1},
	{Lo: 0x1e6, Hi: 0x1e7, Stride: 1}, {Lo: 0x1ea, Hi: 0x1eb, Stride: 1}, {Lo: 0x1f4, Hi: 0x1f5, Stride: 1},
	{Lo: 0x1fa, Hi: 0x233, Stride: 1}, {Lo: 0x259, Hi: 0x259, Stride: 1}, {Lo: 0x2b0, Hi: 0x2bc, Stride: 1},
	{Lo: 0x300, Hi: 0x304, Stride: 1}, {Lo: 0x306, Hi: 0x30c, Stride: 1}, {Lo: 0x323, Hi: 0x328, Stride: 1},
	{Lo: 0x331, Hi: 0x331, Stride: 1}, {Lo: 0x1e00, Hi: 0x1eff, Stride: 1}, {Lo: 0x2010, Hi: 0x2015, Stride: 1},
	{Lo: 0x2018, Hi: 0x201e, Stride: 1}, {Lo: 0x2022, Hi: 0x2022, Stride: 1}, {Lo: 0x2026, Hi: 0x2026, Stride: 1},
}, LatinOffset: 2}

func drawn(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(drawable, r) })
}

// names are the two lines of the name as it can be printed: surnames and given names, or
// the form in Latin letters alone when the document has letters that no font here draws.
func names(s *constancy.Statement) (surnames, given string) {
	switch {
	case drawn(s.Surnames) && drawn(s.Given):
		return s.Surnames, s.Given
	case s.Latin != "" && drawn(s.Latin):
		return s.Latin, ""
	}
	return plain(s.Surnames), plain(s.Given)
}

// plain is a name in the letters A to Z.
func plain(s string) string {
	if drawn(s) {
		return s
	}
	return strings.ReplaceAll(name.MRZ(s), "<", " ")
}
