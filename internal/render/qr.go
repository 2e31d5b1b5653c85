package render

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode/qr"

	"quipu/internal/fault"
)

// quiet is the white frame of a QR code in modules (ISO/IEC 18004).
const quiet = 4

// modules is a QR code as its dark squares.
type modules struct {
	size int
	dark func(x, y int) bool
}

// encodeQR makes the smallest code that holds the text. Level M mends 15 % of damage: a
// card is scratched, and level Q would make its squares too small.
func encodeQR(text string) (modules, error) { return encodeQRAs(text, qr.AlphaNumeric) }

func encodeQRAs(text string, as qr.Encoding) (modules, error) {
	code, err := qr.Encode(text, qr.M, as)
	if err != nil {
		return modules{}, fault.New(fault.Invalid, "constancy.draw").Because(err)
	}
	return modules{code.Bounds().Dx(), func(x, y int) bool {
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}}, nil
}

// QR is the code of a signed text as a PNG picture, scale pixels a module, with its
// white frame: for pages.
func QR(text string, scale int) ([]byte, error) {
	code, err := encodeQR(text)
	if err != nil {
		return nil, err
	}
	side := (code.size + 2*quiet) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range code.size * scale {
		for x := range code.size * scale {
			if code.dark(x/scale, y/scale) {
				img.SetColorIndex(x+quiet*scale, y+quiet*scale, 1)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// qr draws a code in the square at x, y with the given side in millimetres, its white
// frame included. Dark squares of a row are one rectangle.
func (s *sheet) qr(code modules, x, y, side float64) {
	unit := side / float64(code.size+2*quiet)
	s.pdf.SetFillColor(255, 255, 255)
	s.pdf.Rect(x, y, side, side, "F")
	s.pdf.SetFillColor(0, 0, 0)
	for row := range code.size {
		for col := 0; col < code.size; col++ {
			end := col
			for end < code.size && code.dark(end, row) {
				end++
			}
			if end > col {
				s.pdf.Rect(x+float64(col+quiet)*unit, y+float64(row+quiet)*unit, float64(end-col)*unit, unit, "F")
				col = end
			}
		}
	}
}

// QRPath is the code of any text as the path of an SVG drawing whose sides have so many
// units, the white frame included: for pages, whose policy lets no picture be in an address.
func QRPath(text string) (path string, side int, err error) {
	code, err := encodeQRAs(text, qr.Auto)
	if err != nil {
		return "", 0, err
	}
	var b strings.Builder
	for y := range code.size {
		for x := 0; x < code.size; x++ {
			end := x
			for end < code.size && code.dark(end, y) {
				end++
			}
			if end > x {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, end-x, end-x)
				x = end
			}
		}
	}
	return b.String(), code.size + 2*quiet, nil
}
