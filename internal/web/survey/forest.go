package survey

import "math"

// forest draws estimates with their intervals, one below another. The table beside it says
// the same.
type forest struct {
	Width, Height, Left, Right, Axis, Under, Zero int
	Whiskers                                      []whisker
	Low, High                                     string // what the ends of the axis are
	values                                        [][3]float64
}

type whisker struct {
	Label                            string
	Y, TextY, Top, Bottom, X, X1, X2 int
}

// The measures of a chart, in pixels.
const (
	forestWidth  = 640
	forestLeft   = 230
	forestRight  = 20
	forestLine   = 30
	mostWhiskers = 40
	mostLetters  = 30
)

func (c *forest) add(label string, x, low, high float64) {
	if math.IsNaN(x) || math.IsNaN(low) || math.IsNaN(high) || math.IsInf(low, 0) || math.IsInf(high, 0) || len(c.Whiskers) >= mostWhiskers {
		return
	}
	if r := []rune(label); len(r) > mostLetters {
		label = string(r[:mostLetters-1]) + "…"
	}
	c.Whiskers = append(c.Whiskers, whisker{Label: label})
	c.values = append(c.values, [3]float64{x, low, high})
}

// drawn puts the bars in their places; nil when there are none.
func (c *forest) drawn(say func(float64) string) *forest {
	if len(c.Whiskers) == 0 {
		return nil
	}
	least, most := 0.0, 0.0
	for _, v := range c.values {
		least, most = min(least, v[1]), max(most, v[2])
	}
	if most == least {
		most = least + 1
	}
	c.Width, c.Left, c.Right = forestWidth, forestLeft, forestWidth-forestRight
	at := func(x float64) int {
		return forestLeft + int(math.Round((x-least)/(most-least)*float64(forestWidth-forestLeft-forestRight)))
	}
	for i := range c.Whiskers {
		b, v := &c.Whiskers[i], c.values[i]
		b.Y = 16 + i*forestLine
		b.TextY, b.Top, b.Bottom = b.Y+5, b.Y-6, b.Y+6
		b.X, b.X1, b.X2 = at(v[0]), at(v[1]), at(v[2])
	}
	c.Axis = 10 + len(c.Whiskers)*forestLine
	c.Under, c.Height, c.Zero = c.Axis+18, c.Axis+26, at(0)
	c.Low, c.High = say(least), say(most)
	return c
}
