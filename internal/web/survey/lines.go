package survey

import (
	"math"
	"strconv"
)

// lines is a drawing of shares over waves; the table beside it says the same in numbers.
type lines struct {
	Width, Height, Left, Right, Top, Axis, Under int
	Curves                                       []curve
	Ticks, Waves                                 []lineTick
}

// curve is one of them; its dots carry a label at the end.
type curve struct {
	Label          string
	Path           string
	Dots           []dot
	LabelX, LabelY int
	at             [][2]float64 // wave and share
}

type dot struct{ X, Y int }

type lineTick struct {
	At   int
	Text string
}

const (
	linesWide    = 640
	linesHigh    = 220
	linesLeft    = 50
	linesRight   = 110
	linesTop     = 10
	linesBelow   = 30
	mostBranches = 12
)

// drawLines draws curves between 0 and 1; nil when there are no two points.
func drawLines(curves []curve) *lines {
	most, points := 0.0, 0
	for _, c := range curves {
		for _, p := range c.at {
			most = max(most, p[0])
			points++
		}
	}
	if most == 0 || points < 2 {
		return nil
	}
	l := &lines{Width: linesWide, Height: linesHigh, Left: linesLeft, Right: linesWide - linesRight, Top: linesTop, Axis: linesHigh - linesBelow, Under: linesHigh - 10}
	x := func(wave float64) int {
		return linesLeft + int(math.Round(wave/most*float64(linesWide-linesLeft-linesRight)))
	}
	y := func(share float64) int { return l.Axis - int(math.Round(share*float64(l.Axis-linesTop))) }
	for _, share := range []float64{0, .25, .5, .75, 1} {
		l.Ticks = append(l.Ticks, lineTick{y(share), strconv.Itoa(int(100*share)) + " %"})
	}
	step := max(1, int(math.Ceil(most/12)))
	for k := 0; k <= int(most); k += step {
		l.Waves = append(l.Waves, lineTick{x(float64(k)), strconv.Itoa(k)})
	}
	for _, c := range curves {
		for i, p := range c.at {
			d := dot{x(p[0]), y(p[1])}
			verb := "L"
			if i == 0 {
				verb = "M"
			}
			c.Path += verb + strconv.Itoa(d.X) + " " + strconv.Itoa(d.Y)
			c.Dots = append(c.Dots, d)
		}
		if n := len(c.Dots); n > 0 {
			c.LabelX, c.LabelY = l.Right+10, c.Dots[n-1].Y+4
			if c.Dots[n-1].X < l.Right {
				c.LabelX = c.Dots[n-1].X + 8
			}
		}
		l.Curves = append(l.Curves, c)
	}
	l.spread()
	return l
}

// spread keeps labels at the right end from lying upon one another, and within the drawing.
func (l *lines) spread() {
	for range l.Curves {
		for i := range l.Curves {
			for k := range l.Curves {
				a, b := &l.Curves[i], &l.Curves[k]
				if i != k && a.LabelX == b.LabelX && b.LabelY >= a.LabelY && b.LabelY-a.LabelY < 14 {
					if b.LabelY == a.LabelY && k < i {
						continue
					}
					b.LabelY = a.LabelY + 14
				}
			}
		}
	}
	low := l.Under
	for i := range l.Curves {
		low = max(low, l.Curves[i].LabelY)
	}
	for i := range l.Curves {
		l.Curves[i].LabelY -= low - l.Under
	}
}
