package office

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
		"roles.html":   &rolesScreen{},
		"offices.html": &officesScreen{}, "office.html": &officeScreen{}, "codes.html": &codesScreen{}, "code.html": &codeScreen{}, "audit.html": &auditScreen{},
	})
}
