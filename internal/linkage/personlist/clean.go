package personlist

import (
	"strings"
	"unicode"

	"quipu/internal/linkage"
	"quipu/internal/name"
)

// nothing are what programs and clerks write where they know nothing, folded. Whole words
// only: NA is a name, "N/A" is not, which blank tells by its mark.
var nothing = map[string]bool{"NULL": true, "NONE": true, "NAN": true, "NIL": true, "UNKNOWN": true, "UNK": true, "NOT KNOWN": true, "NOT AVAILABLE": true,
	"NOT STATED": true, "NOT APPLICABLE": true, "MISSING": true, "BLANK": true, "TBD": true, "SIN DATO": true, "SIN DATOS": true, "NO TIENE": true,
	"NO CONSTA": true, "NO REGISTRA": true, "DESCONOCIDO": true, "DESCONOCIDA": true, "SE DESCONOCE": true, "NO INDICA": true, "NO APLICA": true,
	"NINGUNO": true, "NINGUNA": true, "PENDIENTE": true, "INCONNU": true, "INCONNUE": true, "NON RENSEIGNE": true, "UNBEKANNT": true, "KEINE ANGABE": true,
	"KEINE": true, "SCONOSCIUTO": true, "SCONOSCIUTA": true, "DESCONHECIDO": true, "DESCONHECIDA": true, "IGNORADO": true, "IGNORADA": true,
	"NAO INFORMADO": true, "NAO CONSTA": true, "UNDEFINED": true}

// blank reports whether a cell says that nothing is known.
func blank(cell string) bool {
	if len(cell) > 24 {
		return false
	}
	marks, known := 0, 0
	for _, r := range cell {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			known++
		} else if r != ' ' {
			marks++
		}
	}
	if known == 0 {
		return true
	}
	c := cell[0] | 0x20
	if c != 'n' && c != 'u' && c != 'm' && c != 'b' && c != 't' && c != 's' && c != 'd' && c != 'p' && c != 'i' && c != 'k' && c != '#' && c != '<' && c != '(' && c != '[' {
		return false
	}
	folded := name.Fold(cell)
	return nothing[folded] || marks > 0 && (folded == "N A" || folded == "N D" || folded == "S N" || folded == "S D" || folded == "N R")
}

var cleaners = map[linkage.Kind]func(string) string{
	linkage.GivenNames: names, linkage.Surname: names, linkage.SecondSurname: names, linkage.MarriedName: names, linkage.FullName: names,
	linkage.Document: document, linkage.Phone: phone, linkage.Email: email,
}

// plain is a cell as it stands, or nothing.
func plain(cell string) string {
	cell = strings.TrimSpace(cell)
	if blank(cell) {
		return ""
	}
	return cell
}

func names(cell string) string {
	cell = strings.TrimSpace(cell)
	if cell == "" || blank(cell) || name.Missing(cell) {
		return ""
	}
	return cell
}

// document keeps letters and digits, in capitals. A number of one digit over and over is
// a filler, and so is one that only counts up from 1.
func document(cell string) string {
	cell = plain(cell)
	b := make([]byte, 0, 24)
	for i := range len(cell) {
		switch c := cell[i]; {
		case isDigit(c), c >= 'A' && c <= 'Z':
			b = append(b, c)
		case c >= 'a' && c <= 'z':
			b = append(b, c-0x20)
		case c >= 0x80:
			return strings.ToUpper(cell)
		}
	}
	if filler(string(b)) {
		return ""
	}
	return string(b)
}

func filler(code string) bool {
	return len(code) > 1 && strings.Trim(code, code[:1]) == "" || len(code) > 5 && strings.HasPrefix("1234567890123456", code) || code == "0" ||
		strings.Trim(code, "X") == ""
}

// phone keeps the digits, without the zeros or the 00 before them.
func phone(cell string) string {
	cell = plain(cell)
	b := make([]byte, 0, 20)
	for i := range len(cell) {
		if isDigit(cell[i]) && (len(b) > 0 || cell[i] != '0') {
			b = append(b, cell[i])
		}
	}
	if len(b) < 4 || filler(string(b)) {
		return ""
	}
	return string(b)
}

func email(cell string) string {
	cell = plain(cell)
	if !strings.Contains(cell, "@") {
		return ""
	}
	return strings.ToLower(cell)
}

// sexCoder writes M or F for a sex in the column's coding; words that it does not know
// stay as they are.
func sexCoder(p *profile) func(string) string {
	return func(cell string) string {
		cell = plain(cell)
		folded := name.Fold(cell)
		code, known := sexes[folded]
		switch {
		case !known:
			return folded
		case folded == "M" && p.womanIsM:
			return "F" // hombre and mujer, varón and mujer
		}
		return code
	}
}
