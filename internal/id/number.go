package id

import "strings"

// damm is the quasigroup of Damm's check digit (H. M. Damm, 2004): it catches every
// single wrong digit and every swap of neighbours.
var damm = [10]string{
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
}

func dammOf(digits string) byte {
	var c byte = '0'
	for i := range len(digits) {
		c = damm[c-'0'][digits[i]-'0']
	}
	return c
}

// Number makes a registry number, as printed on the card, from a running number:
// ten digits and Damm's check digit, "0000-001-2345". n must be in 1..9,999,999,999.
func Number(n int64) string {
	var d [10]byte
	for i := 9; i >= 0; i-- {
		d[i] = byte('0' + n%10)
		n /= 10
	}
	s := string(d[:]) + string(dammOf(string(d[:])))
	return s[:4] + "-" + s[4:7] + "-" + s[7:]
}

// ParseNumber reads a registry number as people write it (spaces, dots, no hyphens)
// and returns its printed form. ok is false when the check digit or the length is wrong.
func ParseNumber(s string) (number string, ok bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ', r == '-', r == '.', r == '\u00a0':
		default:
			return "", false
		}
	}
	d := b.String()
	if len(d) != 11 || dammOf(d) != '0' {
		return "", false
	}
	return d[:4] + "-" + d[4:7] + "-" + d[7:], true
}
