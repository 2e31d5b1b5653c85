package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quipu/internal/app/node"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/tabular"
)

// takeIn imports a list, or rehearses it.
func takeIn(t *testing.T, a *App, list string, rehearse bool) ImportResult {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista.csv")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() (*tabular.Reader, error) { return tabular.Open(path, tabular.Options{}) }
	sample, err := SampleRows(open)
	if err != nil {
		t.Fatal(err)
	}
	r, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	res, err := a.Import(context.Background(), node.Operator("prueba", "ESMAD"), ImportJob{Name: "lista.csv", Office: "ESMAD", Reader: r,
		Mapping: intake.Recognise(r.Info().Header, sample), DryRun: rehearse})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

const doubles = `apellido_paterno,apellido_materno,nombres,fecha_nacimiento,sexo,telefono
Quizpe,Mamani,Jesenia,1985-03-12,F,
Condori,Rojas,Pedro,1970-05-06,M,
Huamán,Ccori,Tomasa,1991-06-07,F,
Huaman,Ccori,Tomaza,1991-06-07,F,
`

// TestRowsAreWeighed: a list says which of its new rows are of people who are there, and
// which of one another; each has its doubt and waits for a reviewer, and nobody is merged.
func TestRowsAreWeighed(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, rosa := t.Context(), officer(authz.Window, "ESMAD")
	there, err := a.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: somebody("Quispe", "Mamani", "Yesenia", "1985-03-12", "46829103")}, false)
	if err != nil {
		t.Fatal(err)
	}
	dry := takeIn(t, a, doubles, true)
	wet := takeIn(t, a, doubles, false)
	for name, res := range map[string]ImportResult{"rehearsal": dry, "import": wet} {
		if res.New != 4 || res.Likely != 2 || len(res.LikelyRows) != 2 {
			t.Fatalf("%s: %d new, %d likely, %+v", name, res.New, res.Likely, res.LikelyRows)
		}
		first, second := res.LikelyRows[0], res.LikelyRows[1]
		if first.Line != 2 || first.Like.ID != there.Person || first.Like.Office != "ESMAD" || len(first.Like.Reasons) == 0 {
			t.Errorf("%s: %+v", name, first)
		}
		if second.Line != 5 || second.Other != 4 || second.Like.Number != "" {
			t.Errorf("%s: %+v", name, second)
		}
	}
	if n, err := a.CountPeople(ctx); err != nil || n != 5 {
		t.Fatalf("%d people, %v", n, err)
	}
	pairs, err := a.Queue(ctx, officer(authz.Supervisor, "ESMAD"), review.Filter{})
	if err != nil || len(pairs) != 2 {
		t.Fatalf("the queue has %d pairs, %v: %+v", len(pairs), err, pairs)
	}
	waiting, err := a.DoubtfulPeople(ctx, rosa, 0, 10)
	if err != nil || !slices.ContainsFunc(waiting, func(h Hit) bool { return strings.HasPrefix(h.GivenNames, "Jesenia") }) {
		t.Errorf("doubtful are %+v, %v", waiting, err)
	}
	reads, err := a.Reads(ctx, officer(authz.Supervisor, "ESMAD"), 0, 100)
	if err != nil || !slices.ContainsFunc(reads, func(r store.Read) bool { return r.Action == "candidate" && r.Person == there.Person }) {
		t.Errorf("nobody will know who was shown: %+v, %v", reads, err)
	}
}

// TestAloneWithTheList: rows are weighed against the register as soon as somebody is in it who
// did not come with the list, also when he came while it was read.
func TestAloneWithTheList(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx := t.Context()
	var l rowsAlike
	turn := func(want bool) {
		t.Helper()
		err := a.DB.Update(ctx, func(tx *store.Tx) error {
			if err := l.begin(ctx, tx); err != nil {
				return err
			}
			return l.end(ctx, tx)
		})
		if err != nil || l.alone != want {
			t.Errorf("alone with the list: %v, want %v; %v", l.alone, want, err)
		}
	}
	turn(true)
	turn(true)
	if _, err := a.Register(ctx, officer(authz.Window, "ESMAD"), registry.RegisterCmd{Office: "ESMAD", Inputs: somebody("Quispe", "Mamani", "Yesenia", "1985-03-12", "46829103")}, false); err != nil {
		t.Fatal(err)
	}
	turn(false)
	turn(false)
	l = rowsAlike{}
	turn(false)
}

// TestIndexIsLeftToTheNext: a program that imports and ends leaves the index of the register in
// its file, and a rehearsal writes nothing.
func TestIndexIsLeftToTheNext(t *testing.T) {
	a, _ := openTest(t, Options{})
	takeIn(t, a, doubles, false)
	again := func(rehearse bool) bool {
		b, err := Open(t.Context(), a.Dir(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		takeIn(t, b, doubles, rehearse)
		_, err = os.Stat(filepath.Join(a.Dir(), "people.index"))
		return err == nil
	}
	if again(true) {
		t.Error("a rehearsal wrote the file")
	}
	if !again(false) {
		t.Error("an import left no file")
	}
}
