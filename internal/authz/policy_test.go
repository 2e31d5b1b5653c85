package authz

import "testing"

// TestGrantsIsTheTable: what the page of roles shows is what is decided by.
func TestGrantsIsTheTable(t *testing.T) {
	for _, r := range Roles {
		for _, act := range Actions {
			purpose := "registry"
			if p := PurposesOf(act); len(p) > 0 {
				purpose = p[0]
			}
			if got, want := Grants(r, act), ReachOf(Actor{Role: r, Purpose: purpose}, act); got != want {
				t.Errorf("%s %s: the table says %v, the decision %v", r, act, got, want)
			}
		}
	}
}
