package review

import (
	"testing"

	"quipu/internal/web/ui"
	"quipu/internal/web/uitest"
)

func TestScreensFitTheirData(t *testing.T) {
	set, err := ui.Parse(Screens)
	if err != nil {
		t.Fatal(err)
	}
	uitest.Check(t, set, map[string]ui.Framed{"queue.html": &queueScreen{}, "pair.html": &pairScreen{}, "union.html": &pairScreen{Union: &unionView{}},
		"merge.html": &mergeScreen{}, "figures.html": &figuresScreen{}, "duplicates.html": &personScreen{}})
}
