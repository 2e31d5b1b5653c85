package place

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Doubt is something that a person should look at though the value could be read.
type Doubt = civil.Doubt

// Phone brings a telephone number to E.164 ("+34600123456"), taking numbers without a
// country from the countries given (alpha-2), the likeliest first: the one where the
// person lives, then the home country. What is surely no telephone number is a fault;
// what was read by a guess, or fits no numbering plan, has a doubt.
//
// A number already in E.164 is only checked for its length and costs well under a
// microsecond; any other costs about twelve, so a million take twelve seconds of one core.
func Phone(s string, countries ...string) (e164 string, doubts []Doubt, err error) {
	if likelyE164(s) {
		return s, nil, nil
	}
	given := s
	s, doubts = firstNumber(strings.TrimSpace(s))
	digits := countDigits(s)
	switch {
	case given == "" || digits == 0:
		return "", nil, fault.New(fault.Invalid, "place.phone_missing", "given", given)
	case rounded.MatchString(s):
		return "", nil, fault.New(fault.Invalid, "place.phone_rounded", "given", given)
	case digits >= 5 && oneDigit(onlyDigits(s)):
		return "", nil, fault.New(fault.Invalid, "place.phone_filler", "given", given)
	}
	for i, region := range countries {
		if n, ok := parse(s, region, true); ok {
			if i > 0 && !international(s) {
				doubts = append(doubts, doubt("place.phone_country", "given", given, "country", region))
			}
			return finish(n, given, doubts)
		}
	}
	if n, ok := parse("+"+strings.TrimPrefix(onlyDigits(s), "00"), "ZZ", true); ok {
		if !international(s) {
			doubts = append(doubts, doubt("place.phone_plus", "given", given, "read", e164Of(n)))
		}
		return finish(n, given, doubts)
	}
	for _, region := range append(countries[:min(1, len(countries)):len(countries)], "ZZ") {
		if n, ok := parse(s, region, false); ok {
			doubts = append(doubts, doubt("place.phone_unlikely", "given", given, "read", e164Of(n)))
			return finish(n, given, doubts)
		}
	}
	return "", nil, fault.New(fault.Invalid, "place.phone_invalid", "given", given)
}

// rounded is what a spreadsheet makes of a long number: 5.19E+10 has lost its digits.
var rounded = regexp.MustCompile(`(?i)^\d+[.,]\d*e\+?\d+$`)

// parse reads a number with a default region ("ZZ" for none); with strict it must fit
// the numbering plan, else its length must be possible.
func parse(s, region string, strict bool) (*phonenumbers.PhoneNumber, bool) {
	n, err := phonenumbers.Parse(s, region)
	if err != nil {
		return nil, false
	}
	if strict {
		return n, phonenumbers.IsValidNumber(n)
	}
	return n, phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
}

func e164Of(n *phonenumbers.PhoneNumber) string {
	return phonenumbers.Format(n, phonenumbers.E164)
}

// finish ends the reading: a national number of one digit was typed to get past a form,
// and E.164 has no place for an extension, so that is a doubt.
func finish(n *phonenumbers.PhoneNumber, given string, doubts []Doubt) (string, []Doubt, error) {
	if oneDigit(phonenumbers.GetNationalSignificantNumber(n)) {
		return "", nil, fault.New(fault.Invalid, "place.phone_filler", "given", given)
	}
	if ext := n.GetExtension(); ext != "" {
		doubts = append(doubts, doubt("place.phone_extension", "given", given, "extension", ext))
	}
	return e164Of(n), doubts, nil
}

// firstNumber takes the first of several numbers in one cell, and the ".0" off what a
// spreadsheet took for a quantity.
func firstNumber(s string) (string, []Doubt) {
	s = strings.TrimSuffix(s, ".0")
	cut := strings.IndexFunc(s, func(r rune) bool { return strings.ContainsRune("/;|,\n", r) })
	if cut < 0 || countDigits(s[:cut]) < 6 {
		return s, nil
	}
	rest := strings.Trim(s[cut:], "/;|,\n ")
	if countDigits(rest) < 6 {
		return s[:cut], nil
	}
	return strings.TrimSpace(s[:cut]), []Doubt{doubt("place.phone_several", "given", s, "rest", rest)}
}

// oneDigit reports whether all digits are the same.
func oneDigit(digits string) bool {
	return digits != "" && strings.Trim(digits, digits[:1]) == ""
}

func international(s string) bool {
	return strings.HasPrefix(s, "+") || strings.HasPrefix(s, "00") || strings.HasPrefix(s, "＋")
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func countDigits(s string) int { return len(onlyDigits(s)) }

func doubt(key string, args ...any) Doubt {
	return Doubt{Key: key, Args: fault.New(fault.Invalid, key, args...).Args}
}
