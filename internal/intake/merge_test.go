package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// record is the register's entry of a row, with more changes on top.
func record(t *testing.T, row []string, more ...func(*registry.Person) change.Change) (registry.Person, []change.Change) {
	t.Helper()
	d := mustRead(t, row...)
	c := d.Create()
	c.Sets = append(c.Sets, change.Set{Field: "number", Value: change.Text("0000-000-0017")})
	log := []change.Change{stamped(c, 1)}
	for i, f := range more {
		p := registry.Load(log)
		log = append(log, stamped(f(&p), int64(i+2)))
	}
	return registry.Load(log), log
}

func edit(t *testing.T, in ...registry.Input) func(*registry.Person) change.Change {
	return func(p *registry.Person) change.Change {
		for i := range in {
			if _, ok := p.Fields[in[i].Field]; ok {
				in[i].Base = p.Version(in[i].Field)
			}
		}
		c, _, err := registry.Edit(p, in, "", today)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

func with(row []string, pairs ...string) []string {
	row = slices.Clone(row)
	for _, p := range pairs {
		h, _, _ := strings.Cut(p, "=")
		i := slices.IndexFunc(row, func(x string) bool { return strings.HasPrefix(x, h+"=") })
		if i < 0 {
			row = append(row, p)
		} else {
			row[i] = p
		}
	}
	return row
}

func TestMergeFillsAndDoubts(t *testing.T) {
	small := []string{"apellido_paterno=QUISPE", "apellido_materno=MAMANI", "nombres=ROSA LUZ", "tipo_documento=DNI", "numero_documento=40123457"}
	for _, c := range []struct {
		what          string
		record, row   []string
		field, has    string // a field of the record afterwards, and its text
		differs       string // the field of a doubt intake.differs, if any
		nothing, news bool
	}{
		{what: "the same row", record: full, row: full, nothing: true},
		{what: "what is lacking", record: small, row: with(small, "fecha_nacimiento=1968-04-07"), field: "birth_date", has: "1968-04-07", news: true},
		{what: "another case", record: small, row: with(small, "apellido_paterno=Quispe", "nombres=Rosa Luz"), nothing: true},
		{what: "a place in another case", record: with(small, "Lugar de nacimiento=Sucre"), row: with(small, "Lugar de nacimiento=SUCRE"), nothing: true},
		{what: "another name", record: small, row: with(small, "nombres=ROSA MARÍA"), field: "given_names", has: "ROSA LUZ", differs: "given_names"},
		{what: "less of a date", record: full, row: with(full, "fecha_nacimiento=1968"), nothing: true},
		{what: "more of a date", record: with(full, "fecha_nacimiento=1968"), row: full, nothing: true},
		{what: "another date", record: full, row: with(full, "fecha_nacimiento=1969"), field: "birth_date", has: "1968-04-07", differs: "birth_date"},
		{what: "an unknown date", record: full, row: with(full, "fecha_nacimiento=1900-01-01"), nothing: true},
		{what: "a known date", record: with(full, "fecha_nacimiento=1900-01-01"), row: full, field: "birth_date", has: "1968-04-07"},
		{what: "a sex", record: with(full, "sexo="), row: full, field: "sex", has: "F"},
		{what: "no sex", record: full, row: with(full, "sexo=no indica"), nothing: true},
		{what: "another country", record: small, row: with(small, "pais=FR"), field: "residence_country", has: "ES", differs: "residence_country"},
		{what: "another office's list without a country", record: with(small, "pais=FR"), row: small, nothing: true},
		{what: "an occupation that is none", record: small, row: with(small, "ocupacion=astronauta del sur"), field: "occupation_host", has: ""},
		{what: "one that is none beside one that is", record: full, row: with(full, "ocupacion=astronauta del sur"), nothing: true},
		{what: "an arrival before birth", record: with(small, "fecha_nacimiento=1990"), row: with(small, "anio_llegada=1980"), field: "arrival_in_country", has: "", differs: "arrival_in_country"},
	} {
		cur, log := record(t, c.record)
		d := mustRead(t, c.row...)
		got, n := d.Merge(&cur, log)
		if (len(got.Sets) == 0) != c.nothing {
			t.Errorf("%s: %+v", c.what, got.Sets)
			continue
		}
		if c.nothing {
			continue
		}
		got.Entity = cur.Entity
		log = append(log, stamped(got, 9))
		after := registry.Load(log)
		if after.Text(c.field) != c.has {
			t.Errorf("%s: %s is %q, not %q", c.what, c.field, after.Text(c.field), c.has)
		}
		found := ""
		for _, x := range registry.Doubts(&after) {
			if x.Key == "intake.differs" {
				found = x.Field
			}
		}
		if found != c.differs || c.differs != "" && n != 1 {
			t.Errorf("%s: differs %q, not %q; %d doubts", c.what, found, c.differs, n)
		}
		if again, n := d.Merge(&after, log); len(again.Sets) != 0 || n != 0 {
			t.Errorf("%s: a second time gives %+v", c.what, again.Sets)
		}
	}
}

func TestMergeSettlesWhatWasMissing(t *testing.T) {
	small := full[:3]
	cur, log := record(t, small)
	before := len(registry.Lacking(&cur))
	d := mustRead(t, with(small, "fecha_nacimiento=1968-04-07")...)
	c, _ := d.Merge(&cur, log)
	after := registry.Load(append(log, stamped(c, 2)))
	if got := len(registry.Lacking(&after)); got != before-1 {
		t.Errorf("%d values lacking, %d before", got, before)
	}
}

func TestMergeGroups(t *testing.T) {
	cur, log := record(t, full)
	d := mustRead(t, with(full, "telefono=+34600999888", "idioma=castellano", "pasaporte=116999999")...)
	c, _ := d.Merge(&cur, log)
	after := registry.Load(append(log, stamped(c, 2)))
	for group, want := range map[string]int{"phone": 2, "language": 2, "document": 3, "address": 1, "registration": 1, "emergency_contact": 1} {
		if got := len(after.Items(group)); got != want {
			t.Errorf("%s: %d items, not %d", group, got, want)
		}
	}
	// The same card under its other name is the same document.
	other := mustRead(t, with(full, "tipo_documento=DNI electrónico")...)
	if c, _ := other.Merge(&cur, log); len(c.Sets) != 0 {
		t.Errorf("a card twice: %+v", c.Sets)
	}
}

func TestAnOldListIsNoNews(t *testing.T) {
	moved := edit(t, registry.Input{Field: "civil_status", Value: change.Text("married")}, registry.Input{Field: "residence_country", Value: change.Text("FR")})
	cur, log := record(t, full, moved, func(p *registry.Person) change.Change {
		in := registry.Input{Field: "phone/" + p.Items("phone")[0].ID, Value: change.Value{Parts: map[string]string{"number": "+33612345678"}}}
		return edit(t, in)(p)
	}, func(p *registry.Person) change.Change {
		return edit(t, registry.Input{Field: "occupation_host"})(p)
	})
	d := mustRead(t, full...)
	if c, n := d.Merge(&cur, log); len(c.Sets) != 0 || n != 0 {
		t.Errorf("%+v", c.Sets)
	}
}

func TestWhatWasTakenAwayIsNotPutBack(t *testing.T) {
	cur, log := record(t, full, edit(t, registry.Input{Field: "occupation_host"}))
	d := mustRead(t, with(full, "ocupacion=9112")...)
	c, n := d.Merge(&cur, log)
	if n != 1 || len(c.Sets) != 1 || c.Sets[0].Value.Part("proposed") != "9112" {
		t.Errorf("%d doubts, %+v", n, c.Sets)
	}
}

func TestADismissedDoubtStaysAway(t *testing.T) {
	row := with(full, "estado_civil=Casada")
	d := mustRead(t, row...)
	cur, log := record(t, full)
	c, n := d.Merge(&cur, log)
	if n != 1 {
		t.Fatalf("%d doubts", n)
	}
	log = append(log, stamped(c, 2))
	cur = registry.Load(log)
	id := ""
	for _, x := range registry.Doubts(&cur) {
		if x.Key == "intake.differs" {
			id = x.ID
		}
	}
	put, err := registry.Resolve(&cur, id, false, "")
	if err != nil {
		t.Fatal(err)
	}
	log = append(log, stamped(put, 3))
	cur = registry.Load(log)
	if c, n := d.Merge(&cur, log); len(c.Sets) != 0 || n != 0 {
		t.Errorf("raised again: %+v", c.Sets)
	}
}

// A list whose import was taken back comes in again as it did the first time.
func TestAnUndoneListIsNews(t *testing.T) {
	small := []string{"apellido_paterno=QUISPE", "apellido_materno=MAMANI", "nombres=ROSA LUZ", "tipo_documento=DNI", "numero_documento=40123457"}
	cur, log := record(t, small)
	d := mustRead(t, with(small, "fecha_nacimiento=1968-04-07", "telefono=+34600999888", "nombres=ROSA MARÍA")...)
	for round, n := 0, int64(2); round < 3; round++ {
		c, doubts := d.Merge(&cur, log)
		c.Batch = fmt.Sprint("batch ", round)
		if doubts != 1 || len(c.Sets) < 3 {
			t.Fatalf("round %d: %d doubts, %+v", round, doubts, c.Sets)
		}
		log = append(log, stamped(c, n))
		cur = registry.Load(log)
		if again, _ := d.Merge(&cur, log); len(again.Sets) != 0 {
			t.Fatalf("round %d: the row a second time gives %+v", round, again.Sets)
		}
		if got := cur.Text("birth_date"); got != "1968-04-07" || len(cur.Items("phone")) != 1 {
			t.Fatalf("round %d: born %q, phones %v", round, got, cur.Items("phone"))
		}
		back, kept := registry.Undo(log, func(x *change.Change) bool { return x.Batch == c.Batch })
		if len(kept) != 0 {
			t.Fatal(kept)
		}
		log = append(log, stamped(back, n+1))
		cur, n = registry.Load(log), n+2
	}
}

func TestTheDeadAndTheWithdrawnAreLeft(t *testing.T) {
	row := with(full, "estado_civil=Casada", "telefono=+34600999888")
	d := mustRead(t, row...)
	for _, act := range []func(*registry.Person) (change.Change, error){
		func(p *registry.Person) (change.Change, error) {
			return registry.SetVital(p, registry.Vital{Status: registry.Dead}, "", today)
		},
		func(p *registry.Person) (change.Change, error) { return registry.Withdraw(p, "undone") },
	} {
		cur, log := record(t, full, func(p *registry.Person) change.Change {
			c, err := act(p)
			if err != nil {
				t.Fatal(err)
			}
			return c
		})
		if c, n := d.Merge(&cur, log); len(c.Sets) != 0 || n != 0 {
			t.Errorf("%+v", c.Sets)
		}
	}
}

func TestContradicts(t *testing.T) {
	cur, _ := record(t, full)
	for row, other := range map[string]bool{
		"Apellidos=TORRES VEGA|Nombres=PEDRO|F. Nac.=1990-01-01":   true,
		"Apellidos=TORRES VEGA|Nombres=PEDRO|F. Nac.=1968":         false,
		"Apellidos=TORRES VEGA|Nombres=PEDRO":                      false,
		"Apellidos=TORRES VEGA|Nombres=ROSA|F. Nac.=1990-01-01":    false,
		"Apellidos=Mamani|Nombres=PEDRO|F. Nac.=1990-01-01":        false,
		"Apellidos=TORRES FLORES|Nombres=PEDRO|F. Nac.=1990-01-01": false,
		"Nombres=PEDRO|F. Nac.=1990-01-01":                         false,
	} {
		d := mustRead(t, strings.Split(row, "|")...)
		err := d.Contradicts(&cur)
		if (err != nil) != other {
			t.Errorf("%s: %v", row, err)
		}
		if other && (!fault.Is(err, "intake.document_of_other") || !strings.Contains(err.Error(), "0000-000-0017")) {
			t.Errorf("%s: %v", row, err)
		}
	}
}

func TestParticlesAreNotShared(t *testing.T) {
	if shareWord("DE LA CRUZ", "DE LA TORRE") || !shareWord("DE LA CRUZ", "Cruz") || !shareWord("LI", "Li") {
		t.Error("particles count, or words do not")
	}
}

func TestDuplicateIsADoubt(t *testing.T) {
	d := mustRead(t, full...)
	d.DoubtDuplicate("0000-000-0017")
	c := d.Create()
	p := registry.Load([]change.Change{stamped(c, 1)})
	if !slices.ContainsFunc(registry.Doubts(&p), func(x registry.OpenDoubt) bool { return x.Key == "intake.duplicate" }) {
		t.Error("no doubt in the record")
	}
}

// cellsOf draws what stands in the columns of real lists, good and bad.
var cellsOf = map[string][]string{
	"apellido_paterno": {"QUISPE", "Quispe", "DE LA CRUZ", "", "NN", "PEREZ 2"}, "apellido_materno": {"MAMANI", "", "ÑAUPARI"},
	"nombres": {"ROSA", "JUAN C.", "", "Rosa  Luz"}, "sexo": {"F", "M", "", "no indica", "?"},
	"fecha_nacimiento":  {"1968-04-07", "1968", "7/4/1968", "03/04/68", "1900-01-01", "", "hacia 1960", "57 años", "2012-01-01"},
	"ubigeo_nacimiento": {"150101", "", "Lima", "999999"}, "pais_nacimiento": {"PE", "Chile", "", "Perusalén"},
	"tipo_documento": {"DNI", "pasaporte", "", "ninguno", "cualquiera"}, "numero_documento": {"40123457", "4012345", "", "-"},
	"pasaporte": {"116123457", "", "AB123456"}, "pais": {"ES", "Francia", "", "?"}, "ciudad": {"Getafe", ""},
	"direccion": {"Calle Mayor 5, 2º B", ""}, "telefono": {"+34600123456", "600 123 456", "", "no tiene", "hijo"},
	"correo": {"rosa@ejemplo.es", "", "rosa"}, "estado_civil": {"Soltera", "", "?"}, "ocupacion": {"9111", "", "buzo del cielo"},
	"idioma": {"quechua", "", "quechua, klingon"}, "anio_llegada": {"2004", "", "1950", "2040"},
	"fecha_inscripcion": {"2010-05-06", "", "2030-01-01", "ayer"}, "contacto_nombre": {"LUIS QUISPE", ""}, "contacto_telefono": {"+51987654321", "", "x"},
}

func drawRow(t *rapid.T) (row []string) {
	for _, p := range full {
		h, _, _ := strings.Cut(p, "=")
		if from := cellsOf[h]; from != nil {
			row = append(row, h+"="+rapid.SampledFrom(from).Draw(t, h))
		}
	}
	return row
}

func TestMergeAfterCreateGivesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := drawRow(t)
		d, refusal := readIn(madrid, row...)
		if refusal != nil {
			t.Skip(refusal.Reason.Error())
		}
		log := []change.Change{stamped(d.Create(), 1)}
		cur := registry.Load(log)
		again, _ := readIn(madrid, row...)
		if again.Print != d.Print {
			t.Fatal("another print")
		}
		if c, n := again.Merge(&cur, log); len(c.Sets) != 0 || n != 0 {
			t.Fatalf("%+v", c.Sets)
		}
	})
}

func TestMergeNeverOverwritesAndEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, refusal := readIn(madrid, drawRow(t)...)
		if refusal != nil {
			t.Skip(refusal.Reason.Error())
		}
		second, refusal := readIn(madrid, drawRow(t)...)
		if refusal != nil {
			t.Skip(refusal.Reason.Error())
		}
		log := []change.Change{stamped(first.Create(), 1)}
		cur := registry.Load(log)
		c, _ := second.Merge(&cur, log)
		if len(c.Sets) == 0 {
			return
		}
		for _, s := range c.Sets {
			f := registry.Lookup(s.Field)
			old := cur.Fields[s.Field].Value
			if f.Key != "doubt" && f.Key != "name_mrz" && !old.Empty() && !blank(f, old.Text) {
				t.Fatalf("%s: %v becomes %v", s.Field, old, s.Value)
			}
		}
		if got := cur.Conflicts(&c); len(got) != 0 {
			t.Fatalf("conflicts %+v", got)
		}
		log = append(log, stamped(c, 2))
		cur = registry.Load(log)
		if c, n := second.Merge(&cur, log); len(c.Sets) != 0 || n != 0 {
			t.Fatalf("a second time gives %+v", c.Sets)
		}
	})
}
