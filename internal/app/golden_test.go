package app

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app/apptest"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/synth"
	"quipu/internal/tabular"
)

// golden names the register that -golden writes: a new one for each version that lands.
// The ones that are there are never changed.
var golden = flag.String("golden", "", "write testdata/registers/NAME")

// TestEveryLandedRegisterOpens opens the data directory of every version that landed,
// checks it, reads from it and writes to it. Its people are invented and its keys sign
// nothing else.
func TestEveryLandedRegisterOpens(t *testing.T) {
	if *golden != "" {
		writeGolden(t, filepath.Join("testdata", "registers", *golden))
	}
	dirs, err := filepath.Glob("testdata/registers/*/quipu.toml")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no registers in testdata: %v", err)
	}
	for _, settings := range dirs {
		dir := filepath.Dir(settings)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "reg")
			apptest.CopyRegister(t, dir, copied)
			a, err := Open(context.Background(), copied, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			clean(t, a)
			operator := node.Operator("test", "ESMAD")
			hits, err := a.Search(context.Background(), operator, "10117410", 5)
			if err != nil || len(hits) != 1 {
				t.Fatalf("found %+v, %v", hits, err)
			}
			page, err := a.Person(context.Background(), officer(authz.Head, "ESMAD"), hits[0].ID, time.Time{})
			if err != nil || page.Person.Text("surname_maternal") != "Mamani" || page.Person.Text("safe_hours") != "solo de 10 a 12" {
				t.Fatalf("the person reads %q, %q, %v", page.Person.Text("surname_maternal"), page.Person.Text("safe_hours"), err)
			}
			if _, err := a.Edit(context.Background(), operator, hits[0].ID, []registry.Input{text("motive", "work")}, ""); err != nil {
				t.Fatal(err)
			}
			clean(t, a)
		})
	}
}

func writeGolden(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	if _, err := os.Stat(dir); err == nil {
		t.Fatalf("%s is there: a register that landed is never written again", dir)
	}
	c := &clock{time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}
	a, err := Open(ctx, dir, Options{Create: true, Now: c.now, Node: "GOLDEN"})
	if err != nil {
		t.Fatal(err)
	}
	var list bytes.Buffer
	if _, err := synth.Generate(synth.Options{Persons: 40, Seed: 1, Families: true}, &list, io.Discard); err != nil {
		t.Fatal(err)
	}
	r, err := tabular.NewReader(bytes.NewReader(list.Bytes()), int64(list.Len()), tabular.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Import(ctx, node.Operator("test", "ESMAD"), ImportJob{Name: "registro.csv", Office: "ESMAD", Reader: r, Mapping: intake.Recognise(r.Info().Header, nil)})
	if err != nil {
		t.Fatal(err)
	}
	person := registerJuan(t, a).Person
	for _, given := range []string{"Juan", "Juan Carlos"} {
		c.t = c.t.Add(time.Hour)
		in := text("given_names", given)
		page, err := a.Person(ctx, officer(authz.Window, "ESMAD"), person, time.Time{})
		if err == nil {
			in.Base = page.Person.Version("given_names")
			_, err = a.Edit(ctx, officer(authz.Window, "ESMAD"), person, []registry.Input{in}, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}
