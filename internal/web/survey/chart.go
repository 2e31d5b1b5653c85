package survey

// bars is a drawing of columns; the table beside it says the same in numbers.
type bars struct {
	Width, Height, Base int
	Bars                []bar
}

type bar struct {
	X, Y, W, H, Mid, Over, Under int
	Text, Label                  string
}

// Heights of a drawing, in units of its view.
const (
	barHigh  = 120
	barWide  = 46
	barAbove = 18
	barBelow = 20
	mostBars = 24
)

// drawBars draws values that are not below 0, text and label a bar; none when there are too
// many to be read.
func drawBars(values []float64, text, label []string) (b bars) {
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	if most <= 0 || len(values) > mostBars {
		return b
	}
	b.Base = barAbove + barHigh
	b.Width, b.Height = len(values)*(barWide+8), b.Base+barBelow
	for i, v := range values {
		x, h := i*(barWide+8)+4, int(v/most*barHigh+0.5)
		b.Bars = append(b.Bars, bar{X: x, Y: b.Base - h, W: barWide, H: h, Mid: x + barWide/2, Over: b.Base - h - 5, Under: b.Base + 15, Text: text[i], Label: label[i]})
	}
	return b
}
