package synth

import (
	"hash/fnv"
	"strings"
)

// The columns of a consulate's export, in their order.
const (
	colPaternal = iota
	colMaternal
	colGiven
	colMarried
	colSex
	colBirth
	colBirthPlace
	colBirthCountry
	colDocType
	colDocNumber
	colPassport
	colOffice
	colCountry
	colCity
	colAddress
	colPostcode
	colPhone
	colMail
	colCivil
	colEducation
	colOccupation
	colLanguage
	colArrival
	colRegistered
	colKind
	colContactName
	colContactPhone
	columns
)

// Header is the first line of the register, column by column.
var Header = [columns]string{
	"apellido_paterno", "apellido_materno", "nombres", "apellido_casada", "sexo", "fecha_nacimiento",
	"ubigeo_nacimiento", "pais_nacimiento", "tipo_documento", "numero_documento", "pasaporte", "oficina",
	"pais", "ciudad", "direccion", "codigo_postal", "telefono", "correo", "estado_civil", "instruccion",
	"ocupacion", "idioma", "anio_llegada", "fecha_inscripcion", "tipo_inscripcion", "contacto_nombre",
	"contacto_telefono",
}

// Row is one registration as an office wrote it down.
type Row [columns]string

// habit is how an office writes: it differs from office to office and never within one.
type habit struct {
	noAccents bool // capitals without accents
	checked   bool // the ninth character of the identity number is kept
}

func habitOf(office string) habit {
	h := fnv.New32a()
	h.Write([]byte(office))
	x := h.Sum32()
	return habit{noAccents: x%5 < 2, checked: x/5%5 < 3}
}

var civilWords = map[string][2]string{ // man, woman
	"single": {"Soltero", "Soltera"}, "married": {"Casado", "Casada"}, "cohabiting": {"Conviviente", "Conviviente"},
	"separated": {"Separado", "Separada"}, "divorced": {"Divorciado", "Divorciada"}, "widowed": {"Viudo", "Viuda"},
}

var kindWords = map[string]string{
	"resident": "Residente", "transient": "De paso", "traveller": "Viajero", "seasonal": "De temporada",
}

var languageWords = map[string]string{
	"spa": "castellano", "que": "quechua", "aym": "aimara", "eng": "inglés", "fra": "francés", "ita": "italiano",
	"jpn": "japonés", "deu": "alemán", "nld": "neerlandés", "swe": "sueco", "fin": "finés", "por": "portugués",
	"zho": "chino", "kor": "coreano", "heb": "hebreo",
}

// row writes a person down without error, in the manner of the person's office.
func (p *Person) row() Row {
	h := habitOf(p.Post.Office)
	r := Row{
		colPaternal: p.Paternal, colMaternal: p.Maternal, colGiven: p.Given, colMarried: p.Married,
		colSex: p.Sex, colBirth: p.Birth.String(), colBirthPlace: p.BirthPlace, colBirthCountry: p.BirthCountry,
		colDocType: "DNI", colDocNumber: p.DNI, colPassport: p.Passport, colOffice: p.Post.Office,
		colCountry: p.Post.Country, colCity: p.Post.City, colAddress: p.Address, colPostcode: p.Postcode,
		colPhone: p.Phone, colMail: p.Email, colCivil: civilWords[p.CivilStatus][sexIndex(p.Sex)],
		colEducation: p.Education, colOccupation: p.Occupation, colLanguage: languageWords[p.Language],
		colArrival: year(p.Arrival), colRegistered: p.Registered.String(), colKind: kindWords[p.Kind],
		colContactName: p.ContactName, colContactPhone: p.ContactPhone,
	}
	if h.checked {
		r[colDocNumber] += "-" + string(p.DNICheck)
	}
	if h.noAccents {
		for _, c := range [...]int{colPaternal, colMaternal, colGiven, colMarried, colContactName} {
			r[c] = plain(r[c])
		}
	}
	return r
}

func year(y int) string {
	if y == 0 {
		return ""
	}
	return string([]byte{byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10)})
}

var accents = strings.NewReplacer("Á", "A", "É", "E", "Í", "I", "Ó", "O", "Ú", "U", "Ü", "U")

// plain takes the accents off capitals and leaves the Ñ, as typists do.
func plain(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return accents.Replace(s)
		}
	}
	return s
}
