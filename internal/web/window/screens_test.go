package window

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
	uitest.Check(t, set, map[string]ui.Framed{
		"register.html": &registerScreen{}, "zone.html": &registerScreen{}, "candidates.html": &registerScreen{},
		"card.html": &cardScreen{}, "check.html": &checkScreen{}, "meet.html": &meetScreen{}, "registered.html": &doneScreen{},
	})
}
