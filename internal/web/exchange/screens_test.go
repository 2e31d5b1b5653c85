package exchange

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
	uitest.Check(t, set, map[string]ui.Framed{"conflicts.html": &conflictsScreen{}, "conflict.html": &conflictScreen{}, "apart.html": &apartScreen{},
		"state.html": &stateScreen{}, "nodes.html": &nodesScreen{}, "node.html": &nodeScreen{}, "missing.html": &missingScreen{}, "stick.html": &stickScreen{}})
}
