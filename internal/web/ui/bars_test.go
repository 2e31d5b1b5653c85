package ui_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/web/ui"
)

func TestDrawBars(t *testing.T) {
	want := ui.Bars{Width: 112, Height: 156, Base: 132, Bars: []ui.Bar{
		{X: 10, Y: 96, W: 36, H: 36, Mid: 28, Over: 90, Under: 150, Text: "1", Label: "9 h"},
		{X: 66, Y: 22, W: 36, H: 110, Mid: 84, Over: 16, Under: 150, Text: "3", Label: "10 h"}}}
	if d := cmp.Diff(want, ui.DrawBars([]float64{1, 3}, []string{"1", "3"}, []string{"9 h", "10 h"})); d != "" {
		t.Error(d)
	}
	for _, values := range [][]float64{nil, {0, 0}, make([]float64, 25)} {
		if len(values) == 25 {
			values[0] = 1
		}
		if b := ui.DrawBars(values, make([]string, 25), make([]string, 25)); b.Bars != nil {
			t.Errorf("%v is drawn: %v", values, b)
		}
	}
}
