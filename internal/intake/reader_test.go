package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/name"
	"quipu/internal/registry"
)

var today = civil.Date{Year: 2026, Month: 11, Day: 23}

var madrid = Context{Office: "ESMAD", Country: "ES", AsOf: today, File: "lista.csv"}

// oneRow is a mapping and the cells of one row, from "header=cell" texts.
func oneRow(pairs ...string) (Mapping, Row) {
	header, cells := cut(pairs)
	return Recognise(header, [][]string{cells, nil}), Row{Number: 1, Line: 2, Cells: cells}
}

func readIn(ctx Context, pairs ...string) (Draft, *Refusal) {
	m, row := oneRow(pairs...)
	return m.Reader(ctx).Read(row)
}

func mustRead(t *testing.T, pairs ...string) Draft {
	t.Helper()
	d, refusal := readIn(madrid, pairs...)
	if refusal != nil {
		t.Fatalf("%v: refused: %v", pairs, refusal.Reason)
	}
	return d
}

func values(d Draft) map[string]string {
	out := map[string]string{}
	for _, s := range d.Sets {
		key, _, group := strings.Cut(s.Field, "/")
		if !group {
			out[key] = s.Value.Text
			continue
		}
		for p, v := range s.Value.Parts {
			out[key+"."+p] += v
		}
	}
	return out
}

func doubtKeys(d Draft) (keys []string) {
	for _, x := range d.Doubts {
		keys = append(keys, x.Key)
	}
	return keys
}

const juan = "Apellidos=QUISPE MAMANI|Nombres=JUAN"

