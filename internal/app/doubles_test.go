package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"quipu/internal/app/alike"
	"quipu/internal/app/node"
	"quipu/internal/app/review"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/synth"
)

// hard registers invented people with families and double entries, one by one, without
// minding who looks alike.
func hard(t *testing.T, a *App, persons int) {
	t.Helper()
	var rows bytes.Buffer
	if _, err := synth.Generate(synth.Options{Persons: persons, Seed: 11, Families: true, Duplicates: 0.15}, &rows, io.Discard); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&rows).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(all[0], name) }
	for _, c := range all[1:] {
		in := []registry.Input{text("residence_country", "ES")}
		for field, column := range map[string]string{"surname_paternal": "apellido_paterno", "surname_maternal": "apellido_materno",
			"given_names": "nombres", "birth_date": "fecha_nacimiento", "sex": "sexo"} {
			if v := c[at(column)]; v != "" {
				in = append(in, text(field, v))
			}
		}
		if v := c[at("numero_documento")]; v != "" {
			in = append(in, registry.Input{Field: "document/new", Value: change.Group("type", "dni", "number", v, "verification", "seen_original")})
		}
		if v := c[at("correo")]; v != "" {
			in = append(in, registry.Input{Field: "email/new", Value: change.Group("address", v)})
		}
		_, err := a.Register(context.Background(), node.Operator("prueba", "ESMAD"), registry.RegisterCmd{Office: "ESMAD", Inputs: in}, true)
		if err != nil {
			continue // a number that cannot be, a date before its time: the window refuses it
		}
	}
}

// stored are the pairs of the queue with their weights, in hundredths of a bit.
func stored(t *testing.T, a *App) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	err := a.DB.View(context.Background(), func(tx *store.Tx) error {
		rows, err := tx.Pairs(context.Background(), store.PairFilter{}, 100_000)
		for _, p := range rows {
			out[p.ID] = p.Weight
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOneByOneIsAllAtOnce: what registration after registration put before the reviewers is
// what one look at the whole register finds, with the same weights.
func TestOneByOneIsAllAtOnce(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, op := t.Context(), node.Operator("prueba", "ESMAD")
	hard(t, a, 1200)
	before := stored(t, a)
	out, err := a.ScanForDoubles(ctx, op, alike.Batch{Threads: 2})
	if err != nil || out.Found < 100 || out.Model != "shipped" {
		t.Fatalf("scanned %+v, %v", out, err)
	}
	after := stored(t, a)
	if len(after) != out.Found {
		t.Errorf("%d pairs were found, %d are stored", out.Found, len(after))
	}
	missing := 0
	for _, pair := range slices.Sorted(maps.Keys(after)) {
		if w, ok := before[pair]; !ok {
			missing++
			t.Logf("only the scan found %s, %.2f bits", pair, float64(after[pair])/100)
		} else if w-after[pair] > 1 || after[pair]-w > 1 {
			t.Errorf("%s weighs %d and %d", pair, w, after[pair])
		}
	}
	t.Logf("%d people, %d pairs one by one, %d at once, %d of them only so", out.People, len(before), out.Found, missing)
	if missing > 0 || len(before) != len(after) {
		t.Errorf("one by one %d pairs, at once %d", len(before), len(after))
	}
	again, err := a.ScanForDoubles(ctx, op, alike.Batch{Threads: 1})
	if err != nil || again != out || fmt.Sprint(stored(t, a)) != fmt.Sprint(after) {
		t.Errorf("a second scan: %+v, %v", again, err)
	}
	r, confirmed, err := a.BlindTest(ctx, op, 1, alike.Batch{Seed: 3})
	if err != nil || confirmed < 50 || r.Pairs != confirmed || r.Share < 0.8 || r.Low > r.Share || r.High < r.Share {
		t.Errorf("blind: %d confirmed, %+v, %v", confirmed, r, err)
	}
	t.Logf("blind: %+v", r)
	m, c, err := a.LearnModel(ctx, op, true, alike.Batch{Seed: 3})
	if err != nil || m.Number != 1 || c.Both < 50 {
		t.Fatalf("learnt %d, %+v, %v", m.Number, c, err)
	}
	if out, err = a.ScanForDoubles(ctx, op, alike.Batch{}); err != nil || out.Model != "register-1" {
		t.Errorf("with the register's own: %+v, %v", out, err)
	}
	if _, err := a.ScanForDoubles(ctx, officer("window", "ESMAD"), alike.Batch{}); err == nil {
		t.Error("the window looked at the whole register")
	}
}

// TestChangeIsWeighed: a correction that makes two entries alike puts them before the reviewers.
func TestChangeIsWeighed(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, rosa := t.Context(), officer("window", "ESMAD")
	enter := func(in []registry.Input) string {
		r, err := a.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: in}, false)
		if err != nil {
			t.Fatal(err)
		}
		return r.Person
	}
	enter(somebody("Quispe", "Mamani", "Yesenia", "1985-03-12", ""))
	other := enter(somebody("Condori", "Mamani", "Yesenia", "1958-07-21", ""))
	if n := len(stored(t, a)); n != 0 {
		t.Fatalf("%d pairs before", n)
	}
	page, err := a.Person(ctx, rosa, other, a.Now())
	if err != nil {
		t.Fatal(err)
	}
	fix := func(field, value string) registry.Input {
		in := text(field, value)
		in.Base = page.Person.Version(field)
		return in
	}
	if _, err := a.Edit(ctx, rosa, other, []registry.Input{fix("surname_paternal", "Quispe"), fix("birth_date", "1985-03-12")}, "según su partida"); err != nil {
		t.Fatal(err)
	}
	queue, err := a.Queue(ctx, officer("supervisor", "ESMAD"), review.Filter{})
	if err != nil || len(queue) != 1 || queue[0].Source != review.OnChange {
		t.Errorf("the queue has %+v, %v", queue, err)
	}
}
