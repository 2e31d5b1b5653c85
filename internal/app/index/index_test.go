package index_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/apptest"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
)

var (
	ctx  = context.Background()
	rosa = authz.Actor{Login: "rosa", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
)

const passphrase = "siete llamas en la puna"

func open(t *testing.T, dir, engine string) *app.App {
	t.Helper()
	a, err := app.Open(ctx, dir, app.Options{Create: true, Engine: engine, Passphrase: passphrase})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// begin opens a new register that is closed when the test ends.
func begin(t *testing.T) *app.App {
	a := open(t, filepath.Join(t.TempDir(), "reg"), node.SQLite)
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func text(field, value string) registry.Input {
	return registry.Input{Field: field, Value: change.Text(value)}
}

// enter registers somebody who is not asked about.
func enter(t *testing.T, a *app.App, paternal, maternal, given, birth string) app.Registered {
	t.Helper()
	r, err := a.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{text("surname_paternal", paternal),
		text("surname_maternal", maternal), text("given_names", given), text("birth_date", birth), text("residence_country", "ES")}}, true)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// finds fails the test unless the words find exactly these people, in any order.
func finds(t *testing.T, a *app.App, words string, people ...string) {
	t.Helper()
	hits, err := a.Search(ctx, rosa, words, 10)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, h := range hits {
		if got[h.ID] {
			t.Errorf("%q finds %s twice", words, h.DisplayName())
		}
		got[h.ID] = true
	}
	for _, p := range people {
		if !got[p] {
			t.Errorf("%q does not find %s: %+v", words, p, hits)
		}
	}
	if len(got) != len(people) {
		t.Errorf("%q finds %d people, want %d: %+v", words, len(got), len(people), hits)
	}
}

// TestEveryChangeIsFollowed: what was saved is found by the next search, what is gone is not.
func TestEveryChangeIsFollowed(t *testing.T) {
	a := begin(t)
	finds(t, a, "Huamanñahui")
	one := enter(t, a, "Huamanñahui", "Ccori", "Yesenia", "1985-03-12")
	finds(t, a, "Huamañahui Yesenya", one.Person)
	page, err := a.Person(ctx, rosa, one.Person, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	edit := func(in ...registry.Input) {
		t.Helper()
		for i := range in {
			in[i].Base = page.Person.Version(in[i].Field)
		}
		if out, err := a.Edit(ctx, rosa, one.Person, in, "corregido"); err != nil || len(out.Conflicts) > 0 {
			t.Fatal(out, err)
		}
	}
	edit(text("surname_paternal", "Zubizarreta"))
	finds(t, a, "Huamanñahui")
	finds(t, a, "Zuvizarreta", one.Person)
	edit(text("surname_married", "Echevarría"))
	finds(t, a, "Echebarria", one.Person)
	if _, err := a.Transfer(ctx, authz.Actor{Login: "ana", Role: authz.Head, Office: "USPAT", Purpose: "registry"}, one.Person,
		registry.TransferCmd{ToOffice: "USPAT", Note: "se muda"}); err != nil {
		t.Fatal(err)
	}
	hits, err := a.Search(ctx, rosa, "Zuvizarreta", 5)
	if err != nil || len(hits) != 1 || hits[0].Office != "USPAT" {
		t.Errorf("after the move: %+v, %v", hits, err)
	}
	if n := a.Index.Rebuilt(); n != 1 {
		t.Errorf("the index was made %d times", n)
	}
}

// TestOnlyWhatWasSavedIsFound: an entry that was taken back at the last moment is nobody.
func TestOnlyWhatWasSavedIsFound(t *testing.T) {
	a := begin(t)
	one := enter(t, a, "Quispe", "Mamani", "Yesenia", "1985-03-12")
	finds(t, a, "Quispe", one.Person)
	cut, stop := context.WithCancel(ctx)
	stop()
	_, err := a.Register(cut, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{text("surname_paternal", "Quispe"),
		text("given_names", "Nadie"), text("birth_date", "1990"), text("residence_country", "ES")}}, true)
	if err == nil {
		t.Fatal("it was saved")
	}
	finds(t, a, "Quispe", one.Person)
}

// TestTwoProgramsOnOneRegister: what one saves, the other finds.
func TestTwoProgramsOnOneRegister(t *testing.T) {
	a := begin(t)
	one := enter(t, a, "Quispe", "Mamani", "Yesenia", "1985-03-12")
	b := open(t, a.Dir(), node.SQLite)
	defer b.Close()
	finds(t, b, "Jesenia Quispe", one.Person)
	two := enter(t, a, "Quispe", "Flores", "Yesenia", "1990-03-12")
	finds(t, b, "Jesenia Quispe", one.Person, two.Person)
	three := enter(t, b, "Quispe", "Rojas", "Yesenia", "1970-03-12")
	finds(t, a, "Jesenia Quispe", one.Person, two.Person, three.Person)
	if a.Index.Rebuilt() != 1 || b.Index.Rebuilt() != 1 {
		t.Errorf("made anew: %d and %d times", a.Index.Rebuilt(), b.Index.Rebuilt())
	}
}

// kept is a register with a file of its index, closed; the other names of one person are
// in the file only if it is read as it was written.
func kept(t *testing.T, engine string) (dir string, people []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "reg")
	a := open(t, dir, engine)
	for _, given := range []string{"Yesenia", "Marisol", "Tomasa"} {
		people = append(people, enter(t, a, "Zubizarreta", "Mamani", given, "1985-03-12").Person)
	}
	finds(t, a, "Subizarreta", people...)
	if err := a.Index.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, people
}

// TestFile: a start reads the file and what came after it, and the file holds no name that
// somebody could read without the keys.
func TestFile(t *testing.T) {
	for _, engine := range []string{node.SQLite, node.Encrypted} {
		dir, people := kept(t, engine)
		path := filepath.Join(dir, "people.index")
		st, err := os.Stat(path)
		if err != nil || st.Mode().Perm() != 0o600 {
			t.Fatalf("%s: the file is %v, %v", engine, st, err)
		}
		bytes, err := os.ReadFile(path)
		if err != nil || strings.Contains(strings.ToUpper(string(bytes)), "ZUBIZARRETA") {
			t.Errorf("%s: the file tells names (%v)", engine, err)
		}
		a := open(t, dir, engine)
		if ok, err := a.Index.LoadKept(ctx); err != nil || !ok {
			t.Errorf("%s: the file was not read: %v", engine, err)
		}
		more := enter(t, a, "Zubizarreta", "Mamani", "Eulalia", "1985-03-12").Person
		finds(t, a, "Subizarreta", append(people, more)...)
		if n := a.Index.Rebuilt(); n != 0 {
			t.Errorf("%s: made anew %d times", engine, n)
		}
		if err := a.Close(); err != nil { // without writing the file: it is now behind
			t.Fatal(err)
		}
		a = open(t, dir, engine)
		if err := a.Index.Load(ctx, nil); err != nil || a.Index.Rebuilt() != 0 {
			t.Errorf("%s: behind by one change, it was made anew: %v", engine, err)
		}
		finds(t, a, "Subizarreta", append(people, more)...)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFileThatDoesNotFit is one that is damaged, cut short, of another form, or of a later
// moment than a register that was put back from a copy: the index is made anew.
func TestFileThatDoesNotFit(t *testing.T) {
	dir, people := kept(t, node.SQLite)
	path := filepath.Join(dir, "people.index")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-40] ^= 1
	other := bytes.Clone(whole)
	other[bytes.IndexByte(other, '1')] = '9'
	for name, data := range map[string][]byte{"damaged": flipped, "cut short": whole[:len(whole)/2], "empty": nil, "of another form": other} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a := open(t, dir, node.SQLite)
		if ok, err := a.Index.LoadKept(ctx); err != nil || ok {
			t.Errorf("%s: it was read, %v", name, err)
		}
		finds(t, a, "Subizarreta", people...)
		if a.Index.Rebuilt() != 1 {
			t.Errorf("%s: made %d times", name, a.Index.Rebuilt())
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	back := filepath.Join(t.TempDir(), "copy")
	apptest.CopyRegister(t, dir, back)
	a := open(t, dir, node.SQLite)
	enter(t, a, "Zubizarreta", "Mamani", "Eulalia", "1985-03-12")
	if err := a.Index.Load(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Index.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if whole, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(back, "people.index"), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, back, node.SQLite)
	defer b.Close()
	enter(t, b, "Zubizarreta", "Mamani", "Petronila", "1985-03-12") // as many changes, of somebody else
	hits, err := b.Search(ctx, rosa, "Eulalia Zubizarreta", 10)
	if err != nil || len(hits) == 0 || strings.Contains(hits[0].DisplayName(), "Eulalia") || b.Index.Rebuilt() != 1 {
		t.Errorf("a file of another time: %+v, %v, made %d times", hits, err, b.Index.Rebuilt())
	}
}