func TestReadCells(t *testing.T) {
	for _, c := range []struct{ row, field, want, doubt string }{
		{"Apellidos=DE LA CRUZ HUAMÁN|Nombres=Ana", "surname_maternal", "HUAMÁN", ""},
		{"Apellidos y nombres=QUISPE MAMANI, JUAN", "given_names", "JUAN", ""},
		{"Nombre=Juan Carlos de la Torre", "given_names", "Juan Carlos", "intake.name_split"},
		{"Apellido paterno=XXX|Apellido materno=RÍOS|Nombres=Luz", "surname_paternal", "", ""},
		{juan + "|Sexo=Varón", "sex", "M", ""},
		{juan + "|Sexo=quizás", "sex", "", "intake.not_in_list"},
		{juan + "|F. Nac.=25/12/1968", "birth_date", "1968-12-25", ""},
		{juan + "|F. Nac.=1968-04-07", "birth_date", "1968-04-07", ""},
		{juan + "|F. Nac.=03/04/1968", "birth_date", "1968-04-03", "civil.ambiguous"},
		{juan + "|F. Nac.=1900-01-01", "birth_date", "XXXX", "civil.filler"},
		{juan + "|F. Nac.=S/D", "birth_date", "XXXX", ""},
		{juan + "|Día nac.=7|Mes nac.=abril|Año nac.=1968", "birth_date", "1968-04-07", ""},
		{juan + "|Día nac.=25|Mes nac.=4|Año nac.=1968", "birth_date", "1968-04-25", ""},
		{juan + "|Año nac.=1968", "birth_date", "1968", ""},
		{juan + "|DNI=12345679", "document.number", "12345679", ""},
		{juan + "|DNI=1234568", "document.number", "01234568", "doc.zero_restored"},
		{juan + "|DNI=40.123.457", "document.number", "40123457", ""},
		{juan + "|DNI=EN TRÁMITE", "document.number", "", ""},
		{juan + "|DNI=-", "document.number", "", ""},
		{juan + "|DNI=11111111", "document.number", "11111111", "doc.placeholder"},
		{juan + "|Pasaporte=ab123457", "document.number", "AB123457", ""},
		{juan + "|Nro. Documento=40123457", "document.type", "dni", ""},
		{juan + "|Nro. Documento=AB123457", "document.type", "", "intake.document_type"},
		{juan + "|Tipo documento=PASAPORTE|Nro. Documento=116123457", "document.type", "passport", ""},
		{juan + "|Tipo documento=pasaporte|Nro. Documento=116123457|Vence=2030-01-02", "document.expires", "2030-01-02", ""},
		{juan + "|DNI=40123457|Fecha de emisión=2030-01-02", "document.issued", "", "intake.document_dates"},
		{juan + "|País de nacimiento=Perú", "nationality_basis", "birth_in_country", ""},
		{juan + "|País de nacimiento=Argentina", "nationality_basis", "", ""},
		{juan + "|País de nacimiento=Perusalén", "birth_country", "", "intake.not_in_list"},
		{juan + "|Ubigeo INEI=150101", "birth_place", "inei:150101", ""},
		{juan + "|Ubigeo INEI=150101", "birth_country", "PE", ""},
		{juan + "|Ubigeo RENIEC=140101", "birth_place", "reniec:140101", ""},
		{juan + "|Ubigeo=010101", "birth_place", "", "intake.scheme_unknown"},
		{juan + "|Ubigeo INEI=999999", "birth_place", "", "intake.place_unknown"},
		{juan + "|País de nacimiento=Chile|Ubigeo INEI=150101", "birth_place", "", "intake.place_abroad"},
		{juan + "|Lugar de nacimiento=Lima/Lima/Miraflores", "birth_place", "inei:150122", ""},
		{juan + "|Lugar de nacimiento=Madrid", "birth_place", "Madrid", ""},
		{juan + "|País=Andorra", "residence_country", "AD", ""},
		{juan, "residence_country", "ES", ""},
		{juan + "|Ciudad=Getafe", "address.country", "ES", ""},
		{juan + "|Celular=600 123 456", "phone.number", "+34600123456", ""},
		{juan + "|Celular=06 12 34 56 78|País=Francia", "phone.number", "+33612345678", ""},
		{juan + "|WhatsApp=+34600123456", "phone.whatsapp", "yes", ""},
		{juan + "|Celular=llamar al hijo", "phone.number", "", "intake.phone"},
		{juan + "|Correo=Juan@EJEMPLO.es", "email.address", "Juan@ejemplo.es", ""},
		{juan + "|Correo=juan(arroba)ejemplo", "email.address", "", "intake.email"},
		{juan + "|Idiomas=castellano; quechua", "language.code", "spaque", ""},
		{juan + "|Estado civil=Casada", "civil_status", "married", ""},
		{juan + "|Estado civil=es complicado", "civil_status", "", "intake.not_in_list"},
		{juan + "|Ocupación=9111", "occupation_host", "9111", ""},
		{juan + "|Año de llegada=2004", "arrival_in_country", "2004", ""},
		{juan + "|Año de llegada=2040", "arrival_in_country", "", "intake.in_future"},
		{juan + "|F. Nac.=1968|Año de llegada=1950", "arrival_in_country", "", "intake.before_birth"},
		{juan + "|F. Nac.=1968|Fecha de inscripción=1950", "birth_date", "1968", "intake.born_after_registration"},
		{juan + "|Fecha de inscripción=2030-01-01", "birth_date", "", "intake.registered_future"},
		{juan + "|Contacto de emergencia=Rosa Mamani|Tel. emergencia=600123456", "emergency_contact.phone", "+34600123456", ""},
		{juan + "|Contacto de emergencia=Rosa Mamani", "emergency_contact.may_be_told", "no", ""},
		{juan + "|Tel. emergencia=600123456", "emergency_contact.phone", "", "intake.contact_without_name"},
		{juan + "|Observaciones=de mal genio", "name_used", "", ""},
	} {
		d := mustRead(t, strings.Split(c.row, "|")...)
		if got := values(d)[c.field]; got != c.want {
			t.Errorf("%s: %s is %q, not %q", c.row, c.field, got, c.want)
		}
		if got := strings.Join(doubtKeys(d), " "); got != c.doubt {
			t.Errorf("%s: doubts %q, not %q", c.row, got, c.doubt)
		}
	}
}

