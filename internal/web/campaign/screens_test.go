package campaign

import (
	"testing"

	"quipu/internal/web/desk"
	"quipu/internal/web/people"
	"quipu/internal/web/ui"
	"quipu/internal/web/uitest"
)

func TestScreensFitTheirData(t *testing.T) {
	set, err := ui.Parse(desk.Screens, people.Screens, Screens)
	if err != nil {
		t.Fatal(err)
	}
	uitest.Check(t, set, map[string]ui.Framed{"calendar.html": &calendarScreen{}, "newcampaign.html": &planScreen{}, "campaign.html": &planScreen{},
		"list.html": &listScreen{}, "board.html": &boardScreen{}, "turn.html": &turnScreen{}, "closing.html": &closingScreen{}, "travelcode.html": &codeScreen{}, "held.html": &heldScreen{}})
}
