package doc

import (
	"strings"

	"quipu/internal/fault"
)

// numberChecks names the check characters that rules.csv may ask for.
var numberChecks = map[string]func(string) (string, []Doubt, error){"pe11": normalizeDNI}

// Normalize brings a document number to the form that is stored and searched: upper-case
// letters A-Z and digits, nothing else; for numbers with a check character, without it.
// issuer is an ISO 3166-1 alpha-3 code, or "" when it is not known. Doubts are for a
// person to look at; err is a fault.Invalid that says what is wrong and what to do.
func Normalize(typ, issuer, s string) (number string, doubts []Doubt, err error) {
	if !KnownType(typ) {
		return "", nil, fault.New(fault.Invalid, "doc.type_unknown", "type", typ).On("type")
	}
	given := strings.TrimSpace(s)
	switch {
	case typ == TypeNone && given == "":
		return "", nil, nil
	case typ == TypeNone:
		return "", nil, fault.New(fault.Invalid, "doc.number_without_type", "given", given).On("type")
	case given == "":
		return "", nil, fault.New(fault.Invalid, "doc.number_missing").On("number")
	}
	r := ruleFor(strings.ToUpper(strings.TrimSpace(issuer)), typ)
	if check := numberChecks[r.check]; check != nil {
		number, doubts, err = check(given)
	} else {
		number, doubts, err = r.compact(given)
	}
	if err == nil && placeholder(number) {
		doubts = append(doubts, doubt("doc.placeholder", "number", number))
	}
	return number, doubts, err
}

func normalizeDNI(s string) (string, []Doubt, error) {
	d, err := ParseDNI(s)
	if err != nil {
		return "", nil, err
	}
	var doubts []Doubt
	if d.Restored {
		doubts = append(doubts, doubt("doc.zero_restored", "given", s, "number", d.Digits))
	}
	if d.State == CheckWrong {
		digit, letter := DNICheck(d.Digits)
		doubts = append(doubts, doubt("doc.check_wrong", "number", d.Digits, "given", string(d.Check),
			"digit", string(digit), "letter", string(letter)))
	}
	return d.Digits, doubts, nil
}

// compact drops spaces and punctuation and holds what is left against the rule.
func (r rule) compact(given string) (string, []Doubt, error) {
	t, changed, err := unspreadsheet(fold(given))
	if err != nil {
		return "", nil, err
	}
	var doubts []Doubt
	if changed {
		doubts = append(doubts, doubt("doc.decimal_removed", "given", given, "number", t))
	}
	var b strings.Builder
	for _, c := range t {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z' && r.alphabet != "digits":
			b.WriteRune(c)
		case strings.ContainsRune(" -./,_'#°:()", c):
		default:
			return "", nil, fault.New(fault.Invalid, "doc.character", "given", given, "character", string(c)).On("number")
		}
	}
	if n := b.Len(); n < r.min || n > r.max {
		return "", nil, fault.New(fault.Invalid, "doc.length",
			"given", given, "length", n, "min", r.min, "max", r.max).On("number")
	}
	return b.String(), doubts, nil
}

// placeholder reports numbers that are typed to get past a form: one character repeated,
// or digits counted up or down.
func placeholder(s string) bool {
	if len(s) < 4 {
		return false
	}
	step := int(s[1]) - int(s[0])
	if step < -1 || step > 1 {
		return false
	}
	for i := 1; i < len(s); i++ {
		if int(s[i])-int(s[i-1]) != step {
			return false
		}
	}
	return true
}