func TestSurnameBesideTheSecondSurname(t *testing.T) {
	for row, want := range map[string]name.Name{
		"Surname=Garcia|Second surname=Lopez|Given names=Maria":                {Given: "Maria", Paternal: "Garcia", Maternal: "Lopez"},
		"Surname=De la Cruz|Second surname=Lopez|Given names=Maria":            {Given: "Maria", Paternal: "De la Cruz", Maternal: "Lopez"},
		"Surname=Garcia Rossi|Second surname=Lopez|Given names=Maria":          {Given: "Maria", Paternal: "Garcia Rossi", Maternal: "Lopez"},
		"Apellidos=GARCÍA LÓPEZ|Segundo apellido=Lopez|Nombres=María":          {Given: "María", Paternal: "GARCÍA", Maternal: "Lopez"},
		"Apellidos=GARCÍA LÓPEZ|Segundo apellido=-|Nombres=María":              {Given: "María", Paternal: "GARCÍA", Maternal: "LÓPEZ"},
		"Apellidos=GARCÍA LÓPEZ|Apellido paterno=GARCIA|Nombres=María":         {Given: "María", Paternal: "GARCIA", Maternal: "LÓPEZ"},
		"Apellidos=GARCÍA LÓPEZ|Apellido paterno=Rossi|Nombres=María":          {Given: "María", Paternal: "Rossi"},
		"Apellidos=|Apellido paterno=Rossi|Segundo apellido=Paz|Nombres=María": {Given: "María", Paternal: "Rossi", Maternal: "Paz"},
	} {
		if d := mustRead(t, strings.Split(row, "|")...); d.Name != want {
			t.Errorf("%s: %+v", row, d.Name)
		}
	}
}

func TestRefusedRows(t *testing.T) {
	for row, key := range map[string]string{
		"Apellidos=|Nombres=-":                         "intake.no_name",
		"Apellidos=NN|Nombres=XXX":                     "intake.no_name",
		"N°=Total|Apellido paterno=5|Nombres=":         "intake.no_name",
		"Nombre=" + strings.Repeat("a ", 150):          "intake.name_long",
		juan + "|F. Nac.=31/02/1980":                   "civil.day",
		juan + "|F. Nac.=45/10/1968":                   "civil.day",
		juan + "|F. Nac.=12/17/1983/2":                 "civil.unreadable",
		juan + "|F. Nac.=2027-01-01":                   "intake.birth_future",
		juan + "|DNI=123456":                           "doc.dni_length",
		juan + "|DNI=12A45678":                         "doc.dni_character",
		juan + "|DNI=EN TRAMITE 2":                     "doc.dni_character",
		juan + "|DNI=4455667788990":                    "doc.dni_length",
		juan + "|Pasaporte=12":                         "doc.length",
		juan + "|Tipo documento=DNI|Nro. Documento=12": "doc.dni_length",
	} {
		_, refusal := readIn(madrid, strings.Split(row, "|")...)
		if refusal == nil {
			t.Errorf("%s: came in", row)
			continue
		}
		if refusal.Reason.Key != key || refusal.Row != 1 || refusal.Line != 2 {
			t.Errorf("%s: %+v (%v)", row, refusal, refusal.Reason)
		}
		if key != "intake.no_name" && (refusal.Column == 0 || refusal.ColumnName == "") {
			t.Errorf("%s: no column in %+v", row, refusal)
		}
	}
}

