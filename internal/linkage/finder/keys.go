package finder

import (
	"strings"
)

// key is 48 bits of the hash of a document, telephone or address with its kind. Two of ten
// million keys are the same by chance once in five million look-ups.
type key uint64

const keyBytes = 6

type keyKind byte

const (
	document keyKind = 'd'
	phone    keyKind = 't'
	email    keyKind = 'm'
)

func (k key) append(b []byte) []byte {
	return append(b, byte(k), byte(k>>8), byte(k>>16), byte(k>>24), byte(k>>32), byte(k>>40))
}

func keyAt(b []byte) key {
	return key(b[0]) | key(b[1])<<8 | key(b[2])<<16 | key(b[3])<<24 | key(b[4])<<32 | key(b[5])<<40
}

// keyOf hashes with FNV-1a and mixes once more, as the table uses the low bits.
func keyOf[T string | []byte](kind keyKind, s T) key {
	h := (uint64(14695981039346656037) ^ uint64(kind)) * 1099511628211
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	h ^= h >> 29
	return key(h & (1<<48 - 1))
}

// plainDocument is the number as it is compared: letters and digits only, upper case. A
// check character behind a hyphen is no part of the number.
func plainDocument(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if n := len(s); n > 6 && s[n-2] == '-' && digits(s[:n-2]) {
		s = s[:n-2]
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		if r > 0x7f {
			return r
		}
		return -1
	}, s)
}

// plainPhone is the last nine digits: with or without the code of the country it is one
// telephone. Fewer than six digits are none.
func plainPhone(s string) string {
	d := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(d) < 6 {
		return ""
	}
	return d[max(0, len(d)-9):]
}

func plainEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// oneOff calls f with the key of every number that is one slip away from number: a digit
// (or letter, where there is a letter) changed, two neighbours swapped, one missing, one too
// many. Numbers of fewer than six characters have no neighbours: all of them are somebody's.
func oneOff(kind keyKind, number string, f func(key)) {
	n := len(number)
	if n < 6 || n > 24 {
		return
	}
	b := make([]byte, n, n+1)
	reset := func() { b = b[:n]; copy(b, number) }
	reset()
	for i := range n {
		was := b[i]
		lo, hi := byte('0'), byte('9')
		if was > '9' {
			lo, hi = 'A', 'Z'
		}
		for c := lo; c <= hi; c++ {
			if c != was {
				b[i] = c
				f(keyOf(kind, b))
			}
		}
		b[i] = was
		if i+1 < n && number[i] != number[i+1] {
			b[i], b[i+1] = b[i+1], b[i]
			f(keyOf(kind, b))
			b[i], b[i+1] = b[i+1], b[i]
		}
	}
	for i := range n {
		if i > 0 && number[i] == number[i-1] {
			continue
		}
		f(keyOf(kind, append(append(b[:0], number[:i]...), number[i+1:]...)))
	}
	b = make([]byte, n+1)
	for i := range n + 1 {
		copy(b, number[:i])
		copy(b[i+1:], number[i:])
		for c := byte('0'); c <= '9'; c++ {
			if i < n && number[i] == c {
				continue
			}
			b[i] = c
			f(keyOf(kind, b))
		}
	}
}
