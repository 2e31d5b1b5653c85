// Package refused knows by the header of a column what the register must not keep, such as migration
// status, measures of the body, belief or income. No other package of the registry needs it.
package refused

import (
	"slices"
	"strings"
	"unicode"

	"quipu/internal/name"
)

// refusal says which column headers speak of one thing that the register does not keep.
// A header is refused when it has one of the words in any, one in with (when there are
// some) and none in not. A word that ends in * stands for all that begin so.
type refusal struct {
	reason         string
	any, with, not []string
}

func words(s string) []string { return strings.Fields(s) }

var (
	expiryWords = words("VENCE VENC VENCIMIENTO VTO CADUCA CADUCIDAD EXPIRA EXPIRACION EXPIRY EXPIRES EXPIRATION HASTA VALIDEZ")
	statusWords = words("SITUACION SIT CONDICION COND ESTATUS STATUS ESTADO EST CALIDAD CATEGORIA")
	placeWords  = words("PAIS CIUDAD DIRECCION DOMICILIO LUGAR PROVINCIA DISTRITO LOCALIDAD DEPARTAMENTO MUNICIPIO COUNTRY CITY ADDRESS PLACE")
)

// refusals is what must not be collected, by the words that lists use for it. The reasons
// are keys of the catalogue under "refused.".
var refusals = []refusal{
	{"migration", words("MIGRATORI* MIGRATORY"), nil, words("MOTIVO MOTIVOS HISTORIA PROYECTO MOVIMIENTO REASON")},
	{"migration", words("VISA VISAS VISADO VISADOS"), nil, nil},
	{"migration", words("INDOCUMENTAD* UNDOCUMENTED IRREGULAR IRREGULARES REGULARIZAD* REGULARIZACION GREENCARD OVERSTAY ASYLUM ASILO ASILAD* REFUGIAD* REFUGEE DEPORTA* DEPORTED ARRAIGO SOGGIORNO"), nil, nil},
	{"migration", words("GREEN"), words("CARD"), nil},
	{"migration", words("PERMISO PERMIT"), words("RESIDENCIA RESID TRABAJO ESTANCIA PERMANENCIA RESIDENCE RESIDENCY WORK STAY"), nil},
	{"migration", words("RESIDENCIA RESIDENCE RESIDENCY ESTANCIA"), append(words("STATUS ESTATUS SITUACION TIPO TYPE TARJETA CARD LEGAL PERMANENTE PERMANENT TRAMITE CATEGORIA"), expiryWords...), placeWords},
	{"migration", words("RESIDENTE RESIDENT"), words("PERMANENTE PERMANENT LEGAL"), placeWords},
	{"migration", words("NIE TIE"), expiryWords, nil},
	{"migration", words("LEGAL REGULAR MIG MIGR MIGRACION MIGRATION IMMIGRATION INMIGRACION"), statusWords, words("CIVIL")},
	{"migration", words("SITUACION"), words("EN IN"), words("LABORAL CIVIL FAMILIAR ECONOMICA EDUCATIVA VIVIENDA MILITAR")},
	{"body", words("TALLA ESTATURA HEIGHT PESO WEIGHT TEZ CABELLO CICATRI* TATUAJE* TATTOO* DISTINGUISHING"), nil, nil},
	{"body", words("COLOR COLOUR TONO"), words("OJO OJOS PIEL PELO TEZ EYE EYES SKIN HAIR"), nil},
	{"body", words("GRUPO TIPO FACTOR BLOOD"), words("SANGUINEO SANG SANGRE RH BLOOD"), nil},
	{"body", words("SENAS SENALES MARCAS MARKS"), nil, append(words("SEGUIR CONTACTO"), placeWords...)},
	{"belief", words("RELIGION RELIGIOS* RELIGIOUS CREDO ETNIA ETNIC* ETHNIC* RAZA RACE RACIAL SINDICATO SINDICAL* MILITANCIA AUTOIDENTIFICACION"), nil, nil},
	{"belief", words("PARTIDO"), nil, placeWords},
	{"belief", words("FILIACION AFILIACION OPINION IDEOLOGIA PARTY POLITICAL"), words("POLITICA POLITICO POLITICAL PARTIDO PARTIDARIA SINDICAL PARTY VIEWS OPINION"), nil},
	{"belief", words("UNION"), words("TRADE LABOR LABOUR MEMBER MEMBERSHIP"), nil},
	{"belief", words("ORIENTACION ORIENTATION"), words("SEXUAL"), nil},
	{"income", words("INGRESO INGRESOS"), nil, append(words("FECHA FEC FCH F AL A ANO MES DIA HORA PUNTO PUERTO MOTIVO ENTRADA SISTEMA CANAL DATE REGISTRO FORMA"), placeWords...)},
	{"income", words("SUELDO* SALARI* SALARY WAGE WAGES INCOME EARNINGS REMUNERACION* RENTA HONORARIOS"), nil, nil},
	{"tax", words("RUC CUIT ITIN SSN IMPUESTO IMPUESTOS TAX TAXPAYER TRIBUTARI*"), nil, nil},
	{"tax", words("NUMERO NRO NUM ID IDENTIFICACION"), words("FISCAL"), nil},
	{"account", words("CUENTA CTA ACCOUNT"), words("BANCARIA BANCO BANC CORRIENTE CTE AHORRO AHORROS NUMERO NRO NUM N NO BANK NUMBER CCI"), words("TIENE POSEE HAS")},
	{"account", words("CCI CBU IBAN CLABE"), nil, nil},
	{"account", words("TARJETA CARD"), words("CREDITO DEBITO BANCARIA BANCO MASTERCARD CREDIT DEBIT BANK"), nil},
	{"biometric", words("HUELLA HUELLAS DACTILAR* FINGERPRINT* BIOMETRI* IRIS"), nil, nil},
	{"biometric", words("RECONOCIMIENTO PLANTILLA FACE FACIAL"), words("FACIAL TEMPLATE RECOGNITION ROSTRO"), nil},
	{"secret", words("PASSWORD PASSWD PWD CONTRASENA PIN"), nil, nil},
	{"secret", words("CLAVE"), words("ACCESO INTERNET WEB USUARIO SECRETA PORTAL CORREO EMAIL SOL"), nil},
	{"secret", words("PREGUNTA QUESTION"), words("SECRETA SEGURIDAD SECRET SECURITY"), nil},
	{"trail", words("GPS LOCATION UBICACIONES RECORRIDO RASTREO"), words("TRAIL TRACK TRACKING RASTRO RASTREO RECORRIDO HISTORIAL HISTORY RUTA LOG"), nil},
	{"extract", words("ANTECEDENTES"), words("PENALES POLICIALES JUDICIALES PENAL POLICIAL MEDICOS CLINICOS"), nil},
	{"extract", words("HISTORIA HISTORIAL RECORD HISTORY"), words("CLINICA CLINICO MEDICA MEDICO CRIMINAL MEDICAL"), nil},
	{"extract", words("VIH HIV DIAGNOSTICO DIAGNOSIS"), nil, nil},
}

