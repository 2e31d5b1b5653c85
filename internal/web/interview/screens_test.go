package interview

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
	uitest.Check(t, set, map[string]ui.Framed{"interviews.html": &startScreen{}, "interviewstep.html": &stepScreen{}})
}
