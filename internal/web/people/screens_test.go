package people

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
		"search.html": &searchScreen{}, "person.html": &personScreen{}, "history.html": &historyScreen{}, "fieldhistory.html": &fieldHistoryScreen{}, "personaccesses.html": &accessesScreen{}, "edit.html": &editScreen{}, "act.html": &actScreen{}, "consents.html": &consentsScreen{}, "relate.html": &relateScreen{}, "complete.html": &completeScreen{}, "portrait.html": &portraitScreen{}, "waiting.html": &waitingScreen{},
	})
}
