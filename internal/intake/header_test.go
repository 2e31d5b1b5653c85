package intake

import (
	"strings"
	"testing"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

// generated is the header of the generator, column by column, with where each goes.
var generated = []string{
	"apellido_paterno=surname_paternal", "apellido_materno=surname_maternal", "nombres=given_names",
	"apellido_casada=surname_married", "sexo=sex", "fecha_nacimiento=birth_date", "ubigeo_nacimiento=birth_place",
	"pais_nacimiento=birth_country", "tipo_documento=document.type", "numero_documento=document.number",
	"pasaporte=document:passport", "oficina=registration.office", "pais=residence_country", "ciudad=address.city",
	"direccion=address.lines", "codigo_postal=address.postcode", "telefono=phone", "correo=email",
	"estado_civil=civil_status", "instruccion=education", "ocupacion=occupation_host", "idioma=language",
	"anio_llegada=arrival_in_country", "fecha_inscripcion=registration.opened", "tipo_inscripcion=registration.kind",
	"contacto_nombre=emergency_contact.name", "contacto_telefono=emergency_contact.phone",
}

func cut(pairs []string) (header, targets []string) {
	for _, p := range pairs {
		h, t, _ := strings.Cut(p, "=")
		header, targets = append(header, h), append(targets, t)
	}
	return header, targets
}

func TestRecognise(t *testing.T) {
	for name, pairs := range map[string][]string{
		"generator": generated,
		"old list": {"N°=", "Apellido Paterno=surname_paternal", "Ap. Materno=surname_maternal", "Nombres=given_names",
			"Sexo=sex", "Fec. Nacimiento=birth_date", "DNI=document:dni", "Pasaporte=document:passport",
			"Dirección=address.lines", "Ciudad=address.city", "Teléfono=phone", "Correo electrónico=email",
			"Estado Civil=civil_status", "Fec. Inscripción=registration.opened"},
		"capitals": {"APELLIDO_PATERNO=surname_paternal", "2do. APELLIDO=surname_maternal", "NOMBRES=given_names",
			"F. NAC.=birth_date", "N° D.N.I.=", "GÉNERO=sex", "CELULAR=phone", "WHATSAPP=phone:whatsapp", "E-MAIL=email",
			"PROFESIÓN=occupation_origin", "OCUPACIÓN=occupation_host", "GRADO DE INSTRUCCIÓN=education",
			"OBSERVACIONES=", "C.P.=address.postcode", "TEL. EMERGENCIA=emergency_contact.phone",
			"CONTACTO DE EMERGENCIA=emergency_contact.name", "Año de llegada=arrival_in_country", "Nº de registro="},
		"english": {"Name=given_names", "Surname=surnames", "DOB=birth_date", "Sex=sex", "Country=residence_country",
			"City=address.city", "Address=address.lines", "Phone=phone", "E-mail=email", "Passport number=document:passport",
			"Place of birth=birth_place", "Language=language", "Marital status=civil_status", "Registration date=registration.opened"},
		"one name column": {"Apellidos y Nombres=full_name", "Nro. Documento=document.number", "Lugar de nacimiento=birth_place"},
		"only names":      {"Nombre=full_name", "N° DNI=document:dni", "Edad="},
		"camel":           {"apellidoPaterno=surname_paternal", "primerNombre=", "fechaNacimiento=birth_date"},
		"day month year":  {"Apellidos=surnames", "Nombres=given_names", "Día de nacimiento=birth_day", "Mes nac.=birth_month", "Año nac.=birth_year"},
		"twice":           {"Nombres=full_name", "País=residence_country", "País de residencia=", "Teléfono 1=phone", "Teléfono 2=phone"},
	} {
		header, want := cut(pairs)
		m := Recognise(header, nil)
		for i, c := range m.Columns {
			if c.Target != want[i] && header[i] != "N° D.N.I." {
				t.Errorf("%s: %q goes to %q, not %q", name, header[i], c.Target, want[i])
			}
		}
		if err := m.Ready(); err != nil {
			t.Errorf("%s: not ready: %v", name, err)
		}
	}
}

func TestEveryHeadingGoesToATarget(t *testing.T) {
	for h, target := range headings() {
		if target != "ignore" && !strings.HasSuffix(target, "?") && !knownTarget(target) {
			t.Errorf("%q goes to %q, which is none", h, target)
		}
		if m := Recognise([]string{h}, nil); m.Columns[0].Refused != "" {
			t.Errorf("%q is refused for %s", h, m.Columns[0].Refused)
		}
	}
}

func TestTypeIsToldByItsCells(t *testing.T) {
	header := []string{"Apellidos", "Nombres", "Tipo", "Nro. Documento"}
	m := Recognise(header, [][]string{{"A", "B", "DNI", "1"}, {"A", "B", "Pasaporte", "1"}})
	if m.Columns[2].Target != "document.type" {
		t.Errorf("of documents: %q", m.Columns[2].Target)
	}
	m = Recognise(header, [][]string{{"A", "B", "Residente", "1"}})
	if m.Columns[2].Target != "registration.kind" {
		t.Errorf("of registrations: %q", m.Columns[2].Target)
	}
}

func TestSampleDecides(t *testing.T) {
	for _, c := range []struct {
		cells   string
		order   civil.Order
		serials civil.Serials
	}{
		{"7/4/1968 25/12/1970 1/1/2000", civil.DMY, civil.NoSerials},
		{"4/7/1968 12/25/1970", civil.MDY, civil.NoSerials},
		{"4/7/1968 1/2/1970", civil.OrderUnknown, civil.NoSerials},
		{"12/17/1983/2 25/12/1970 13/1/1970", civil.DMY, civil.NoSerials},
		{"24935 31000 29001", civil.OrderUnknown, civil.Serials1900},
	} {
		var sample [][]string
		for f := range strings.FieldsSeq(c.cells) {
			sample = append(sample, []string{"A", f})
		}
		got := Recognise([]string{"Nombre", "Fecha de nacimiento"}, sample).Columns[1]
		if got.Order != c.order || got.Serials != c.serials {
			t.Errorf("%s: order %v, serials %v", c.cells, got.Order, got.Serials)
		}
	}
	for cells, scheme := range map[string]string{"150101 120120": "inei", "240101 140101 140130": "reniec", "010101": "", "Lima": ""} {
		var sample [][]string
		for f := range strings.FieldsSeq(cells) {
			sample = append(sample, []string{"A", f})
		}
		if got := Recognise([]string{"Nombre", "Ubigeo"}, sample).Columns[1].Scheme; got != scheme {
			t.Errorf("%s: scheme %q, not %q", cells, got, scheme)
		}
	}
	if got := Recognise([]string{"Ubigeo RENIEC"}, nil).Columns[0].Scheme; got != "reniec" {
		t.Errorf("by header: scheme %q", got)
	}
}

func TestMapByHand(t *testing.T) {
	fresh := func() Mapping { return Recognise([]string{"Titular de la ficha", "Dato 1", "Visa", "Celular"}, nil) }
	m := fresh()
	if err := m.Ready(); !fault.Is(err, "intake.no_name_column") || !strings.Contains(err.Error(), "Dato 1") {
		t.Fatalf("without a name: %v", err)
	}
	if err := m.Apply([]byte("\xEF\xBB\xBF" + `{"titular de la FICHA": "full_name", "2": "birth_date", "Celular": "-"}`)); err != nil {
		t.Fatal(err)
	}
	if m.Columns[0].Target != "full_name" || m.Columns[1].Target != "birth_date" || m.Columns[3].Target != "" || m.Ready() != nil {
		t.Fatalf("mapped %+v", m.Columns)
	}
	for text, key := range map[string]string{
		`{"Nada": "sex"}`:                      "intake.map_header",
		`{"Dato 1": "visa"}`:                   "intake.map_target",
		`{"Dato 1": "number"}`:                 "intake.map_target",
		`{"Visa": "name_used"}`:                "intake.map_refused",
		`{"1": "full_name", "2": "full_name"}`: "intake.map_twice",
		`["a"]`:                                "intake.map_json",
		`{"1": 5}`:                             "intake.map_json",
		`{"1": "sex"`:                          "intake.map_json",
		`{"1": "sex"} {}`:                      "intake.map_json",
		`{"1": {"a": "b"}}`:                    "intake.map_json",
		"{\n\"1\":\n[]}":                       "intake.map_json",
		``:                                     "intake.map_json",
	} {
		m := fresh()
		if err := m.Apply([]byte(text)); !fault.Is(err, key) {
			t.Errorf("%s: %v, not %s", text, err, key)
		}
	}
	m = fresh()
	m.Columns[0].Target, m.Columns[1].Target = "full_name", "full_name"
	if err := m.Ready(); !fault.Is(err, "intake.map_twice") {
		t.Errorf("two columns of one target: %v", err)
	}
	m = fresh()
	m.Columns[0].Target, m.Columns[2].Target = "full_name", "name_used"
	if err := m.Ready(); !fault.Is(err, "intake.map_refused") {
		t.Errorf("a refused column mapped: %v", err)
	}
}

func FuzzParseMap(f *testing.F) {
	f.Add([]byte(`{"A":"sex"}`))
	f.Add([]byte(`{"A":null,"B":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := Recognise([]string{"A", "Nombre"}, nil)
		if err := m.Apply(data); err != nil && fault.As(err) == nil {
			t.Fatalf("not a fault: %v", err)
		}
	})
}
