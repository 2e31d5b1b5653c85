package civil

import "strings"

// The words of given dates, without accents and in lower case. The months are in Spanish
// (with Peru's "setiembre"), English, and the languages of the countries where the papers
// that people bring are made out: Italian, Portuguese, French, German. Roman numerals are months.
var months = monthTable(
	"enero ene january jan januar gennaio gen janeiro janvier i",
	"febrero feb february februar febbraio fevereiro fev fevrier ii",
	"marzo mar march marco mars marz maerz iii",
	"abril abr april apr aprile avril iv",
	"mayo may mai maggio mag maio v",
	"junio jun june juni giugno giu junho juin vi",
	"julio jul july juli luglio lug julho juillet vii",
	"agosto ago agto august aug aout viii",
	"septiembre setiembre sep sept set setbre september settembre setembro septembre ix",
	"octubre oct october oktober okt ottobre ott outubro out octobre x",
	"noviembre nov november novembre novembro xi",
	"diciembre dic december dec dicembre dezembro dez dezember decembre xii",
)

func monthTable(lines ...string) map[string]int {
	out := make(map[string]int, 128)
	for i, line := range lines {
		for w := range strings.FieldsSeq(line) {
			out[w] = i + 1
		}
	}
	return out
}

// sense is what a word that is neither month nor number does to a date.
type sense int

const (
	isStrange sense = iota
	isNoise
	isAbout
	isDoubtful
	isOpen
	isSeason
	isDecade
)

var meaning = senseTable(map[sense]string{
	isNoise: "de del d of the el la los a al en en on in at y e o ano year dia day mes month fecha date " +
		"nacido nacida nacio nacimiento born naci tiene edad age aged old " +
		"lunes martes miercoles jueves viernes sabado domingo lun mie jue vie sab dom " +
		"monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun ro do",
	isAbout: "hacia aprox aproximado aproximada aproximadamente c ca circa cerca alrededor about around approx " +
		"approximately por mas menos principios inicios comienzos mediados fines finales early mid late verso",
	isDoubtful: "posiblemente posible probable probablemente quiza quizas talvez tal vez creo que cree parece " +
		"possibly probably maybe perhaps dudoso dudosa",
	isOpen: "antes despues entre desde hasta before after between since until or hace",
	isSeason: "primavera verano otono invierno spring summer autumn fall winter semestre trimestre " +
		"navidad carnaval carnavales",
	isDecade: "decada decadas decade anos",
})

func senseTable(in map[sense]string) map[string]sense {
	out := make(map[string]sense, 128)
	for s, words := range in {
		for w := range strings.FieldsSeq(words) {
			out[w] = s
		}
	}
	return out
}

var (
	// ordinals follow a number: 1st, 1ro, 1º (folded to 1o), 3er.
	ordinals = set("st nd rd th ro er ero o a ra do to vo mo no")
	// ageWords after a number make it an age.
	ageWords = set("anos years yrs")
	// unknownWords say that the date is not known; they are squeezed of all but letters.
	unknownWords = set("x xx xxx xxxx xxxxxx xxxxxxxx sf sinfecha sd nosabe nosabenoresponde nsnr nsnc ns nr nd na " +
		"desconocido desconocida desconocidos sedesconoce fechadesconocida seignora ignorado ignorada noconsta " +
		"noregistra noregistrado noindica noprecisa nodeclara nodeclarado norecuerda noserecuerda notiene " +
		"noespecifica noespecificado sininformacion sindato sindatos ninguna ninguno pendiente vacio enblanco " +
		"unknown notknown dontknow notstated notavailable missing blank none null nil nan tbd unk value")
)

func set(words string) map[string]bool {
	out := make(map[string]bool, 64)
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// numberWords are the Spanish words of which days and years are made.
var numberWords = map[string]int{
	"primero": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
	"ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14,
	"quince": 15, "dieciseis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19,
	"veinte": 20, "veintiuno": 21, "veintiun": 21, "veintidos": 22, "veintitres": 23,
	"veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27,
	"veintiocho": 28, "veintinueve": 29, "treinta": 30, "cuarenta": 40, "cincuenta": 50,
	"sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100,
	"doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500,
	"seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900, "mil": 1000,
}
