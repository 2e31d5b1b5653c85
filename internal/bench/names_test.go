package bench

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quipu/internal/store/pgtest"
	"quipu/internal/synth"
)

// namesList writes a list of invented persons.
func namesList(t *testing.T, persons int, columns []string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	c := newCutter(out, columns)
	_, err = synth.Generate(synth.Options{Persons: persons, Seed: 1, Inline: true}, c, nothing{context.Background()})
	for _, err := range []error{err, c.close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestFindNames(t *testing.T) {
	list := namesList(t, 2000, []string{"truth", "nombres", "apellido_paterno", "apellido_materno", "fecha_nacimiento"})
	got, err := FindNames(context.Background(), list, 30, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	if got.Persons != 2000 || got.BytesPerPerson < 10 || len(got.Kinds) != 9 {
		t.Fatalf("%+v", got)
	}
	for _, k := range got.Kinds {
		if k.Kind != common && (k.InTen < 0.9 || k.Queries == 0) {
			t.Errorf("%s: %d questions, %.3f found among 2,000 people", k.Kind, k.Queries, k.InTen)
		}
	}
}

func TestFindNamesBesideTrigrams(t *testing.T) {
	url := pgtest.URL(t)
	list := namesList(t, 300, []string{"nombres", "apellido_paterno", "apellido_materno", "fecha_nacimiento"})
	got, err := FindNames(context.Background(), list, 10, 1, url)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"gin", "gist"} {
		if got.Built[way].Bytes == 0 || len(got.Peer[way]) != 8 {
			t.Errorf("%s: %+v, %+v", way, got.Built[way], got.Peer[way])
		}
		for _, k := range got.Peer[way] {
			if k.Kind == "exact" && k.InTen < 1 {
				t.Errorf("%s finds %.2f of names without error", way, k.InTen)
			}
		}
	}
}

func TestCut(t *testing.T) {
	var out strings.Builder
	c := newCutter(&out, []string{"c", "a"})
	for _, piece := range []string{"a,b,", "c\n1,2,\"x, y", "\"\n3,4,\n"} {
		if _, err := c.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(); err != nil || out.String() != "c,a\n\"x, y\",1\n,3\n" {
		t.Errorf("%v %q", err, out.String())
	}
	c = newCutter(&out, []string{"d"})
	_, _ = c.Write([]byte("a,b\n"))
	if err := c.close(); err == nil {
		t.Error("a column that is not there is no error")
	}
}
