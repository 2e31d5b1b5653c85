package synth

import (
	"fmt"
	"strconv"
	"strings"

	"quipu/internal/civil"
)

// slashed writes a date as 07/04/1968, or what is known of it.
func slashed(d civil.Date) string {
	switch {
	case d.Full():
		return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
	case d.Month != 0:
		return fmt.Sprintf("%02d/%04d", d.Month, d.Year)
	case d.Approx:
		return "hacia " + strconv.Itoa(d.Year)
	}
	return strconv.Itoa(d.Year)
}

var months = [...]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"}

// formats are the ways in which people and spreadsheets write a whole date.
var formats = []func(civil.Date) string{
	func(d civil.Date) string { return fmt.Sprintf("%d/%d/%d", d.Day, d.Month, d.Year) },
	func(d civil.Date) string { return fmt.Sprintf("%02d-%02d-%04d", d.Day, d.Month, d.Year) },
	func(d civil.Date) string { return fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year) },
	func(d civil.Date) string { return fmt.Sprintf("%02d %s %04d", d.Day, months[d.Month-1][:3], d.Year) },
	func(d civil.Date) string { return fmt.Sprintf("%d de %s de %d", d.Day, months[d.Month-1], d.Year) },
	func(d civil.Date) string {
		return fmt.Sprintf("%02d-%s-%02d", d.Day, months[d.Month-1][:3], d.Year%100)
	},
	func(d civil.Date) string { return fmt.Sprintf("%02d/%02d/%02d", d.Day, d.Month, d.Year%100) },
	civil.Date.String,
}

// dirty makes one to three things untidy that an import can put right.
func (m *mess) dirty(p *Person, f []string) {
	for range 1 + m.r.IntN(3) {
		kind := dirt[m.r.IntN(len(dirt))]
		old := strings.Join(f, "\x00")
		kind.make(m, p, f)
		if strings.Join(f, "\x00") != old {
			m.truth.Dirty[kind.name]++
		}
	}
}

var dirt = []struct {
	name string
	make func(*mess, *Person, []string)
}{
	{"date_format", func(m *mess, p *Person, f []string) {
		if p.Birth.Full() {
			f[mBirth] = pick(m.r, formats)(p.Birth)
		}
	}},
	{"case", func(m *mess, _ *Person, f []string) {
		change := pick(m.r, []func(string) string{strings.ToLower, titled})
		for _, c := range [...]int{mPaternal, mMaternal, mGiven} {
			f[c] = change(f[c])
		}
	}},
	{"leading_zero", func(_ *mess, _ *Person, f []string) { f[mDNI] = strings.TrimLeft(f[mDNI], "0") }},
	{"spaces", func(m *mess, _ *Person, f []string) {
		c := pick(m.r, []int{mPaternal, mGiven, mDNI, mBirth, mCity})
		f[c] = pick(m.r, []string{" ", "  ", "\u00a0"}) + strings.ReplaceAll(f[c], " ", "  ") + " "
	}},
	{"accents", func(_ *mess, _ *Person, f []string) { f[mPaternal], f[mGiven] = plain(f[mPaternal]), plain(f[mGiven]) }},
	{"document_dressed", func(m *mess, p *Person, f []string) {
		f[mDNI] = pick(m.r, []string{"DNI " + p.DNI, p.DNI + "-" + string(p.DNICheck), p.DNI[:2] + "." + p.DNI[2:5] + "." + p.DNI[5:]})
	}},
	{"document_missing", func(m *mess, _ *Person, f []string) { f[mDNI] = pick(m.r, []string{"", "", "-", "S/N"}) }},
	{"sex_word", func(m *mess, p *Person, f []string) {
		f[mSex] = pick(m.r, [2][]string{{"Masculino", "m", "Varón", "H"}, {"Femenino", "f", "Mujer", "F."}}[sexIndex(p.Sex)])
	}},
	{"phone_plain", func(_ *mess, _ *Person, f []string) { f[mPhone] = strings.TrimPrefix(f[mPhone], "+") }},
	{"one_surname", func(_ *mess, _ *Person, f []string) { f[mMaternal] = "" }},
}

// titled writes each word with one capital.
func titled(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		r := []rune(w)
		words[i] = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return strings.Join(words, " ")
}
