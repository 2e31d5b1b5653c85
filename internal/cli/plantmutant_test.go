//go:build mutant

package cli

import (
	"testing"
	"time"

	"quipu/internal/sync"
)

func plant(name string) { sync.Plant(name) }

// TestOfficesCatchPlantedFaults proves that the test of offices in processes can fail: with a
// fault in every process it finds something, and without one nothing.
func TestOfficesCatchPlantedFaults(t *testing.T) {
	for _, fault := range []string{"leak", "drop", ""} {
		t.Run("fault "+fault, func(t *testing.T) {
			t.Setenv("QUIPU_TEST_PLANT", fault)
			v := &findings{}
			day(t, v, "", 8*time.Second)
			t.Logf("%d findings: %q", len(v.all), v.all[:min(3, len(v.all))])
			if found := len(v.all) > 0; found != (fault != "") {
				t.Errorf("something was found: %v", found)
			}
		})
	}
}
