package crashtest

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store/pgtest"
)

// TestWritersOfOnePerson: officers who saw the same version write the same field at one
// time. One is saved; each of the others is shown both values. Officers who write other
// fields are all saved.
func TestWritersOfOnePerson(t *testing.T) {
	for _, engine := range []string{node.SQLite, node.Encrypted, node.Postgres} {
		t.Run(engine, func(t *testing.T) {
			url := ""
			if engine == node.Postgres {
				url = pgtest.URL(t)
			}
			a, err := openAs(filepath.Join(t.TempDir(), "reg"), engine, url)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			for i := range int64(5) {
				compete(t, a, 1+i)
			}
			sound(t, a)
		})
	}
}

func compete(t *testing.T, a *app.App, n int64) {
	t.Helper()
	r, err := a.Register(ctx, operator(), person(n), true)
	if err != nil || r.Person == "" {
		t.Fatal(r, err)
	}
	before := open(t, a, r.Person)
	edit := func(field, value string) app.Outcome {
		out, err := a.Edit(ctx, operator(), r.Person, []registry.Input{{Field: field, Value: change.Text(value), Base: before.Person.Version(field)}}, "")
		if err != nil {
			t.Error(field, err)
		}
		return out
	}
	names := []string{"Juana", "Julia", "Justina", "Josefa"}
	outcomes := make([]app.Outcome, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { outcomes[i] = edit("given_names", name) })
	}
	for field, value := range map[string]string{"sex": "M", "civil_status": "married", "birth_date": "1971-02-03"} {
		wg.Go(func() {
			if out := edit(field, value); len(out.Conflicts) > 0 || out.Unchanged {
				t.Errorf("another field, %s, met %+v", field, out)
			}
		})
	}
	wg.Wait()
	page := open(t, a, r.Person)
	stands := page.Person.Text("given_names")
	won := 0
	for i, out := range outcomes {
		if len(out.Conflicts) == 0 {
			won++
			if names[i] != stands {
				t.Errorf("%s was told it is saved, %s stands", names[i], stands)
			}
			continue
		}
		c := out.Conflicts[0]
		if len(out.Conflicts) != 1 || c.Field != "given_names" || c.Mine.Text != names[i] || c.Theirs.Value.Text != stands || c.Base != before.Person.Version("given_names") {
			t.Errorf("%s was shown %+v", names[i], out.Conflicts)
		}
	}
	got := fmt.Sprint(won, page.Person.Text("sex"), page.Person.Text("civil_status"), page.Person.Text("birth_date"), len(registry.History(page.Changes, "given_names")))
	if want := fmt.Sprint(1, "M", "married", "1971-02-03", 2); got != want {
		t.Errorf("won, other fields and history are %s, want %s", got, want)
	}
}

func open(t *testing.T, a *app.App, who string) *app.PersonPage {
	t.Helper()
	page, err := a.Person(ctx, operator(), who, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return page
}