func TestOfficeColumn(t *testing.T) {
	ctx := madrid
	row := []string{"Apellidos=RÍOS", "Nombres=LUZ", "oficina=USPAT"}
	if d, _ := readIn(ctx, row...); d.office != "ESMAD" {
		t.Errorf("without the right: %s", d.office)
	}
	ctx.AnyOffice = true
	d, _ := readIn(ctx, row...)
	if d.office != "USPAT" || values(d)["residence_country"] != "US" {
		t.Errorf("with the right: %s, %v", d.office, values(d))
	}
	if _, refusal := readIn(ctx, "Nombre=LUZ RIOS", "oficina=NADA"); refusal == nil || refusal.Reason.Key != "intake.office_unknown" {
		t.Errorf("unknown office: %+v", refusal)
	}
}

// full is a row of the generator with everything in it.
var full = []string{
	"apellido_paterno=QUISPE", "apellido_materno=MAMANI", "nombres=ROSA LUZ", "apellido_casada=FLORES", "sexo=F",
	"fecha_nacimiento=1968-04-07", "ubigeo_nacimiento=120120", "pais_nacimiento=PE", "tipo_documento=DNI",
	"numero_documento=40123457", "pasaporte=116123457", "oficina=ESMAD", "pais=ES", "ciudad=Getafe",
	"direccion=Calle Mayor 5, 2º B", "codigo_postal=28901", "telefono=+34600123456", "correo=rosa@ejemplo.es",
	"estado_civil=Soltera", "instruccion=3", "ocupacion=9111", "idioma=quechua", "anio_llegada=2004",
	"fecha_inscripcion=2026-11-23", "tipo_inscripcion=Residente", "contacto_nombre=LUIS QUISPE", "contacto_telefono=+51987654321",
}

// asInputs is what an officer would type to enter the same facts.
func asInputs(d Draft) (in []registry.Input) {
	for _, s := range d.Sets {
		key, _, group := strings.Cut(s.Field, "/")
		if group {
			key += "/new"
		}
		in = append(in, registry.Input{Field: key, Value: s.Value})
	}
	return in
}

func TestCreateIsWhatRegisterMakes(t *testing.T) {
	for _, row := range [][]string{full, full[:5], full[:1], append(slices.Clone(full[:3]), "F. Nac.=1901"),
		append(slices.Clone(full[:3]), "fecha_nacimiento=2015-02-03"), {"Nombre=J. Pérez 2"},
		append(slices.Clone(full[:3]), "DNI=40123457", "CUI=40123458")} {
		d := mustRead(t, row...)
		want, doubts, err := registry.Register(registry.RegisterCmd{Office: "ESMAD", Channel: "import", Inputs: asInputs(d)}, today)
		if err != nil {
			t.Fatal(err)
		}
		read := slices.Clone(d.Doubts)
		got := d.Create()
		if got.Action != "import" || got.Prov.Source != "migrated" || got.Prov.Evidence != "lista.csv:2" || got.Prov.Confidence != "probable" {
			t.Errorf("%+v", got)
		}
		a, b := map[string]change.Value{}, map[string]change.Value{}
		for _, s := range want.Sets {
			a[s.Field] = s.Value
		}
		for _, s := range got.Sets {
			b[s.Field] = s.Value
		}
		for _, x := range read { // what was odd about the texts is not seen in their stored form
			field, _ := x.Item()
			delete(b, field)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%v: Register, Create:\n%s", row, diff)
		}
		if len(d.Doubts) != len(read)+len(doubts) {
			t.Errorf("%v: %d doubts", row, len(d.Doubts))
		}
		p := registry.Load([]change.Change{got})
		if d.NameKey != registry.NameKey(&p) || !slices.Equal(d.Keys, registry.DocumentKeys(&p)) || d.Birth != p.Text("birth_date") {
			t.Errorf("%v: keys %q %q, record has %q %q", row, d.NameKey, d.Keys, registry.NameKey(&p), registry.DocumentKeys(&p))
		}
		d.Create()
		if len(d.Doubts) != len(read)+len(doubts) {
			t.Error("a second Create adds doubts")
		}
	}
}

func TestShortWayOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom([]string{"dni", "passport", "cui", "diplomatic"}).Draw(t, "type")
		cell := rapid.StringMatching(`[0-9A-Z]{0,3}[0-9]{5,8}(-?[0-9A-Z])?`).Draw(t, "cell")
		m := Recognise([]string{"Nombre", "x"}, nil)
		_ = m.Set("x", "document:"+typ)
		d, refusal := m.Reader(madrid).Read(Row{Cells: []string{"JUAN QUISPE", cell}})
		parts, doubts, err := registry.CheckItem(registry.Lookup("document"), map[string]string{"type": typ, "number": cell}, today)
		if (err != nil) != (refusal != nil) {
			t.Fatalf("%s %s: %v, but %v", typ, cell, refusal, err)
		}
		if err == nil && parts["number"] != values(d)["document.number"] {
			t.Fatalf("%s %s: %v, but %v", typ, cell, values(d), parts)
		}
		n := 0
		for _, x := range d.Doubts {
			if strings.HasPrefix(x.Key, "doc.") {
				n++
			}
		}
		if err == nil && n != len(doubts) {
			t.Fatalf("%s %s: doubts %v, but %v", typ, cell, d.Doubts, doubts)
		}
	})
}

func TestOrderOfColumnsIsNothing(t *testing.T) {
	want := mustRead(t, full...)
	first := want.Create()
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.Permutation(full).Draw(t, "columns")
		upper := rapid.Bool().Draw(t, "upper")
		for i := range pairs {
			if h, c, _ := strings.Cut(pairs[i], "="); upper {
				pairs[i] = strings.ToUpper(h) + "=" + c
			}
		}
		m, row := oneRow(pairs...)
		row.Number = rapid.IntRange(1, 9).Draw(t, "row")
		d, refusal := m.Reader(madrid).Read(row)
		if refusal != nil {
			t.Fatal(refusal.Reason)
		}
		c := d.Create()
		if d.Print != want.Print || string(change.Encode(&c)) != string(change.Encode(&first)) {
			t.Fatal("the order of the columns makes a difference")
		}
	})
}

func TestPrintTellsRowsApart(t *testing.T) {
	seen := map[[16]byte]string{mustRead(t, full...).Print: "the row"}
	for i := range full {
		if strings.HasPrefix(full[i], "oficina") || strings.HasPrefix(full[i], "ubigeo") {
			continue
		}
		row := slices.Clone(full)
		row[i], _, _ = strings.Cut(row[i], "=")
		d, refusal := readIn(madrid, row...)
		if refusal != nil {
			t.Fatal(row[i], refusal.Reason)
		}
		if other, ok := seen[d.Print]; ok {
			t.Errorf("without %s as %s", row[i], other)
		}
		seen[d.Print] = row[i]
	}
	other := madrid
	other.Office = "ESBCN"
	if d, _ := readIn(other, full...); seen[d.Print] != "" {
		t.Error("another office, the same print")
	}
}

func TestForbiddenColumnsNeverLeak(t *testing.T) {
	plain := mustRead(t, full...)
	row := slices.Clone(full)
	for _, h := range []string{"Visa", "Situación migratoria", "Religión", "Estatura", "Color de ojos", "Raza"} {
		row = append(row, h+"=SECRETO")
	}
	m, cells := oneRow(row...)
	for _, c := range m.Columns[len(full):] {
		if c.Refused == "" || c.Target != "" {
			t.Errorf("%s is not refused: %+v", c.Header, c)
		}
	}
	d, refusal := m.Reader(madrid).Read(cells)
	if refusal != nil {
		t.Fatal(refusal.Reason)
	}
	c := d.Create()
	if text := fmt.Sprint(d, string(change.Encode(&c))); strings.Contains(text, "SECRETO") {
		t.Errorf("it leaks: %s", text)
	}
	if d.Print != plain.Print {
		t.Error("a refused column is in the print")
	}
	m.Columns[len(full)].Target = "name_used" // whatever is done to the mapping
	if d, _ := m.Reader(madrid).Read(cells); strings.Contains(fmt.Sprint(d), "SECRETO") {
		t.Error("a refused column that was mapped is read")
	}
}

