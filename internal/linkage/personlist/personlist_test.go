package personlist

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quipu/internal/civil"
	"quipu/internal/linkage"
)

var today = civil.Date{Year: 2026, Month: 6, Day: 15}

// list makes a list of columns, each "heading: value|value|…"; the values are repeated
// until the longest column is full, so that no column but a made one is unique.
func list(columns ...string) (header []string, rows [][]string) {
	var values [][]string
	n := 0
	for _, c := range columns {
		h, v, _ := strings.Cut(c, ": ")
		header = append(header, strings.TrimSuffix(h, ":"))
		values = append(values, strings.Split(v, "|"))
		n = max(n, len(values[len(values)-1]))
	}
	for i := range 8 * n {
		var row []string
		for _, v := range values {
			row = append(row, v[i%len(v)])
		}
		rows = append(rows, row)
	}
	return header, rows
}

// strange are 120 words that no lexicon has.
func strange(begin string) string {
	var out []string
	for _, a := range strings.Fields("ba ke ni zo wu") {
		for _, b := range strings.Fields("gga ttu sse kko nji mbe rwa pyo") {
			out = append(out, begin+a+b, begin+b+a, a+b+begin)
		}
	}
	return strings.Join(out, "|")
}

// taken says what became of the columns, as "heading kind; heading kind".
func taken(p *Plan) string {
	var out []string
	for _, c := range p.Columns {
		out = append(out, strings.TrimSpace(c.Header+" "+c.Kind.String()))
	}
	return strings.Join(out, "; ")
}

