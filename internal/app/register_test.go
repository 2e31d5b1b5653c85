package app

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/app/number"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/intake"
	"quipu/internal/store"
	"quipu/internal/sync"
	"quipu/internal/tabular"
)

// bound makes the register a node that was given a run of numbers.
func bound(t *testing.T, a *App, runs ...id.Range) {
	t.Helper()
	var word []sync.NumberRange
	for _, r := range runs {
		word = append(word, sync.NumberRange{First: r.First, Last: r.Last, Next: r.First})
	}
	err := a.DB.Update(context.Background(), func(tx *store.Tx) error { return number.Accept(context.Background(), tx, word, 1) })
	if err != nil {
		t.Fatal(err)
	}
}

// TestNodeRegistersFromItsRuns: a node takes numbers of its own runs, goes on in the next
// one, and when none is left nobody is entered.
func TestNodeRegistersFromItsRuns(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx := context.Background()
	bound(t, a, id.Range{First: 700, Last: 700}, id.Range{First: 9000, Last: 9000})
	for i, want := range []int64{700, 9000} {
		cmd := juan("ESMAD")
		cmd.Inputs[0].Value.Text = []string{"Alfa", "Beta"}[i]
		r, err := a.Register(ctx, officer(authz.Window, "ESMAD"), cmd, true)
		if err != nil || r.Number != id.Number(want) {
			t.Fatalf("entry %d has number %s, %v; want %s", i, r.Number, err, id.Number(want))
		}
	}
	r, err := a.Register(ctx, officer(authz.Window, "ESMAD"), juan("ESMAD"), true)
	if !fault.Is(err, "number.none") {
		t.Fatalf("without a number: %+v, %v", r, err)
	}
	stock, err := a.NumberStock(ctx, officer(authz.Window, "ESMAD"))
	if err != nil || stock != (number.Stock{Bound: true}) {
		t.Errorf("stock %+v, %v", stock, err)
	}
	if c := a.checkNumbers(ctx); c.State != Fail {
		t.Errorf("the check says %+v", c)
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		n, err := tx.Count(ctx, store.CountPersons)
		if n != 2 {
			t.Errorf("%d people", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNodeImportsFromItsRuns: a list that needs more numbers than there are stops whole,
// asks the hub for more, and goes in when they have come.
func TestNodeImportsFromItsRuns(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx := context.Background()
	bound(t, a, id.Range{First: 1, Last: 2})
	list := "apellido_paterno,nombres,fecha_nacimiento,sexo,ciudad\nUno,Ana,1980-01-01,F,Madrid\nDos,Eva,1981-01-01,F,Madrid\nTres,Luz,1982-01-01,F,Madrid\n"
	path := filepath.Join(t.TempDir(), "lista.csv")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	bring := func() (ImportResult, error) {
		t.Helper()
		r, err := tabular.Open(path, tabular.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		return a.Import(ctx, officer(authz.Supervisor, "ESMAD"), ImportJob{Reader: r, Mapping: intake.Recognise(r.Info().Header, nil), Name: "lista.csv", Office: "ESMAD"})
	}
	if res, err := bring(); !fault.Is(err, "number.short") {
		t.Fatalf("with two numbers for three rows: %+v, %v", res, err)
	}
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		ask, err := number.AskOf(ctx, tx)
		if ask.Left != 2 || ask.Wants < 10_000 {
			t.Errorf("it asks %+v", ask)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	bound(t, a, id.Range{First: 50, Last: 60})
	if res, err := bring(); err != nil || res.New != 3 {
		t.Fatalf("with enough: %+v, %v", res, err)
	}
}
