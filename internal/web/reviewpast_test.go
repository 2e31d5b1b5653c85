package web_test

import (
	"strings"
	"testing"

	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/registry/same"
)

// TestMergeInHistory: the timelines of both entries tell in words that they were merged and
// parted, with the number of the other and the way to the merge.
func TestMergeInHistory(t *testing.T) {
	s := newOffice(t)
	head := authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	one, two, pair := s.double("Rosa Elvira", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1985-03-28", "sex", "F"})
	out, err := s.app.Decide(t.Context(), head, pair, review.DecideCmd{Verdict: same.Same})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.app.Merge(t.Context(), head, out.Merge)
	if err != nil {
		t.Fatal(err)
	}
	b := s.as("head")
	b.get("/persona/"+out.Survivor+"/historia").has(t, "Unión: esta ficha tomó lo que decía la "+m.OtherFace.Number, "/revision/union/"+out.Merge)
	if p := b.get("/persona/" + out.Survivor + "/historia"); strings.Contains(p.text, "/importacion/"+out.Merge) {
		t.Error("a merge is said to be an import")
	}
	if _, err := s.app.UndoMerge(t.Context(), head, out.Merge, review.UndoCmd{Reason: "son primas", Then: same.Different}); err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{one, two} {
		b.get("/persona/"+person+"/historia").has(t, "Unión deshecha")
	}
	b.get("/persona/"+m.Other+"/historia").has(t, "Unión: esta ficha se unió a la "+m.SurvivorFace.Number)
}
