package lists

import (
	"testing"

	"quipu/internal/app/wording"
	"quipu/internal/i18n"
	"quipu/internal/intake"
	"quipu/internal/web/desk"
)

// TestTargetsHaveNames: every column that a list can have is named in the preview.
func TestTargetsHaveNames(t *testing.T) {
	w := words{desk.Words{Words: wording.Words{Lang: i18n.Spanish}}}
	for _, target := range intake.Targets() {
		if label := w.target(target); label == target {
			t.Errorf("the target %q has no name", target)
		}
	}
}
