package door

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
		"login.html": &loginScreen{}, "second.html": &secondScreen{}, "enrol.html": &enrolScreen{}, "recovery.html": &codesOnce{}, "setup.html": &setupScreen{}, "prove.html": &proveScreen{}, "left.html": &leftScreen{}, "first.html": &firstScreen{}, "mine.html": &myScreen{}, "users.html": &usersScreen{}, "user.html": &userScreen{}, "newuser.html": &userScreen{}, "handed.html": &handedScreen{},
	})
}
