package name

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The scripts of India from Devanagari (U+0900) to Malayalam (U+0D00) are coded alike in
// blocks of 128: one table by place in the block serves all.

var indicVowels = map[rune]string{
	0x05: "A", 0x06: "A", 0x07: "I", 0x08: "I", 0x09: "U", 0x0A: "U", 0x0B: "RI", 0x0D: "E", 0x0E: "E", 0x0F: "E", 0x10: "AI",
	0x11: "O", 0x12: "O", 0x13: "O", 0x14: "AU",
}

var indicConsonants = map[rune]string{
	0x15: "K", 0x16: "KH", 0x17: "G", 0x18: "GH", 0x19: "N", 0x1A: "CH", 0x1B: "CHH", 0x1C: "J", 0x1D: "JH", 0x1E: "N",
	0x1F: "T", 0x20: "TH", 0x21: "D", 0x22: "DH", 0x23: "N", 0x24: "T", 0x25: "TH", 0x26: "D", 0x27: "DH", 0x28: "N", 0x29: "N",
	0x2A: "P", 0x2B: "PH", 0x2C: "B", 0x2D: "BH", 0x2E: "M", 0x2F: "Y", 0x30: "R", 0x31: "R", 0x32: "L", 0x33: "L", 0x34: "ZH",
	0x35: "V", 0x36: "SH", 0x37: "SH", 0x38: "S", 0x39: "H", 0x58: "Q", 0x59: "KH", 0x5A: "GH", 0x5B: "Z", 0x5C: "R", 0x5D: "RH",
	0x5E: "F", 0x5F: "Y",
}

var indicSigns = map[rune]string{
	0x3E: "A", 0x3F: "I", 0x40: "I", 0x41: "U", 0x42: "U", 0x43: "RI", 0x45: "E", 0x46: "E", 0x47: "E", 0x48: "AI", 0x49: "O",
	0x4A: "O", 0x4B: "O", 0x4C: "AU",
}

const virama = 0x4D // no vowel follows

func indic(c rune) bool { return c >= 0x0900 && c < 0x0D80 }

// romanIndic gives a consonant without a sign the vowel A, but not at the end, where the
// languages of the north do not speak it.
func romanIndic(run []rune) string {
	run = []rune(norm.NFC.String(string(run)))
	var b strings.Builder
	for i, c := range run {
		at := c & 0x7F
		if t, ok := indicConsonants[at]; ok {
			b.WriteString(t)
			if i+1 < len(run) && vowelFollows(run[i+1]&0x7F) {
				b.WriteByte('A')
			}
			continue
		}
		switch at {
		case 0x01, 0x02:
			b.WriteByte('N')
		case 0x03:
			b.WriteByte('H')
		default:
			b.WriteString(indicVowels[at])
			b.WriteString(indicSigns[at])
		}
	}
	return b.String()
}

// vowelFollows is true before what leaves a consonant its own vowel.
func vowelFollows(next rune) bool {
	_, sign := indicSigns[next]
	return !sign && next != virama && next != 0x3C
}

// withoutMarks takes accents off.
func withoutMarks(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 0x300 && c < 0x370 {
			return -1
		}
		return c
	}, norm.NFD.String(s))
}