func TestEverythingIsKnown(t *testing.T) {
	if u := Unreadable(3, 4, 5, fault.New(fault.Invalid, "tabular.quote")); u.Row != 3 || u.Line != 4 || u.Column != 5 || u.Reason.Key != "tabular.quote" {
		t.Errorf("%+v", u)
	}
	d := mustRead(t, full...)
	if r := d.RefuseAmbiguous([]string{"1", "2"}); r.Reason.Key != "intake.several_holders" || r.Line != 2 {
		t.Errorf("%+v", r)
	}
	if r := d.Refuse(fmt.Errorf("broken")); r.Reason.Kind != fault.Internal {
		t.Errorf("%+v", r)
	}
}

func stamped(c change.Change, n int64) change.Change {
	c.ID = id.Change{Node: "ESMAD", N: n}
	return c
}

func FuzzRead(f *testing.F) {
	f.Add("QUISPE", "JUAN", "1968", "40123457", "600123456", "Lima", "x@y.z")
	f.Add("\xff", "=1+1", "31/02/1980", "1E+7", "+", "150101", "@")
	f.Add("DE LA", ",", "hacia 1960", "٣٤٥", "0034/0035", "inei:1", "ñ@ñ.ñ")
	header := []string{"Apellidos", "Nombre completo", "F. Nac.", "Nro. Documento", "Celular", "Lugar de nacimiento", "Correo"}
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h string) {
		cells := []string{a, b, c, d, e, g, h}
		m := Recognise(header, [][]string{cells})
		draft, refusal := m.Reader(madrid).Read(Row{Number: 1, Line: 2, Cells: cells})
		if refusal != nil {
			if refusal.Reason == nil {
				t.Fatal("no reason")
			}
			return
		}
		made := stamped(draft.Create(), 1)
		p := registry.Load([]change.Change{made})
		if draft.NameKey != registry.NameKey(&p) || !slices.Equal(draft.Keys, registry.DocumentKeys(&p)) {
			t.Fatalf("keys %q %q, record %q %q", draft.NameKey, draft.Keys, registry.NameKey(&p), registry.DocumentKeys(&p))
		}
		again, _ := m.Reader(madrid).Read(Row{Number: 7, Line: 8, Cells: cells})
		if again.Print != draft.Print {
			t.Fatal("another print")
		}
		if c, n := again.Merge(&p, []change.Change{made}); len(c.Sets) != 0 || n != 0 {
			t.Fatalf("a second time gives %+v", c.Sets)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	header, _ := cut(full)
	var rows []Row
	for i := range 1000 {
		_, cells := cut(full)
		cells[0] += fmt.Sprint("A", i%200)
		cells[5] = fmt.Sprintf("%d-%02d-%02d", 1940+i%60, 1+i%12, 1+i%28)
		cells[9] = fmt.Sprintf("4%07d", i*7919%10000000)
		cells[16] = fmt.Sprintf("+3460%07d", i*7919%10000000)
		cells[14] = fmt.Sprintf("Calle Mayor %d, 2º B", i)
		rows = append(rows, Row{Number: i + 1, Line: i + 2, Cells: cells})
	}
	m := Recognise(header, [][]string{rows[0].Cells})
	b.Run("read", func(b *testing.B) {
		r := m.Reader(madrid)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, refusal := r.Read(rows[i%1000]); refusal != nil {
				b.Fatal(refusal.Reason)
			}
		}
	})
	b.Run("create", func(b *testing.B) {
		r := m.Reader(madrid)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			d, _ := r.Read(rows[i%1000])
			d.Create()
		}
	})
}
