package backup_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/backup"
	"quipu/internal/app/node"
	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/tabular"
)

// said are the tables that follow from the log alone.
var said = []string{"change", "person", "person_key", "office", "import_run", "account", "contested", "settled", "request", "breach", "disclosure", "retention", "same_merge"}

// clock moves on by a second at every look, so that every change has a moment of its own.
func clock() func() time.Time {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return func() time.Time { at = at.Add(time.Second); return at }
}

func importList(t *testing.T, a *app.App, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := tabular.Open(path, tabular.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	sample, err := app.SampleRows(func() (*tabular.Reader, error) { return tabular.Open(path, tabular.Options{}) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Import(ctx, operator(), app.ImportJob{Name: "lista.csv", Office: "ESMAD", Reader: list, Mapping: intake.Recognise(list.Info().Header, sample)}); err != nil {
		t.Fatal(err)
	}
}

// life does something to a register, a step at a time.
func life(t *testing.T, a *app.App) []func() {
	var people []string
	register := func(n int) func() {
		return func() {
			r, err := a.Register(ctx, operator(), person(n), true)
			if err != nil {
				t.Fatal(err)
			}
			people = append(people, r.Person)
		}
	}
	edit := func(i int, field, value string) func() {
		return func() {
			page, err := a.Person(ctx, operator(), people[i], time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			out, err := a.Edit(ctx, operator(), people[i], []registry.Input{{Field: field, Value: change.Text(value), Base: page.Person.Version(field)}}, "")
			if err != nil || len(out.Conflicts) > 0 {
				t.Fatal(out, err)
			}
		}
	}
	const head = "Apellido paterno;Apellido materno;Nombres;DNI;Fecha de nacimiento;Sexo\n"
	return []func(){
		register(1), register(2), edit(0, "given_names", "Rosa María"), edit(1, "birth_date", "1971-02-03"), register(3),
		func() {
			importList(t, a, head+"Condori;Flores;Ana;40117411;07/04/1971;F\nHuamán;Ríos;Luis;40117412;08/05/1972;M\n")
		},
		edit(0, "given_names", "Rosa"),
		func() {
			err := a.CreateAccount(ctx, operator(), account.NewAccount{Login: "rosa", Name: "Rosa", Role: authz.Window, Office: "ESMAD", Password: pass})
			if err != nil {
				t.Fatal(err)
			}
		},
		edit(2, "surname_paternal", "Quispé"), register(4), func() {
			if err := a.KeepCheckpoint(ctx); err != nil {
				t.Fatal(err)
			}
		}, edit(0, "sex", "M"),
	}
}

// TestUntil puts a register back as it was after each of its days, by the clock and by the
// name of the last change, and holds every table against what it was then.
func TestUntil(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reg")
	now := clock()
	a, err := app.Open(ctx, dir, app.Options{Create: true, Node: "ESMAD-1", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	type moment struct {
		at   time.Time
		last string
		was  map[string][]string
	}
	var moments []moment
	for _, step := range life(t, a) {
		step()
		was := dump(t, a, 1<<40)
		all := was["change"]
		moments = append(moments, moment{now(), lastOf(t, a), was})
		if len(all) == 0 {
			t.Fatal("nothing happened")
		}
	}
	id, to := pair(t)
	var file bytes.Buffer
	if _, err := backup.Write(ctx, a.Node, operator(), &file, backup.Job{To: to, Keys: true}); err != nil {
		t.Fatal(err)
	}
	for i, m := range moments {
		for _, until := range []string{m.at.Format(time.RFC3339Nano), m.last} {
			if i%3 != 0 && until == m.last {
				continue // every third by name as well
			}
			u, err := backup.ParseUntil(until)
			if err != nil {
				t.Fatal(err)
			}
			b, r := restore(t, file.Bytes(), backup.Order{With: []age.Identity{id}, Dir: filepath.Join(t.TempDir(), "back"), Until: u})
			got := dump(t, b, r.Changes-1)
			for _, table := range said {
				if !slices.Equal(m.was[table], got[table]) && (table != "account" || len(m.was[table]) > 0) {
					t.Errorf("step %d, until %s: %s was\n%s\nand is\n%s", i, until, table, strings.Join(m.was[table], "\n"), strings.Join(got[table], "\n"))
				}
			}
			if accounts := got["account"]; len(m.was["account"]) == 0 && len(accounts) > 0 && !strings.Contains(accounts[0], "closed") {
				t.Errorf("step %d: an account that was not there yet is open: %v", i, accounts)
			}
			if _, err := b.Register(ctx, operator(), person(900+i), true); err != nil {
				t.Errorf("step %d: %v", i, err)
			}
			if err := b.KeepCheckpoint(ctx); err != nil {
				t.Errorf("step %d: %v", i, err)
			}
			report, err := b.VerifyLog(ctx, node.Operator("prueba", ""), nil, nil)
			if err != nil || len(report.Findings) > 0 {
				t.Errorf("step %d, after it went on: %v, %v", i, report.Findings, err)
			}
		}
	}
	for until, want := range map[string]string{"1999-01-01T00:00:00Z": "backup.before", "ESMAD-1:99999": "backup.no_change"} {
		u, err := backup.ParseUntil(until)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "back")
		_, err = app.Restore(ctx, operator(), bytes.NewReader(file.Bytes()), backup.Order{With: []age.Identity{id}, Dir: to, Until: u}, nil)
		if !fault.Is(err, want) {
			t.Errorf("until %s: %v, not %s", until, err, want)
		}
		left(t, to)
	}
	if _, err := backup.ParseUntil("ayer"); !fault.Is(err, "backup.until") {
		t.Error(err)
	}
}

// lastOf is the name of the newest change.
func lastOf(t *testing.T, a *app.App) (name string) {
	t.Helper()
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		size, err := tx.Size(ctx)
		if err != nil {
			return err
		}
		return tx.Log(ctx, size-1, 1, func(e store.Entry) error {
			name = e.ID.String()
			return nil
		})
	})
	if err != nil || name == "" {
		t.Fatal(name, err)
	}
	return name
}

// TestErasedStaysErased: what was erased after the moment that is asked for is not in the
// register of that moment, and its log says why.
func TestErasedStaysErased(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "reg"), node.SQLite)
	r, err := a.Register(ctx, operator(), person(1), true)
	if err != nil {
		t.Fatal(err)
	}
	moment := lastOf(t, a)
	ref := change.Ref{Kind: change.Person, ID: r.Person}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		entries, err := tx.Entries(ctx, ref)
		if err != nil {
			return err
		}
		var lines []change.Erased
		for _, e := range entries {
			c, err := change.Decode(e.Body)
			if err != nil {
				return err
			}
			out, _ := change.Redact(&c, audit.Leaf(&c, e.Body).String(), func(_ int, s *change.Set) bool { return s.Field == "given_names" })
			body := change.Encode(&out)
			lines = append(lines, audit.Erased(&c, e.Body, body))
			if err := tx.Redact(ctx, c.ID, body); err != nil {
				return err
			}
		}
		st, err := a.Stamper(ctx, tx, operator())
		if err != nil {
			return err
		}
		erasure := change.Erase(r.Person, lines)
		st.Stamp(&erasure)
		if err := tx.Append(ctx, []change.Change{erasure}); err != nil {
			return err
		}
		return a.ProjectPeople(ctx, tx, []string{r.Person})
	})
	if err != nil {
		t.Fatal(err)
	}
	id, to := pair(t)
	var file bytes.Buffer
	if _, err := backup.Write(ctx, a.Node, operator(), &file, backup.Job{To: to, Keys: true}); err != nil {
		t.Fatal(err)
	}
	u, err := backup.ParseUntil(moment)
	if err != nil {
		t.Fatal(err)
	}
	b, back := restore(t, file.Bytes(), backup.Order{With: []age.Identity{id}, Dir: filepath.Join(t.TempDir(), "back"), Until: u})
	page, err := b.Person(ctx, operator(), r.Person, time.Time{})
	if err != nil || page.Person.Text("given_names") != "" || page.Person.Text("surname_paternal") != "Quispe" || back.Cut != 1 {
		t.Errorf("%d cut; %q %q, %v", back.Cut, page.Person.Text("given_names"), page.Person.Text("surname_paternal"), err)
	}
}
