package linkage

// Levels of agreement by number. 0 is missing and 1 different everywhere.
const (
	missing uint8 = iota
	different
)

const (
	nameInitial   uint8 = 2 + iota // one is the initial of the other
	nameOther                      // the value stands in another name of the other record
	nameFaint                      // several slips apart
	nameShared                     // a word in common
	nameNear                       // a slip apart
	nameAlike                      // sounds the same, or a form of the same name
	nameContained                  // the same, one of them shorter by a word
	nameEqual
)

const (
	bagSome uint8 = 2 + iota
	bagHalf
	bagMost
	bagContained
	bagNearly
	bagEqual
)

const (
	dateYear       uint8 = 2 + iota // a year apart or none
	dateCompatible                  // one is only known in part, or a clerk's default
	dateWeeks                       // at most a month apart, the year perhaps by a slip
	dateDay                         // day and month, not the year
	dateParts                       // the year, and day or month
	dateSlip                        // a digit, or two neighbours swapped
	dateSwapped                     // day and month
	dateEqual
)

const (
	docConflict uint8 = 2 + iota // different, and both have a right check character
	docNear
	docEqual
)

const (
	phoneNear uint8 = 2 + iota
	phoneEqual
)

const (
	emailNear uint8 = 2 + iota
	emailLocal
	emailEqual
)

const (
	wordFaint uint8 = 2 + iota
	wordNear
	wordAlike
	wordEqual
)

const sexEqual uint8 = 2

// levelKind is what is known of a level before anything is learnt: its catalogue key, what
// share of the records of one person usually falls there, whether the frequency of the
// value counts.
type levelKind struct {
	key     string
	typical float64
	tf      bool
}

// levelKeys are the levels of a kind of column by number.
func levelKeys(k Kind) []levelKind {
	switch o, _ := opOf(k); o {
	case opName:
		return nameLevels
	case opBag:
		return bagLevels
	case opDate:
		return dateLevels
	case opDoc:
		return docLevels
	case opPhone:
		return phoneLevels
	case opEmail:
		return emailLevels
	case opSex:
		return sexLevels
	}
	return wordLevels
}

var (
	nameLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.04}, {key: "initial", typical: 0.005}, {key: "other_role", typical: 0.005},
		{key: "faint", typical: 0.02}, {key: "shared", typical: 0.02}, {key: "near", typical: 0.05}, {key: "alike", typical: 0.03},
		{key: "contained", typical: 0.03, tf: true}, {key: "equal", typical: 0.8, tf: true}}
	bagLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.08}, {key: "some", typical: 0.05}, {key: "half", typical: 0.07},
		{key: "most", typical: 0.1}, {key: "contained", typical: 0.1}, {key: "nearly", typical: 0.1}, {key: "equal", typical: 0.5, tf: true}}
	dateLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.02}, {key: "year", typical: 0.015}, {key: "compatible", typical: 0.02},
		{key: "weeks", typical: 0.01}, {key: "day", typical: 0.01}, {key: "parts", typical: 0.025}, {key: "slip", typical: 0.05}, {key: "swapped", typical: 0.01},
		{key: "equal", typical: 0.84, tf: true}}
	docLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.06}, {key: "conflict", typical: 0.001}, {key: "near", typical: 0.05},
		{key: "equal", typical: 0.889, tf: true}}
	phoneLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.3}, {key: "near", typical: 0.05}, {key: "equal", typical: 0.65, tf: true}}
	emailLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.25}, {key: "near", typical: 0.05}, {key: "local", typical: 0.05},
		{key: "equal", typical: 0.65, tf: true}}
	wordLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.2}, {key: "faint", typical: 0.02}, {key: "near", typical: 0.04},
		{key: "alike", typical: 0.02}, {key: "equal", typical: 0.72, tf: true}}
	sexLevels = []levelKind{{key: "missing"}, {key: "different", typical: 0.02}, {key: "equal", typical: 0.98, tf: true}}
)