const (
	given   = "Juan Carlos|María|Rosa Elvira|Pedro|Luis Alberto|Carmen"
	family  = "Quispe|Mamani|Flores|García|Rojas|Huamán"
	isoDays = "1968-04-07|1971-09-09|1980-12-24|1955-01-30|1990-07-02|1949-11-11"
	numbers = "10117410|40882711|07733921|45519022|80112345|09911827"
	someIDs = "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25"
)

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		name    string
		columns []string
		want    string
	}{
		{"Spanish, four columns of names", []string{"Apellido paterno: " + family, "Apellido materno: " + family, "Nombres: " + given, "DNI: " + numbers},
			"Apellido paterno surname; Apellido materno second_surname; Nombres given_names; DNI document"},
		{"abbreviations", []string{"AP_PATERNO: " + family, "ApeMat: " + family, "nombres: " + given, "F.Nac.: 07/04/1968|25/12/1980", "Nro. Doc.: " + numbers},
			"AP_PATERNO surname; ApeMat second_surname; nombres given_names; F.Nac. date; Nro. Doc. document"},
		{"German", []string{"Nachname: " + family, "Vorname: " + given, "Geburtsdatum: 7.4.1968|24.12.1980", "Geschlecht: m|w", "Wohnort: Berlin|Köln|Bonn|Ulm", "PLZ: 10115|50667|53111|89073", "Straße: Hauptstr. 3|Bergweg 7"},
			"Nachname surname; Vorname given_names; Geburtsdatum date; Geschlecht sex; Wohnort ignore; PLZ ignore; Straße street"},
		{"German, name for the surname", []string{"Name: Meier|Schulz|Wolff|Bauer", "Vorname: Hans|Ute|Karl|Inge"}, "Name surname; Vorname given_names"},
		{"French", []string{"Nom: Dupont|Martin|Leroy|Moreau", "Prénom: Jean|Marie|Luc|Anne", "Date de naissance: 07/04/1968|24/12/1980", "Lieu de naissance: Lyon|Paris|Nantes", "Sexe: H|F", "Courriel: a@b.fr|c@d.fr", "N° Sécurité sociale: 168042A12345601|271097512345602|180127512345603"},
			"Nom surname; Prénom given_names; Date de naissance date; Lieu de naissance place; Sexe sex; Courriel email; N° Sécurité sociale document"},
		{"Italian", []string{"Cognome: Rossi|Russo|Ferrari", "Nome: Mario|Anna|Luca", "Data di nascita: 07/04/1968|24/12/1980", "Codice fiscale: RSSMRA68D07F205X|RSSNNA80T64H501Y|FRRLCU55A30L219Z", "CAP: 20121|00184", "Comune: Milano|Roma|Torino"},
			"Cognome surname; Nome given_names; Data di nascita date; Codice fiscale document; CAP place; Comune place"},
		{"Portuguese", []string{"Nome completo: João da Silva|Ana Costa Lima", "Data de nascimento: 07/04/1968|24/12/1980", "CPF: 111.444.777-35|529.982.247-25|390.533.447-05", "Sexo: M|F", "Telemóvel: 912345678|934567890", "Morada: Rua das Flores 3|Travessa do Sol 9"},
			"Nome completo full_name; Data de nascimento date; CPF document; Sexo sex; Telemóvel phone; Morada street"},
		{"one name, in Spanish", []string{"Nombre: Quispe Mamani, Juan|Flores Rojas, Ana", "Sexo: H|M"}, "Nombre full_name; Sexo sex"},
		{"both surnames in one", []string{"Apellidos: Quispe Mamani|Flores Rojas|García Huamán", "Nombre: " + given}, "Apellidos surname; Nombre given_names"},
		{"an election's list", []string{"ncid: AA1|BB2|CC3|DD4|EE5", "last_name: SMITH|JONES", "first_name: MARY|JOHN", "midl_name: ANN|LEE|", "name_sufx_cd: JR||III", "house_num: 12|7|220", "street_name: OAK|MAIN", "res_city_desc: RALEIGH|CARY", "state_cd: NC|VA", "zip_code: 27601|27511", "full_phone_num: 9195551234|9195554321", "race_code: W|B", "sex_code: F|M", "age: 33|51", "registr_dt: 01/31/2008|02/25/2012", "party_cd: X|Y"},
			"ncid ignore; last_name surname; first_name given_names; midl_name given_names; name_sufx_cd category; house_num street; street_name street; res_city_desc place; state_cd place; zip_code place; full_phone_num phone; race_code ignore; sex_code sex; age number; registr_dt ignore; party_cd ignore"},
		{"three columns of a birth date", []string{"fname_c1: CARSTEN|GERD", "lname_c1: MEIER|BAUER", "lname_c2: |WOLFF|KOCH", "by: 1949|1968|1930|1957", "bm: 7|4|9|12", "bd: 22|27|30|2"},
			"fname_c1 given_names; lname_c1 surname; lname_c2 second_surname; by year; bm month; bd day"},
		{"parts in Spanish", []string{"Nombres: " + given, "Apellidos: " + family, "Día: 7|24|30", "Mes: abril|diciembre|enero", "Año: 1968|1980|1955"},
			"Nombres given_names; Apellidos surname; Día day; Mes month; Año year"},
		{"a year of birth alone", []string{"name: Ann Smith|Bob Jones", "yob: 1949|1968"}, "name full_name; yob year"},
		{"the year of a census", []string{"first_name: MARY|JOHN", "last_name: SMITH|JONES", "dob: " + isoDays, "year: 2020|2030|2040"},
			"first_name given_names; last_name surname; dob date; year ignore"},
		{"no telling headings", []string{"c1: " + given, "c2: " + family, "c3: " + isoDays, "c4: a@b.pe|c@d.pe", "c5: m|f", "c6: +51 987 654 321|+34 653 502 215|+39 320 111 2233|(01) 424-1234|+54 11 5555 0101|+56 2 2345 6789"},
			"c1 given_names; c2 surname; c3 date; c4 email; c5 sex; c6 phone"},
		{"no headings at all", []string{": " + given, ": " + family, ": " + isoDays, ": London|Leeds|Paris|Madrid"},
			"given_names; surname; date; place"},
		{"names that no lexicon knows", []string{"a: " + strange("z"), "b: " + strange("mu") + "|" + strange("la"), "c: " + isoDays}, "a given_names; b surname; c date"},
		{"a heading that lies: dates under name", []string{"name: " + isoDays, "dob: Anna Smith|Bob Jones|Mary Brown"}, "name date; dob full_name"},
		{"a heading that lies: e-mail under phone", []string{"phone: a@b.pe|c@d.pe", "email: 987654321|912345678|911111119", "name: Ana Rojas|Juan Flores"}, "phone email; email document; name full_name"},
		{"a number of the record is never used", []string{"rec_id: rec-1-org|rec-1-dup-0|rec-2-org", "given_name: amy|joel", "surname: gray|hood"},
			"rec_id ignore; given_name given_names; surname surname"},
		{"what gives the truth away", []string{"cluster: 1|2|3", "entity_id: a|b|c", "name: Ana Rojas|Juan Flores"}, "cluster ignore; entity_id ignore; name full_name"},
		{"somebody else's telephone", []string{"Nombre: Ana Rojas|Juan Flores", "Teléfono: 987654321|912345678", "Teléfono de contacto: 900111222|900222333", "emergency_contact_name: Luis|Eva"},
			"Nombre full_name; Teléfono phone; Teléfono de contacto ignore; emergency_contact_name ignore"},
		{"parents are words", []string{"name: Ana Rojas|Juan Flores", "mother_name: Eva|Rosa", "Nombre del padre: Luis|Max"}, "name full_name; mother_name text; Nombre del padre text"},
		{"traits are never used", []string{"name: Ana Rojas|Juan Flores", "ethnic_group: a|b", "Religión: x|y", "Situación migratoria: p|q"},
			"name full_name; ethnic_group ignore; Religión ignore; Situación migratoria ignore"},
		{"what changes or belongs to the record", []string{"name: Ana Rojas|Juan Flores", "Estado civil: S|C", "idioma: es|qu", "created_at: 2024-01-02|2024-02-03", "Oficina: ESMAD|USPAT"},
			"name full_name; Estado civil ignore; idioma ignore; created_at ignore; Oficina ignore"},
		{"two dates without headings", []string{"x: " + given, "y: " + family, "p: 2024-01-02|2023-02-03|2024-07-08", "q: " + isoDays}, "x given_names; y surname; p ignore; q date"},
		{"a date headed date", []string{"Nombres: " + given, "Apellidos: " + family, "Fecha: " + isoDays}, "Nombres given_names; Apellidos surname; Fecha date"},
		{"identity numbers of many lands", []string{"uganda_nin: CF21927470OWMT|CF68167355NUZY|CF68008770HZML", "SSN: 123-45-6789|987-65-4321|111-22-3333", "NHS Number: 943 476 5919|401 023 2137|943 476 5870", "RUT: 12.345.678-5|11.111.112-K|9.876.543-3", "ART_number: KMC-819708|KUB-176148|MBA-746695", "name: Ann Smith|Bob Jones"},
			"uganda_nin document; SSN document; NHS Number document; RUT document; ART_number document; name full_name"},
		{"works, not persons", []string{"id: " + someIDs, "title: The object oriented workflow system|Integration of environmental models for decisions|A user interface for distributed databases", "authors: G. Vossen, M. Weske|I. F. Cruz, K. M. James, L. Henry, P. Brown", "venue: VLDB|SIGMOD Record", "year: 1999|2001"},
			"id ignore; title text; authors text; venue category; year category"},
		{"country beside a city", []string{"name: Ana Rojas|Juan Flores", "Ciudad: Madrid|Roma", "País: ES|IT", "Lugar de nacimiento: 150201|080101", "País de nacimiento: PE|CL"},
			"name full_name; Ciudad place; País ignore; Lugar de nacimiento place; País de nacimiento ignore"},
		{"words run together", []string{"custlastname: Smith|Jones", "custfirstname: Ann|Bob", "patientbirthdate: " + isoDays}, "custlastname surname; custfirstname given_names; patientbirthdate date"},
		{"full names as they are spoken", []string{"x1: Juan Carlos Quispe Mamani|María Flores Rojas|Rosa Elvira García Huamán|Luis Torres Núñez", "x2: " + isoDays}, "x1 full_name; x2 date"},
		{"full names as they are filed", []string{"x1: QUISPE MAMANI JUAN|FLORES ROJAS MARIA|GARCIA HUAMAN ROSA", "x2: " + isoDays}, "x1 full_name; x2 date"},
		{"a town beside a street without a number", []string{"name: Ana Rojas|Juan Flores", "dob: " + isoDays, "house_num: 12|7|220", "street: Oak Street|Main Road", "town: Leeds|York", "zip: 27601|27511"},
			"name full_name; dob date; house_num street; street street; town place; zip place"},
		{"a town beside a whole address", []string{"name: Ana Rojas|Juan Flores", "dob: " + isoDays, "address: 12 Oak Street|7 Main Road", "town: Leeds|York", "zip: 27601|27511"},
			"name full_name; dob date; address street; town ignore; zip ignore"},
		{"a household's number without a heading", []string{"a: " + given, "b: " + family, "c: " + isoDays, "d: HH-2020-10001|HH-2020-20002|HH-2020-30003|HH-2020-40004|HH-2020-50005"},
			"a given_names; b surname; c date; d ignore"},
		{"identifiers of unknown things", []string{"globalID: AX17|AX18|AX17|AX19", "EnterpriseID: 15801|15802|15801", "name: Ana Rojas|Juan Flores", "national_id: A1234567|B7654321|C5555123"},
			"globalID ignore; EnterpriseID ignore; name full_name; national_id document"},
		{"the surname of birth is the surname where there is no other", []string{"NOM_USAGE: " + family, "NOM_NAISSANCE: " + family, "PRENOMS: " + given, "lat: 35.12345|36.54321|34.00123"},
			"NOM_USAGE married_name; NOM_NAISSANCE surname; PRENOMS given_names; lat number"},
		{"the plainest heading names the surname", []string{"first_and_surname: Ana Rojas|Juan Flores", "custsurname: Rojas|Flores", "surname: Rojas|Flores", "first_name: Ana|Juan"},
			"first_and_surname ignore; custsurname second_surname; surname surname; first_name given_names"},
		{"an occupation where little else is known", []string{"name: Ana Rojas|Juan Flores", "dob: " + isoDays, "Beruf: Koch|Lehrer"}, "name full_name; dob date; Beruf text"},
		{"empty and constant", []string{"name: Ana Rojas|Juan Flores", "x: |N/A|-", "y: PE"}, "name full_name; x ignore; y ignore"},
	} {
		header, rows := list(c.columns...)
		if got := taken(Recognise(header, rows, Options{Today: today})); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestAnIdentifierWithoutHeadingIsNotUsed(t *testing.T) {
	var rows [][]string
	for i := range 400 {
		rows = append(rows, []string{fmt.Sprintf("rec-%d-org", i*7%400), strings.Split(given, "|")[i%6], strings.Split(family, "|")[i%5]})
	}
	p := Recognise([]string{"", "", ""}, rows, Options{Today: today, Whole: true})
	if c := p.Columns[0]; c.Kind != linkage.Ignore || c.Reason != "id" || c.Unsure {
		t.Errorf("the numbers of the records are %v because of %s, unsure %v", c.Kind, c.Reason, c.Unsure)
	}
	p = Recognise([]string{"", "", ""}, rows, Options{Today: today})
	if !p.Columns[0].Unsure {
		t.Fatal("the sample of a longer list is taken for proof")
	}
	p.Repeated(1, Options{Today: today})
	if c := p.Columns[0]; c.Kind != linkage.Document || len(p.Fields()) != 3 {
		t.Errorf("a code that comes again is %v among %v", c.Kind, p.Fields())
	}
}

// TestReferenceLists holds the columns of the published lists against what they are.
func TestReferenceLists(t *testing.T) {
	dir := os.Getenv("QUIPU_REFERENCE")
	if dir == "" {
		t.Skip("QUIPU_REFERENCE names no folder of reference lists")
	}
	febrl := "rec_id ignore; given_name given_names; surname surname; street_number street; address_1 street; address_2 street; " +
		"suburb place; postcode place; state place; date_of_birth date; soc_sec_id document; truth ignore"
	fake := "rec_id ignore; first_name given_names; surname surname; dob date; city place; email email; truth ignore"
	works := "id ignore; title text; authors text; venue category; year category"
	for file, want := range map[string]string{
		"febrl1.csv": febrl, "febrl2.csv": febrl, "febrl4a.csv": febrl, "febrl4b.csv": febrl, "fake_1000.csv": fake, "fake_20000.csv": fake,
		"dblp_acm/dblp.csv": works, "dblp_acm/acm.csv": works,
		"rldata500.csv": "rec_id ignore; fname_c1 given_names; fname_c2 given_names; lname_c1 surname; lname_c2 second_surname; by year; bm month; bd day; truth ignore",
		"opencr_uganda.csv": "rec_id ignore; sex sex; date_of_birth date; given_name given_names; surname surname; phone_number phone; " +
			"uganda_nin document; art_number document; truth ignore",
		"pseudopeople_census.csv": "truth ignore; year ignore; household_id ignore; relationship ignore; first_name given_names; middle_initial given_names; " +
			"last_name surname; dob date; sex sex; street_number street; street_name street; unit_number street; city ignore; state ignore; zipcode ignore; race_ethnicity ignore",
	} {
		text, err := os.ReadFile(filepath.Join(dir, "linkage", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(string(text)))
		if strings.Contains(file, "dblp_acm") {
			r.Comma, r.LazyQuotes = '%', true
		}
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(file, err)
		}
		sample := rows[1:min(len(rows), 6000)]
		if got := taken(Recognise(rows[0], sample, Options{Today: today})); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", file, got, want)
		}
		if Headless(rows[0], sample) || !Headless(rows[1], sample[1:]) {
			t.Errorf("%s: header or not is decided wrongly", file)
		}
	}
}
