package intake

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"

	"quipu/internal/name"
)

//go:embed headings.csv
var headingsCSV string

// headings gives the target of a heading in its normal form. Targets that end in "?"
// depend on the other columns or on what the column holds.
var headings = sync.OnceValue(func() map[string]string {
	rows, err := csv.NewReader(strings.NewReader(headingsCSV)).ReadAll()
	if err != nil {
		panic("intake: headings.csv: " + err.Error())
	}
	out := map[string]string{}
	for _, r := range rows[1:] {
		for h := range strings.SplitSeq(r[1], "|") {
			key := heading(h)
			if old, ok := out[key]; ok && old != r[0] {
				panic("intake: headings.csv: " + h + " is both " + old + " and " + r[0])
			}
			out[key] = r[0]
		}
	}
	return out
})

// heading brings what stands over a column to the form in which headings are compared:
// folded, abbreviations written out, without articles and plurals.
func heading(s string) string {
	words := name.HeadingWords(s)
	out := words[:0]
	for i, w := range words {
		if long, ok := short[w]; ok {
			w = long
		}
		switch {
		case w == "F" && i == 0 && len(words) > 1:
			w = "FECHA"
		case w == "N" && i == 0:
			w = "NUMERO"
		case len(w) > 3 && strings.HasSuffix(w, "S"):
			w = strings.TrimSuffix(w, "S")
		}
		if !filling[w] {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

var filling = wordSet("DE DEL LA EL LOS LAS Y E U OF THE AND EN")

// short has the abbreviations of headings.
var short = map[string]string{
	"AP": "APELLIDO", "APE": "APELLIDO", "APELL": "APELLIDO", "APELLIDO1": "APELLIDO 1", "APELLIDO2": "APELLIDO 2",
	"PAT": "PATERNO", "MAT": "MATERNO", "NOM": "NOMBRE", "NOMB": "NOMBRE", "APS": "APELLIDO", "NOMS": "NOMBRE",
	"FEC": "FECHA", "FCH": "FECHA", "FECH": "FECHA", "NAC": "NACIMIENTO", "NACIM": "NACIMIENTO", "NACTO": "NACIMIENTO",
	"NRO": "NUMERO", "NUM": "NUMERO", "NO": "NUMERO", "NUMBER": "NUMERO", "CORREL": "ORDEN",
	"DOC": "DOCUMENTO", "DCTO": "DOCUMENTO", "DOCTO": "DOCUMENTO", "IDENT": "IDENTIDAD",
	"TEL": "TELEFONO", "TELF": "TELEFONO", "TLF": "TELEFONO", "TELEF": "TELEFONO", "TFNO": "TELEFONO", "CEL": "CELULAR",
	"DIR": "DIRECCION", "DIREC": "DIRECCION", "DOM": "DOMICILIO", "COD": "CODIGO", "CIU": "CIUDAD",
	"INSC": "INSCRIPCION", "INSCR": "INSCRIPCION", "INSCRIP": "INSCRIPCION", "REG": "REGISTRO",
	"OCUP": "OCUPACION", "PROF": "PROFESION", "INSTR": "INSTRUCCION", "INST": "INSTRUCCION", "GDO": "GRADO",
	"EMERG": "EMERGENCIA", "CTO": "CONTACTO", "CONT": "CONTACTO", "OBS": "OBSERVACION", "CIV": "CIVIL", "EST": "ESTADO",
	"PSPTE": "PASAPORTE", "PASAP": "PASAPORTE", "PAS": "PASAPORTE", "VENC": "VENCIMIENTO", "EMIS": "EMISION",
	"ANIO": "ANO", "YR": "YEAR", "RESID": "RESIDENCIA", "PROV": "PROVINCIA", "DPTO": "DEPARTAMENTO", "DEPTO": "DEPARTAMENTO",
}

func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
