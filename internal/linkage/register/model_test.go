package register

import (
	"bytes"
	"encoding/csv"
	"flag"
	"io"
	"math"
	"os"
	"slices"
	"testing"

	"quipu/internal/doc"
	"quipu/internal/i18n"
	"quipu/internal/linkage"
	"quipu/internal/registry"
	"quipu/internal/synth"
)

var update = flag.Bool("update", false, "learn model.json anew")

// invented is a list of invented people as the register would have them, with families and
// people who registered twice.
func invented(t *testing.T, persons int, seed uint64) *linkage.List {
	t.Helper()
	var rows bytes.Buffer
	if _, err := synth.Generate(synth.Options{Persons: persons, Seed: seed, Families: true, Duplicates: 0.1}, &rows, io.Discard); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(&rows)
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range header {
		at[h] = i
	}
	l := linkage.NewList(Fields())
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return l
		}
		if err != nil {
			t.Fatal(err)
		}
		p := Traits{Paternal: cells[at["apellido_paterno"]], Maternal: cells[at["apellido_materno"]], Given: cells[at["nombres"]],
			Birth: cells[at["fecha_nacimiento"]], Sex: cells[at["sexo"]]}
		if n := cells[at["numero_documento"]]; n != "" {
			p.Keys = append(p.Keys, registry.DocumentKey(n, "PER", doc.TypeDNI))
		}
		if n := cells[at["pasaporte"]]; n != "" {
			p.Keys = append(p.Keys, registry.DocumentKey(n, "PER", doc.TypePassport))
		}
		if n := cells[at["telefono"]]; n != "" {
			p.Keys = append(p.Keys, registry.PhoneKey(n))
		}
		if n := cells[at["correo"]]; n != "" {
			p.Keys = append(p.Keys, registry.EmailKey(n))
		}
		l.Append(p.Values())
	}
}

// TestModel learns the model that is shipped once more, and finds it says the same: after a
// change of how models are learnt it is to be learnt anew, with -update.
//
//	go test ./internal/linkage/register -run TestModel -update
func TestModel(t *testing.T) {
	res, err := Learn(invented(t, 40_000, 4), linkage.Options{Seed: 4, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		got, err := res.Model.Encode()
		if err == nil {
			err = os.WriteFile("model.json", got, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	old := Shipped()
	if len(old.Comparisons) != len(res.Model.Comparisons) || math.Abs(old.Prior-res.Model.Prior) > 1 {
		t.Fatalf("learnt %d comparisons and prior %.2f, shipped are %d and %.2f", len(res.Model.Comparisons), res.Model.Prior, len(old.Comparisons), old.Prior)
	}
	for i, c := range res.Model.Comparisons {
		for l, v := range c.Levels {
			if was := old.Comparisons[i].Levels[l]; was.Key != v.Key || v.M > 0.01 && math.Abs(was.Weight-v.Weight) > 1 {
				t.Errorf("%s %s: %.2f bits were learnt, %s with %.2f are shipped", c.Name, v.Key, v.Weight, was.Key, was.Weight)
			}
		}
	}
}

// TestLearnIsTheSame: the same list and seed, the same bytes, whatever the threads.
func TestLearnIsTheSame(t *testing.T) {
	l := invented(t, 3000, 9)
	var first []byte
	for _, threads := range []int{1, 3} {
		res, err := Learn(l, linkage.Options{Seed: 4, Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		got, err := res.Model.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, got) {
			t.Error("another model came of the same list")
		}
		first = got
	}
}

var rosa = Traits{Paternal: "Quispe", Maternal: "Mamani", Given: "Rosa Elvira", Birth: "1985-03-27", Sex: "F",
	Keys: []string{"doc:10117410:PER:id", "doc:116000001:PER:passport", "tel:+34612345678"}}

// with is rosa with some traits changed.
func with(change func(*Traits)) Traits {
	t := rosa
	t.Keys = nil
	change(&t)
	return t
}

// TestShipped holds the shipped model against what an officer knows: who is the same in all
// likelihood, who may be, who is not.
func TestShipped(t *testing.T) {
	w, err := linkage.NewWeigher(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		other       Traits
		least, most float64 // bits
		reason      string
	}{
		"the same person":                   {with(func(*Traits) {}), 5, 60, "birth"},
		"with the document":                 {rosa, 15, 80, "document"},
		"one letter":                        {with(func(x *Traits) { x.Given = "Rosa Elbira" }), 3.2, 60, "given_near"},
		"sounds the same":                   {with(func(x *Traits) { x.Paternal, x.Maternal = "Kispe", "Mamany" }), 3.2, 60, "paternal_alike"},
		"surnames swapped":                  {with(func(x *Traits) { x.Paternal, x.Maternal = x.Maternal, x.Paternal }), 3.2, 60, "surnames_swapped"},
		"one given name":                    {with(func(x *Traits) { x.Given = "Rosa" }), 3.2, 60, "given_some"},
		"a twin":                            {with(func(x *Traits) { x.Given = "Juana Inés"; x.Keys = []string{"doc:10117411:PER:id"} }), -60, 0, "given_other"},
		"a brother":                         {with(func(x *Traits) { x.Given, x.Birth, x.Sex = "Luis", "1988-01-30", "M" }), -60, -6, "sex_other"},
		"a namesake":                        {with(func(x *Traits) { x.Birth, x.Maternal = "1951-08-02", "Huanca" }), -60, -3, "birth_other"},
		"her son of the same name":          {with(func(x *Traits) { x.Birth, x.Maternal = "2008-08-02", "Flores" }), -60, -3, "birth_other"},
		"a stranger with the next passport": {Traits{Paternal: "Condori", Maternal: "Rojas", Given: "Pedro", Birth: rosa.Birth, Keys: []string{"doc:116000002:PER:passport"}}, -100, -6, "given_other"},
		"a stranger":                        {Traits{Paternal: "Condori", Maternal: "Rojas", Given: "Pedro", Birth: "1970-01-01", Sex: "M"}, -100, -20, "given_other"},
	} {
		pairs, err := w.Weigh(rosa.Values(), [][]string{c.other.Values()})
		if err != nil {
			t.Fatal(err)
		}
		all, err := w.Evidence(rosa.Values(), c.other.Values())
		if err != nil {
			t.Fatal(err)
		}
		said := Words(all)
		if v := float64(pairs[0].Weight); v < c.least || v > c.most {
			t.Errorf("%s: %.2f bits, %+v", name, v, said)
		}
		if !slices.ContainsFunc(said, func(r Reason) bool { return r.Key == "alike."+c.reason }) {
			t.Errorf("%s: no reason %q among %+v", name, c.reason, said)
		}
	}
}

// TestWordsAreThere: whatever level a comparison of the register has, what is said of it is
// in the catalogue.
func TestWordsAreThere(t *testing.T) {
	for field, levels := range said {
		for level, key := range levels {
			if !i18n.Has(i18n.Spanish, "alike."+key) {
				t.Errorf("%s %s: no message alike.%s", field, level, key)
			}
			i := slices.IndexFunc(Shipped().Comparisons, func(c linkage.Comparison) bool { return c.Name == field })
			if i < 0 || !slices.ContainsFunc(Shipped().Comparisons[i].Levels, func(l linkage.Level) bool { return l.Key == level }) {
				t.Errorf("%s has no level %s", field, level)
			}
		}
	}
}
