package oversight_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/access"
	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/oversight"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// reasons lists the marked reads that wait, oldest first, as "login why".
func reasons(t *testing.T, a *app.App, who app.Actor, f oversight.AccessFilter) (out []string) {
	t.Helper()
	if left, err := a.JudgeReads(ctx, who); err != nil || left != 0 {
		t.Fatalf("%d left, %v", left, err)
	}
	f.Marks = store.OpenMarks
	found, next, err := a.Accesses(ctx, who, f, 100)
	if err != nil || next != 0 {
		t.Fatalf("next %d, %v", next, err)
	}
	for _, x := range slices.Backward(found) {
		out = append(out, fmt.Sprint(x.Author, " ", x.Reasons))
	}
	return out
}

func look(t *testing.T, a *app.App, who app.Actor, person string) {
	t.Helper()
	if _, err := a.Person(ctx, who, person, time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// TestQueue: what somebody should look at waits until an auditor did, and says why.
func TestQueue(t *testing.T) {
	a, c := open(t)
	operator := node.Operator("test", "ESMAD")
	huaman := account.NewAccount{Login: "ana", Name: "Ana Flores Huamán", Office: "ESMAD", Role: authz.Window, Lang: "es", Password: "una clave bastante larga"}
	if err := a.CreateAccount(ctx, operator, huaman); err != nil {
		t.Fatal(err)
	}
	rosa, marta, amelia := officer("rosa", authz.Window, "ESMAD"), officer("marta", authz.Head, "ESMAD"), officer("amelia", authz.Auditor, "ESMAD")
	carlos, ana := officer("carlos", authz.Head, "USPAT"), officer("ana", authz.Window, "ESMAD")
	p := registered(t, a, rosa, "Flores", "Huamán", "10117410")
	look(t, a, rosa, p)   // at the window, by day: nothing
	look(t, a, marta, p)  // reserved values
	look(t, a, carlos, p) // at Paterson it is half past four in the morning
	look(t, a, ana, p)    // a relative
	look(t, a, ana, p)    // the same look
	c.t = c.t.Add(12 * time.Hour)
	rosa.Purpose = "assistance"
	look(t, a, rosa, p) // at night
	want := []string{"marta reserved", "carlos outside hours", "ana surnames", "rosa hours"}
	for range 2 { // judging again marks nothing again
		if got := reasons(t, a, amelia, oversight.AccessFilter{}); !slices.Equal(got, want) {
			t.Fatalf("waiting %q, want %q", got, want)
		}
	}
	if n, err := a.OpenAccesses(ctx, amelia); err != nil || n != 4 {
		t.Errorf("%d wait, %v", n, err)
	}
	for _, f := range []struct {
		f    oversight.AccessFilter
		want []string
	}{
		{oversight.AccessFilter{Reason: access.Hours}, []string{"carlos outside hours", "rosa hours"}},
		{oversight.AccessFilter{Reason: access.Many}, nil},
		{oversight.AccessFilter{ReadFilter: store.ReadFilter{Purpose: "assistance"}}, []string{"rosa hours"}},
		{oversight.AccessFilter{ReadFilter: store.ReadFilter{Outside: true}}, []string{"carlos outside hours"}},
	} {
		if got := reasons(t, a, amelia, f.f); !slices.Equal(got, f.want) {
			t.Errorf("%+v finds %q, want %q", f.f, got, f.want)
		}
	}
	if got := reasons(t, a, carlos, oversight.AccessFilter{}); !slices.Equal(got, want[1:2]) {
		t.Errorf("the head of Paterson sees %q", got)
	}
	// The person moves; the line still says where he was.
	if err := transferred(a, carlos, p); err != nil {
		t.Fatal(err)
	}
	found, _, err := a.Accesses(ctx, amelia, oversight.AccessFilter{ReadFilter: store.ReadFilter{Author: "carlos"}}, 10)
	if err != nil || len(found) != 1 || found[0].Home != "ESMAD" || found[0].Number == "" {
		t.Errorf("found %+v, %v", found, err)
	}
}

func transferred(a *app.App, by app.Actor, person string) error {
	_, err := a.Transfer(ctx, by, person, registry.TransferCmd{ToOffice: by.Office})
	return err
}

func TestSeeAccesses(t *testing.T) {
	a, c := open(t)
	rosa, amelia := officer("rosa", authz.Window, "ESMAD"), officer("amelia", authz.Auditor, "ESMAD")
	p := registered(t, a, rosa, "Flores", "Huamán", "10117410")
	c.t = c.t.Add(12 * time.Hour)
	look(t, a, rosa, p)
	privacy := officer("odp", authz.Privacy, "ESMAD")
	look(t, a, privacy, p)
	if got := reasons(t, a, amelia, oversight.AccessFilter{}); len(got) != 2 {
		t.Fatalf("waiting %q", got)
	}
	found, _, err := a.Accesses(ctx, amelia, oversight.AccessFilter{ReadFilter: store.ReadFilter{Marks: store.OpenMarks}}, 10)
	if err != nil {
		t.Fatal(err)
	}
	places := []int64{found[0].Seq, found[1].Seq, 1, 999}
	for _, who := range []app.Actor{rosa, officer("marta", authz.Head, "ESMAD")} {
		if _, err := a.SeeAccesses(ctx, who, places, "visto"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s passes looks: %v", who.Role, err)
		}
	}
	for key, call := range map[string]func() error{
		"day.note":        func() error { _, err := a.SeeAccesses(ctx, amelia, places, "  "); return err },
		"day.note_long":   func() error { _, err := a.SeeAccesses(ctx, amelia, places, strings.Repeat("x", 2001)); return err },
		"day.none_chosen": func() error { _, err := a.SeeAccesses(ctx, amelia, nil, "visto"); return err },
	} {
		if err := call(); !fault.Is(err, key) {
			t.Errorf("%v, want %s", err, key)
		}
	}
	if own, err := a.SeeAccesses(ctx, privacy, places, "todo bien"); err != nil || own != 1 {
		t.Errorf("the data-protection officer passes his own look: %d, %v", own, err)
	}
	if got := reasons(t, a, amelia, oversight.AccessFilter{}); !slices.Equal(got, []string{"odp hours"}) {
		t.Errorf("still waiting %q", got)
	}
	if own, err := a.SeeAccesses(ctx, amelia, places, "turno de guardia"); err != nil || own != 0 {
		t.Errorf("%d, %v", own, err)
	}
	if n, err := a.OpenAccesses(ctx, amelia); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
	seen, _, err := a.Accesses(ctx, amelia, oversight.AccessFilter{ReadFilter: store.ReadFilter{Marks: store.SeenMarks}}, 10)
	if err != nil || len(seen) != 2 || seen[0].Note != "turno de guardia" || seen[1].Note != "todo bien" || seen[1].SeenBy != "odp" {
		t.Errorf("seen %+v, %v", seen, err)
	}
}

// TestJudgeInSlices: what is judged in slices is judged like what is judged at once.
func TestJudgeInSlices(t *testing.T) {
	a, c := open(t)
	rosa, amelia := officer("rosa", authz.Window, "ESMAD"), officer("amelia", authz.Auditor, "ESMAD")
	for i := range 100 {
		c.t = c.t.Add(time.Second)
		if err := a.LogReads(ctx, rosa, store.Read{Action: "read", Person: fmt.Sprint("P", i), Detail: "detail"}); err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			if _, err := a.JudgeReads(ctx, amelia); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := reasons(t, a, amelia, oversight.AccessFilter{})
	if len(got) == 0 || strings.ReplaceAll(strings.Join(got, ""), "rosa many", "") != "" {
		t.Fatalf("marked %q", got)
	}
	err := a.DB.Update(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, "reads.judged", "") })
	if err != nil {
		t.Fatal(err)
	}
	if again := reasons(t, a, amelia, oversight.AccessFilter{}); !slices.Equal(again, got) {
		t.Errorf("at once %q, in slices %q", again, got)
	}
}

func TestExportAccesses(t *testing.T) {
	a, _ := open(t)
	rosa, amelia := officer("rosa", authz.Window, "ESMAD"), officer("amelia", authz.Auditor, "ESMAD")
	p := registered(t, a, rosa, "Flores", "Huamán", "10117410")
	for range 3 {
		look(t, a, rosa, p)
	}
	var got []string
	more, err := a.ExportAccesses(ctx, amelia, oversight.AccessFilter{ReadFilter: store.ReadFilter{Author: "rosa"}}, func(x oversight.Access) error {
		got = append(got, x.Action)
		return nil
	})
	if err != nil || more || !slices.Equal(got, []string{"read", "read", "read"}) {
		t.Errorf("exported %q, %v, %v", got, more, err)
	}
	lines, err := a.Reads(ctx, amelia, 0, 1)
	if err != nil || lines[0].Action != "export_reads" || lines[0].Author != "amelia" || lines[0].Detail != "rosa" {
		t.Errorf("the export is noted as %+v, %v", lines, err)
	}
	if _, err := a.ExportAccesses(ctx, rosa, oversight.AccessFilter{}, nil); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window exports: %v", err)
	}
}

func TestPersonOf(t *testing.T) {
	a, _ := open(t)
	rosa, amelia := officer("rosa", authz.Window, "ESMAD"), officer("amelia", authz.Auditor, "ESMAD")
	p := registered(t, a, rosa, "Flores", "Huamán", "10117410")
	page, err := a.Person(ctx, rosa, p, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.PersonOf(ctx, amelia, page.Person.Text("number")); err != nil || got != p {
		t.Errorf("found %q, %v", got, err)
	}
	if _, err := a.PersonOf(ctx, amelia, "0000-000-9997"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("nobody's number: %v", err)
	}
	if _, err := a.PersonOf(ctx, rosa, page.Person.Text("number")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window asks: %v", err)
	}
}
