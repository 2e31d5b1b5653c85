package personlist

import (
	_ "embed"
	"strings"
	"sync"
)

// The words by which a column without a heading is known. They guide, nothing more: a
// column of names that are in none of them is still one of words.
var (
	//go:embed lexicon/given.txt
	givenText string
	//go:embed lexicon/surnames.txt
	surnamesText string
	//go:embed lexicon/places.txt
	placesText string

	givenNames = sync.OnceValue(func() map[string]bool { return set(afterFirstLine(givenText)) })
	surnames   = sync.OnceValue(func() map[string]bool { return set(afterFirstLine(surnamesText)) })
	places     = sync.OnceValue(func() map[string]bool {
		out := map[string]bool{}
		for l := range strings.Lines(afterFirstLine(placesText)) {
			out[strings.TrimSpace(l)] = true
		}
		return out
	})
)

func afterFirstLine(s string) string {
	_, rest, _ := strings.Cut(s, "\n")
	return rest
}

// ways are words for a street and its parts in the languages of the headings, folded.
var ways = set("STREET ST ROAD RD AVENUE AVE AV LANE LN DRIVE DR COURT CT PLACE PL CIRCUIT CRESCENT CRES CLOSE TERRACE TCE PARADE PDE WAY " +
	"BOULEVARD BLVD HIGHWAY HWY SQUARE SQ APT FLAT UNIT PO BOX CALLE C CL AVENIDA AVDA JIRON JR PASAJE PSJE PLAZA PZA PASEO CARRERA CRA KR " +
	"URB URBANIZACION MZ MANZANA LT LOTE BARRIO DPTO PISO RUA TRAVESSA ALAMEDA LARGO ESTRADA RODOVIA RUE CHEMIN IMPASSE ALLEE ALLEES QUAI ROUTE BD COURS " +
	"VIA VIALE CORSO PIAZZA PIAZZALE VICOLO STRADA LARGO STRASSE STR WEG PLATZ ALLEE GASSE RING DAMM UFER STEIG")

// sexes are the words for a sex in any coding; those of two meanings are decided by the
// words beside them: M is male beside F and female beside H (hombre, homme) or V (varón).
var sexes = map[string]string{
	"M": "M", "MALE": "M", "MAN": "M", "BOY": "M", "H": "M", "HOMBRE": "M", "HOMME": "M", "V": "M", "VARON": "M", "MASCULINO": "M", "MASC": "M",
	"MASCULIN": "M", "MASCHIO": "M", "UOMO": "M", "HOMEM": "M", "MANNLICH": "M", "MAENNLICH": "M", "MANN": "M", "HERR": "M", "MR": "M",
	"F": "F", "FEMALE": "F", "WOMAN": "F", "GIRL": "F", "MUJER": "F", "FEMME": "F", "FEMENINO": "F", "FEM": "F", "FEMININ": "F", "FEMININO": "F",
	"FEMMINA": "F", "DONNA": "F", "MULHER": "F", "W": "F", "WEIBLICH": "F", "FRAU": "F", "D": "", "DIVERS": "", "MRS": "F", "MS": "F",
	"X": "", "U": "", "UNKNOWN": "", "N": "", "OTHER": "", "OTRO": "", "NONBINARY": "", "NON BINARY": "", "I": "",
}
