package authz

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"quipu/internal/fault"
)

var update = flag.Bool("update", false, "write testdata/table.golden")

// TestTable prints every cell: a change of anybody's rights shows in review.
func TestTable(t *testing.T) {
	var b strings.Builder
	for _, r := range Roles {
		for _, act := range Actions {
			for _, purpose := range []string{"registry", "act", "assistance", "statistics", "election", ""} {
				a := Actor{Role: r, Office: "ESMAD", Purpose: purpose}
				fmt.Fprintf(&b, "%-12s %-12s for=%-10s own=%-5v other=%-5v\n", r, act, purpose, May(a, act, "ESMAD"), May(a, act, "USPAT"))
			}
		}
	}
	const path = "testdata/table.golden"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("the table of rights changed; look at it and run with -update if it is meant")
	}
}

// TestScopeAgrees: the list filter and the yes/no never drift apart.
func TestScopeAgrees(t *testing.T) {
	for _, r := range Roles {
		for _, act := range Actions {
			for _, office := range []string{"ESMAD", "USPAT", ""} {
				a := Actor{Role: r, Office: "ESMAD", Purpose: "registry"}
				s, ok := ScopeOf(a, act)
				if got := ok && s.Holds(office); got != May(a, act, office) {
					t.Errorf("%s %s at %q: scope says %v", r, act, office, got)
				}
			}
		}
	}
}

func TestRefusalSaysWhat(t *testing.T) {
	err := Check(Actor{Role: Statistician, Purpose: "statistics"}, Read, "ESMAD")
	if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "read") {
		t.Fatalf("got %v", err)
	}
}
