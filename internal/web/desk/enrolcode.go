package desk

import (
	"strings"

	"quipu/internal/app/courier"
	"quipu/internal/render"
)

// NewCode is a code of enrolment as it is shown, once: to be read out, typed or scanned.
type NewCode struct {
	Node, Text, Expires string
	Groups              []string // of four characters
	QR                  string   // path of its drawing
	Side                int
	Laptop              bool
}

// NewCode shows a code that was just made.
func (w Words) NewCode(c *courier.Code) (*NewCode, error) {
	out := &NewCode{Node: c.Node, Text: c.Text, Expires: w.Moment(c.Expires.UnixMicro()), Groups: strings.Split(c.Text, "-"), Laptop: c.Kind == courier.Laptop}
	var err error
	out.QR, out.Side, err = render.QRPath(c.Text)
	return out, err
}
