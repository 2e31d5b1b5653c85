package linkage

import (
	"math/bits"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/doc"
)

// DateText is a date as columns of dates have it: as much of YYYY-MM-DD as is known, without
// marks; "" when not even the year is.
func DateText(d civil.Date) string {
	if !d.Known() || d.Decade {
		return ""
	}
	d.Approx, d.Uncertain = false, false
	return d.String()
}

// packDate reads a date into eight decimal digits, YYYYMMDD, four bits each; parts that
// are not known are 0, and what is no date is 0. Days stand before months unless the year
// comes first.
func packDate(s string) uint32 {
	var num [3]int
	var size [3]int
	n := 0
	for i := 0; i < len(s) && n < 3; {
		if s[i] < '0' || s[i] > '9' {
			if s[i] == '-' && n == 0 && i > 0 {
				n++ // an empty part
			}
			if s[i] == 'T' || s[i] == ':' {
				break
			}
			i++
			continue
		}
		j, v := i, 0
		for j < len(s) && s[j] >= '0' && s[j] <= '9' && j-i < 8 {
			v = v*10 + int(s[j]-'0')
			j++
		}
		num[n], size[n] = v, j-i
		n++
		i = j
	}
	y, m, d := num[0], num[1], num[2]
	switch {
	case n == 0:
		return 0
	case size[0] == 8:
		y, m, d = num[0]/10000, num[0]/100%100, num[0]%100
	case size[0] == 6 && n == 1:
		y, m, d = num[0]/100, num[0]%100, 0
	case size[0] <= 2 && n == 3:
		y, m, d = num[2], num[1], num[0]
	}
	if y <= 0 || y > 9999 || m > 99 || d > 99 {
		return 0
	}
	return bcd(uint32(y))<<16 | bcd(uint32(m))<<8 | bcd(uint32(d))
}

// bcd writes a number of at most eight decimal digits with four bits a digit.
func bcd(n uint32) (out uint32) {
	for at := 0; n > 0 && at < 32; at += 4 {
		out |= n % 10 << at
		n /= 10
	}
	return out
}

// digitsApart is the number of digits in which two packed numbers differ.
func digitsApart(x uint32) int {
	x |= x >> 1
	x |= x >> 2
	return bits.OnesCount32(x & 0x11111111)
}

// neighboursSwapped reports whether a and b differ by the swap of two neighbouring digits.
func neighboursSwapped(a, b uint32) bool {
	x := a ^ b
	at := bits.TrailingZeros32(x) &^ 3
	return x>>at < 256 && digitsApart(x) == 2 && a>>at&15 == b>>(at+4)&15 && b>>at&15 == a>>(at+4)&15
}

// datesApart compares two packed dates that differ.
func datesApart(a, b uint32) uint8 {
	x := a ^ b
	if a&0xFF == 0 || b&0xFF == 0 {
		return partial(a, b)
	}
	if d := digitsApart(x); d == 1 || d == 2 && neighboursSwapped(a, b) {
		return dateSlip
	}
	year, month, day := x>>16 == 0, x>>8&0xFF == 0, x&0xFF == 0
	switch {
	case year && a>>8&0xFF == b&0xFF && b>>8&0xFF == a&0xFF:
		return dateSwapped
	case year && (month || day):
		return dateParts
	case month && day:
		return dateDay
	case year && (standard(a) || standard(b)):
		return dateCompatible
	}
	years := yearsApart(a, b)
	switch {
	case (years <= 1 || years == 10) && weeksApart(a, b):
		return dateWeeks
	case years <= 1:
		return dateYear
	}
	return different
}

// weeksApart reports whether the days of two dates are at most a month of 31 days apart in the
// course of the year, whatever the years.
func weeksApart(a, b uint32) bool {
	const month, year = 31, 12 * 31
	d := apart(twoDigits(a>>8)*month+twoDigits(a), twoDigits(b>>8)*month+twoDigits(b))
	return min(d, apart(d, year)) <= month
}

func yearsApart(a, b uint32) uint32 {
	return apart(twoDigits(a>>24)*100+twoDigits(a>>16), twoDigits(b>>24)*100+twoDigits(b>>16))
}

func apart(x, y uint32) uint32 { return max(x, y) - min(x, y) }

// twoDigits is the value of the two lowest packed digits.
func twoDigits(bcd uint32) uint32 { return bcd>>4&15*10 + bcd&15 }

// standard reports whether a date is one that clerks put for an unknown day: 1 January, 1 July.
func standard(a uint32) bool { return a&0xFFFF == 0x0101 || a&0xFFFF == 0x0701 }

// partial compares dates of which one has no day, perhaps no month.
func partial(a, b uint32) uint8 {
	years := yearsApart(a, b)
	m, o := a>>8&0xFF, b>>8&0xFF
	switch {
	case years == 0 && (m == 0 || o == 0 || m == o):
		return dateCompatible
	case years <= 1:
		return dateYear
	}
	return different
}

// packPhone keeps the last eight digits; a number of less than five is none.
func packPhone(s string) uint32 {
	var v, n uint32
	for i := len(s) - 1; i >= 0 && n < 8; i-- {
		if c := s[i]; c >= '0' && c <= '9' {
			v |= uint32(c-'0') << (4 * n)
			n++
		}
	}
	if n < 5 {
		return 0
	}
	return v
}

