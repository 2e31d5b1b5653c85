package place

import (
	"strconv"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// likelyE164 reports whether s is in E.164 with a length that some number of that
// calling code has. It is what imports of our own exports hit, so it does not parse: the
// library's patterns cost a hundred times more.
func likelyE164(s string) bool {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	for n := 1; n <= 3; n++ {
		if lengths, ok := callingCodes()[s[1:1+n]]; ok {
			return lengths[len(s)-1-n] && !oneDigit(s[1+n:])
		}
	}
	return false
}

// callingCodes gives for each calling code the lengths of mobile and fixed numbers in
// any of its countries, found by asking the library's metadata once.
var callingCodes = sync.OnceValue(func() map[string][20]bool {
	out := map[string][20]bool{}
	for code := range phonenumbers.GetSupportedCallingCodes() {
		var lengths [20]bool
		number := uint64(2)
		for length := 1; length <= 15; length++ {
			c, n := int32(code), number
			lengths[length] = phonenumbers.IsPossibleNumberWithReason(
				&phonenumbers.PhoneNumber{CountryCode: &c, NationalNumber: &n}) == phonenumbers.IS_POSSIBLE
			number = number*10 + 2
		}
		out[strconv.Itoa(code)] = lengths
	}
	return out
})
