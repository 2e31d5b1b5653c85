package ui

// Bars is a drawing of columns in units that the style sheet makes pixels. A table beside it
// says the same.
type Bars struct {
	Width, Height, Base int
	Bars                []Bar
}

// Bar is one column: its box, and the texts above and below it, centred on Mid.
type Bar struct {
	X, Y, W, H, Mid, Over, Under int
	Text, Label                  string
}

// mostBars is how many columns can be read.
const mostBars = 24

// DrawBars draws values that are not below 0, each with a text above it and a label below it;
// none when no value is above 0, or when there are too many to be read.
func DrawBars(values []float64, text, label []string) (b Bars) {
	const step, width, top, high, foot = 56, 36, 22, 110, 24
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	if most <= 0 || len(values) > mostBars {
		return b
	}
	b = Bars{Width: step * len(values), Height: top + high + foot, Base: top + high}
	for i, v := range values {
		tall := int(v * high / most)
		x := step*i + (step-width)/2
		b.Bars = append(b.Bars, Bar{X: x, Y: b.Base - tall, W: width, H: tall, Mid: x + width/2, Over: b.Base - tall - 6, Under: b.Height - 6, Text: text[i], Label: label[i]})
	}
	return b
}