// symbols is the number of symbols that packed text keeps, its last ones.
const symbols = 10

// verified marks a document number with a right check character, in the upper slot.
const verified = 1 << 31

// packDoc keeps the letters and digits of a number: the last ten by six bits, and a hash
// of all. A number of one symbol repeated, such as 00000000, is none. In a column whose numbers
// are checked, the check character is no part of the number.
func packDoc(s string, checked bool, dst []uint32) {
	var b [32]byte
	t := b[:0]
	if digits, right, ok := dni(s); ok && checked {
		t = append(t, digits...)
		if right {
			dst[1] = verified
		}
	} else {
		t = appendSymbols(t, s)
	}
	if len(t) < 3 || strings.Count(string(t), string(t[:1])) == len(t) {
		dst[1] = 0
		return
	}
	x := packSymbols(t)
	dst[0], dst[1] = uint32(x), dst[1]|uint32(x>>32)
	dst[2] = uint32(hashText(string(t))) | 1
}

// dni are the eight digits of what is written like a DNI, and whether a right check character
// follows. Digits alone, as nearly all are, need no parsing.
func dni(s string) (digits string, right, ok bool) {
	if len(s) < 8 {
		return "", false, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			d, err := doc.ParseDNI(s)
			return d.Digits, err == nil && d.State == doc.CheckRight, err == nil
		}
	}
	switch len(s) {
	case 8:
		return s, false, true
	case 9:
		return s[:8], doc.CheckDNI(s[:8], s[8]) == doc.CheckRight, true
	}
	return "", false, false
}

// checked reports whether the numbers of a column carry check characters: whether those that
// are written like a DNI with one have the right one, at least half of them. Of numbers that
// only look so, such as passports of nine digits, one in eleven has.
func (l *List) checked(field int) bool {
	d, right, all := l.dicts[field], 0, 0
	for c := uint32(1); int(c) <= d.Len(); c++ {
		if s := d.text(c); len(s) >= 9 {
			if _, ok, like := dni(s); like {
				all++
				if ok {
					right++
				}
			}
		}
	}
	return 2*right > all
}

// appendSymbols appends letters, in capitals, and digits.
func appendSymbols(t []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 0x80:
			t = append(t, c)
		case c >= 'a' && c <= 'z':
			t = append(t, c-'a'+'A')
		}
	}
	return t
}

// packSymbols packs the last ten symbols, the last one lowest; 0 is no symbol.
func packSymbols(t []byte) (x uint64) {
	if len(t) > symbols {
		t = t[len(t)-symbols:]
	}
	for _, c := range t {
		x = x<<6 | symbol(c)
	}
	return x
}

func symbol(c byte) uint64 {
	switch {
	case c >= '0' && c <= '9':
		return uint64(c-'0') + 1
	case c >= 'A' && c <= 'Z':
		return uint64(c-'A') + 11
	}
	return 37 + uint64(c)%26
}

// oneEdit reports whether two different packed texts are one edit apart: a symbol changed,
// more or less, or two neighbours swapped.
func oneEdit(x, y uint64) bool {
	d := x ^ y
	if d == 0 {
		return true
	}
	low := bits.TrailingZeros64(d) / 6 * 6
	high := (63 - bits.LeadingZeros64(d)) / 6 * 6
	switch {
	case low == high:
		return true
	case high == low+6:
		if x>>low&63 == y>>high&63 && y>>low&63 == x>>high&63 {
			return true
		}
	}
	// A symbol more: below it both are equal, above it one is shifted.
	return x>>(low+6) == y>>low || y>>(low+6) == x>>low
}

// packEmail keeps hashes of the address and of the part before the @, and of the latter its
// last ten symbols and how many it has: addresses made of names differ at their end.
func packEmail(s string, dst []uint32) {
	s = strings.ToUpper(strings.TrimSpace(s))
	local, _, ok := strings.Cut(s, "@")
	if !ok || local == "" {
		return
	}
	dst[0] = uint32(hashText(s)) | 1
	dst[1] = uint32(hashText(local)) | 1
	var b [64]byte
	t := appendSymbols(b[:0], local)
	x := packSymbols(t)
	dst[2], dst[3] = uint32(x), uint32(x>>32)|uint32(len(t))%mostCounted<<28
}

// mostCounted is beyond what the length of a packed text is known by its remainder alone.
const mostCounted = 16

// tail is the end of a text, ten symbols, and in the four bits above its length modulo 16.
type tail uint64

func packedText(low, high uint32) tail { return tail(low) | tail(high)<<32 }

// nearly reports whether two texts that differ may be one edit apart, by their ends and lengths.
func (x tail) nearly(y tail) bool {
	const all = 1<<(6*symbols) - 1
	a, b := uint64(x&all), uint64(y&all)
	switch (x>>60 - y>>60) % mostCounted {
	case 0:
		return oneEdit(a, b)
	case 1:
		return oneLess(a, b)
	case mostCounted - 1:
		return oneLess(b, a)
	}
	return false
}

// oneLess reports whether y is x without one symbol, where each shows ten symbols at most: then
// y shows one more at its beginning.
func oneLess(x, y uint64) bool {
	low := bits.TrailingZeros64(x^y) / 6 * 6
	if low >= 6*symbols {
		return true
	}
	above := uint64(1)<<(6*(symbols-1)-low) - 1
	return x>>(low+6) == y>>low&above
}
