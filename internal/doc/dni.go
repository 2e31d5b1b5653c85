package doc

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"quipu/internal/fault"
)

// CheckState says what is known of a number's check character.
type CheckState string

const (
	CheckAbsent CheckState = "absent" // none was given
	CheckRight  CheckState = "right"
	CheckWrong  CheckState = "wrong"
)

// DNI is a Peruvian identity number as somebody wrote it.
type DNI struct {
	Digits   string // the 8 digits
	Check    byte   // the check digit or letter as given, upper case; 0 when absent
	State    CheckState
	Restored bool // a leading zero had been lost (spreadsheets drop it) and was put back
}

// String is the number as printed on the card: 8 digits, and "-" with the check
// character when one was given.
func (d DNI) String() string {
	if d.Check == 0 {
		return d.Digits
	}
	return d.Digits + "-" + string(d.Check)
}

const (
	dniDigits  = "67890112345"
	dniLetters = "KABCDEFGHIJ"
)

var dniWeights = [8]int{3, 2, 7, 6, 5, 4, 3, 2}

// DNICheck returns the check digit (cards since the ninth character is a digit) and the
// check letter (older cards) of 8 digits: k = 11 - (weighted sum mod 11), 11 becoming 0,
// looked up in one table for each form. Both are 0 when digits8 is not 8 digits. The
// letter catches every single wrong digit; the digit misses some, as two k share '1'.
func DNICheck(digits8 string) (digit, letter byte) {
	if len(digits8) != 8 || !allDigits(digits8) {
		return 0, 0
	}
	sum := 0
	for i, w := range dniWeights {
		sum += w * int(digits8[i]-'0')
	}
	k := (11 - sum%11) % 11
	return dniDigits[k], dniLetters[k]
}

// CheckDNI compares a check character, digit or letter of either case, with 8 digits;
// 0 means that none was given.
func CheckDNI(digits8 string, check byte) CheckState {
	digit, letter := DNICheck(digits8)
	switch {
	case check == 0:
		return CheckAbsent
	case digit != 0 && (check == digit || check == letter || check == letter+'a'-'A'):
		return CheckRight
	}
	return CheckWrong
}

var (
	dniPrefix  = regexp.MustCompile(`^(D\.?N\.?I\.?|C\.?U\.?I\.?|L\.?E\.?)?[ :]*(NRO\.?|N[O°]?\.?|#)?[ :]*`)
	dniGrammar = regexp.MustCompile(`^([0-9]{7,8})([0-9A-Z])?$`)
	dniSplit   = regexp.MustCompile(`^([0-9]{7,8})-([0-9A-Z])$`)
	separators = strings.NewReplacer(" ", "", ".", "", ",", "", "'", "")
)

// ParseDNI reads a DNI as people write it: 8 digits, perhaps with the check digit or
// letter, a hyphen, dots, spaces or "DNI" in front. Seven digits are taken as eight whose
// leading zero a spreadsheet dropped (Restored). A wrong check character is no error but
// a State; what cannot be a DNI is a fault.Invalid.
func ParseDNI(s string) (DNI, error) {
	given := strings.TrimSpace(s)
	t, _, err := unspreadsheet(fold(given))
	if err != nil {
		return DNI{}, err
	}
	t = separators.Replace(t[len(dniPrefix.FindString(t)):])
	t = strings.Trim(t, "-")
	if m := dniSplit.FindStringSubmatch(t); m != nil {
		return dniWithCheck(given, m[1], m[2][0])
	}
	t = strings.ReplaceAll(t, "-", "")
	m := dniGrammar.FindStringSubmatch(t)
	if m == nil {
		return DNI{}, dniFault(given, t)
	}
	if m[2] != "" {
		return dniWithCheck(given, m[1], m[2][0])
	}
	d := DNI{Digits: m[1], State: CheckAbsent}
	if len(m[1]) == 7 {
		d.Digits, d.Restored = "0"+m[1], true
	}
	return d, nil
}

// dniWithCheck finishes a number whose last character is known to be a check character.
// Seven digits with a check that does not hold could be one thing or another, so they
// are refused.
func dniWithCheck(given, digits string, check byte) (DNI, error) {
	d := DNI{Digits: digits, Check: check}
	if len(digits) == 7 {
		d.Digits, d.Restored = "0"+digits, true
	}
	d.State = CheckDNI(d.Digits, check)
	if d.Restored && d.State == CheckWrong {
		return DNI{}, fault.New(fault.Invalid, "doc.dni_unclear", "given", given).On("number")
	}
	return d, nil
}

func dniFault(given, compact string) error {
	if given == "" {
		return fault.New(fault.Invalid, "doc.number_missing").On("number")
	}
	n := 0
	for _, r := range compact {
		if r >= '0' && r <= '9' {
			n++
		} else {
			return fault.New(fault.Invalid, "doc.dni_character", "given", given, "character", string(r)).On("number")
		}
	}
	return fault.New(fault.Invalid, "doc.dni_length", "given", given, "digits", n).On("number")
}

// fold makes look-alike forms (full-width digits, odd hyphens) equal and upper-cases.
func fold(s string) string {
	s = strings.ToUpper(norm.NFKC.String(strings.ToValidUTF8(s, "")))
	return strings.Join(strings.Fields(oddMarks.Replace(s)), " ")
}

var oddMarks = strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "’", "'",
	"\u200b", "", "\u200e", "", "\u200f", "", "\ufeff", "")

var (
	scientific = regexp.MustCompile(`^[0-9][.,][0-9]+E\+?[0-9]+$`)
	decimal    = regexp.MustCompile(`^([0-9]{4,})[.,]0{1,2}$`)
)

// unspreadsheet removes the ".0" that a spreadsheet adds to a number, and refuses one
// that it has rounded to powers of ten, since digits are lost.
func unspreadsheet(s string) (out string, changed bool, err error) {
	if scientific.MatchString(s) {
		return "", false, fault.New(fault.Invalid, "doc.number_rounded", "given", s).On("number")
	}
	if m := decimal.FindStringSubmatch(s); m != nil {
		return m[1], true, nil
	}
	return s, false, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