// alone are words that say so only when they are the whole header.
var alone = map[string]string{"CLAVE": "secret", "PAPELES": "migration"}

// Reasons lists the reasons, each once, in the order of the table.
func Reasons() []string {
	var out []string
	for _, r := range refusals {
		if !slices.Contains(out, r.reason) {
			out = append(out, r.reason)
		}
	}
	return out
}

// Column reports whether a column of a list speaks of something that the register
// does not keep, and why: the reason is a key of the catalogue under "refused.". Such a
// column is left out of an import, whatever the officer maps it to.
func Column(header string) (reason string, refused bool) {
	text := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c) {
			return c
		}
		return ' '
	}, splitCamel(header))
	tokens := strings.Fields(name.Fold(text))
	if r, ok := alone[strings.Join(tokens, " ")]; ok {
		return r, true
	}
	for _, r := range refusals {
		if has(tokens, r.any) && (len(r.with) == 0 || has(tokens, r.with)) && !has(tokens, r.not) {
			return r.reason, true
		}
	}
	return "", false
}

// splitCamel parts "visaType" as programs write it.
func splitCamel(s string) string {
	var b strings.Builder
	last := ' '
	for _, c := range s {
		if unicode.IsLower(last) && unicode.IsUpper(c) {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
		last = c
	}
	return b.String()
}

func has(tokens, patterns []string) bool {
	return slices.ContainsFunc(tokens, func(t string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			stem, open := strings.CutSuffix(p, "*")
			return t == p || open && strings.HasPrefix(t, stem)
		})
	})
}
