package rights_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
)

// TestMergedIsErased: erasing an entry erases what was merged into it, the scores of both, and
// the words of who decided.
func TestMergedIsErased(t *testing.T) {
	d := open(t)
	other, err := d.Register(ctx, window, registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{text("given_names", "Zoraida"), text("surname_paternal", "Zuzunaga"),
		text("birth_date", "1971-02-03"), {Field: "email/new", Value: change.Group("address", "zora@example.org")}}}, true)
	d.must(err)
	pair, err := d.Suspect(ctx, who("lima", authz.Reviewer, "PELIM"), d.person, other.Person)
	d.must(err)
	survivor := same.A
	if a, _, _ := same.Sides(pair); a != d.person {
		survivor = same.B
	}
	_, err = d.Pair(ctx, head, pair)
	d.must(err)
	merged, err := d.Decide(ctx, head, pair, review.DecideCmd{Verdict: same.Same, Survivor: survivor, Note: "trajo la partida de Chumbivilcas"})
	d.must(err)
	data, err := d.HandOut(ctx, head, d.person, "json", "", "es")
	d.must(err)
	if all := d.raw(); !strings.Contains(all, "Zoraida") || len(data.Reads) != 2 { // one look at each entry
		t.Fatalf("the test looks for what is not there: %+v", data.Reads)
	}
	_, err = d.CloseRegistration(ctx, window, d.person, "returned", "")
	d.must(err)
	d.sleep(6)
	report, err := d.WhatIsDue(ctx, head, "ESMAD", 10, nil)
	d.must(err)
	if len(report.Lines) != 1 || report.Lines[0].Who.ID != d.person {
		t.Fatalf("the merged entry is due by itself: %+v", report.Lines)
	}
	proposal, _, err := d.ProposeRetention(ctx, head, "ESMAD")
	d.must(err)
	if n, err := d.ApproveProposal(ctx, privacy, proposal, id.Change{}); err != nil || n != 1 {
		t.Fatalf("erased of %d, %v", n, err)
	}
	d.clean()
	d.must(d.Scrub(ctx, privacy))
	raw := d.raw()
	for _, file := range []string{"quipu.db", "quipu.db-wal"} {
		data, err := os.ReadFile(filepath.Join(d.dir, file))
		if err != nil && file == "quipu.db" {
			t.Fatal(err)
		}
		raw += string(data)
	}
	for _, s := range []string{"Zoraida", "ZORAIDA", "Zuzunaga", "zora@example.org", "Chumbivilcas", "10117410"} {
		if strings.Contains(raw, s) {
			t.Errorf("%q is still in the register", s)
		}
	}
	if _, err := d.UndoMerge(ctx, head, merged.Merge, review.UndoCmd{Reason: "por probar"}); !fault.Is(err, "review.erased") {
		t.Errorf("what was erased was parted: %v", err)
	}
	if _, err := d.Pair(ctx, head, pair); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the pair is still shown: %v", err)
	}
	if page, err := d.Person(ctx, head, other.Person, time.Time{}); err != nil || !registry.Erased(&page.Person) {
		t.Errorf("the merged entry still says something: %v", err)
	}
}
